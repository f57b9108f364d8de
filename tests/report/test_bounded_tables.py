"""What the analysis remembers of many flows together has a limit; processes that share the flows
say what one process says, below and beyond it."""

from collections.abc import Callable, Iterator
from itertools import chain, count, islice
from pathlib import Path
from struct import pack
from typing import NamedTuple

import pytest

from samples.capture_files import Record, pcap
from tcptui.engine.engine import MOST_ROUTERS
from tcptui.engine.names.naming import MOST_WATCHED
from tcptui.engine.tcp_state.servers import MOST_SERVERS
from tcptui.engine.voices import MOST_VOICES
from tcptui.findings.broken_off import MOST_BEFORE
from tcptui.findings.two_points import MOST_FLOWS
from tests.engine.headers import ethernet, ip
from tests.report.test_shares import printed, printed_alone

SYN, RST, ACK, PUSH = 0x02, 0x04, 0x10, 0x08
SERVER = bytes([10, 9, 9, 9])
MILLISECOND = 1_000_000


class End(NamedTuple):
    address: bytes
    port: int


def segment(
    sender: End, receiver: End, seq: int, ack: int, flags: int, ttl: int = 64, data: bytes = b""
) -> bytes:
    """A segment in its IP packet."""
    head = pack(">HHIIHHHH", sender.port, receiver.port, seq, ack, 0x5000 | flags, 60_000, 0, 0)
    packet = bytearray(ip(head + data, source=sender.address, destination=receiver.address))
    packet[8] = ttl
    return bytes(packet)


def client(number: int) -> End:
    """One of many hosts, each with a port of its own."""
    return End(bytes([10, 1, number >> 8 & 255, number & 255]), 1024 + number % 50_000)


def accepted(one: End, server: End, ttl: int = 60) -> Iterator[bytes]:
    yield segment(one, server, 1, 0, SYN)
    yield segment(server, one, 9, 2, SYN | ACK, ttl)


def second_voices(flows: int) -> Iterator[bytes]:
    """Flows whose SYN came by another way than what follows it."""
    server = End(SERVER, 80)
    for number in range(flows):
        one = client(number)
        yield segment(one, server, 1, 0, SYN, ttl=50)
        for seq in range(2, 5):
            yield segment(one, server, seq, 10, ACK, data=b"x")


def icmp_errors(flows: int) -> Iterator[bytes]:
    """SYNs to as many flows, each answered by a router."""
    server = End(SERVER, 80)
    for number in range(flows):
        syn = segment(client(number), server, 1, 0, SYN)
        yield syn
        router = bytes([10, 2, number >> 8 & 255, number & 255])
        error = bytes([3, 1]) + bytes(6) + syn
        yield ip(error, protocol=1, source=router, destination=client(number).address)


