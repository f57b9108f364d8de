"""Draws the ladder to scale: lines spaced by time, arrows slanted by the time on the way.

A segment is seen where the capture was taken. When it left its sender and when it reached the
other side follows from the round trips between here and each end, half of each
(:mod:`tcptui.findings.capture_point`); without them arrows are level. Silence is shortened and
marked; what comes faster than a line apiece is spread.
"""

from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from tcptui.drawing.cells import Line, Run, width_of
from tcptui.engine.flow import Flow
from tcptui.findings.capture_point import capture_point_of
from tcptui.panes.ladder.drawing import (
    LETTERS_WIDTH,
    LadderDrawing,
    Layout,
    Parts,
    arrow,
    label_room,
)
from tcptui.panes.ladder.model.fold import EVENT, GAP, SEGMENT
from tcptui.text.durations import duration

LINES_PER_WAY: Final = 3
"""Lines that an arrow takes from one end to the other where nothing else happens."""
MOST_LINES: Final = 4
"""Most lines on which nothing happens; more are shortened to one that says how long it was."""
DEFAULT_UNIT: Final = 1_000_000
"""How many ns a line stands for where the time on the way is not known."""
BEFORE: Final = 40
"""Items before the first shown one whose arrows may still be under way."""


class Ways(NamedTuple):
    """The time (ns) that a segment takes between the capture and either end."""

    client: int
    server: int


class Item(NamedTuple):
    """An item of the ladder: its row there, what stands before its line, and whose it is."""

    row: int
    tag: Run
    drawing: LadderDrawing
    item: int
    ways: Ways


class Passing(NamedTuple):
    """An item in time: when a segment was ``sent`` and ``arrived`` (ns). A flat one (a run, a gap,
    an event) takes one line for all of its time."""

    sent: int
    arrived: int
    from_server: bool = False
    flat: bool = False


class Spacing(NamedTuple):
    """The lines on which each passing begins and ends, and the silences (ns) by line."""

    begins: list[int]
    ends: list[int]
    silences: dict[int, int]


