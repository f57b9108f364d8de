"""A segment's TCP header, read again from the bytes of its packet: options, payload, checksum.

The packet is decoded as it was when it came, so it does not matter how it was carried, and a
header that an ICMP error quotes is not taken for one.
"""

from struct import unpack_from
from typing import Final, NamedTuple

from librt.strings import read_i16_be, read_i32_be
from mypy_extensions import i64

from tcptui.engine.decode.cursor import IPV4_ADDRESSES
from tcptui.engine.decode.decoder import Decoder
from tcptui.engine.engine import Engine
from tcptui.engine.packets import Packets
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32, s32
from tcptui.engine.tcp_header import PORTS, TCP_MIN_HEADER
from tcptui.engine.tcp_options import MSS, SACK, TIMESTAMPS, WINDOW_SCALE, next_option

Block = tuple[int, int]

TCP: Final = 6
CHECKSUM: Final = 16
"""Where a TCP header has its checksum."""

GOOD: Final = "good"
BAD: Final = "bad"
NOT_COMPUTED: Final = "not computed by this host (offload): the network card does it"
CUT: Final = "not checked: the capture holds only a part of the segment"


READY: Final[dict[int, Decoder]] = {}
"""By link type, a decoder that has kept nothing of the packets before."""


class Header(NamedTuple):
    """``sack`` are raw ranges, ``times`` the time stamps (own, echoed); None where absent."""

    mss: int | None
    scale: int | None
    sack: tuple[Block, ...]
    times: tuple[int, int] | None
    checksum: str


def headers_in(packet: bytes, link_type: int, original: int) -> list[HeaderLocation]:
    """Return the TCP headers in a packet of ``original`` bytes on the wire, outermost first."""
    decoder = READY.pop(link_type, None)
    if decoder is None:
        decoder = Decoder()
        decoder.add_interface(link_type)
    count = decoder.decode(packet, 0, len(packet), max(original, len(packet)), 0, None)
    found = decoder.found[:count]
    if count == 1 and found[0].data is packet:
        decoder.found[0] = HeaderLocation()
        READY[link_type] = decoder
    return found


def link_type_of(engine: Engine, row: int) -> int:
    """Return the link type of the interface that captured the row's packet."""
    return engine.decoder.paths.link_type(int(engine.packets.path(row)))


def locate_header(engine: Engine, row: int, packet: bytes) -> HeaderLocation | None:
    """Return the row's TCP header in the bytes of its packet, or None if it is not there."""
    packets = engine.packets
    flow = engine.flows[packets.flow(row)]
    key = flow.server.key if packets.is_from_server(row) else flow.client.key
    seq, ack = s32(packets.seq(row)), s32(packets.ack(row))
    alike = [
        at
        for at in headers_in(packet, link_type_of(engine, row), int(packets.original(row)))
        if not at.quoted
        and at.key == key
        and read_i32_be(at.data, at.offset + 4) == seq
        and read_i32_be(at.data, at.offset + 8) == ack
    ]
    before = alike_before(packets, row)
    return alike[before] if before < len(alike) else None


def alike_before(packets: Packets, row: int) -> int:
    """Return how many segments that its packet holds before the row's have the same sender and
    numbers: an ACK has those of the data that follows it."""
    found = 0
    at = row - 1
    while at >= packets.first and packets.frame(at) == packets.frame(row):
        if (
            packets.flow(at) == packets.flow(row)
            and packets.is_from_server(at) == packets.is_from_server(row)
            and packets.seq(at) == packets.seq(row)
            and packets.ack(at) == packets.ack(row)
        ):
            found += 1
        at -= 1
    return found


def payload_of(engine: Engine, row: int, packet: bytes) -> bytes:
    """Return the captured payload of a row, read from its packet, or nothing if it has none."""
    length = engine.packets.length(row)
    if length <= 0:
        return b""
    at = locate_header(engine, row, packet)
    if at is None:
        return b""
    start = at.offset + header_length(at)
    return at.data[start : min(start + length, at.offset + at.captured)]


def header_length(at: HeaderLocation) -> int:
    """Return the length in bytes that a TCP header gives for itself."""
    return int(at.data[at.offset + 12] >> 4) * 4


def locate_whole_header(engine: Engine, row: int, packet: bytes) -> HeaderLocation | None:
    """Return the row's TCP header, or None where its packet's bytes do not hold all of it."""
    at = locate_header(engine, row, packet)
    if at is None:
        return None
    size = header_length(at)
    return None if size < TCP_MIN_HEADER or at.captured < size else at


def read_header(engine: Engine, row: int, packet: bytes) -> Header | None:
    """Return what a row's header says, or None where its packet's bytes do not hold it."""
    at = locate_whole_header(engine, row, packet)
    if at is None:
        return None
    mss: int | None = None
    scale: int | None = None
    sack: tuple[Block, ...] = ()
    times: tuple[int, int] | None = None
    start = int(at.offset)
    for kind, value in options(at.data[start + TCP_MIN_HEADER : start + header_length(at)]):
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
    return Header(mss, scale, sack, times, checksum(engine, row, at))


def options(data: bytes) -> list[tuple[int, bytes]]:
    """Return (kind, value) of each option, up to the first malformed one."""
    found: list[tuple[int, bytes]] = []
    at = next_option(data, 0, len(data), len(data))
    while at >= 0:
        end = at + data[at + 1]
        found.append((data[at], data[at + 2 : end]))
        at = next_option(data, end, len(data), len(data))
    return found


def checksum(engine: Engine, row: int, at: HeaderLocation) -> str:
    """Return whether the checksum of a row's segment, whose whole header is ``at``, is right (RFC
    9293, section 3.1), or was not computed, or cannot be checked."""
    size = header_length(at)
    length = size + engine.packets.length(row)
    if length < size or at.captured < length:
        return CUT
    addresses = at.key_size - PORTS
    # The pseudo header: both addresses, the protocol, and the length, in two words for IPv6.
    pseudo = words_in(at.key_data, at.key_start, at.key_start + addresses) + TCP
    pseudo += length & 0xFFFF
    if addresses != IPV4_ADDRESSES:
        pseudo += length >> 16
    if folded(pseudo + words_in(at.data, at.offset, at.offset + length)) == 0xFFFF:
        return GOOD
    given = i64(read_i16_be(at.data, at.offset + CHECKSUM)) & 0xFFFF
    return NOT_COMPUTED if given == folded(pseudo) else BAD


def ones_sum(data: bytes) -> int:
    """Return the ones' complement sum of 16-bit words (RFC 1071)."""
    return int(folded(words_in(data, 0, len(data))))


def words_in(data: bytes, start: i64, stop: i64) -> i64:
    """Return a sum that folds to that of the 16-bit words from ``start`` up to ``stop``: two words
    are added as one number. An odd byte at the end is the upper one of a word."""
    total: i64 = 0
    while start + 4 <= stop:
        total += i64(read_i32_be(data, start)) & MASK32
        start += 4
    if start + 2 <= stop:
        total += i64(read_i16_be(data, start)) & 0xFFFF
        start += 2
    if start < stop:
        total += i64(data[start]) << 8
    return total


def folded(total: i64) -> i64:
    """Return the ones' complement sum that a sum of words comes to."""
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total
