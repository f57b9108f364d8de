"""Chooses the cells in which the values of a column are collected, and hands them to Arrow without
a copy."""

from typing import Any

import pyarrow as pa

from tcptui.fields.columns.flow_columns import Cells, ListCells, NumberCells, TextCells, WordCells
from tcptui.tables.columns import TableColumn, buffer_of, worded


def new_cells(made: TableColumn) -> Cells:
    """Return empty cells for a column."""
    if made.words:
        one: Cells = WordCells(made.words)
    else:
        one = TextCells() if made.type == pa.string() else NumberCells()
    return ListCells(one) if made.several else one


def array_of(made: TableColumn, cells: Cells) -> Any:
    """Return the cells of a column as an array."""
    if isinstance(cells, ListCells):
        items = plain_array_of(made, cells.items)
        return taken_over(cells, made.whole_type, cells.ends, children=[items])
    return plain_array_of(made, cells)


def plain_array_of(made: TableColumn, cells: Cells) -> Any:
    """Return cells that have one value each as an array."""
    if isinstance(cells, WordCells):
        return worded(taken_over(cells, pa.int32(), cells.places), made.words)
    if isinstance(cells, TextCells):
        return taken_over(cells, pa.string(), cells.ends, cells.bytes())
    assert isinstance(cells, NumberCells)
    return made.numeric(taken_over(cells, pa.int64(), cells.numbers))


def taken_over(cells: Cells, type: Any, *held: Any, children: Any = None) -> Any:
    """Return an array of a type whose buffers are those of cells."""
    buffers = [buffer_of(cells.present) if cells.absent else None, *map(buffer_of, held)]
    return pa.Array.from_buffers(
        type, cells.count, buffers, null_count=cells.absent, children=children
    )
