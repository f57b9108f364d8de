"""Counts what happened in a capture within the time that is seen: in pieces."""

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.graphs.kinds import CaptureGraph
from tcptui.graphs.rates import CaptureCount
from tcptui.graphs.series import Series
from tcptui.panes.graph.model.thinned import SpanBins


class TimesFound:
    """The earliest and the latest time among the rows of a capture."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Engine = engine
        self.next: i64 = engine.packets.first
        self.first: i64 = 0
        self.last: i64 = 0
        self.is_empty: bool = True

    def take(self, most: int) -> bool:
        """Take the next rows; return whether there are more."""
        packets = self.engine.packets
        if self.next < packets.first:
            self.next = packets.first
        end = self.next + i64(most)
        if end > packets.count:
            end = packets.count
        while self.next < end:
            time = packets.time(self.next)
            if self.is_empty:
                self.is_empty = False
                self.first = self.last = time
            if time < self.first:
                self.first = time
            if time > self.last:
                self.last = time
            self.next += 1
        return self.next < packets.count


class CaptureFilling:
    """Fills the bins of a graph of the capture."""

    def __init__(
        self, engine: Engine, kind: CaptureGraph, start: int, end: int, length: int
    ) -> None:
        self.engine: Engine = engine
        self.kind: CaptureGraph = kind
        self.count: CaptureCount = kind.begin(engine, SpanBins(i64(start), i64(end), i64(length)))
        self.next: i64 = engine.packets.first

    def take(self, most: int) -> bool:
        """Take the next rows; return whether there are more."""
        packets = self.engine.packets
        if self.next < packets.first:
            self.next = packets.first
        end = self.next + i64(most)
        if end > packets.count:
            end = packets.count
        while self.next < end:
            self.count.add_row(self.next)
            self.next += 1
        return self.next < packets.count

    def series(self) -> Series:
        """Return what has been counted."""
        return self.count.bins.fill(Series(self.kind.name, self.kind.unit), 1, 1)
