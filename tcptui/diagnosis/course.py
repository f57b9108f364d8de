"""The course of a flow: what only a walk over its rows tells. Made for the flow that is looked at,
and for the worst ones of a report."""

from collections.abc import Generator, Iterator
from heapq import nlargest
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.diagnosis.interactive import (
    FEW_KEYS,
    KEYSTROKE,
    AckDelays,
    Echoes,
    delays_of,
    delays_text,
    echoes_of,
    echoes_text,
)
from tcptui.diagnosis.turn_times import Turn, turn_text, turns_of, turns_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.findings.kinds import WAITS
from tcptui.findings.limits import TransferLimits, limits_of
from tcptui.findings.waits import Stall, stalls_of
from tcptui.text.durations import duration

MOST_TOLD: Final = 3
"""Of the slowest requests, and twice as many of the longest waits."""


class Course(NamedTuple):
    """Requests and answers, waits and ACK delays of a flow, and what limited its transfer."""

    turns: list[Turn]
    stalls: list[Stall]
    delays: list[AckDelays]
    echoes: Echoes | None
    limits: TransferLimits | None

    def interactive(self) -> Iterator[str]:
        """Yield what a person at the keyboard feels, and the delayed ACKs that something waited
        for."""
        if self.echoes is not None:
            yield echoes_text(self.echoes)
        for delays in self.delays:
            if delays.kept:
                yield delays_text(delays)

    def sentences(self) -> Iterator[str]:
        """Yield all that there is to say, a sentence each."""
        if self.limits is not None:
            yield self.limits.text
        if self.turns:
            yield turns_text(self.turns)
        if len(self.turns) > 1:
            slowest = nlargest(MOST_TOLD, self.turns, key=lambda turn: turn.total)
            yield "the slowest: " + "; ".join(map(turn_text, slowest))
        longest = nlargest(2 * MOST_TOLD, self.stalls, key=lambda stall: stall.cost)
        if longest:
            yield "the longest waits: " + ", ".join(map(stall_text, longest))
        if self.echoes is not None:
            yield echoes_text(self.echoes)
        yield from map(delays_text, self.delays)


def stall_text(stall: Stall) -> str:
    """Return a wait in words, like ``1.02 s before #812 (RTO)``."""
    name = WAITS[stall.kind].words.format(side=stall.side)
    return f"{duration(stall.cost)} before #{stall.frame} ({name})"


def course_of(engine: Engine, flow: Flow) -> Generator[float, None, Course]:
    """Walk over the rows of a flow that are still held, in slices."""
    turns = yield from turns_of(engine, flow)
    stalls = [stall for stall in stalls_of(engine, flow) if stall.kind in WAITS]
    delays: list[AckDelays] = []
    for from_server in (False, True):
        found = yield from delays_of(engine, flow, from_server)
        if found is not None:
            delays.append(found)
    return Course(turns, stalls, delays, echoes_of(turns), limits_of(engine, flow))


def is_interactive(flow: Flow) -> bool:
    """Return whether the walk may explain more than the running totals: something waited for a
    delayed ACK, or many short requests have short answers."""
    if (
        flow.ledger is not None
        and flow.ledger.cost_of(LedgerKind.STALL_DELAYED_ACK_NAGLE.value) > 0
    ):
        return True
    turns = i64(flow.answered_requests)
    most = turns * KEYSTROKE
    return turns >= FEW_KEYS and max(flow.client.bytes, flow.server.bytes) < most
