"""Writes the blocks of pcapng (draft-ietf-opsawg-pcapng), little-endian."""

import struct
from typing import Final

from tcptui.capture.formats.pcapng import (
    BYTE_ORDER_MAGIC,
    ENHANCED_PACKET,
    INTERFACE,
    SECTION,
    STATISTICS,
)
from tcptui.capture.pcap_writer import MICROSECONDS

# Options of every block; of a section; of an interface; of interface statistics.
COMMENT: Final = 1
APPLICATION: Final = 4
NAME: Final = 2
DESCRIPTION: Final = 3
TIME_RESOLUTION: Final = 9
FILTER: Final = 11
SYSTEM: Final = 12
OFFSET: Final = 14
HARDWARE: Final = 15
RECEIVED: Final = 4
INTERFACE_DROPPED: Final = 5
SYSTEM_DROPPED: Final = 7

END_OF_OPTIONS: Final = bytes(4)
MOST_OPTION: Final = 0xFFFF
TEXT_FILTER: Final = b"\0"
"""What comes before a capture filter that is text (and not BPF instructions)."""

PACKET_HEADER: Final = struct.Struct("<IIIIIII")
PACKET_SIZE: Final = 32
"""Bytes of a packet block without the packet and its options."""


def section_block() -> bytes:
    """Return the beginning of a file, which names this program."""
    application = option(APPLICATION, b"tcptui") + END_OF_OPTIONS
    return block(SECTION, struct.pack("<IHHq", BYTE_ORDER_MAGIC, 1, 0, -1) + application)


def interface_block(link_type: int, snaplen: int, units: int, texts: bytes, offset: int) -> bytes:
    """Return the description of an interface whose times count ``units`` in a second.

    ``texts`` are its further options; ``offset`` are seconds to add to each time.
    """
    body = struct.pack("<HHI", link_type, 0, snaplen) + texts
    body += option(TIME_RESOLUTION, b"\x06" if units == MICROSECONDS else b"\x09")
    if offset:
        body += option(OFFSET, struct.pack("<q", offset))
    return block(INTERFACE, body + END_OF_OPTIONS)


def packet_block(
    interface: int, stamp: int, original: int, data: bytes, options: bytes = b""
) -> bytes:
    """Return an enhanced packet block; ``stamp`` counts the units of the interface since the
    epoch."""
    size = len(data)
    padding = bytes(-size % 4)
    options = options + END_OF_OPTIONS if options else b""
    length = PACKET_SIZE + size + len(padding) + len(options)
    high, low = stamp >> 32, stamp & 0xFFFFFFFF
    header = PACKET_HEADER.pack(ENHANCED_PACKET, length, interface, high, low, size, original)
    return b"".join((header, data, padding, options, length.to_bytes(4, "little")))


def statistics_block(interface: int, stamp: int, counts: dict[int, int]) -> bytes:
    """Return the block with what an interface received and lost, by option, up to a time in its
    units."""
    body = struct.pack("<III", interface, stamp >> 32, stamp & 0xFFFFFFFF)
    body += b"".join(option(code, struct.pack("<Q", count)) for code, count in counts.items())
    return block(STATISTICS, body + END_OF_OPTIONS)


def text_option(code: int, text: str, before: bytes = b"") -> bytes:
    """Return an option with a text after ``before``, cut where it is longer than an option can
    be."""
    room = MOST_OPTION - len(before)
    whole = text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    return option(code, before + whole.encode())


def option(code: int, value: bytes) -> bytes:
    """Return one option, padded to 32 bits."""
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind: int, body: bytes) -> bytes:
    """Return a block with its two lengths."""
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length
