"""Flows as text, field by field: a JSON object or a line of a comma-separated table each."""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.fields.columns.flow_values import FlowPlace, FlowValue
from tcptui.findings.finding import Finding

COMMA: Final = 44


class FlowWriter:
    """Writes flows in one form; ``is_judged``: with what is wrong with them."""

    def __init__(self, engine: Engine, is_judged: bool) -> None:
        self.place: FlowPlace = FlowPlace(engine)
        self.place.is_judged = is_judged

    def flow_text(self, number: i64, flow: Flow, found: list[Finding]) -> bytes:
        """Return the text of one flow without a line end; ``number`` is its index in the whole
        capture."""
        out = BytesWriter()
        self.place.move_to_flow(number, flow, found)
        self.write_flow(out, self.place)
        return out.getvalue()

    def write_flow(self, out: BytesWriter, at: FlowPlace) -> None:
        raise NotImplementedError


class JsonStep:
    """One field of a flow's object: its ``key``, with all that stands before it, and its value."""

    def __init__(self, key: bytes, value: FlowValue) -> None:
        self.key: bytes = key
        self.value: FlowValue = value

    def write(self, out: BytesWriter, at: FlowPlace) -> None:
        out.write(self.key)
        self.value.write_json(out, at)


class OptionalObject(JsonStep):
    """An object inside a flow's that is null where its first field is absent.

    ``key`` is its own, ``value`` that of its first field, ``steps`` are for all its fields.
    """

    def __init__(self, key: bytes, value: FlowValue, steps: list[JsonStep]) -> None:
        super().__init__(key, value)
        self.steps: list[JsonStep] = steps

    def write(self, out: BytesWriter, at: FlowPlace) -> None:
        out.write(self.key)
        if self.value.is_absent(at):
            out.write(b"null")
            return
        for step in self.steps:
            step.write(out, at)
        out.write(b"}")


class JsonWriter(FlowWriter):
    """Writes a flow as a JSON object."""

    def __init__(self, engine: Engine, is_judged: bool, steps: list[JsonStep], end: bytes) -> None:
        super().__init__(engine, is_judged)
        self.steps: list[JsonStep] = steps
        self.end: bytes = end

    def write_flow(self, out: BytesWriter, at: FlowPlace) -> None:
        for step in self.steps:
            step.write(out, at)
        out.write(self.end)


class CsvWriter(FlowWriter):
    """Writes a flow as a line of cells."""

    def __init__(self, engine: Engine, is_judged: bool, values: list[FlowValue]) -> None:
        super().__init__(engine, is_judged)
        self.values: list[FlowValue] = values

    def write_flow(self, out: BytesWriter, at: FlowPlace) -> None:
        first = True
        for value in self.values:
            if not first:
                out.append(u8(COMMA))
            first = False
            value.write_cell(out, at)
