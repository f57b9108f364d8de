"""Coverage is which bytes of a direction passed here: the highest end and the holes below it."""

from bisect import bisect_right
from typing import Final

from mypy_extensions import i64

from tcptui.engine.sequence import MASK32, s32

MOST_HOLES: Final = 4096


class Coverage:
    """Ranges of raw sequence numbers below the highest end that did not pass here.

    They are kept in order as numbers that do not wrap: ``starts`` and ``ends`` count from where
    the 32-bit numbers of the first hole do. Beyond `MOST_HOLES` new holes are forgotten: what
    fills them then counts as repeated.
    """

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.edge: i64 = 0
        """The end of the last hole that was added."""

    @property
    def count(self) -> i64:
        return i64(len(self.starts))

    def unwrapped(self, number: i64) -> i64:
        """Return the number nearest to the edge that equals ``number`` modulo 2**32."""
        return self.edge + s32(number - self.edge)

    def add(self, start: i64, end: i64) -> None:
        """Add a hole from ``start`` up to ``end``, behind all others."""
        low = self.unwrapped(start)
        if low < self.edge:  # the numbers have gone round since: nothing will fill the others
            self.starts.clear()
            self.ends.clear()
        self.edge = low + ((end - start) & MASK32)
        if len(self.starts) < MOST_HOLES:
            self.starts.append(low)
            self.ends.append(self.edge)

    def fill(self, start: i64, end: i64) -> i64:
        """Note that the bytes from ``start`` to ``end`` passed, and return how many of them lay in
        holes."""
        low = self.unwrapped(start)
        high = low + ((end - start) & MASK32)
        first: i64 = bisect_right(self.ends, low)
        last = first
        filled: i64 = 0
        while last < len(self.starts) and self.starts[last] < high:
            from_ = i64(self.starts[last])
            to = i64(self.ends[last])
            filled += (to if to < high else high) - (from_ if from_ > low else low)
            last += 1
        if last > first:
            self.replace(first, last, low, high)
        return filled

    def replace(self, first: i64, last: i64, low: i64, high: i64) -> None:
        """Leave of the holes ``first`` … ``last - 1`` what is outside ``low`` … ``high``."""
        starts: list[int] = []
        ends: list[int] = []
        if self.starts[first] < low:
            starts.append(self.starts[first])
            ends.append(low)
        if self.ends[last - 1] > high and len(self.starts) + len(starts) <= MOST_HOLES:
            starts.append(high)
            ends.append(self.ends[last - 1])
        self.starts[first:last] = starts
        self.ends[first:last] = ends
