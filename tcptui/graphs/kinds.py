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
from tcptui.graphs.transfer_graphs import (
    GraphedFlow,
    Transfer,
    round_trips,
    time_sequence,
    windows,
)


class FlowGraph(NamedTuple):
    """A kind of graph of one flow."""

    name: str
    meaning: str
    make: Callable[[GraphedFlow], list[Series]]


class CaptureGraph(NamedTuple):
    """A kind of graph of the whole capture, counted in bins of so many ns."""

    name: str
    meaning: str
    bins: Callable[[Engine, i64], Bins]
    unit: Unit = Unit.COUNT


def of_both_sides(
    make: Callable[[Transfer], list[Series]],
) -> Callable[[GraphedFlow], list[Series]]:
    """Return what makes the series of both directions, the client's data first."""

    def make_both(graphed: GraphedFlow) -> list[Series]:
        return make(Transfer(graphed, False)) + make(Transfer(graphed, True))

    return make_both


FLOW_GRAPHS: Final = (
    FlowGraph("time-sequence", "segments, repeats, ACKs, window edge and SACK blocks",
              of_both_sides(time_sequence)),
    FlowGraph("rtt", "round-trip times and the shortest until then", of_both_sides(round_trips)),
    FlowGraph("throughput", "payload sent a second, and what of it was new",
              of_both_sides(rates.throughput)),
    FlowGraph("window", "the receiver's window and the bytes in flight", of_both_sides(windows)),
    FlowGraph("time", "who used the time, bin by bin", time_spent),
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
    """Return the series of a flow's graph, in bins of ``length`` ns. Raises TooManyBins."""
    found = kind.make(GraphedFlow(engine, flow, length, read))
    for one in found:
        one.put_in_order()
    return found


def capture_series(kind: CaptureGraph, engine: Engine, length: int) -> list[Series]:
    """Return the one series of a graph of the capture."""
    return [kind.bins(engine, i64(length)).fill(Series(kind.name, kind.unit), 1, 1)]
