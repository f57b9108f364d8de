"""IPv4 and IPv6, their options, extension headers and fragments, ICMP errors."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.decode import layers, protocol_numbers, skip_reasons, steps
from tcptui.engine.decode.cursor import IPV4_ADDRESSES, Cursor
from tcptui.engine.events import ICMPV6_MARK

IPV4_HEADER: Final = 20
IPV6_HEADER: Final = 40
LARGEST_LENGTH: Final = 0xFFFF
MORE_OR_OFFSET: Final = 0x3FFF
MORE_FRAGMENTS: Final = 0x2000

TCP: Final = 6

SOURCE_ROUTES: Final = (131, 137)
"""Loose and strict."""
QUICK_START: Final = 25
SHORTEST_OPTIONS: Final = {
    7: 3,
    11: 4,
    12: 4,
    68: 4,
    82: 12,
    130: 3,
    131: 3,
    133: 3,
    134: 6,
    136: 4,
    137: 3,
    148: 4,
}
"""IPv4 options by kind, in bytes: with a shorter one tshark gives the packet up."""

SOURCE_ROUTE: Final = 0
MOBILE_ROUTE: Final = 2
COMPRESSED_ROUTE: Final = 3
SEGMENT_ROUTE: Final = 4
"""Kinds of routing header: RFC 2460, 6275, 6554 and 8754."""

PAD_ONE: Final = 0
JUMBO: Final = 0xC2
HOME_ADDRESS: Final = 0xC9
"""Options of IPv6 (RFC 8200, 2675, 6275)."""
ICMP_ERRORS: Final = (3, 4, 11, 12)
FRAGMENTATION_NEEDED: Final = 3 << 8 | 4
PACKET_TOO_BIG: Final = 2
"""Unreachable, source quench, time exceeded, parameter problem."""
ICMPV6_ERRORS: Final = (1, 2, 3, 4)
ICMPV6_REDIRECT: Final = 137
REDIRECTED_HEADER: Final = 4


def ipv4(at: Cursor) -> i64:
    """Decode IPv4 (RFC 791); a header that calls itself version 6 is taken as that."""
    if not at.need(1):
        return steps.DONE
    version = at.byte(0) >> 4
    if version == 6:
        return steps.IPV6
    header = (at.byte(0) & 15) * 4
    if version != 4 or header < IPV4_HEADER:
        at.give_up(skip_reasons.MALFORMED_IPV4, 0)
        return steps.DONE
    if not at.need(IPV4_HEADER):
        return steps.DONE
    total = at.short(2)
    if total == 0:
        total = at.reported
    if total < header:
        at.give_up(skip_reasons.MALFORMED_IPV4, 0)
        return steps.DONE
    at.limit(total)
    at.whole = at.captured >= total
    at.ip = at.offset
    at.addresses = at.piece(12, 20)
    if header > IPV4_HEADER and not ipv4_options(at, header):
        return steps.DONE
    fragment = at.short(6)
    protocol = at.byte(9)
    at.skip(header)
    if fragment & MORE_OR_OFFSET == 0:
        at.partial = False
        return by_protocol(at, protocol)
    start = (fragment & 0x1FFF) * 8
    if at.whole and at.reported > 0:
        identification = at.data[at.ip + 4 : at.ip + 6]
        key = at.addresses + identification + bytes([protocol, at.vlan & 0xFF])
        if reassemble(at, key, start, fragment & MORE_FRAGMENTS != 0, IPV4_HEADER):
            return by_protocol(at, protocol)
    elif start == 0:
        at.partial = True
        return by_protocol(at, protocol)
    at.give_up(skip_reasons.IPV4_FRAGMENT, 0)
    return steps.DONE


def ipv4_options(at: Cursor, header: i64) -> bool:
    """Walk the options for a source route: the last address of the first is the destination.

    False where an option is so malformed that tshark gives the packet up.
    """
    if not at.need(header):
        return False
    i: i64 = IPV4_HEADER
    routed = False
    while i + 1 < header:
        kind = at.byte(i)
        if kind == 0:
            break
        if kind == 1:
            i += 1
            continue
        length = at.byte(i + 1)
        if length < 2 or i + length > header:
            break
        least: i64 = SHORTEST_OPTIONS.get(kind, 2)
        if kind == QUICK_START and (length == 2 or at.byte(i + 2) & 0x70 == 0):
            least = 8
        if length < least:
            at.give_up(skip_reasons.IPV4_OPTIONS, 0)
            return False
        if kind in SOURCE_ROUTES and not routed:
            routed = True
            pointer = at.byte(i + 2)
            if 4 <= pointer <= length and pointer & 3 == 0:
                end = i + length
                at.addresses = at.addresses[:4] + at.piece(end - 4, end)
        i += length
    return True


def ipv6(at: Cursor) -> i64:
    """Decode IPv6 (RFC 8200)."""
    if not at.need(1):
        return steps.DONE
    if at.byte(0) >> 4 != 6:
        at.give_up(skip_reasons.MALFORMED_IPV6, 0)
        return steps.DONE
    if not at.need(IPV6_HEADER):
        return steps.DONE
    length = at.short(4)
    following = at.byte(6)
    at.ip = at.offset
    at.addresses = at.piece(8, 40)
    at.skip(IPV6_HEADER)
    if length == 0 and following == 0:
        length = jumbo_length(at)
    elif length == 0 and following == TCP and at.reported > LARGEST_LENGTH:
        length = at.reported  # a host's own "BIG TCP" segment, before it is cut: it has no option
    at.limit(length)
    at.whole = at.captured >= length
    return by_protocol(at, following)


def jumbo_length(at: Cursor) -> i64:
    """Return the length in a hop-by-hop header's jumbo option (RFC 2675), or 0 if there is none."""
    if at.captured < 8:
        return 0
    end = (at.byte(1) + 1) * 8
    if end > at.captured:
        end = at.captured
    i: i64 = 2
    while i + 6 <= end:
        kind = at.byte(i)
        if kind == JUMBO and at.byte(i + 1) == 4:
            length = at.word(i + 2)
            return length if length > 0xFFFF else 0
        i += 1 if kind == 0 else 2 + at.byte(i + 1)
    return 0


