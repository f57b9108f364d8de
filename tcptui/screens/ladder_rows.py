"""Tells what the row under a ladder's cursor says, and opens it."""

from tcptui.diagnosis.replays import Replays
from tcptui.panes.ladder.widget import Ladder
from tcptui.panes.why import drawing
from tcptui.session import Session


def explained(ladder: Ladder, replays: Replays, row: int) -> list[str]:
    """Return the points that explain the row under the cursor, whose packet row is ``row``."""
    if ladder.on_run and ladder.fold is not None and not ladder.is_within_run:
        first, last, what = ladder.run_in_words()
        return drawing.of_run(ladder.engine, (first, last), what)
    return drawing.of_segment(replays, row)


def open_row(ladder: Ladder, replays: Replays, session: Session) -> None:
    """Open the run under the cursor; show the contents of a segment."""
    row = ladder.packet_row
    if ladder.on_run:
        ladder.open_run()
    elif ladder.on_segment and row is not None:
        from tcptui.screens.detail import DetailScreen

        reason = drawing.of_segment(replays, row)
        ladder.app.push_screen(DetailScreen(session, ladder.engine, ladder.look, row, reason))
