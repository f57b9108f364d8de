"""Tests the values of columns: which rows have one that passes. What is stored once is tested
once."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

ValueTest = Callable[[Any], Any]
"""Says of an array of values which of them pass."""


def rows_that_pass(column: Any, test: ValueTest) -> Any:
    """Return which rows have a value that passes a test, or one in their list."""
    if pa.types.is_dictionary(column.type):
        return known(test(column.dictionary).take(column.indices))
    if pa.types.is_list(column.type):
        return rows_with(column, known(test(column.flatten())))
    return known(test(column))


def known(mask: Any) -> Any:
    """Return a mask that is false where there was no value."""
    return pc.fill_null(mask, fill_value=False)


def rows_with(lists: Any, fits: Any) -> Any:
    """Return which rows have a value in their lists that fits, of all values after each other."""
    found = pc.list_parent_indices(lists).filter(fits)
    if len(found) == 0:
        return pa.repeat(pa.scalar(value=False), len(lists))
    every = pc.indices_nonzero(pa.repeat(pa.scalar(value=True), len(lists)))
    return pc.is_in(every, value_set=found.cast(every.type))


def one_of(words: Sequence[str]) -> ValueTest:
    """Return the test whether a value is one of these words."""
    return lambda values: pc.is_in(values, value_set=pa.array(words, pa.string()))
