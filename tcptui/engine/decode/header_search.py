"""A segment's header in the bytes of its packet: the options and the checksum.

The header is found by its ports and numbers, so it does not matter how the packet was carried.
"""

from struct import pack, unpack_from
from typing import Final, NamedTuple

Block = tuple[int, int]

END, NOP, MSS, WINDOW_SCALE, SACK, TIMESTAMPS = 0, 1, 2, 3, 5, 8
TCP: Final = 6
FIXED: Final = 20

GOOD: Final = "good"
BAD: Final = "bad"
NOT_COMPUTED: Final = "not computed by this host (offload): the network card does it"
CUT: Final = "not checked: the capture holds only a part of the segment"


class Header(NamedTuple):
    """``sack`` are raw ranges, ``times`` the time stamps (own, echoed); None where absent."""

    mss: int | None
    scale: int | None
    sack: tuple[Block, ...]
    times: tuple[int, int] | None
    checksum: str


def find_header(packet: bytes, key: bytes, seq: int, ack: int, length: int) -> Header | None:
    """The header of a segment that an endpoint with this key sent."""
    at = packet.find(key[-4:] + pack("!II", seq, ack))
    if at < 0 or len(packet) < at + FIXED:
        return None
    size = (packet[at + 12] >> 4) * 4
    if size < FIXED or len(packet) < at + size:
        return None
    mss: int | None = None
    scale: int | None = None
    sack: tuple[Block, ...] = ()
    times: tuple[int, int] | None = None
    for kind, value in options(packet[at + FIXED : at + size]):
        if kind == MSS and len(value) == 2:
            mss = int.from_bytes(value)
        elif kind == WINDOW_SCALE and len(value) == 1:
            scale = value[0]
        elif kind == SACK:
            edges = unpack_from(f"!{len(value) // 8 * 2}I", value)
            sack = tuple(zip(edges[::2], edges[1::2], strict=True))
        elif kind == TIMESTAMPS and len(value) == 8:
            own, echoed = unpack_from("!II", value)
            times = own, echoed
    segment = packet[at : at + size + max(length, 0)]
    whole = length >= 0 and len(segment) == size + length
    return Header(mss, scale, sack, times, checksum(segment, key[:-4]) if whole else CUT)


def options(data: bytes) -> list[tuple[int, bytes]]:
    """(kind, value) of each option; ends where one is malformed."""
    found = []
    at = 0
    while at < len(data) and data[at] != END:
        if data[at] == NOP:
            at += 1
            continue
        if at + 1 >= len(data) or data[at + 1] < 2 or at + data[at + 1] > len(data):
            break
        found.append((data[at], data[at + 2 : at + data[at + 1]]))
        at += data[at + 1]
    return found


def checksum(segment: bytes, addresses: bytes) -> str:
    """Whether the checksum of a complete segment is right (RFC 9293, section 3.1)."""
    if len(addresses) == 8:
        pseudo = addresses + pack("!BBH", 0, TCP, len(segment) & 0xFFFF)
    else:
        pseudo = addresses + pack("!II", len(segment), TCP)
    if ones_sum(pseudo + segment) == 0xFFFF:
        return GOOD
    given = int.from_bytes(segment[16:18])
    return NOT_COMPUTED if given == ones_sum(pseudo) else BAD


def ones_sum(data: bytes) -> int:
    """The ones' complement sum of 16-bit words (RFC 1071)."""
    even = data + b"\0" * (len(data) % 2)
    total: int = sum(unpack_from(f"!{len(even) // 2}H", even))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total
