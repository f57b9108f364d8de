"""Draws a column of marks beside the ladder: where in the whole flow its problems lie."""

from collections.abc import Callable

from tcptui.drawing.cells import Run
from tcptui.drawing.names import severity_style
from tcptui.engine.packets import Packets
from tcptui.engine.tcp_header import RST
from tcptui.panes.ladder.model.fold import Fold

MOST = 4096
"""How many problems are looked at; if there are more, every so many-th of them."""

WEIGHT = {"error": 4, "warning": 3, "note": 2, "chat": 1, "dim": 0}
GLYPHS = {"error": "█", "warning": "▓", "note": "▒", "chat": "░"}

Place = Callable[[int, int], int]
"""The line of a segment, by the number of its fold among those shown, and its ordinal there."""


def column(packets: Packets, folds: list[Fold], height: int, place: Place) -> list[Run]:
    """Return a mark for each of ``height`` lines: the gravest problem that has its place there."""
    worst = ["dim"] * height
    for number, fold in enumerate(folds):
        problems = len(fold.problems)
        for i in range(0, problems, max(1, problems // MOST)):
            ordinal = fold.problems[i]
            row = fold.row_at(ordinal)
            reset = packets.has_header_flag(row, RST)
            style = "error" if reset else severity_style(packets.analysis(row))
            at = place(number, ordinal)
            if WEIGHT[style] > WEIGHT[worst[at]]:
                worst[at] = style
    return [Run(GLYPHS.get(style, "│"), style if style in GLYPHS else "rule") for style in worst]


def in_proportion(folds: list[Fold], height: int) -> Place:
    """Return the places of segments of flows that are longer than the pane."""
    return lambda number, ordinal: int(part(folds, folds[number], ordinal) * height)


def part(folds: list[Fold], fold: Fold, ordinal: int) -> float:
    """Return how far down a segment stands, from 0 to 1: among its flow's segments, or among all
    packets where several flows are shown."""
    if len(folds) == 1:
        return ordinal / len(fold.rows)
    shown = [one for one in folds if len(one.rows)]
    first = min(one.row_at(0) for one in shown)
    last = max(one.row_at(len(one.rows) - 1) for one in shown)
    return (fold.row_at(ordinal) - first) / (last + 1 - first)
