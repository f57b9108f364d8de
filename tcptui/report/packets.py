"""Prints one row per TCP segment while the capture is read: `tcptui packets`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.columns.row_lines import RowLines
from tcptui.fields.columns.segment_values import TimeInterval
from tcptui.fields.field import Field
from tcptui.fields.schema import SCHEMA, not_yet
from tcptui.fields.view import View
from tcptui.report.output_formats import PACKET_FORMATS, TSV, writer_of
from tcptui.report.row_formats import PacketFormat, RowFormat, RowRuns, TableFormat
from tcptui.report.row_ranges import rows_as_they_come
from tcptui.report.text_rows import RowForm, print_text_rows

if TYPE_CHECKING:  # the filters take a tenth of a start
    from tcptui.filters.language import Expression


class UnknownField(Exception):
    """No field has this name."""


def columns(names: Sequence[str], release: str) -> tuple[Field, ...]:
    """Return the fields of these names, as a Wireshark release has them; the default columns if
    there are none. Raises UnknownField."""
    if not names:
        return SCHEMA.default_columns
    known = SCHEMA.by_name | {field.name: field for field in SCHEMA.default_columns}
    for name in names:
        if name not in known:
            raise UnknownField(f"-e {why_unknown(name, known)}")
        if not known[name].is_in(release):
            raise UnknownField(f"-e {name}: {not_yet(known[name], release)}")
    return tuple(known[name] for name in names)


def why_unknown(name: str, known: Iterable[str]) -> str:
    """Return why no field has this name, and which names are like it."""
    from difflib import get_close_matches

    from tcptui.filters.language import elsewhere, unknown

    if elsewhere(name):
        return unknown(name)
    near = get_close_matches(name, known)
    hint = f"did you mean {' or '.join(near)}?" if near else "docs/filters.md lists them"
    return f"{name}: there is no such field; {hint}"


def reads_bytes(fields: tuple[Field, ...]) -> bool:
    """Return whether a field needs the packets' own bytes, so that the capture is read again."""
    return any(field.from_packet for field in fields)


def print_packets(
    source: Source,
    out: BinaryIO,
    fields: tuple[Field, ...],
    form: str,
    rules: Rules,
    wanted: "Expression | None" = None,
    jobs: int | None = None,
) -> Engine:
    """Analyse ``source`` and print its rows as they come; return the engine that did it.

    Where packets come as time goes by, the rows so far are seen meanwhile, and BrokenPipeError is
    raised once nobody reads them. Raises SaveError where the format cannot have the packets.
    ``form`` is the name of one of PACKET_FORMATS; all but TSV have a field once that is asked for
    twice. Only the rows that ``wanted`` selects are
    printed. What is said of whole flows is known at the capture's end: a
    field or a filter of that kind holds all rows back until then. Several processes may share the
    work, ``jobs`` or as many as there are processors.
    """
    row_format: RowFormat | TableFormat | PacketFormat = writer_of(PACKET_FORMATS, form)
    if form != TSV.name:  # values go by their names there, and a name stands once
        fields = tuple({field.name: field for field in fields}.values())
    if isinstance(row_format, RowFormat):
        return print_text_rows(source, out, rules, row_form(row_format, fields, wanted), jobs)
    engine = new_engine(rules)
    is_table = isinstance(row_format, TableFormat)
    held_back = asks_of_flows(fields, wanted) or (is_table and source.at_rest)
    found = wanted_rows(rows_as_they_come(source, engine, out, held_back), engine, source, wanted)
    if isinstance(row_format, PacketFormat):
        row_format.write(out, source, engine, found)
    else:
        row_format.write(out, View(engine, source.read), fields, found)
    out.flush()
    return engine


def asks_of_flows(fields: tuple[Field, ...], wanted: "Expression | None") -> bool:
    """Return whether a field or the filter says something of whole flows."""
    return any(field.of_flow for field in fields) or (wanted is not None and wanted.of_flows)


def row_form(
    row_format: RowFormat, fields: tuple[Field, ...], wanted: "Expression | None" = None
) -> RowForm:
    """Return what rows look like that have these fields in a format, of which some are wanted."""

    def lines(engine: Engine, source: Source) -> RowLines:
        if row_format.default_lines and fields == SCHEMA.default_columns:
            return row_format.default_lines(engine)
        return row_format.lines(View(engine, source.read), fields)

    asks_times = any(isinstance(field.column, TimeInterval) for field in fields)
    return RowForm(
        row_format.header(fields).encode(),
        lines,
        needs_times=asks_times or wanted is not None,
        wanted=wanted,
        of_rows=all(field.is_of_rows for field in fields) and (wanted is None or wanted.of_rows),
        held_back=asks_of_flows(fields, wanted),
    )


def wanted_rows(
    ranges: Iterator[tuple[int, int]], engine: Engine, source: Source, wanted: "Expression | None"
) -> RowRuns:
    """Yield of each range of rows those that the filter selects, as ranges."""
    if not wanted:
        yield from ([one] for one in ranges)
        return
    from tcptui.filters.selection import Selection, runs, say_if_none

    selection = Selection(wanted, engine, source.read)
    any_found = False
    for start, stop in ranges:
        selection.renew()
        found = list(runs(selection.rows(start, stop)))
        any_found = any_found or bool(found)
        yield found
    say_if_none(any_found, engine)
