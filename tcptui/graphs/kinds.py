"""Lists the kinds of graphs, one row each: its name, what it shows, and what makes its series."""

from collections.abc import Callable
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.findings.finding import Read
from tcptui.graphs import rates
from tcptui.graphs.bins import Bins
from tcptui.graphs.capture_rows import RowsCounted, TimesFound
from tcptui.graphs.rates import CaptureCount
from tcptui.graphs.series import Series, Unit
from tcptui.graphs.time_spent import time_spent
from tcptui.graphs.transfer_graphs import (
    RoundTrips,
    TimeSequence,
    Transfer,
    TransferGraph,
    Windows,
)


class FlowGraph(NamedTuple):
    """A kind of graph of one flow. ``begin`` returns the empty graph of one direction, ``make_all``
    the series of both at once; the length of a bin is in ns. One that is not ``binned`` has a
    point for each segment."""

    name: str
    meaning: str
    begin: Callable[[Transfer, int], TransferGraph] | None
    make_all: Callable[[Engine, Flow, int], list[Series]] | None = None
    binned: bool = False


class CaptureGraph(NamedTuple):
    """A kind of graph of the whole capture: what counts it, in bins."""

    name: str
    meaning: str
    begin: Callable[[Engine, Bins], CaptureCount]
    unit: Unit = Unit.COUNT

    def series_of(self, counted: RowsCounted, rows_each: int = 1) -> Series:
        """Return the series of what has been counted; of a sample each row stands for some."""
        return counted.count.bins.fill(Series(self.name, self.unit), i64(rows_each), 1)


def begin_time_sequence(transfer: Transfer, _length: int) -> TransferGraph:
    return TimeSequence(transfer)


def begin_round_trips(transfer: Transfer, _length: int) -> TransferGraph:
    return RoundTrips(transfer)


def begin_windows(transfer: Transfer, _length: int) -> TransferGraph:
    return Windows(transfer)


def begin_throughput(transfer: Transfer, length: int) -> TransferGraph:
    return rates.Throughput(transfer, i64(length))


FLOW_GRAPHS: Final = (
    FlowGraph("time-sequence", "segments, repeats, ACKs, window edge and SACK blocks",
              begin_time_sequence),
    FlowGraph("rtt", "round-trip times and the shortest until then", begin_round_trips),
    FlowGraph("throughput", "payload sent a second, and what of it was new", begin_throughput,
              binned=True),
    FlowGraph("window", "the receiver's window and the bytes in flight", begin_windows),
    FlowGraph("time", "who used the time, bin by bin", None, time_spent, binned=True),
)  # fmt: skip
CAPTURE_GRAPHS: Final = (
    CaptureGraph("packets", "TCP packets", rates.TcpPackets),
    CaptureGraph("bytes", "bytes of the TCP packets on the wire", rates.BytesOnTheWire,
                 Unit.BYTES),
    CaptureGraph("flagged", "segments with a tcp.analysis flag", rates.Flagged),
    CaptureGraph("opened", "flows that were opened", rates.Opened),
    CaptureGraph("refused", "flows that were refused", rates.Refused),
    CaptureGraph("reset", "flows that a RST ended", rates.Reset),
)  # fmt: skip


def flow_series(
    kind: FlowGraph, engine: Engine, flow: Flow, length: int, read: Read | None
) -> list[Series]:
    """Return the series of a flow's graph, the client's data first."""
    if kind.make_all is not None:
        return kind.make_all(engine, flow, length)
    found: list[Series] = []
    for from_server in (False, True):
        if kind.begin is not None:
            found += kind.begin(Transfer(engine, flow, from_server, read), length).filled()
    for one in found:
        one.put_in_order()
    return found


def capture_series(kind: CaptureGraph, engine: Engine, length: int) -> list[Series]:
    """Return the one series of a graph of the capture; without TCP it has no points."""
    times = TimesFound(engine)
    times.take_all()
    if times.is_empty:
        return [Series(kind.name, kind.unit)]
    counted = RowsCounted(kind.begin(engine, Bins(times.first, times.last, i64(length))))
    counted.take_all()
    return [kind.series_of(counted)]
