"""Writes the ladder, as it is folded and drawn now, as text and as a picture."""

from tcptui.drawing.cells import Line, Run, plain
from tcptui.panes.ladder import drawing as drawing
from tcptui.panes.ladder.widget import Ladder
from tcptui.text.amounts import count
from tcptui.theme import PALETTES

WIDTH = 100
MOST_LINES = 1000
PAPER = "light"
"""The palette of pictures."""


def text_of(ladder: Ladder) -> str:
    """Return the whole ladder as plain text."""
    return "\n".join(plain(line).rstrip() for line in lines_of(ladder, 0, ladder.count))


def lines_of(ladder: Ladder, first: int, stop: int) -> list[Line]:
    """Return a title, the columns' titles, and the rows from ``first`` up to ``stop``.

    They are `WIDTH` cells wide. At most `MOST_LINES` rows are drawn; the last line says how many
    are left out.
    """
    if not ladder.strands:
        return []
    frames = ladder.engine.frames
    layout = drawing.lay_out(WIDTH - ladder.strand_rows.tag_width, frames, ladder.settings)
    wanted = min(stop, ladder.count)
    last = min(wanted, first + MOST_LINES)
    if ladder.to_scale:
        drawn = ladder.strand_rows.timeline(layout).draw(ladder.strand_rows.items(first, last))
        lines = [line for _, line in drawn]
    else:
        lines = [ladder.strand_rows.line(index, layout) for index in range(first, last)]
    if last < wanted:
        lines.append([Run(f"… {count(wanted - last)} more rows", "dim")])
    return [title_of(ladder), ladder.titles(layout), *lines]


def title_of(ladder: Ladder) -> Line:
    """Return the title that says which flows are drawn."""
    flows = [strand.flow for strand in ladder.strands]
    return drawing.title(flows, ladder.engine.rules.name, "", WIDTH, False)


def picture_of(ladder: Ladder, first: int, stop: int) -> str:
    """Return rows of the ladder as an SVG document."""
    from tcptui.drawing.svg import inked, picture
    from tcptui.widgets.inks import palette_inks

    inks = palette_inks(PAPER)
    lines = [inked(line, inks) for line in lines_of(ladder, first, stop)]
    title = plain(title_of(ladder)).strip("─ ")
    return picture(lines, WIDTH, PALETTES[PAPER].background or "", title)
