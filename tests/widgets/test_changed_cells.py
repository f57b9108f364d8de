"""Only what changes is sent, and the terminal shows the same as if all were."""

from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate

from tcptui.widgets.cell_looks import cells_in
from tcptui.widgets.changed_cells import forget, install, is_known, sent
from tests.widgets.terminal import Terminal, visible
from tests.widgets.test_pen import STYLES

LINES, WIDTH = 3, 60
PARTS = st.tuples(st.integers(0, LINES - 1), st.integers(0, 4), st.lists(
    st.tuples(st.sampled_from(["ab", " ", " " * 7, " " * 14, "─│", "長", "e\u0301"]), STYLES),
    max_size=4,
))  # fmt: skip


HALVES_MEET: Final = [
    [(0, 3, [("ab", ""), ("ab", ""), ("長", "")])],
    [(0, 2, [("ab", ""), ("ab", ""), ("長", ""), ("ab", "")])],
]
"""A wide character moves by one cell, onto its own first half."""


@settings(deadline=None)
@example(HALVES_MEET)
@given(st.lists(st.lists(PARTS, max_size=3), max_size=4))
def test_what_is_not_sent_is_there_already(
    updates: list[list[tuple[int, int, list[tuple[str, str]]]]],
) -> None:
    """Each update shows the same as it would have shown on a terminal of which nothing is known."""
    console = Console(force_terminal=True, color_system="truecolor")
    terminal = Terminal(WIDTH, LINES)
    for update in updates:
        parts = [
            (y, x, [Segment(text, Style.parse(style)) for text, style in texts])
            for y, x, texts in {part[0]: part for part in update}.values()
        ]
        terminal.take(sent(parts, console))
        for y, x, segments in parts:
            wanted = list(map(visible, cells_in(segments, ColorSystem.TRUECOLOR)))
            assert terminal.lines[y][x : x + len(wanted)] == wanted


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


def test_nothing_is_sent_twice_unless_it_was_forgotten() -> None:
    console = Console(force_terminal=True, color_system="truecolor")
    line = [Segment("a"), Segment("bc", Style.parse("red")), Segment(" " * 20), Segment("d")]
    assert sent([(0, 3, line)], console) == "\x1b[1;4Ha\x1b[31mbc\x1b[m\x1b[20X\x1b[20Cd"
    assert sent([(0, 3, line)], console) == ""
    line[0], line[3] = Segment("A"), Segment("D")
    assert sent([(0, 3, line)], console) == "\x1b[1;4HA\x1b[22CD"
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
