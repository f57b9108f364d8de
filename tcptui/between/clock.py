"""The clocks of two capture points, one beside the other: offset, drift, and steps.

What passes point A and then B says that B's clock is ahead of A's by at most the difference of its
two times; what passes B first says that it is ahead by at least theirs. The truth lies between the
least of the former and the largest of the latter, and their middle is the best guess: right where
the least delays are the same both ways (V. Paxson, On Calibrating Measurements of Packet Transit
Times, 1998).
"""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

BUCKETS: Final = 1024
"""Spans of time; of each is kept the sample that says most, in each direction."""
MOST_DRIFT: Final = 500e-6
"""Clocks of computers do not drift apart faster."""
RESOLUTION: Final = 2000.0
"""How far samples may contradict each other, in ns: two clocks that tick in µs."""
SEARCH_STEPS: Final = 50
LEAST_SHIFT: Final = 20_000.0
"""A change of the minima, in ns, below which no drift is seen."""
MOST_PIECES: Final = 64
MOST: Final = float(1 << 62)


class Line:
    """A clock's offset to the one before it: ``offset`` ns at ``start``, changing by ``drift`` ns
    a ns until the next line; the truth is within ``error`` ns of it. No packet took less than
    ``least_delay`` ns beside it, in either direction."""

    def __init__(self, start: i64, offset: i64, drift: float, error: i64, least_delay: i64) -> None:
        self.start: i64 = start
        self.offset: i64 = offset
        self.drift: float = drift
        self.error: i64 = error
        self.least_delay: i64 = least_delay

    def offset_at(self, time: i64) -> i64:
        if self.drift == 0.0:
            return self.offset
        return self.offset + i64(int(self.drift * float(time - self.start)))


class Clock:
    """A reading of a point's times on the clock of the first point: ``before`` is the clock of the
    point next to it, on the way to the first. Without any line, times stay what they are.
    It is ``assumed`` where packets of one direction alone say how far it can be ahead at most, or
    at least: good enough to put packets in order, and no time to tell anybody."""

    def __init__(self, before: "Clock | None" = None) -> None:
        self.before: Clock | None = before
        self.lines: list[Line] = []
        self.is_assumed: bool = False

    def corrected(self, time: i64) -> i64:
        """Return the time (ns) that the first point's clock showed."""
        if len(self.lines) != 0:
            time -= self.line_at(time).offset_at(time)
        return time if self.before is None else self.before.corrected(time)

    def line_at(self, time: i64) -> Line:
        """Return the line that holds at a time of this clock."""
        found = self.lines[0]
        for line in self.lines:
            if line.start > time:
                break
            found = line
        return found

    @property
    def is_first(self) -> bool:
        """Return whether it is the clock that the others are told beside."""
        return self.before is None and len(self.lines) == 0

    @property
    def is_known(self) -> bool:
        """Return whether its offset to the first point is known."""
        if self.before is None:
            return True
        return len(self.lines) != 0 and not self.is_assumed and self.before.is_known

    @property
    def offset(self) -> int:
        """Return how far it was ahead of the first point's clock as the capture began (ns)."""
        if self.before is None or len(self.lines) == 0:
            return 0
        return int(self.lines[0].offset) + self.before.offset

    @property
    def drift(self) -> float:
        """Return by how much it gains on the first point's clock at first, in ns a ns."""
        if self.before is None or len(self.lines) == 0:
            return 0.0
        return self.lines[0].drift + self.before.drift

    @property
    def error(self) -> int:
        """Return how far the offset may be wrong (ns)."""
        if self.before is None or len(self.lines) == 0:
            return 0
        return max(int(line.error) for line in self.lines) + self.before.error

    @property
    def least_delay(self) -> int:
        """Return the least time (ns) that a packet can take to or from the point before."""
        return min((int(line.least_delay) for line in self.lines), default=0)

    @property
    def steps(self) -> int:
        """Return how often it was set to another time during the capture."""
        return max(len(self.lines) - 1, 0)


