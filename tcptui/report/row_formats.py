"""Writes segments, a line each, and says what any format of `tcptui packets` is."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.fields.columns.packet_rows import RowWriter
from tcptui.fields.field import Field, json_object
from tcptui.fields.view import View

Fields = tuple[Field, ...]
RowRuns = Iterator[list[tuple[int, int]]]
"""The rows to be written as they come, each time some: ranges (first, after the last)."""


class RowFormat(NamedTuple):
    """A line for each row, and one before the first."""

    header: Callable[[Fields], str]
    line: Callable[[View, Fields, int], str]
    default_rows: Callable[[], RowWriter] | None = None
    """Makes a faster writer of the default columns, where there is one."""


class TableFormat(NamedTuple):
    """A table of all rows."""

    write: Callable[[BinaryIO, View, Fields, RowRuns], None]


class PacketFormat(NamedTuple):
    """The frames that the rows are part of, each once, with their bytes."""

    write: Callable[[BinaryIO, Source, Engine, RowRuns], None]


def tsv_header(fields: Fields) -> str:
    return "\t".join(field.name for field in fields) + "\n"


def tsv_line(view: View, fields: Fields, row: int) -> str:
    return "\t".join(field.text(field.get(view, row)) for field in fields) + "\n"


def no_header(fields: Fields) -> str:
    return ""


def json_line(view: View, fields: Fields, row: int) -> str:
    return json_object(fields, view, row) + "\n"


TSV: Final = RowFormat(tsv_header, tsv_line, RowWriter)
JSON: Final = RowFormat(no_header, json_line)
