"""The ladder as it is folded and drawn now: as text, and as a picture."""

from tcptui.drawing.cells import Line, Run, plain
from tcptui.panes.ladder import drawing as drawing
from tcptui.panes.ladder.widget import Ladder
from tcptui.text.numbers import count
from tcptui.theme import PALETTES

WIDTH = 100
MOST_LINES = 1000
PAPER = "light"
"""The palette of pictures."""


def text_of(ladder: Ladder) -> str:
    """The whole ladder as plain text."""
    return "\n".join(plain(line).rstrip() for line in lines_of(ladder, 0, ladder.count))


def lines_of(ladder: Ladder, first: int, stop: int) -> list[Line]:
    """Whose ladder it is, titles, and the rows from ``first`` on, `WIDTH` columns wide: up to
    ``stop``, but at most `MOST_LINES`; what is left out is said."""
    if not ladder.strands:
        return []
    frames = int(ladder.engine.frames)
    layout = drawing.lay_out(WIDTH - ladder.tag_width, frames, ladder.settings)
    wanted = min(stop, ladder.count)
    last = min(wanted, first + MOST_LINES)
    if ladder.to_scale:
        drawn = ladder.timeline(layout).draw(ladder.items(first, last))
        lines = [line for _, line in drawn]
    else:
        lines = [ladder.line(index, layout) for index in range(first, last)]
    if last < wanted:
        lines.append([Run(f"… {count(wanted - last)} rows more", "dim")])
    return [title_of(ladder), ladder.titles(layout), *lines]


def title_of(ladder: Ladder) -> Line:
    """Which flows are drawn."""
    return drawing.title([strand.flow for strand in ladder.strands], "", WIDTH, False)


def picture_of(ladder: Ladder, first: int, stop: int) -> str:
    """The same as an SVG document."""
    from tcptui.drawing.svg import inked, picture
    from tcptui.widgets.inks import palette_inks

    inks = palette_inks(PAPER)
    lines = [inked(line, inks) for line in lines_of(ladder, first, stop)]
    title = plain(title_of(ladder)).strip("─ ")
    return picture(lines, WIDTH, PALETTES[PAPER].background or "", title)
