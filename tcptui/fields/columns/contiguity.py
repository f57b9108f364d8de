"""Counts the contiguous ranges that each side of a flow has sent so far, as Wireshark 4.6 does.

One range means that nothing is missing; each further one, that there is a hole before it.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.sequence import MASK32, ge, gt, le, lt
from tcptui.engine.tcp_header import FIN, SYN

MOST_RANGES: Final = 100
"""What lies apart from all of them when there are so many is left out."""
SIDE_BITS: Final = 8
SIDE_MASK: Final = (1 << SIDE_BITS) - 1


class Ranges:
    """The contiguous ranges of raw sequence numbers that one side has sent, as Wireshark orders
    them: each was put before the first one that began above it.

    Above means less than 2**31 further. So the order is none where the numbers span more, and what
    touches a range out of order is not joined to it.
    """

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, start: i64, length: i64) -> None:
        """Add a range; it becomes one with its neighbours that it overlaps or touches."""
        starts, ends = self.starts, self.ends
        end = (start + length) & MASK32
        at: i64 = 0
        while at < len(starts) and ge(start, starts[at]) and gt(start, ends[at]):
            at += 1
        if at < len(starts) and (ge(start, starts[at]) or le(starts[at], end)):
            if lt(start, starts[at]):
                starts[at] = int(start)
        elif len(starts) < MOST_RANGES:
            starts.insert(at, int(start))
            ends.insert(at, int(end))
        else:
            return
        if lt(ends[at], end):
            ends[at] = int(end)
        while at + 1 < len(starts) and le(starts[at + 1], end):
            if gt(ends[at + 1], end):
                ends[at] = ends[at + 1]
            del starts[at + 1], ends[at + 1]


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
