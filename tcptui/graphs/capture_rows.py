"""Takes the rows of a capture for its graphs, in pieces: for its times, and for what is counted."""

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.packets import Packets
from tcptui.graphs.rates import CaptureCount


class RowTaking:
    """Takes the rows that are held, one after the other."""

    def __init__(self, packets: Packets) -> None:
        self.packets: Packets = packets
        self.next: i64 = packets.first

    def take(self, most: int) -> bool:
        """Take so many of the next rows; return whether there are more."""
        packets = self.packets
        if self.next < packets.first:
            self.next = packets.first
        end = self.next + i64(most)
        if end > packets.count:
            end = packets.count
        while self.next < end:
            self.take_row(self.next)
            self.next += 1
        return self.next < packets.count

    def take_all(self) -> None:
        """Take all rows that there are."""
        self.take(int(self.packets.count))

    def take_row(self, row: i64) -> None:
        """Take one row."""
        raise NotImplementedError


class TimesFound(RowTaking):
    """The earliest and the latest time among the rows of a capture."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.packets)
        self.first: i64 = 0
        self.last: i64 = 0
        self.is_empty: bool = True

    def take_row(self, row: i64) -> None:
        time = self.packets.time(row)
        if self.is_empty:
            self.is_empty = False
            self.first = self.last = time
        if time < self.first:
            self.first = time
        if time > self.last:
            self.last = time


class RowsCounted(RowTaking):
    """What a graph of the capture has counted."""

    def __init__(self, count: CaptureCount) -> None:
        super().__init__(count.packets)
        self.count: CaptureCount = count

    def take_row(self, row: i64) -> None:
        self.count.add_row(row)
