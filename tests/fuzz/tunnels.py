"""Packets put into tags and tunnels, with headers that may lie about what is in them."""

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from tests.engine.headers import MAC, ethernet, gre, ip, ip6, mpls, u16, u32, udp, vxlan
from tests.fuzz.drafts import Packet, near, patched

IP_TYPES: Final = (b"\x08\x00", b"\x86\xdd")
LONGEST: Final = 3000
"""Bytes of a frame that is put into another one."""

Wrap = Callable[[Random, bytes], bytes]


def ip_of(data: bytes) -> bytes | None:
    """The IP packet of a plain Ethernet frame."""
    return data[14:] if data[12:14] in IP_TYPES else None


def type_of(packet: bytes) -> int:
    return 0x86DD if packet[:1] and packet[0] >> 4 == 6 else 0x0800


def framed(packet: bytes) -> bytes:
    return ethernet(packet, type_of(packet))


def length(random: Random, packet: bytes, more: int = 0) -> int:
    """A length field: mostly right."""
    right = (len(packet) + more) & 0xFFFF
    return right if random.random() < 0.8 else near(random, right, 2)


def tagged(random: Random, packet: bytes) -> bytes:
    outer = random.choice((0x8100, 0x88A8, 0x9100))
    body = packet
    for _ in range(random.choice((0, 0, 0, 1, 30))):
        body = u16(random.getrandbits(16), type_of(packet) if body is packet else 0x8100) + body
    inner = type_of(packet) if body is packet else 0x8100
    return ethernet(u16(random.getrandbits(16), inner) + body, outer)


def in_gre(random: Random, packet: bytes) -> bytes:
    flags = random.choice((0, 0x8000, 0x2000, 0x1000, 0xB000, 0x4000, 0x2001, 0xFFFF))
    fields = random.randbytes(4 * (flags & 0xB000).bit_count())
    kind = random.choice((0x0800, type_of(packet), 0x6558, 0x88BE, 0x22EB, 0x880B, 0x883E))
    body = framed(packet) if kind in (0x6558, 0x88BE) else packet
    return framed(ip(gre(body, kind, flags, fields), 47))


def in_vxlan(random: Random, packet: bytes) -> bytes:
    body = vxlan(framed(packet), random.getrandbits(24))
    port = random.choice((4789, 4790, 8472))
    return framed(ip(udp(body, port), 17))


def in_geneve(random: Random, packet: bytes) -> bytes:
    words = random.choice((0, 0, 1, 5, 63))
    kind = random.choice((0x6558, 0x0800, 0x86DD, random.getrandbits(16)))
    head = u16(words << 8, kind) + u32(random.getrandbits(24) << 8) + random.randbytes(4 * words)
    return framed(ip(udp(head + (framed(packet) if kind == 0x6558 else packet), 6081), 17))


def in_gtp(random: Random, packet: bytes) -> bytes:
    flags = random.choice((0x30, 0x32, 0x34, 0x36, 0x37, random.getrandbits(8)))
    more = b""
    if flags & 7:
        more = u16(0) + bytes([0, 0x85 if flags & 4 else 0])
    for _ in range(random.choice((0, 1, 1, 9)) if flags & 4 else 0):
        more += bytes([random.choice((0, 1, 1, 255)), 0, 0, random.choice((0, 0x85))])
    head = bytes([flags, random.choice((255, 255, 255, 1))]) + u16(
        length(random, packet, len(more))
    )
    return framed(ip(udp(head + u32(random.getrandbits(32)) + more + packet, 2152), 17))


def in_mpls(random: Random, packet: bytes) -> bytes:
    labels = [random.getrandbits(20) for _ in range(random.choice((1, 2, 3, 40)))]
    return ethernet(mpls(random.choice((b"", bytes(4))) + packet, *labels), 0x8847)


def in_pppoe(random: Random, packet: bytes) -> bytes:
    kind = random.choice((0x21, 0x57, random.getrandbits(16)))
    head = b"\x11\0" + u16(random.getrandbits(16), length(random, packet, 2), kind)
    return ethernet(head + packet, 0x8864)


def in_ip(random: Random, packet: bytes) -> bytes:
    protocol = 41 if packet[:1] and packet[0] >> 4 == 6 else 4
    options = random.choice((b"", b"", b"\1\1\1\0", b"\x83\7\4" + random.randbytes(4) + b"\0"))
    if random.random() < 0.5:
        return framed(ip6(packet, protocol, length(random, packet)))
    total = length(random, packet, 20 + len(options))
    return framed(ip(packet, protocol, options=options, total=total))


def in_l2tp(random: Random, packet: bytes) -> bytes:
    flags = random.choice((2, 0x4002, 0x0202, 0x4A02, random.getrandbits(16)))
    head = u16(flags) + random.randbytes(random.choice((4, 6, 8, 12))) + b"\xff\3\0\x21"
    return framed(ip(udp(head + packet, 1701), 17))


def in_extensions(random: Random, packet: bytes) -> bytes:
    """Extension headers before what an IP packet carries."""
    kinds = [random.choice((0, 43, 44, 51, 60)) for _ in range(random.choice((1, 2, 5, 40)))]
    old = packet[20:] if type_of(packet) == 0x0800 else packet[40:]
    body = old
    following = 6
    for kind in kinds:
        units = random.choice((0, 0, 1, 3, 255))
        rest = random.randbytes(6 + 8 * min(units, 4))
        if kind == 44:
            units, rest = 0, u16(random.choice((0, 0, 1, 8, 0xFFF8, 0xFFF9))) + random.randbytes(4)
        body = bytes([following, units]) + rest + body
        following = kind
    return framed(ip6(body, following, length(random, body)))


def in_icmp(random: Random, packet: bytes) -> bytes:
    """Quoted by an error message."""
    kind, code = random.choice(
        ((3, 1), (3, 3), (3, 4), (11, 0), (4, 0), (random.getrandbits(8), 0))
    )
    quoted = packet[: random.choice((28, 36, 40, 48, len(packet)))]
    return framed(ip(bytes([kind, code]) + bytes(6) + quoted, 1))


def in_802_3(random: Random, packet: bytes) -> bytes:
    snap = bytes([0xAA, 0xAA, 3, 0, 0, 0]) + u16(type_of(packet))
    return MAC + MAC + u16(length(random, packet, 8)) + snap + packet


def in_nsh(random: Random, packet: bytes) -> bytes:
    head = struct.pack(">BBBBI", 0, random.choice((2, 2, 6, 0, 63)), 2, 1, random.getrandbits(32))
    return ethernet(head + packet, 0x894F)


WRAPS: Final[dict[str, Wrap]] = {
    "vlan": tagged,
    "gre": in_gre,
    "vxlan": in_vxlan,
    "geneve": in_geneve,
    "gtp": in_gtp,
    "mpls": in_mpls,
    "pppoe": in_pppoe,
    "ip in ip": in_ip,
    "l2tp": in_l2tp,
    "extensions": in_extensions,
    "icmp": in_icmp,
    "802.3": in_802_3,
    "nsh": in_nsh,
}


def wrapped(random: Random, packet: Packet, names: list[str]) -> Packet:
    """An Ethernet packet in these wraps, the first innermost; sometimes with a lying field."""
    data = packet.data
    for name in names:
        inner = ip_of(data) if packet.link_type == 1 else None
        if inner is None or len(data) > LONGEST:
            break
        data = WRAPS[name](random, inner)
        if random.random() < 0.2:
            data = patched(random, data, random.randrange(12, 70), random.choice((1, 2, 2, 4)))
    return packet._replace(data=data, original=None)
