"""Hands what a ladder shows over to another one, which has the same flow of another analysis."""

from tcptui.panes.ladder.widget import Ladder


def hand_over(before: Ladder, after: Ladder) -> None:
    """Let a ladder stand as the one before it did: the same runs open, the cursor on the same row
    at its height, the same times and numbers. Both show one flow, folded to its end."""
    fold = after.fold
    if before.fold is None or fold is None or not before.count or not after.count:
        return
    for ordinal in sorted(before.fold.opened):
        item = fold.item_at(ordinal)
        if fold.first[item] == ordinal and fold.span[item] > 1:
            after.weave.open_run(after.strand_rows.index_of_ordinal(0, ordinal))
    settings, mark = before.settings, before.strands[0].ordinal_of(before.settings.mark)
    if 0 <= mark < len(fold.rows):
        settings = settings._replace(mark=fold.row_at(mark))
    after.use_settings(settings)
    after.cursor, after.top = min(before.cursor, after.count - 1), before.top
    after.moved = before.moved
    after.show_cursor()
    after.repaint()
