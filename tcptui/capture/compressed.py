"""Decompresses captures, recognised by content: gzip, zstd, lz4, xz."""

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from tcptui.capture.errors import CaptureError, Damage

GZIP = b"\x1f\x8b"
MAGIC_LENGTH = 6
INPUT = 1 << 16  # what stands before damage inside of one is lost
OUTPUT = 1 << 20


class Bytes(Protocol):
    """Something that bytes are read from; it returns none at its end."""

    def read(self, size: int) -> bytes: ...


class PutBack:
    """Reads `head` first, then the rest of `file`."""

    def __init__(self, head: bytes, file: Bytes) -> None:
        self._head = head
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        return self._file.read(size)


def gzip_blocks(file: Bytes) -> Iterator[bytes]:
    """Yield the output of all members; what follows the last one is ignored, as gzip does."""
    data = file.read(INPUT)
    while data.startswith(GZIP):
        member = zlib.decompressobj(wbits=31)
        while True:
            yield member.decompress(data, OUTPUT)
            if member.eof:
                break
            data = member.unconsumed_tail or more(file)
        data = member.unused_data
        while len(data) < len(GZIP) and (next_bytes := file.read(INPUT)):
            data += next_bytes


def framed_blocks(file: Bytes, decompressor: Callable[[], Any]) -> Iterator[bytes]:
    """Yield the output of decompressors that work as the standard library's do (xz, zstd, lz4)."""
    data = file.read(INPUT)
    while data:
        frame = decompressor()
        while True:
            yield frame.decompress(data, OUTPUT)
            if frame.eof:
                break
            data = more(file) if frame.needs_input else b""
        data = frame.unused_data or file.read(INPUT)


def more(file: Bytes) -> bytes:
    """Return more input, which must be there; raise EOFError if it is not."""
    data = file.read(INPUT)
    if not data:
        raise EOFError
    return data


def zstd_blocks(file: Bytes) -> Iterator[bytes]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    return framed_blocks(file, zstd.ZstdDecompressor)


def xz_blocks(file: Bytes) -> Iterator[bytes]:
    import lzma

    return framed_blocks(file, lzma.LZMADecompressor)


def lz4_blocks(file: Bytes) -> Iterator[bytes]:
    import lz4.frame

    return framed_blocks(file, lz4.frame.LZ4FrameDecompressor)


FORMATS: dict[bytes, tuple[str, Callable[[Bytes], Iterator[bytes]]]] = {
    GZIP: ("gzip", gzip_blocks),
    b"\x28\xb5\x2f\xfd": ("zstd", zstd_blocks),
    b"\x04\x22\x4d\x18": ("lz4", lz4_blocks),
    b"\xfd7zXZ\0": ("xz", xz_blocks),
}
"""By magic number: name, and the maker of uncompressed blocks."""


EXTRAS = {"lz4": "tcptui[lz4]"}
"""What brings a compression that few captures have."""


def compression(head: bytes) -> str:
    """Return the compression that a file with these first bytes has, or an empty text for none."""
    return next((name for magic, (name, _) in FORMATS.items() if head.startswith(magic)), "")


def decompress(name: str, file: Bytes, where: str) -> Iterator[bytes]:
    """Yield uncompressed blocks of at most 1 MiB, whatever the ratio; raise Damage where they end
    early."""
    blocks = next(blocks for known, blocks in FORMATS.values() if known == name)
    try:
        for block in blocks(file):
            if block:
                yield block
    except ImportError as error:
        package = EXTRAS.get(name, error.name)
        raise CaptureError(
            f"{name} compression needs another package",
            where,
            f"install it: pip install '{package}'; or decompress the file first ({name} -d)",
        ) from None
    except EOFError:
        raise Damage(f"the {name} data is cut") from None
    except (Damage, CaptureError, OSError):
        raise
    except Exception as error:  # each package has its own
        raise Damage(f"the {name} data is damaged ({error})") from error
