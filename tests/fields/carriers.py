"""Captures made of a conversation: cooked ones, and interfaces of several sections."""

from collections.abc import Callable, Iterator
from struct import pack

from samples.capture_files import block, option, padded
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


CARRIERS: dict[str, Callable[[], bytes]] = {
    "plain.pcap": lambda: pcap_of(ETHERNET, iter(frames_of(TALK))),
    "cooked.pcap": lambda: pcap_of(COOKED, cooked_frames()),
    "cooked-2.pcap": lambda: pcap_of(COOKED_2, cooked_2_frames()),
    "interfaces.pcapng": lambda: two_sections((NAMED, END), (NAMED, END)),
}
