"""Lists the kinds of graphs, one row each: its name, what it shows, and what makes its series."""

from collections.abc import Callable
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.findings.finding import Read
from tcptui.graphs import rates
from tcptui.graphs.bins import Bins
from tcptui.graphs.series import Series, Unit
from tcptui.graphs.time_spent import time_spent
from tcptui.graphs.transfer_graphs import Transfer, round_trips, time_sequence, windows


class FlowGraph(NamedTuple):
    """A kind of graph of one flow. ``make`` returns the series of one direction, ``make_all``
    those of both at once; the length of a bin is in ns."""

    name: str
    meaning: str
    make: Callable[[Transfer, int], list[Series]] | None
    make_all: Callable[[Engine, Flow, int], list[Series]] | None = None


class CaptureGraph(NamedTuple):
    """A kind of graph of the whole capture, counted in bins of so many ns."""

    name: str
    meaning: str
    bins: Callable[[Engine, i64], Bins]
    unit: Unit = Unit.COUNT


def of_time_sequence(transfer: Transfer, _length: int) -> list[Series]:
    return time_sequence(transfer)


def of_round_trips(transfer: Transfer, _length: int) -> list[Series]:
    return round_trips(transfer)


def of_windows(transfer: Transfer, _length: int) -> list[Series]:
    return windows(transfer)


def of_throughput(transfer: Transfer, length: int) -> list[Series]:
    return rates.throughput(transfer, i64(length))


FLOW_GRAPHS: Final = (
    FlowGraph("time-sequence", "segments, repeats, ACKs, window edge and SACK blocks",
              of_time_sequence),
    FlowGraph("rtt", "round-trip times and the shortest until then", of_round_trips),
    FlowGraph("throughput", "payload sent a second, and what of it was new", of_throughput),
    FlowGraph("window", "the receiver's window and the bytes in flight", of_windows),
    FlowGraph("time", "who used the time, bin by bin", None, time_spent),
)  # fmt: skip
CAPTURE_GRAPHS: Final = (
    CaptureGraph("packets", "TCP packets", rates.tcp_packets),
    CaptureGraph("bytes", "bytes of the TCP packets on the wire", rates.bytes_on_the_wire,
                 Unit.BYTES),
    CaptureGraph("flagged", "segments with a tcp.analysis flag", rates.flagged),
    CaptureGraph("opened", "flows that were opened", rates.opened),
    CaptureGraph("refused", "flows that were refused", rates.refused),
    CaptureGraph("reset", "flows that a RST ended", rates.reset),
)  # fmt: skip


def flow_series(
    kind: FlowGraph, engine: Engine, flow: Flow, length: int, read: Read | None
) -> list[Series]:
    """Return the series of a flow's graph, the client's data first."""
    if kind.make_all is not None:
        return kind.make_all(engine, flow, length)
    found: list[Series] = []
    for from_server in (False, True):
        if kind.make is not None:
            found += kind.make(Transfer(engine, flow, from_server, read), length)
    for one in found:
        one.put_in_order()
    return found


def capture_series(kind: CaptureGraph, engine: Engine, length: int) -> list[Series]:
    """Return the one series of a graph of the capture."""
    return [kind.bins(engine, i64(length)).fill(Series(kind.name, kind.unit), 1, 1)]
