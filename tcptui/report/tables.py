"""Writes segments and flows as tables: Parquet files and Arrow streams."""

from collections.abc import Sequence
from typing import BinaryIO, Final

from tcptui.engine.engine import Engine
from tcptui.fields.view import View
from tcptui.report.capture_facts import Facts, table_facts
from tcptui.report.flow_formats import BinaryFormat, Find
from tcptui.report.row_formats import Fields, RowRuns, TableFormat
from tcptui.tables.flows import FlowTable
from tcptui.tables.parquet import parquet_writer, stream_writer
from tcptui.tables.segments import SegmentTable, in_batches


def flows_as_parquet(
    out: BinaryIO, facts: Facts, engine: Engine, numbers: Sequence[int], find: Find, judged: bool
) -> None:
    """Write flows as a Parquet file."""
    table = FlowTable(engine, table_facts(engine), judged)
    with parquet_writer(out, table.schema) as writer:
        for batch in table.batches(numbers, find):
            writer.write_batch(batch)


def rows_as_parquet(out: BinaryIO, view: View, fields: Fields, runs: RowRuns) -> None:
    """Write segments as a Parquet file, a row group for each batch."""
    table = SegmentTable(view, fields, table_facts(view.engine))
    with parquet_writer(out, table.schema) as writer:
        for batch in in_batches(one for some in runs for one in some):
            writer.write_batch(table.batch(batch))


def rows_as_stream(out: BinaryIO, view: View, fields: Fields, runs: RowRuns) -> None:
    """Write segments as an Arrow stream, so much at once as has come."""
    table = SegmentTable(view, fields, table_facts(view.engine))
    with stream_writer(out, table.schema) as writer:
        for some in runs:
            for batch in in_batches(some):
                writer.write_batch(table.batch(batch))


FLOWS_PARQUET: Final = BinaryFormat(flows_as_parquet)
ROWS_PARQUET: Final = TableFormat(rows_as_parquet)
ROWS_ARROW: Final = TableFormat(rows_as_stream)
