"""Holds which flows of a data set are shown, and in which order."""

from typing import Any

import pyarrow.compute as pc

from tcptui.data_set.listing import SHOWN, SORT_DEFAULT, SweptLine, read_line, sorted_rows
from tcptui.data_set.row_filter import EVERYTHING, SEARCHED, AskedRows
from tcptui.data_set.swept_rows import Progress, SweptRows, rows_where


class ShownFlows:
    """The rows of the flows that a filter keeps, by what was chosen to sort by; other choices make
    another one."""

    def __init__(
        self,
        rows: SweptRows,
        asked: AskedRows = EVERYTHING,
        sort: str = SORT_DEFAULT,
        descending: bool = True,
        ranked: Any = None,
    ) -> None:
        self.rows = rows
        self.asked = asked
        self.sort, self.descending = sort, descending
        self.ranked = sorted_rows(rows, sort, descending) if ranked is None else ranked
        mask = asked.mask
        self.order = self.ranked if mask is None else rows_where(mask(rows), self.ranked)

    def sorted_by(self, sort: str, descending: bool) -> "ShownFlows":
        """Return the same flows in another order."""
        return ShownFlows(self.rows, self.asked, sort, descending)

    def kept(self, asked: AskedRows) -> "ShownFlows":
        """Return the flows that are asked for, in the same order."""
        return ShownFlows(self.rows, asked, self.sort, self.descending, self.ranked)

    @property
    def count(self) -> int:
        """How many flows are shown."""
        return len(self.order)

    def row_at(self, place: int) -> int:
        """Return the row of the flow in a line."""
        row: int = self.order[place].as_py()
        return row

    def place_of(self, row: int) -> int | None:
        """Return the line of a row; None where it is not shown."""
        place: int = pc.index(self.order, row).as_py()
        return place if place >= 0 else None

    def listed(self, place: int) -> SweptLine:
        """Return what a line tells of its flow."""
        return read_line(self.rows, self.row_at(place))

    def read_ahead(self, progress: Progress) -> None:
        """Read what the list shows and words are looked for in, of all flows."""
        files = len(self.rows.files)
        for number in range(files):
            if not progress(number / files):
                return
            self.rows.read_file(number, (*SHOWN, *SEARCHED))

    def column(self, values: Any) -> Any:
        """Return a column of all flows for those that are shown, in their order."""
        return values.take(self.order)
