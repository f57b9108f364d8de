"""`tcptui packets`: one row per TCP segment, printed while the capture is read."""

import json
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import BinaryIO

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.filters.fields import BY_NAME, DEFAULT_COLUMNS, Field, Kind, Value, View, value_text
from tcptui.report.packet_rows import RowWriter
from tcptui.session import analyse

Rows = Callable[[int, int], bytes]


class UnknownField(Exception):
    """A field name that no table has."""


def columns(names: Sequence[str]) -> tuple[Field, ...]:
    """The fields of these names; the default columns if there are none. UnknownField."""
    if not names:
        return DEFAULT_COLUMNS
    known = {field.name: field for field in DEFAULT_COLUMNS} | BY_NAME
    for name in names:
        if name not in known:
            near = ", ".join(get_close_matches(name, known)) or "see docs/filters.md"
            raise UnknownField(f"-e {name}: no such field ({near})")
    return tuple(known[name] for name in names)


def print_packets(source: Source, out: BinaryIO, names: Sequence[str], form: str) -> Engine:
    """Analyse ``source`` and print its rows as they come; the engine that did it.

    ``form`` is ``tsv`` (with a header line) or ``json`` (one object a line).
    """
    engine = Engine()
    fields = columns(names)
    rows = row_printer(engine, fields, form)
    if form == "tsv":
        out.write(("\t".join(field.name for field in fields) + "\n").encode())
    printed = 0
    for _ in analyse(source, engine):
        count = int(engine.packets.count)
        if count > printed:
            out.write(rows(printed, count))
            printed = count
    out.flush()
    return engine


def row_printer(engine: Engine, fields: tuple[Field, ...], form: str) -> Rows:
    """What turns a range of rows into bytes."""
    if form == "tsv" and fields == DEFAULT_COLUMNS:
        writer = RowWriter()
        return lambda start, stop: writer.rows(engine.packets, start, stop)
    view = View(engine)
    line = tsv_line if form == "tsv" else json_line
    return lambda start, stop: "".join(
        line(view, fields, row) for row in range(start, stop)
    ).encode()


def tsv_line(view: View, fields: tuple[Field, ...], row: int) -> str:
    return "\t".join(value_text(field.kind, field.get(view, row)) for field in fields) + "\n"


def json_line(view: View, fields: tuple[Field, ...], row: int) -> str:
    pairs = (
        f"{json.dumps(field.name)}: {json_value(field.kind, field.get(view, row))}"
        for field in fields
    )
    return "{" + ", ".join(pairs) + "}\n"


def json_value(kind: Kind, value: Value) -> str:
    """Numbers as numbers (seconds with nine decimals), absent as null."""
    if kind is Kind.SECONDS and value is not None:
        return value_text(kind, value)
    return json.dumps(value)
