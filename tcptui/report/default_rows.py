"""Prints the default columns of all rows, as text: what `tcptui packets` does without options.

Nothing is imported for it that only other columns take.
"""

from contextlib import closing
from typing import BinaryIO

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_row_engine
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.columns.packet_rows import RowWriter
from tcptui.fields.default_columns import DEFAULT_NAMES
from tcptui.report.processes import SMALLEST_SHARE, shares_of
from tcptui.report.row_ranges import rows_as_they_come
from tcptui.shortage import keep_freed

HEADER = "\t".join(name for name, _ in DEFAULT_NAMES) + "\n"


def print_default_rows(
    source: Source,
    out: BinaryIO,
    rules: Rules,
    jobs: int | None = None,
    smallest_share: int = SMALLEST_SHARE,
) -> Engine:
    """Analyse ``source`` and print its rows as they come; return an engine that has seen all
    packets.

    Several processes share the work, ``jobs`` or as many as there are processors, where a file has
    ``smallest_share`` bytes or more for each. Raises BrokenPipeError once nobody reads the rows.
    """
    keep_freed()
    out.write(HEADER.encode())
    shares = 1 if source.portions is None else shares_of(source, jobs, smallest_share)
    if shares < 2:
        return print_rows(source, out, rules)
    from tcptui.report.row_shares import print_shared_rows

    engine, printed = print_shared_rows(source, out, rules, shares)
    if printed < engine.segments:
        with closing(source.again()) as again:
            print_rows(again, out, rules, printed)
    out.flush()
    return engine


def print_rows(source: Source, out: BinaryIO, rules: Rules, start: int = 0) -> Engine:
    """Analyse ``source`` in this process alone, and print its rows from ``start`` on."""
    engine = new_row_engine(rules)
    writer = RowWriter()
    for first, behind in rows_as_they_come(source, engine, out, held_back=False):
        if behind > start:
            out.write(writer.rows(engine.packets, max(first, start), behind))
    out.flush()
    return engine
