"""Tunnels: GRE and ERSPAN, VXLAN, Geneve, GTP, Teredo, L2TP, EtherIP, NSH."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.decode import layers, protocol_numbers, skip_reasons, steps
from tcptui.engine.decode.cursor import Cursor
from tcptui.engine.decode.link import by_ethertype

GRE_CHECKSUM_OR_ROUTING: Final = 0xC000
GRE_ROUTING: Final = 0x4000
GRE_KEY: Final = 0x2000
GRE_SEQUENCE: Final = 0x1000
GRE_ACKNOWLEDGMENT: Final = 0x0080
GRE_PPP: Final = 0x880B
"""PPTP, whose key begins with the payload's length."""

ERSPAN_TYPE_2: Final = 1
ERSPAN_TYPE_3: Final = 2
ERSPAN_ETHERNET: Final = 0

GTP_T_PDU: Final = 0xFF
GTP_V0_HEADER: Final = 20

L2TP_CONTROL: Final = 0x8000
L2TP_LENGTH: Final = 0x4000
L2TP_SEQUENCE: Final = 0x0800
L2TP_OFFSET: Final = 0x0200

TEREDO_AUTHENTICATION: Final = 1
TEREDO_ORIGIN: Final = 0


def malformed(at: Cursor) -> i64:
    at.give_up(skip_reasons.MALFORMED_TUNNEL, 0)
    return steps.DONE


def gre(at: Cursor) -> i64:
    """Decode GRE (RFC 2784, 2890, and version 1 of RFC 2637)."""
    if not at.need(4):
        return steps.DONE
    flags, protocol = at.short(0), at.short(2)
    version = flags & 7
    size: i64 = 4
    if flags & GRE_CHECKSUM_OR_ROUTING != 0:
        size += 4
    key = b""
    length = at.reported
    if flags & GRE_KEY != 0:
        if not at.need(size + 4):
            return steps.DONE
        key = at.piece(size, size + 4)
        length = at.short(size)
        size += 4
    if flags & GRE_SEQUENCE != 0:
        size += 4
    if version == 1 and flags & GRE_ACKNOWLEDGMENT != 0:
        size += 4
    at.push(layers.GRE if len(key) == 0 else layers.GRE_KEY, key)
    if not at.skip(size):
        return steps.DONE
    if flags & GRE_ROUTING != 0 and not skip_routes(at):
        return steps.DONE
    if protocol == GRE_PPP and len(key) > 0:
        at.limit(length)
    step = protocol_numbers.GRE_PROTOCOLS.get(protocol, steps.DONE)
    if step == steps.DONE:
        at.give_up(skip_reasons.GRE, protocol)
    if step == steps.ERSPAN and flags & GRE_SEQUENCE == 0:
        return steps.BARE_ETHERNET
    return steps.BARE_ETHERNET if step == steps.ETHERNET else step


def skip_routes(at: Cursor) -> bool:
    """Skip GRE source routes (RFC 1701), up to one without address family and length."""
    while at.need(4):
        family, size = at.short(0), at.byte(3)
        at.skip(4)
        if family == 0 and size == 0:
            return True
        if not at.skip(size):
            return False
    return False


def redirected(at: Cursor) -> i64:
    """Decode IP redirected by WCCP, with or without its four-byte header."""
    if at.need(1) and at.byte(0) >> 4 != 4:
        at.skip(4)
    return steps.IPV4


def erspan(at: Cursor) -> i64:
    """Decode ERSPAN, type II and III (type I has no header and is met in GRE)."""
    if not at.need(8):
        return steps.DONE
    version = at.byte(0) >> 4
    at.push_number(layers.ERSPAN, at.short(2) & 0x3FF)
    if version == ERSPAN_TYPE_2:
        at.skip(8)
        return steps.BARE_ETHERNET
    if version != ERSPAN_TYPE_3 or not at.need(12):
        return malformed(at)
    flags = at.short(10)
    at.skip(12)
    if flags & 1 != 0 and not at.skip(8):
        return steps.DONE
    if flags >> 10 & 0x1F != ERSPAN_ETHERNET:
        return malformed(at)
    return steps.BARE_ETHERNET


def vxlan(at: Cursor) -> i64:
    """Decode VXLAN (RFC 7348)."""
    if not at.need(8):
        return steps.DONE
    at.push(layers.VXLAN, at.piece(4, 7))
    at.skip(8)
    return steps.BARE_ETHERNET


def vxlan_gpe(at: Cursor) -> i64:
    """Decode VXLAN with a protocol field."""
    if not at.need(8):
        return steps.DONE
    at.push(layers.VXLAN, at.piece(4, 7))
    protocol = at.byte(3)
    at.skip(8)
    return by_next_protocol(at, protocol)


