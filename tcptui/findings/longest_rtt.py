"""Finds the longest round-trip time of each flow: how long its data waited for the ACK of exactly
that data, as the capture saw it (`tcp.analysis.ack_rtt`)."""

from collections.abc import Generator
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.packets import Packets
from tcptui.engine.saturation import elapsed

SLICE: Final = 4096
"""How many rows lie between two looks at the clock."""


class LongestRtts:
    """Keeps the longest round trip of each flow, and goes on where the capture has grown."""

    def __init__(self, packets: Packets) -> None:
        self.packets: Packets = packets
        self.longest: vec[i64] = vec[i64]()
        self.taken: i64 = 0

    def of(self, flow: i64) -> i64:
        """Return a flow's longest in ns; 0 where no ACK showed one, or none was looked at yet."""
        return self.longest[flow] if 0 <= flow < i64(len(self.longest)) else 0

    def grow(self) -> Generator[float, None, None]:
        """Look at the rows that have come since; yield how far that is."""
        stop = int(self.packets.count)
        while int(self.taken) < stop:
            self.take(min(int(self.taken) + SLICE, stop))
            yield int(self.taken) / stop

    def take(self, stop: i64) -> None:
        """Look at the rows before ``stop``."""
        packets = self.packets
        row = self.taken if self.taken > packets.first else packets.first
        while row < stop:
            acked = packets.acks(row)
            if acked != 0:
                before = packets.row_before(row, acked)
                if packets.frame(before) == acked:
                    self.take_rtt(
                        packets.flow(row), elapsed(packets.time(row), packets.time(before))
                    )
            row += 1
        self.taken = stop

    def take_rtt(self, flow: i64, rtt: i64) -> None:
        while i64(len(self.longest)) <= flow:
            self.longest = append(self.longest, i64(0))
        if rtt > self.longest[flow]:
            self.longest[flow] = rtt
