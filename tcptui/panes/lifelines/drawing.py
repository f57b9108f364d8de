"""Draws the ladder of a flow that several points saw: client left, server right, and a lifeline for
each point between them."""

from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from tcptui.between.journeys import (
    AGAIN,
    LOST,
    MISSED,
    NOT_CAPTURED,
    NOT_SEEN,
    OVERTAKEN,
    TWICE,
    UNCLEAR,
)
from tcptui.drawing.cells import Line, Run, cut, fit, width_of
from tcptui.drawing.names import flag_letters, severity_style, state_name
from tcptui.engine.tcp_header import RST
from tcptui.engine.tcp_state.states import StateShown
from tcptui.engine.wireshark.flags import DUPLICATE_ACK
from tcptui.panes.ladder.drawing import LadderDrawing, Settings, dotted
from tcptui.panes.ladder.model.fold import Fold
from tcptui.panes.lifelines.model.journey_fold import JourneyFold
from tcptui.panes.lifelines.model.numbers import CommonNumbers
from tcptui.text.amounts import amount, count
from tcptui.text.durations import brief_duration, clock, delta, duration


class TimeShown(StrEnum):
    """The times that the time column can show."""

    DELTA = "since the segment before"
    WAY = "on the way, from the first point that saw it to the last"
    START = "since the flow's start"
    CLOCK = "time of day, on the first point's clock"


TITLES: Final = {
    TimeShown.DELTA: "Δt",
    TimeShown.WAY: "way",
    TimeShown.START: "t",
    TimeShown.CLOCK: "clock",
}


class JourneySettings(NamedTuple):
    """Says how the ladder is drawn, besides its width."""

    time: TimeShown = TimeShown.DELTA
    raw_numbers: bool = False
    utc: bool = False
    to_scale: bool = False


class JourneyLayout(NamedTuple):
    """The widths of the columns: frame numbers by point (or one for all), the time, the time on the
    way (0 for none), a state; the cells between both hosts, and where the lifelines are there."""

    numbers: tuple[int, ...]
    time: int
    way: int
    state: int
    lane: int
    lifelines: tuple[int, ...]

    @property
    def front(self) -> int:
        """The cells before the client's state."""
        way = self.way + 1 if self.way else 0
        return sum(self.numbers) + len(self.numbers) + self.time + 1 + way + MARKS_WIDTH + 1


TIME_WIDTH: Final = 9
CLOCK_WIDTH: Final = 15
WAY_WIDTH: Final = 8
WIDE: Final = 104
"""Cells from which on the time on the way has a column of its own."""
NAME_WIDTH: Final = 6
MARKS_WIDTH: Final = 2
NUMBERS_SHARE: Final = 4
"""The frame numbers of all points are shown where they take no more than this part of the line."""
LEAST_LANE: Final = 12
ARROW: Final = 4
"""Cells of an arrow beside its label, between two lifelines."""

SIGNS: Final = (
    (LOST, "✕", "error"), (UNCLEAR, "?", "note"), (TWICE, "2", "warning"),
    (OVERTAKEN, "~", "warning"), (AGAIN, "+", "warning"), (MISSED, "○", "note"),
)  # fmt: skip
"""What stands before a segment, by its fate, and its style; the gravest first."""
WORDS: Final = ((TWICE, "twice"), (OVERTAKEN, "overtaken"), (AGAIN, "sent again"))
"""What its label begins with."""
ENDINGS: Final = {LOST: "✕", UNCLEAR: "?"}
"""What an arrow ends in that dies between two points."""
MIRROR: Final = str.maketrans("►╶", "◄╴")


