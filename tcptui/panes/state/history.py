"""Finds the states that both endpoints went through up to a moment."""

from typing import NamedTuple

from tcptui.engine.events import Side
from tcptui.engine.packets import Packets
from tcptui.engine.tcp_state.states import Certainty, State, StateShown, states_shown
from tcptui.panes.ladder.model.fold import Fold


class Step(NamedTuple):
    """A change of one endpoint's state; ``before`` is None where the capture begins inside.

    ``row`` is the segment that made it known.
    """

    side: Side
    before: State | None
    after: State
    certainty: Certainty
    row: int


class Moment(NamedTuple):
    """Both states at a segment, and the steps that led there."""

    client: State
    server: State
    client_certainty: Certainty
    server_certainty: Certainty
    row: int
    steps: list[Step]

    def now(self) -> list[Step]:
        """Return the steps of this very segment."""
        return [step for step in self.steps if step.row == self.row]


def moment(packets: Packets, fold: Fold, ordinal: int) -> Moment | None:
    """Return the moment of a fold's segment; None without rows."""
    if not len(fold.rows):
        return None
    ordinal = max(0, min(ordinal, len(fold.rows) - 1))
    row = fold.row_at(ordinal)
    steps = first_steps(packets, fold.row_at(0))
    before = states_shown(packets.states(fold.row_at(0)))
    for at in fold.changes:
        if at > ordinal:
            break
        if at == 0:
            continue
        changed_row = fold.row_at(at)
        after = states_shown(packets.states(changed_row))
        for side, old, new in (
            (Side.CLIENT, before[0], after[0]),
            (Side.SERVER, before[1], after[1]),
        ):
            if old.state is not new.state:
                steps.append(Step(side, old.state, new.state, new.certainty, changed_row))
        before = after
    client, server = states_shown(packets.states(row))
    return Moment(
        client.state, server.state, client.certainty, server.certainty, row, steps,
    )  # fmt: skip


def first_steps(packets: Packets, row: int) -> list[Step]:
    """Return how both sides came to where the flow's first segment shows them."""
    client, server = states_shown(packets.states(row))
    return [opening_step(Side.CLIENT, client, row), opening_step(Side.SERVER, server, row)]


def opening_step(side: Side, shown: StateShown, row: int) -> Step:
    """Return how a side came to where its first segment shows it."""
    opening = shown.state in (State.SYN_SENT, State.LISTEN)
    before = State.CLOSED if opening else None
    return Step(side, before, shown.state, shown.certainty, row)
