"""Takes the rows of a capture for its graphs, in pieces: for its times, and for what is counted."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.packets import Packets
from tcptui.graphs.rates import CaptureCount

TOGETHER: Final = 8
"""Neighbours that a sample takes together: segments of one packet, who answers whom."""


class RowTaking:
    """Takes the rows that are held, one after the other, or a sample of them."""

    def __init__(self, packets: Packets) -> None:
        self.packets: Packets = packets
        self.next: i64 = packets.first

    def take(self, most: int, step: int = 1) -> bool:
        """Take about so many of the next rows, of a sample only one in ``step``; return whether
        there are more."""
        packets = self.packets
        if self.next < packets.first:
            self.next = packets.first
        taken: i64 = 0
        while taken < i64(most) and self.next < packets.count:
            row = self.next
            end = row + TOGETHER
            if end > packets.count:
                end = packets.count
            taken += end - row
            self.next = end if step == 1 else row + TOGETHER * i64(step)
            while row < end:
                self.take_row(row)
                row += 1
        return self.next < packets.count

    def take_all(self) -> None:
        """Take all rows that there are."""
        self.take(int(self.packets.count))

    def take_row(self, row: i64) -> None:
        """Take one row."""
        raise NotImplementedError


class TimesFound(RowTaking):
    """Finds the earliest and the latest time among the rows of a capture."""

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
    """Lets a graph of the capture count rows."""

    def __init__(self, count: CaptureCount) -> None:
        super().__init__(count.packets)
        self.count: CaptureCount = count

    def take_row(self, row: i64) -> None:
        self.count.add_row(row)
