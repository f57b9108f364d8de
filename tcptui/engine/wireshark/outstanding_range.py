"""The range of the numbers of several outstanding segments, which tells whether they fare alike."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.sequence import MASK32, s32

HALF: Final = 1 << 31
NOT_CUT: Final = -1

UNTOUCHED: Final = 0
CUT: Final = 1
EACH: Final = 2
"""What an acknowledgment that ends no entry does to the starts: nothing, it cuts them all alike, or
it takes a look at each."""


class OutstandingRange:
    """How far below and above ``anchor`` the starts and ends of some entries lie.

    ``cut`` is an acknowledgment that is still to be taken off the starts, which ``lowest`` and
    ``last_start`` already show; ``first_start`` is the lowest start before it was cut.
    """

    def __init__(self) -> None:
        self.used: i64 = 0
        self.forget(0)

    def forget(self, anchor: i64) -> None:
        """Have no entry."""
        self.anchor: i64 = anchor
        self.first_start: i64 = HALF
        self.lowest: i64 = HALF
        self.last_start: i64 = -HALF
        self.first_end: i64 = HALF
        self.last_end: i64 = -HALF
        self.cut: i64 = NOT_CUT

    def widen(self, start: i64, end: i64) -> None:
        """There is an entry with these numbers."""
        start = s32(start - self.anchor)
        end = s32(end - self.anchor)
        if start < self.first_start:
            self.first_start = start
        if start < self.lowest:
            self.lowest = start
        if start > self.last_start:
            self.last_start = start
        if end < self.first_end:
            self.first_end = end
        if end > self.last_end:
            self.last_end = end

    def join(self, other: "OutstandingRange") -> None:
        """The entries of ``other`` too."""
        by = s32(other.anchor - self.anchor)
        self.first_start = min(self.first_start, other.first_start + by)
        self.lowest = min(self.lowest, other.lowest + by)
        self.last_start = max(self.last_start, other.last_start + by)
        self.first_end = min(self.first_end, other.first_end + by)
        self.last_end = max(self.last_end, other.last_end + by)

    def is_first(self, start: i64) -> bool:
        """Whether an entry that starts there would be the lowest."""
        return s32(start - self.anchor) < self.lowest

    def is_within(self, ack: i64) -> bool:
        """Whether all ends lie in the half of the number space that ends with ``ack``."""
        from_first = (ack - self.anchor - self.first_end) & MASK32
        size = self.last_end - self.first_end
        return size <= from_first < HALF

    def is_beyond(self, ack: i64) -> bool:
        """Whether all ends lie in the other half."""
        from_first = (ack - self.anchor - self.first_end) & MASK32
        size = self.last_end - self.first_end
        return from_first >= HALF + size

    def cut_starts(self, ack: i64) -> i64:
        """Cut the starts of entries of which none is acknowledged to its end, if all fare alike."""
        size = self.last_start - self.lowest
        if size >= HALF:
            return EACH
        before = ack - 1 - self.anchor
        from_lowest = (before - self.lowest) & MASK32
        if from_lowest >= HALF:
            return UNTOUCHED if from_lowest >= HALF + size else EACH
        cut = s32(ack - self.anchor)
        if not 0 < cut - self.first_start < HALF:
            return EACH
        self.cut = ack
        self.lowest = cut
        if cut > self.last_start:
            self.last_start = cut
        return CUT

    def is_one_piece(self, base: i64) -> bool:
        """Whether neither starts nor ends lie on both sides of ``base``."""
        anchor = self.anchor - base
        low = (anchor + self.lowest) & MASK32
        high = (anchor + self.last_end) & MASK32
        starts = self.last_start - self.lowest
        ends = self.last_end - self.first_end
        return low + starts <= MASK32 and high - ends >= 0
