"""The list of the flows that several points saw, sorted by what happened between."""

from tcptui.between.comparison import Comparison
from tcptui.drawing.cells import Line, Run, fit_line, rule
from tcptui.panes.flows_between import drawing
from tcptui.panes.flows_between.drawing import ListedFlow
from tcptui.text.amounts import count
from tcptui.theme import Look
from tcptui.widgets.canvas import Row
from tcptui.widgets.rows import RowList


class FlowsBetween(RowList):
    """Shows the flows of a comparison, once there is one."""

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
        self.widths = drawing.ListWidths(0, 0, 0)
        self.empty = "reading …"

    @property
    def count(self) -> int:
        return len(self.flows)

    @property
    def current(self) -> ListedFlow | None:
        """The flow under the cursor."""
        return self.flows[self.cursor] if self.flows else None

    def show_flows(self, comparison: Comparison, flows: list[ListedFlow]) -> None:
        self.comparison, self.flows = comparison, flows
        self.cursor = self.top = 0
        self.on_resize()

    def on_resize(self) -> None:
        self.widths = drawing.measure(self.flows, self.size.width - 1)
        super().on_resize()

    def head(self, width: int) -> list[Row]:
        style = "title-focus" if self.has_focus else "title"
        position = f"{count(min(self.cursor + 1, self.count))}/{count(self.count)}"
        title = rule([Run("Flows ─ by what happened between", style)], position, width)
        titles = drawing.header(self.widths, width - 1)
        return [Row(title), Row(fit_line([Run(" "), *titles], width))]

    def row(self, index: int, width: int) -> Line:
        assert self.comparison is not None
        front = "▌" if index == self.cursor else " "
        line = drawing.row(self.comparison, self.flows[index], self.widths, width - 1)
        return fit_line([Run(front), *line], width)

    def nothing(self) -> Line:
        return [Run(f"  {self.empty}", "dim")]
