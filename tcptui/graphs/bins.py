"""Bins of equal length count what a time span holds: bytes, segments, flows."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

from tcptui.engine.saturation import LARGEST, waited_since
from tcptui.graphs.series import Series

MOST_BINS: Final = 1_000_000


class TooManyBins(Exception):
    """The bins are too short for the time span; the text says how long they must be."""


class Bins:
    """Amounts in bins of ``length`` ns from ``start`` (ns since 1970), with the first frame of
    each; an empty one has the last frame before it."""

    def __init__(self, start: i64, end: i64, length: i64) -> None:
        """Raises TooManyBins."""
        span = waited_since(end, start)
        number = span // length + 1
        if number > MOST_BINS:
            raise TooManyBins(
                f"{number:,} bins are too many to draw: --bin {least_bin(span)} or more"
            )
        self.start: i64 = start
        self.length: i64 = length
        self.number: i64 = number
        self.amounts: vec[i64] = vec[i64]([0] * int(number))
        self.frames: vec[i64] = vec[i64]([0] * int(number))

    def add_amount(self, frame: i64, time: i64, amount: i64) -> None:
        """Add an amount at a time; one from outside the span counts in the first or last bin."""
        at = waited_since(time, self.start) // self.length
        if at >= self.number:
            at = self.number - 1
        self.amounts[at] += amount
        if self.frames[at] == 0:
            self.frames[at] = frame

    def fill(self, series: Series, factor: i64, divisor: i64) -> Series:
        """Append a point for each bin, at its beginning: amount × factor ÷ divisor."""
        series.bin_length = self.length
        frame: i64 = 0
        n: i64 = 0
        while n < self.number:
            if self.frames[n] != 0:
                frame = self.frames[n]
            value = rounded(self.amounts[n], factor, divisor)
            series.add_point(frame, self.start + n * self.length, value)
            n += 1
        return series


def rounded(amount: i64, factor: i64, divisor: i64) -> i64:
    """Return amount × factor ÷ divisor; in double precision where the product leaves 64 bits."""
    if amount <= (LARGEST - divisor) // factor:
        return (amount * factor + divisor // 2) // divisor
    return i64(float(amount) / float(divisor) * float(factor) + 0.5)


def least_bin(span: int) -> str:
    """Return the seconds of the shortest bins that are not too many for a span in ns, rounded up to
    microseconds."""
    microseconds = span // MOST_BINS // 1000 + 1
    return f"{microseconds / 1_000_000:.6f}"
