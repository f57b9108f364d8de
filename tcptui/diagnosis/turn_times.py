"""Requests and answers of a flow, and where the time of each went."""

from bisect import bisect_right
from collections.abc import Generator, Sequence
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.timing.lookback import rows_held
from tcptui.engine.timing.round_trips import rtt_to
from tcptui.engine.timing.turns import Turns, add_turns
from tcptui.findings.finding import BY_PATH, BY_TCP, BY_UNKNOWN
from tcptui.findings.kinds import WAITS
from tcptui.findings.tls_time import turns_begin
from tcptui.findings.waits import Stall, stalls_of
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

SLICE: Final = 8_192
"""Rows that one compiled call looks at: a few milliseconds."""
SLICE_TURNS: Final = 64
MOST_TURNS: Final = 10_000


class Turn(NamedTuple):
    """One request and its answer. Frames from 1; times in ns.

    ``pause`` is how long the client had waited before it asked, without the way to it and back;
    ``asking`` and ``answering`` how long the data took to pass here, ``waiting`` what lay
    between: ``network`` of it is the way to the server and back, ``server`` the rest without what
    TCP waited for. ``tcp`` is what timers and windows took of the whole turn. An answer that never
    came has frame 0.
    """

    request_frame: int
    answer_frame: int
    last_frame: int
    start: int
    pause: int
    asking: int
    waiting: int
    network: int
    server: int
    answering: int
    tcp: int
    request_bytes: int
    answer_bytes: int

    @property
    def total(self) -> int:
        """From the first byte of the request to the last of the answer."""
        return self.asking + self.waiting + self.answering


class Waits:
    """The waits of a flow ``by`` TCP's timers and windows, or by a path that held segments or may
    have, in the order of the frames that ended it."""

    def __init__(self, stalls: Sequence[Stall], *by: str) -> None:
        waits = [stall for stall in stalls if stall.kind in WAITS and WAITS[stall.kind].by in by]
        self.frames = [stall.frame for stall in waits]
        self.costs = [stall.cost for stall in waits]

    def between(self, after: int, last: int) -> int:
        """Return what ended behind the frame ``after`` and not behind ``last``, in ns."""
        first, stop = bisect_right(self.frames, after), bisect_right(self.frames, last)
        return sum(self.costs[first:stop])


def runs_of(engine: Engine, flow: Flow) -> Generator[float, None, Turns]:
    """Yield how far it is, after each slice, and return the runs of data of a flow that are still
    held."""
    runs = Turns(flow)
    held = rows_held(engine.packets, flow)
    rows = range(max(held.start, turns_begin(engine, flow)[0]), held.stop)
    for begin in rows[::SLICE]:
        end = min(begin + SLICE, rows.stop)
        add_turns(engine.packets, i64(flow.index), begin, end, runs)
        yield (end - rows.start) / len(rows)
    return runs


def turns_of(
    engine: Engine, flow: Flow, most: int = MOST_TURNS
) -> Generator[float, None, list[Turn]]:
    """Yield how far it is, after each slice, and return the first ``most`` turns of a flow;
    neither a server's greeting nor TLS's handshake is one."""
    runs = yield from runs_of(engine, flow)
    stalls = stalls_of(engine, flow)
    waits, held = Waits(stalls, BY_TCP), Waits(stalls, BY_PATH, BY_UNKNOWN)
    turns: list[Turn] = []
    for at in range(int(runs.server_first), len(runs.first), 2)[:most]:
        if len(turns) % SLICE_TURNS == SLICE_TURNS - 1:
            yield 1.0
        turns.append(turn_at(engine, flow, runs, at, waits, held))
    return turns


def turn_at(engine: Engine, flow: Flow, runs: Turns, at: int, waits: Waits, held: Waits) -> Turn:
    """Return the turn whose request is run number ``at``."""
    packets = engine.packets
    asked, done = runs.ends_of(at)
    start, sent = packets.time(asked), packets.time(done)
    _, opened = turns_begin(engine, flow)
    before = packets.time(runs.ends_of(at - 1)[1]) if at > 0 else min(opened, start)
    pause = max(int(flow.time_between(before, start) - rtt_to(flow, flow.client)), 0)
    asking = sent - start - flow.skipped_between(start, sent)
    frame, request_end = packets.frame(asked), packets.frame(done)
    if at + 1 == len(runs.first):
        return Turn(
            frame, 0, request_end, start, pause, asking, 0, 0, 0, 0,
            waits.between(frame, request_end), runs.size[at], 0,
        )  # fmt: skip
    answered, ended = runs.ends_of(at + 1)
    answer, end = packets.frame(answered), packets.frame(ended)
    began, stopped = packets.time(answered), packets.time(ended)
    waiting = int(flow.time_between(sent, began))
    tcp = min(waits.between(request_end, answer), waiting)
    way = rtt_to(flow, flow.server) + held.between(request_end, answer)
    network = min(waiting - tcp, way)
    return Turn(
        frame,
        answer,
        end,
        start,
        pause,
        asking,
        waiting,
        network,
        waiting - network - tcp,
        stopped - began - flow.skipped_between(began, stopped),
        waits.between(frame, end),
        runs.size[at],
        runs.size[at + 1],
    )


def parts_of(parts: Sequence[tuple[int, str]]) -> str:
    """Return the parts of a turn, like ``server 600 ms, network 20 ms``: the larger first, what
    took no time not at all."""
    return ", ".join(f"{name} {duration(cost)}" for cost, name in sorted(parts)[::-1] if cost > 0)


def turns_text(turns: Sequence[Turn]) -> str:
    """Return a sentence like ``20 requests: server 1.2 s, client 800 ms``: where their time went,
    all in all."""
    parts = [
        (sum(turn.server for turn in turns), "server"),
        (sum(turn.pause for turn in turns), "client"),
        (sum(turn.network for turn in turns), "round trips"),
        (sum(turn.tcp for turn in turns), "TCP's timers and windows"),
        (sum(transfer(turn) for turn in turns), "transfer"),
    ]
    return f"{amount(len(turns), 'request')}: {parts_of(parts)}"


def transfer(turn: Turn) -> int:
    """Return how long the data took to pass, without what TCP waited for meanwhile."""
    return max(turn.total - turn.server - turn.network - turn.tcp, 0)


def turn_text(turn: Turn) -> str:
    """Return a turn in words, like ``#5 (100 bytes) to #8 (1,500 bytes) 620 ms: server 600 ms,
    round trip 20 ms``."""
    asked = f"#{turn.request_frame} ({amount(turn.request_bytes, 'byte')})"
    if not turn.answer_frame:
        return f"{asked} was not answered"
    parts = [
        (turn.server, "server"),
        (turn.network, "round trip"),
        (turn.tcp, "TCP's timers and windows"),
        (transfer(turn), "transfer"),
    ]
    answered = f"#{turn.last_frame} ({amount(turn.answer_bytes, 'byte')})"
    return f"{asked} to {answered} {duration(turn.total)}: {parts_of(parts)}"
