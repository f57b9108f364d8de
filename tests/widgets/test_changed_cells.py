"""Looks are sent as what changes, and come out as they were meant."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
    install,
    is_known,
    look_of,
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
    cells: list[tuple[str, CellLook]] = []
    attributes, colour, ground = PLAIN
    for codes, character in re.findall(r"\x1b\[([0-9;]*)m|(.)", sent):
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


@given(SEGMENTS)
def test_cells_come_out_as_they_were_meant(texts: list[tuple[str, str]]) -> None:
    pen = Pen(ColorSystem.TRUECOLOR)
    segments = [Segment(text, Style.parse(style)) for text, style in texts]
    plain = "".join(Style.parse(style).render(text) for text, style in texts)
    sent = pen.write(segments) + pen.lift()
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
    assert is_known(update, version) == known


def test_another_textual_keeps_its_own_method(monkeypatch: pytest.MonkeyPatch) -> None:
    assert install()
    monkeypatch.setattr("textual._compositor.ChopsUpdate", MoreParameters)
    own = MoreParameters.render_segments
    assert not install()
    assert MoreParameters.render_segments is own


def test_a_textual_without_the_class_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("textual._compositor.ChopsUpdate")
    assert not install()