def lay_out(width: int, frames: Sequence[int], settings: JourneySettings) -> JourneyLayout:
    """Return the columns for ``width`` cells, where the points captured so many ``frames``."""
    least = NAME_WIDTH if width >= WIDE else 3
    numbers = tuple(max(least, len(str(number))) for number in frames)
    if sum(numbers) + len(numbers) > width // NUMBERS_SHARE:
        numbers = (max(numbers),)
    time = CLOCK_WIDTH if settings.time is TimeShown.CLOCK else TIME_WIDTH
    way = WAY_WIDTH if width >= WIDE and settings.time is not TimeShown.WAY else 0
    state = 12 if width >= WIDE else 8 if width >= 72 else 2
    made = JourneyLayout(numbers, time, way, state, 0, ())
    points = len(frames)
    lane = max(width - made.front - 2 * state - 4, LEAST_LANE * points)
    edge = 5 if lane >= 48 else 3
    between = (lane - 2 * edge - points) / max(points - 1, 1)
    lifelines = tuple(edge + round(n * (between + 1)) for n in range(points))
    return made._replace(lane=lane, lifelines=lifelines)


def header(layout: JourneyLayout, settings: JourneySettings, names: Sequence[str]) -> Line:
    """Return the titles above the lines: each point's name stands over its lifeline."""
    short = short_names(names)
    if len(layout.numbers) == len(names):
        pairs = zip(short, layout.numbers, strict=True)
        numbers = "".join(f"{name[:width]:>{width}} " for name, width in pairs)
    else:
        numbers = f"{'#':>{layout.numbers[0]}} "
    left = f"{numbers}{TITLES[settings.time]:>{layout.time}} "
    if layout.way:
        left += f"{'way':>{layout.way}} "
    return [
        Run(left + " " * (MARKS_WIDTH + 1), "head"),
        Run(fit("client", layout.state, ">") + " ▼", "client-head"),
        Run(over_lifelines(layout, short), "head"),
        Run("▼ " + fit("server", layout.state), "server-head"),
    ]


def short_names(names: Sequence[str]) -> list[str]:
    """Return names without what all of them begin with, up to a hyphen, dot or underscore."""
    first, last = min(names), max(names)
    shared = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    cut_at = max(first.rfind(mark, 0, shared) for mark in "-._ ") + 1
    return [name[cut_at:] or name for name in names]


