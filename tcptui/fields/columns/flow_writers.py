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
    """Writes flows in one form."""

    def __init__(self, engine: Engine) -> None:
        self.place: FlowPlace = FlowPlace(engine)

    def flow_text(self, number: i64, flow: Flow, found: list[Finding]) -> bytes:
        """One flow without a line end; ``number`` is its index in the whole capture."""
        out = BytesWriter()
        self.place.move_to_flow(number, flow, found)
        self.write_flow(out, self.place)
        return out.getvalue()

    def write_flow(self, out: BytesWriter, at: FlowPlace) -> None:
        raise NotImplementedError


class JsonStep:
    """One field of a flow's object: what stands before and behind its value.

    ``before`` is not empty where an inner object begins that is null if this field, its first, is
    absent: then the ``inside`` fields behind it are left out too. ``key`` and the value follow.
    """

    def __init__(
        self, before: bytes, inside: int, key: bytes, value: FlowValue, behind: bytes
    ) -> None:
        self.before: bytes = before
        self.inside: i64 = inside
        self.key: bytes = key
        self.value: FlowValue = value
        self.behind: bytes = behind


class JsonWriter(FlowWriter):
    """Writes a flow as a JSON object."""

    def __init__(self, engine: Engine, steps: list[JsonStep]) -> None:
        super().__init__(engine)
        self.steps: list[JsonStep] = steps

    def write_flow(self, out: BytesWriter, at: FlowPlace) -> None:
        steps = self.steps
        i: i64 = 0
        while i < i64(len(steps)):
            step = steps[i]
            i += 1
            if len(step.before) != 0:
                out.write(step.before)
                if step.value.is_absent(at):
                    out.write(b"null")
                    i += step.inside
                    continue
            out.write(step.key)
            step.value.write_json(out, at)
            if len(step.behind) != 0:
                out.write(step.behind)
        out.write(b"}")


class CsvWriter(FlowWriter):
    """Writes a flow as a line of cells."""

    def __init__(self, engine: Engine, values: list[FlowValue]) -> None:
        super().__init__(engine)
        self.values: list[FlowValue] = values

    def write_flow(self, out: BytesWriter, at: FlowPlace) -> None:
        first = True
        for value in self.values:
            if not first:
                out.append(u8(COMMA))
            first = False
            value.write_cell(out, at)
