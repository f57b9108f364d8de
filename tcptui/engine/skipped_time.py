"""Spans of time that nobody used: there a capture's clock jumps."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.lower_bound import first_not_below
from tcptui.engine.saturation import elapsed, plus, waited_since

ONE_MOMENT: Final = 1_000_000_000
"""ns; packets that came within it may stand in any order in the file."""
MOST_UNORDERED: Final = 1_000
"""Spans beyond which one that begins before another is not added: such a clock tells nothing."""


class SkippedTime:
    """Spans of time (ns), apart from each other and in order, with what each and those before it
    come to."""

    def __init__(self) -> None:
        self.starts: vec[i64] = vec[i64]()
        self.ends: vec[i64] = vec[i64]()
        self.sums: vec[i64] = vec[i64]()

    def add(self, start: i64, end: i64) -> None:
        """Add a span; one that overlaps others becomes one with them."""
        count = i64(len(self.ends))
        if count == 0 or start > self.ends[count - 1]:
            self.append(start, end)
        elif count < MOST_UNORDERED:
            self.insert(start, end)

    def spans(self) -> list[tuple[int, int]]:
        """Return the beginning and the end of each."""
        return [(int(self.starts[at]), int(self.ends[at])) for at in range(len(self.starts))]

    def append(self, start: i64, end: i64) -> None:
        """Add a span behind all others."""
        count = i64(len(self.sums))
        sum_before = self.sums[count - 1] if count > 0 else i64(0)
        self.starts = append(self.starts, start)
        self.ends = append(self.ends, end)
        self.sums = append(self.sums, plus(sum_before, elapsed(end, start)))

    def insert(self, start: i64, end: i64) -> None:
        """Add a span in its place."""
        starts, ends = self.starts, self.ends
        count = i64(len(starts))
        self.starts, self.ends, self.sums = vec[i64](), vec[i64](), vec[i64]()
        at: i64 = 0
        while at < count and ends[at] < start:
            self.append(starts[at], ends[at])
            at += 1
        while at < count and starts[at] <= end:
            start = starts[at] if starts[at] < start else start
            end = ends[at] if ends[at] > end else end
            at += 1
        self.append(start, end)
        while at < count:
            self.append(starts[at], ends[at])
            at += 1

    def within(self, start: i64, end: i64) -> i64:
        """Return what the spans that lie between two moments come to, in ns: never more than is
        between these. One that only overlaps is not counted: after a single packet with a wrong
        time far ahead, the others go on where they were."""
        between = elapsed(end, start)
        first = first_not_below(self.starts, elapsed(start, ONE_MOMENT))
        stop = first_not_below(self.ends, plus(end, ONE_MOMENT + 1))
        if stop <= first or between <= 0:
            return 0
        found = elapsed(self.sums[stop - 1], self.sums[first - 1] if first > 0 else i64(0))
        return found if found < between else between

    def time_between(self, start: i64, end: i64) -> i64:
        """Return how long (ns) it was from ``start`` to ``end`` without the spans between; never
        negative."""
        return waited_since(end, start) - self.within(start, end)

    def moment_before(self, moment: i64, time: i64) -> i64:
        """Return when it was ``time`` ns before a moment, without the spans between."""
        begin = elapsed(moment, time)
        at = first_not_below(self.ends, plus(moment, 1))
        while at > 0 and self.ends[at - 1] > begin:
            at -= 1
            begin = elapsed(begin, elapsed(self.ends[at], self.starts[at]))
        return begin
