"""The states that both endpoints went through up to a moment."""

from typing import NamedTuple

from tcptui.engine.events import Side
from tcptui.engine.packets import Packets
from tcptui.engine.tcp_state.states import Certainty, State
from tcptui.panes.ladder.drawing import sides
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


def moment(packets: Packets, fold: Fold, place: int) -> Moment | None:
    """Return the moment of the segment at ``place`` of the fold's rows; None without rows."""
    if not len(fold.rows):
        return None
    place = max(0, min(place, len(fold.rows) - 1))
    row = int(fold.rows[place])
    steps = first_steps(packets, int(fold.rows[0]))
    before = sides(int(packets.states(int(fold.rows[0]))))
    for change in fold.changes:
        at = int(change)
        if at > place:
            break
        if at == 0:
            continue
        changed_row = int(fold.rows[at])
        after = sides(int(packets.states(changed_row)))
        for side, old, new in (
            (Side.CLIENT, before[0], after[0]),
            (Side.SERVER, before[1], after[1]),
        ):
            if old & 15 != new & 15:
                steps.append(
                    Step(side, State(old & 15), State(new & 15), Certainty(new >> 4), changed_row)
                )
        before = after
    client, server = sides(int(packets.states(row)))
    return Moment(
        State(client & 15), State(server & 15),
        Certainty(client >> 4), Certainty(server >> 4), row, steps,
    )  # fmt: skip


def first_steps(packets: Packets, row: int) -> list[Step]:
    """Return how both sides came to where the flow's first segment shows them."""
    client, server = sides(int(packets.states(row)))
    steps = []
    for side, packed in ((Side.CLIENT, client), (Side.SERVER, server)):
        state, certainty = State(packed & 15), Certainty(packed >> 4)
        opening = state in (State.SYN_SENT, State.LISTEN)
        steps.append(Step(side, State.CLOSED if opening else None, state, certainty, row))
    return steps
