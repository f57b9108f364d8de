"""Headers to put before a TCP segment, one function each; the innermost is written innermost."""

import struct

A, B = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
A6, B6 = bytes([0xFD, *bytes(14), 1]), bytes([0xFD, *bytes(14), 2])
MAC = bytes([2, 0, 0, 0, 0, 1])
SNAP_IP = bytes([0xAA, 0xAA, 3, 0, 0, 0, 8, 0])

MORE = 0x2000
"""More fragments, in IPv4's flags."""


def u16(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


def u32(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def tcp(payload: bytes = b"hello", source: int = 1000, destination: int = 80) -> bytes:
    return struct.pack(">HHIIHHHH", source, destination, 1, 2, 0x5018, 500, 0, 0) + payload


def ip(
    payload: bytes,
    protocol: int = 6,
    source: bytes = A,
    destination: bytes = B,
    options: bytes = b"",
    total: int | None = None,
    fragment: int = 0,
    identification: int = 7,
    ttl: int = 64,
    tos: int = 0,
) -> bytes:
    """IPv4; ``fragment`` is the field of flags and offset, ``total`` a length that lies."""
    size = 20 + len(options)
    length = size + len(payload) if total is None else total
    first = 0x40 | size // 4
    head = struct.pack(">BBHHHBBH", first, tos, length, identification, fragment, ttl, protocol, 0)
    return head + source + destination + options + payload


def ip6(
    payload: bytes,
    following: int = 6,
    length: int | None = None,
    source: bytes = A6,
    destination: bytes = B6,
    ttl: int = 64,
    tos: int = 0,
) -> bytes:
    size = len(payload) if length is None else length
    return (
        struct.pack(">IHBB", 6 << 28 | tos << 20, size, following, ttl)
        + source
        + destination
        + payload
    )


def ip6_fragment(payload: bytes, start: int, more: bool, identification: int = 7) -> bytes:
    head = struct.pack(">BBHI", 6, 0, start | more, identification)
    return ip6(head + payload, 44)


def ethernet(payload: bytes, ethertype: int = 0x0800) -> bytes:
    return MAC + MAC + u16(ethertype) + payload


def udp(payload: bytes, destination: int, source: int = 5555) -> bytes:
    return u16(source, destination, 8 + len(payload), 0) + payload


def gre(payload: bytes, protocol: int = 0x0800, flags: int = 0, fields: bytes = b"") -> bytes:
    return u16(flags, protocol) + fields + payload


def vxlan(payload: bytes, network: int) -> bytes:
    return u32(0x08000000, network << 8) + payload


def mpls(payload: bytes, *labels: int) -> bytes:
    last = len(labels) - 1
    return b"".join(u32(n << 12 | (i == last) << 8 | 64) for i, n in enumerate(labels)) + payload


def wlan(payload: bytes, kind: int = 0x08, flags: int = 0, extra: bytes = b"") -> bytes:
    """An 802.11 frame; ``extra`` is what makes its header longer (QoS control and the like)."""
    return bytes([kind, flags, 0, 0]) + MAC * 3 + bytes(2) + extra + payload


def netlink_log(packets: list[bytes]) -> bytes:
    """Several IPv4 packets, as netfilter logs them in one netlink packet (link type 253)."""
    messages = []
    for packet in packets:
        payload = packet + bytes(-len(packet) % 4)
        attributes = struct.pack("<BBHHH", 2, 0, 0, 4 + len(packet), 9) + payload
        length = 16 + len(attributes)
        messages.append(struct.pack("<IHHII", length, 0x0400, 0, 0, 0) + attributes)
    return struct.pack("!HH10xH", 0, 824, 12) + b"".join(messages)
