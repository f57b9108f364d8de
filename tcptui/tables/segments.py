"""Makes tables of segments: a row for each, a column for each field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import pyarrow as pa

from tcptui.fields.columns.row_columns import Runs, key_column, number_column
from tcptui.fields.columns.segment_values import RowValue
from tcptui.fields.field import Field
from tcptui.fields.view import View
from tcptui.tables.columns import TableColumn, buffer_of, column, schema_of, worded

BATCH_ROWS: Final = 1 << 17
"""Rows of a batch, and of a row group of Parquet."""
MOST_BITS: Final = 63
"""Those of a number that ``int64`` holds; what is counted of flows needs no more."""


class SegmentTable:
    """The fields of segments as columns."""

    def __init__(self, view: View, fields: Sequence[Field], metadata: Mapping[str, str]) -> None:
        self.view = view
        self.columns = [(field, segment_column(field)) for field in fields]
        self.schema = schema_of((made for _, made in self.columns), metadata)

    def batch(self, runs: Runs) -> Any:
        """Return the rows of some runs. Raises NoBytes, CaptureError."""
        arrays = [self.array(field, made, runs) for field, made in self.columns]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def whole(self, runs: Runs) -> Any:
        """Return all rows of some runs as one table. Raises NoBytes, CaptureError."""
        return pa.Table.from_batches([self.batch(runs)], self.schema)

    def array(self, field: Field, made: TableColumn, runs: Runs) -> Any:
        """Return a field of some runs as an array: without a copy where a number is its value."""
        if field.column is not None:
            return self.numbers(field.column, made, runs)
        if field.key is not None:
            return self.keyed(field, field.key, made, runs)
        rows = chain.from_iterable(range(start, stop) for start, stop in runs)
        return made.array([field.get(self.view, row) for row in rows])

    def numbers(self, value: RowValue, made: TableColumn, runs: Runs) -> Any:
        """Return numbers that are read from the packet columns."""
        found = number_column(self.view.engine, value, runs)
        buffers = [buffer_of(found.present) if found.absent else None, buffer_of(found.numbers)]
        numbers = pa.Array.from_buffers(
            pa.int64(), len(found.numbers), buffers, null_count=found.absent
        )
        return made.numeric(numbers)

    def keyed(self, field: Field, key: RowValue, made: TableColumn, runs: Runs) -> Any:
        """Return values that all rows with the same key share; each of them is made once."""
        found = key_column(self.view.engine, key, runs)
        buffers = [None, buffer_of(found.places)]
        places = pa.Array.from_buffers(pa.int32(), len(found.places), buffers)
        made_once = [field.get(self.view, row) for row in found.firsts]
        if made.words and not made.several:
            word_places = pa.array(
                [None if word is None else made.words.index(str(word)) for word in made_once],
                pa.int32(),
            )
            return worded(word_places.take(places), made.words)
        return made.array(made_once).take(places)


def segment_column(field: Field) -> TableColumn:
    """Return the column of a field of segments: a list where a packet can have it several times, in
    tunnels for instance."""
    several = not (field.column or field.single)
    return column(
        field.name,
        field.kind,
        field.doc,
        unit=field.unit,
        words=field.choices,
        several=several,
        is_moment=field.is_moment,
        is_large=field.bits > MOST_BITS and not field.of_flow,
    )


def in_batches(runs: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield runs, cut and put together so that each batch has as many rows as it may."""
    batch: list[tuple[int, int]] = []
    room = BATCH_ROWS
    for start, stop in runs:
        while start < stop:
            end = min(stop, start + room)
            batch.append((start, end))
            room -= end - start
            start = end
            if not room:
                yield batch
                batch, room = [], BATCH_ROWS
    if batch:
        yield batch
