"""Which bytes of a direction passed here: the highest end and the holes below it."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.sequence import MASK32, gt, lt, s32

MOST_HOLES: Final = 4096


class Holes:
    """Ranges of raw sequence numbers below the highest end that did not pass here, unordered.

    Beyond `MOST_HOLES` new holes are forgotten: what fills them then counts as repeated.
    """

    def __init__(self) -> None:
        self.start: vec[i32] = vec[i32]()
        self.end: vec[i32] = vec[i32]()
        self.count: i64 = 0

    def add(self, start: i64, end: i64) -> None:
        """A hole from ``start`` up to ``end``."""
        at = self.count
        if at >= MOST_HOLES:
            return
        if at < i64(len(self.start)):
            self.start[at] = i32(s32(start))
            self.end[at] = i32(s32(end))
        else:
            self.start = append(self.start, i32(s32(start)))
            self.end = append(self.end, i32(s32(end)))
        self.count = at + 1

    def fill(self, start: i64, end: i64) -> i64:
        """The bytes from ``start`` to ``end`` passed: how many of them lay in holes."""
        filled: i64 = 0
        at: i64 = 0
        while at < self.count:
            low = i64(self.start[at]) & MASK32
            high = i64(self.end[at]) & MASK32
            if lt(start, high) and gt(end, low):
                from_ = start if gt(start, low) else low
                to = end if lt(end, high) else high
                filled += (to - from_) & MASK32
                self.count -= 1
                self.start[at] = self.start[self.count]
                self.end[at] = self.end[self.count]
                if from_ != low:
                    self.add(low, from_)
                if to != high:
                    self.add(to, high)
                at = 0
            else:
                at += 1
        return filled
