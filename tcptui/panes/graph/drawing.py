"""Draws the graph pane: a panel for each direction above one axis of time, with the cursor's column
and the marks."""

import math
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from tcptui.drawing.cells import Line, Run, cut_words, fit, fit_line
from tcptui.drawing.doubts import ALL_KNOWN, KNOWN, Doubts
from tcptui.drawing.graph import (
    COUNTED,
    HEADROOM,
    SHARE_MEANINGS,
    SIDES,
    SIGNS,
    draw_series,
    legend_of,
    share_column,
    signs_of,
    value_label,
)
from tcptui.graphs.raster import ACROSS, Raster, dot_column
from tcptui.graphs.series import Series, Unit
from tcptui.panes.graph.model.thinned import Thinned
from tcptui.panes.graph.span import Span, round_up
from tcptui.text.durations import SECOND, brief_duration

LABEL: Final = 7
"""Cells for the values at the left edge."""
LEAST_HEIGHT: Final = 5
"""Lines of a panel, its words included; with fewer, one direction alone is drawn."""
PRECISE: Final = 5
"""Times that are so many times longer than what is seen need more digits."""
MUCH_LESS: Final = 8
"""A direction that carried so many times less than the other gets few lines."""
LETTERS: Final = {
    "R": "error", "S": "warning", "d": "note", "0": "error", "F": "text", "X": "error",
}  # fmt: skip
SHARE_STYLES: Final = {"S": "server", "C": "client", "T": "error", "n": "good", ".": "dim"}
HIT: Final = "hit"
"""The look of what stands under the cursor: the only one that is seen on blanks."""
CURSOR, MARK, FULL = "│", "┊", "⣿"
INSIDE: Final = re.compile(f"((?<![^{FULL}]){FULL}+(?![^{FULL}]))")
"""Full cells that have none but full ones beside them."""


class CursorColumns(NamedTuple):
    """Says in which cells the cursor and the marks stand; -1 where they are not seen."""

    cursor: int = -1
    marks: tuple[int, ...] = ()


class GraphFrame(NamedTuple):
    """Holds what a graph is drawn into: the cells of the area, the time span, the columns."""

    width: int
    height: int
    span: Span
    columns: CursorColumns
    is_ascii: bool = False
    is_live: bool = False
    doubts: Doubts = ALL_KNOWN

    @property
    def place(self) -> tuple[Hashable, ...]:
        """What an area is drawn by, beside its series."""
        return self.width, self.height, self.span, self.is_ascii

    def cell_of(self, time: int) -> int:
        """Return the cell of a moment; -1 outside the span."""
        if not self.span.holds(time):
            return -1
        start, length = self.span.start, max(self.span.length, 1)
        return dot_column(time, start, length, ACROSS * self.width) // ACROSS

    def time_of(self, cell: int) -> int:
        """Return the first moment of a cell."""
        columns = ACROSS * self.width - 1
        since = (ACROSS * cell - 0.5) / columns * self.span.length
        return self.span.start + max(math.ceil(since), 0)


class Areas:
    """Remembers the drawn areas of a picture: a step of the cursor changes none of them."""

    def __init__(self) -> None:
        self.series: Sequence[Series] = ()
        self.texts: dict[Hashable, list[str]] = {}

    def show(self, series: Sequence[Series]) -> None:
        """Forget the areas of other series."""
        if series is not self.series:
            self.series = series
            self.texts.clear()

    def texts_of(self, key: Hashable, draw: Callable[[], list[str]]) -> list[str]:
        """Return the lines of an area as they were drawn, or draw it."""
        if key not in self.texts:
            self.texts[key] = draw()
        return self.texts[key]


def area_width(width: int) -> int:
    """Return how many cells of a pane the area has."""
    return max(width - LABEL - 1, 4)


def directions(series: Iterable[Series]) -> list[tuple[str, list[Series]]]:
    """Return the series with points by the side that their data is from; of a capture, one without
    a side."""
    found: dict[str, list[Series]] = {}
    for one in series:
        if len(one):
            found.setdefault(one.side, []).append(one)
    return list(found.items())


