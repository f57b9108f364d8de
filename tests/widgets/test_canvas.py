"""What is sent to the terminal when a pane changes: only the cells that look different."""

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from tcptui.drawing.cells import Run
from tcptui.theme import PALETTES, Look
from tcptui.widgets import changed_cells
from tcptui.widgets.canvas import Canvas, Row
from tests.widgets.terminal import Terminal

WIDTH = 60


def row(*runs: tuple[str, str], ground: str = "") -> Row:
    return Row([Run(*run) for run in runs], ground)


# what was painted, what is to be, and the parts to send
CHANGES: list[tuple[Row, Row, list[tuple[int, int]]]] = [
    (row(("same", "text")), row(("same", "text")), []),
    (row(("abcd", "text")), row(("abXd", "text")), [(2, 3)]),
    (row(("abcd", "text")), row(("abcd", "note")), [(0, 4)]),
    (row(("ab", "text")), row(("abcd", "text")), [(2, 4)]),
    (row(("abcd", "text")), row(("ab", "text")), [(2, 4)]),
    (row(("a  d", "text")), row(("a", "text"), ("  ", "dim"), ("d", "text")), []),
    (row(("a  d", "text")), row(("a", "text"), ("  ", "title-focus"), ("d", "text")), [(1, 3)]),
    (row(("x" + "-" * 40 + "x", "text")), row(("y" + "-" * 40 + "y", "text")), [(0, 1), (41, 42)]),
    (row(("x---x", "text")), row(("y---y", "text")), [(0, 5)]),
    (row(("abcd", "text")), row(("abcd", "text"), ground="cursor"), [(0, WIDTH)]),
    (row(("漢字", "text")), row(("漢字!", "text")), [(0, WIDTH)]),
]


@pytest.mark.parametrize(("old", "new", "parts"), CHANGES)
def test_changed_parts(old: Row, new: Row, parts: list[tuple[int, int]]) -> None:
    assert Canvas(Look()).differences(old, new, WIDTH) == parts


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("ground", ["", "cursor", "resting", "marked"])
def test_a_line_is_painted_as_it_is_meant(palette: str, ground: str) -> None:
    line = row(("ab  ", "text"), ("  ", "client"), ("cd", "client"), (" ", "box-client"),
               ("", "note"), ("e", "text"), ground=ground)  # fmt: skip
    strip = Canvas(Look(palette)).strip(line, WIDTH)
    assert strip.text == "ab    cd e".ljust(WIDTH)
    styles = [segment.style or Style() for segment in strip for _ in segment.text]
    assert styles[6].color != styles[0].color
    assert styles[8].reverse
    assert bool(styles[20].reverse) == ("reverse" in PALETTES[palette].grounds[ground])


def test_a_ground_may_end_within_a_line() -> None:
    line = row(("abc", "text"), ("def", "client"), ground="resting")._replace(grounded=4)
    canvas = Canvas(Look())
    strip = canvas.strip(line, WIDTH)
    assert strip.text == "abcdef".ljust(WIDTH)
    grounds = [segment.style and segment.style.bgcolor for segment in strip for _ in segment.text]
    assert all(grounds[:4])
    assert not any(grounds[4:])
    assert canvas.differences(line, line._replace(grounded=None), WIDTH) == [(0, WIDTH)]


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        ([(0, 0, 10)], "aaaabbbbbb??????????"),
        ([(0, 2, 6)], "??aabb??????????????"),
        ([(0, 0, 1), (0, 9, 10)], "a????????b??????????"),
        ([(0, 8, 14)], "????????bbcccc??????"),
        ([(0, 10, 12)], "??????????cc????????"),
    ],
)
def test_updates_are_cropped_on_both_sides(spans: list[tuple[int, int, int]], shown: str) -> None:
    chops = [{0: Strip([Segment("aaaa"), Segment("bbbbbb")]), 10: Strip([Segment("cccccccccc")])}]
    update = ChopsUpdate(chops, spans, [[10, 20]])
    terminal = Terminal(20, 1)
    terminal.take(changed_cells.render_cells(update, Console()))
    assert "".join(character for character, _ in terminal.lines[0]) == shown
