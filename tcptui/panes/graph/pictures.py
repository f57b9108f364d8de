"""Pictures are the series of a graph within the time that is seen, made in slices.

A slice is a few thousand rows in compiled code. Of a long flow, a sample comes first.
"""

from collections.abc import Generator, Sequence
from time import monotonic
from typing import Final, NamedTuple, Protocol

from tcptui.engine.engine import Engine
from tcptui.findings.finding import Read
from tcptui.graphs.capture_rows import RowsCounted
from tcptui.graphs.kinds import CaptureGraph, FlowGraph
from tcptui.graphs.series import Series
from tcptui.graphs.time_pieces import TimeSpan
from tcptui.graphs.time_spent import pieces_of
from tcptui.graphs.transfer_graphs import TransferGraph
from tcptui.panes.graph.model.flow_rows import FlowRows, RowFilling
from tcptui.panes.graph.model.spent import SpentFilling
from tcptui.panes.graph.model.thinned import SeenTransfer, SpanBins, Thinned
from tcptui.panes.graph.span import Span, rounded_bin

Work = Generator[float, None, None]
"""Yields how far it is."""

ROWS: Final = 4096
"""Rows of a slice."""
ROWS_READ: Final = 128
"""Rows of a slice where the SACK options are read from the capture again."""
SAMPLE: Final = 16 * 1024
"""Rows of a sample …"""
COUNTED_SAMPLE: Final = 2 * SAMPLE
"""… and where they are counted: each of some hundred bins has many of them."""
LEVEL_ROWS: Final = 512
"""Rows before the span in which the levels are looked for that hold when it begins."""
REST_SHARE: Final = 10
"""The time of a growing flow is not split again for so many times as long as that took."""
FROM_THE_START: Final = ("rtt",)
"""Graphs that tell something of all that came before."""
LATER_KNOWN: Final = ("opened", "refused", "reset")
"""Graphs of the capture that count at a segment what only a later one tells."""
COUNTED: Final = ("throughput",)
"""Graphs of a flow that count rows in bins."""
SAMPLED: Final = ("packets", "bytes", "flagged")
"""Graphs of the capture that count what many rows have."""


class GraphView(NamedTuple):
    """Says what is seen: a time span, over so many cells."""

    span: Span
    cells: int

    @property
    def columns(self) -> int:
        """How many columns of dots."""
        return 2 * self.cells


class GraphPicture(Protocol):
    """The series of a graph as far as they have come."""

    kind_name: str
    view: GraphView
    series: Sequence[Series]
    bin: int
    """The length of a bin in ns; 0 where nothing is counted."""

    def work(self) -> Work:
        """Yield how far it is, until all is in the series."""

    def grow(self) -> Work:
        """Yield how far it is, until all that has come since is there too."""


class FlowPicture:
    """A graph of one flow that is drawn segment by segment."""

    def __init__(
        self, engine: Engine, rows: FlowRows, kind: FlowGraph, view: GraphView, read: Read | None
    ) -> None:
        self.engine = engine
        self.rows = rows
        self.kind = kind
        self.kind_name = kind.name
        self.view = view
        self.read = read
        self.series: Sequence[Series] = []
        self.bin = rounded_bin(view.span.length, view.cells) if kind.name in COUNTED else 0
        self.filling: RowFilling | None = None
        reads = read is not None and kind.name == "time-sequence" and rows.flow.bits != 0
        self.slice = ROWS_READ if reads else ROWS

    def graphs(self, read: Read | None) -> list[TransferGraph]:
        """Return the empty graphs of both directions."""
        found: list[TransferGraph] = []
        for from_server in (False, True):
            transfer = SeenTransfer(self.engine, self.rows.flow, from_server, read)
            transfer.look_at(*self.view.span, self.view.columns)
            if self.kind.begin is not None:
                found.append(self.kind.begin(transfer, self.bin))
        return found

    def work(self) -> Work:
        span = self.view.span
        first = max(self.rows.ordinal_from(span.start) - LEVEL_ROWS, 0)
        if self.kind.name in FROM_THE_START:
            first = 0
        stop = self.stop()
        step = (stop - first) // (COUNTED_SAMPLE if self.kind.name in COUNTED else SAMPLE)
        if step > 1:
            sample = RowFilling(self.rows, self.graphs(None), first, stop)
            while sample.take(ROWS, step):
                yield 0.0
            for graph in sample.graphs:
                graph.stand_for(step)
            self.show(sample.graphs)
            yield 0.0
        self.filling = RowFilling(self.rows, self.graphs(self.read), first, stop)
        yield from self.fill(self.filling, first)
        self.show(self.filling.graphs)

    def fill(self, filling: RowFilling, first: int) -> Work:
        while filling.take(self.slice, 1):
            yield int(filling.next - first) / max(int(filling.stop) - first, 1)

    def grow(self) -> Work:
        if self.filling is not None:
            first, self.filling.stop = self.filling.next, self.stop()
            yield from self.fill(self.filling, first)
            self.show(self.filling.graphs)

    def stop(self) -> int:
        """Return the ordinal behind the last segment that is seen, and the one that follows it."""
        if not self.rows.is_ordered:
            return len(self.rows)
        return min(self.rows.ordinal_from(self.view.span.end + 1) + LEVEL_ROWS, len(self.rows))

    def show(self, graphs: Sequence[TransferGraph]) -> None:
        """Take over the series as they are."""
        self.series = [one for graph in graphs for one in graph.all_series()]
        for one in self.series:
            if isinstance(one, Thinned):
                one.flush()
            if not self.rows.is_ordered:
                one.put_in_order()


