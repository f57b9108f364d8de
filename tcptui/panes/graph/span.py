"""The time span that a graph shows, and how it is zoomed and panned."""

from typing import Final, NamedTuple

LEAST: Final = 1_000
"""ns: no capture tells shorter times apart by much."""
ROUND: Final = (1, 2, 5, 10)


class Span(NamedTuple):
    """Says from when to when (ns since 1970)."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def holds(self, time: int) -> bool:
        """Return whether a moment lies in the span."""
        return self.start <= time <= self.end

    def scaled(self, factor: float, at: int, whole: "Span") -> "Span":
        """Return a shorter or longer span in which ``at`` stays where it is, if there is room in
        the whole."""
        length = min(max(int(self.length * factor), LEAST), max(whole.length, LEAST))
        before = int((at - self.start) * (length / max(self.length, 1)))
        return Span(at - before, at - before + length).within(whole)

    def moved(self, by: int, whole: "Span") -> "Span":
        """Return the span so much later, as far as the whole goes."""
        return Span(self.start + by, self.end + by).within(whole)

    def around(self, time: int, whole: "Span") -> "Span":
        """Return a span as long, with a moment in its middle."""
        return self.moved(time - self.start - self.length // 2, whole)

    def with_room(self) -> "Span":
        """Return the span as far as a round length goes: it stays the same while more comes in."""
        return Span(self.start, self.start + round_up(max(self.length, LEAST)))

    def within(self, whole: "Span") -> "Span":
        """Return the span moved into the whole; the whole where it is longer."""
        if self.length >= whole.length:
            return whole
        start = min(max(self.start, whole.start), whole.end - self.length)
        return Span(start, start + self.length)


def round_up(number: int) -> int:
    """Return the next number with one digit, 1, 2 or 5, and zeros."""
    power = int("1" + "0" * (len(str(number)) - 1))
    return next(step * power for step in ROUND if step * power >= number)


def rounded_bin(length: int, most: int) -> int:
    """Return the length of bins, of which at most so many lie in a time."""
    return round_up(max(length // most, 1))
