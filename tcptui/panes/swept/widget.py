"""The list of the flows of a data set, that of its groups, and the trouble of its days."""

from collections.abc import Sequence
from typing import Final

from tcptui.data_set.groups import SweptGroup, SweptGrouping, Trouble
from tcptui.data_set.listing import SORT_DEFAULT
from tcptui.data_set.shown_flows import ShownFlows
from tcptui.drawing.cells import Line, Run, clean, fit_line, rule
from tcptui.panes.swept import drawing
from tcptui.text.amounts import amount, count
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row
from tcptui.widgets.rows import RowList

TROUBLE_TITLE: Final = "Flows with warnings or errors, by day (UTC)"


class SweptList(RowList):
    """Shows the flows of a data set, those that a filter keeps."""

    HELP = """
    ## Flows of all captures
    Each line is a TCP connection of one of the captures that were swept, the worst first: what was
    cut or not answered, then what cost an application most time. Enter opens its capture, with the
    cursor on this flow; Escape there leads back here.

    The filter takes words (addresses, ports, names, findings, hosts, files), or comparisons of
    `host`, `file`, `day` and the fields of flows: flow.cost > 1s and host == web07.
    """

    def __init__(self, look: Look, utc: bool, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.utc = utc
        self.shown: ShownFlows | None = None
        self.held: int | None = None  # the row last under the cursor
        self.progress = ""

    @property
    def count(self) -> int:
        return self.shown.count if self.shown is not None else 0

    def show_flows(self, shown: ShownFlows, *, keep: bool = False) -> None:
        """Show flows in their order; ``keep`` the cursor on its flow where that is shown, also
        where there was none between."""
        if self.current is not None:
            self.held = self.current
        self.shown = shown
        row = self.held if keep else None
        self.cursor = (shown.place_of(row) if row is not None else None) or 0
        self.top = 0
        self.show_cursor()
        self.repaint()

    @property
    def current(self) -> int | None:
        """The row of the flow under the cursor."""
        shown = self.shown
        return shown.row_at(self.cursor) if shown is not None and shown.count else None

    def head(self, width: int) -> list[Row]:
        shown = self.shown
        style = "title-focus" if self.has_focus else "title"
        sort, descending = (shown.sort, shown.descending) if shown else (SORT_DEFAULT, True)
        name = f"Flows ─ {'worst first' if sort == SORT_DEFAULT else f'by {sort}'}"
        if shown is not None and shown.asked.text:
            name += f" ─ filter: {clean(shown.asked.text)}"
        where = f"{count(min(self.cursor + 1, self.count))}/{count(self.count)}"
        titles = drawing.header(drawing.place_columns(width - 1), width - 1, sort, descending)
        return [
            Row(rule([Run(name, style)], f"{self.progress} {where}".strip(), width)),
            Row(fit_line([Run(" "), *titles], width)),
        ]

    def row(self, index: int, width: int) -> Line:
        if self.shown is None:
            return []
        front = "▌" if index == self.cursor else " "
        flow = self.shown.listed(index)
        line = drawing.flow_line(flow, drawing.place_columns(width - 1), width - 1, self.utc)
        return fit_line([Run(front), *line], width)

    def nothing(self) -> Line:
        if self.shown is None:
            return []
        filtered = "no flow matches the filter; Esc shows all again"
        return [Run(f" {filtered if self.shown.asked.text else 'no flows'}", "dim")]


class SweptGroups(RowList):
    """Shows what the flows with one host, day, file or address come to."""

    HELP = """
    ## Groups
    Each line is what all flows of the list with one host, day, file or address come to, the longest
    waited first: how many there are, which part failed (was refused, not answered or cut), how many
    have warnings or errors. Enter shows the flows of a group.
    """

    def __init__(
        self,
        look: Look,
        grouping: SweptGrouping,
        groups: Sequence[SweptGroup],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(look, id=id)
        self.grouping = grouping
        self.groups = groups

    @property
    def count(self) -> int:
        return len(self.groups)

    @property
    def current(self) -> SweptGroup | None:
        """The group under the cursor."""
        return self.groups[self.cursor] if self.groups else None

    def head(self, width: int) -> list[Row]:
        style = "title-focus" if self.has_focus else "title"
        flows = sum(group.flows for group in self.groups)
        name = f"Groups ─ by {self.grouping.id} ─ {amount(flows, 'flow')}"
        where = f"{count(min(self.cursor + 1, self.count))}/{count(self.count)}"
        titles = drawing.group_header(self.grouping.id, width - 1)
        return [
            Row(rule([Run(name, style)], where, width)),
            Row(fit_line([Run(" "), *titles], width)),
        ]

    def row(self, index: int, width: int) -> Line:
        front = "▌" if index == self.cursor else " "
        return fit_line([Run(front), *drawing.group_line(self.groups[index], width - 1)], width)

    def nothing(self) -> Line:
        return [Run(" no flows to add up", "dim")]


class TroubleDays(Canvas):
    """Shows how many flows have warnings or errors on each day, of all hosts and of the worst."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.told: list[Trouble] = []

    def rows(self, width: int, height: int) -> list[Row]:
        lines = drawing.trouble_lines(self.told[: max(height - 1, 1)], width)
        title = Row(rule([Run(TROUBLE_TITLE, "title")], "", width))
        return [title, *(Row(fit_line(line, width)) for line in lines)]
