"""Captures whose files are the hostile part: pcapng blocks of all kinds, and many files at once.

Blocks are little-endian; the packets between them are those of one transfer.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.shapes import BEGIN, FILE_HEADER, MASK32, ORDINARY, STEP, bulk

PACKETS_PER_FILE: Final = 200


def option(code: int, value: bytes) -> bytes:
    """An option of a pcapng block."""
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind: int, body: bytes) -> bytes:
    """A pcapng block."""
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


SECTION: Final = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
NANOSECONDS: Final = option(9, b"\x09")
INTERFACE: Final = block(1, struct.pack("<HHI", 1, 0, 0) + NANOSECONDS)


def enhanced(n: int, frame: bytes, interface: int = 0, options: bytes = b"") -> bytes:
    """An enhanced packet block; ``n`` counts the packets."""
    time, size = BEGIN + n * STEP, len(frame)
    head = struct.pack("<IIIII", interface, time >> 32, time & MASK32, size, size)
    return block(6, head + frame + bytes(-size % 4) + options)


def plain_blocks(count: int) -> Iterator[bytes]:
    """One packet after the other, and nothing else."""
    yield SECTION + INTERFACE
    for n, frame in enumerate(islice(bulk(count), count)):
        yield enhanced(n, frame)


def interfaces(count: int) -> Iterator[bytes]:
    """An interface of its own for each packet."""
    yield SECTION
    for n, frame in enumerate(islice(bulk(count), count)):
        yield INTERFACE + enhanced(n, frame, n)


def unused_interfaces(count: int) -> Iterator[bytes]:
    """Interfaces that no packet comes from."""
    yield SECTION
    for _ in range(count):
        yield INTERFACE


def named_interfaces(count: int) -> Iterator[bytes]:
    """The same with names and comments."""
    yield SECTION
    for n in range(count):
        texts = option(1, b"comment" * 4) + option(2, b"interface %d" % n) + option(3, b"what" * 8)
        yield block(1, struct.pack("<HHI", 1, 0, 0) + texts)


def sections(count: int) -> Iterator[bytes]:
    """A section of its own for each packet."""
    for n, frame in enumerate(islice(bulk(count), count)):
        yield SECTION + INTERFACE + enhanced(n, frame)


def section_comments(count: int) -> Iterator[bytes]:
    """Sections without a packet, each with a comment and an application."""
    texts = option(1, b"comment") + option(4, b"application")
    for _ in range(count):
        yield block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + texts)


def comments(count: int) -> Iterator[bytes]:
    """Four comments on each packet."""
    yield SECTION + INTERFACE
    told = option(1, b"a comment on a packet") * 4
    for n, frame in enumerate(islice(bulk(count), count)):
        yield enhanced(n, frame, 0, told)


def names(count: int) -> Iterator[bytes]:
    """Name resolution blocks of ten names each."""
    yield SECTION + INTERFACE
    for n in range(count):
        records = b"".join(
            struct.pack("<HH", 1, 12) + struct.pack(">II", 0x0A000000 + n, k) + b"abc\0"
            for k in range(10)
        )
        yield block(4, records + bytes(4))


def tiny_blocks(count: int) -> Iterator[bytes]:
    """Blocks of an unknown kind without a byte in them."""
    yield SECTION + INTERFACE
    empty = block(0x77, b"")
    for _ in range(count):
        yield empty


def statistics(count: int) -> Iterator[bytes]:
    """Statistics of one interface, again and again."""
    yield SECTION + INTERFACE
    dropped = option(5, struct.pack("<Q", 1))
    for _ in range(count):
        yield block(5, struct.pack("<III", 0, 0, 0) + dropped)


def journal(count: int) -> Iterator[bytes]:
    """Journal entries, which count as frames."""
    yield SECTION + INTERFACE
    for n in range(count):
        yield block(9, b"__REALTIME_TIMESTAMP=%016d\n\n\n" % n)


def two_files_in_turns(folder: Path, count: int) -> list[Path]:
    """Ordinary packets, in turns in two files."""
    return in_turns([folder / "a.pcap", folder / "b.pcap"], count)


def files_in_turns(folder: Path, count: int) -> list[Path]:
    """Ordinary packets, each in the next one of many files."""
    return in_turns([folder / f"{n:04}.pcap" for n in range(count // PACKETS_PER_FILE)], count)


def in_turns(paths: list[Path], count: int) -> list[Path]:
    parts = [[FILE_HEADER] for _ in paths]
    for n, (time, frame) in enumerate(ORDINARY.packets(count)):
        head = struct.pack("<IIII", *divmod(time, 10**9), len(frame), len(frame))
        parts[n % len(paths)].append(head + frame)
    for path, part in zip(paths, parts, strict=True):
        path.write_bytes(b"".join(part))
    return paths


def files_in_order(folder: Path, count: int) -> list[Path]:
    """Ordinary packets, in many files one after the other."""
    paths = [folder / f"{n:04}.pcap" for n in range(count // PACKETS_PER_FILE)]
    packets = ORDINARY.packets(count)
    for path in paths:
        part = [FILE_HEADER]
        for time, frame in islice(packets, PACKETS_PER_FILE):
            head = struct.pack("<IIII", *divmod(time, 10**9), len(frame), len(frame))
            part.append(head + frame)
        path.write_bytes(b"".join(part))
    return paths


@dataclass(frozen=True)
class BlockShape:
    """A pcapng file full of some blocks."""

    name: str
    blocks: Callable[[int], Iterator[bytes]]
    connection: int | None = None

    def files(self, folder: Path, count: int) -> list[Path]:
        """The file, with a section header or as many of these blocks as there are packets."""
        path = folder / "shape.pcapng"
        with path.open("wb") as file:
            file.writelines(self.blocks(count))
        return [path]


@dataclass(frozen=True)
class ManyFiles:
    """A capture in many files, which are opened together."""

    name: str
    files: Callable[[Path, int], list[Path]]
    connection: int | None = 20


FILE_SHAPES: Final = (
    BlockShape("pcapng: one transfer", plain_blocks),
    BlockShape("pcapng: an interface a packet", interfaces),
    BlockShape("pcapng: interfaces without packets", unused_interfaces),
    BlockShape("pcapng: interfaces with names", named_interfaces),
    BlockShape("pcapng: a section a packet", sections),
    BlockShape("pcapng: sections with comments", section_comments),
    BlockShape("pcapng: comments on packets", comments),
    BlockShape("pcapng: name resolution blocks", names),
    BlockShape("pcapng: tiny unknown blocks", tiny_blocks),
    BlockShape("pcapng: statistics", statistics),
    BlockShape("pcapng: journal entries", journal),
    ManyFiles("two files, in turns", two_files_in_turns),
    ManyFiles("many files, in turns", files_in_turns),
    ManyFiles("many files, one after the other", files_in_order),
)
