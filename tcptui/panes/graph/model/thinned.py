"""Thins the series of a graph to what can be told apart on the screen, while they are made."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.saturation import waited_since
from tcptui.findings.finding import Read
from tcptui.graphs.bins import Bins
from tcptui.graphs.raster import dot_column
from tcptui.graphs.series import Series, Unit
from tcptui.graphs.transfer_graphs import Transfer

VALUES: Final = 1024
"""So many values are told apart in a column of dots: more than the dots of any terminal."""
LARGEST_VALUE: Final = 1 << 60
"""Beyond it, and as far below zero, values are not told apart: sums of them stay in 64 bits."""


class Thinned(Series):
    """A series that keeps one of the points that fall on the same dot.

    Of the points outside the time span it keeps the last before it and the first behind it, as a
    level goes on there. ``low`` and ``high`` are the values of those within.
    """

    def __init__(self, name: str, unit: Unit, start: i64, end: i64, columns: i64) -> None:
        super().__init__(name, unit)
        self.start: i64 = start
        self.end: i64 = end
        self.columns: i64 = columns
        self.column: i64 = -1
        self.is_empty: bool = True
        self.low: i64 = 0
        self.high: i64 = 0
        self.base: i64 = 0
        self.shift: i64 = 0
        self.seen: vec[i32] = vec[i32]([-1] * VALUES)
        self.is_waiting: bool = False
        self.is_beyond: bool = False
        self.waiting_frame: i64 = 0
        self.waiting_time: i64 = 0
        self.waiting_value: i64 = 0

    def add_point(self, frame: i64, time: i64, value: i64) -> None:
        if time < self.start:
            self.let_wait(frame, time, value)
            return
        if time > self.end:
            self.add_beyond(frame, time, value)
            return
        column = self.column_of(time)
        if column != self.column:
            self.flush()
            self.column = column
        cell = self.cell_of(value)
        if i64(self.seen[cell]) == column:
            self.let_wait(frame, time, value)
            return
        self.seen[cell] = i32(column)
        self.flush()
        super().add_point(frame, time, value)

    def column_of(self, time: i64) -> i64:
        """Return the column of dots of a time within the span, as a raster has it."""
        length = waited_since(self.end, self.start)
        return dot_column(time, self.start, length if length > 0 else i64(1), self.columns)

    def cell_of(self, value: i64) -> i64:
        """Return which of the values that are told apart it is."""
        wanted = value
        if wanted > LARGEST_VALUE:
            wanted = LARGEST_VALUE
        if wanted < -LARGEST_VALUE:
            wanted = -LARGEST_VALUE
        if self.is_empty:
            self.is_empty = False
            self.low = self.high = self.base = wanted
        if wanted < self.low:
            self.low = wanted
        if wanted > self.high:
            self.high = wanted
        if wanted < self.base or (wanted - self.base) >> self.shift >= VALUES:
            self.make_room()
        return (wanted - self.base) >> self.shift

    def make_room(self) -> None:
        """Tell values apart in a range that has room for all so far, and to grow on both sides."""
        across = self.high - self.low
        self.base = self.low - across // 2
        while (across * 2) >> self.shift >= VALUES:
            self.shift += 1
        n: i64 = 0
        while n < VALUES:
            self.seen[n] = -1
            n += 1

    def let_wait(self, frame: i64, time: i64, value: i64) -> None:
        """Keep a point until it is known whether it is the last of its column."""
        self.is_waiting = True
        self.waiting_frame, self.waiting_time, self.waiting_value = frame, time, value

    def flush(self) -> None:
        """Add the point that waits."""
        if self.is_waiting:
            self.is_waiting = False
            super().add_point(self.waiting_frame, self.waiting_time, self.waiting_value)

    def add_beyond(self, frame: i64, time: i64, value: i64) -> None:
        """Add a point behind the span, unless there is one."""
        if not self.is_beyond:
            self.is_beyond = True
            self.flush()
            super().add_point(frame, time, value)


class BarStarts(Thinned):
    """The lower ends of bars; the series of the upper ends decides which are kept."""

    def add_point(self, frame: i64, time: i64, value: i64) -> None:
        self.let_wait(frame, time, value)

    def is_new(self) -> bool:
        """Return whether the one that waits falls on a dot of its own."""
        column, cell = self.column_of(self.waiting_time), self.cell_of(self.waiting_value)
        if i64(self.seen[cell]) == column:
            return False
        self.seen[cell] = i32(column)
        return True


class BarEnds(Thinned):
    """The upper ends of bars: a bar is kept where one of its ends falls on a dot of its own."""

    def __init__(self, name: str, starts: BarStarts) -> None:
        super().__init__(name, starts.unit, starts.start, starts.end, starts.columns)
        self.starts: BarStarts = starts

    def add_point(self, frame: i64, time: i64, value: i64) -> None:
        starts = self.starts
        is_new = False
        if self.start <= time <= self.end:
            is_new = starts.is_new()
            column, cell = self.column_of(time), self.cell_of(value)
            if i64(self.seen[cell]) != column:
                self.seen[cell] = i32(column)
                is_new = True
        if is_new:
            starts.flush()
            self.let_wait(frame, time, value)
            self.flush()
        else:
            starts.is_waiting = False


class SpanBins(Bins):
    """Bins over a part of the time, which leave out the amounts from outside."""

    def __init__(self, start: i64, end: i64, length: i64) -> None:
        super().__init__(start, end, length)
        self.end: i64 = end

    def add_amount(self, frame: i64, time: i64, amount: i64) -> None:
        if self.start <= time <= self.end:
            super().add_amount(frame, time, amount)


class SeenTransfer(Transfer):
    """One direction of a flow within the time span that is seen, over so many columns of dots."""

    def __init__(self, engine: Engine, flow: Flow, from_server: bool, read: Read | None) -> None:
        super().__init__(engine, flow, from_server, read)
        self.columns: i64 = 1
        self.bar_starts: dict[str, BarStarts] = {}

    def look_at(self, start: int, end: int, columns: int) -> None:
        """Say what is seen; call it before the first series is made."""
        self.start, self.end, self.columns = start, end, columns

    def series(self, name: str, unit: Unit) -> Series:
        full = super().series(name, unit).name
        if name.endswith("_start"):
            starts = BarStarts(full, unit, self.start, self.end, self.columns)
            self.bar_starts[name.removesuffix("_start")] = starts
            return starts
        if name.endswith("_end"):
            return BarEnds(full, self.bar_starts[name.removesuffix("_end")])
        return Thinned(full, unit, self.start, self.end, self.columns)

    def bins(self, length: i64) -> Bins:
        return SpanBins(self.start, self.end, length)
