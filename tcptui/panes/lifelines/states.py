"""Finds the states that both endpoints went through up to a journey, each as the point nearest to
the endpoint knows it."""

from tcptui.engine.events import Side
from tcptui.engine.tcp_state.states import StateShown
from tcptui.panes.lifelines.model.journey_fold import JourneyFold
from tcptui.panes.state.history import Moment, Step, opening_step


class JourneySegments:
    """The journeys as the state diagram asks for segments: a row is a journey, and its frame is
    that of the first point that saw it."""

    def __init__(self, fold: JourneyFold) -> None:
        self.journeys = fold.journeys

    def frame(self, row: int) -> int:
        place = self.journeys.seen(row)[0]
        packets = self.journeys.comparison.points[self.journeys.places[place]].engine.packets
        return packets.frame(self.journeys.row(row, place))

    def flags(self, row: int) -> int:
        place = self.journeys.seen(row)[0]
        packets = self.journeys.comparison.points[self.journeys.places[place]].engine.packets
        return packets.flags(self.journeys.row(row, place))

    def is_from_server(self, row: int) -> bool:
        return self.journeys.from_server(row)


def moment_of(fold: JourneyFold, journey: int) -> Moment | None:
    """Return both states at a journey, and the steps that led there; None where a side's state is
    not known by then."""
    steps: list[Step] = []
    now: dict[Side, StateShown] = {}
    for at, changed in fold.changes.items():
        if at > journey:
            break
        for side, state in zip((Side.CLIENT, Side.SERVER), changed, strict=True):
            if state is None:
                continue
            before = now.get(side)
            if before is None:
                steps.append(opening_step(side, state, at))
            elif before.state is not state.state:
                steps.append(Step(side, before.state, state.state, state.certainty, at))
            now[side] = state
    if len(now) < len((Side.CLIENT, Side.SERVER)):
        return None
    client, server = now[Side.CLIENT], now[Side.SERVER]
    return Moment(
        client.state, server.state, client.certainty, server.certainty, journey, steps
    )  # fmt: skip