def options_header(at: Cursor) -> i64:
    """Decode hop-by-hop and destination options: of interest is a mobile node's home address."""
    if not at.need(2):
        return steps.DONE
    following = at.byte(0)
    size = (at.byte(1) + 1) * 8
    if not at.need(size):
        return steps.DONE
    i: i64 = 2
    while i < size:
        kind = at.byte(i)
        if kind == PAD_ONE:
            i += 1
            continue
        if not at.need(i + 2) or not at.need(i + 2 + at.byte(i + 1)):
            return steps.DONE
        if kind == HOME_ADDRESS and len(at.addresses) > IPV4_ADDRESSES:
            if not at.need(i + 18):
                return steps.DONE
            at.addresses = at.piece(i + 2, i + 18) + at.addresses[16:]
        i += 2 + at.byte(i + 1)
    at.skip(size)
    return by_protocol(at, following)


def routing(at: Cursor) -> i64:
    """Decode an IPv6 routing header: with segments left, the destination is the final one in it."""
    if not at.need(4):
        return steps.DONE
    following = at.byte(0)
    size = (at.byte(1) + 1) * 8
    kind, left = at.byte(2), at.byte(3)
    if not at.need(size):
        return steps.DONE
    if kind in (MOBILE_ROUTE, SEGMENT_ROUTE) and size < 24:
        at.give_up(skip_reasons.MALFORMED_IPV6, 0)
        return steps.DONE
    if left > 0 and len(at.addresses) > IPV4_ADDRESSES:
        at.addresses = at.addresses[:16] + final_segment(at, kind, size)
    at.skip(size)
    return by_protocol(at, following)


