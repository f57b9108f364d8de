"""Draws the ladder of a flow as text, without a screen."""

from typing import Final

from tcptui.drawing.cells import plain
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.findings.finding import Read
from tcptui.panes.ladder.drawing import Settings
from tcptui.panes.ladder.model.fold import Fold
from tcptui.panes.ladder.strands import StrandRows, strands_of
from tcptui.panes.ladder.whole import whole_lines

LEAST_WIDTH: Final = 40
MOST_WIDTH: Final = 1000


def ladder_text(engine: Engine, flow: Flow, width: int, read: Read) -> str:
    """Return the ladder of a flow, a row a line, from 40 to 1,000 cells wide."""
    events = engine.events.of_flow(flow.index)
    fold = Fold(int(flow.index))
    fold.events = [event.row for event in events]
    rows = engine.packets.count
    while fold.scanned < rows or fold.folded < len(fold.rows):
        fold.find_rows(engine.packets, rows)
        fold.fold_rows(engine.packets, rows)
    settings = Settings()
    strands = strands_of(engine, [flow], [fold], settings, read)
    strands[0].drawing.events = events
    drawn = StrandRows(strands)
    drawn.weave.take_new_items()
    width = min(max(width, LEAST_WIDTH), MOST_WIDTH)
    lines = whole_lines(drawn, engine, settings, width, 0, drawn.weave.count)
    return "\n".join(plain(line).rstrip() for line in lines)
