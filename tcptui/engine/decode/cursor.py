"""A cursor is where the decoder stands in a packet, with what it has gathered on the way there.

A step of the decoder is a function that gets the cursor at the start of a header, moves it
behind that header and returns which header comes next (a number of
:mod:`tcptui.engine.decode.protocol_numbers`).
"""

from typing import Final

from librt.strings import BytesWriter, read_i16_be, read_i32_be, write_i16_be, write_i32_be
from mypy_extensions import i16, i32, i64, u8

from tcptui.engine.decode.fragments import Fragments
from tcptui.engine.decode.layers import IPV4, IPV6, SIZES, PathTable
from tcptui.engine.decode.skip_reasons import CUT, ICMP, ICMPV6, NO_REASON, SHORT_TCP, with_value
from tcptui.engine.events import ICMPV6_MARK
from tcptui.engine.packets import s16
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.tcp_header import PORTS, TCP_READABLE

IPV4_ADDRESSES: Final = 8


def short_at(data: bytes, at: i64) -> i64:
    """Return the 16-bit number at a place."""
    return i64(read_i16_be(data, at)) & 0xFFFF


class Branch:
    """A further header to be decoded once the current one is done (several packets in one)."""

    def __init__(self, step: i64, offset: i64, captured: i64, reported: i64, path: bytes) -> None:
        self.step: i64 = step
        self.offset: i64 = offset
        self.captured: i64 = captured
        self.reported: i64 = reported
        self.path: bytes = path


class Cursor:
    """The rest of a packet: ``data[offset:offset + captured]``, ``reported`` bytes on the wire.

    ``captured`` is never more than ``reported``. Nothing outside the rest may be read:
    ``need(n)`` comes before ``byte``, ``short`` and ``word``, whose argument counts from
    ``offset``.
    """

    def __init__(self, paths: PathTable, found: list[HeaderLocation]) -> None:
        self.paths: PathTable = paths
        self.found: list[HeaderLocation] = found
        self.fragments: Fragments = Fragments()
        self.l2tp_ends: dict[bytes, None] = {}
        self.path: BytesWriter = BytesWriter()
        """The interface and the layers so far, as :class:`PathTable` knows them."""
        self.waiting: list[Branch] = []
        self.begin(b"", 0, 0, 0, 0)

    def begin(self, data: bytes, offset: i64, captured: i64, reported: i64, interface: i64) -> None:
        """Stand at the start of a packet."""
        self.data: bytes = data
        self.offset: i64 = offset
        self.captured: i64 = captured
        self.reported: i64 = reported
        self.count: i64 = 0
        self.rows: i64 = 0
        """How many of the headers found are not quoted."""
        self.reason: i64 = NO_REASON
        self.tags: i64 = 0
        self.vlan: i64 = 0
        """The outermost 802.1Q tag, whose low byte tells IPv4 fragments apart."""
        self.path.truncate(0)
        write_i32_be(self.path, i32(interface))
        if len(self.waiting) > 0:
            self.waiting.clear()
        self.ip: i64 = 0
        self.addresses: bytes = b""
        self.whole: bool = True
        """All bytes that the innermost IP header announces are captured."""
        self.partial: bool = False
        """Inside the first fragment of a datagram that cannot be put together."""
        self.quoted: bool = False
        self.icmp: i64 = 0
        self.mtu: i64 = 0
        self.router: bytes = b""
        self.dns_message: bytes = b""
        """What came from port 53 over UDP."""

    def need(self, size: i64) -> bool:
        """Return whether ``size`` more bytes are there, and note the reason if they are not.

        Then tshark gives the whole frame up, with all that waits.
        """
        if self.captured >= size:
            return True
        self.give_up(CUT, 0)
        self.waiting.clear()
        return False

    def give_up(self, reason: i64, value: i64) -> None:
        """Note why there is no TCP here."""
        self.reason = with_value(reason, value)

    def byte(self, i: i64) -> i64:
        return i64(self.data[self.offset + i])

    def short(self, i: i64) -> i64:
        return short_at(self.data, self.offset + i)

    def word(self, i: i64) -> i64:
        return i64(read_i32_be(self.data, self.offset + i)) & 0xFFFFFFFF

    def piece(self, start: i64, stop: i64) -> bytes:
        """Return a copy of some of the bytes."""
        return self.data[self.offset + start : self.offset + stop]

    def skip(self, size: i64) -> bool:
        """Move behind ``size`` bytes, and return False if they are not all there."""
        if not self.need(size):
            return False
        self.offset += size
        self.captured -= size
        self.reported -= size
        return True

    def limit(self, size: i64) -> None:
        """End the rest after ``size`` bytes, unless it ends before."""
        if size < self.reported:
            self.reported = size if size > 0 else 0
            if self.captured > self.reported:
                self.captured = self.reported

    def push(self, kind: i64, value: bytes) -> None:
        """Add a layer to the path."""
        self.path.append(u8(kind))
        self.path.write(value)

    def push_number(self, kind: i64, number: i64) -> None:
        """Add a layer whose value is a number."""
        self.path.append(u8(kind))
        size = SIZES[kind]
        if size > 2:
            if size > 3:
                self.path.append(u8(number >> 24 & 0xFF))
            self.path.append(u8(number >> 16 & 0xFF))
        write_i16_be(self.path, i16(s16(number & 0xFFFF)))

    def push_ip(self) -> None:
        """Add the current IP header to the path: it carries something other than TCP."""
        self.push(IPV4 if len(self.addresses) == IPV4_ADDRESSES else IPV6, self.addresses)

    def branch(self, step: i64, start: i64, size: i64) -> None:
        """Leave ``size`` bytes from ``start`` for later, with the path as it is now."""
        captured = self.captured - start
        self.waiting.append(
            Branch(
                step,
                self.offset + start,
                captured if captured < size else size,
                size,
                self.path.getvalue(),
            )
        )

    def resume_branch(self, branch: Branch) -> None:
        """Stand where a branch was left."""
        self.offset = branch.offset
        self.captured = branch.captured if branch.captured > 0 else 0
        self.reported = branch.reported
        self.path.truncate(0)
        self.path.write(branch.path)
        self.partial = False
        self.quoted = False

    def tcp(self) -> None:
        """Describe the TCP header that stands here in ``found``."""
        if self.captured < TCP_READABLE:
            self.give_up(SHORT_TCP, 0)
            if not self.quoted or self.captured < PORTS:
                return
        if self.count == len(self.found):
            self.found.append(HeaderLocation())
        at = self.found[self.count]
        at.data = self.data
        at.offset = self.offset
        at.captured = self.captured
        at.reported = self.reported
        at.ip = self.ip
        at.key_data = self.addresses + self.data[self.offset : self.offset + 4]
        at.key_start = 0
        at.key_size = len(at.key_data)
        at.path = self.paths.number(self.path.getvalue())
        at.sized = not self.partial
        at.quoted = self.quoted
        at.icmp = self.icmp
        at.mtu = self.mtu
        at.router = self.router
        self.count += 1
        if not self.quoted:
            self.rows += 1

    def quote_reason(self) -> i64:
        """Return why a packet that quotes another has no segment of its own."""
        return ICMPV6 if self.icmp & ICMPV6_MARK != 0 else ICMP
