"""A row's line is written step by step: each step writes a field, and what stands before it."""

from collections.abc import Callable
from typing import Final

from librt.strings import BytesWriter, write_i32_le
from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.engine import Engine
from tcptui.fields.columns.flow_walk import ABSENT
from tcptui.fields.columns.row_lines import RowLines
from tcptui.fields.columns.segment_values import RowReader, RowValue
from tcptui.fields.columns.texts import utf8
from tcptui.text.digits import write_number, write_seconds

MOST_KEPT: Final = 10_000

RowText = Callable[[int], str]
"""Returns the text of a field in a row."""


class RowStep:
    """Writes one field: ``before`` is what stands before its value, ``absent`` what is written,
    ``before`` included, where the row lacks it."""

    def __init__(self, before: bytes, absent: bytes = b"") -> None:
        self.before: Final = before
        self.absent: Final = before + absent

    def write(self, out: BytesWriter, at: RowReader) -> None:
        """Write the field, and what stands before it."""
        raise NotImplementedError


class RowNumberStep(RowStep):
    """Writes a number that is read from the packet columns."""

    def __init__(self, before: bytes, absent: bytes, value: RowValue) -> None:
        super().__init__(before, absent)
        self.value: Final = value

    def write(self, out: BytesWriter, at: RowReader) -> None:
        number = self.value.value(at)
        if number == ABSENT:
            out.write(self.absent)
        else:
            out.write(self.before)
            write_number(out, number)


class RowSecondsStep(RowStep):
    """Writes nanoseconds that are read from the packet columns, as seconds."""

    def __init__(self, before: bytes, absent: bytes, value: RowValue) -> None:
        super().__init__(before, absent)
        self.value: Final = value

    def write(self, out: BytesWriter, at: RowReader) -> None:
        ns = self.value.value(at)
        if ns == ABSENT:
            out.write(self.absent)
        else:
            out.write(self.before)
            write_seconds(out, ns)


class SharedStep(RowStep):
    """Writes a text that all rows with the same ``key`` share: it is made for the first of them."""

    def __init__(self, before: bytes, key: RowValue, text: RowText) -> None:
        super().__init__(before)
        self.key: Final = key
        self.text: Final = text
        self.known: dict[int, bytes] = {}

    def write(self, out: BytesWriter, at: RowReader) -> None:
        key = self.key.value(at)
        known = self.known.get(key)
        if known is None:
            known = self.before + utf8(self.text(at.row))
            if len(self.known) == MOST_KEPT:
                self.known.clear()
            self.known[key] = known
        out.write(known)


class MadeStep(RowStep):
    """Writes a text that is made for each row."""

    def __init__(self, before: bytes, text: RowText) -> None:
        super().__init__(before)
        self.text: Final = text

    def write(self, out: BytesWriter, at: RowReader) -> None:
        out.write(self.before)
        out.write(utf8(self.text(at.row)))


class StepWriter(RowLines):
    """Writes rows field by field; ``end`` stands behind the last one."""

    def __init__(self, engine: Engine, steps: list[RowStep], end: bytes) -> None:
        super().__init__()
        self.reader: Final = RowReader(engine)
        self.end: Final = end
        found = vec[RowStep]()  # of which compiled code does not ask for the type of each
        for step in steps:
            found = append(found, step)
        self.steps: Final[vec[RowStep]] = found

    def write(self, start: i64, stop: i64) -> None:
        out = self.out
        at = self.reader
        if start < stop:
            at.move_with_events(start)  # none come while this runs
        row = start
        while row < stop:
            at.move_to_row(row)
            for step in self.steps:
                step.write(out, at)
            out.write(self.end)
            if self.notes_ends:
                write_i32_le(self.ends, i32(len(out)))
            row += 1