def servers(most: int) -> Iterator[bytes]:
    """SYNs that nobody answers; then as many servers as there is room for answer on one port each,
    those that did not among the last."""
    ends = [End(bytes([10, 3, n >> 8 & 255, n & 255]), 80) for n in range(most // 2)]
    for number, server in enumerate(ends[-40:]):
        yield segment(client(60_000 - number), server, 1, 0, SYN)
    for number, server in enumerate(ends):
        yield from accepted(client(number), server)
    for number, server in enumerate(ends[-40:]):
        yield segment(client(60_000 - number), server, 1, 0, SYN)


def half_requests(flows: int) -> Iterator[bytes]:
    """Requests of which the second half comes only after all first ones."""
    server = End(SERVER, 80)
    text = b"GET /page HTTP/1.1\r\nHost: name.example\r\n\r\n"
    for number in range(flows):
        yield segment(client(number), server, 2, 10, ACK, data=text[:20])
    for number in range(60):
        yield segment(client(number), server, 22, 10, ACK | PUSH, data=text[20:])


def refusals(flows: int) -> Iterator[bytes]:
    """A host accepts connections on one port, and something else refuses them on another."""
    for number in range(flows):
        one = client(number)
        yield from accepted(one, End(SERVER, 80), ttl=60)
        yield segment(one, End(SERVER, 81), 1, 0, SYN)
        yield segment(End(SERVER, 81), one, 0, 2, RST | ACK, ttl=63)


def far_apart(between: int) -> Iterator[bytes]:
    """Answers that are broken off: so many others pass since their servers last pushed something
    that this is out of reach, or nearly."""
    server = End(SERVER, 80)
    asking = [client(30_000 + number) for number in range(20)]
    others = (
        segment(client(number), End(SERVER, 443), 1, 0, SYN) for number in range(between + 300)
    )
    for one in asking:
        yield from accepted(one, server)
        yield segment(one, server, 2, 10, ACK | PUSH, data=b"x" * 100)
        yield segment(server, one, 10, 102, ACK | PUSH, data=b"x" * 100)
        yield segment(one, server, 102, 110, ACK)
    yield from islice(others, between)
    for one in asking:
        yield segment(server, one, 110, 102, ACK, data=b"x" * 1400)
        yield segment(one, server, 102, 1510, ACK)
    yield from others


CAPTURES: dict[str, tuple[Callable[[int], Iterator[bytes]], int]] = {
    "voices": (second_voices, MOST_VOICES),
    "routers": (icmp_errors, MOST_ROUTERS),
    "servers": (servers, MOST_SERVERS),
    "watched": (half_requests, MOST_WATCHED),
}
"""What fills each table, and how much of it."""


def written(path: Path, packets: Iterator[bytes], begin: int = 0) -> Path:
    """Write packets, one each 10 ms, from a time on."""
    times = count(begin, 10 * MILLISECOND)
    path.write_bytes(pcap(Record(next(times), ethernet(packet)) for packet in packets))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", CAPTURES)
def test_beyond_a_limit_one_process_makes_the_report(tmp_path: Path, name: str) -> None:
    make, most = CAPTURES[name]
    file = written(tmp_path / "full.pcap", make(most + most // 8))
    said, _, engine = printed([file])
    assert engine.share is None
    assert said == printed_alone([file])[0]


@pytest.mark.parametrize("name", CAPTURES)
def test_below_it_several_do(tmp_path: Path, name: str) -> None:
    make, _ = CAPTURES[name]
    file = written(tmp_path / "some.pcap", make(200))
    said, _, engine = printed([file])
    assert engine.share is not None
    assert said == printed_alone([file])[0]


def test_flows_that_are_watched_at_once(tmp_path: Path) -> None:
    """The smallest table, full."""
    file = written(tmp_path / "full.pcap", half_requests(MOST_WATCHED + 30))
    said, _, engine = printed([file])
    assert engine.share is None
    assert said == printed_alone([file])[0]


def test_who_refuses_is_told_by_the_whole_capture(tmp_path: Path) -> None:
    file = written(tmp_path / "refused.pcap", refusals(40))
    said, _, engine = printed([file])
    assert engine.share is not None
    assert said == printed_alone([file])[0]
    assert said.count(b"refused by something on the path: the RST came with TTL 63") >= 40


@pytest.mark.parametrize("between", [3_000, 6_000])
def test_what_lies_far_back_is_as_far_for_each(tmp_path: Path, between: int) -> None:
    file = written(tmp_path / "far.pcap", far_apart(between))
    said, _, engine = printed([file])
    assert engine.share is not None
    assert said == printed_alone([file])[0]
    assert (said.count(b"the rest of an answer") > 0) is (between < MOST_BEFORE)


def passing_twice() -> Iterator[bytes]:
    """A flow that both capture points see."""
    server = End(SERVER, 80)
    for number in range(8):
        yield segment(client(50_000), server, 2 + 10 * number, 10, ACK, data=b"0123456789")


@pytest.mark.parametrize(("others", "shared"), [(20, True), (2 * MOST_FLOWS, False)])
def test_two_points_are_told_by_the_first_flows(tmp_path: Path, others: int, shared: bool) -> None:
    server = End(SERVER, 80)
    first = (segment(client(number), server, 1, 0, SYN) for number in range(others))
    twice = list(passing_twice())
    one = written(tmp_path / "one.pcap", chain(first, twice))
    begin = 10 * others * MILLISECOND + MILLISECOND
    two = written(tmp_path / "two.pcap", iter(twice), begin)
    said, warnings, engine = printed([one, two])
    assert (engine.share is not None) is shared
    alone, warnings_alone, _ = printed_alone([one, two])
    assert said == alone
    assert warnings == warnings_alone
