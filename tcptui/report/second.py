"""Lets a second process do half of a report, where there is a second processor.

It is a copy of this one and writes a line for each text. It may be ended at any time, by the
system for want of memory for instance: what it has not brought then is made here.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from tcptui.capture.interrupt import forked

PIPE_SIZE: Final = 1 << 20
"""Bytes, the most that Linux gives everybody: how far the second process may be ahead."""
LENGTH: Final = 8
"""Bytes of the number that precedes a message."""


class PipeEnds(NamedTuple):
    """Holds both processes' ends of the two pipes between them."""

    incoming: BinaryIO
    outgoing: BinaryIO


def can_fork() -> bool:
    """Return whether a second process would find a processor, and nothing that another thread
    holds."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


@contextmanager
def second_process(work: Callable[[PipeEnds], None]) -> Iterator[PipeEnds]:
    """Yield our ends of the pipes to a copy of this process, which does ``work``.

    Where the system allows no other process nothing comes, as if it had been ended at once.
    """
    from_copy, to_us = os.pipe()
    from_us, to_copy = os.pipe()
    copy = forked()
    if copy == 0:
        with suppress(BaseException):
            os.close(from_copy)
            os.close(to_copy)
            with opened(from_us, to_us) as ends:
                work(ends)
        os._exit(0)
    os.close(to_us)
    os.close(from_us)
    try:
        with opened(from_copy, to_copy) as ends:
            yield ends
    finally:
        if copy is not None:
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)


@contextmanager
def opened(incoming: int, outgoing: int) -> Iterator[PipeEnds]:
    import fcntl

    with suppress(OSError):
        fcntl.fcntl(outgoing, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    ends = PipeEnds(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
    try:
        yield ends
    finally:
        ends.incoming.close()
        with suppress(BrokenPipeError):
            ends.outgoing.close()


def write_message(data: bytes, out: BinaryIO) -> None:
    """Write some bytes for :func:`read_message` in the other process."""
    out.write(len(data).to_bytes(LENGTH) + data)
    out.flush()


def read_message(incoming: BinaryIO) -> bytes | None:
    """Read what the other process wrote; None where it was ended before."""
    length = int.from_bytes(incoming.read(LENGTH))
    data = incoming.read(length)
    return data if length and len(data) == length else None


def write_lines(texts: Iterable[bytes], out: BinaryIO) -> None:
    out.writelines(text + b"\n" for text in texts)


def lines_of(
    incoming: BinaryIO, count: int, rest: Callable[[int], Iterable[bytes]]
) -> Iterator[bytes]:
    """Yield the ``count`` texts of the second process; ``rest`` makes those from a number on."""
    came = 0
    for line in incoming:
        if not line.endswith(b"\n"):
            break
        yield line[:-1]
        came += 1
    if came < count:
        yield from rest(came)


def merged(
    ours: Iterable[bytes], numbers: Iterable[int], theirs: Iterator[bytes]
) -> Iterator[bytes]:
    """Yield both processes' texts in order; ``numbers`` are those of ours, ascending from 0."""
    done = 0
    for text, number in zip(ours, numbers, strict=True):
        yield from islice(theirs, number - done)
        yield text
        done = number + 1
    yield from theirs
