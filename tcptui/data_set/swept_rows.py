"""Holds the flows of a data set in columns, a piece for each file; columns are read when they are
first asked for."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tcptui.data_set.columns import CAPTURE, MOST_FLOWS, TEXT, Unreadable, absent, read_columns
from tcptui.data_set.files import FlowFile
from tcptui.data_set.parts import FlowPart, parts_of, rows_of
from tcptui.data_set.standing import STANDING_COLUMNS, FileStanding, standing_of
from tcptui.data_set.value_tests import ValueTest, rows_that_pass
from tcptui.escapes import visible
from tcptui.text.amounts import amount, count

MOST_REASON: Final = 120
Progress = Callable[[float], bool]
"""Is told how far reading has come, and returns whether to go on."""


class SweptRows:
    """The flows of some files, a row each: row 0 is the first flow of the first file.

    ``parts`` are the flows of one capture each, in the order of their rows. ``notes`` has a line
    for each file that was left out. ``standing`` says how far up a flow stands, ``failed`` whether
    it was refused, not answered or cut, ``part_numbers`` which part it is in.
    """

    def __init__(self, files: Sequence[FlowFile], progress: Progress) -> None:
        self.files: list[FlowFile] = []
        self.starts: list[int] = []
        self.sizes: list[int] = []
        self.parts_of_files: list[list[FlowPart]] = []
        self.count = 0
        self.notes: list[str] = []
        self.pieces: dict[str, list[Any]] = {name: [] for name in STANDING_COLUMNS}
        self.standing = pa.chunked_array([], pa.int64())
        self.failed = pa.chunked_array([], pa.bool_())
        self.find_standing(files, progress)
        self.parts = [part for parts in self.parts_of_files for part in parts]
        self.part_starts = [0, *accumulate(part.size for part in self.parts)]
        self.part_numbers = self.numbered_parts()

    def find_standing(self, files: Sequence[FlowFile], progress: Progress) -> None:
        """Read of each file what says how far up its flows stand; leave out those that cannot be
        read."""
        found: list[FileStanding] = []
        for at, file in enumerate(files):
            if not progress(at / len(files)):
                break
            try:
                names, *read = read_columns(file.path, (CAPTURE, *STANDING_COLUMNS))
                parts = parts_of(file, names)
            except Unreadable as error:
                self.leave_out(file, str(error))
                continue
            pieces = [rows_of(parts, one) for one in read]
            rows = len(pieces[0])
            if self.count + rows > MOST_FLOWS:
                left = amount(len(files) - at, "file")
                self.notes.append(f"more than {count(MOST_FLOWS)} flows: {left} left out")
                break
            columns = dict(zip(STANDING_COLUMNS, pieces, strict=True))
            found.append(standing_of(columns))
            for name, piece in columns.items():
                self.pieces[name].append(piece)
            self.files.append(file)
            self.starts.append(self.count)
            self.sizes.append(len(names))
            self.parts_of_files.append(parts)
            self.count += rows
        self.standing = pa.chunked_array([one.standing for one in found], pa.int64())
        self.failed = pa.chunked_array([one.failed for one in found], pa.bool_())

    def leave_out(self, file: FlowFile, why: str) -> None:
        """Note why the flows of a file, or more of them, are not there."""
        self.notes.append(f"{visible(file.path)}: {visible(why)[:MOST_REASON]}")

    def numbered_parts(self) -> Any:
        """Return the number of the part of each row."""
        numbers = [
            pa.repeat(pa.scalar(number, pa.int32()), part.size)
            for number, part in enumerate(self.parts)
        ]
        return pa.chunked_array([pa.concat_arrays(numbers)] if numbers else [], pa.int32())

    def column(self, name: str) -> Any:
        """Return a column of all flows, of texts each for itself."""
        self.read(name)
        type = absent(name, 0).type
        whole = pa.chunked_array(self.pieces[name], type)
        return whole.cast(pa.string()) if type == TEXT else whole

    def tested(self, name: str, test: ValueTest) -> Any:
        """Return which flows have a value in a column that passes a test."""
        self.read(name)
        pieces = [rows_that_pass(piece, test) for piece in self.pieces[name]]
        return pa.chunked_array(pieces, pa.bool_())

    def read(self, *names: str) -> None:
        """Read what was not read before of some columns."""
        for number in range(len(self.files)):
            self.read_file(number, names)

    def read_file(self, number: int, names: Sequence[str]) -> None:
        """Read what was not read before of some columns of a file; it has no values where the file
        has changed meanwhile."""
        for name in names:
            self.pieces.setdefault(name, [None] * len(self.files))
        missing = [name for name in names if self.pieces[name][number] is None]
        if not missing:
            return
        file, parts = self.files[number], self.parts_of_files[number]
        try:
            read = read_columns(file.path, missing)
            if any(len(column) != self.sizes[number] for column in read):
                raise Unreadable("it has changed meanwhile")
            found = [rows_of(parts, column) for column in read]
        except Unreadable as error:
            self.leave_out(file, str(error))
            found = [absent(name, sum(one.size for one in parts)) for name in missing]
        for name, piece in zip(missing, found, strict=True):
            self.pieces[name][number] = piece

    def of_parts(self, value: Callable[[FlowPart], Any], type: Any) -> Any:
        """Return a column whose value depends on the part alone."""
        return pa.array([value(part) for part in self.parts], type).take(self.part_numbers)

    def place_of(self, row: int) -> tuple[int, int]:
        """Return the number of a row's file, and the row's place in that."""
        number = bisect_right(self.starts, row) - 1
        return number, row - self.starts[number]

    def part_of(self, row: int) -> FlowPart:
        """Return the part that has a row."""
        return self.parts[bisect_right(self.part_starts, row) - 1]

    def values(self, row: int, names: Sequence[str]) -> dict[str, Any]:
        """Return values of a row; None where there is none."""
        number, place = self.place_of(row)
        self.read_file(number, names)
        return {name: self.pieces[name][number][place].as_py() for name in names}

    def worst_first(self) -> Any:
        """Return all rows, the worst first."""
        return pc.sort_indices(self.standing, sort_keys=[("", "descending")])


def rows_where(mask: Any, order: Any) -> Any:
    """Return those rows of an order for which a mask holds."""
    return order.filter(pc.take(mask.combine_chunks(), order))
