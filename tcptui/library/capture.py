"""Holds a capture that was read: its segments, flows, findings and events."""

import json
import weakref
from collections.abc import Iterator, Sequence
from functools import cached_property
from types import TracebackType
from typing import Any

from tcptui.build import build
from tcptui.capture.errors import WrongOption
from tcptui.capture.source import Source
from tcptui.diagnosis.event_text import event_facts
from tcptui.diagnosis.explain import Evidence
from tcptui.engine.engine import Engine
from tcptui.engine.events import Event
from tcptui.fields.columns.flow_writers import FlowWriter
from tcptui.fields.field import json_object
from tcptui.fields.reported import REPORTED
from tcptui.fields.schema import SCHEMA
from tcptui.fields.value_kind import BILLION
from tcptui.fields.view import View
from tcptui.filters.language import Expression
from tcptui.filters.selection import Selection, runs
from tcptui.findings.capture_findings import CaptureFindings, in_short
from tcptui.library.explanation import Explanation
from tcptui.library.facts import EventFacts, FindingFacts, SegmentFacts
from tcptui.library.flow import FlowFacts
from tcptui.library.ladder import ladder_text
from tcptui.library.table import Table
from tcptui.report.capture_facts import capture_facts, judgement, table_facts
from tcptui.report.evidence import evidence_of, missing, rows_of_frame
from tcptui.report.flow_formats import Find, capture_json
from tcptui.report.flow_texts import capture_finder
from tcptui.report.report import flow_numbers
from tcptui.report.rereading import reader


class Capture:
    """A capture that was read to its end.

    With a filter it has the segments that the filter selects, and their flows, whose figures stay
    those of the whole flow. It keeps its files open, to read packets again, until it is closed or
    nobody holds it any more.
    """

    def __init__(
        self,
        engine: Engine,
        source: Source,
        files: Sequence[str],
        wanted: Expression | None,
    ) -> None:
        self._engine = engine
        self._source = source
        self._files = files
        self._runs: list[tuple[int, int]] = [(0, engine.packets.count)]
        if wanted:
            selection = Selection(wanted, engine, source.read)
            self._runs = list(runs(selection.rows(0, engine.packets.count)))
        self._numbers = flow_numbers(engine, source, wanted)
        self._find: Find = capture_finder(engine, source)
        self.close = weakref.finalize(self, source.close)
        """Closes its files; packets are not read again then."""

    def __enter__(self) -> "Capture":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<tcptui capture of {self._engine.segments:,} segments: {', '.join(self._files)}>"

    # The whole

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What `report` says of the capture as a whole, its ``capture`` object."""
        found = CaptureFindings()
        for number in self._numbers:
            found.without_short(in_short(number, self._find(self._engine.flows[number])))
        facts = capture_facts(self._source, self._engine, self._files, build())
        told: dict[str, Any] = json.loads(capture_json(facts | judgement(facts, found)))
        return told

    @property
    def verdict(self) -> str:
        """``trouble``, ``note`` or ``ok``."""
        verdict: str = self.facts["verdict"]
        return verdict

    @property
    def warnings(self) -> list[str]:
        """What to know before trusting the result: where a file was cut, for instance."""
        warnings: list[str] = self.facts["warnings"]
        return warnings

    @property
    def rules(self) -> str:
        """The Wireshark release whose rules were followed."""
        return self._engine.rules.name

    # Its rows

    @cached_property
    def segments(self) -> Table[SegmentFacts]:
        """The TCP segments, with the columns of `packets`."""
        return Table("segments", self._segment_rows, self._segment_table)

    @cached_property
    def flows(self) -> Table[FlowFacts]:
        """The flows, with the columns of the CSV of `report`."""
        return Table("flows", self._flow_rows, self._flow_table)

    @cached_property
    def findings(self) -> Table[FindingFacts]:
        """What is worth knowing about the flows."""
        return Table("findings", self._finding_rows, self._finding_table)

    @cached_property
    def events(self) -> Table[EventFacts]:
        """What happened to the flows besides segments."""
        return Table("events", self._event_rows, self._event_table)

    def flow(self, index: int) -> FlowFacts:
        """Return the flow with a number, by a filter too. Raises CaptureError."""
        count = len(self._engine.flows)
        if not 0 <= index < count:
            known = f"the capture has flows 0 to {count - 1}" if count else "the capture has none"
            raise WrongOption(f"there is no flow {index}", ", ".join(self._files), known)
        return self._flow(self._flow_writer, index)

    def explain(self, frame: int) -> Explanation:
        """Return the evidence for the segments of a frame. Raises CaptureError."""
        known = 0 < frame <= self._engine.frames
        rows = rows_of_frame(self._engine, frame) if known else []
        if not rows:
            raise WrongOption(
                missing(self._engine, frame), ", ".join(self._files), "choose another frame"
            )
        return Explanation([self._evidence(row) for row in rows])

    def _evidence(self, row: int) -> Evidence:
        return evidence_of(self._engine, self._source, row)

    def _ladder(self, index: int, width: int) -> str:
        engine = self._engine
        return ladder_text(engine, engine.flows[index], width, reader(engine, self._source))

    # Rows as objects

    @cached_property
    def _flow_writer(self) -> FlowWriter:
        return REPORTED.json_writer(self._engine)

    def _flow(self, writer: FlowWriter, number: int) -> FlowFacts:
        flow = self._engine.flows[number]
        return FlowFacts(json.loads(writer.flow_text(number, flow, self._find(flow))), self._ladder)

    def _flow_rows(self) -> Iterator[FlowFacts]:
        return (self._flow(self._flow_writer, number) for number in self._numbers)

    def _segment_rows(self) -> Iterator[SegmentFacts]:
        view = View(self._engine, self._source.read)
        for start, stop in self._runs:
            for row in range(start, stop):
                yield SegmentFacts(json.loads(json_object(SCHEMA.default_columns, view, row)))

    def _finding_rows(self) -> Iterator[FindingFacts]:
        for flow in self._flow_rows():
            yield from flow.findings

    def _wanted_events(self) -> Iterator[Event]:
        events, numbers = self._engine.events, set(self._numbers)
        found = (events[number] for number in range(len(events)))
        return (event for event in found if event.flow in numbers)

    def _event_rows(self) -> Iterator[EventFacts]:
        for one in self._wanted_events():
            yield EventFacts(event_facts(self._engine, one) | {"time": one.time / BILLION})

    # Rows as tables

    def _segment_table(self) -> Any:
        from tcptui.tables.segments import SegmentTable

        view = View(self._engine, self._source.read)
        facts = table_facts(self._engine)
        return SegmentTable(view, SCHEMA.default_columns, facts).whole(self._runs)

    def _flow_table(self) -> Any:
        from tcptui.tables.flows import FlowTable

        return FlowTable(self._engine, table_facts(self._engine)).whole(self._numbers, self._find)

    def _finding_table(self) -> Any:
        from tcptui.tables.flows import finding_table

        facts = table_facts(self._engine)
        return finding_table(self._engine, self._numbers, self._find, facts)

    def _event_table(self) -> Any:
        from tcptui.tables.events import event_table

        return event_table(self._engine, self._wanted_events(), table_facts(self._engine))