def by_next_protocol(at: Cursor, protocol: i64) -> i64:
    step = protocol_numbers.NEXT_PROTOCOLS.get(protocol, steps.DONE)
    if step == steps.DONE:
        return malformed(at)
    return steps.BARE_ETHERNET if step == steps.ETHERNET else step


def geneve(at: Cursor) -> i64:
    """Decode Geneve (RFC 8926)."""
    if not at.need(8):
        return steps.DONE
    protocol = at.short(2)
    size = 8 + (at.byte(0) & 0x3F) * 4
    at.push(layers.GENEVE, at.piece(4, 7))
    if not at.skip(size):
        return steps.DONE
    step = by_ethertype(at, protocol)
    return steps.BARE_ETHERNET if step == steps.ETHERNET else step


def gtp(at: Cursor) -> i64:
    """Decode GTP, versions 0 and 1: user data (T-PDU)."""
    if not at.need(8):
        return steps.DONE
    flags = at.byte(0)
    version = flags >> 5
    if at.byte(1) != GTP_T_PDU or flags & 0x10 == 0 or version > 1:
        at.give_up(skip_reasons.TUNNEL_CONTROL, 0)
        return steps.DONE
    length = at.short(2)
    if version == 0:
        if not at.need(GTP_V0_HEADER):
            return steps.DONE
        at.push(layers.GTP, at.piece(12, 16))
        at.skip(GTP_V0_HEADER)
    else:
        at.push(layers.GTP, at.piece(4, 8))
        at.skip(8)
    at.limit(length)
    if version == 1 and flags & 7 != 0 and not skip_gtp_extensions(at, flags):
        return steps.DONE
    if not at.need(1):
        return steps.DONE
    first = at.byte(0) >> 4
    if first == 4:
        return steps.IPV4
    return steps.IPV6 if first == 6 else steps.BARE_ETHERNET


def skip_gtp_extensions(at: Cursor, flags: i64) -> bool:
    """Skip the sequence number, the N-PDU number and the chain of extension headers."""
    if not at.need(4):
        return False
    following = at.byte(3) if flags & 4 != 0 else 0
    at.skip(4)
    while following != 0:
        if not at.need(1):
            return False
        size = at.byte(0) * 4
        if size == 0 or not at.need(size):
            malformed(at)
            return False
        following = at.byte(size - 1)
        at.skip(size)
    return True


def teredo(at: Cursor) -> i64:
    """Decode Teredo (RFC 4380): authentication and origin before the IPv6 packet."""
    at.push(layers.TEREDO, b"")
    if at.captured >= 4 and at.short(0) == TEREDO_AUTHENTICATION:
        size = 13 + at.byte(2) + at.byte(3)
        if not at.skip(size):
            return steps.DONE
    if at.captured >= 2 and at.short(0) == TEREDO_ORIGIN and not at.skip(8):
        return steps.DONE
    return steps.IPV6


def l2tp(at: Cursor) -> i64:
    """Decode L2TP version 2 (RFC 2661): data messages carry PPP."""
    if not at.need(6):
        return steps.DONE
    flags = at.short(0)
    if flags & 15 != 2 or flags & L2TP_CONTROL != 0:
        at.give_up(skip_reasons.TUNNEL_CONTROL, 0)
        return steps.DONE
    if flags & L2TP_LENGTH != 0:
        at.limit(at.short(2))
    size: i64 = 4 if flags & L2TP_LENGTH != 0 else 2
    if not at.need(size + 4):
        return steps.DONE
    at.push(layers.L2TP, at.piece(size, size + 4))
    size += 4
    if flags & L2TP_SEQUENCE != 0:
        size += 4
    if flags & L2TP_OFFSET != 0:
        if not at.need(size + 2):
            return steps.DONE
        size += 2 + at.short(size)
    if not at.skip(size):
        return steps.DONE
    return steps.PPP_HDLC


def ether_ip(at: Cursor) -> i64:
    """Decode EtherIP (RFC 3378)."""
    at.push(layers.ETHER_IP, b"")
    return steps.BARE_ETHERNET if at.skip(2) else steps.DONE


def nsh(at: Cursor) -> i64:
    """Decode a network service header (RFC 8300)."""
    if not at.need(8):
        return steps.DONE
    kind, following = at.byte(2), at.byte(3)
    size = (at.byte(1) & 0x3F) * 4
    at.push(layers.NSH, at.piece(4, 8))
    if not at.skip(24 if kind == 1 else size if size > 8 else 8):
        return steps.DONE
    return by_next_protocol(at, following)
