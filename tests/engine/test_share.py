"""Engines that are fed the same packets each analyse one share of the flows."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product

import pytest
from librt.vecs import vec
from mypy_extensions import i32

from samples.frames import frame
from samples.packet_script import Packet
from tcptui.engine.decode.decoder import OTHERS, Decoder
from tcptui.engine.engine import Engine
from tcptui.engine.share import Share, bucket_of, flows_of, owners_of, share_of
from tests.engine.feeding import feed, new_engine
from tests.engine.fuzz_traffic import mixture
from tests.engine.headers import A6, B6, A, B, ethernet, ip, ip6, tcp

COLUMNS = (
    "frame", "time", "seq", "ack", "length", "window", "flags", "states", "analysis", "attributes",
    "path", "acks", "in_flight", "push_bytes",
)  # fmt: skip


def number(addresses: bytes, source: int, destination: int, shares: int = 2) -> int:
    data = b"..." + addresses + tcp(source=source, destination=destination)[:4]
    return int(share_of(bucket_of(data, 3, len(addresses) + 4), shares))


@pytest.mark.parametrize(("one", "other"), [(A, B), (A6, B6), (A, A)])
@pytest.mark.parametrize("shares", [2, 3, 16, 255])
def test_both_directions_are_of_one_share(one: bytes, other: bytes, shares: int) -> None:
    for port, service in product(range(1, 65_000, 777), (22, 80, 443, 50_000)):
        forth = number(one + other, port, service, shares)
        assert forth == number(other + one, service, port, shares)
        assert 0 <= forth < shares


@pytest.mark.parametrize("step", [1, 2, 4, 256])
@pytest.mark.parametrize("shares", [2, 3, 5])
def test_one_clients_ports_are_of_all_shares(step: int, shares: int) -> None:
    ports = [32_768 + n * step for n in range(120)]
    counts = Counter(number(A + B, port, 80, shares) for port in ports)
    fair = len(ports) / shares
    assert len(counts) == shares
    assert all(0.5 * fair <= count <= 1.5 * fair for count in counts.values())


def opening(opened: list[int]) -> Share:
    share = Share(0, 2)
    share.opened = vec[i32](opened)
    return share


def test_numbers_in_the_whole_capture() -> None:
    """By which header opened each flow: 1 and 5 and 9 here, 3 there."""
    here, there, nothing = (opening(opened) for opened in ([1, 5, 9], [3], []))
    owners = owners_of([nothing, here, there])
    assert list(owners) == [1, 2, 1, 1]
    assert list(flows_of(owners, 1)) == [0, 2, 3]
    assert list(flows_of(owners, 2)) == [1]
    assert list(flows_of(owners, 0)) == []
    assert owners_of([nothing]) == b""


def engines(frames: Sequence[bytes], times: Sequence[int], shares: int) -> list[Engine]:
    found = []
    for number in range(shares):
        engine = new_engine()
        engine.share = Share(number, shares)
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


@pytest.mark.parametrize(("seed", "shares"), [(0, 2), (1, 2), (0, 3), (1, 7)])
def test_all_shares_together_are_the_whole(seed: int, shares: int) -> None:
    packets: list[Packet] = mixture(seed, 2_500)
    frames, times = [frame(packet) for packet in packets], [packet.time for packet in packets]
    whole = new_engine()
    feed(whole, frames, times)
    parts = engines(frames, times, shares)
    owners = owners_of([share(one) for one in parts])
    found = []
    for number, one in enumerate(parts):
        found += rows(one, flows_of(owners, number))
    assert sorted(found) == rows(whole, range(len(whole.flows)))
    assert {one.segments for one in parts} == {whole.segments}
    assert [owners.count(n) for n in range(shares)] == [len(one.flows) for one in parts]


def test_flows_that_only_an_icmp_error_names_have_their_number_too() -> None:
    def quoting(port: int) -> bytes:
        return ethernet(ip(bytes([3, 1]) + bytes(6) + ip(tcp(source=port)), protocol=1))

    frames = [quoting(port) for port in range(1000, 1020)]
    one, other = engines(frames, range(20), 2)
    assert sorted([*share(one).opened, *share(other).opened]) == list(range(1, 21))
    assert one.segments == other.segments == 0


@pytest.mark.parametrize(("carried", "ethertype"), [(ip, 0x0800), (ip6, 0x86DD)])
def test_a_plain_segment_of_others_is_passed_over_but_for_dns(
    carried: Callable[[bytes], bytes], ethertype: int
) -> None:
    def found(packet: bytes, number: int) -> int:
        decoder, share = Decoder(), Share(number, 2)
        decoder.add_interface(1)
        return int(decoder.decode(packet, 0, len(packet), len(packet), 0, share))

    web, dns = (ethernet(carried(tcp(destination=port)), ethertype) for port in (80, 53))
    assert sorted(found(web, number) for number in range(2)) == [OTHERS, 1]
    assert [found(dns, number) for number in range(2)] == [1, 1]
