"""The values of one field in many rows, as columns that other programs take over as they are."""

from collections.abc import Sequence
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64, u8

from tcptui.engine.engine import Engine
from tcptui.fields.columns.flow_walk import ABSENT
from tcptui.fields.columns.segment_values import RowReader, RowValue

Runs = Sequence[tuple[int, int]]
"""Ranges of rows: the first of each, and the one after its last."""
NONE_SEEN: Final = -1
SMALL_KEYS: Final = 4096
"""Keys below are found without a dictionary."""


def rows_in(runs: Runs) -> int:
    """Return how many rows there are in all runs."""
    return sum(stop - start for start, stop in runs)


class NumberColumn:
    """The numbers of a field; ``present`` has a bit for each, the lowest first, which is clear
    where the number is absent."""

    def __init__(self, rows: i64) -> None:
        self.numbers: vec[i64] = vec[i64]([0] * rows)
        self.present: vec[u8] = vec[u8]([255] * ((rows + 7) >> 3))
        self.absent: i64 = 0

    def clear(self, i: i64) -> None:
        """Note that number ``i`` is absent."""
        one: i64 = 1
        self.present[i >> 3] = u8(i64(self.present[i >> 3]) & ~(one << (i & 7)))
        self.absent += 1


def number_column(engine: Engine, value: RowValue, runs: Runs) -> NumberColumn:
    """Return the numbers that rows have."""
    column = NumberColumn(rows_in(runs))
    at = RowReader(engine)
    i: i64 = 0
    for start, stop in runs:
        row: i64 = start
        end: i64 = stop
        if row < end:
            at.move_with_events(row)  # none come while this runs
        while row < end:
            at.move_to_row(row)
            number = value.value(at)
            if number == ABSENT:
                column.clear(i)
            else:
                column.numbers[i] = number
            i += 1
            row += 1
    return column


class KeyColumn:
    """Tells which rows have the same value of a field: ``places`` says of each where in ``firsts``
    the first of them stands."""

    def __init__(self, rows: i64) -> None:
        self.places: vec[i32] = vec[i32]([0] * rows)
        self.firsts: vec[i64] = vec[i64]()
        self.small: vec[i32] = vec[i32]([NONE_SEEN] * SMALL_KEYS)
        self.large: dict[int, int] = {}

    def place_of(self, key: i64, row: i64) -> i64:
        """Return where the first row with a key stands; if none has it yet, this one comes last."""
        if 0 <= key < SMALL_KEYS:
            place = i64(self.small[key])
            if place == NONE_SEEN:
                place = self.add(row)
                self.small[key] = i32(place)
            return place
        known = self.large.get(key)
        if known is None:
            known = self.add(row)
            self.large[key] = known
        return known

    def add(self, row: i64) -> i64:
        """Add the first row with a key, and return where it stands."""
        self.firsts = append(self.firsts, row)
        return i64(len(self.firsts)) - 1


def key_column(engine: Engine, key: RowValue, runs: Runs) -> KeyColumn:
    """Return which rows have the same key, `ABSENT` among them."""
    column = KeyColumn(rows_in(runs))
    at = RowReader(engine)
    i: i64 = 0
    for start, stop in runs:
        row: i64 = start
        end: i64 = stop
        if row < end:
            at.move_with_events(row)  # none come while this runs
        while row < end:
            at.move_to_row(row)
            column.places[i] = i32(column.place_of(key.value(at), row))
            i += 1
            row += 1
    return column
