"""The list of the flows that several points saw, sorted by what happened between; before they are
compared, those that the first point saw."""

from collections.abc import Sequence

from tcptui.between.comparison import Comparison
from tcptui.drawing.cells import Line, Run, clean, fit_line, rule
from tcptui.engine.flow import Flow
from tcptui.panes.flows_between import drawing
from tcptui.panes.flows_between.drawing import ListedFlow
from tcptui.text.amounts import count
from tcptui.theme import Look
from tcptui.widgets.canvas import Row
from tcptui.widgets.rows import RowList


class FlowsBetween(RowList):
    """Shows the flows of a comparison; until there is one, those that one point has read."""

    HELP = """
    ## Flows between the points
    Each line is a connection that was seen at two points or more: its number at each point, how
    many bytes of it are paired, how long the fastest segments took each way, and what happened
    between. What was lost stands first; `again` counts segments that passed the last point of
    their way and were sent again all the same.
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.comparison: Comparison | None = None
        self.flows: list[ListedFlow] = []
        self.read: Sequence[Flow] = ()
        self.read_at = ""
        self.widths = drawing.ListWidths(0, 0, 0)
        self.empty = "reading …"

    @property
    def count(self) -> int:
        return len(self.flows if self.comparison else self.read)

    @property
    def current(self) -> ListedFlow | None:
        """The flow under the cursor."""
        return self.flows[self.cursor] if self.flows else None

    def show_read(self, point: str, flows: Sequence[Flow]) -> None:
        """Show the flows that a point has read so far, which are not compared yet."""
        self.read_at, self.read = point, flows[:]
        self.on_resize()

    def show_flows(self, comparison: Comparison, flows: list[ListedFlow]) -> None:
        """Show the compared flows: the gravest under the cursor, or the flow that the user has
        gone to meanwhile."""
        chosen = self.read[self.cursor] if self.cursor else None
        self.comparison, self.flows, self.read = comparison, flows, ()
        self.cursor = self.top = place_of(chosen, flows)
        self.on_resize()

    def on_resize(self) -> None:
        width = self.size.width - 1
        if self.comparison is None:
            self.widths = drawing.measure_read(self.read, width)
        else:
            self.widths = drawing.measure(self.flows, width)
        super().on_resize()

    @property
    def order(self) -> str:
        """Which flows are shown, in which order."""
        if self.comparison is None and self.read:
            return f"as {clean(self.read_at)} saw them"
        return "by what happened between"

    def head(self, width: int) -> list[Row]:
        style = "title-focus" if self.has_focus else "title"
        position = f"{count(min(self.cursor + 1, self.count))}/{count(self.count)}"
        title = rule([Run(f"Flows ─ {self.order}", style)], position, width)
        titles = drawing.header(self.widths, width - 1)
        return [Row(title), Row(fit_line([Run(" "), *titles], width))]

    def row(self, index: int, width: int) -> Line:
        front = "▌" if index == self.cursor else " "
        if self.comparison is None:
            line = drawing.read_row(self.read[index], self.widths, width - 1)
        else:
            line = drawing.row(self.comparison, self.flows[index], self.widths, width - 1)
        return fit_line([Run(front), *line], width)

    def nothing(self) -> Line:
        return [Run(f"  {self.empty}", "dim")]


def place_of(chosen: Flow | None, flows: Sequence[ListedFlow]) -> int:
    """Return where a flow of some point stands in the list; 0 where it is not there."""
    for place, one in enumerate(flows):
        if any(at is not None and at.flow is chosen for at in one.flow.seen.at):
            return place
    return 0
