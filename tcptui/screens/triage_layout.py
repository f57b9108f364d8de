"""Lays out the panes of the triage screen: which of them are seen, and how much room each has."""

from collections.abc import Sequence

from textual.widget import Widget

from tcptui.panes.head.widget import HealthRoom
from tcptui.screens.triage_panes import Column, PaneRow, TriagePanes

WIDE = 110
"""Width from which the panes stand side by side."""
LOW = 30
"""Height below which the capture's health is told only where it is bad."""
LEAST_BELOW = 12
"""Lines that a list must leave free for the Why pane to stand below it."""
LEAST_WHY, WHY_SHARE, MOST_WHY_SHARE = 4, 8, 3
"""Lines of the Why pane: one in so many, but not fewer than the least, while that leaves the panes
most of the screen."""
NARROWEST_RIGHT, RIGHT_SHARE = 64, 0.42
"""Cells of the right column at least; of the rest the list takes what its columns need."""


class PaneLayout:
    """Shows one pane alone or several together, by the room there is; ``rows`` lists them."""

    def __init__(self, panes: TriagePanes, rows: Sequence[PaneRow]) -> None:
        self.panes = panes
        self.screen = panes.screen
        self.rows = rows
        self.by_name = {row.name: row for row in rows}
        self.zoomed = False
        self.room: tuple[object, ...] = ()  # what the panes' heights were chosen by
        self.shown_pane = rows[0].name  # the pane to see where only one is seen
        self.standing_in: PaneRow | None = None  # takes the place of another, where all are seen

    @property
    def is_single(self) -> bool:
        """Whether only one pane is seen."""
        return self.screen.has_class("-single")

    def widgets_in(self, column: Column) -> list[Widget]:
        """Return the panes of a column, from top to bottom."""
        return [self.panes.widgets[row.name] for row in self.rows if row.column is column]

    def lay_out(self, width: int, height: int, pane: str) -> None:
        """Show one pane or all, the diagram or the strip, by the room there is; ``pane`` where only
        one is seen."""
        panes = self.panes
        single = width < WIDE or self.zoomed
        if self.standing_in is not None and self.has_own_place(self.standing_in):
            self.standing_in = None
        self.screen.set_class(single, "-single")
        panes.flows.divided = panes.graph.divided = not single
        self.screen.query_one(f"#{Column.LEFT.value}").styles.width = (
            "1fr" if single else self.list_width(width)
        )
        self.make_head_room()
        self.room = ()
        self.show_pane(pane)
        self.share_room()

    def share_room(self) -> None:
        """Give each pane its lines: what the list, or the only pane that is seen, does not need
        goes to what explains the row under the cursor."""
        panes, (width, height) = self.panes, self.screen.size
        single = self.is_single
        lines = height - panes.head.wanted_height - 1
        pane = self.shown_pane if single else self.leading_pane
        needed = panes.widgets[pane].needed_lines(width, lines)
        room = (width, lines, single, pane, needed, self.shown_in(Column.LEFT))
        if room == self.room:
            return
        self.room = room
        share = self.by_name[pane].why_share if single else WHY_SHARE
        why = min(max(LEAST_WHY, height // share), lines // MOST_WHY_SHARE)
        beside = self.lines_beside(pane, lines)
        below = not single and needed is not None and needed + beside + LEAST_BELOW <= lines
        if single and needed is not None:
            why = max(why, lines - needed)
        panes.why.styles.height = why
        panes.why.display, panes.why.below.display = not below, below
        lines -= 0 if below else why
        short = needed is not None and not single and needed + beside < lines
        for name, row in self.by_name.items():
            fixed = None if single or len(self.shown_in(row.column)) == 1 else row.height(lines)
            if short and needed is not None and row.column is Column.LEFT:
                leads = name == pane and (below or beside)
                fixed = needed + 1 if leads else fixed if below else None
            panes.widgets[name].styles.height = "1fr" if fixed is None else fixed

    def lines_beside(self, pane: str, lines: int) -> int:
        """Return how many of so many lines the other panes of a pane's column take."""
        names = self.shown_in(self.by_name[pane].column)
        return sum(self.by_name[name].height(lines) or 0 for name in names if name != pane)

    def list_width(self, width: int) -> int:
        """Return how wide the list is beside the other panes."""
        most = width - max(NARROWEST_RIGHT, int(width * RIGHT_SHARE))
        least = width - max(NARROWEST_RIGHT, int(width * (1 - RIGHT_SHARE)))
        return max(least, min(self.panes.flows.wanted_width, most))

    def fit_list(self) -> None:
        """Give the list other room where its flows need it now."""
        self.share_room()
        left = self.screen.query_one(f"#{Column.LEFT.value}")
        wanted, now = self.list_width(self.screen.size.width), left.styles.width
        if not self.is_single and (now is None or now.value != wanted):
            left.styles.width = wanted

    def show_pane(self, pane: str) -> None:
        """Show a pane where only one is seen; elsewhere nothing changes, and nothing is sent."""
        moved, self.shown_pane = pane != self.shown_pane, pane
        self.let_stand_in(pane)
        for name, widget in self.panes.widgets.items():
            widget.display = self.is_shown(name)
        for column in Column:
            shown = any(widget.display for widget in self.widgets_in(column))
            self.screen.query_one(f"#{column.value}").display = shown
        if moved and self.is_single:
            self.make_head_room()
        self.share_room()

    def has_own_place(self, row: PaneRow) -> bool:
        """Return whether a pane stands among the others on a screen of this size."""
        width, height = self.screen.size
        return row.place is None or (width >= row.place.width and height >= row.place.lines)

    def let_stand_in(self, pane: str) -> None:
        """Let the pane that is to be seen take the place of another, or have its own back."""
        row, before = self.by_name[pane], self.standing_in
        if not self.has_own_place(row):
            self.standing_in = row
        elif before is not None and before.place is not None and before.place.otherwise == pane:
            self.standing_in = None

    def is_shown(self, name: str) -> bool:
        """Return whether a pane has its place on the screen now."""
        if self.is_single:
            return name == self.shown_pane
        row, other = self.by_name[name], self.standing_in
        if other is None or other.place is None:
            return self.has_own_place(row)
        return row is other or (self.has_own_place(row) and other.place.otherwise != name)

    def shown_in(self, column: Column) -> tuple[str, ...]:
        """Return the names of the panes of a column that are seen."""
        rows = (row for row in self.rows if row.column is column)
        return tuple(row.name for row in rows if self.is_shown(row.name))

    @property
    def leading_pane(self) -> str:
        """The pane at the top of the left column."""
        return self.shown_in(Column.LEFT)[0]

    def make_head_room(self) -> None:
        """Let the head tell bad news only on a low screen, and none above the diagram."""
        width, height = self.screen.size
        room = HealthRoom.ALL if height >= LOW else HealthRoom.BAD
        if height < LOW and self.is_single and self.shown_pane == "state":
            room = HealthRoom.NONE
        self.panes.head.make_room(width, room)
