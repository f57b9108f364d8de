"""Makes the graph of where a flow's time went: bin by bin, how much of it who used."""

from collections.abc import Generator
from typing import Final

from mypy_extensions import i64

from tcptui.diagnosis.turn_times import SLICE
from tcptui.diagnosis.work_slices import at_once
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.states import FIN_OUT
from tcptui.engine.timing.lookback import rows_held, rows_of_flow
from tcptui.engine.timing.round_trips import rtt_to
from tcptui.engine.timing.turns import Turns, add_turns
from tcptui.findings.finding import BY_APPLICATION, BY_PATH, BY_UNKNOWN
from tcptui.findings.kinds import WAITS
from tcptui.findings.waits import is_window_probed, stalls_of
from tcptui.graphs.bins import Bins
from tcptui.graphs.series import Series, Unit
from tcptui.graphs.time_pieces import (
    CLIENT,
    CLIENTS_TCP,
    IDLE,
    NAMES,
    NETWORK,
    SERVER,
    SERVERS_TCP,
    TimeSpan,
    as_reported,
    without_overlap,
)

MOST_RUNS: Final = 20_000
"""Beyond so many, whose turn it was is not looked at."""
PIECES: Final = 4_096
"""Pieces that are made in one slice."""


def time_spent(engine: Engine, flow: Flow, length: int) -> list[Series]:
    """Return for each bin of ``length`` ns how long the server, the client, TCP's timers and
    windows and the network took, and how long there was nothing left to do, or the capture's clock
    jumped."""
    first, last = int(flow.first_time), int(flow.last_time)
    bins = {name: Bins(i64(first), i64(last), i64(length)) for name in NAMES}
    for start, end, name in at_once(pieces_of(engine, flow)):
        add_span(bins[name], start, end)
    frames = frames_in_bins(engine, flow, length)
    found = []
    for name in NAMES:
        bins[name].frames = frames.frames
        found.append(bins[name].fill(Series(name, Unit.SECONDS), 1, 1))
    return found


def pieces_of(engine: Engine, flow: Flow) -> Generator[float, None, list[TimeSpan]]:
    """Yield how far it is, and return the pieces of the flow's time in order: their sums are the
    parts of the time in its report."""
    spans = jumps_within(flow)
    spans += waits_told(engine, flow)
    spans += yield from turns_taken(engine, flow)
    spans.append(TimeSpan(int(flow.last_progress), int(flow.last_time), IDLE))
    spans.append(TimeSpan(int(flow.first_time), int(flow.last_time), NETWORK))
    pieces: list[TimeSpan] = []
    for piece in without_overlap(spans, int(flow.first_time), int(flow.last_time)):
        pieces.append(piece)
        if len(pieces) % PIECES == 0:
            yield 1.0
    return as_reported(flow, pieces)


def jumps_within(flow: Flow) -> list[TimeSpan]:
    """Return the jumps of the capture's clock that lie in the flow: after a single packet with a
    wrong time far ahead, the others go on where they were."""
    jumps = flow.skipped.spans() if flow.skipped is not None else []
    return [TimeSpan(start, end, IDLE) for start, end in jumps if end <= flow.last_time]


def waits_told(engine: Engine, flow: Flow) -> list[TimeSpan]:
    """Return the waits that the engine has noted one by one, and windows that are still closed."""
    found: list[TimeSpan] = []
    for stall in stalls_of(engine, flow):
        wait = WAITS.get(stall.kind)
        if wait is None:
            continue
        is_server = stall.side == "server"
        name = SERVERS_TCP if is_server else CLIENTS_TCP
        if wait.by == BY_APPLICATION:
            name = SERVER if is_server else CLIENT
        elif wait.by in (BY_PATH, BY_UNKNOWN):
            name = NETWORK
        found.append(TimeSpan(stall.start, stall.end, name))
    ledger = flow.ledger
    if ledger is not None:
        for name, pending in ((CLIENTS_TCP, ledger.client), (SERVERS_TCP, ledger.server)):
            if pending is not None and is_window_probed(pending):
                since = int(pending.window_closed_since)
                found.append(TimeSpan(since, int(flow.last_time), name))
    return found


def turns_taken(engine: Engine, flow: Flow) -> Generator[float, None, list[TimeSpan]]:
    """Yield how far it is, and return how long each side's application took before it sent: from
    the other side's data on, without the way to it and back."""
    packets = engine.packets
    held = rows_held(packets, flow)
    runs = Turns(flow)
    for begin in held[::SLICE]:
        end = min(begin + SLICE, held.stop)
        add_turns(packets, i64(flow.index), begin, end, runs)
        yield (end - held.start) / len(held)
        if len(runs.first) > MOST_RUNS:
            break
    found: list[TimeSpan] = []
    opened = int(flow.syn_time) + max(int(flow.syn_to_synack), 0) * 1000
    before = max(opened, int(flow.first_time))
    for at in range(min(len(runs.first), MOST_RUNS)):
        if at % PIECES == PIECES - 1:
            yield 1.0
        first, last = runs.ends_of(at)
        start = int(packets.time(first))
        is_server = runs.server_first == (at % 2 == 0)
        sender, receiver = (SERVER, CLIENT) if is_server else (CLIENT, SERVER)
        own = flow.server if is_server else flow.client
        closed = int(own.peer.next_exp_time)
        if own.peer.has(FIN_OUT) and before < closed < start:
            # Who reads to the end is asked by the FIN: until then the other side wrote.
            found.append(TimeSpan(before, closed, receiver))
            before = closed
        took = flow.time_between(before, start) - rtt_to(flow, own)
        if took > 0:
            found.append(TimeSpan(int(flow.moment_before(start, took)), start, sender))
        before = int(packets.time(last))
    return found


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
