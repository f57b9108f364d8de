"""Reading a segment's header again: options, and the checksum in its three cases."""

from dataclasses import replace

import pytest

from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.engine.decode import header_search
from tcptui.engine.decode.header_search import Header, find_header

FLOWS = ["A 10.0.0.1:1111 B 10.0.0.2:2222", "A [2001:db8::1]:1111 B [2001:db8::2]:2222"]
LINE = "1 0 A A 1000 5000 100 33 mss=1460 ws=7 ts=100,50 sack=5100-5200,5300-5400"


def header_of(flow: str, words: str = "", cut: int = 0) -> Header | None:
    (packet,) = parse_script(f"flow {flow}\n{LINE} {words}").packets
    source, destination = packet.source, packet.destination
    key = source.address.packed + destination.address.packed
    key += source.port.to_bytes(2) + destination.port.to_bytes(2)
    data = frame(packet)
    return find_header(data[: len(data) - cut], key, packet.seq, packet.ack, len(packet.payload))


@pytest.mark.parametrize("flow", FLOWS)
def test_options(flow: str) -> None:
    found = header_of(flow)
    blocks = ((5100, 5200), (5300, 5400))
    assert found == Header(1460, 7, blocks, (100, 50), header_search.GOOD)


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(
    ("words", "cut", "expected"),
    [
        ("", 0, header_search.GOOD),
        ("sum=bad", 0, header_search.BAD),
        ("sum=pseudo", 0, header_search.NOT_COMPUTED),
        ("", 1, header_search.CUT),
    ],
)
def test_checksum(flow: str, words: str, cut: int, expected: str) -> None:
    found = header_of(flow, words, cut)
    assert found
    assert found.checksum == expected


def test_a_packet_that_was_cut_within_the_header_tells_nothing() -> None:
    assert header_of(FLOWS[0], cut=40) is None


@pytest.mark.parametrize("options", [b"\x05\x00", b"\x08\xff\x00\x00", b"\x01\x05", b""])
def test_malformed_options_end_the_walk(options: bytes) -> None:
    assert header_search.options(options) == []


def test_another_segment_of_the_same_flow_is_not_mistaken_for_it() -> None:
    (packet,) = parse_script(LINE).packets
    other = replace(packet, seq=packet.seq + 1)
    assert find_header(frame(other), b"\n\0\0\1\n\0\0\2\x04\x57\x08\xae", 1000, 5000, 33) is None
