"""Walks over the rows of a capture to find what hangs on all segments of a flow before one."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.events import SHORT_QUOTE_MARK, EventKind
from tcptui.engine.saturation import elapsed
from tcptui.engine.sequence import MASK32, ge, gt, le, lt
from tcptui.engine.tcp_header import FIN, SYN


def lowest() -> int:
    """Return the lowest number of 64 bits.

    A literal of this size would be an object, which compiled code unpacks at each comparison.
    """
    return -(1 << 63)


ABSENT: Final[i64] = lowest()
"""No value; it is in no interval."""

MOST_RANGES: Final = 100
"""What lies apart from all of them when there are so many is left out."""
SIDE_BITS: Final = 8
SIDE_MASK: Final = (1 << SIDE_BITS) - 1


class FlowWalk:
    """Values by row that hang on the rows before it in its flow.

    They are found in one walk over all rows and kept, as long as the packets hold the rows; absent
    where what they hang on was let go of before the walk came by.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine: Engine = engine
        self.first: i64 = 0
        self.values: vec[i64] = vec[i64]()

    def at(self, row: i64) -> i64:
        """Return the value of a row, or ABSENT."""
        if row >= self.first + i64(len(self.values)):
            self.evict_rows()
            self.walk_rows()
        return self.values[row - self.first] if row >= self.first else ABSENT

    def evict_rows(self) -> None:
        """Let go of the rows that the packets have let go of, once they are half of all."""
        held = i64(len(self.values))
        gone = self.engine.packets.first - self.first
        if gone > held:
            self.values = vec[i64]()
            self.first += gone
            self.start_anew()
        elif gone > held >> 1:
            self.values = self.values[gone:]
            self.first += gone

    def walk_rows(self) -> None:
        """Find the values of all rows that are there by now."""
        row = self.first + i64(len(self.values))
        while row < self.engine.packets.count:
            self.values = append(self.values, self.next_value(row))
            row += 1

    def start_anew(self) -> None:
        """Forget what is known of the flows: rows went that were never walked."""
        raise NotImplementedError

    def next_value(self, row: i64) -> i64:
        """Return the value of the next row of the walk."""
        raise NotImplementedError


class PacketWalk(FlowWalk):
    """A walk on which ICMP errors count as packets of the flow that they quote, as in tshark.

    ``latest`` has a number for each flow, ``unknown`` where its first row has not come.
    """

    def __init__(self, engine: Engine, unknown: i64) -> None:
        super().__init__(engine)
        self.unknown: i64 = unknown
        self.latest: vec[i64] = vec[i64]()
        self.events_read: i64 = 0
        self.errors: dict[int, list[int]] = {}  # times of those behind a row to come

    def walk_rows(self) -> None:
        while i64(len(self.latest)) < i64(len(self.engine.flows)):
            self.latest = append(self.latest, self.unknown)
        self.read_errors(self.first + i64(len(self.values)))
        super().walk_rows()

    def read_errors(self, walked: i64) -> None:
        """Read the errors since the last time; the walk comes by the rows from ``walked`` on."""
        events = self.engine.events
        if self.events_read < events.first:
            self.events_read = events.first
        while self.events_read < events.first + i64(len(events.value)):
            i = self.events_read - events.first
            is_error = i64(events.kind[i]) == EventKind.ICMP_ERROR.value
            if is_error and events.value[i] & SHORT_QUOTE_MARK == 0:
                if i64(events.row[i]) < walked:
                    self.take_error(i64(events.flow[i]), events.time[i])
                else:
                    self.errors.setdefault(int(events.row[i]), []).append(int(events.time[i]))
            self.events_read += 1

    def take_errors_behind(self, row: i64, flow: i64) -> None:
        """Take the errors that came between a row and the next one."""
        for time in self.errors.pop(int(row), []):
            self.take_error(flow, time)

    def take_error(self, flow: i64, time: i64) -> None:
        """Take an error as a packet of a flow."""
        raise NotImplementedError


class TimeDeltas(PacketWalk):
    """Nanoseconds since the flow's previous packet (0 for its first), by row."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, ABSENT)

    def start_anew(self) -> None:
        self.latest = vec[i64]()

    def next_value(self, row: i64) -> i64:
        packets = self.engine.packets
        flow = packets.flow(row)
        time = packets.time(row)
        before = self.latest[flow]
        self.latest[flow] = time
        if len(self.errors) != 0:
            self.take_errors_behind(row, flow)
        if before != ABSENT:
            return elapsed(time, before)
        return 0 if i64(self.engine.flows[flow].first_row) == row else ABSENT

    def take_error(self, flow: i64, time: i64) -> None:
        self.latest[flow] = time


class PacketNumbers(PacketWalk):
    """The number of each row's segment within its flow, from 1, by row."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, 0)

    def start_anew(self) -> None:
        """Count back from each flow's count of packets to the first row that is held."""
        packets = self.engine.packets
        self.latest = vec[i64]()
        for flow in self.engine.flows:
            self.latest = append(self.latest, i64(flow.packets))
        row = self.first
        while row < packets.count:
            self.latest[packets.flow(row)] -= 1
            row += 1

    def next_value(self, row: i64) -> i64:
        flow = self.engine.packets.flow(row)
        number = self.latest[flow] + 1
        self.latest[flow] = number
        if len(self.errors) != 0:
            self.take_errors_behind(row, flow)
        return number

    def take_error(self, flow: i64, time: i64) -> None:
        self.latest[flow] += 1


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


class Contiguity(FlowWalk):
    """The counts of both sides' contiguous ranges behind each row's segment, as Wireshark 4.6 has
    them: 1 where nothing is missing, and one more for each hole."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.began: i64 = 0  # the row with which the walk began
        self.sides: dict[int, Ranges] = {}  # by twice the flow's number, and one for the server

    def count_at(self, row: i64, of_server: bool) -> i64:
        """Return how many ranges one side had sent up to a row, or ABSENT."""
        both = self.at(row)
        if both == ABSENT:
            return ABSENT
        return (both >> SIDE_BITS if of_server else both) & SIDE_MASK

    def start_anew(self) -> None:
        self.began = self.first
        self.sides.clear()

    def next_value(self, row: i64) -> i64:
        packets = self.engine.packets
        flow = packets.flow(row)
        if i64(self.engine.flows[flow].first_row) < self.began:
            return ABSENT
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
