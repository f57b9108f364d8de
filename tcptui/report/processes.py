"""Lets other processes do part of a report, where there are more processors.

They are copies of this one, and write texts. They may be ended at any time, by the
system for want of memory for instance: what they have not brought then is made here.
"""

import marshal
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, islice
from typing import BinaryIO, Final, NamedTuple

from tcptui.capture.interrupt import end_copy, forked, may_copy
from tcptui.capture.pipes import enlarge
from tcptui.capture.source import Source
from tcptui.engine.share import MOST_SHARES

SMALLEST_SHARE: Final = 32 << 20
"""Bytes; another process does not pay for a smaller share of a capture."""
AT_ONCE: Final = 1 << 17
"""Bytes that are written to a pipe, or read from it, at once."""
TEXTS_AT_ONCE: Final = 64
"""With a few texts at once, the processes would mostly wake each other."""
LENGTH: Final = 8
"""Bytes of the number that precedes a message."""


class PipeEnds(NamedTuple):
    """Holds one process's ends of the two pipes to another one."""

    incoming: BinaryIO
    outgoing: BinaryIO


Work = Callable[[int, PipeEnds], None]
"""What another process does, of which it is told its number, from 1, and its ends of the pipes."""


def processors(jobs: int | None = None) -> int:
    """Return how many processes would each find a processor, or ``jobs`` where somebody asks for
    so many; 1 where there can be no copy."""
    return min(jobs or len(os.sched_getaffinity(0)), MOST_SHARES) if may_copy() else 1


def shares_of(source: Source, jobs: int | None, smallest: int = SMALLEST_SHARE) -> int:
    """Return into how many shares a source is divided: 1 where several processes could not each
    read all of it, or it does not take long enough to pay.

    Where it is decompressed, that takes one of the processors.
    """
    if type(source) is not Source or not source.may_be_shared:
        return 1
    size = source.total_bytes or 0
    most = processors(jobs)
    if jobs is None and not source.at_rest:
        most = max(most - 1, 1)
    return min(most, size // smallest if smallest else MOST_SHARES)


@contextmanager
def other_processes(count: int, work: Work) -> Iterator[list[PipeEnds]]:
    """Yield our ends of the pipes to so many copies of this process, which do ``work``.

    From one that the system does not allow nothing comes, as if it had been ended at once.
    """
    with ExitStack() as stack:
        ends: list[PipeEnds] = []
        for number in range(1, count + 1):
            ends.append(stack.enter_context(other_process(number, work, ends)))
        yield ends


@contextmanager
def other_process(number: int, work: Work, known: Iterable[PipeEnds]) -> Iterator[PipeEnds]:
    """Yield our ends of the pipes to one copy of this process; ``known`` are those to others, which
    it must not keep open."""
    from_copy, to_us = os.pipe()
    from_us, to_copy = os.pipe()
    copy = forked()
    if copy == 0:
        with suppress(BaseException):
            os.close(from_copy)
            os.close(to_copy)
            for ends in known:
                os.close(ends.incoming.fileno())
                os.close(ends.outgoing.fileno())
            with opened(from_us, to_us) as ours:
                work(number, ours)
        os._exit(0)
    os.close(to_us)
    os.close(from_us)
    try:
        with opened(from_copy, to_copy) as ours:
            yield ours
    finally:
        if copy is not None:
            end_copy(copy)


@contextmanager
def opened(incoming: int, outgoing: int) -> Iterator[PipeEnds]:
    enlarge(outgoing)
    ends = PipeEnds(os.fdopen(incoming, "rb", AT_ONCE), os.fdopen(outgoing, "wb", AT_ONCE))
    try:
        yield ends
    finally:
        ends.incoming.close()
        with suppress(BrokenPipeError):
            ends.outgoing.close()


def write_message(data: bytes, out: BinaryIO) -> None:
    """Write some bytes for :func:`read_message` in the other process."""
    out.write(len(data).to_bytes(LENGTH))
    out.write(data)
    out.flush()


def read_message(incoming: BinaryIO) -> bytes | None:
    """Read what the other process wrote; None where it was ended before."""
    head = incoming.read(LENGTH)
    if len(head) < LENGTH:
        return None
    length = int.from_bytes(head)
    data = incoming.read(length)
    return data if len(data) == length else None


def write_texts(texts: Iterable[bytes], out: BinaryIO) -> None:
    """Write some texts for :func:`texts_from` in the other process."""
    texts = iter(texts)
    while some := list(islice(texts, TEXTS_AT_ONCE)):
        write_message(marshal.dumps(some), out)


def texts_from(
    incoming: BinaryIO, count: int, rest: Callable[[int], Iterable[bytes]]
) -> Iterator[bytes]:
    """Return the ``count`` texts of another process; ``rest`` makes those from a number on."""
    return chain.from_iterable(messages_with_texts(incoming, count, rest))


def messages_with_texts(
    incoming: BinaryIO, count: int, rest: Callable[[int], Iterable[bytes]]
) -> Iterator[Iterable[bytes]]:
    """Yield many texts at once, so that nothing is done for each."""
    came = 0
    while came < count:
        message = read_message(incoming)
        if message is None:
            yield rest(came)
            return
        texts = marshal.loads(message)
        came += len(texts)
        yield texts


def in_order(texts: list[Iterator[bytes]], makers: Iterable[int]) -> Iterator[bytes]:
    """Return the texts of all processes; ``makers`` are the numbers of those that make one after
    the other, ours is 0."""
    return map(next, map(texts.__getitem__, makers))
