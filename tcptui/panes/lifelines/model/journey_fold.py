"""Turns the journeys of a flow's segments into rows: plain runs are folded, everything else is a
row of its own."""

from collections.abc import Generator
from typing import Final

from mypy_extensions import i64

from tcptui.between.comparison import Comparison, FlowBetween
from tcptui.between.journeys import NOT_CAPTURED, NOT_SEEN, SLICE, Journeys
from tcptui.engine.flow import CLIENT, SERVER
from tcptui.engine.tcp_header import RST
from tcptui.engine.tcp_state.states import (
    StateShown,
    states_shown,
)
from tcptui.engine.wireshark.flags import DUPLICATE_ACK, WINDOW_UPDATE
from tcptui.panes.ladder.model.fold import LONG_SILENCE, REMARKABLE, SHORTEST_RUN

NOBODY: Final = -1


class JourneyFold:
    """The rows of one flow's ladder, called items.

    Item ``i`` begins at journey ``first[i]`` and stands for ``span[i]`` of them; 0 is the silence
    before the journey. ``problems`` are the journeys with something to look at, ``changes`` the
    states (the client's, the server's; None for one that stays) where a journey changes them: the
    client's as the nearest point knows it, the server's as its own nearest one does.
    """

    def __init__(self, journeys: Journeys) -> None:
        self.journeys: Journeys = journeys
        self.first: list[int] = []
        self.span: list[int] = []
        self.problems: list[int] = []
        self.changes: dict[int, tuple[StateShown | None, StateShown | None]] = {}
        self.opened: dict[int, int] = {}
        self.run: int = 0
        self.run_kind: int = 0
        self.data_side: int = NOBODY
        self.states: list[StateShown | None] = [None, None]
        self.latest: i64 = 0

    # Making it

    def fold(self) -> Generator[float, None, None]:
        """Make the items; yield now and then how far that is, 0 to 1."""
        count = self.journeys.count
        for journey in range(count):
            if journey % SLICE == 0:
                yield journey / count
            self.take(journey)

    def take(self, journey: int) -> None:
        """Add the next journey."""
        journeys = self.journeys
        place = journeys.seen(journey)[0]
        row = i64(journeys.row(journey, place))
        packets = journeys.comparison.points[journeys.places[place]].engine.packets
        time = i64(journeys.time(journey, place))
        if journey > 0 and time - self.latest >= LONG_SILENCE:
            self.run = 0
            self.add(journey, 0)
        self.latest = time
        fate = journeys.fate(journey)
        flags = packets.flags(row)
        analysis = packets.analysis(row)
        changed = self.take_states(journey)
        if fate & ~NOT_CAPTURED != 0 or flags & RST != 0:
            self.problems.append(journey)
        plain = analysis & ~WINDOW_UPDATE == 0 or analysis == DUPLICATE_ACK
        if changed or flags & REMARKABLE != 0 or fate & ~NOT_CAPTURED != 0 or not plain:
            self.run = 0
            self.add(journey, 1)
            return
        side = SERVER if journeys.from_server(journey) else CLIENT
        kind = fate << 1 | (1 if analysis == DUPLICATE_ACK else 0)
        self.take_plain(journey, kind, side, packets.length(row) > 0)

    def take_plain(self, journey: int, kind: int, side: int, has_data: bool) -> None:
        """Add a plain segment: it goes on with the run of its kind, and of its data's direction. A
        run of duplicate ACKs goes on with the data that they meet."""
        if self.run > 0 and not self.continues(kind, side, has_data):
            self.run = 0
        if self.run == 0:
            self.run_kind, self.data_side = kind, NOBODY
        data_side = side if has_data else 1 - side if kind & 1 else NOBODY
        if data_side != NOBODY:
            self.data_side = data_side
        self.run += 1
        if self.run <= SHORTEST_RUN:
            self.add(journey, 1)
        else:
            self.span[-1] += 1
        if self.run == SHORTEST_RUN:
            start = len(self.first) - SHORTEST_RUN
            del self.first[start + 1 :]
            del self.span[start + 1 :]
            self.span[start] = SHORTEST_RUN

    def continues(self, kind: int, side: int, has_data: bool) -> bool:
        """Return whether a plain segment goes on with the run."""
        if self.run_kind & 1 and not kind & 1:
            return has_data and kind == self.run_kind - 1 and side == self.data_side
        if kind != self.run_kind:
            return False
        if kind & 1:
            return side == 1 - self.data_side
        return not has_data or self.data_side in (NOBODY, side)

    def take_states(self, journey: int) -> bool:
        """Note which states a journey changes; return whether there are any."""
        last = len(self.journeys.places) - 1
        now = [self.state_at(journey, 0, False), self.state_at(journey, last, True)]
        told: list[StateShown | None] = [None, None]
        for side in (CLIENT, SERVER):
            state = now[side]
            if state is not None and state != self.states[side]:
                told[side] = self.states[side] = state
        if told[CLIENT] is None and told[SERVER] is None:
            return False
        self.changes[journey] = (told[CLIENT], told[SERVER])
        return True

    def state_at(self, journey: int, place: int, of_server: bool) -> StateShown | None:
        """Return one side's state once a segment has passed one of the places; None where it was
        not seen there."""
        row = self.journeys.row(journey, place)
        if row == NOT_SEEN:
            return None
        at = self.journeys.flow.seen.at[self.journeys.places[place]]
        assert at is not None
        point = self.journeys.comparison.points[self.journeys.places[place]]
        shown = states_shown(point.engine.packets.states(i64(row)))
        return shown[1] if of_server != at.swapped else shown[0]

    def add(self, journey: int, span: int) -> None:
        self.first.append(journey)
        self.span.append(span)

    # Using it

    def item_of(self, journey: int) -> int:
        """Return the item that shows a journey."""
        low, high = 0, len(self.first)
        while low < high:
            middle = (low + high) // 2
            if self.first[middle] <= journey:
                low = middle + 1
            else:
                high = middle
        return max(low - 1, 0)

    def open(self, item: int) -> None:
        """Unfold a run: an item for each of its segments."""
        first, span = self.first[item], self.span[item]
        self.opened[first] = span
        self.first[item : item + 1] = list(range(first, first + span))
        self.span[item : item + 1] = [1] * span

    def close(self, item: int) -> int:
        """Fold the run that an item is part of again; return its item now, or -1."""
        journey = self.first[item]
        for first, span in self.opened.items():
            if first <= journey < first + span and self.span[item] == 1:
                start = item - (journey - first)
                self.first[start : start + span] = [first]
                self.span[start : start + span] = [span]
                del self.opened[first]
                return start
        return -1


def folding(comparison: Comparison, flow: FlowBetween) -> Generator[float, None, JourneyFold]:
    """Follow the segments of a flow and fold them; yield now and then how far that is, 0 to 1."""
    journeys = Journeys(comparison, flow)
    for part in journeys.follow():
        yield part / 2
    fold = JourneyFold(journeys)
    for part in fold.fold():
        yield 0.5 + part / 2
    return fold
