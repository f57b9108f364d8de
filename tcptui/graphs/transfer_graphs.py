"""Makes the graphs of what one side of a flow sent: sequence numbers, round trips, windows.

A name has the side whose data it is about, also where the other side's segment tells of it: the
acknowledgments and the window beside the client's data are those that the server sent.
"""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.packets import BOGUS_HEADER, REPEATS_BYTES, Packets
from tcptui.engine.saturation import elapsed
from tcptui.engine.tcp_header import ACK, FIN, RST
from tcptui.engine.timing.lookback import rows_held, rows_of_flow
from tcptui.engine.wireshark.flags import DUPLICATE_ACK, KEEP_ALIVE, RESENT, ZERO_WINDOW
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.findings.finding import Read
from tcptui.graphs.bins import Bins
from tcptui.graphs.sack_blocks import SackBlockReader
from tcptui.graphs.series import Series, Unit

SIDES: Final = ("c", "s")
"""The first letter of the client and of the server."""


class Transfer:
    """One direction of a flow: whose data, its rows and those of the other side, from when to when
    (all of the flow), and how to read the packets again (None where they cannot be)."""

    def __init__(self, engine: Engine, flow: Flow, from_server: bool, read: Read | None) -> None:
        self.engine: Engine = engine
        self.packets: Packets = engine.packets
        self.flow: Flow = flow
        self.from_server: bool = from_server
        self.read: Read | None = read
        self.start: i64 = flow.first_time
        self.end: i64 = flow.last_time

    def series(self, name: str, unit: Unit) -> Series:
        """Return a new series about this side's data."""
        return Series(f"{SIDES[int(self.from_server)]}.{name}", unit)

    def bins(self, length: i64) -> Bins:
        """Return empty bins over its time."""
        return Bins(self.start, self.end, length)

    def rows(self) -> vec[i32]:
        """Return the rows of the flow that are still held."""
        held = rows_held(self.packets, self.flow)
        return rows_of_flow(self.packets, i64(self.flow.index), i64(held.start), i64(held.stop))

    def header_flags(self, row: i64) -> i64:
        """Return the flags of a row's header; none where the header makes no sense."""
        return 0 if self.packets.has_attribute(row, BOGUS_HEADER) else self.packets.flags(row)


class TransferGraph:
    """A graph of one direction, which takes the flow's rows one after the other."""

    def __init__(self, transfer: Transfer) -> None:
        self.transfer: Transfer = transfer
        self.packets: Packets = transfer.packets
        self.from_server: bool = transfer.from_server

    def add_row(self, row: i64) -> None:
        """Take the next row of the flow, of either side."""
        raise NotImplementedError

    def stand_for(self, rows: int) -> None:
        """Let each row that is taken stand for so many: they are a sample. A graph that shows rows
        one by one shows the same."""

    def all_series(self) -> list[Series]:
        """Return the series as far as they have come."""
        raise NotImplementedError

    def filled(self) -> list[Series]:
        """Return the series of all rows that are still held."""
        for row in self.transfer.rows():
            self.add_row(i64(row))
        return self.all_series()


