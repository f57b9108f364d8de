"""Finds the longest round-trip time of each flow: how long its data waited for the ACK of exactly
that data, as the capture saw it (`tcp.analysis.ack_rtt`)."""

from collections.abc import Generator
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.clock_jumps import ClockJumps
from tcptui.engine.packets import Packets
from tcptui.engine.saturation import elapsed

SLICE: Final = 4096
"""How many rows lie between two looks at the clock."""


class LongestRtts:
    """Keeps the longest round trip of each flow, and goes on where the capture has grown."""

    def __init__(self, packets: Packets, jumps: ClockJumps) -> None:
        self.packets: Packets = packets
        self.jumps: ClockJumps = jumps
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
                    self.take_rtt(packets.flow(row), packets.time(before), packets.time(row))
            row += 1
        self.taken = stop

    def take_rtt(self, flow: i64, sent: i64, heard: i64) -> None:
        """Take a round trip, but not one in which the clock jumped."""
        rtt = elapsed(heard, sent)
        while i64(len(self.longest)) <= flow:
            self.longest = append(self.longest, i64(0))
        if rtt > self.longest[flow] and self.jumps.skipped.within(sent, heard) == 0:
            self.longest[flow] = rtt
