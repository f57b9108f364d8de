"""Requests and answers of a flow, and where the time of each went."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.engine.columns import NO_ROW
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.totals import near
from tcptui.engine.turns import Turns, walk_turns

SLICE: Final = 8_192
"""Rows that one compiled call looks at: a few milliseconds."""
MOST_TURNS: Final = 10_000


class Turn(NamedTuple):
    """One request and its answer. Frames from 1; times in ns.

    ``pause`` is how long the client had waited before it asked, ``asking`` and ``answering`` how
    long the data took to pass here, ``waiting`` what lay between: ``network`` of it is the way to
    the server and back, ``server`` the rest. An answer that never came has frame 0.
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
    request_bytes: int
    answer_bytes: int


def runs_of(engine: Engine, flow: Flow) -> Iterator[Turns]:
    """The runs of data of a flow; unfinished ones after each slice of rows, whole at the end."""
    turns = Turns()
    if flow.first_row == NO_ROW:
        yield turns
        return
    start, stop = int(flow.first_row), int(flow.last_row) + 1
    while start < stop:
        end = min(start + SLICE, stop)
        walk_turns(engine.packets, i64(flow.index), i64(start), i64(end), turns)
        start = end
        yield turns


def turns_of(engine: Engine, flow: Flow, most: int = MOST_TURNS) -> list[Turn]:
    """The first ``most`` turns of a flow, in order; a server's greeting is no turn."""
    runs = Turns()
    for found in runs_of(engine, flow):
        runs = found
        if len(runs.first) > 2 * most + 1:
            break
    first = 1 if runs.server_first else 0
    count = len(runs.first)
    return [turn_at(engine, flow, runs, at) for at in range(first, count, 2)][:most]


def turn_at(engine: Engine, flow: Flow, runs: Turns, at: int) -> Turn:
    """The turn whose request is run number ``at``."""
    packets = engine.packets
    asked, done = int(runs.first[at]), int(runs.last[at])
    start, sent = int(packets.time(asked)), int(packets.time(done))
    before = int(packets.time(i64(runs.last[at - 1]))) if at > 0 else int(flow.first_time)
    if at + 1 == len(runs.first):
        return Turn(
            int(packets.frame(asked)), 0, int(packets.frame(done)), start, start - before,
            sent - start, 0, 0, 0, 0, int(runs.size[at]), 0,
        )  # fmt: skip
    answered, ended = int(runs.first[at + 1]), int(runs.last[at + 1])
    waiting = int(packets.time(answered)) - sent
    network = min(max(waiting, 0), int(near(flow, flow.server)))
    return Turn(
        int(packets.frame(asked)),
        int(packets.frame(answered)),
        int(packets.frame(ended)),
        start,
        start - before,
        sent - start,
        waiting,
        network,
        waiting - network,
        int(packets.time(ended)) - int(packets.time(answered)),
        int(runs.size[at]),
        int(runs.size[at + 1]),
    )
