"""Analyses a run of captures and writes its rows: what a worker is asked to do."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import open_source
from tcptui.data_set.swept import is_data_set
from tcptui.engine.engine import new_engine
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.findings.two_points import two_point_warnings
from tcptui.fleet.data_set import Unwritable, write_rows
from tcptui.fleet.outline import Outline, local_copy, outline_after
from tcptui.fleet.partitions import partition_of
from tcptui.fleet.rows import RunRows, broken_row
from tcptui.fleet.runs import Run, size_of
from tcptui.fleet.sources import SourceFile
from tcptui.fleet.versions import Versions, versions
from tcptui.report.capture_facts import table_facts
from tcptui.session import analyse
from tcptui.shortage import give_back_freed, shortage

WORTH_COLLECTING: Final = 4_000_000
"""Bytes; what smaller runs leave behind takes less than to look for it takes time."""


@dataclass(frozen=True)
class Order:
    """Says how captures are to be analysed, by which tcptui, and where their rows go."""

    out: str
    rules: str
    versions: Versions


class LocalCopy(NamedTuple):
    """Holds a capture, the path at which it can be read, and what is known of it."""

    source: SourceFile
    path: str
    outline: Outline | None


class RunOutcome(NamedTuple):
    """Says what came of one capture: the files with its rows, what it says of itself, or why it
    could not be read. ``fatal`` is why the whole sweep cannot go on."""

    name: str
    joined: list[str]
    files: list[str]
    outline: Outline | None
    error: str | None = None
    fatal: str | None = None


def analyse_run(run: Run, outlines: Sequence[Outline | None], order: Order) -> list[RunOutcome]:
    """Analyse captures as one, write the rows of each, and return what came of them. It raises
    nothing: where a run cannot be read, its captures are analysed one by one."""
    obstacle = obstacle_here(order)
    if obstacle:
        return [RunOutcome(run[0].name, [], [], None, fatal=obstacle)]
    collects = gc.isenabled()
    gc.disable()  # flows are many and stay: to look for garbage among them takes long
    try:
        return outcomes_of(run, outlines, order)
    except Unwritable as error:
        return [RunOutcome(run[0].name, [], [], None, fatal=str(error))]
    finally:
        if collects:
            gc.enable()
        let_go(size_of(run))


def obstacle_here(order: Order) -> str:
    """Return why this worker cannot do it; empty where it can."""
    if versions() != order.versions:
        return f"a worker has {versions()}, and this is {order.versions}"
    if not is_data_set(order.out):
        return f"a worker does not find {order.out}: it must be the same folder for all workers"
    return ""


def outcomes_of(run: Run, outlines: Sequence[Outline | None], order: Order) -> list[RunOutcome]:
    """Analyse a run, or each of its captures alone where it cannot be read. Raises Unwritable."""
    try:
        return analysed(run, outlines, order)
    except Unwritable:
        raise
    except CaptureError as error:
        if len(run) == 1:
            return [broken(run[0], error, order)]
        return [one for each in run for one in outcomes_of([each], [None], order)]
    except Exception as error:
        return [broken(one, error, order) for one in run]


def analysed(run: Run, outlines: Sequence[Outline | None], order: Order) -> list[RunOutcome]:
    """Analyse a run and write its rows. Raises CaptureError, Unwritable."""
    with ExitStack() as stack:
        copies = [
            LocalCopy(one, stack.enter_context(local_copy(one)), outline)
            for one, outline in zip(run, outlines, strict=True)
        ]
        return written(copies, order)


def written(copies: Sequence[LocalCopy], order: Order) -> list[RunOutcome]:
    """Analyse captures as one and write their rows; where no flow goes on from one to the next,
    what stands before and behind is analysed apart. Raises CaptureError, Unwritable."""
    with analysed_as_one(copies, order) as rows:
        parts = rows.parts_apart()
        if len(parts) == 1:
            return [written_capture(rows, at, one, order) for at, one in enumerate(copies)]
    del rows
    let_go(sum(one.source.size or 0 for one in copies))
    return [one for part in parts for one in written(copies[part.start : part.stop], order)]


@contextmanager
def analysed_as_one(copies: Sequence[LocalCopy], order: Order) -> Iterator[RunRows]:
    """Analyse captures as one, and give what makes their rows. Raises CaptureError."""
    opened = open_source([one.path for one in copies])
    try:
        engine = new_engine(RULE_SETS[order.rules])
        for _ in analyse(opened, engine):
            pass
        yield RunRows([one.source for one in copies], engine, opened)
    finally:
        opened.close()


def written_capture(rows: RunRows, at: int, copy: LocalCopy, order: Order) -> RunOutcome:
    """Write the rows of the capture at a place in a run. Raises CaptureError, Unwritable."""
    source, path, outline = copy
    outline = outline or outline_after(rows.opened, rows.engine)
    warnings = [source.named(text, path) for text in outline.warnings]
    warnings += two_point_warnings(rows.engine) if at == 0 else []
    outline = outline._replace(warnings=warnings)
    partition = partition_of(source.host, outline.first_ns)
    files = write_rows(Path(order.out), partition, source.name, rows.parts(at, outline))
    return RunOutcome(source.name, rows.names, files, outline)


def let_go(read: int) -> None:
    """Give back what the analysis of so many bytes leaves behind."""
    if read >= WORTH_COLLECTING:
        gc.collect()
        give_back_freed()


def broken(source: SourceFile, error: Exception, order: Order) -> RunOutcome:
    """Write the row of a capture that could not be read, with the reason. Raises Unwritable."""
    told = str(error) if isinstance(error, CaptureError) else shortage(error)
    why = source.scrub(told or f"this is a bug ({type(error).__name__})")
    metadata = table_facts(new_engine(RULE_SETS[order.rules]))
    rows = broken_row(source, why, metadata)
    partition = partition_of(source.host, None)
    files = write_rows(Path(order.out), partition, source.name, [rows])
    return RunOutcome(source.name, [source.name], files, None, why)
