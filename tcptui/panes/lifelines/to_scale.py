"""Draws the ladder of several points to scale: an arrow crosses each lifeline at its true time.

Between the points the times are measured. What a segment takes to the point from its sender, and
from the last point to its receiver, is half of the round trip that the point saw to that side.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from tcptui.between.journeys import LOST, UNCLEAR
from tcptui.drawing.cells import Line, Run
from tcptui.panes.ladder.timeline import (
    DEFAULT_UNIT,
    LINES_PER_WAY,
    MOST_LINES,
    ArrowLane,
    Piece,
    mirrored,
    slanted,
    ways_of,
)
from tcptui.panes.lifelines.drawing import (
    ARROW,
    JourneyDrawing,
    JourneyLayout,
    lifelines_from,
)
from tcptui.text.durations import duration

SAMPLE: Final = 200
"""Journeys whose time on the way says how many ns a line stands for."""
SLANT: Final = 3
"""Cells of a slanted arrow's first line beside its label."""


class Station(NamedTuple):
    """The place of an arrow at a time (ns): cells from its sender, FLAT for all of them at once."""

    x: int
    time: int


FLAT: Final = -1


class JourneyTimeline:
    """Draws some items of a flow's ladder, from ``first`` up to ``stop``, to scale."""

    def __init__(
        self, drawing: JourneyDrawing, layout: JourneyLayout, first: int, stop: int
    ) -> None:
        self.drawing = drawing
        self.layout = layout
        self.items = range(first, min(stop, len(drawing.fold.first)))
        flow, places = drawing.journeys.flow, drawing.journeys.places
        ways = []
        for place in (places[0], places[-1]):
            at = flow.seen.at[place]
            assert at is not None
            found = ways_of(at.flow)
            ways.append(tuple(found)[::-1] if at.swapped else tuple(found))
        self.to_client, self.to_server = ways[0][0], ways[1][1]
        self.typical = self.typical_way()
        whole = self.typical + self.to_client + self.to_server
        self.unit = max(1, whole // LINES_PER_WAY) if whole else DEFAULT_UNIT
        self.stations = [self.stations_of(item) for item in self.items]
        self.passed, self.silences = place_lines(
            self.stations, [self.is_reversed(item) for item in self.items], self.unit, layout.lane
        )

    @property
    def begins(self) -> list[int]:
        """The line on which each item begins."""
        return [lines[0] for lines in self.passed]

    def typical_way(self) -> int:
        """Return how long segments take between the outermost points (ns); 0 if unknown."""
        count = self.drawing.journeys.count
        sample = range(0, count, max(1, count // SAMPLE))
        ways = [way for n in sample if (way := self.drawing.way(n)) is not None]
        return max(0, int(median(ways))) if ways else 0

    def is_reversed(self, item: int) -> bool:
        return self.drawing.journeys.from_server(self.drawing.fold.first[item])

    def stations_of(self, item: int) -> list[Station]:
        """Return where the arrow of an item is, and when; a run or a gap has one moment."""
        drawing, journeys = self.drawing, self.drawing.journeys
        journey, span = drawing.fold.first[item], drawing.fold.span[item]
        if span != 1:
            return [Station(FLAT, drawing.moment(journey if span else journey - 1))]
        from_server = journeys.from_server(journey)
        lifelines = lifelines_from(self.layout, from_server)
        last = len(lifelines) - 1
        found = [
            Station(
                lifelines[last - place if from_server else place], journeys.time(journey, place)
            )
            for place in journeys.seen(journey)
        ]
        way = drawing.stretch(journey, self.layout)
        before, behind = self.to_client, self.to_server
        if from_server:
            before, behind = behind, before
        if way.begin < found[0].x:
            early = self.typical // 2 if way.begin else before
            found.insert(0, Station(way.begin, found[0].time - early))
        if way.end - 1 > found[-1].x:
            died = journeys.fate(journey) & (LOST | UNCLEAR)
            late = self.typical // 2 if died else behind
            found.append(Station(way.end - 1, found[-1].time + late))
        return found

    def draw(self) -> list[tuple[int, Line]]:
        """Return all lines, each with the item that begins there, or -1."""
        lane = ArrowLane(self.layout.lane)
        whole: dict[int, tuple[int, Line]] = {}
        fronts: dict[int, tuple[int, Line]] = {}
        states: dict[tuple[int, bool], str] = {}
        labels: list[tuple[int, int, str, str]] = []
        for number, item in enumerate(self.items):
            begin, end = self.passed[number][0], self.passed[number][-1]
            if self.stations[number][0].x == FLAT:
                whole[begin] = item, self.drawing.line(item, self.layout)
                continue
            journey = self.drawing.fold.first[item]
            left, right = self.drawing.states(journey, self.layout)
            from_server = self.is_reversed(item)
            fronts[begin] = item, self.drawing.front(journey, self.layout)
            states[end if from_server else begin, False] = left
            states[begin if from_server else end, True] = right
            labels.append(self.draw_arrow(lane, number, journey))
        for label in labels:
            lane.write(*label)
        for line, silence in self.silences.items():
            text = f" ⋮ {duration(silence)} ⋮ "
            lane.write(line, (lane.width - len(text)) // 2, text, "gap")
        blank = -1, [Run(" " * self.layout.front)]
        last = max((lines[-1] for lines in self.passed), default=-1)
        for line in range(last + 1):
            if line in whole:
                continue
            item, front = fronts.get(line, blank)
            nothing = " " * self.layout.state
            whole[line] = (
                item,
                [
                    *front,
                    Run(states.get((line, False), nothing) + " │", "client-state"),
                    *self.lane_line(lane, line),
                    Run("│ " + states.get((line, True), nothing), "server-state"),
                ],
            )
        return [whole[line] for line in sorted(whole)]

    def lane_line(self, lane: ArrowLane, line: int) -> Line:
        """Return a line of the lane, with the lifelines where nothing crosses them."""
        for x in self.layout.lifelines:
            if line not in lane.lines or lane.lines[line][x].text == " ":
                lane.write(line, x, "│", "rule")
        return lane.line(line)

    def draw_arrow(self, lane: ArrowLane, number: int, journey: int) -> tuple[int, int, str, str]:
        """Draw an arrow; return where its label goes, what it says, and its style."""
        style = self.drawing.style(journey)
        from_server = self.drawing.journeys.from_server(journey)
        line, at, label = self.label(number, journey)
        for piece in self.pieces(number, journey, len(label)):
            lane.write(*turned(piece, lane.width, from_server), style)
        for piece in self.dots(number, journey):
            lane.write(*turned(piece, lane.width, from_server), "dim")
        return *turned((line, at, label), lane.width, from_server)[:2], label, style

    def label(self, number: int, journey: int) -> tuple[int, int, str]:
        """Return where the label of an arrow goes, in cells from the sender, and what it says."""
        stations, passed = self.stations[number], self.passed[number]
        way = self.drawing.stretch(journey, self.layout)
        first, stop = way.label
        room = stop - first - ARROW
        line = passed[0] if way.dots_before else passed[-1]
        for here, there in pairwise(range(len(stations))):
            if stations[here].x <= first and stop <= stations[there].x + 1:
                line = passed[here]
                room = min(room, self.room(number, (line, passed[there]), stop - first))
        return line, first + 1, f" {self.drawing.label(journey, room)} "

    def pieces(self, number: int, journey: int, label: int) -> list[Piece]:
        """Return the pieces of an arrow, in cells from the sender."""
        stations, passed = self.stations[number], self.passed[number]
        way = self.drawing.stretch(journey, self.layout)
        pieces: list[Piece] = []
        for here, there in pairwise(range(len(stations))):
            begin = stations[here].x + (1 if here else 0)
            width = stations[there].x - begin
            labelled = begin <= way.label[0] < stations[there].x
            share = max(width // 2, label + SLANT) if labelled else width // 2
            pieces += stretch_pieces((passed[here], passed[there]), begin, width, share)
            pieces.append((passed[there], stations[there].x, "┼"))
        if way.begin or way.dots_before:
            sign = "┼" if way.dots_before else "╶"
            pieces.append((passed[0], stations[0].x, sign))
        if not way.dots_behind:
            pieces.append((passed[-1], stations[-1].x, way.final))
        return pieces

    def dots(self, number: int, journey: int) -> list[Piece]:
        """Return what stands for the parts of the way where nobody saw the segment."""
        way = self.drawing.stretch(journey, self.layout)
        passed = self.passed[number]
        pieces: list[Piece] = []
        if way.dots_before:
            pieces.append((passed[0], 0, "┄" * way.begin))
        if way.dots_behind:
            pieces.append((passed[-1], way.end, "┄" * (self.layout.lane - way.end - 1) + "►"))
        from_server = self.drawing.journeys.from_server(journey)
        for line, begin, text in list(pieces):
            for x in lifelines_from(self.layout, from_server):
                if begin <= x < begin + len(text):
                    pieces.append((line, x, "○"))
        return pieces

    def room(self, number: int, lines: tuple[int, int], width: int) -> int:
        """Return the cells of a label: half where others are under way at the same time."""
        begin, end = lines
        crowded = any(
            passed[0] <= end and begin <= passed[-1]
            for other, passed in enumerate(self.passed)
            if other != number and self.stations[other][0].x != FLAT
        )
        room = width - (end - begin) - ARROW
        return max(room // 2 if crowded and begin != end else room, 1)


def stretch_pieces(lines: tuple[int, int], begin: int, width: int, share: int) -> list[Piece]:
    """Return an arrow's pieces between two stations."""
    if lines[0] == lines[1] or width < 2:
        return [(lines[0], begin, "─" * width)]
    drawn = slanted(lines[0], lines[1], min(max(share, 1), width - 1), width)
    return [(line, begin + column, text.replace("►", "─")) for line, column, text in drawn]


def turned(piece: Piece, width: int, from_server: bool) -> Piece:
    """Return a piece in cells from the left, as the client is there."""
    return mirrored([piece], width)[0] if from_server else piece


def place_lines(
    stations: Sequence[Sequence[Station]], reversed_: Sequence[bool], unit: int, width: int
) -> tuple[list[list[int]], dict[int, int]]:
    """Give each station its line, and say where silences (ns) are shortened: one item begins on a
    line, and one arrow is at a place of it."""
    passed: list[list[int]] = [[] for _ in stations]
    silences: dict[int, int] = {}
    taken: set[tuple[int, int]] = set()
    moments = sorted(
        (station.time, number, n)
        for number, found in enumerate(stations)
        for n, station in enumerate(in_order(found))
    )
    position, begun, now = 0.0, -1, moments[0][0] if moments else 0
    for time, number, n in moments:
        x = stations[number][n].x
        flat = x == FLAT
        x = width - 1 - x if reversed_[number] and not flat else x
        lines = max(0, time - now) / unit
        if lines > MOST_LINES:
            position = float(int(position) + 1)
            if not flat:
                silences[int(position)] = time - now
                position += 1
        else:
            position += lines
        line = int(position)
        least = begun + 1 if n == 0 else passed[number][-1]
        while line < least or (line, x) in taken or (line, FLAT) in taken:
            line += 1
            position = float(line)
        taken.add((line, x))
        now = max(now, time)
        passed[number].append(line)
        if n == 0:
            begun = line
    return passed, silences


def in_order(stations: Sequence[Station]) -> list[Station]:
    """Return an arrow's stations with times that do not go back, however the clocks do."""
    found: list[Station] = []
    for station in stations:
        latest = found[-1].time if found else station.time
        found.append(station._replace(time=max(latest, station.time)))
    return found
