"""Writes the ladder, as it is folded and drawn now, as text and as a picture."""

from tcptui.drawing.cells import Line, plain
from tcptui.panes.ladder.whole import title_of, whole_lines
from tcptui.panes.ladder.widget import Ladder
from tcptui.theme import PALETTES

WIDTH = 100
PAPER = "light"
"""The palette of pictures."""


def text_of(ladder: Ladder) -> str:
    """Return the whole ladder as plain text."""
    return "\n".join(plain(line).rstrip() for line in lines_of(ladder, 0, ladder.count))


def lines_of(ladder: Ladder, first: int, stop: int) -> list[Line]:
    """Return the title, the columns' titles, and the rows from ``first`` up to ``stop``, `WIDTH`
    cells wide."""
    rows, settings = ladder.strand_rows, ladder.settings
    return whole_lines(rows, ladder.engine, settings, WIDTH, first, stop, ladder.received())


def picture_of(ladder: Ladder, first: int, stop: int) -> str:
    """Return rows of the ladder as an SVG document."""
    from tcptui.drawing.svg import inked, picture
    from tcptui.widgets.inks import palette_inks

    inks = palette_inks(PAPER)
    lines = [inked(line, inks) for line in lines_of(ladder, first, stop)]
    title = plain(title_of(ladder.strand_rows, ladder.engine, WIDTH)).strip("─ ")
    return picture(lines, WIDTH, PALETTES[PAPER].background or "", title)
