"""Greetings: what the SYNs, SYN+ACKs and RSTs of a capture look like, to compare hosts by them.

One host has one clock, one set of options, one distance and one network card; what differs from
flow to flow tells that several hosts share an address. The log is bounded, and as plain bytes it
goes to the processes that analyse other shares of the flows.
"""

from typing import Final

from librt.strings import (
    BytesWriter,
    read_i16_be,
    read_i32_be,
    read_i64_be,
    write_i64_be,
)
from mypy_extensions import i64

from tcptui.engine.decode.layers import PathTable
from tcptui.engine.flow import Endpoint, source_of
from tcptui.engine.header_fields import NO_STAMP
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import ECE, TCP_MIN_HEADER
from tcptui.engine.tcp_options import MSS, TIMESTAMPS, WINDOW_SCALE, next_option

MOST_GREETINGS: Final = 16_384
"""Of a capture; later ones are not compared."""
SIZE: Final = 56
"""Bytes of a greeting before the key of its sender."""
SACK_PERMITTED: Final = 4
MAC_AT: Final = 6
"""Where the source stands in an Ethernet frame."""
BEFORE_IP: Final = 8
IP_TYPES: Final = (0x0800, 0x86DD)
SNAP: Final = 0xAA
SNAP_ORGANISATIONS: Final = (0x000000, 0x0000F8)
"""IEEE 802.3 frames have eight more bytes before the IP header, beginning with this one, and the
organisation before the EtherType."""
USUAL: Final = 0x020400000402080A
"""Maximum segment size, SACK permitted and time stamps, one behind the other."""
USUAL_MASK: Final = 0x7FFF0000FFFFFFFF
NO_SCALE: Final = 0xFF
SACK_OFFERED: Final = 1
LIKE_COOKIE: Final = 2
"""The low bits of the time stamp may be the peer's window scale, whether SACK and whether ECN is
agreed on, as in a SYN cookie of Linux."""
ASKED_BITS: Final = 31
ECN_BIT: Final = 32


class Greeting:
    """A SYN, SYN+ACK or RST: who sent it to whom (``key``), when (ns), how. Without the option,
    ``scale`` is `NO_SCALE`, ``mss`` 0 and ``stamp`` `NO_STAMP`. ``mac`` is the address
    that sent the frame, or 0 (`Path.mac_distance`); ``flow`` is -1 for one of another share's
    flows."""

    def __init__(self, log: bytes, at: i64, is_own: bool) -> None:
        """Read the greeting that stands at ``at`` in a log."""
        self.flow: i64 = i64(read_i32_be(log, at)) if is_own else -1
        self.frame: i64 = i64(read_i32_be(log, at + 4)) & MASK32
        self.path: i64 = i64(read_i32_be(log, at + 8))
        self.flags: i64 = i64(read_i32_be(log, at + 12))
        self.time: i64 = read_i64_be(log, at + 16)
        self.stamp: i64 = read_i64_be(log, at + 24)
        self.mac: i64 = read_i64_be(log, at + 32)
        options = read_i64_be(log, at + 40)
        self.mss: i64 = options >> 16
        self.scale: i64 = options >> 8 & 0xFF
        self.sack: bool = options & SACK_OFFERED != 0
        way = read_i64_be(log, at + 48)
        self.ttl: i64 = way >> 16
        self.number: i64 = way & 0xFFFF
        size = i64(log[at + SIZE])
        self.key: bytes = log[at + SIZE + 1 : at + SIZE + 1 + size]

    @property
    def address(self) -> bytes:
        """The sender's address."""
        return source_of(self.key)


class Greetings:
    """The log of a capture's greetings, in order; ``others`` is that of all other shares' flows."""

    def __init__(self, paths: PathTable) -> None:
        self.paths: PathTable = paths
        self.mac_distances: dict[int, int] = {}  # by path
        self.log: BytesWriter = BytesWriter()
        self.count: i64 = 0
        self.others: bytes = b""

    def add_greeting(
        self, sender: Endpoint, segment: Segment, header: HeaderLocation, way: i64
    ) -> None:
        """Append the greeting at hand, as long as there is room; ``way``: see RecentHeaders."""
        if self.count >= MOST_GREETINGS:
            return
        self.count += 1
        log = self.log
        write_i64_be(log, i64(sender.flow.index) << 32 | segment.frame & 0x7FFFFFFF)
        write_i64_be(log, header.path << 32 | segment.flags)
        write_i64_be(log, segment.time)
        self.write_options(sender, segment, header)
        write_i64_be(log, way)
        key = sender.key
        log.append(len(key))
        log.write(key)

    def write_options(self, sender: Endpoint, segment: Segment, header: HeaderLocation) -> None:
        """Append time stamp, hardware address and options."""
        data = header.data
        offset = header.offset
        there = header.captured if header.captured < header.reported else header.reported
        end = offset + (i64(data[offset + 12]) >> 4 << 2)
        if end > offset + there:
            end = offset + there
        stamp: i64 = NO_STAMP
        mss: i64 = 0
        scale: i64 = NO_SCALE
        sack: i64 = 0
        at = offset + TCP_MIN_HEADER
        if end == offset + 40 and read_i64_be(data, at) & USUAL_MASK == USUAL:
            # The order in which Linux writes them.
            mss = i64(read_i16_be(data, at + 2)) & 0xFFFF
            sack = SACK_OFFERED
            stamp = i64(read_i32_be(data, at + 8)) & MASK32
            at += 16
        at = next_option(data, at, end, end)
        while at >= 0:
            kind = i64(data[at])
            length = i64(data[at + 1])
            if kind == TIMESTAMPS and length == 10:
                stamp = i64(read_i32_be(data, at + 2)) & MASK32
            elif kind == MSS and length == 4:
                mss = i64(read_i16_be(data, at + 2)) & 0xFFFF
            elif kind == WINDOW_SCALE and length == 3:
                scale = i64(data[at + 2])
            elif kind == SACK_PERMITTED:
                sack = SACK_OFFERED
            at = next_option(data, at + length, end, end)
        asked = i64(sender.peer.scale)
        if asked < 0:
            asked = NO_SCALE & 15
        agreed = asked | (sack & SACK_OFFERED) << 4
        is_like = stamp != NO_STAMP and stamp & ASKED_BITS == agreed
        if is_like and (stamp & ECN_BIT == 0 or (segment.flags & ECE) != 0):
            sack |= LIKE_COOKIE
        write_i64_be(self.log, stamp)
        write_i64_be(self.log, self.mac_of(header))
        write_i64_be(self.log, mss << 16 | scale << 8 | sack)

    def mac_of(self, header: HeaderLocation) -> i64:
        """Return the hardware address that sent the frame; 0 where the frame does not tell it."""
        path = int(header.path)
        known = self.mac_distances.get(path)
        if known is None:
            known = self.paths[path].mac_distance()
            self.mac_distances[path] = known
        ip = header.ip
        at = ip - i64(known)
        # What was put together of fragments begins with the IP header.
        if known == 0 or at < MAC_AT:
            return 0
        data = header.data
        before = read_i64_be(data, ip - BEFORE_IP)
        if (before & 0xFFFF) not in IP_TYPES:
            return 0
        if before >> 56 & 0xFF == SNAP and (before >> 16 & 0xFFFFFF) in SNAP_ORGANISATIONS:
            return 0
        return (i64(read_i16_be(data, at)) & 0xFFFF) << 32 | i64(read_i32_be(data, at + 2)) & MASK32
