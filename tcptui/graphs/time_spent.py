"""Makes the graph of where a flow's time went: bin by bin, how much of it who used."""

from collections.abc import Generator, Iterator, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.diagnosis.turn_times import turns_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.timing.lookback import rows_held, rows_of_flow
from tcptui.findings.finding import BY_TCP
from tcptui.findings.kinds import WAITS
from tcptui.findings.waits import stalls_of
from tcptui.graphs.bins import Bins
from tcptui.graphs.series import Series, Unit

SERVER: Final = "s.server"
CLIENT: Final = "c.client"
NETWORK: Final = "c.network"
IDLE: Final = "c.idle"
NAMES: Final = (SERVER, CLIENT, "c.tcp", "s.tcp", NETWORK, IDLE)
"""The time of the network and idle time belong to neither side: they stand with the client's."""
NOBODY: Final = ""
"""Whose the time is in which the capture's clock jumps: it has no series."""


class TimeSpan(NamedTuple):
    """From when to when (ns since 1970) the time was that of a series."""

    start: int
    end: int
    name: str


def time_spent(engine: Engine, flow: Flow, length: int) -> list[Series]:
    """Return for each bin of ``length`` ns how long the server, the client, TCP's timers and
    windows and the network took, and how long there was nothing left to do."""
    first, last = int(flow.first_time), int(flow.last_time)
    bins = {name: Bins(i64(first), i64(last), i64(length)) for name in NAMES}
    spans = at_once(spans_of(engine, flow))
    for start, end, name in without_overlap(spans, first, last):
        add_span(bins[name], start, end)
    frames = frames_in_bins(engine, flow, length)
    found = []
    for name in NAMES:
        bins[name].frames = frames.frames
        found.append(bins[name].fill(Series(name, Unit.SECONDS), 1, 1))
    return found


def spans_of(engine: Engine, flow: Flow) -> Generator[float, None, list[TimeSpan]]:
    """Yield how far it is, and return whose a time span was, as far as it is known; where two
    overlap the first counts."""
    packets = engine.packets
    turns = yield from turns_of(engine, flow)
    found = [TimeSpan(*span, NOBODY) for span in flow.skipped.spans()] if flow.skipped else []
    for turn in turns:
        began = int(flow.moment_before(turn.start, turn.pause))
        found.append(TimeSpan(began, turn.start, CLIENT))
        if turn.answer_frame:
            answered = int(packets.time(packets.row_of(turn.answer_frame)))
            thought = int(flow.moment_before(answered, turn.server))
            found.append(TimeSpan(thought, answered, SERVER))
    for stall in stalls_of(engine, flow):
        wait = WAITS.get(stall.kind)
        if wait is not None and wait.by == BY_TCP:
            name = f"{stall.side[0]}.tcp"
            found.append(TimeSpan(stall.start, stall.end, name))
    found.append(TimeSpan(int(flow.last_progress), int(flow.last_time), IDLE))
    found.append(TimeSpan(int(flow.first_time), int(flow.last_time), NETWORK))
    return found


def without_overlap(spans: Sequence[TimeSpan], first: int, last: int) -> Iterator[TimeSpan]:
    """Yield pieces of the time from ``first`` to ``last`` in order, each with the first of the
    spans that cover it; none of what is `NOBODY`'s."""
    edges = {edge for span in spans for edge in span[:2] if first <= edge <= last}
    waiting = sorted((span.start, order) for order, span in enumerate(spans))
    waiting.reverse()
    covering: list[int] = []
    start = first
    for end in sorted(edges | {last}):
        while waiting and waiting[-1][0] <= start:
            heappush(covering, waiting.pop()[1])
        while covering and spans[covering[0]].end <= start:
            heappop(covering)
        if covering and end > start and spans[covering[0]].name != NOBODY:
            yield TimeSpan(start, end, spans[covering[0]].name)
        start = end


def add_span(bins: Bins, start: int, end: int) -> None:
    """Add a time span to the bins that it lies in."""
    length = int(bins.length)
    while start < end:
        number = (start - int(bins.start)) // length
        stop = min(end, int(bins.start) + (number + 1) * length)
        bins.add_amount(0, i64(start), i64(stop - start))
        start = stop


def frames_in_bins(engine: Engine, flow: Flow, length: int) -> Bins:
    """Return bins that have the frames of the flow's segments."""
    packets = engine.packets
    bins = Bins(i64(flow.first_time), i64(flow.last_time), i64(length))
    held = rows_held(packets, flow)
    for row in rows_of_flow(packets, i64(flow.index), i64(held.start), i64(held.stop)):
        bins.add_amount(packets.frame(i64(row)), packets.time(i64(row)), 0)
    return bins
