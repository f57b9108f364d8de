"""Reading a segment's header again: options, and the checksum in its three cases."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from struct import pack

import pytest

from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.engine.decode import header_search
from tcptui.engine.decode.header_search import Header, headers_in, payload_of, read_header
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tests.engine.feeding import analysed, feed, new_engine
from tests.engine.headers import netlink_log
from tests.filters.samples import in_gre, tagged

FLOWS = ["A 10.0.0.1:1111 B 10.0.0.2:2222", "A [2001:db8::1]:1111 B [2001:db8::2]:2222"]
LINE = "1 0 A A 1000 5000 100 33 mss=1460 ws=7 ts=100,50 sack=5100-5200,5300-5400"


def header_of(flow: str, words: str = "", cut: int = 0) -> Header | None:
    (packet,) = parse_script(f"flow {flow}\n{LINE} {words}").packets
    data = frame(packet)
    return read_header(analysed([packet]), 0, data[: len(data) - cut])


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
    assert read_header(analysed([packet]), 0, frame(other)) is None


def test_bytes_that_look_like_the_header_do_not_count() -> None:
    """The payload of the first segment repeats the ports and numbers of the second."""
    first, second = parse_script(LINE + "\n2 1 A A 1033 5000 100 12 ts=1,2").packets
    ports_and_numbers = frame(second)[34:46]
    assert len(ports_and_numbers) == 12
    first = replace(first, payload=ports_and_numbers)
    engine = analysed([first, second])
    assert read_header(engine, 1, frame(first)) is None
    found = read_header(engine, 1, frame(second))
    assert found
    assert found.times == (1, 2)


CARRIED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "in a VLAN": partial(tagged, vlan=7),
    "in GRE": in_gre,
}


@pytest.mark.parametrize("carried", CARRIED)
def test_tunnels_count(carried: str) -> None:
    (packet,) = parse_script(LINE).packets
    data = CARRIED[carried](frame(packet))
    engine = new_engine()
    feed(engine, [data], [packet.time])
    found = read_header(engine, 0, data)
    assert found
    assert (found.mss, found.checksum) == (1460, header_search.GOOD)
    assert payload_of(engine, 0, data) == packet.payload


def test_a_header_that_an_icmp_error_quotes_is_not_the_segment() -> None:
    (packet,) = parse_script(LINE).packets
    whole = frame(packet)
    error = bytes((3, 1, 0, 0, 0, 0, 0, 0)) + whole[14:]
    head = pack("!BBHHHBBH", 0x45, 0, 20 + len(error), 1, 0, 64, 1, 0)
    quoting = whole[:14] + head + bytes((10, 0, 0, 9, 10, 0, 0, 1)) + error
    (quoted,) = headers_in(quoting, 1, len(quoting))
    assert quoted.quoted
    assert read_header(analysed([packet]), 0, quoting) is None


def test_an_ack_is_told_from_the_data_with_the_same_numbers_in_one_packet() -> None:
    ack, data = parse_script("1 0 A A 1000 5000 100 0\n2 0 A PA 1000 5000 100 33").packets
    packet = netlink_log([frame(ack)[14:], frame(data)[14:]])
    engine = Engine(WIRESHARK_4_0)
    engine.add_interface(253)
    feed(engine, [packet], [ack.time])
    assert payload_of(engine, 0, packet) == b""
    assert payload_of(engine, 1, packet) == data.payload
    found = [read_header(engine, row, packet) for row in (0, 1)]
    assert [header and header.checksum for header in found] == [header_search.GOOD] * 2
