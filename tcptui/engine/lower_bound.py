"""Binary search in ascending numbers."""

from librt.vecs import vec
from mypy_extensions import i32, i64


def lower_bound(rows: vec[i32], row: i64) -> i64:
    """Return where the first of ascending ``rows`` not before ``row`` stands, or their number."""
    low: i64 = 0
    high: i64 = len(rows)
    while low < high:
        middle = (low + high) >> 1
        if i64(rows[middle]) < row:
            low = middle + 1
        else:
            high = middle
    return low


def first_not_below(numbers: vec[i64], number: i64) -> i64:
    """Return where the first of ascending ``numbers`` not below ``number`` stands, or how many
    there are: :func:`lower_bound` of what 32 bits do not hold."""
    low: i64 = 0
    high: i64 = len(numbers)
    while low < high:
        middle = (low + high) >> 1
        if numbers[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low
