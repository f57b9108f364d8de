"""Prints the rows of a big capture from several processes, each of which analyses a share of the
flows.

As for a report (:mod:`tcptui.report.shares`) all read and decode every packet. After each part of
the capture the others tell the first process which headers opened flows of theirs, and learn from
it whose each flow is. Then all write their rows, with the flows' numbers in the whole capture, and
the first process prints them in order. None waits for another one that is a few parts behind.
"""

import marshal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO, Final, NamedTuple

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_row_engine
from tcptui.engine.share import RowShare, Share
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.columns.shared_rows import ShareRows, WrittenRows, owners_told
from tcptui.report.bounded_tables import used_by, would_fit
from tcptui.report.processes import (
    PIPE_SIZE,
    PipeEnds,
    other_processes,
    pipe_size,
    read_message,
    write_message,
)
from tcptui.session import Feeder

AHEAD: Final = 4
"""Parts of the capture that a process may be ahead of another one."""
PART: Final = 2048
"""TCP headers of a part, or up to a block of the file more: processes that tell each other of fewer
wait more often. Whose the flows of several parts are has room in a pipe, so that the first process
never waits for another one to read it: that one may be waiting for the first."""


class Lost(Exception):
    """Another process was ended, or has seen something else."""


class Told(NamedTuple):
    """Holds what a process tells of a part of the capture: how many frames it has seen, how full
    its tables are, and which headers opened flows of its share."""

    frames: int
    used: list[int]
    opened: bytes


class AnalysedPart(NamedTuple):
    """A part of the capture that has been analysed here: what is told of it, its rows of this
    share, and whose all rows are, where that is noted."""

    told: Told
    start: int
    stop: int
    makers: bytes


def print_shared_rows(
    source: Source, out: BinaryIO, rules: Rules, shares: int
) -> tuple[Engine, int]:
    """Analyse ``source`` to its end in so many processes, and print its rows as far as all bring
    theirs, and remember together what one would; return an engine that has seen all packets, and
    how many rows were printed."""
    share = RowShare(0, shares)
    engine = new_row_engine(rules)
    engine.share = share
    rows = ShareRows(engine.packets, share)
    parts = analysed_parts(source, engine, rows)
    printed = 0
    work = partial(tell_rows, source, rules, shares)
    with suppress(Lost), other_processes(shares - 1, work) as others:
        if any(pipe_size(ends.outgoing) < PIPE_SIZE for ends in others):
            raise Lost
        for part in behind(numbered_parts(behind(parts, AHEAD), rows, others), 2 * AHEAD):
            written = rows.merged_rows(part.start, part.makers, received_rows(others))
            if written is None:
                raise Lost
            out.write(written)
            printed += len(part.makers)
    for _ in parts:  # what is odd about the file may come later
        pass
    return engine, printed


def tell_rows(source: Source, rules: Rules, shares: int, number: int, ends: PipeEnds) -> None:
    """Do the work of another process: analyse a share, and tell its rows."""
    share = Share(number, shares)
    engine = new_row_engine(rules)
    engine.share = share
    rows = ShareRows(engine.packets, share)
    parts = told_parts(analysed_parts(source, engine, rows), ends.outgoing)
    for part in behind(parts, 2 * AHEAD):
        owners = read_message(ends.incoming)
        if owners is None:
            return
        rows.number_flows(owners)
        write_message(marshal.dumps(rows.rows(part.start, part.stop)), ends.outgoing)


def analysed_parts(source: Source, engine: Engine, rows: ShareRows) -> Iterator[AnalysedPart]:
    """Analyse a source, and yield its parts, some batches each: the same ones in all processes."""
    feeder = Feeder(source, engine)
    share = rows.share
    start = headers = 0
    while not source.ended:
        for _ in feeder.slices(None):
            pass
        if share.met < headers + PART and not source.ended:
            continue
        headers = int(share.met)
        told = Told(engine.frames, used_by(engine), rows.take_opened())
        stop = engine.packets.count
        yield AnalysedPart(told, start, stop, share.take_makers())
        start = stop
    engine.finish()


def behind(parts: Iterable[AnalysedPart], count: int) -> Iterator[AnalysedPart]:
    """Yield the parts, each when ``count`` more have come."""
    waiting = deque[AnalysedPart]()
    for part in parts:
        waiting.append(part)
        if len(waiting) > count:
            yield waiting.popleft()
    yield from waiting


def told_parts(parts: Iterable[AnalysedPart], out: BinaryIO) -> Iterator[AnalysedPart]:
    """Tell the first process of each part, and yield it."""
    for part in parts:
        write_message(marshal.dumps(tuple(part.told)), out)
        yield part


def numbered_parts(
    parts: Iterable[AnalysedPart], rows: ShareRows, others: Sequence[PipeEnds]
) -> Iterator[AnalysedPart]:
    """Give the flows of each part their numbers, tell the others of them, and yield it."""
    for part in parts:
        told = [part.told, *(Told(*received(ends)) for ends in others)]
        if len({one.frames for one in told}) > 1 or not would_fit([one.used for one in told]):
            raise Lost
        owners = owners_told([one.opened for one in told])
        for ends in others:
            with suppress(BrokenPipeError):
                write_message(owners, ends.outgoing)
        rows.number_flows(owners)
        yield part


def received_rows(others: Sequence[PipeEnds]) -> list[WrittenRows]:
    """Return the rows that each of the others has written of the next part."""
    return [received(ends) for ends in others]


def received(ends: PipeEnds) -> Any:
    """Return what another process tells next."""
    data = read_message(ends.incoming)
    if data is None:
        raise Lost
    return marshal.loads(data)
