"""Texts that do not depend on each other, made on two processors."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import BinaryIO, Final

Make = Callable[[int], bytes]
"""Makes the text of a number; without a line end in it."""

BLOCK: Final = 128
FEWEST: Final = 8 * BLOCK
"""For fewer texts a second process is not worth its start."""
PIPE_SIZE: Final = 1 << 20
"""Bytes; the most that Linux gives everybody: how far the second process may be ahead."""


def texts_of(numbers: Sequence[int], make: Make) -> Iterator[list[bytes]]:
    """The texts of ``numbers`` in order, in blocks.

    Where it can, a second process makes every other block. What it does not bring, because it
    was ended, is made here.
    """
    blocks = [numbers[at : at + BLOCK] for at in range(0, len(numbers), BLOCK)]
    if len(numbers) < FEWEST or not can_fork():
        yield from ([make(number) for number in block] for block in blocks)
        return
    with forked(blocks[1::2], make) as lines:
        for place, block in enumerate(blocks):
            came = list(islice(lines, len(block))) if place % 2 else []
            whole = [line[:-1] for line in came if line.endswith(b"\n")]
            yield whole + [make(number) for number in block[len(whole) :]]


def can_fork() -> bool:
    """Whether a second process would find a processor, and nothing that another thread holds."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


@contextmanager
def forked(blocks: Sequence[Sequence[int]], make: Make) -> Iterator[BinaryIO]:
    """What a copy of this process writes: a line for each number."""
    ours, theirs = os.pipe()
    copy = os.fork()
    if copy == 0:
        with suppress(BaseException):
            os.close(ours)
            write_lines(theirs, blocks, make)
        os._exit(0)
    os.close(theirs)
    try:
        with os.fdopen(ours, "rb", buffering=PIPE_SIZE) as lines:
            yield lines
    finally:
        os.waitpid(copy, 0)


def write_lines(pipe: int, blocks: Sequence[Sequence[int]], make: Make) -> None:
    import fcntl

    with suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    with os.fdopen(pipe, "wb") as out:
        for block in blocks:
            out.write(b"".join([make(number) + b"\n" for number in block]))
