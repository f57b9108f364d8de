"""Writes segments, a line each, and says what any format of `tcptui packets` is."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.fields.columns.packet_rows import RowWriter
from tcptui.fields.columns.row_lines import RowLines
from tcptui.fields.columns.row_steps import (
    MadeStep,
    RowNumberStep,
    RowSecondsStep,
    RowStep,
    RowText,
    SharedStep,
    StepWriter,
)
from tcptui.fields.field import Field, json_value
from tcptui.fields.value_kind import ValueKind
from tcptui.fields.view import View

Fields = tuple[Field, ...]
RowRuns = Iterator[list[tuple[int, int]]]
"""The rows to be written as they come, each time some: ranges (first, after the last)."""


class RowFormat(NamedTuple):
    """A line for each row, and one before the first; ``lines`` makes what writes the rows."""

    header: Callable[[Fields], str]
    lines: Callable[[View, Fields], RowLines]
    default_lines: Callable[[Engine], RowLines] | None = None
    """Makes a faster writer of the default columns, where there is one."""


class TableFormat(NamedTuple):
    """A table of all rows."""

    write: Callable[[BinaryIO, View, Fields, RowRuns], None]


class PacketFormat(NamedTuple):
    """The frames that the rows are part of, each once, with their bytes."""

    write: Callable[[BinaryIO, Source, Engine, RowRuns], None]


AS_NUMBERS: Final = (ValueKind.NUMBER, ValueKind.SIGNED, ValueKind.BIT, ValueKind.PRESENCE)
AS_SECONDS: Final = (ValueKind.SECONDS, ValueKind.SHARE)
ABSENT_IN_JSON: Final = b"null"


def row_step(
    field: Field, before: bytes, absent: bytes, text: RowText, has_hex: bool = True
) -> RowStep:
    """Return what writes a field of a row behind ``before``; ``text`` makes it where it is no
    number of the packet columns. Without ``has_hex`` all numbers are decimal."""
    column, key = field.column, field.key
    if column is not None:
        if field.kind in AS_NUMBERS or (field.kind is ValueKind.HEX and not has_hex):
            return RowNumberStep(before, absent, column)
        if field.kind in AS_SECONDS:
            return RowSecondsStep(before, absent, column)
        if field.kind is ValueKind.HEX:
            key = column
    return MadeStep(before, text) if key is None else SharedStep(before, key, text)


def tsv_header(fields: Fields) -> str:
    return "\t".join(field.name for field in fields) + "\n"


def tsv_step(view: View, field: Field, before: str) -> RowStep:
    def text(row: int) -> str:
        return field.text(field.get(view, row))

    return row_step(field, before.encode(), b"", text)


def tsv_lines(view: View, fields: Fields) -> RowLines:
    steps = [tsv_step(view, field, "\t" if n else "") for n, field in enumerate(fields)]
    return StepWriter(view.engine, steps, b"\n")


def no_header(fields: Fields) -> str:
    return ""


def json_step(view: View, field: Field, before: str) -> RowStep:
    def text(row: int) -> str:
        return json_value(field.kind, field.get(view, row))

    key = f'{before}"{field.name}": '
    return row_step(field, key.encode(), ABSENT_IN_JSON, text, has_hex=False)


def json_lines(view: View, fields: Fields) -> RowLines:
    steps = [json_step(view, field, ", " if n else "{") for n, field in enumerate(fields)]
    return StepWriter(view.engine, steps, b"}\n")


TSV: Final = RowFormat(tsv_header, tsv_lines, RowWriter)
JSON: Final = RowFormat(no_header, json_lines)
