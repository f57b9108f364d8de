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
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from tcptui.capture.pipes import PIPE_SIZE, pipe_size
from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_row_engine
from tcptui.engine.share import RowShare, Share
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.columns.shared_rows import ShareRows, WrittenRows, owners_told
from tcptui.report.bounded_tables import used_by, would_fit
from tcptui.report.processes import (
    PipeEnds,
    other_processes,
    read_message,
    write_message,
)
from tcptui.report.text_rows import Printed, RowForm
from tcptui.session import Feeder

if TYPE_CHECKING:  # the filters take a tenth of a start
    from tcptui.filters.selection import Selection

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
    its tables are, which headers opened flows of its share, and whether rows are selected by frames
    of which others have rows too."""

    frames: int
    used: list[int]
    opened: bytes
    is_divided: bool


class AnalysedPart(NamedTuple):
    """A part of the capture that has been analysed here: what is told of it, its rows of this
    share, and whose all rows are, where that is noted."""

    told: Told
    start: int
    stop: int
    makers: bytes


class ShareOfRows(NamedTuple):
    """A share of a capture that is analysed here: the engine, what writes the rows, and what
    selects them, where not all are wanted."""

    engine: Engine
    rows: ShareRows
    selection: "Selection | None"

    def chosen(self, part: AnalysedPart) -> bytes | None:
        """Return which rows of a part are wanted, once their flows have numbers; None for all."""
        if self.selection is None:
            return None
        return self.selection.answers(part.start, part.stop)


def share_of_rows(source: Source, rules: Rules, form: RowForm, share: Share) -> ShareOfRows:
    """Return a share of a source, of which nothing is analysed yet."""
    engine = new_row_engine(rules)
    engine.share = share
    share.keeps_times = form.needs_times
    rows = ShareRows(share, form.lines(engine, source))
    return ShareOfRows(engine, rows, form.selection(engine, source))


def print_shared_rows(
    source: Source, out: BinaryIO, rules: Rules, form: RowForm, shares: int
) -> Printed:
    """Analyse ``source`` to its end in so many processes, and print its rows as far as all bring
    theirs, and remember together what one would."""
    own = share_of_rows(source, rules, form, RowShare(0, shares))
    parts = analysed_parts(source, own)
    source.share_out(shares)
    printed = 0
    any_wanted = False
    work = partial(tell_rows, source, rules, form, shares)
    with suppress(Lost), other_processes(shares - 1, work) as others:
        source.become_reader(0)
        if any(pipe_size(ends.outgoing.fileno()) < PIPE_SIZE for ends in others):
            raise Lost
        for part in behind(numbered_parts(behind(parts, AHEAD), own, others), 2 * AHEAD):
            theirs = received_rows(others)
            written = own.rows.merged_rows(part.start, part.makers, theirs, own.chosen(part))
            if written is None:
                raise Lost
            out.write(written)
            printed += len(part.makers)
            any_wanted = any_wanted or bool(written)
    for _ in parts:  # what is odd about the file may come later
        pass
    return Printed(own.engine, printed, any_wanted)


def tell_rows(
    source: Source, rules: Rules, form: RowForm, shares: int, number: int, ends: PipeEnds
) -> None:
    """Do the work of another process: analyse a share, and tell its rows."""
    source.become_reader(number)
    own = share_of_rows(source, rules, form, Share(number, shares))
    parts = told_parts(analysed_parts(source, own), ends.outgoing)
    for part in behind(parts, 2 * AHEAD):
        owners = read_message(ends.incoming)
        if owners is None:
            return
        own.rows.number_flows(owners)
        written = own.rows.rows(part.start, part.stop, own.chosen(part))
        write_message(marshal.dumps(written), ends.outgoing)


def analysed_parts(source: Source, own: ShareOfRows) -> Iterator[AnalysedPart]:
    """Analyse a source, and yield its parts, some batches each: the same ones in all processes."""
    engine, rows = own.engine, own.rows
    feeder = Feeder(source, engine)
    share = rows.share
    is_selected = own.selection is not None
    start = headers = 0
    while not source.ended:
        for _ in feeder.slices(None):
            pass
        if share.met < headers + PART and not source.ended:
            continue
        headers = int(share.met)
        is_divided = is_selected and share.divides_frames
        told = Told(engine.frames, used_by(engine), rows.take_opened(), is_divided)
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
    parts: Iterable[AnalysedPart], own: ShareOfRows, others: Sequence[PipeEnds]
) -> Iterator[AnalysedPart]:
    """Give the flows of each part their numbers, tell the others of them, and yield it."""
    for part in parts:
        told = [part.told, *(Told(*received(ends)) for ends in others)]
        is_one_capture = len({one.frames for one in told}) == 1
        fits = would_fit([one.used for one in told])
        if not is_one_capture or not fits or any(one.is_divided for one in told):
            raise Lost
        owners = owners_told([one.opened for one in told])
        for ends in others:
            with suppress(BrokenPipeError):
                write_message(owners, ends.outgoing)
        own.rows.number_flows(owners)
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
