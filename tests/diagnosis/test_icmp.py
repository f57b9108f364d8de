"""ICMP errors in words, and the one that asks for smaller packets."""

from struct import pack

import pytest

from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of
from tcptui.findings.icmp import icmp_words
from tests.diagnosis.causes import HANDSHAKE, numbered
from tests.engine.feeding import feed, new_engine

LARGE = """
100 A PA 1    1 64000  200
120 B A  1  201 64000 1000
{}
"""
ROUTER = bytes((203, 0, 113, 1))
MTU = 900


def icmp_error(packet: bytes, quoted: int, kind: int, code: int) -> bytes:
    """An error about an Ethernet frame, which quotes so many bytes of its TCP segment."""
    message = pack("!BBHHH", kind, code, 0, 0, MTU) + packet[14 : 14 + 20 + quoted]
    header = pack("!BBHHHBBH", 0x45, 0, 20 + len(message), 1, 0, 64, 1, 0) + ROUTER + packet[26:30]
    return packet[:14] + header + message


def found_after(rest: str, quoted: int, kind: int = 3, code: int = 4) -> dict[str, Finding]:
    """What is found where a router answers the server's first data."""
    packets = parse_script(HANDSHAKE + numbered(LARGE.format(rest))).packets
    frames = [frame(packet) for packet in packets]
    times = [packet.time for packet in packets]
    answer = 4
    frames.insert(answer + 1, icmp_error(frames[answer], quoted, kind, code))
    times.insert(answer + 1, times[answer] + 1_000_000)
    engine = new_engine()
    feed(engine, frames, times)
    engine.finish()
    return {one.kind: one for one in findings_of(engine, engine.flows[0])}


@pytest.mark.parametrize("quoted", [4, 6, 8, 16, 20])
def test_who_goes_on_with_large_packets_is_told_so(quoted: int) -> None:
    again = "420 B A 1 201 64000 1000\n1020 B A 1 201 64000 1000"
    found = found_after(again, quoted)
    told = found["fragmentation_needed"]
    assert (told.severity, told.side) == ("warning", "server")
    assert "203.0.113.1" in told.text
    assert f"MTU of its next hop is {MTU}" in told.text
    assert not {"loss_after_capture", "stall_rto", "icmp_error"} & found.keys()


def test_who_heeds_it_has_no_trouble() -> None:
    smaller = "123 B A 1 201 64000 800\n124 B A 801 201 64000 200\n126 A A 201 1001 64000 0"
    assert found_after(smaller, 8)["fragmentation_needed"].severity == "note"


def test_another_error_is_told_in_words() -> None:
    found = found_after("", 8, 3, 13)
    assert "fragmentation_needed" not in found
    assert found["icmp_error"].text.startswith("ICMP: prohibited by a filter, came back")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3 << 8 | 4 | 1400 << 20, "ICMP: fragmentation needed, MTU 1400"),
        (3 << 8 | 4, "ICMP: fragmentation needed"),
        (11 << 8, "ICMP: time to live exceeded (a loop of routers, or too far)"),
        (3 << 8 | 99, "ICMP: type 3 code 99"),
        (2 << 8 | 0x10000 | 1280 << 20, "ICMPv6: packet too big, MTU 1280"),
    ],
)
def test_words(value: int, words: str) -> None:
    assert icmp_words(value) == words
