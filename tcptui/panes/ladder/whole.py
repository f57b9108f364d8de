"""Draws the rows of a ladder as lines, under its title: what is copied, saved or printed."""

from collections.abc import Sequence
from typing import Final

from tcptui.drawing.cells import Line, Run
from tcptui.engine.engine import Engine
from tcptui.panes.ladder import drawing
from tcptui.panes.ladder.drawing import Layout, Settings
from tcptui.panes.ladder.strands import StrandRows
from tcptui.text.amounts import count

MOST_LINES: Final = 1000


def title_of(rows: StrandRows, engine: Engine, width: int) -> Line:
    """Return the title that says which flows are drawn."""
    flows = [strand.flow for strand in rows.strands]
    return drawing.title(flows, engine.rules.name, "", width, False)


def column_titles(
    rows: StrandRows, layout: Layout, settings: Settings, told: Sequence[str] = ()
) -> Line:
    """Return the titles of the columns; ``told`` is said of the segment under the cursor."""
    return [
        Run(" " * rows.tag_width, "head"),
        *drawing.header(layout, settings, told),
    ]


def whole_lines(
    rows: StrandRows,
    engine: Engine,
    settings: Settings,
    width: int,
    first: int,
    stop: int,
    told: Sequence[str] = (),
) -> list[Line]:
    """Return a title, the columns' titles, and the rows from ``first`` up to ``stop``.

    They are ``width`` cells wide. At most `MOST_LINES` rows are drawn; the last line says how many
    are left out.
    """
    if not rows.strands:
        return []
    layout = drawing.lay_out(width - rows.tag_width, engine.frames, settings)
    wanted = min(stop, rows.weave.count)
    last = min(wanted, first + MOST_LINES)
    if settings.to_scale and rows.weave.count:
        lines = [line for _, line in rows.timeline(layout).draw(rows.items(first, last))]
    else:
        lines = [rows.line(index, layout) for index in range(first, last)]
    if last < wanted:
        lines.append([Run(f"… {count(wanted - last)} more rows", "dim")])
    titles = column_titles(rows, layout, settings, told)
    return [title_of(rows, engine, width), titles, *lines]
