"""Binary search in ascending row numbers."""

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
