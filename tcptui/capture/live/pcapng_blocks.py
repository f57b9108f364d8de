"""pcapng blocks for what a capture writes (draft-ietf-opsawg-pcapng), in this machine's order."""

import struct
from collections.abc import Sequence
from sys import byteorder
from typing import Final

from tcptui.capture.live.tap import RECORD, Data, Tap

SECTION: Final = 0x0A0D0D0A
INTERFACE: Final = 1
STATISTICS: Final = 5
PACKET: Final = 6
BYTE_ORDER: Final = 0x1A2B3C4D
IF_NAME: Final = 2
IF_RESOLUTION: Final = 9
IF_FILTER: Final = 11
RECEIVED: Final = 4
INTERFACE_DROPPED: Final = 5
SYSTEM_DROPPED: Final = 7
APPLICATION: Final = 4
NANOSECONDS: Final = 1_000_000_000
MOST_OPTION: Final = 0xFFFF

PACKET_HEADER: Final = struct.Struct("=IIIIIII")


def header(taps: Sequence[Tap], expression: str) -> bytes:
    """A section and the descriptions of its interfaces."""
    section = struct.pack("=IHHq", BYTE_ORDER, 1, 0, -1) + option(APPLICATION, b"tcptui") + END
    parts = [block(SECTION, section)]
    for tap in taps:
        body = struct.pack("=HHI", tap.link_type, 0, tap.snaplen) + option(
            IF_NAME, tap.name.encode("utf-8", "replace")
        )
        body += option(IF_RESOLUTION, b"\x09" if tap.nanoseconds else b"\x06")
        if expression:
            body += option(IF_FILTER, b"\0" + expression.encode("utf-8", "replace"))
        parts.append(block(INTERFACE, body + END))
    return b"".join(parts)


def packets(records: Data, interface: int, units: int) -> bytes:
    """Classic records of one interface as enhanced packet blocks; `units` of time in a second."""
    parts = []
    at = 0
    while at < len(records):
        seconds, fraction, captured, original = RECORD.unpack_from(records, at)
        at += RECORD.size
        stamp = seconds * units + fraction
        padding = -captured % 4
        length = 32 + captured + padding
        parts.append(
            PACKET_HEADER.pack(
                PACKET, length, interface, stamp >> 32, stamp & 0xFFFFFFFF, captured, original
            )
        )
        parts.append(bytes(records[at : at + captured]) + bytes(padding))
        parts.append(length.to_bytes(4, byteorder))
        at += captured
    return b"".join(parts)


def statistics(taps: Sequence[Tap], now: int) -> bytes:
    """What each interface received and lost; `now` in ns since the epoch."""
    parts = []
    for number, tap in enumerate(taps):
        stamp = now if tap.nanoseconds else now // 1000
        counts = ((RECEIVED, tap.received), (INTERFACE_DROPPED, tap.interface_dropped),
                  (SYSTEM_DROPPED, tap.dropped))  # fmt: skip
        body = struct.pack("=III", number, stamp >> 32, stamp & 0xFFFFFFFF)
        body += b"".join(option(code, struct.pack("=Q", value)) for code, value in counts)
        parts.append(block(STATISTICS, body + END))
    return b"".join(parts)


def option(code: int, value: bytes) -> bytes:
    """One option, padded to 32 bits and cut where it is longer than one can be."""
    value = value[:MOST_OPTION]
    return struct.pack("=HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind: int, body: bytes) -> bytes:
    """A block with its two lengths."""
    length = struct.pack("=I", len(body) + 12)
    return struct.pack("=I", kind) + length + body + length


END: Final = option(0, b"")