class TimeSequence(TransferGraph):
    """The time–sequence graph as tcptrace draws it."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer)
        self.numbers: RelativeNumbers = RelativeNumbers(transfer.engine)
        self.blocks: SackBlockReader = SackBlockReader(transfer.engine, transfer.read)
        self.segment_start: Series = transfer.series("segment_start", Unit.SEQUENCE)
        self.segment_end: Series = transfer.series("segment_end", Unit.SEQUENCE)
        self.repeat_start: Series = transfer.series("repeat_start", Unit.SEQUENCE)
        self.repeat_end: Series = transfer.series("repeat_end", Unit.SEQUENCE)
        self.ack: Series = transfer.series("ack", Unit.SEQUENCE)
        self.window_edge: Series = transfer.series("window_edge", Unit.SEQUENCE)
        self.sack_start: Series = transfer.series("sack_start", Unit.SEQUENCE)
        self.sack_end: Series = transfer.series("sack_end", Unit.SEQUENCE)
        self.duplicate_ack: Series = transfer.series("duplicate_ack", Unit.SEQUENCE)
        self.fin: Series = transfer.series("fin", Unit.SEQUENCE)
        self.rst: Series = transfer.series("rst", Unit.SEQUENCE)
        self.zero_window: Series = transfer.series("zero_window", Unit.SEQUENCE)

    def add_row(self, row: i64) -> None:
        if self.packets.is_from_server(row) == self.from_server:
            self.add_sent(row)
        else:
            self.add_heard(row)

    def all_series(self) -> list[Series]:
        return [
            self.segment_start, self.segment_end, self.repeat_start, self.repeat_end, self.ack,
            self.window_edge, self.sack_start, self.sack_end, self.duplicate_ack, self.fin,
            self.rst, self.zero_window,
        ]  # fmt: skip

    def add_sent(self, row: i64) -> None:
        """Add what this side sent."""
        packets = self.packets
        frame, time = packets.frame(row), packets.time(row)
        flags, length = self.transfer.header_flags(row), packets.length(row)
        seq = i64(self.numbers.seq(int(row)))
        end = seq + length if length > 0 else seq
        if length > 0:
            is_repeat = packets.has_flag(row, RESENT | KEEP_ALIVE) or packets.has_attribute(
                row, REPEATS_BYTES
            )
            start_of, end_of = self.segment_start, self.segment_end
            if is_repeat:
                start_of, end_of = self.repeat_start, self.repeat_end
            start_of.add_point(frame, time, seq)
            end_of.add_point(frame, time, end)
        if (flags & FIN) != 0:
            self.fin.add_point(frame, time, end)
        if (flags & RST) != 0:
            self.rst.add_point(frame, time, seq)

    def add_heard(self, row: i64) -> None:
        """Add what the other side said of it."""
        packets = self.packets
        flags = self.transfer.header_flags(row)
        if (flags & ACK) == 0 or (flags & RST) != 0:
            return
        frame, time = packets.frame(row), packets.time(row)
        ack = i64(self.numbers.ack(int(row)))
        self.ack.add_point(frame, time, ack)
        self.window_edge.add_point(frame, time, ack + packets.window(row))
        if packets.has_flag(row, DUPLICATE_ACK):
            self.duplicate_ack.add_point(frame, time, ack)
        if packets.has_flag(row, ZERO_WINDOW):
            self.zero_window.add_point(frame, time, ack)
        for left, right in self.blocks.blocks(row):
            start = i64(self.numbers.of_receiver(int(row), left))
            self.sack_start.add_point(frame, time, start)
            self.sack_end.add_point(frame, time, i64(self.numbers.of_receiver(int(row), right)))


class RoundTrips(TransferGraph):
    """Each `tcp.analysis.ack_rtt` of this side's data, at its acknowledgment, and the shortest
    until then."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer)
        self.rtt: Series = transfer.series("rtt", Unit.SECONDS)
        self.floor: Series = transfer.series("rtt_floor", Unit.SECONDS)
        self.least: i64 = 0

    def add_row(self, row: i64) -> None:
        packets = self.packets
        acked = packets.acks(row)
        if acked == 0 or not packets.holds(acked):
            return
        if packets.is_from_server(row) == self.from_server:
            return
        time = packets.time(row)
        took = elapsed(time, packets.time(packets.row_of(acked)))
        if took == 0:
            return
        if self.least == 0 or took < self.least:
            self.least = took
        self.rtt.add_point(packets.frame(row), time, took)
        self.floor.add_point(packets.frame(row), time, self.least)

    def all_series(self) -> list[Series]:
        return [self.rtt, self.floor]


class Windows(TransferGraph):
    """The window for this side's data (`tcp.window_size` of the other side's segments), and its
    bytes in flight."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer)
        self.window: Series = transfer.series("window", Unit.BYTES)
        self.in_flight: Series = transfer.series("in_flight", Unit.BYTES)

    def add_row(self, row: i64) -> None:
        packets = self.packets
        if packets.is_from_server(row) != self.from_server:
            if not (packets.has_header_flag(row, RST) or packets.has_attribute(row, BOGUS_HEADER)):
                self.window.add_point(packets.frame(row), packets.time(row), packets.window(row))
        elif packets.in_flight(row) > 0:
            self.in_flight.add_point(packets.frame(row), packets.time(row), packets.in_flight(row))

    def all_series(self) -> list[Series]:
        return [self.window, self.in_flight]
