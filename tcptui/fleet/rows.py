"""Makes the rows of a capture for the tables of the data set."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.records import FILE_SHIFT
from tcptui.fields.value_kind import ValueKind
from tcptui.findings.finding import Finding
from tcptui.findings.jumps import jump_warnings
from tcptui.findings.verdict import VERDICTS, Verdict, verdict_of
from tcptui.fleet.outline import Outline
from tcptui.fleet.runs import Run
from tcptui.fleet.sources import SourceFile
from tcptui.report.capture_facts import table_facts
from tcptui.report.flow_texts import capture_finder
from tcptui.tables.columns import TableColumn, column
from tcptui.tables.flows import BATCH_FLOWS, FlowTable, finding_table, table_of

CAPTURE: Final = column("capture", ValueKind.TEXT, "the capture: its path, or its address")
CAPTURES: Final = column(
    "captures", ValueKind.TEXT, "the captures over which the flow runs", several=True
)
CAPTURE_COLUMNS: Final = (
    CAPTURE,
    column("joined", ValueKind.TEXT, "what was read as one capture with it, in order: the numbers "
           "of its flows are those of the whole", several=True),
    column("size", ValueKind.NUMBER, "bytes of the file", unit="bytes"),
    column("format", ValueKind.TEXT, "format of the file"),
    column("packets", ValueKind.NUMBER, "all packets, TCP or not"),
    column("tcp_packets", ValueKind.NUMBER, "segments"),
    column("first", ValueKind.TIME, "time of the first packet"),
    column("last", ValueKind.TIME, "time of the last packet"),
    column("dropped", ValueKind.NUMBER, "packets that the capture lost, as far as it says so"),
    column("flows", ValueKind.NUMBER, "flows that begin in it"),
    column("verdict", ValueKind.TEXT, "of its flows together",
           words=tuple(one.label for one in VERDICTS)),
    column("warnings", ValueKind.TEXT, "what is damaged or odd about it", several=True),
    column("error", ValueKind.TEXT, "why it could not be read"),
)  # fmt: skip

Tables = Mapping[str, Any]
"""Rows of one capture by the names of the tables."""


def broken_row(source: SourceFile, error: str, metadata: Mapping[str, str]) -> Tables:
    """Return the row of a capture that could not be read."""
    absent = [None] * (len(CAPTURE_COLUMNS) - 5)
    row = (source.name, [source.name], source.size, *absent, [], error)
    return {"captures": table_of(CAPTURE_COLUMNS, [row], metadata)}


class RunRows:
    """Makes the tables of each capture of a run that was analysed as one.

    The captures of a run follow one another, so that the rows of each lie together, and the flows
    that begin in it too.
    """

    def __init__(self, run: Run, engine: Engine, opened: Source) -> None:
        self.run = run
        self.names = [one.name for one in run]
        self.engine = engine
        self.opened = opened
        self.find = capture_finder(engine, opened)
        self.metadata = table_facts(engine)
        self.flows = FlowTable(engine, self.metadata)

    def parts(self, at: int, outline: Outline) -> Iterator[Tables]:
        """Yield the rows of the capture that is at this place in the run: some thousand flows at
        once with their findings, and at last its own row."""
        rows = numbers_at(at, self.engine.segments, self.file_of_row)
        flows = self.flows_of(at)
        verdict = Verdict.OK
        for start in range(flows.start, flows.stop, BATCH_FLOWS) or [flows.start]:
            numbers = range(start, min(start + BATCH_FLOWS, flows.stop))
            found = {number: self.find(self.engine.flows[number]) for number in numbers}
            verdict = max([verdict, *map(verdict_of, found.values())], key=VERDICTS.index)
            yield self.flow_tables(self.names[at], found)
        if verdict is Verdict.OK and (outline.warnings or outline.dropped):
            verdict = Verdict.NOTE
        pauses = jump_warnings(self.engine) if at == 0 else []
        row = (
            self.names[at], self.names, self.run[at].size, outline.format, outline.packets,
            len(rows), outline.first_ns, self.last_time(outline), outline.dropped, len(flows),
            verdict.label, [*outline.warnings, *pauses], None,
        )  # fmt: skip
        yield {"captures": table_of(CAPTURE_COLUMNS, [row], self.metadata)}

    def flows_of(self, at: int) -> range:
        """Return the numbers of the flows that begin in the capture at a place in the run."""
        return numbers_at(at, len(self.engine.flows), self.first_file)

    def last_time(self, outline: Outline) -> int | None:
        """Return the time of the last packet of a capture: as `report` tells it, of one that is
        alone."""
        alone = len(self.run) == 1 and self.engine.frames
        return self.engine.last_time if alone else outline.last_ns

    def flow_tables(self, name: str, found: Mapping[int, list[Finding]]) -> Tables:
        """Return the rows of flows that begin in a capture, by their numbers, and of what was
        found in them."""

        def find(flow: Flow) -> list[Finding]:
            return found[flow.index]

        flows = with_column(self.flows.whole(found, find), CAPTURES, self.captures_over(found))
        findings = finding_table(self.engine, found, find, self.metadata)
        return {"flows": of_capture(name, flows), "findings": of_capture(name, findings)}

    def captures_over(self, numbers: Collection[int]) -> Any:
        """Return the column that says over which captures flows run."""
        if len(self.run) == 1:
            return CAPTURES.repeated(self.names, len(numbers))
        return CAPTURES.array([self.captures_of(number) for number in numbers])

    def parts_apart(self) -> list[range]:
        """Return the places in the run of captures that belong together: from one of these parts to
        the next no flow goes on."""
        starts = set(range(len(self.run)))
        for flow in self.engine.flows if len(starts) > 1 else ():
            first, last = self.file_of_row(flow.first_row), self.file_of_row(flow.last_row)
            starts.difference_update(range(first + 1, last + 1))
        return [range(*ends) for ends in pairwise([*sorted(starts), len(self.run)])]

    def file_of_row(self, row: int) -> int:
        """Return the place in the run of the capture that has a segment."""
        return self.engine.packets.position(row) >> FILE_SHIFT

    def first_file(self, number: int) -> int:
        """Return the place in the run of the capture in which a flow begins."""
        return self.file_of_row(self.engine.flows[number].first_row)

    def captures_of(self, number: int) -> list[str]:
        """Return the captures from that with the first segment of a flow to that with the last."""
        flow = self.engine.flows[number]
        return self.names[self.file_of_row(flow.first_row) : self.file_of_row(flow.last_row) + 1]


def numbers_at(file: int, count: int, file_of: Callable[[int], int]) -> range:
    """Return the numbers below ``count`` that belong to a file, where files ascend with numbers."""
    return range(*(bisect_left(range(count), one, key=file_of) for one in (file, file + 1)))


def of_capture(name: str, table: Any) -> Any:
    """Return a table with the name of its capture in all rows."""
    return with_column(table, CAPTURE, CAPTURE.repeated(name, table.num_rows))


def with_column(table: Any, made: TableColumn, values: Any) -> Any:
    """Return a table with one more column in front."""
    return table.add_column(0, made.arrow_field(), values)
