"""The same capture as it looks elsewhere: what was taken at a tap, seen another way."""

from collections.abc import Callable
from struct import pack

from tests.lab.test_causes import Capture

ETHERNET = 14
IPV6 = b"\x86\xdd"
PREFIX = b"\x20\x01\x0d\xb8" + bytes(8)
FIRST_SERVER_PORT = 9000
MOMENT = 300_000
"""ns between two interfaces that see the same packet."""


def from_server(frame: bytes) -> bool:
    return int.from_bytes(frame[34:36]) in range(FIRST_SERVER_PORT, FIRST_SERVER_PORT + 1000)


def as_ipv6(frame: bytes) -> bytes:
    """The same segment between two IPv6 hosts; its checksum is not made new."""
    total = int.from_bytes(frame[16:18])
    segment = frame[ETHERNET + 20 : ETHERNET + total]
    head = pack("!IHBB", 6 << 28, len(segment), 6, frame[22])
    return frame[:12] + IPV6 + head + PREFIX + frame[26:30] + PREFIX + frame[30:34] + segment


def without_numbers(frame: bytes) -> bytes:
    """The same with an IP identification of 0."""
    return frame[:18] + bytes(2) + frame[20:]


def in_vlan(frame: bytes) -> bytes:
    return frame[:12] + b"\x81\x00\x00\x0a" + frame[12:]


def routed(frame: bytes) -> bytes:
    """The same behind a router."""
    return bytes(6) + frame[6:22] + bytes([frame[22] - 1]) + frame[23:]


def each(change: Callable[[bytes], bytes]) -> Callable[[Capture], Capture]:
    return lambda capture: [(time, change(frame)) for time, frame in capture]


def twice(capture: Capture) -> Capture:
    """On both interfaces of a router: the copies come between other packets."""
    copies = [(time + MOMENT, routed(frame)) for time, frame in capture]
    return sorted([*capture, *copies], key=lambda packet: packet[0])


def begun_later(capture: Capture) -> Capture:
    """Without the handshake and the first part."""
    return capture[3 + len(capture) // 10 :]


def one_side(server: bool) -> Callable[[Capture], Capture]:
    return lambda capture: [packet for packet in capture if from_server(packet[1]) == server]


VIEWS: dict[str, Callable[[Capture], Capture]] = {
    "IPv6": each(as_ipv6),
    "no IP numbers": each(without_numbers),
    "VLAN": each(in_vlan),
    "twice": twice,
    "begun later": begun_later,
    "client's side only": one_side(False),
    "server's side only": one_side(True),
}

HIDDEN: dict[str, frozenset[str]] = {
    "IPv6": frozenset({"request_lost_before"}),
    "no IP numbers": frozenset({"request_lost_before"}),
    "twice": frozenset({"request_lost_before", "doubled_by_the_path"}),
}
"""Stories whose cause cannot be seen this way: an IP number tells a lost request from an idle
client, and what the path doubled is lost among copies of the capture's own. Captures of a part are
not asked to show everything."""
WHOLE = ("IPv6", "no IP numbers", "VLAN", "twice")
MISREAD: dict[str, frozenset[str]] = {
    "server's side only": frozenset(
        {"sleeping_reader", "other_order", "acks_lost", "tail_lost", "held_after"}
    ),
    "begun later": frozenset({"acks_lost", "held_after"}),
}
"""Without the other side's ACKs, what its receiver refused or had already looks lost, and a timer
ran for it, whose reason only they would tell; the finding says so. So it is where the capture
begins behind what they answered."""
