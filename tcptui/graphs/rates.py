"""Makes the graphs that count in bins: the rates of a transfer, and what happened in a capture."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.packets import REPEATS_BYTES, Packets
from tcptui.engine.tcp_header import RST
from tcptui.engine.tcp_state.outcome import Closing, Opening, closing, opening
from tcptui.graphs.bins import Bins
from tcptui.graphs.series import Series, Unit
from tcptui.graphs.transfer_graphs import Transfer, TransferGraph
from tcptui.text.durations import SECOND

SUCCEEDED: Final = (Opening.THREE_WAY, Opening.SIMULTANEOUS)


class Throughput(TransferGraph):
    """The payload that this side sent a second, and what of it was new, in bins of ``length``
    ns."""

    def __init__(self, transfer: Transfer, length: i64) -> None:
        super().__init__(transfer)
        self.sent: Bins = transfer.bins(length)
        self.new: Bins = transfer.bins(length)
        self.rows_each: i64 = 1

    def stand_for(self, rows: int) -> None:
        self.rows_each = rows

    def add_row(self, row: i64) -> None:
        packets = self.packets
        size = packets.length(row)
        if size <= 0 or packets.is_from_server(row) != self.from_server:
            return
        frame, time = packets.frame(row), packets.time(row)
        self.sent.add_amount(frame, time, size)
        if not packets.has_attribute(row, REPEATS_BYTES):
            self.new.add_amount(frame, time, size)

    def all_series(self) -> list[Series]:
        each, length = SECOND * self.rows_each, self.sent.length
        return [
            self.sent.fill(self.transfer.series("throughput", Unit.RATE), each, length),
            self.new.fill(self.transfer.series("goodput", Unit.RATE), each, length),
        ]


class CaptureCount:
    """Counts in bins what happened in a capture; it takes the rows one after the other."""

    def __init__(self, engine: Engine, bins: Bins) -> None:
        self.engine: Engine = engine
        self.packets: Packets = engine.packets
        self.bins: Bins = bins

    def add_row(self, row: i64) -> None:
        """Take the next row."""
        raise NotImplementedError

    def add(self, row: i64, amount: i64) -> None:
        """Count an amount at the time of a row."""
        self.bins.add_amount(self.packets.frame(row), self.packets.time(row), amount)


class TcpPackets(CaptureCount):
    """Counts the TCP packets, each once however many segments it holds."""

    def __init__(self, engine: Engine, bins: Bins) -> None:
        super().__init__(engine, bins)
        self.before: i64 = 0

    def add_row(self, row: i64) -> None:
        frame = self.packets.frame(row)
        if frame != self.before:
            self.before = frame
            self.add(row, self.amount(row))

    def amount(self, row: i64) -> i64:
        """Return what counts of a packet."""
        return 1


class BytesOnTheWire(TcpPackets):
    """Counts the bytes of the TCP packets, headers included."""

    def amount(self, row: i64) -> i64:
        return self.packets.original(row)


class Flagged(CaptureCount):
    """Counts the segments with a `tcp.analysis` flag."""

    def add_row(self, row: i64) -> None:
        if self.packets.analysis(row) != 0:
            self.add(row, 1)


class Opened(CaptureCount):
    """Counts the flows whose handshake succeeded, where they began."""

    def add_row(self, row: i64) -> None:
        flow = self.engine.flows[int(self.packets.flow(row))]
        if i64(flow.first_row) == row and opening(flow) in SUCCEEDED:
            self.add(row, 1)


class Refused(CaptureCount):
    """Counts the flows that were refused, at the RST that refused them."""

    def __init__(self, engine: Engine, bins: Bins) -> None:
        super().__init__(engine, bins)
        self.seen: set[int] = set()

    def add_row(self, row: i64) -> None:
        if not self.packets.has_header_flag(row, RST):
            return
        index = int(self.packets.flow(row))
        if index in self.seen:
            return
        self.seen.add(index)
        flow = self.engine.flows[index]
        if closing(flow) is Closing.RESET and self.is_meant(opening(flow) is Opening.REFUSED):
            self.add(row, 1)

    def is_meant(self, is_refusal: bool) -> bool:
        """Return whether a flow that a RST ended is counted."""
        return is_refusal


class Reset(Refused):
    """Counts the flows that a RST ended after they had begun, at their first RST."""

    def is_meant(self, is_refusal: bool) -> bool:
        return not is_refusal