class SpentPicture:
    """A graph of who used the time of a flow."""

    def __init__(self, engine: Engine, rows: FlowRows, view: GraphView) -> None:
        self.engine = engine
        self.rows = rows
        self.kind_name = "time"
        self.view = view
        self.series: Sequence[Series] = []
        self.bin = max(-(-view.span.length // view.cells), 1)
        self.segments = 0  # of the flow when its time was split
        self.next = 0.0  # monotonic seconds, when it may be split again

    def work(self) -> Work:
        flow, began = self.rows.flow, monotonic()
        self.segments = flow.packets
        pieces: list[TimeSpan] = yield from pieces_of(self.engine, flow)
        filling = SpentFilling(pieces, self.view.span.start, self.view.span.end, self.bin)
        while filling.take(ROWS):
            yield 0.5
        self.series = filling.series()
        self.next = monotonic() + REST_SHARE * (monotonic() - began)

    def grow(self) -> Work:
        if self.rows.flow.packets != self.segments and monotonic() >= self.next:
            yield from self.work()


class CapturePicture:
    """A graph of the whole capture."""

    def __init__(self, engine: Engine, kind: CaptureGraph, view: GraphView) -> None:
        self.engine = engine
        self.kind = kind
        self.kind_name = kind.name
        self.view = view
        self.series: Sequence[Series] = []
        self.bin = rounded_bin(view.span.length, view.columns)
        self.counted = self.empty()

    def empty(self) -> RowsCounted:
        """Return empty bins."""
        return RowsCounted(self.kind.begin(self.engine, SpanBins(*self.view.span, self.bin)))

    def work(self) -> Work:
        packets = self.engine.packets
        step = int(packets.count - packets.first) // COUNTED_SAMPLE
        if step > 1 and self.kind_name in SAMPLED and not self.series:
            sample = self.empty()
            while sample.take(ROWS, step):
                yield 0.0
            self.series = [self.kind.series_of(sample, step)]
            yield 0.0
        while self.counted.take(ROWS):
            yield int(self.counted.next) / max(int(packets.count), 1)
        self.series = [self.kind.series_of(self.counted)]

    def grow(self) -> Work:
        if self.kind_name in LATER_KNOWN:
            self.counted = self.empty()
        yield from self.work()


def flow_picture(
    engine: Engine, rows: FlowRows, kind: FlowGraph, view: GraphView, read: Read | None
) -> GraphPicture:
    """Return the empty picture of a graph of a flow."""
    if kind.begin is None:
        return SpentPicture(engine, rows, view)
    return FlowPicture(engine, rows, kind, view, read)


def find_rows(rows: FlowRows) -> Work:
    """Yield how far it is, until all rows of a flow are found."""
    while rows.find(8 * ROWS):
        yield 0.0
