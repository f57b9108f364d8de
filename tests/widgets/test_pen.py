"""Strokes of lines are written in few bytes, and come out as they were meant."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tcptui.widgets.cell_looks import PLAIN, Cell, CellLook, cells_in, look_of, shortest_change
from tcptui.widgets.pen import Pen, Stroke, by_look, strokes_of, written
from tests.widgets.terminal import Terminal, visible

LOOKS = [
    ("", PLAIN),
    ("3", CellLook(frozenset("3"))),
    ("1;38;2;1;2;3", CellLook(frozenset("1"), "38;2;1;2;3")),
    ("38;5;9;48;2;40;30;7;7", CellLook(frozenset("7"), "38;5;9", "48;2;40;30;7")),
    ("97;104", CellLook(frozenset(), "97", "104")),
    ("39;49", CellLook(frozenset(), "39", "49")),
]


@pytest.mark.parametrize(("codes", "look"), LOOKS)
def test_look_of_codes(codes: str, look: CellLook) -> None:
    assert look_of(codes) == look


RED, ON_BLUE, BOLD_RED = look_of("31"), look_of("31;44"), look_of("1;31")
CHANGES = [
    (RED, RED, ""),
    (PLAIN, BOLD_RED, "\x1b[1;31m"),
    (RED, ON_BLUE, "\x1b[44m"),
    (ON_BLUE, RED, "\x1b[49m"),
    (BOLD_RED, RED, "\x1b[22m"),
    (look_of("1;2;31"), BOLD_RED, "\x1b[22;1m"),
    (look_of("1;4;7;31"), RED, "\x1b[;31m"),
    (look_of("53;31"), RED, "\x1b[;31m"),
    (RED, PLAIN, "\x1b[m"),
]


@pytest.mark.parametrize(("before", "after", "sent"), CHANGES)
def test_only_what_changes_is_sent(before: CellLook, after: CellLook, sent: str) -> None:
    assert shortest_change(before, after) == sent


WAYS = [
    (None, (3, 9), "\x1b[4;10H"),
    (None, (3, 0), "\x1b[4H"),
    ((3, 9), (3, 9), ""),
    ((3, 9), (3, 10), "\x1b[C"),
    ((3, 9), (3, 109), "\x1b[100C"),
    ((3, 9), (3, 7), "\b\b"),
    ((3, 109), (3, 60), "\x1b[49D"),
    ((3, 109), (3, 9), "\r\x1b[9C"),
    ((3, 109), (3, 1), "\r\x1b[C"),
    ((3, 9), (4, 8), "\x1b[B\b"),
    ((13, 9), (12, 0), "\x1b[A\r"),
    ((30, 9), (3, 90), "\x1b[4;91H"),
]


@pytest.mark.parametrize(("place", "target", "way"), WAYS)
def test_the_shortest_way_is_taken(
    place: tuple[int, int] | None, target: tuple[int, int], way: str
) -> None:
    pen = Pen({})
    pen.place = place
    assert pen.way_to(*target) == way


STYLES = st.sampled_from(
    ["", "bold", "italic", "reverse", "#d8dee6", "bold #d8dee6 on #2c3d52", "on #2c3d52", "red",
     "bright_blue on black", "underline #6cb6ff", "reverse #6cb6ff", "dim", "bold dim"]
)  # fmt: skip
TEXTS = st.sampled_from(["ab", " ", "  ", "c", " " * 7, " " * 14, "─│", "⠤", "長", "e\u0301"])
LINES = st.lists(st.lists(st.tuples(TEXTS, STYLES), max_size=6), min_size=1, max_size=4)
WIDTH = 90


def cells(texts: list[tuple[str, str]]) -> list[Cell]:
    """A line of the terminal, as far as it has been written."""
    segments = [Segment(text, Style.parse(style)) for text, style in texts]
    return cells_in(segments, ColorSystem.TRUECOLOR)


def strokes(screen: list[list[Cell]]) -> list[Stroke]:
    """The strokes of a screen of which nothing is known."""
    return [one for y, line in enumerate(screen) for one in strokes_of(y, line, range(len(line)))]


def shown(sent: str, screen: list[list[Cell]]) -> list[list[Cell]]:
    """As much of a terminal as the screen has, after what is sent."""
    terminal = Terminal(WIDTH, len(screen))
    terminal.take(sent)
    assert terminal.look == PLAIN
    return [line[: len(wanted)] for line, wanted in zip(terminal.lines, screen, strict=True)]


@settings(deadline=None)
@given(LINES, st.randoms())
def test_any_order_shows_the_same(texts: list[list[tuple[str, str]]], random: Random) -> None:
    screen = [cells(line) for line in texts]
    wanted = [list(map(visible, line)) for line in screen]
    ends = {y: len(line) for y, line in enumerate(screen)}
    in_lines = strokes(screen)
    shuffled = list(in_lines)
    random.shuffle(shuffled)
    for order in (in_lines, list(by_look(in_lines)), shuffled):
        assert sorted(order) == sorted(in_lines)
        pen = Pen(ends)
        assert shown("".join(map(pen.write, order)) + pen.lift(), screen) == wanted
    assert shown(written(in_lines, ends), screen) == wanted


def test_all_of_a_look_is_written_before_another() -> None:
    """A cursor of a graph that goes one column on, over a line in another colour."""
    blue, white = look_of("38;2;108;182;255"), look_of("38;2;216;222;230")
    line: list[Cell] = [("⠤", blue), ("│", white)]
    column = [
        Stroke(y, 20 + x, [cell], cell[1]) for y in range(10, 13) for x, cell in enumerate(line)
    ]
    assert written(column, dict.fromkeys(range(10, 13), 90)) == (
        "\x1b[11;21H\x1b[38;2;108;182;255m⠤\x1b[B\b⠤\x1b[B\b⠤"
        "\x1b[2A\x1b[38;2;216;222;230m│\x1b[B\b│\x1b[B\b│\x1b[m"
    )
