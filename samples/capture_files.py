"""Frames as capture files: classic pcap with nanosecond stamps, or pcapng with comments."""

from collections.abc import Iterable
from struct import pack
from typing import NamedTuple

ETHERNET = 1
SNAPLEN = 262_144
NANOSECOND_MAGIC = 0xA1B23C4D
SECOND = 1_000_000_000


class Record(NamedTuple):
    """A captured packet: ns since the epoch, its bytes, and a comment (pcapng only)."""

    time: int
    data: bytes
    comment: str = ""


def pcap(records: Iterable[Record], linktype: int = ETHERNET) -> bytes:
    """A little-endian pcap file."""
    parts = [pack("<IHHiIII", NANOSECOND_MAGIC, 2, 4, 0, 0, SNAPLEN, linktype)]
    for record in records:
        size = len(record.data)
        parts.append(pack("<IIII", *divmod(record.time, SECOND), size, size) + record.data)
    return b"".join(parts)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def option(code: int, value: bytes) -> bytes:
    return pack("<HH", code, len(value)) + padded(value)


def block(kind: int, body: bytes) -> bytes:
    size = pack("<I", len(body) + 12)
    return pack("<I", kind) + size + body + size


def pcapng(records: Iterable[Record], title: str = "") -> bytes:
    """A little-endian pcapng file with one interface; ``title`` is the section's comment."""
    end = option(0, b"")
    about = option(1, title.encode()) + end if title else b""
    parts = [
        block(0x0A0D0D0A, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + about),
        block(1, pack("<HHI", ETHERNET, 0, SNAPLEN) + option(9, b"\x09") + end),
    ]
    for record in records:
        size = len(record.data)
        head = pack("<IIIII", 0, record.time >> 32, record.time & 0xFFFFFFFF, size, size)
        told = option(1, record.comment.encode()) + end if record.comment else b""
        parts.append(block(6, head + padded(record.data) + told))
    return b"".join(parts)
