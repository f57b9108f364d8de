"""Looks are sent as what changes, and come out as they were meant."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate

from tcptui.widgets.changed_cells import (
    PLAIN,
    VISIBLE_ON_BLANKS,
    CellLook,
    Pen,
    cells_in,
    forget,
    install,
    is_known,
    look_of,
    sent,
    shortest_change,
)

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
    (BOLD_RED, RED, "\x1b[0;31m"),
    (RED, PLAIN, "\x1b[0m"),
]


@pytest.mark.parametrize(("before", "after", "sent"), CHANGES)
def test_only_what_changes_is_sent(before: CellLook, after: CellLook, sent: str) -> None:
    assert shortest_change(before, after) == sent


def shown(sent: str) -> list[tuple[str, CellLook]]:
    """Each character with its look, as a terminal takes what is sent."""
    sent = re.sub(r"\x1b\[(\d+)X(\x1b\[\1C)?", lambda erased: " " * int(erased[1]), sent)
    cells: list[tuple[str, CellLook]] = []
    attributes, colour, ground = PLAIN
    for codes, character in re.findall(r"\x1b\[([0-9;]*)m|(.)", sent):
        if character and cells and not cell_len(character):
            cells[-1] = (cells[-1][0] + character, cells[-1][1])
            continue
        if character:
            cells.append((character, CellLook(attributes, colour, ground)))
            continue
        new = look_of(codes)
        if "0" in new.attributes:
            attributes, colour, ground = PLAIN
        attributes |= new.attributes - {"0"}
        colour = "" if new.colour == "39" else new.colour or colour
        ground = "" if new.ground == "49" else new.ground or ground
    return cells


def visible(cell: tuple[str, CellLook]) -> tuple[str, CellLook]:
    """What can be seen of it: a blank has no colour of its own."""
    character, look = cell
    if character != " " or look.attributes & VISIBLE_ON_BLANKS:
        return cell
    return character, CellLook(ground=look.ground)


STYLES = st.sampled_from(
    ["", "bold", "italic", "reverse", "#d8dee6", "bold #d8dee6 on #2c3d52", "on #2c3d52", "red",
     "bright_blue on black", "underline #6cb6ff", "reverse #6cb6ff", "dim"]
)  # fmt: skip
SEGMENTS = st.lists(st.tuples(st.sampled_from(["ab", " ", "  ", "c"]), STYLES), max_size=8)


@settings(deadline=None)
@given(SEGMENTS)
def test_cells_come_out_as_they_were_meant(texts: list[tuple[str, str]]) -> None:
    pen = Pen()
    segments = [Segment(text, Style.parse(style)) for text, style in texts]
    plain = "".join(Style.parse(style).render(text) for text, style in texts)
    sent = pen.write(cells_in(segments, ColorSystem.TRUECOLOR)) + pen.lift()
    assert list(map(visible, shown(sent))) == list(map(visible, shown(plain)))
    assert shown(sent + "x")[-1] == ("x", PLAIN)


class Renamed:
    """An update whose strips have another name."""

    def __init__(self, strips: object, spans: object, chop_ends: object) -> None:
        pass

    def render_segments(self, console: Console) -> str:
        return ""


class MoreParameters(ChopsUpdate):
    """An update that is rendered for a size."""

    def render_segments(self, console: Console, size: object = None) -> str:
        return ""


class Nothing:
    """An update that is not rendered to text."""


class Screen:
    """A terminal of two lines that takes what is sent."""

    def __init__(self) -> None:
        self.lines = [[("?", PLAIN)] * 60 for _ in range(2)]

    def take(self, sent: str) -> None:
        """Looks last from one place to the next."""
        codes = ""
        for y, x, text in re.findall(r"\x1b\[(\d+);(\d+)H((?:\x1b\[[0-9;]*[mXC]|[^\x1b])*)", sent):
            line, at = self.lines[int(y) - 1], int(x) - 1
            for cell in map(visible, shown(codes + text)):
                line[at] = cell
                at += cell_len(cell[0])
            codes += "".join(re.findall(r"\x1b\[[0-9;]*m", text))


LINES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 4), st.lists(
        st.tuples(st.sampled_from(["ab", " ", " " * 14, "長", "e\u0301"]), STYLES), max_size=3
    )),
    max_size=6,
)  # fmt: skip


@settings(deadline=None)
@given(LINES)
def test_what_is_not_sent_is_there_already(
    parts: list[tuple[int, int, list[tuple[str, str]]]],
) -> None:
    """Each update shows the same as it would have shown on a terminal of which nothing is known."""
    console = Console(force_terminal=True, color_system="truecolor")
    screen = Screen()
    for y, x, texts in parts:
        segments = [Segment(text, Style.parse(style)) for text, style in texts]
        screen.take(sent([(y, x, segments)], console))
        wanted = list(map(visible, cells_in(segments, ColorSystem.TRUECOLOR)))
        there = screen.lines[y][x : x + len(wanted)]
        assert [cell for cell, meant in zip(there, wanted, strict=True) if meant[0]] == [
            meant for meant in wanted if meant[0]
        ]


def test_nothing_is_sent_twice_unless_it_was_forgotten() -> None:
    console = Console(force_terminal=True, color_system="truecolor")
    line = [Segment("a"), Segment("bc", Style.parse("red")), Segment(" " * 20), Segment("d")]
    assert sent([(0, 3, line)], console) == "\x1b[1;4Ha\x1b[31mbc\x1b[20X\x1b[20C\x1b[0md"
    assert sent([(0, 3, line)], console) == ""
    line[0], line[3] = Segment("A"), Segment("D")
    assert sent([(0, 3, line)], console) == "\x1b[1;4HA\x1b[1;27HD"
    forget(console)
    assert sent([(0, 3, line)], console).count("b") == 1


@pytest.mark.parametrize(
    ("update", "version", "known"),
    [
        (ChopsUpdate, "8.2.8", True),
        (ChopsUpdate, "8.0", True),
        (ChopsUpdate, "9.0.0", False),
        (ChopsUpdate, "80.1", False),
        (Renamed, "8.2.8", False),
        (MoreParameters, "8.2.8", False),
        (Nothing, "8.2.8", False),
    ],
)
def test_only_a_known_textual_is_changed(update: type, version: str, known: bool) -> None:
    assert is_known(update, "ChopsUpdate", version) == known


def test_another_textual_keeps_its_own_method(monkeypatch: pytest.MonkeyPatch) -> None:
    assert install()
    monkeypatch.setattr("textual._compositor.ChopsUpdate", MoreParameters)
    own = MoreParameters.render_segments
    assert not install()
    assert MoreParameters.render_segments is own


def test_a_textual_without_the_class_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("textual._compositor.ChopsUpdate")
    assert not install()