def ways_of(flow: Flow) -> Ways:
    """Return half of the round trips from the capture to each end."""
    point = capture_point_of(flow)
    return Ways(point.client_way // 2, point.server_way // 2)


def unit_of(flows: list[Flow]) -> int:
    """Return how many ns a line stands for, by the longest way among the flows."""
    longest = max(sum(ways_of(flow)) for flow in flows)
    return max(1, longest // LINES_PER_WAY) if longest else DEFAULT_UNIT


def passing(one: Item) -> Passing:
    """Return when an item was under way."""
    made, ways = one.drawing, one.ways
    fold, packets = made.fold, made.packets
    kind, first, span = fold.kind[one.item], fold.first[one.item], fold.span[one.item]
    if kind == EVENT:
        at = made.events[first].time
        return Passing(at, at, flat=True)
    row = fold.row_at(first)
    at = packets.time(row)
    from_server = packets.is_from_server(row)
    before, after = (ways.server, ways.client) if from_server else ways
    if kind == SEGMENT:
        return Passing(at - before, at + after, from_server)
    if kind == GAP:
        return Passing(at - before, at - before, flat=True)
    last = packets.time(fold.row_at(first + span - 1))
    return Passing(at - before, last - before, flat=True)


def space(passings: list[Passing], unit: int) -> Spacing:
    """Give each passing its lines: one item begins on a line, and one arrow of a side ends on a
    line."""
    begins, ends = [0] * len(passings), [0] * len(passings)
    silences: dict[int, int] = {}
    taken: set[tuple[int, bool]] = set()
    moments = sorted(
        (time, number, end)
        for number, passing in enumerate(passings)
        for end, time in ((False, passing.sent), (True, passing.arrived))
        if not (passing.flat and end)
    )
    position, begun, now = 0.0, -1, moments[0][0] if moments else 0
    for time, number, end in moments:
        one = passings[number]
        lines = max(0, time - now) / unit
        if lines > MOST_LINES:
            position = float(int(position) + 1)
            if not one.flat:
                silences[int(position)] = time - now
                position += 1
        else:
            position += lines
        line = int(position)
        sides = {False, True} if one.flat else {one.from_server is not end}
        while (not end and line <= begun) or any((line, side) in taken for side in sides):
            line += 1
            position = float(line)
        taken.update((line, side) for side in sides)
        now = max(now, one.arrived if one.flat else time)
        if not end:
            begins[number] = begun = line
        if end or one.flat:
            ends[number] = line
    return Spacing(begins, ends, silences)


CORNERS: Final = "╭╮╯╰┼"


class ArrowLane:
    """Draws the cells between both ends, line by line."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: dict[int, list[Run]] = {}

    def write(self, line: int, column: int, text: str, style: str) -> None:
        cells = self.lines.setdefault(line, [Run(" ")] * self.width)
        for at, character in enumerate(text, column):
            if 0 <= at < self.width:
                meets = character in CORNERS and cells[at].text in CORNERS
                cells[at] = Run("┼" if meets else character, style)

    def line(self, number: int) -> Line:
        """Return one line as runs of a style."""
        cells = self.lines.get(number)
        if cells is None:
            return [Run(" " * self.width)]
        return [
            Run("".join(cell.text for cell in same), style)
            for style, same in groupby(cells, key=attrgetter("style"))
        ]


Piece = tuple[int, int, str]
"""Line, column and text of a part of an arrow."""


def slanted(begin: int, end: int, first: int, width: int) -> list[Piece]:
    """Return an arrow from the left edge to the right one: ``first`` cells on its first line, the
    rest shared by the other lines."""
    pieces = [(begin, 0, "─" * (first - 1) + "╮")]
    column, more = first - 1, end - begin
    for n in range(1, more):
        stop = first - 1 + (width - first) * n // more
        text = "╰" + "─" * (stop - column - 1) + "╮" if stop > column else "│"
        pieces.append((begin + n, column, text))
        column = stop
    return [*pieces, (end, column, "╰" + "─" * (width - column - 2) + "►")]


MIRROR: Final = str.maketrans("╮╰►", "╭╯◄")


def mirrored(pieces: list[Piece], width: int) -> list[Piece]:
    """Return an arrow turned round: from the right edge to the left one."""
    return [
        (line, width - column - len(text), text[::-1].translate(MIRROR))
        for line, column, text in pieces
    ]


class Timeline:
    """Draws items to scale."""

    def __init__(self, layout: Layout, unit: int) -> None:
        self.layout = layout
        self.unit = unit

    def spacing(self, items: list[Item]) -> Spacing:
        return space([passing(one) for one in items], self.unit)

    def draw(self, items: list[Item]) -> list[tuple[int, Line]]:
        """Return all lines, each with the row of the item that begins there, or -1."""
        passings = [passing(one) for one in items]
        spacing = space(passings, self.unit)
        lane = ArrowLane(self.layout.lane)
        lines: dict[int, tuple[int, Line]] = {}
        states: dict[tuple[int, bool], str] = {}
        fronts: dict[int, tuple[int, Line]] = {}
        labels: list[tuple[int, int, str, str]] = []
        for number, (one, way) in enumerate(zip(items, passings, strict=True)):
            begin, end = spacing.begins[number], spacing.ends[number]
            if way.flat:
                lines[begin] = one.row, [one.tag, *one.drawing.line(one.item, self.layout)]
                continue
            parts = one.drawing.parts(one.drawing.fold.first[one.item], self.layout)
            fronts[begin] = one.row, [one.tag, *parts.front]
            states[end if way.from_server else begin, False] = parts.left
            states[begin if way.from_server else end, True] = parts.right
            room = self.room(number, passings, spacing)
            labels.append(self.arrow(lane, (begin, end), parts, room))
        for label in labels:
            lane.write(*label)
        for line, silence in spacing.silences.items():
            text = f" ⋮ {duration(silence)} ⋮ "
            lane.write(line, (lane.width - len(text)) // 2, text, "gap")
        blank = -1, self.blank(items)
        for line in range(max(spacing.ends, default=-1) + 1):
            if line not in lines:
                row, front = fronts.get(line, blank)
                left = states.get((line, False), " " * self.layout.state)
                right = states.get((line, True), " " * self.layout.state)
                lines[line] = (
                    row,
                    [
                        *front,
                        Run(left + " │", "client-state"),
                        *lane.line(line),
                        Run("│ " + right, "server-state"),
                    ],
                )
        return [lines[line] for line in sorted(lines)]

    def blank(self, items: list[Item]) -> Line:
        """Return what stands before a line on which nothing begins."""
        tag = width_of(items[0].tag.text) if items else 0
        return [Run(" " * (tag + self.layout.number + self.layout.time + LETTERS_WIDTH + 3))]

    def room(self, number: int, passings: list[Passing], spacing: Spacing) -> int:
        """Return the cells of an arrow's first line: half the lane where others are under way."""
        begin, end = spacing.begins[number], spacing.ends[number]
        crowded = any(
            spacing.begins[other] <= begin <= spacing.ends[other]
            for other, way in enumerate(passings)
            if other != number and not way.flat
        )
        return self.layout.lane // 2 if crowded else self.layout.lane - 2 * (end - begin) - 1

    def arrow(
        self, lane: ArrowLane, lines: tuple[int, int], parts: Parts, room: int
    ) -> tuple[int, int, str, str]:
        """Draw an arrow; return where its label goes, and what it says."""
        (begin, end), width = lines, lane.width
        if begin == end:
            text = arrow(parts.label(label_room(width)), width, parts.from_server)
            return begin, 0, text, parts.style
        label = f" {parts.label(room - 5)} "
        first = max(width // 2, len(label) + 3)
        pieces = slanted(begin, end, first, width)
        for piece in mirrored(pieces, width) if parts.from_server else pieces:
            lane.write(*piece, parts.style)
        return begin, width - 2 - len(label) if parts.from_server else 2, label, parts.style
