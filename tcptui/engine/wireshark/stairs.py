"""Stairs are those of many ranges that no other one contains, in order: they begin and end higher
and higher.

Whether one of the many has all of a given range is then a binary search: of those that begin early
enough the last step ends last.
"""

from librt.vecs import vec
from mypy_extensions import i64


class Stairs:
    """Ranges ``starts[i]`` … ``ends[i]`` in numbers that do not wrap, at most so many."""

    def __init__(self, most: i64) -> None:
        self.starts: vec[i64] = vec[i64]([0] * most)
        self.ends: vec[i64] = vec[i64]([0] * most)
        self.count: i64 = 0

    def step(self, start: i64, end: i64) -> None:
        """Take a range that begins no earlier than the others."""
        at = self.count
        if at > 0:
            if end <= self.ends[at - 1]:
                return
            if start == self.starts[at - 1]:
                at -= 1
        self.starts[at] = start
        self.ends[at] = end
        self.count = at + 1

    def cover(self, start: i64, end: i64) -> bool:
        """Return whether one range has all of this one."""
        low: i64 = 0
        high = self.count
        while low < high:
            middle = (low + high) >> 1
            if self.starts[middle] <= start:
                low = middle + 1
            else:
                high = middle
        return low > 0 and self.ends[low - 1] >= end


def merged(one: Stairs, other: Stairs) -> Stairs:
    """Return the stairs of the ranges of both."""
    both = Stairs(one.count + other.count)
    i: i64 = 0
    j: i64 = 0
    while i < one.count or j < other.count:
        if j == other.count or (i < one.count and one.starts[i] <= other.starts[j]):
            both.step(one.starts[i], one.ends[i])
            i += 1
        else:
            both.step(other.starts[j], other.ends[j])
            j += 1
    return both