def over_lifelines(layout: JourneyLayout, names: Sequence[str]) -> str:
    """Return the names, each in the middle over its lifeline where there is room."""
    line = ""
    ends = [*layout.lifelines[1:], layout.lane]
    for number, (name, at) in enumerate(zip(names, layout.lifelines, strict=True)):
        is_last = number == len(names) - 1
        behind = ends[number] - at - 1
        stop = layout.lane if is_last else at + 1 + behind // 2
        shown = cut(name, max(stop - len(line) - 1, 1))
        begin = min(max(at - width_of(shown) // 2, len(line) + 1), stop - width_of(shown))
        line = f"{line:<{begin}}{shown}"
    return fit(line, layout.lane)


class Stretch(NamedTuple):
    """The stretch of a segment's arrow, in cells from the sender: ``dots`` before ``begin`` and
    behind ``end`` stand for what must have been there. ``final`` is what it ends in, ``label`` the
    first cell and the one after the last of the lane that has its label."""

    begin: int
    end: int
    dots_before: bool
    dots_behind: bool
    final: str
    label: tuple[int, int]


class JourneyDrawing:
    """Draws the items of a fold of journeys."""

    def __init__(self, fold: JourneyFold, settings: JourneySettings) -> None:
        self.fold = fold
        self.journeys = fold.journeys
        self.settings = settings
        comparison, flow = self.journeys.comparison, self.journeys.flow
        self.engines = [comparison.points[place].engine for place in self.journeys.places]
        self.timed = all(comparison.clocks[place].is_known for place in self.journeys.places)
        self.labels = []
        for engine, place in zip(self.engines, self.journeys.places, strict=True):
            at = flow.seen.at[place]
            assert at is not None
            told = Settings(raw_numbers=settings.raw_numbers)
            drawing = LadderDrawing(engine, at.flow, Fold(int(at.flow.index)), [], told)
            drawing.numbers = CommonNumbers(engine, at)
            self.labels.append(drawing)

    # What there is to say

    def first_seen(self, journey: int) -> tuple[int, int]:
        """Return which of the points saw a segment first, and its row there."""
        place = self.journeys.seen(journey)[0]
        return place, self.journeys.row(journey, place)

    def moment(self, journey: int) -> int:
        """Return when a segment was first seen (ns)."""
        return self.journeys.time(journey, self.journeys.seen(journey)[0])

    def way(self, journey: int) -> int | None:
        """Return how long a segment took from the first point to the last that saw it (ns)."""
        seen = self.journeys.seen(journey)
        if not self.timed or len(seen) < 2:
            return None
        return self.journeys.time(journey, seen[-1]) - self.journeys.time(journey, seen[0])

    def time(self, journey: int) -> str:
        at = self.moment(journey)
        match self.settings.time:
            case TimeShown.WAY:
                return self.way_text(journey)
            case TimeShown.CLOCK:
                return clock(at, self.settings.utc)[11:26]
            case TimeShown.START:
                return brief_duration(at - self.moment(0))
            case _:
                return delta(at - self.moment(journey - 1)) if journey else ""

    def way_text(self, journey: int) -> str:
        way = self.way(journey)
        return "" if way is None else brief_duration(way)

    def numbers(self, journey: int, layout: JourneyLayout) -> str:
        """Return a segment's frame number at each point, or where it was first seen."""
        if len(layout.numbers) == 1:
            place, row = self.first_seen(journey)
            return f"{self.engines[place].packets.frame(row):>{layout.numbers[0]}} "
        texts = []
        for place, width in enumerate(layout.numbers):
            row = self.journeys.row(journey, place)
            frame = "" if row == NOT_SEEN else str(self.engines[place].packets.frame(row))
            texts.append(f"{frame:>{width}} ")
        return "".join(texts)

    def style(self, journey: int) -> str:
        """Return the style of a segment's arrow."""
        fate = self.journeys.fate(journey)
        found = next((style for bit, _, style in SIGNS if fate & bit), "")
        place, row = self.first_seen(journey)
        packets = self.engines[place].packets
        if found or packets.has_header_flag(row, RST):
            return found or "error"
        bits = packets.analysis(row)
        side = "server" if self.journeys.from_server(journey) else "client"
        return severity_style(bits) if bits else side

    def front(self, journey: int, layout: JourneyLayout) -> Line:
        """Return what stands before the client's state."""
        place, row = self.first_seen(journey)
        fate = self.journeys.fate(journey)
        sign = next((sign for bit, sign, _ in SIGNS if fate & bit), "")
        marks = sign + flag_letters(self.engines[place].packets.analysis(row))
        way = f"{self.way_text(journey):>{layout.way}} " if layout.way else ""
        return [
            Run(self.numbers(journey, layout), "dim"),
            Run(f"{self.time(journey):>{layout.time}} ", "text"),
            Run(way, "dim"),
            Run(fit(marks, MARKS_WIDTH) + " ", self.style(journey)),
        ]

    def states(self, journey: int, layout: JourneyLayout) -> tuple[str, str]:
        """Return the states that change here, as they stand at both sides."""
        client, server = self.fold.changes.get(journey, (None, None))
        return (
            fit(state_text(client, layout.state), layout.state, ">"),
            fit(state_text(server, layout.state), layout.state),
        )

    def label(self, journey: int, room: int) -> str:
        """Return the longest text about a segment that fits."""
        place, row = self.first_seen(journey)
        fate = self.journeys.fate(journey)
        words = " · ".join(word for bit, word in WORDS if fate & bit)
        made = self.labels[place]
        tell = partial(made.label, row, self.engines[place].packets.analysis(row))
        shortest = made.core_texts(row)[-1]
        left = room - width_of(words) - 3
        if words and left >= width_of(shortest):
            return f"{words} · {tell(left)}"
        return tell(room)

    # Drawing

    def line(self, item: int, layout: JourneyLayout) -> Line:
        """Return the line of one item."""
        first, span = self.fold.first[item], self.fold.span[item]
        if span == 0:
            return self.gap(first, layout)
        if span > 1:
            return self.run(item, layout)
        left, right = self.states(first, layout)
        return [
            *self.front(first, layout),
            Run(left + " │", "client-state"),
            *self.arrow(first, layout),
            Run("│ " + right, "server-state"),
        ]

    def stretch(self, journey: int, layout: JourneyLayout) -> Stretch:
        """Return where a segment's arrow goes."""
        lines = lifelines_from(layout, self.journeys.from_server(journey))
        seen = self.journeys.seen(journey)
        if self.journeys.from_server(journey):
            seen = [len(lines) - 1 - place for place in seen]
        first, last = seen[0], seen[-1]
        fate = self.journeys.fate(journey)
        lane = (lines[0], lines[-1]) if len(lines) == 1 else (lines[0] + 1, lines[1])
        begin, end, final, dots_before, dots_behind = 0, layout.lane, "►", False, False
        if first > 0:
            lane = lines[first - 1] + 1, lines[first]
            dots_before = not fate & TWICE
            begin = sum(lane) // 2 if fate & TWICE else lines[first]
        if last < len(lines) - 1:
            lane = lines[last] + 1, lines[last + 1]
            died = fate & (LOST | UNCLEAR)
            dots_behind = not died
            if died:
                lane = lane[0], lane[1] - 1
            end = lane[1] if died else lines[last] + 1
            final = ENDINGS[died & -died] if died else "►"
        elif first < last:
            lane = lines[first] + 1, lines[first + 1]
        return Stretch(begin, end, dots_before, dots_behind, final, lane)

    def arrow(self, journey: int, layout: JourneyLayout) -> Line:
        """Return a segment's arrow across the lifelines."""
        way = self.stretch(journey, layout)
        from_server = self.journeys.from_server(journey)
        style = self.style(journey)
        cells = [(" ", "rule")] * layout.lane
        for x in range(layout.lane):
            if way.begin <= x < way.end:
                cells[x] = ("╶" if x == way.begin > 0 and not way.dots_before else "─", style)
            elif (x < way.begin and way.dots_before) or (x >= way.end and way.dots_behind):
                cells[x] = ("┄", "dim")
        for x in lifelines_from(layout, from_server):
            drawn = cells[x][0]
            cells[x] = ("┼", style) if drawn in "─╶" else ("○" if drawn == "┄" else "│", "rule")
        at = layout.lane - 1 if way.dots_behind else way.end - 1
        cells[at] = (way.final, "dim" if way.dots_behind else style)
        first, stop = way.label
        if from_server:
            cells = [(sign.translate(MIRROR), style) for sign, style in reversed(cells)]
            first, stop = layout.lane - stop, layout.lane - first
        label = f" {self.label(journey, stop - first - ARROW)} "
        begin = first + (stop - first - width_of(label)) // 2
        for x, sign in enumerate(label, begin):
            cells[x] = (sign, style)
        return joined(cells)

    def gap(self, journey: int, layout: JourneyLayout) -> Line:
        silent = self.moment(journey) - self.moment(journey - 1)
        texts = (f"⋮ {duration(silent)} without a segment ⋮", f"⋮ {duration(silent)} ⋮")
        text = next((t for t in texts if len(t) <= layout.lane), texts[-1])
        return [
            Run(" " * (layout.front + layout.state + 1)),
            Run("│", "client-state"),
            *crossed(fit(text, layout.lane, "^"), "gap", layout),
            Run("│ " + " " * layout.state, "server-state"),
        ]

    def run(self, item: int, layout: JourneyLayout) -> Line:
        """Return the line of a folded run: what it is, how much, how long."""
        first = self.fold.first[item]
        texts = self.run_texts(item)
        text = next((t for t in texts if width_of(t) <= layout.lane - 4), texts[-1])
        way = " " * (layout.way + 1 if layout.way else 0)
        return [
            Run(self.numbers(first, layout), "dim"),
            Run(f"{self.time(first):>{layout.time}} ", "text"),
            Run(way + " " * (MARKS_WIDTH + 1), "fold"),
            Run(" " * layout.state + " │", "client-state"),
            *crossed(fit(dotted(text, layout.lane), layout.lane), "fold", layout),
            Run("│ " + " " * layout.state, "server-state"),
        ]

    def in_words(self, item: int) -> str:
        """Return what a folded run is, at full length."""
        return self.run_texts(item)[0]

    def run_texts(self, item: int) -> list[str]:
        """Return what a run of plain segments is, from long to short."""
        first, span = self.fold.first[item], self.fold.span[item]
        took = brief_duration(self.moment(first + span - 1) - self.moment(first))
        carriers, size, side, duplicates = 0, 0, "", 0
        for journey in range(first, first + span):
            place, row = self.first_seen(journey)
            packets = self.engines[place].packets
            duplicates += packets.has_flag(row, DUPLICATE_ACK)
            if (length := packets.length(row)) > 0:
                carriers, size = carriers + 1, size + length
                side = "server" if self.journeys.from_server(journey) else "client"
        ways = self.ways_text(first, span)
        if duplicates:
            what = f"Dup ACK ×{duplicates}"
            beside = f" · {amount(carriers, 'segment')} meanwhile" if carriers else ""
            return [f"{what}{beside} · {took}{ways}", f"{what}{beside} · {took}", what]
        if not carriers:
            what = f"{span} ACKs"
            return [f"{what} · {took}{ways}", f"{what} · {took}", what]
        acks = f" + {amount(span - carriers, 'ACK')}" if span > carriers else ""
        data = f"{count(size)} B from {side}"
        return [
            f"{amount(carriers, 'segment')}{acks} · {data} · {took}{ways}",
            f"{amount(carriers, 'segment')}{acks} · {data} · {took}",
            f"{amount(carriers, 'segment')} · {data} · {took}",
            f"{count(span)} seg · {data}",
            f"×{count(span)} {count(size)} B",
        ]

    def ways_text(self, first: int, span: int) -> str:
        """Return how long the segments of a run were on the way, or that one point lacks them."""
        if self.journeys.fate(first) & NOT_CAPTURED:
            return " · not captured everywhere then"
        ways = [way for n in range(first, first + span) if (way := self.way(n)) is not None]
        if not ways:
            return ""
        least, most = brief_duration(min(ways)), brief_duration(max(ways))
        return f" · way {least}" if least == most else f" · way {least} to {most}"


def state_text(shown: StateShown | None, room: int) -> str:
    return "" if shown is None else state_name(shown.state, shown.certainty, room)


def lifelines_from(layout: JourneyLayout, from_server: bool) -> list[int]:
    """Return where the lifelines are, in cells from the sender."""
    if from_server:
        return [layout.lane - 1 - x for x in reversed(layout.lifelines)]
    return list(layout.lifelines)


def crossed(text: str, style: str, layout: JourneyLayout) -> Line:
    """Return a text over the whole lane, with the lifelines where it leaves room."""
    cells = [(sign, style) for sign in text]
    begin, end = len(text) - len(text.lstrip(" ┄")), len(text.rstrip(" ┄"))
    for x in layout.lifelines:
        if not begin - 1 <= x <= end:
            cells[x] = ("│", "rule")
    return joined(cells)


def joined(cells: Sequence[tuple[str, str]]) -> Line:
    """Return cells, each with its style, as runs of a style."""
    return [
        Run("".join(sign for sign, _ in same), style)
        for style, same in groupby(cells, key=itemgetter(1))
    ]
