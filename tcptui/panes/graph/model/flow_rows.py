"""Finds the rows of a flow, and fills its graphs from them: in pieces, as it may have millions."""

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import Flow
from tcptui.engine.lower_bound import lower_bound
from tcptui.engine.packets import REPEATS_BYTES, Packets
from tcptui.engine.timing.lookback import rows_held, rows_of_flow
from tcptui.engine.wireshark.flags import RESENT
from tcptui.graphs.capture_rows import TOGETHER
from tcptui.graphs.transfer_graphs import TransferGraph


class FlowRows:
    """The rows of one flow, ascending; the ordinal of a segment is its index here.

    ``earliest`` and ``latest`` are the ends of its time, ``is_ordered`` says whether the clock
    never went back.
    """

    def __init__(self, packets: Packets, flow: Flow) -> None:
        self.packets: Packets = packets
        self.flow: Flow = flow
        self.rows: vec[i32] = vec[i32]()
        self.scanned: i64 = rows_held(packets, flow).start
        self.is_ordered: bool = True
        self.earliest: i64 = 0
        self.latest: i64 = 0

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, most: int) -> bool:
        """Look through up to so many more rows of the capture; return whether there are more."""
        stop = i64(rows_held(self.packets, self.flow).stop)
        until = self.scanned + i64(most)
        if until > stop:
            until = stop
        for row in rows_of_flow(self.packets, i64(self.flow.index), self.scanned, until):
            time = self.packets.time(i64(row))
            if len(self.rows) == 0:
                self.earliest = self.latest = time
            if time < self.latest:
                self.is_ordered = False
            if time < self.earliest:
                self.earliest = time
            if time > self.latest:
                self.latest = time
            self.rows = append(self.rows, row)
        if until > self.scanned:
            self.scanned = until
        return self.scanned < stop

    @property
    def is_stale(self) -> bool:
        """Whether rows of it have been evicted."""
        return len(self.rows) > 0 and i64(self.rows[0]) < self.packets.first

    def row_at(self, ordinal: int) -> int:
        """Return the row of a segment."""
        return int(self.rows[i64(ordinal)])

    def time_at(self, ordinal: int) -> int:
        """Return the time of a segment."""
        return int(self.packets.time(i64(self.rows[i64(ordinal)])))

    def ordinal_of(self, row: int) -> int:
        """Return the ordinal of a row, or that of the first row behind it."""
        return int(lower_bound(self.rows, i64(row)))

    def ordinal_from(self, time: int) -> int:
        """Return the ordinal of the first segment from a time on; where the clock went back, of
        one not behind it."""
        if not self.is_ordered:
            return self.first_from(time)
        low: i64 = 0
        high = i64(len(self.rows))
        while low < high:
            middle = (low + high) // 2
            if self.packets.time(i64(self.rows[middle])) < i64(time):
                low = middle + 1
            else:
                high = middle
        return int(low)

    def first_from(self, time: int) -> int:
        """Return the ordinal of the first segment from a time on, one by one."""
        n: i64 = 0
        while n < i64(len(self.rows)) and self.packets.time(i64(self.rows[n])) < i64(time):
            n += 1
        return int(n)


class RowFilling:
    """Fills graphs with the segments of a flow from an ordinal on, up to ``stop``."""

    def __init__(self, rows: FlowRows, graphs: list[TransferGraph], first: int, stop: int) -> None:
        self.rows: FlowRows = rows
        self.graphs: list[TransferGraph] = graphs
        self.next: i64 = first
        self.stop: i64 = stop

    def take(self, most: int, step: int) -> bool:
        """Take the next segments, of a sample only one in ``step``; return whether there are
        more."""
        taken: i64 = 0
        while taken < i64(most) and self.next < self.stop:
            end = self.next + TOGETHER
            if end > self.stop:
                end = self.stop
            begin = self.next
            while self.next < end:
                row = i64(self.rows.rows[self.next])
                for graph in self.graphs:
                    graph.add_row(row)
                self.next += 1
                taken += 1
            if step > 1:
                self.next = begin + TOGETHER * i64(step)
        return self.next < self.stop


class Passed:
    """Adds up what passed from one segment of a flow to another, both included."""

    def __init__(self, rows: FlowRows, first: int, stop: int) -> None:
        self.rows: FlowRows = rows
        self.next: i64 = first
        self.stop: i64 = stop
        self.bytes: i64 = 0
        self.resent: i64 = 0

    def take(self, most: int) -> bool:
        """Take the next segments; return whether there are more."""
        packets = self.rows.packets
        end = self.next + i64(most)
        if end > self.stop:
            end = self.stop
        while self.next < end:
            row = i64(self.rows.rows[self.next])
            size = packets.length(row)
            if size > 0:
                self.bytes += size
                if packets.has_flag(row, RESENT) or packets.has_attribute(row, REPEATS_BYTES):
                    self.resent += 1
            self.next += 1
        return self.next < self.stop
