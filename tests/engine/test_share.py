"""Two engines that are fed the same packets each analyse one half of the flows."""

from collections.abc import Sequence
from itertools import product

import pytest
from librt.vecs import vec
from mypy_extensions import i32

from samples.frames import frame
from samples.packet_script import Packet
from tcptui.engine.decode.decoder import Decoder
from tcptui.engine.engine import Engine
from tcptui.engine.share import Share, half_of, numbers_of
from tests.engine.feeding import feed, new_engine
from tests.engine.fuzz_traffic import mixture
from tests.engine.headers import A6, B6, A, B, ethernet, ip, tcp

COLUMNS = (
    "frame", "time", "seq", "ack", "length", "window", "flags", "states", "analysis", "attributes",
    "path", "acks", "in_flight", "push_bytes",
)  # fmt: skip


def half(addresses: bytes, source: int, destination: int) -> int:
    at = Decoder().found[0]
    at.key_data = b"..." + addresses + tcp(source=source, destination=destination)[:4]
    at.key_start = 3
    at.key_size = len(addresses) + 4
    return int(half_of(at))


@pytest.mark.parametrize(("one", "other"), [(A, B), (A6, B6), (A, A)])
def test_both_directions_are_of_one_half(one: bytes, other: bytes) -> None:
    for port, service in product(range(1, 65_000, 777), (22, 80, 443, 50_000)):
        assert half(one + other, port, service) == half(other + one, service, port)


@pytest.mark.parametrize("step", [1, 2, 4, 256])
def test_one_clients_ports_are_of_both_halves(step: int) -> None:
    assert 35 <= sum(half(A + B, 32_768 + n * step, 80) for n in range(100)) <= 65


def share_of(opened: list[int]) -> Share:
    share = Share(0)
    share.opened = vec[i32](opened)
    return share


def test_numbers_in_the_whole_capture() -> None:
    """By which header opened each flow: 1 and 5 and 9 here, 3 there."""
    here, there, nothing = (share_of(opened) for opened in ([1, 5, 9], [3], []))
    assert list(numbers_of(here, there)) == [0, 2, 3]
    assert list(numbers_of(there, here)) == [1]
    assert list(numbers_of(nothing, here)) == []


def halves(frames: Sequence[bytes], times: Sequence[int]) -> list[Engine]:
    found = []
    for number in (0, 1):
        engine = new_engine()
        engine.share = Share(number)
        feed(engine, frames, times)
        found.append(engine)
    return found


def rows(engine: Engine, numbers: Sequence[int] | vec[i32]) -> list[tuple[int, ...]]:
    """All columns of all rows; ``numbers`` are those of the engine's flows in the capture."""
    packets = engine.packets
    columns = [getattr(packets, name) for name in COLUMNS]
    return [
        (*(int(column(row)) for column in columns), numbers[int(packets.flow(row))])
        for row in range(int(packets.count))
    ]


def share(engine: Engine) -> Share:
    assert engine.share
    return engine.share


@pytest.mark.parametrize("seed", range(2))
def test_both_halves_together_are_the_whole(seed: int) -> None:
    packets: list[Packet] = mixture(seed, 2_500)
    frames, times = [frame(packet) for packet in packets], [packet.time for packet in packets]
    whole = new_engine()
    feed(whole, frames, times)
    one, other = halves(frames, times)
    found = rows(one, numbers_of(share(one), share(other)))
    found += rows(other, numbers_of(share(other), share(one)))
    assert sorted(found) == rows(whole, range(len(whole.flows)))
    assert one.segments == other.segments == whole.segments


def test_flows_that_only_an_icmp_error_names_have_their_number_too() -> None:
    def quoting(port: int) -> bytes:
        return ethernet(ip(bytes([3, 1]) + bytes(6) + ip(tcp(source=port)), protocol=1))

    frames = [quoting(port) for port in range(1000, 1020)]
    one, other = halves(frames, range(20))
    assert sorted([*share(one).opened, *share(other).opened]) == list(range(1, 21))
    assert one.segments == other.segments == 0
