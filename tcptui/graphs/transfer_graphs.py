"""Makes the graphs of what one side of a flow sent: sequence numbers, round trips, windows.

A name has the side whose data it is about, also where the other side's segment tells of it: the
acknowledgments and the window beside the client's data are those that the server sent.
"""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.engine.decode.header_search import read_header
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.packets import BOGUS_HEADER, REPEATS_BYTES, Packets
from tcptui.engine.saturation import elapsed
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.engine.timing.lookback import rows_held, rows_of_flow
from tcptui.engine.wireshark.flags import DUPLICATE_ACK, KEEP_ALIVE, RESENT, ZERO_WINDOW
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.findings.finding import Read
from tcptui.graphs.bins import Bins
from tcptui.graphs.series import Series, Unit

SIDES: Final = ("c", "s")
"""The first letter of the client and of the server."""


class GraphedFlow:
    """A flow of which a graph is made: where its packets are, how to read them again (None where
    they cannot be), and the length of a bin in ns."""

    def __init__(self, engine: Engine, flow: Flow, bin_length: int, read: Read | None) -> None:
        self.engine: Engine = engine
        self.packets: Packets = engine.packets
        self.flow: Flow = flow
        self.bin_length: i64 = bin_length
        self.read: Read | None = read

    def rows(self) -> vec[i32]:
        """Return the rows of the flow that are still held."""
        held = rows_held(self.packets, self.flow)
        return rows_of_flow(self.packets, i64(self.flow.index), i64(held.start), i64(held.stop))

    def bins(self) -> Bins:
        """Return empty bins from its first segment to its last. Raises TooManyBins."""
        return Bins(i64(self.flow.first_time), i64(self.flow.last_time), self.bin_length)


class Transfer:
    """One direction of a flow: whose data, and what the other side said of it."""

    def __init__(self, graphed: GraphedFlow, from_server: bool) -> None:
        self.graphed: GraphedFlow = graphed
        self.packets: Packets = graphed.packets
        self.from_server: bool = from_server

    def series(self, name: str, unit: Unit) -> Series:
        """Return a new series about this side's data."""
        return Series(f"{SIDES[int(self.from_server)]}.{name}", unit)

    def header_flags(self, row: i64) -> i64:
        """Return the flags of a row's header; none where the header makes no sense."""
        return 0 if self.packets.has_attribute(row, BOGUS_HEADER) else self.packets.flags(row)


class TimeSequence:
    """The time–sequence graph as tcptrace draws it."""

    def __init__(self, transfer: Transfer) -> None:
        self.transfer: Transfer = transfer
        self.packets: Packets = transfer.packets
        self.numbers: RelativeNumbers = RelativeNumbers(transfer.graphed.engine)
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

    def all_series(self) -> list[Series]:
        """Return all series, filled."""
        for row in self.transfer.graphed.rows():
            if self.packets.is_from_server(i64(row)) == self.transfer.from_server:
                self.add_sent(i64(row))
            else:
                self.add_heard(i64(row))
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
        if i64(self.transfer.graphed.flow.bits) != 0 and (flags & SYN) == 0:
            self.add_blocks(row, frame, time)

    def add_blocks(self, row: i64, frame: i64, time: i64) -> None:
        """Add the blocks of its SACK option; a flow without a flag has had nothing to report."""
        graphed = self.transfer.graphed
        read = graphed.read
        header = read_header(graphed.engine, int(row), read(int(row))) if read else None
        if header is None:
            return
        for left, right in header.sack:
            start = i64(self.numbers.of_receiver(int(row), left))
            self.sack_start.add_point(frame, time, start)
            self.sack_end.add_point(frame, time, i64(self.numbers.of_receiver(int(row), right)))


def time_sequence(transfer: Transfer) -> list[Series]:
    """Return segments, repeats, acknowledgments, window edge, SACK blocks and what else is marked
    in a time–sequence graph."""
    return TimeSequence(transfer).all_series()


def round_trips(transfer: Transfer) -> list[Series]:
    """Return each `tcp.analysis.ack_rtt` of this side's data, at its acknowledgment, and the
    shortest until then."""
    packets = transfer.packets
    rtt, floor = transfer.series("rtt", Unit.SECONDS), transfer.series("rtt_floor", Unit.SECONDS)
    least: i64 = 0
    for found in transfer.graphed.rows():
        row = i64(found)
        acked = packets.acks(row)
        if acked == 0 or not packets.holds(acked):
            continue
        if packets.is_from_server(row) == transfer.from_server:
            continue
        time = packets.time(row)
        took = elapsed(time, packets.time(packets.row_of(acked)))
        if took == 0:
            continue
        if least == 0 or took < least:
            least = took
        rtt.add_point(packets.frame(row), time, took)
        floor.add_point(packets.frame(row), time, least)
    return [rtt, floor]


def windows(transfer: Transfer) -> list[Series]:
    """Return the window for this side's data (`tcp.window_size` of the other side's segments), and
    its bytes in flight."""
    packets = transfer.packets
    window = transfer.series("window", Unit.BYTES)
    in_flight = transfer.series("in_flight", Unit.BYTES)
    for found in transfer.graphed.rows():
        row = i64(found)
        if packets.is_from_server(row) != transfer.from_server:
            if not (packets.has_header_flag(row, RST) or packets.has_attribute(row, BOGUS_HEADER)):
                window.add_point(packets.frame(row), packets.time(row), packets.window(row))
        elif packets.in_flight(row) > 0:
            in_flight.add_point(packets.frame(row), packets.time(row), packets.in_flight(row))
    return [window, in_flight]
