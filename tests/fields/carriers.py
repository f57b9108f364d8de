"""Captures for the fields of carriers: cooked headers, interfaces, options of Multipath TCP."""

from collections.abc import Callable, Iterator
from itertools import product
from struct import pack

from samples.capture_files import block, option, padded
from tests.corpus.made import ACK, capture_of, handshake, server
from tests.filters.samples import TALK, frames_of

ETHERNET, COOKED, COOKED_2 = 1, 113, 276
SIZES = (6, 0, 4, 8, 6, 20, 1, 6, 5, 7)
"""Lengths of hardware addresses, one for each packet."""
GRE, ETHER = 778, 1
ADDRESS = bytes(range(1, 9))
IP = 14
"""Where the packet begins in an Ethernet frame."""


def cooked_frames() -> Iterator[bytes]:
    for number, (data, size) in enumerate(zip(frames_of(TALK), SIZES, strict=True)):
        yield pack("!HHH", number % 5, ETHER, size) + ADDRESS + b"\x08\x00" + data[IP:]


def cooked_2_frames() -> Iterator[bytes]:
    for number, (data, size) in enumerate(zip(frames_of(TALK), SIZES, strict=True)):
        link = GRE if number == 7 else ETHER
        head = pack("!HHIHBB", 0x0800, number, 3 + number, link, number % 5, size)
        yield head + ADDRESS + data[IP:]


def pcap_of(link_type: int, frames: Iterator[bytes]) -> bytes:
    records = (pack("<IIII", 1, at, len(data), len(data)) + data for at, data in enumerate(frames))
    return pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type) + b"".join(records)


def section(frames: list[bytes], *interfaces: bytes) -> bytes:
    """A section of pcapng with these interfaces' options; their packets come in turns."""
    parts = [block(0x0A0D0D0A, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    parts += [block(1, pack("<HHI", ETHERNET, 0, 0) + options) for options in interfaces]
    for number, data in enumerate(frames):
        head = pack("<IIIII", number % len(interfaces), 0, number, len(data), len(data))
        parts.append(block(6, head + padded(data)))
    return b"".join(parts)


END = option(0, b"")
NAMED = option(2, b"en0") + option(3, b"Wi-Fi, 5 GHz") + END
DESCRIBED = option(3, b"only \x1b[2Jdescribed") + END
LOOPBACK = option(2, b"lo") + END


def two_sections(first: tuple[bytes, ...], second: tuple[bytes, ...]) -> bytes:
    frames = frames_of(TALK)
    return section(frames[:6], *first) + section(frames[6:], *second)


def multipath_options() -> Iterator[bytes]:
    """The values of options of Multipath TCP: all subtypes, in all lengths."""
    key = bytes(range(0x81, 0xA1))
    for version, size in product((0, 1, 2), (0, 8, 16, 18, 20)):
        yield bytes([version, 0xA5 ^ version << 5]) + key[:size]
    for size in (8, 12, 20, 18):
        yield bytes([0x11, 7]) + key[:size]
    for flags in range(32):
        ack = (8 if flags & 2 else 4) * (flags & 1)
        mapping = ((8 if flags & 8 else 4) + 6) * (flags >> 2 & 1)
        yield bytes([0x20, flags]) + key[: ack + mapping]
    for version, size in product((0, 1, 4, 6), (4, 6, 12, 14, 16, 18, 24, 26)):
        yield bytes([0x30 | version, 9]) + key[:size]
    yield from (b"\x40\1", b"\x40\1\2\3", b"\x51", b"\x51\5", b"\x50")
    yield from (b"\x60\1" + key[:8], b"\x72\3" + key[:8], b"\x8a\3", b"\x85\1", b"\x90\3")


def multipath() -> bytes:
    sent = [
        server(30 + at, ACK, 5001, 1001, 500, options=bytes([30, len(value) + 2]) + value)
        for at, value in enumerate(multipath_options())
    ]
    return capture_of(iter([*handshake(), *sent]))


CARRIERS: dict[str, Callable[[], bytes]] = {
    "plain.pcap": lambda: pcap_of(ETHERNET, iter(frames_of(TALK))),
    "cooked.pcap": lambda: pcap_of(COOKED, cooked_frames()),
    "cooked-2.pcap": lambda: pcap_of(COOKED_2, cooked_2_frames()),
    "multipath.pcap": multipath,
    "interfaces.pcapng": lambda: two_sections((NAMED, END), (NAMED, END)),
}