def panels_of(series: Sequence[Series], frame: GraphFrame, areas: Areas) -> list[Line]:
    """Return the panels of the directions that carried something, or of the one that carried most
    where there is room for one only."""
    areas.show(series)
    panels = directions(series)
    if not panels:
        return [[Run("  nothing to draw", "dim")]]
    if len(panels) > 1 and is_comparable(panels):
        panels = [panel for panel in panels if weight(panel) > 1] or panels
    if len(panels) > 1 and frame.height // len(panels) < LEAST_HEIGHT:
        panels = [max(panels, key=weight)]
    shares = heights(panels, frame.height)
    lines: list[Line] = []
    for (side, part), height in zip(panels, shares, strict=True):
        lines += panel_lines(side, part, frame._replace(height=height - bool(side)), areas)
    return lines


def is_comparable(panels: Sequence[tuple[str, list[Series]]]) -> bool:
    """Return whether the values say which direction carried more: not so of times and windows."""
    return panels[0][1][0].unit in (Unit.SEQUENCE, Unit.RATE)


def heights(panels: Sequence[tuple[str, list[Series]]], lines: int) -> list[int]:
    """Return the lines of each panel: the least for a direction that carried next to nothing beside
    the other."""
    if len(panels) == 1:
        return [lines]
    weights = [weight(panel) for panel in panels]
    least = weights.index(min(weights))
    small = lines // 2
    if is_comparable(panels) and min(weights) * MUCH_LESS < max(weights):
        small = min(LEAST_HEIGHT, small)
    found = [lines - small, lines - small]
    found[least] = small
    return found


def weight(panel: tuple[str, list[Series]]) -> int:
    """Return how much a direction has to show: the range of its values."""
    low, high = values_of(panel[1], is_live=False)
    return high - low


def panel_lines(side: str, series: Sequence[Series], frame: GraphFrame, areas: Areas) -> list[Line]:
    """Return the words of a direction and the lines of its area."""
    values = values_of(series, frame.is_live)
    doubt = frame.doubts.get(side, KNOWN)

    def draw() -> list[str]:
        raster = Raster(frame.width, frame.height, frame.span, values)
        draw_series(raster, series, doubt.dotted)
        lines = raster.text_lines(frame.is_ascii)
        return hollow(lines) if any(map(is_filled, series)) else lines

    texts = areas.texts_of((side, *frame.place, values, doubt.dotted), draw)
    style = {"c": "client", "s": "server"}.get(side, "text")
    labels = {0: values[1], frame.height - 1: values[0]}
    if frame.height >= 7:
        middle = frame.height // 2
        labels[middle] = values[1] - (values[1] - values[0]) * middle // (frame.height - 1)
    signs = sorted(signs_of(series), key=lambda sign: not sign.letter)  # lines explain themselves
    words = ", ".join(filter(None, (doubt.words, legend_of(signs))))
    head = [Run(f" {SIDES[side]}", f"{style}-head"), Run(f"  {words}", "dim")] if side else []
    lines = [fit_line(head, LABEL + 1 + frame.width)] if side else []
    for number, text in enumerate(texts):
        label = value_label(labels[number], series[0].unit) if number in labels else ""
        lines.append(labelled(label, area_line(text, frame, style, LETTERS)))
    return lines


def labelled(label: str, line: Line) -> Line:
    """Return a line of an area behind the left edge, with its value there."""
    return [Run(fit(label, LABEL, ">"), "dim"), Run("│", "rule"), *line]


def is_filled(series: Series) -> bool:
    """Return whether a series is drawn as columns."""
    return SIGNS.get(series.own_name, COUNTED).shape == "columns"


def hollow(lines: Sequence[str]) -> list[str]:
    """Return columns without what lies inside: their outline tells as much, and a slow link takes
    seconds for a full area."""
    width = max(map(len, lines), default=0)
    padded = [line.ljust(width) for line in lines]
    found = padded[:1]
    for above, line in pairwise(padded):
        parts = INSIDE.split(line)
        at = 0
        for number, part in enumerate(parts):
            if number % 2:
                over = above[at : at + len(part)]
                parts[number] = "".join(" " if cell == FULL else FULL for cell in over)
            at += len(part)
        found.append("".join(parts))
    return found


