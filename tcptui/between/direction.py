"""A direction holds what one side of a flow sent, as one capture point saw it."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

from tcptui.between.clock import Clock
from tcptui.between.point import Point
from tcptui.engine.flow import Flow
from tcptui.engine.lower_bound import first_not_below
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, FROM_SERVER
from tcptui.engine.sequence import MASK32, s32
from tcptui.engine.tcp_header import ACK, FIN, RST

NEVER: Final = -1
"""No such time."""
NOTHING_YET: Final = -(1 << 62)
NO_ACK: Final = -1


class Direction:
    """The segments of one side of a flow at one point.

    Numbers count from a byte that both points agree on, and do not wrap; SYN and FIN count as a
    byte. Times are ns on the clock of the first point. ``start`` … ``row`` have the segments
    that carry bytes, in the order of their numbers, those of equal numbers in time order;
    ``bare`` has the rows of the others. ``acked`` rises: up to which number of the peer's this
    side has acknowledged, at which time, in which row; ``acked_again`` is 1 where it said so again.
    """

    def __init__(self) -> None:
        self.start: vec[i64] = vec[i64]()
        self.end: vec[i64] = vec[i64]()
        self.time: vec[i64] = vec[i64]()
        self.row: vec[i32] = vec[i32]()
        self.bare: vec[i32] = vec[i32]()
        self.bare_time: vec[i64] = vec[i64]()
        self.acked: vec[i64] = vec[i64]()
        self.acked_time: vec[i64] = vec[i64]()
        self.acked_row: vec[i32] = vec[i32]()
        self.acked_again: vec[i16] = vec[i16]()
        self.base: i64 = 0
        self.peer_base: i64 = 0
        self.latest: i64 = 0
        self.latest_acked: i64 = NOTHING_YET
        self.latest_ack: i64 = NO_ACK
        self.sorted: bool = True

    @property
    def count(self) -> i64:
        """Return how many of its segments carry bytes."""
        return i64(len(self.start))

    def add(self, seq: i64, ack: i64, flags: i64, length: i64, time: i64, row: i64) -> None:
        """Add the next segment of the capture; the numbers are raw, the time is corrected."""
        size = max(length, i64(0))
        if (flags & RST) == 0:
            size += (flags & FIN) + (flags >> 1 & 1)
        if size > 0:
            start = self.latest + s32(seq - self.base - self.latest)
            last = i64(len(self.start)) - 1
            if last >= 0 and start < self.start[last]:
                self.sorted = False
            self.start = append(self.start, start)
            self.end = append(self.end, start + size)
            self.time = append(self.time, time)
            self.row = append(self.row, i32(row))
            if start + size > self.latest:
                self.latest = start + size
        else:
            self.bare = append(self.bare, i32(row))
            self.bare_time = append(self.bare_time, time)
        if (flags & ACK) == 0:
            return
        if ack != self.latest_ack:
            self.latest_ack = ack
            self.note_ack(ack, time, row)
        elif len(self.acked_again) != 0:
            self.acked_again[i64(len(self.acked_again)) - 1] = i16(1)

    def note_ack(self, ack: i64, time: i64, row: i64) -> None:
        before = self.latest_acked if self.latest_acked != NOTHING_YET else 0
        number = before + s32(ack - self.peer_base - before)
        if number > self.latest_acked:
            self.latest_acked = number
            self.acked = append(self.acked, number)
            self.acked_time = append(self.acked_time, time)
            self.acked_row = append(self.acked_row, i32(row))
            self.acked_again = append(self.acked_again, i16(0))

    def sort(self) -> None:
        """Put the segments in the order of their numbers, once all are there."""
        if self.sorted:
            return
        order = sorted((int(self.start[i]), int(self.time[i]), i) for i in range(len(self.start)))
        start, end, time, row = self.start, self.end, self.time, self.row
        self.start = vec[i64]()
        self.end = vec[i64]()
        self.time = vec[i64]()
        self.row = vec[i32]()
        for _, _, at in order:
            i = i64(at)
            self.start = append(self.start, start[i])
            self.end = append(self.end, end[i])
            self.time = append(self.time, time[i])
            self.row = append(self.row, row[i])

    def time_acked(self, number: i64) -> i64:
        """Return when this side first acknowledged the peer's bytes up to ``number``, or NEVER."""
        at = first_not_below(self.acked, number)
        return self.acked_time[at] if at < i64(len(self.acked)) else NEVER


class BothDirections:
    """Both sides' segments of a flow at one point: the client's and the server's."""

    def __init__(self) -> None:
        self.client: Direction = Direction()
        self.server: Direction = Direction()


def read_directions(
    point: Point, flow: Flow, swapped: bool, client_base: i64, server_base: i64, clock: Clock
) -> BothDirections:
    """Read a flow's segments at a point; ``swapped`` where this point took its client for the
    server. The bases are raw sequence numbers."""
    both = BothDirections()
    both.client.base = client_base
    both.client.peer_base = server_base
    both.server.base = server_base
    both.server.peer_base = client_base
    blocks = point.engine.packets.blocks
    is_plain = clock.is_first
    at = i64(point.first_of_flow[i64(flow.index)])
    end = i64(point.first_of_flow[i64(flow.index) + 1])
    while at < end:
        row = i64(point.rows[at])
        block = blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        time = block.time.at(i)
        side = both.client
        if ((i64(block.attributes[i]) & FROM_SERVER) != 0) != swapped:
            side = both.server
        side.add(
            i64(block.seq[i]) & MASK32,
            i64(block.ack[i]) & MASK32,
            i64(block.flags[i]),
            i64(block.length[i]),
            time if is_plain else clock.corrected(time),
            row,
        )
        at += 1
    both.client.sort()
    both.server.sort()
    return both
