"""Decompresses a file in a process of its own, for one reader or several.

On a thread, each block would wait for the interpreter's lock, which the compiled analysis holds for
milliseconds: the two would take turns instead of running side by side. And several processes that
share an analysis need not each decompress the file.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from struct import Struct
from typing import Final

from tcptui.capture.compressed import decompress
from tcptui.capture.errors import Damage
from tcptui.capture.interrupt import end_copy, forked
from tcptui.capture.pipes import enlarge
from tcptui.capture.rawfile import RawFile
from tcptui.shortage import keep_freed

LEAST_BLOCK: Final = 1 << 19
"""Bytes; with smaller blocks the processes would mostly wake each other."""
HEAD: Final = Struct("=Bqq")
"""Precedes what is sent: its kind, its length, and how much of the file was read by then."""
READ_AHEAD: Final = 1 << 12
"""Bytes; little, so that most of a block is read to where it stays."""
STANDARD_ERROR: Final = 2
BLOCK: Final = 0
DAMAGE: Final = 1
END: Final = 2


class Decompressing:
    """A process that decompresses a file, and sends the blocks to each of its readers, which are
    processes too. It may be ended at any time: a reader makes what is missing."""

    def __init__(self, name: str, raw: RawFile, readers: int = 1) -> None:
        """Start to decompress ``raw``, of which nothing was read, where there may be a copy of this
        process; ``name`` is that of the compression."""
        self._name = name
        self._raw = raw
        self._reader = 0
        pipes = [os.pipe() for _ in range(readers)]
        self._incoming = [incoming for incoming, _ in pipes]
        outgoing = [end for _, end in pipes]
        self._copy = forked()
        if self._copy == 0:
            with suppress(BaseException):
                close_all_but(raw.fileno(), *outgoing)
                send(blocks_of(name, raw), raw, outgoing)
            os._exit(0)
        self._started_by = os.getpid()
        for end in outgoing:
            os.close(end)

    def become(self, reader: int) -> None:
        """Note which of the readers this process is, the first one being 0; it must not hold what
        the others read, as nobody would notice that one of them is gone."""
        self._reader = reader
        for number, end in enumerate(self._incoming):
            if number != reader:
                os.close(end)

    def blocks(self) -> Iterator[bytes]:
        """Yield the blocks for this reader; raise Damage where the compressed data ends early, and
        CaptureError where it cannot be read."""
        came = 0
        with os.fdopen(self._incoming[self._reader], "rb", READ_AHEAD, closefd=False) as incoming:
            while len(head := incoming.read(HEAD.size)) == HEAD.size:
                kind, length, position = HEAD.unpack(head)
                data = incoming.read(length)
                if len(data) < length:
                    break
                if kind != BLOCK and len(self._incoming) == 1:
                    self._end()
                if kind == DAMAGE:
                    raise Damage(data.decode())
                if kind == END:
                    return
                self._raw.read_bytes = position
                came += 1
                yield data
        self._raw.read_bytes = 0
        yield from islice(blocks_of(self._name, self._raw), came, None)

    def close(self) -> None:
        """Let go of the pipe, and end the process where it is this one's."""
        os.close(self._incoming[self._reader])
        self._end()

    def _end(self) -> None:
        if self._copy is not None and self._started_by == os.getpid():
            end_copy(self._copy)
            self._copy = None


def blocks_of(name: str, raw: RawFile) -> Iterator[bytes]:
    """Yield what a file holds, whose beginning is to be read next, in blocks of `LEAST_BLOCK` bytes
    or more: the same ones in each process."""
    parts: list[bytes] = []
    size = 0
    try:
        for part in decompress(name, raw, raw.name):
            parts.append(part)
            size += len(part)
            if size >= LEAST_BLOCK:
                yield b"".join(parts)
                parts.clear()
                size = 0
    except Damage:
        if parts:
            yield b"".join(parts)
        raise
    if parts:
        yield b"".join(parts)


def close_all_but(*wanted: int) -> None:
    """Close what a copy of a process need not hold: where it held the readers' ends of other pipes,
    nobody would notice that a reader is gone."""
    for one in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - numbers, not paths
        if one > STANDARD_ERROR and one not in wanted:
            with suppress(OSError):
                os.close(one)


def send(blocks: Iterator[bytes], raw: RawFile, outgoing: list[int]) -> None:
    """Send all blocks to all readers, and how they end."""
    keep_freed()
    for end in outgoing:
        enlarge(end)
    kind, last = END, b""
    try:
        for block in blocks:
            send_to_each(BLOCK, block, raw.read_bytes, outgoing)
    except Damage as error:
        kind, last = DAMAGE, str(error).encode()
    send_to_each(kind, last, raw.read_bytes, outgoing)


def send_to_each(kind: int, data: bytes, position: int, outgoing: list[int]) -> None:
    """Send a message to those readers that are still there; raise BrokenPipeError where none is."""
    head = HEAD.pack(kind, len(data), position)
    for end in list(outgoing):
        try:
            write_all(end, head)
            write_all(end, data)
        except BrokenPipeError:
            outgoing.remove(end)
            os.close(end)
    if not outgoing:
        raise BrokenPipeError


def write_all(end: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(end, rest) :]
