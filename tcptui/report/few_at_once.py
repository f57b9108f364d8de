"""Analyses a capture whose flows together would not fit into the memory: its shares take shares.

A first reading only counts (:class:`~tcptui.engine.census.Census`), which says how many shares
there must be for the largest to fit. Then each is analysed by a process of its own, a few at a
time, which tells its summary and ends; only the last few wait. When all is known, these write their
flows' texts, and the other shares are analysed once more for theirs. The texts lie in a temporary
file for each share until they are put in order.

So memory is bounded by what a share takes. The price is a second analysis of most shares, and that
each reads and decodes the whole capture.
"""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from heapq import merge
from typing import BinaryIO, Final, NamedTuple

from tcptui.engine.census import Census
from tcptui.engine.engine import Engine, new_engine
from tcptui.report.processes import (
    PipeEnds,
    other_process,
    read_message,
    write_message,
)
from tcptui.report.shares import SharedFlows, SharedReport, Whole, shared
from tcptui.report.summaries import (
    Gathering,
    Known,
    receive_known,
    receive_summary,
    send_known,
    send_summary,
)
from tcptui.report.temporary import temporary_file, writing_temporary_file
from tcptui.session import analyse

MOST_HELD: Final = 224 << 20
"""Bytes that the shares at hand may take together, as a census counts them."""
DONE: Final = b"done"
NUMBER_SIZE: Final = 8
"""Hexadecimal digits of a flow's number, which precede its text in a file and give the order."""


class Counted(NamedTuple):
    """A capture that was read once: an engine that has seen all packets and has no flows, and the
    fewest shares that fit into the memory."""

    engine: Engine
    shares: int


def counted(asked: SharedReport) -> Counted:
    """Read the capture to its end, and count. Raises CaptureError."""
    engine = new_engine(asked.contents.rules, asked.contents.names)
    census = Census()
    engine.share = census
    for _ in analyse(asked.source, engine):
        pass
    return Counted(engine, census.shares_of(MOST_HELD // asked.shares))


class RunningShare(NamedTuple):
    """A share that another process is at until the stack is closed."""

    number: int
    ends: PipeEnds
    stack: ExitStack


class FewAtOnce:
    """Has all shares analysed, so many at once; ``files`` are where their texts go, ``worst`` is
    what they tell of their worst flows."""

    def __init__(self, asked: SharedReport, at_once: int, stack: ExitStack) -> None:
        self.asked = asked
        self.at_once = at_once
        self.stack = stack
        self.files = [stack.enter_context(temporary_file()) for _ in range(asked.shares)]
        self.running: deque[RunningShare] = deque()
        self.worst: list[bytes] = []

    def begin(self, number: int, known: Known | None) -> None:
        """Start a process for a share; ``known`` is None the first time."""
        stack = self.stack.enter_context(ExitStack())
        work = partial(do_one_share, self.asked, known, self.files[number])
        others = [one.ends for one in self.running]
        ends = stack.enter_context(other_process(number, work, others))
        self.running.append(RunningShare(number, ends, stack))

    def gather(self) -> Gathering | None:
        """Return what all shares tell; None where a process was ended before. The last ones are
        still running then."""
        gathered = Gathering()
        for number in range(self.asked.shares):
            if len(self.running) == self.at_once:
                first = self.running.popleft()
                if not take_summary(first, gathered):
                    return None
                first.stack.close()
            self.begin(number, None)
        return gathered if all(take_summary(one, gathered) for one in self.running) else None

    def write(self, known: Known) -> None:
        """Have all texts written, first by those that are still running."""
        for one in self.running:
            with suppress(BrokenPipeError):
                send_known(known, one.ends.outgoing)
        for number in range(self.asked.shares - len(self.running)):
            if len(self.running) == self.at_once:
                self.finish_first(known)
            self.begin(number, known)
        while self.running:
            self.finish_first(known)

    def finish_first(self, known: Known) -> None:
        """Wait for the process that began first, and do here what it was ended over."""
        number, ends, stack = self.running.popleft()
        done = read_message(ends.incoming)
        if done is None:
            with closing(self.asked.source.again()) as again:
                flows = SharedFlows(self.asked._replace(source=again), number, known)
                flows.analysed()
                done = write_texts(flows, known, self.files[number])
        self.worst.append(done[len(DONE) :])
        stack.close()

    def end_all(self) -> None:
        """End those that are running."""
        while self.running:
            self.running.popleft().stack.close()

    def texts(self) -> Iterator[bytes]:
        """Yield the texts of all shares, in the order of their flows."""
        for file in self.files:
            file.seek(0)
        for line in merge(*self.files):
            yield line[NUMBER_SIZE:-1]


@contextmanager
def bounded(asked: SharedReport) -> Iterator[Whole | None]:
    """Return a capture of which so many shares are held at a time as ``asked`` says, with the texts
    of all flows; None where one process must analyse it alone after all, or may, as it is small.

    Raises CaptureError where not one packet can be read.
    """
    at_once = asked.shares
    found = counted(asked)
    if found.shares > at_once:
        with few_at_once(asked._replace(shares=found.shares), at_once, found.engine) as whole:
            yield whole
    elif at_once > 1 and not asked.needs_numbers:
        with closing(asked.source.again()) as again, shared(asked._replace(source=again)) as whole:
            yield whole
    else:
        yield None


@contextmanager
def few_at_once(asked: SharedReport, at_once: int, engine: Engine) -> Iterator[Whole | None]:
    """Return a capture as :func:`bounded` does; ``engine`` has seen all packets."""
    with ExitStack() as stack:
        shares = FewAtOnce(asked, at_once, stack)
        gathered = shares.gather()
        divided = gathered is not None and gathered.divides_frames
        if gathered is None or not gathered.fits or (divided and asked.contents.only is not None):
            yield None
            return
        known = gathered.known()
        if asked.needs_numbers:
            shares.end_all()
        shares.write(known)
        if asked.contents.only is not None:
            from tcptui.filters.selection import say_if_none

            say_if_none(any(file.tell() for file in shares.files), engine)
        engine.at_two_points = gathered.at_two_points
        yield Whole(engine, shares.texts(), len(known.owners), shares.worst)


def take_summary(one: RunningShare, gathered: Gathering) -> bool:
    """Take what a share tells; return False where its process was ended before."""
    received = receive_summary(one.ends.incoming)
    if received is not None:
        gathered.take(received)
    return received is not None


def do_one_share(
    asked: SharedReport, known: Known | None, file: BinaryIO, number: int, ends: PipeEnds
) -> None:
    """Do the work of another process on one share: tell its summary and wait for what is known of
    the others, or write the texts at once."""
    first = os.getppid()
    with closing(asked.source.again()) as again:
        flows = SharedFlows(asked._replace(source=again), number, known)
        summary = flows.analysed(lambda: os.getppid() == first)
        if known is None:
            send_summary(summary, ends.outgoing)
            known = receive_known(ends.incoming)
        if known is not None:
            write_message(write_texts(flows, known, file), ends.outgoing)


def write_texts(flows: SharedFlows, known: Known, file: BinaryIO) -> bytes:
    """Write the texts of a share into its file, which may have some that another process wrote;
    return `DONE`, and what is told of its worst flows."""
    texts = flows.numbered_texts(known)
    with writing_temporary_file():
        file.seek(0)
        file.truncate()
        file.writelines(b"%0*x%b\n" % (NUMBER_SIZE, number, text) for number, text in texts)
        file.flush()
    return DONE + flows.worst()
