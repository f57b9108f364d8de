"""Captures compressed, with damage outside; bombs that swell a thousandfold."""

import gzip
import lzma
import sys
import zlib
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any, Final

import lz4.frame

from tests.capture import builders
from tests.fuzz.drafts import damaged

if sys.version_info >= (3, 14):
    from compression import zstd as zstandard
else:
    from backports import zstd as zstandard

BOMB: Final = 48 << 20
"""Bytes of a bomb, uncompressed."""

Compress = Callable[[bytes], bytes]


def zstd(data: bytes) -> bytes:
    return zstandard.compress(data, 1)


def lz4_frame(data: bytes) -> bytes:
    compress: Any = lz4.frame.compress
    return bytes(compress(data))


def gzip_member(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


def xz(data: bytes) -> bytes:
    return lzma.compress(data, preset=0)


COMPRESSORS: Final[dict[str, Compress]] = {
    "gzip": gzip_member,
    "zstd": zstd,
    "lz4": lz4_frame,
    "xz": xz,
}


@cache
def bomb(name: str, end: bytes) -> bytes:
    """A capture of few packets, then bytes that no record begins with."""
    head = builders.pcap(builders.record(1, 0, bytes(60)))
    return COMPRESSORS[name](head + end * BOMB)


def prepare_bombs() -> None:
    """Make them all, so that processes that are forked share them."""
    for name in COMPRESSORS:
        bomb(name, b"\xff")


def mutate(random: Random, data: bytes, applied: list[str]) -> bytes:
    """``data`` compressed in some way."""
    name = random.choice(list(COMPRESSORS))
    applied.append(name)
    compress = COMPRESSORS[name]
    kind = random.randrange(12)
    if kind < 3:
        packed = compress(data)
    elif kind < 6:
        packed = compress(data)
        for _ in range(random.choice((1, 1, 2, 5))):
            packed = damaged(random, packed)
        applied.append("compressed bytes")
    elif kind < 8:
        at = random.randrange(len(data) + 1)
        members = [data[:at], data[at:], *([b""] * random.choice((0, 0, 1, 50)))]
        random.shuffle(members) if random.random() < 0.3 else None
        packed = b"".join(map(compress, members))
        applied.append("members")
    elif kind < 9:
        other = COMPRESSORS[random.choice(list(COMPRESSORS))]
        packed = compress(other(data))
        applied.append("twice compressed")
    elif kind < 10:
        packed = compress(data) + random.choice((b"\0", b"\x1f", b"\x1f\x8b", random.randbytes(99)))
        applied.append("behind the end")
    elif kind < 11 or random.random() < 0.97:
        packed = compress(data)
        packed = packed[: random.randrange(len(packed) + 1)]
        applied.append("cut stream")
    else:
        packed = bomb(name, b"\xff")
        applied.append("bomb")
    if name == "gzip" and random.random() < 0.1:
        packed = gzip_with_names(random, data)
        applied.append("gzip header")
    return packed


def gzip_with_names(random: Random, data: bytes) -> bytes:
    """A member whose header has all its fields, lengths not always right."""
    flags = random.getrandbits(8)
    more = (
        random.choice((b"\xff\xff", b"\3\0abc", b"\0\0")) + b"name\x1b\0" + b"comment\0" + b"\1\2"
    )
    body = zlib.compress(data, 1)[2:-4]
    tail = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + more + body + tail
