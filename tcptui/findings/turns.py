"""Turns cost round trips: who asks one thing after the other pays the way each time.

Neither host is slow then and nothing is lost. The sum counts where the client asks again at once:
a person who types, or an application that thinks, would not be quicker on a shorter path.
"""

from typing import Final

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.timing.round_trips import rtt_to
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frames_of_flow
from tcptui.findings.waits import active_time
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

MANY: Final = 20
"""So many turns are a habit of the application; fewer are the path's matter."""
FEWEST: Final = 3
LONG_PATH: Final = 150 * MILLISECOND
WORTH_TELLING: Final = 1_000 * MILLISECOND
"""ns that all turns cost."""
MUCH: Final = 30_000 * MILLISECOND
"""ns from which on the application should be changed."""
SHARE: Final = 0.5
"""Of the flow's time, up to its last data."""


class TurnCosts:
    """A client's requests that were answered, the round trip (ns), and what both cost."""

    def __init__(self, number: int, round_trip: int) -> None:
        self.number = number
        self.round_trip = round_trip
        self.cost = number * round_trip


def costly_turns(flow: Flow) -> TurnCosts | None:
    """Return the turns of a flow whose way made most of its time, or None where there are none."""
    if flow.answered_requests < FEWEST:
        return None
    round_trip = int(rtt_to(flow, flow.client) + rtt_to(flow, flow.server))
    turns = TurnCosts(int(flow.answered_requests), round_trip)
    if turns.cost < WORTH_TELLING:
        return None
    asks_at_once = int(flow.client_time) <= turns.cost
    if not asks_at_once or turns.cost < SHARE * active_time(flow):
        return None
    return turns


def many_turns(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find an application that asks many things one after the other."""
    turns = costly_turns(flow)
    if turns is None or turns.number < MANY:
        return None
    text = (
        f"{amount(turns.number, 'turn')} of question and answer, one after the other, at "
        f"{duration(turns.round_trip)} a round trip: {duration(turns.cost)} of the "
        f"{duration(active_time(flow))} are the way alone; cure: ask for more at once, or from "
        "nearer"
    )
    found = finding_of(kind, engine, flow, turns, text)
    if turns.cost < MUCH:
        found.severity = Severity.NOTE.value
    return found


def long_path(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a path so long that few turns take most of the time."""
    turns = costly_turns(flow)
    if turns is None or turns.number >= MANY or turns.round_trip < LONG_PATH:
        return None
    text = (
        f"the path is long: {duration(turns.round_trip)} a round trip; "
        f"{amount(turns.number, 'turn')} of question and answer are {duration(turns.cost)} of the "
        f"{duration(active_time(flow))}"
    )
    return finding_of(kind, engine, flow, turns, text)


def finding_of(
    kind: FindingKind, engine: Engine, flow: Flow, turns: TurnCosts, text: str
) -> Finding:
    """Return the finding that turns make, on the client, which asks."""
    frames = frames_of_flow(engine, flow)
    return kind.finding(turns.number, frames, "client", turns.cost, text)