def values_of(series: Sequence[Series], is_live: bool) -> tuple[int, int]:
    """Return the range of values: from 0, but for sequence numbers the range that is seen and a
    little above it, however far the window reaches. While more comes in the upper end is round, so
    that it moves seldom."""
    drawn = [one for one in series if one.own_name != "window_edge"] or series
    lows = [one.low for one in drawn if isinstance(one, Thinned) and not one.is_empty]
    highs = [one.high for one in drawn if isinstance(one, Thinned) and not one.is_empty]
    if not highs:
        highs = [one.largest() for one in drawn]
    low, high = min(lows, default=0), max(highs)
    if series[0].unit is not Unit.SEQUENCE:
        return 0, round_up(high) if is_live else max(high, 1)
    if is_live:
        return low, low + round_up(high - low)
    return low, high + (high - low) // HEADROOM + 1


def area_line(text: str, frame: GraphFrame, style: str, letters: dict[str, str]) -> Line:
    """Return a line of the area as runs, with the cursor's column and the marks in it. Who used the
    time is told by letters everywhere: there the cursor stands over them."""
    cells = [(char, letters.get(char, style)) for char in text.ljust(frame.width)]
    for mark in frame.columns.marks:
        if mark >= 0 and cells[mark][0] == " ":
            cells[mark] = MARK, "text"
    at = frame.columns.cursor
    if at >= 0:
        char, under = cells[at]
        if char in (" ", MARK):
            cells[at] = CURSOR, "text"
        else:
            cells[at] = (CURSOR, under) if letters is SHARE_STYLES else (char, HIT)
    line: Line = []
    text, look = "", cells[0][1]
    for char, name in cells:
        if name != look and (char != " " or look == HIT):
            line.append(Run(text, look))
            text, look = "", name
        text += char
    return [*line, Run(text, look)]


def share_lines(series: Sequence[Series], frame: GraphFrame, areas: Areas) -> list[Line]:
    """Return the graph of who used the time: in each column as many letters as the share."""
    if not series:
        return []
    height = frame.height - 1
    areas.show(series)

    def draw() -> list[str]:
        columns = [share_column(series, n, frame.width, height) for n in range(frame.width)]
        return ["".join(column[number] for column in columns) for number in range(height)]

    texts = areas.texts_of(frame.place, draw)
    lines: list[Line] = [[Run(f" {SHARE_MEANINGS}", "dim")]]
    for number, text in enumerate(texts):
        label = {0: "100 %", height - 1: "0"}.get(number, "")
        lines.append(labelled(label, area_line(text, frame, "text", SHARE_STYLES)))
    return lines


def time_axis(frame: GraphFrame, origin: int, moment: int) -> Line:
    """Return the axis with the times since ``origin`` at its ends and at the cursor's ``moment``,
    and the marks."""
    width, span = frame.width, frame.span
    first, last = (moment_text(end - origin, span.length) for end in span)
    at = frame.columns.cursor
    if 0 <= at <= len(first):
        first = ""
    if len(first) + len(last) + 2 > width or at + 1 >= width - len(last):
        last = ""
    cells = list(first + "─" * (width - len(first) - len(last)) + last)
    told = moment_text(moment - origin, span.length)
    begin = at + 2 if at + 2 + len(told) < width - len(last) else at - 1 - len(told)
    if at >= 0 and len(first) < begin:
        cells[begin : begin + len(told)] = told
    for letter, mark in zip("ab", frame.columns.marks, strict=False):
        if mark >= 0:
            cells[mark] = letter
    if at >= 0:
        cells[at] = "▲"
    return [Run(" " * LABEL + "└", "rule"), Run("".join(cells), "text")]


def moment_text(since: int, length: int) -> str:
    """Return a time since the beginning, as finely as a hundredth of the length that is seen."""
    if since <= 0:
        return "0 s"
    if since < PRECISE * length:
        return brief_duration(since)
    decimals = min(max(12 - len(str(length)), 0), 9)
    return f"{since / SECOND:.{decimals}f} s"


def too_small(width: int) -> Line:
    """Return what is said where there is no room for a graph."""
    return [Run(cut_words("  no room for a graph", width), "dim")]