class ClockSamples:
    """Differences of two points' times of the same packets, the later point's less the earlier's.

    ``at_most`` are of packets that passed the earlier point first: the offset is at most that;
    ``at_least`` are of the others. Times are of the later point's clock.
    """

    def __init__(self, first_time: i64, last_time: i64) -> None:
        self.first_time: i64 = first_time
        self.width: i64 = (last_time - first_time) // BUCKETS + 1 if last_time > first_time else 1
        self.high_time: vec[i64] = vec[i64]([0] * BUCKETS)
        self.high: vec[i64] = vec[i64]([0] * BUCKETS)
        self.has_high: vec[i64] = vec[i64]([0] * BUCKETS)
        self.low_time: vec[i64] = vec[i64]([0] * BUCKETS)
        self.low: vec[i64] = vec[i64]([0] * BUCKETS)
        self.has_low: vec[i64] = vec[i64]([0] * BUCKETS)

    def bucket_of(self, time: i64) -> i64:
        bucket = (time - self.first_time) // self.width
        return 0 if bucket < 0 else BUCKETS - 1 if bucket >= BUCKETS else bucket

    def add_at_most(self, time: i64, difference: i64) -> None:
        """Take the difference of a packet that passed the earlier point first."""
        i = self.bucket_of(time)
        if self.has_high[i] == 0 or difference < self.high[i]:
            self.has_high[i] = 1
            self.high_time[i] = time
            self.high[i] = difference

    def add_at_least(self, time: i64, difference: i64) -> None:
        """Take the difference of a packet that passed the later point first."""
        i = self.bucket_of(time)
        if self.has_low[i] == 0 or difference > self.low[i]:
            self.has_low[i] = 1
            self.low_time[i] = time
            self.low[i] = difference

    def clock(self, before: Clock, smallest_round_trip: int) -> Clock:
        """Make the later point's clock; it has no lines where one of the bounds is missing.

        ``smallest_round_trip`` (ns, 0 if unknown) is more than the error can be twice.
        """
        clock = Clock(before)
        start: i64 = 0
        while start < BUCKETS and len(clock.lines) <= MOST_PIECES:
            end = self.end_of_piece(start)
            fit = Fit(self, start, end)
            if fit.is_bounded:
                clock.lines.append(fit.line(smallest_round_trip))
            start = end
        if len(clock.lines) > MOST_PIECES:
            clock.lines.clear()
        if len(clock.lines) == 0:
            self.assume(clock)
        return clock

    def assume(self, clock: Clock) -> None:
        """Take the one bound that there is for the offset."""
        high = [self.high[i] for i in range(BUCKETS) if self.has_high[i] != 0]
        low = [self.low[i] for i in range(BUCKETS) if self.has_low[i] != 0]
        found = min(high) if high else max(low) if low else i64(0)
        clock.is_assumed = True
        clock.lines.append(Line(self.first_time, found, 0.0, 0, 0))

    def end_of_piece(self, start: i64) -> i64:
        """Return behind which bucket no single line fits any more."""
        if Fit(self, start, BUCKETS).is_possible:
            return BUCKETS
        good = start + 1
        bad: i64 = BUCKETS
        while good + 1 < bad:
            middle = (good + bad) >> 1
            if Fit(self, start, middle).is_possible:
                good = middle
            else:
                bad = middle
        return good


class Fit:
    """The line that lies farthest from both bounds in some buckets of samples."""

    def __init__(self, samples: ClockSamples, start: i64, end: i64) -> None:
        self.samples: ClockSamples = samples
        self.start: i64 = start
        self.end: i64 = end
        self.origin: i64 = samples.first_time + start * samples.width
        self.reference: i64 = 0
        self.is_bounded: bool = self.find_reference()
        self.least_high: float = 0.0
        self.largest_low: float = 0.0
        self.best: float = self.steepest() if self.is_bounded else 0.0
        self.is_possible: bool = not self.is_bounded or self.gap(self.best) >= -RESOLUTION

    def find_reference(self) -> bool:
        """Choose a difference that the others are counted from; return whether both bounds are
        there."""
        has_low = False
        has_high = False
        i = self.start
        while i < self.end:
            if self.samples.has_high[i] != 0:
                has_high = True
                self.reference = self.samples.high[i]
            if self.samples.has_low[i] != 0:
                has_low = True
            i += 1
        return has_low and has_high

    def gap(self, drift: float) -> float:
        """Return how far the bounds are apart where the clock drifts so (ns); below 0 if they
        contradict each other."""
        samples = self.samples
        high = MOST
        low = -MOST
        i = self.start
        while i < self.end:
            if samples.has_high[i] != 0:
                value = float(samples.high[i] - self.reference)
                value -= drift * float(samples.high_time[i] - self.origin)
                if value < high:
                    high = value
            if samples.has_low[i] != 0:
                value = float(samples.low[i] - self.reference)
                value -= drift * float(samples.low_time[i] - self.origin)
                if value > low:
                    low = value
            i += 1
        self.least_high = high
        self.largest_low = low
        return high - low

    def steepest(self) -> float:
        """Return the drift with the widest gap, which is concave in it; none where that does as
        well and nothing shows one."""
        if self.gap(0.0) >= 0.0 and not self.shows_drift():
            return 0.0
        low = -MOST_DRIFT
        high = MOST_DRIFT
        step = 0
        while step < SEARCH_STEPS:
            third = (high - low) / 3.0
            if self.gap(low + third) < self.gap(high - third):
                low += third
            else:
                high -= third
            step += 1
        return (low + high) / 2.0

    def shows_drift(self) -> bool:
        """Return whether both bounds moved the same way from one half to the other: noise moves
        each alone."""
        middle = (self.start + self.end) >> 1
        first_high = self.extreme(self.start, middle, True)
        last_high = self.extreme(middle, self.end, True)
        first_low = self.extreme(self.start, middle, False)
        last_low = self.extreme(middle, self.end, False)
        if MOST in (first_high, last_high) or -MOST in (first_low, last_low):
            return False
        high = last_high - first_high
        low = last_low - first_low
        mean = (high + low) / 2.0
        return abs(mean) >= LEAST_SHIFT and abs(high - low) <= abs(mean) / 2.0

    def extreme(self, start: i64, end: i64, upper: bool) -> float:
        """Return the tightest bound of one direction in some buckets, or the largest number."""
        samples = self.samples
        found = MOST if upper else -MOST
        i = start
        while i < end:
            if upper and samples.has_high[i] != 0:
                found = min(found, float(samples.high[i] - self.reference))
            elif not upper and samples.has_low[i] != 0:
                found = max(found, float(samples.low[i] - self.reference))
            i += 1
        return found

    def line(self, smallest_round_trip: int) -> Line:
        """Return the line in the middle of the gap."""
        gap = max(self.gap(self.best), 0.0)
        middle = (self.least_high + self.largest_low) / 2.0
        error = gap / 2.0 + RESOLUTION
        if smallest_round_trip > 0 and error > smallest_round_trip / 2.0:
            error = max(gap / 2.0, smallest_round_trip / 2.0)
        offset = self.reference + i64(int(middle))
        return Line(self.origin, offset, self.best, i64(int(error)), i64(int(gap / 2.0)))
