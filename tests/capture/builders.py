"""Captures made byte by byte, so that a test can say what is in them."""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.corpus.fetch import NO_CORPUS

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=NO_CORPUS)

MICROSECONDS = 0xA1B2C3D4
NANOSECONDS = 0xA1B23C4D
MODIFIED = 0xA1B2CD34


def pcap(
    *records: bytes,
    order: str = "<",
    magic: int = MICROSECONDS,
    version: tuple[int, int] = (2, 4),
    snaplen: int = 262144,
    linktype: int = 1,
) -> bytes:
    """A pcap file of these records."""
    header = struct.pack(order + "IHHiIII", magic, *version, 0, 0, snaplen, linktype)
    return header + b"".join(records)


def record(
    seconds: int,
    fraction: int,
    data: bytes,
    *,
    original: int | None = None,
    order: str = "<",
    extra: bytes = b"",
) -> bytes:
    """A pcap record; `extra` comes between its header and the packet."""
    length = len(data) if original is None else original
    return struct.pack(order + "IIII", seconds, fraction, len(data), length) + extra + data


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """A pcapng block, padded."""
    length = 12 + len(body) + -len(body) % 4
    start = struct.pack(order + "II", kind, length)
    return start + body + bytes(-len(body) % 4) + struct.pack(order + "I", length)


def options(*items: tuple[int, bytes], order: str = "<") -> bytes:
    """pcapng options, with their end."""
    out = b"".join(
        struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
        for code, value in items
    )
    return out + bytes(4)


def section(order: str = "<", version: tuple[int, int] = (1, 0), opts: bytes = b"") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, *version, -1) + opts, order)


def interface(
    linktype: int = 1, snaplen: int = 262144, opts: bytes = b"", order: str = "<"
) -> bytes:
    return block(1, struct.pack(order + "HHI", linktype, 0, snaplen) + opts, order)


def packet(
    stamp: int,
    data: bytes,
    *,
    interface: int = 0,
    captured: int | None = None,
    original: int | None = None,
    opts: bytes = b"",
    order: str = "<",
) -> bytes:
    """An enhanced packet block; `captured` and `original` may lie."""
    length = len(data) if captured is None else captured
    wire = len(data) if original is None else original
    stamps = (stamp >> 32 & 0xFFFFFFFF, stamp & 0xFFFFFFFF)
    head = struct.pack(order + "IIIII", interface, *stamps, length, wire)
    return block(6, head + data + bytes(-len(data) % 4) + opts, order)


def simple_packet(data: bytes, original: int | None = None, order: str = "<") -> bytes:
    wire = len(data) if original is None else original
    return block(3, struct.pack(order + "I", wire) + data, order)


def obsolete_packet(stamp: int, data: bytes, interface: int = 0, order: str = "<") -> bytes:
    stamps = (stamp >> 32, stamp & 0xFFFFFFFF)
    head = struct.pack(order + "HHIIII", interface, 0, *stamps, len(data), len(data))
    return block(2, head + data, order)


def statistics(interface: int, opts: bytes, order: str = "<") -> bytes:
    return block(5, struct.pack(order + "III", interface, 0, 0) + opts, order)


def snoop(*records: bytes, version: int = 2, network: int = 4) -> bytes:
    """A snoop file of these records."""
    return b"snoop\0\0\0" + struct.pack(">II", version, network) + b"".join(records)


def snoop_record(
    seconds: int,
    fraction: int,
    data: bytes,
    *,
    original: int | None = None,
    padding: int | None = None,
    dropped: int = 0,
) -> bytes:
    """A snoop record; without `padding` it ends on a multiple of 4 bytes."""
    wire = len(data) if original is None else original
    pad = -len(data) % 4 if padding is None else padding
    lengths = (wire, len(data), 24 + len(data) + pad)
    return struct.pack(">6I", *lengths, dropped, seconds, fraction) + data + bytes(max(0, pad))


def netmon(
    *frames: bytes,
    version: tuple[int, int] = (2, 0),
    network: int = 1,
    start: tuple[int, ...] = (2005, 7, 6, 16, 10, 29, 29, 800),
    order: Sequence[int] | None = None,
    table: bytes | None = None,
) -> bytes:
    """A Network Monitor file of these frames; its table lists them in `order`, or is `table`."""
    offsets = [128 + sum(map(len, frames[:i])) for i in range(len(frames))]
    if table is None:
        listed = range(len(frames)) if order is None else order
        table = struct.pack(f"<{len(listed)}I", *(offsets[i] for i in listed))
    end = 128 + sum(map(len, frames))
    head = b"RTSS" if version[0] == 1 else b"GMBU"
    head += struct.pack("<BBH8HII", version[1], version[0], network, *start, end, len(table))
    return head.ljust(128, b"\0") + b"".join(frames) + table


def netmon_frame(
    delta: int, data: bytes, *, original: int | None = None, trailer: bytes = b""
) -> bytes:
    """A frame of version 2, `delta` µs after the start of the capture."""
    wire = len(data) if original is None else original
    return struct.pack("<qII", delta, wire, len(data)) + data + trailer


def write(folder: Path, name: str, parts: bytes | Iterable[bytes]) -> str:
    """Write a file; returns its path as the command line has it."""
    path = folder / name
    path.write_bytes(parts if isinstance(parts, bytes) else b"".join(parts))
    return str(path)
