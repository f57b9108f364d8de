"""`tcptui packets`: one row per TCP segment, printed while the capture is read."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import BinaryIO, Final

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.field import Field, ValueKind, json_object, value_text
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.filters.language import Expression
from tcptui.filters.selection import Selection, runs
from tcptui.report.packet_rows import RowWriter
from tcptui.session import analyse

Rows = Callable[[int, int], bytes]

AT_ONCE: Final = 65_536
"""Rows that are turned into bytes at once."""


class UnknownField(Exception):
    """A field name that no table has."""


def columns(names: Sequence[str]) -> tuple[Field, ...]:
    """The fields of these names; the default columns if there are none. UnknownField."""
    if not names:
        return SCHEMA.default_columns
    known = SCHEMA.by_name | {field.name: field for field in SCHEMA.default_columns}
    for name in names:
        if name not in known:
            near = ", ".join(get_close_matches(name, known)) or "see docs/filters.md"
            raise UnknownField(f"-e {name}: no such field ({near})")
    return tuple(known[name] for name in names)


def reads_bytes(fields: tuple[Field, ...]) -> bool:
    """Whether a field needs the packets' own bytes, so that the capture is read again."""
    return any(field.kind is ValueKind.BYTES for field in fields)


def print_packets(
    source: Source,
    out: BinaryIO,
    fields: tuple[Field, ...],
    form: str,
    rules: Rules,
    wanted: Expression | None = None,
) -> Engine:
    """Analyse ``source`` and print its rows as they come; the engine that did it.

    ``form`` is ``tsv`` (with a header line) or ``json`` (one object a line). Only the rows that
    ``wanted`` selects are printed. What is said of whole flows is known at the capture's end: a
    field or a filter of that kind holds all rows back until then.
    """
    engine = new_engine(rules)
    rows = row_printer(engine, source, fields, form)
    if wanted:
        rows = selected_rows(Selection(wanted, engine, source.read), rows)
    if form == "tsv":
        out.write(("\t".join(field.name for field in fields) + "\n").encode())
    held_back = any(field.of_flow for field in fields) or (wanted and wanted.of_flows)
    printed = 0
    for _ in analyse(source, engine):
        count = int(engine.packets.count)
        if count > printed and not held_back:
            out.write(rows(printed, count))
            printed = count
    for start in range(printed, int(engine.packets.count), AT_ONCE):
        out.write(rows(start, min(start + AT_ONCE, int(engine.packets.count))))
    out.flush()
    return engine


def selected_rows(selection: Selection, rows: Rows) -> Rows:
    """Of a range of rows only those that the filter selects."""

    def print_selected(start: int, stop: int) -> bytes:
        selection.renew()
        return b"".join(rows(first, last) for first, last in runs(selection.rows(start, stop)))

    return print_selected


def row_printer(engine: Engine, source: Source, fields: tuple[Field, ...], form: str) -> Rows:
    """What turns a range of rows into bytes."""
    if form == "tsv" and fields == SCHEMA.default_columns:
        writer = RowWriter()
        return lambda start, stop: writer.rows(engine.packets, start, stop)
    view = View(engine, source.read)
    line = tsv_line if form == "tsv" else json_line
    return lambda start, stop: "".join(
        line(view, fields, row) for row in range(start, stop)
    ).encode()


def tsv_line(view: View, fields: tuple[Field, ...], row: int) -> str:
    return "\t".join(value_text(field.kind, field.get(view, row)) for field in fields) + "\n"


def json_line(view: View, fields: tuple[Field, ...], row: int) -> str:
    return json_object(fields, view, row) + "\n"
