"""A raster is the drawing area of a graph: dots of Braille cells, with letters on top of them."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

from tcptui.engine.saturation import elapsed, plus, waited_since
from tcptui.graphs.series import Series

ACROSS: Final = 2
DOWN: Final = 4
"""Dots of a cell."""
BRAILLE: Final = 0x2800
DOTS: Final = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""The bit of each dot of a Braille cell: rows from above, left before right."""
SIDES: Final = (0x47, 0xB8)
"""The bits of all dots of a cell's left and of its right column."""


def dot_column(time: i64, start: i64, length: i64, columns: i64) -> i64:
    """Return in which of so many columns of dots a time lies, the last of which ends a length of
    at least 1 ns."""
    # In double precision: ns × columns may leave 64 bits.
    since = float(elapsed(time, start))
    return i64(since / float(length) * float(columns - 1) + 0.5)


class Raster:
    """Cells of dots and letters over a time span and a range of values.

    Dots are counted from above left. What lies outside is left out, but for the level from a point
    before the span on.
    """

    def __init__(
        self, width: int, height: int, times: tuple[int, int], values: tuple[int, int]
    ) -> None:
        """Make an empty one of so many cells, from the first time and value to the last."""
        self.width: i64 = width
        self.height: i64 = height
        self.first_time: i64 = times[0]
        self.time_span: i64 = max(waited_since(i64(times[1]), i64(times[0])), i64(1))
        self.first_value: i64 = values[0]
        self.value_span: i64 = max(values[1] - values[0], 1)
        self.dots: vec[i64] = vec[i64]([0] * (width * height))
        self.letters: vec[i64] = vec[i64]([0] * (width * height))

    def column(self, time: i64) -> i64:
        """Return the column of dots of a time; outside the area for one outside the span."""
        return dot_column(time, self.first_time, self.time_span, self.width * ACROSS)

    def line(self, value: i64) -> i64:
        """Return the line of dots of a value."""
        most = self.height * DOWN - 1
        share = float(value - self.first_value) / float(self.value_span)
        return most - i64(share * float(most) + 0.5)

    def set_dot(self, x: i64, y: i64) -> None:
        """Set a dot, if it lies in the area."""
        if 0 <= x < self.width * ACROSS and 0 <= y < self.height * DOWN:
            at = y // DOWN * self.width + x // ACROSS
            self.dots[at] |= i64(DOTS[int(y % DOWN * ACROSS + x % ACROSS)])

    def set_letter(self, x: i64, y: i64, letter: str) -> None:
        """Put a letter into the cell of a dot, unless there is one already."""
        if 0 <= x < self.width * ACROSS and 0 <= y < self.height * DOWN:
            at = y // DOWN * self.width + x // ACROSS
            if self.letters[at] == 0:
                self.letters[at] = ord(letter)

    def draw_points(self, series: Series) -> None:
        """Draw a dot for each point."""
        n: i64 = 0
        while n < i64(len(series.value)):
            self.set_dot(self.column(series.time[n]), self.line(series.value[n]))
            n += 1

    def draw_letters(self, series: Series, letter: str) -> None:
        """Draw a letter for each point."""
        n: i64 = 0
        while n < i64(len(series.value)):
            self.set_letter(self.column(series.time[n]), self.line(series.value[n]), letter)
            n += 1

    def draw_bars(self, lower: Series, upper: Series, letter: str) -> None:
        """Draw a bar from each point of ``lower`` to that of ``upper``; with a letter on it, if it
        is not empty."""
        n: i64 = 0
        while n < i64(len(lower.value)):
            x = self.column(lower.time[n])
            y, end = self.line(upper.value[n]), self.line(lower.value[n])
            if letter:
                self.set_letter(x, y, letter)
            if y < 0:
                y = 0
            while y <= end and y < self.height * DOWN:
                self.set_dot(x, y)
                y += 1
            n += 1

    def draw_columns(self, series: Series) -> None:
        """Draw a column of dots below each point, as wide as it is to the next."""
        n: i64 = 0
        count = i64(len(series.value))
        while n < count:
            x = self.column(series.time[n])
            last = self.end_column(series, n) - 1
            y = self.line(series.value[n])
            if last >= self.width * ACROSS:
                last = self.width * ACROSS - 1
            if last < x:
                last = x
            while x <= last and series.value[n] > 0:
                self.fill_column(x, y)
                x += 1
            n += 1

    def fill_column(self, x: i64, y: i64) -> None:
        """Set the dots of a column from a line down to the bottom, as far as they lie in the
        area."""
        if not 0 <= x < self.width * ACROSS:
            return
        if y < 0:
            y = 0
        while y < self.height * DOWN and y % DOWN != 0:
            self.set_dot(x, y)
            y += 1
        side = i64(SIDES[int(x % ACROSS)])
        at = y // DOWN * self.width + x // ACROSS
        while at < self.width * self.height:
            self.dots[at] |= side
            at += self.width

    def draw_steps(self, series: Series, every: int) -> None:
        """Draw the level of a series from each point to the next; every second or third dot only
        for a line that is broken."""
        n: i64 = 0
        count = i64(len(series.value))
        while n < count:
            y = self.line(series.value[n])
            x = self.column(series.time[n])
            last = self.end_column(series, n)
            self.draw_level(x, last, y, i64(every))
            n += 1

    def end_column(self, series: Series, number: i64) -> i64:
        """Return the column in which a point ends: that of the next one, or behind its bin."""
        if number + 1 < i64(len(series.value)):
            return self.column(series.time[number + 1])
        end = self.column(plus(series.time[number], series.bin_length))
        return end + 1 if series.bin_length > 0 else end

    def draw_level(self, first: i64, last: i64, y: i64, every: i64) -> None:
        """Draw a level line of dots from column ``first`` to ``last``."""
        x = first if first > 0 else 0
        end = last if last < self.width * ACROSS else self.width * ACROSS - 1
        while x <= end:
            if x % every == 0:
                self.set_dot(x, y)
            x += 1

    def text_lines(self, is_ascii: bool) -> list[str]:
        """Return the lines of cells, without the blanks at their ends."""
        return [self.text_line(number, is_ascii) for number in range(int(self.height))]

    def text_line(self, number: int, is_ascii: bool) -> str:
        """Return one line of cells."""
        found: list[str] = []
        for at in range(number * int(self.width), (number + 1) * int(self.width)):
            letter, dots = int(self.letters[i64(at)]), int(self.dots[i64(at)])
            if letter:
                found.append(chr(letter))
            elif dots == 0:
                found.append(" ")
            else:
                found.append(ascii_dots(dots) if is_ascii else chr(BRAILLE + dots))
        return "".join(found).rstrip()


UPPER: Final = 0x01 | 0x08 | 0x02 | 0x10


def ascii_dots(dots: int) -> str:
    """Return what stands for the dots of a cell where there is ASCII only."""
    if dots & UPPER == 0:
        return "."
    return "'" if dots & ~UPPER == 0 else ":"
