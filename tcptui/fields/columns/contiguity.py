"""Counts the contiguous ranges that each side of a flow has sent so far, as Wireshark 4.6 does.

One range means that nothing is missing; each further one, that there is a hole before it.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.sequence import s32
from tcptui.engine.tcp_header import FIN, SYN

MOST_RANGES: Final = 100
"""What lies apart from all of them when there are so many is left out."""
SIDE_BITS: Final = 8
SIDE_MASK: Final = (1 << SIDE_BITS) - 1


class Ranges:
    """The contiguous ranges of raw sequence numbers that one side has sent, in order.

    They are kept as numbers that do not wrap: they count from where the highest one ends.
    """

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, start: i64, length: i64) -> None:
        """Add a range; it becomes one with those that it overlaps or touches."""
        edge = i64(self.ends[-1]) if len(self.ends) > 0 else start
        low = edge + s32(start - edge)
        high = low + length
        first: i64 = i64(len(self.starts))
        while first > 0 and self.ends[first - 1] >= low:
            first -= 1
        behind = first
        while behind < i64(len(self.starts)) and self.starts[behind] <= high:
            low = min(low, i64(self.starts[behind]))
            high = max(high, i64(self.ends[behind]))
            behind += 1
        if behind == first and len(self.starts) >= MOST_RANGES:
            return
        self.starts[first:behind] = [int(low)]
        self.ends[first:behind] = [int(high)]


class Contiguity:
    """The counts of both sides of each row's flow behind its segment, by row.

    A count needs all segments before it, so all are found in one walk and kept, as long as the
    packets hold the rows; absent in flows of which rows were let go of before the walk came by.
    """

    def __init__(self, engine: Engine, absent: i64) -> None:
        self.engine: Engine = engine
        self.absent: i64 = absent
        self.first: i64 = engine.packets.first
        self.counts: vec[i64] = vec[i64]()
        self.sides: dict[int, Ranges] = {}  # by twice the flow's number, and one for the server

    def at(self, row: i64, of_server: bool) -> i64:
        """Return how many ranges one side had sent up to a row."""
        packets = self.engine.packets
        if packets.first > self.first + i64(len(self.counts)):
            self.first = packets.first
            self.counts = vec[i64]()
            self.sides.clear()
        while self.first + i64(len(self.counts)) <= row:
            self.counts = append(self.counts, self.count(self.first + i64(len(self.counts))))
        if row < self.first:
            return self.absent
        both = self.counts[row - self.first]
        if both < 0:
            return self.absent
        return (both >> SIDE_BITS if of_server else both) & SIDE_MASK

    def count(self, row: i64) -> i64:
        """Take one row; return both counts behind it, or -1 where its flow began too early."""
        packets = self.engine.packets
        flow = packets.flow(row)
        if i64(self.engine.flows[flow].first_row) < self.first:
            return -1
        client, server = self.ranges_of(flow * 2), self.ranges_of(flow * 2 + 1)
        length = packets.length(row)
        if length >= 0:
            if (packets.flags(row) & (SYN | FIN)) != 0:
                length += 1
            if length > 0:
                ranges = server if packets.is_from_server(row) else client
                ranges.add(packets.seq(row), length)
        return i64(len(client.starts)) | i64(len(server.starts)) << SIDE_BITS

    def ranges_of(self, side: i64) -> Ranges:
        """Return the ranges of one side of a flow."""
        ranges = self.sides.get(int(side))
        if ranges is None:
            ranges = Ranges()
            self.sides[int(side)] = ranges
        return ranges