def final_segment(at: Cursor, kind: i64, size: i64) -> bytes:
    """Return the final destination in a routing header, or the one known so far if it names
    none."""
    shared: i64 = 0
    if kind == SOURCE_ROUTE:
        end = 8 + (size - 8) // 16 * 16
    elif kind in (MOBILE_ROUTE, SEGMENT_ROUTE):
        end = 24
    elif kind == COMPRESSED_ROUTE:
        shared = at.byte(4) & 15
        end = size - (at.byte(5) >> 4)
    else:
        return at.addresses[16:]
    start = end - 16 + shared
    if start < 8 or end > size:
        return at.addresses[16:]
    return at.addresses[16 : 16 + shared] + at.piece(start, end)


def fragment(at: Cursor) -> i64:
    """Decode an IPv6 fragment header."""
    if not at.need(8):
        return steps.DONE
    following = at.byte(0)
    field = at.short(2)
    identification = at.piece(4, 8)
    at.skip(8)
    if field & 0xFFF9 == 0 or len(at.addresses) == IPV4_ADDRESSES:
        return by_protocol(at, following)
    key = at.addresses + identification
    if at.whole and reassemble(at, key, field & 0xFFF8, field & 1 != 0, IPV6_HEADER):
        return by_protocol(at, following)
    at.give_up(skip_reasons.IPV6_FRAGMENT, 0)
    return steps.DONE


def reassemble(at: Cursor, key: bytes, start: i64, more: bool, header: i64) -> bool:
    """Store a fragment, and return True if its datagram is complete: then its payload comes
    next."""
    payload = at.fragments.add(key, start, at.piece(0, at.captured), not more)
    if payload is None:
        return False
    at.data = at.data[at.ip : at.ip + header] + payload
    at.ip = 0
    at.offset = header
    at.captured = len(payload)
    at.reported = at.captured
    at.partial = False
    return True


def ah(at: Cursor) -> i64:
    """Decode an authentication header (RFC 4302)."""
    if not at.need(12):
        return steps.DONE
    following = at.byte(0)
    if not at.skip((at.byte(1) + 2) * 4):
        return steps.DONE
    return by_protocol(at, following)


def by_protocol(at: Cursor, protocol: i64) -> i64:
    """Return the step that an IP protocol number announces."""
    if protocol == TCP:
        return steps.TCP
    step = protocol_numbers.IP_PROTOCOLS.get(protocol, steps.DONE)
    if step == steps.DONE:
        at.give_up(skip_reasons.PROTOCOL, protocol)
    elif step in protocol_numbers.TUNNELS_OVER_IP:
        at.push_ip()
    return step


def icmp(at: Cursor) -> i64:
    """Decode ICMP: an error quotes the packet that it is about."""
    at.give_up(skip_reasons.ICMP, 0)
    if at.captured < 8 or at.byte(0) not in ICMP_ERRORS:
        return steps.DONE
    at.push_ip()
    at.push(layers.ICMP, at.piece(0, 2))
    at.quoted = True
    at.icmp = at.short(0)
    at.mtu = at.short(6) if at.icmp == FRAGMENTATION_NEEDED else 0
    at.router = at.addresses[:4]
    at.skip(8)
    return steps.IPV4


def icmpv6(at: Cursor) -> i64:
    """Decode ICMPv6: an error quotes the packet that it is about, and so does a redirect."""
    at.give_up(skip_reasons.ICMPV6, 0)
    if at.captured < 8:
        return steps.DONE
    kind = at.byte(0)
    if kind in ICMPV6_ERRORS:
        start: i64 = 8
    elif kind == ICMPV6_REDIRECT:
        start = redirected(at)
    else:
        return steps.DONE
    if start == 0:
        return steps.DONE
    at.push_ip()
    at.push(layers.ICMPV6, at.piece(0, 2))
    at.quoted = True
    at.icmp = at.short(0) | ICMPV6_MARK
    at.mtu = at.word(4) if kind == PACKET_TOO_BIG else 0
    at.router = at.addresses[:16]
    at.skip(start)
    return steps.IPV6


def redirected(at: Cursor) -> i64:
    """Return where the redirected packet begins in a redirect message (RFC 4861), or 0."""
    i: i64 = 40
    while i + 8 <= at.captured:
        size = at.byte(i + 1) * 8
        if at.byte(i) == REDIRECTED_HEADER:
            return i + 8
        if size == 0:
            return 0
        i += size
    return 0
