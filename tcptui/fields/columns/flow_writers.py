"""Flows as text, field by field: a JSON object or a line of a comma-separated table each."""

from collections.abc import Callable
from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.fields.columns.flow_values import FlowReader, FlowValue
from tcptui.fields.columns.json_steps import JsonStep, vec_of
from tcptui.findings.capture_findings import write_short
from tcptui.findings.finding import Finding

COMMA: Final = 44


class FlowWriter:
    """Writes flows in one form; ``is_judged``: with what is wrong with them. Where it
    ``tells_short``, a flow's findings stand in short before its text."""

    def __init__(self, engine: Engine, is_judged: bool) -> None:
        self.reader: FlowReader = FlowReader(engine)
        self.reader.is_judged = is_judged
        self.out: BytesWriter = BytesWriter()
        self.tells_short: bool = False

    def flow_text(self, number: i64, flow: Flow, found: list[Finding]) -> bytes:
        """Return the text of one flow without a line end; ``number`` is its index in the whole
        capture."""
        out = self.out  # one for all flows has grown as large as they need
        out.truncate(0)
        if self.tells_short:
            write_short(out, number, found)
        self.reader.move_to_flow(number, flow, found)
        self.write_flow(out, self.reader)
        return out.getvalue()

    def write_flow(self, out: BytesWriter, at: FlowReader) -> None:
        raise NotImplementedError


class JsonWriter(FlowWriter):
    """Writes a flow as a JSON object."""

    def __init__(self, engine: Engine, is_judged: bool, steps: list[JsonStep], end: bytes) -> None:
        super().__init__(engine, is_judged)
        self.steps: Final = vec_of(steps)
        self.end: Final = end

    def write_flow(self, out: BytesWriter, at: FlowReader) -> None:
        for step in self.steps:
            step.write(out, at)
        out.write(self.end)


class CsvWriter(FlowWriter):
    """Writes a flow as a line of cells."""

    def __init__(self, engine: Engine, is_judged: bool, values: list[FlowValue]) -> None:
        super().__init__(engine, is_judged)
        self.values: list[FlowValue] = values

    def write_flow(self, out: BytesWriter, at: FlowReader) -> None:
        first = True
        for value in self.values:
            if not first:
                out.append(u8(COMMA))
            first = False
            value.write_cell(out, at)


class LineWriter(FlowWriter):
    """Writes a flow as the line that a function makes of it."""

    def __init__(
        self, engine: Engine, is_judged: bool, line: Callable[[FlowReader], bytes]
    ) -> None:
        super().__init__(engine, is_judged)
        self.line: Callable[[FlowReader], bytes] = line

    def write_flow(self, out: BytesWriter, at: FlowReader) -> None:
        out.write(self.line(at))
