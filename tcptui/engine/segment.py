"""One TCP segment on its way through the engine: what the header says and what the rules add.

The engine owns a single instance and fills it anew for each segment, so that a packet costs no
object.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.packets import NO_LENGTH, NO_ROW
from tcptui.engine.wireshark.recorder import Recorder

UNKNOWN: Final = -1


class HeaderLocation:
    """A TCP header as a decoder found it: where it is, and how much of it is there.

    ``data[offset:offset + captured]`` are the captured bytes of the TCP segment; ``reported`` is
    how many there were on the wire. ``sized`` is false where that is not known (an incomplete
    fragment), ``quoted`` is true inside an ICMP error. ``ip`` is where the IP header begins in
    ``data``; its first four bits tell IPv4 from IPv6. ``data`` is the chunk that was decoded,
    or, for a reassembled datagram, bytes of its own: the completing fragment's IP header and
    the whole payload.
    """

    def __init__(self) -> None:
        self.data: bytes = b""
        self.offset: i64 = 0
        self.captured: i64 = 0
        self.reported: i64 = 0
        self.ip: i64 = 0
        self.key_data: bytes = b""
        self.key_start: i64 = 0
        self.key_size: i64 = 0
        """Where the key stands: source and destination address, source and destination port:
        12 or 36 bytes."""
        self.path: i64 = 0
        """Index into the decoder's table of paths."""
        self.sized: bool = True
        self.quoted: bool = False
        self.icmp: i64 = 0
        """Type << 8 | code of the ICMP error, | 0x10000 for ICMPv6."""
        self.mtu: i64 = 0
        """The MTU that the ICMP error asks for; 0 for none."""
        self.router: bytes = b""
        """Whose ICMP error it is."""

    @property
    def key(self) -> bytes:
        """The key as an object of its own."""
        return self.key_data[self.key_start : self.key_start + self.key_size]


class Segment:
    """The current segment. Sequence numbers raw, times in ns, window as in the header."""

    def __init__(self) -> None:
        self.row: i64 = NO_ROW
        self.frame: i64 = 0
        self.time: i64 = 0
        self.seq: i64 = 0
        self.ack: i64 = 0
        self.flags: i64 = 0
        self.window: i64 = 0
        self.length: i64 = NO_LENGTH
        self.virt: i64 = 0
        self.analysis: i64 = 0
        self.has_record: bool = False
        self.attributes: i64 = 0  # bits of packets.py that the rules give
        self.reference_frame: i64 = 0
        self.reference_value: i64 = 0
        self.acks_frame: i64 = 0
        self.in_flight: i64 = 0
        self.push_bytes: i64 = 0
        self.ttl: i64 = UNKNOWN
        self.heard_before: i64 = 0  # of a RST: when its sender was last heard, or 0
        self.is_copy: bool = False  # a SYN's packet that passed before
        self.recorder: Recorder | None = None  # of a replay

    def clear(self) -> None:
        """Forget what the rules found in the segment before."""
        self.analysis = 0
        self.has_record = False
        self.attributes = 0
        self.reference_frame = 0
        self.reference_value = 0
        self.acks_frame = 0
        self.in_flight = 0
        self.push_bytes = 0
        self.ttl = UNKNOWN
        self.heard_before = 0
        self.is_copy = False

    def first_byte(self) -> i64:
        """Return the raw number of the first payload byte, which comes behind the SYN if there is
        one."""
        return (self.seq + (self.flags >> 1 & 1)) & 0xFFFFFFFF

    def end(self) -> i64:
        """Return the raw number behind the segment, whose SYN or FIN takes one."""
        return (self.seq + self.length + self.virt) & 0xFFFFFFFF
