"""Finds which rows of a file are of which capture: those of one lie together."""

from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tcptui.data_set.columns import Unreadable
from tcptui.data_set.files import FlowFile
from tcptui.data_set.swept import SweptCapture

MOST_RUNS: Final = 3
"""Times the captures that the manifest names: of others a pool may still have rows."""


class FlowPart(NamedTuple):
    """The flows of one capture in a file, from row ``start`` until before ``stop``."""

    file: FlowFile
    capture: SweptCapture
    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many flows there are."""
        return self.stop - self.start


def parts_of(file: FlowFile, names: Any) -> list[FlowPart]:
    """Return the parts of a file by the names of captures in its rows; rows of others than the
    manifest says are in none. Raises Unreadable."""
    runs = pc.run_end_encode(names.indices)
    if len(runs.values) > MOST_RUNS * len(file.captures) + MOST_RUNS:
        raise Unreadable("its captures are mixed")
    found: list[FlowPart] = []
    start = 0
    of_runs = names.dictionary.take(runs.values).to_pylist()
    for name, stop in zip(of_runs, runs.run_ends.to_pylist(), strict=True):
        if name in file.captures:
            found.append(FlowPart(file, file.captures[name], start, stop))
        start = stop
    return found


def rows_of(parts: list[FlowPart], column: Any) -> Any:
    """Return the rows of a column that are in parts."""
    if sum(one.size for one in parts) == len(column):
        return column
    kept = [column.slice(one.start, one.size) for one in parts]
    return pa.concat_arrays(kept) if kept else column.slice(0, 0)
