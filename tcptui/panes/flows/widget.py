"""The flow list has a line for each flow, in an order that is made on opening and when asked
for."""

from collections.abc import Sequence
from typing import ClassVar

from librt.vecs import vec
from mypy_extensions import i32
from textual.binding import Binding, BindingType

from tcptui.drawing.cells import Line, Run, fit_line, rule
from tcptui.engine.flow import Flow
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import drawing
from tcptui.panes.flows.model.sorting import row_of
from tcptui.panes.flows.remembered import Remembered
from tcptui.text.amounts import amount, count
from tcptui.theme import Look
from tcptui.widgets.canvas import Row
from tcptui.widgets.rows import RowList

GONE: Line = [Run("has ended, and is no longer kept", "dim")]
UNREAD: Line = [Run("is being read again", "dim")]
SAMPLE, WORST = 500, 48
"""How many flows decide how wide addresses are, and what is wrong."""


class FlowList(RowList):
    """Shows ``flows`` in ``order``; flows that came after it was made stand at the end."""

    HELP = """
    ## Flows
    Each line is a TCP connection, the worst first: what was cut or not answered, then
    what cost an application most time. Its number is
    tshark's `tcp.stream`. Letters count segments with an analysis flag (`R7`: seven
    retransmissions); the State and Ladder panes show the flow under the cursor.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mark", "mark", id="flows.mark", show=False,
                tooltip="Mark this flow and go to the next"),
    ]  # fmt: skip

    def __init__(
        self, look: Look, flows: list[Flow], judge: Judge, *, id: str | None = None
    ) -> None:
        super().__init__(look, id=id)
        self.flows = flows
        self.judge = judge
        self.order: vec[i32] = vec[i32]()
        self.sorted_until = 0  # flows below are in the order, or left out by the filter
        self.known = 0
        self.filtered = ""
        self.expression = ""  # the capture filter that packets had to pass
        self.sort = drawing.SORT_DEFAULT
        self.descending = True
        self.columns: Sequence[str] = drawing.DEFAULT
        self.widths = drawing.column_widths([], 0)
        self.placed: list[drawing.Placed] = []
        self.divided = False  # a line at the right edge, towards the next pane
        self.progress = ""
        self.outdated = False  # flows have changed since they were put in order
        self.marked: set[int] = set()
        self.utc = False  # times of day
        self.frames = 0
        self.remembered: Remembered | None = None  # stands until all is analysed again
        self.held = self.held_height = 0  # the flow last under the cursor, and its line on screen

    @property
    def fresh(self) -> range:
        """The flows that are not in the order yet, and stand at its end."""
        return range(self.sorted_until, self.sorted_until if self.filtered else self.known)

    @property
    def count(self) -> int:
        return len(self.order) + len(self.fresh)

    def flow_at(self, row: int) -> int:
        """Return the index of the flow in a row."""
        if row < len(self.order):
            return self.order[row]
        return self.sorted_until + row - len(self.order)

    @property
    def current(self) -> Flow | None:
        """The flow under the cursor; None for one that is kept no longer, or not read again yet."""
        return self.flow_in(self.cursor) if self.count else None

    def flow_in(self, row: int) -> Flow | None:
        """Return the flow in a row; None for one that is kept no longer, or not read again yet."""
        number = self.flow_at(row)
        flow = self.flows[number] if number < len(self.flows) else None
        return flow if flow is not None and flow.index >= 0 else None

    def recall(self, remembered: Remembered) -> None:
        """Show the list as it was when the capture had been analysed, until it is again."""
        self.remembered = remembered
        self.order = remembered.order
        self.sorted_until = self.known = len(remembered.order)
        self.measure_columns()

    def forget(self) -> None:
        """Show the flows that are read, no longer the list as it was."""
        if self.remembered is not None:
            self.take_order(vec[i32](), 0, keep=False)
            self.take_new(len(self.flows), self.frames)

    def row_of(self, flow: int) -> int | None:
        """Return the row that shows a flow; None if the filter leaves it out."""
        if flow >= self.sorted_until:
            return None if self.filtered else len(self.order) + flow - self.sorted_until
        row = row_of(self, flow)
        return row if row >= 0 else None

    def take_order(self, order: vec[i32], until: int, *, keep: bool) -> None:
        """Show a new order of the flows below ``until``; ``keep`` the cursor on its flow and at
        its height, also where there was none between, else go to the top."""
        if self.count:
            self.held, self.held_height = self.flow_at(self.cursor), self.cursor - self.top
        self.known = until if self.remembered is not None else max(self.known, until)
        self.order, self.sorted_until, self.outdated = order, until, False
        self.remembered = None
        self.measure_columns()
        row = self.row_of(self.held) if keep else 0
        self.cursor = min(row or 0, max(0, self.count - 1))
        self.top = max(0, self.cursor - self.held_height) if keep else 0
        self.show_cursor()
        self.repaint()

    def show_outdated(self) -> None:
        """Say that flows may belong elsewhere by now; they are put in order once nobody is using
        the list."""
        if not self.outdated:
            self.outdated = True
            self.repaint()

    def take_new(self, known: int, frames: int) -> None:
        """Show the flows that have come: ``known`` in ``frames`` packets."""
        self.frames = frames
        if self.remembered is not None:
            known = self.known
        if known != self.known:
            self.known = known
            if not len(self.order):
                self.measure_columns()
            if self.following:
                self.follow_newest()
        self.repaint()

    def follow_newest(self) -> None:
        """Go to the newest flow and stay with the newest; do nothing where a filter leaves it
        out."""
        row = self.row_of(self.known - 1) if self.known else None
        if row is not None:
            self.move_to(row, following=True)

    def measure_columns(self) -> None:
        """Choose the columns' widths by a sample of the flows that are shown."""
        if self.remembered is not None:
            self.widths = self.remembered.widths
            self.place_columns()
            return
        step = max(1, self.count // SAMPLE)
        sample = [self.flows[self.flow_at(row)] for row in range(0, self.count, step)]
        worst = (self.flows[self.flow_at(row)] for row in range(min(WORST, self.count)))
        claims = [drawing.claim(flow, self.judge) for flow in worst if flow.index >= 0]
        names = [self.judge.engine.name_of(flow) for flow in sample]
        owners = [drawing.owner_name(flow, self.judge) for flow in sample]
        self.widths = drawing.column_widths(sample, len(self.flows), claims, names, owners)
        self.place_columns()

    def place_columns(self) -> None:
        self.placed = drawing.place_columns(
            self.columns, self.widths, self.size.width - 2 - self.divided
        )

    @property
    def wanted_width(self) -> int:
        """The width at which all columns fit whole."""
        return drawing.wanted_width(self.columns, self.widths) + 2 + self.divided

    def on_resize(self) -> None:
        self.place_columns()
        super().on_resize()

    def head(self, width: int) -> list[Row]:
        how = "worst first" if self.sort == drawing.SORT_DEFAULT else f"by {self.sort}"
        style = "title-focus" if self.has_focus else "title"
        name = f"Flows ─ {how}"
        if self.filtered:
            name += f" ─ filter: {self.filtered}"
        if self.remembered is not None:
            name += " ─ as it was, being read again"
        position = f"{count(min(self.cursor + 1, self.count))}/{count(self.count)}"
        fresh = self.known - self.sorted_until
        if self.following:
            position = f"following {position}"
        if self.progress:
            position = f"{self.progress} {position}"
        elif fresh and self.sorted_until:
            position = f"+{count(fresh)} unsorted {position}"
        elif self.outdated:
            position = f"changed since, R sorts again {position}"
        titles = drawing.header(self.placed, self.sort, self.descending)
        inner = width - self.divided
        return [
            Row(rule([Run(name, style)], position, inner) + self.edge("┬")),
            Row(fit_line([Run("  "), *titles], inner) + self.edge()),
        ]

    def edge(self, glyph: str = "│") -> Line:
        return [Run(glyph, "rule")] if self.divided else []

    def row(self, index: int, width: int) -> Line:
        number = self.flow_at(index)
        mark = "*" if number in self.marked else " "
        front = ("▌" if index == self.cursor else " ") + mark
        line = [Run(front, "text"), *self.told_of(index)]
        return fit_line(line, width - self.divided) + self.edge()

    def told_of(self, row: int) -> Line:
        """Return what a row tells of its flow, as it was while a remembered list is shown."""
        if self.remembered is None:
            flow = self.flow_in(row)
            return GONE if flow is None else drawing.row(flow, self.placed, self.judge, self.utc)
        told = self.remembered.rows.get(self.flow_at(row))
        if told is None:
            return [Run(f"{self.flow_at(row)} ", "text"), *UNREAD]
        return drawing.line_of(self.placed, lambda item: told.cell(item, self.utc))

    def rows(self, width: int, height: int) -> list[Row]:
        rows = super().rows(width, height)
        blank = Row([Run(" " * (width - self.divided)), *self.edge()])
        return rows + [blank] * (height - len(rows))

    def ground(self, index: int) -> str:
        ground = super().ground(index)
        return ground or ("marked" if self.flow_at(index) in self.marked else "")

    @property
    def why_empty(self) -> str:
        """Why no flow is shown."""
        if self.remembered is not None:
            return "this flow is being read again"
        return "no flow matches the filter; Esc shows all again" if self.filtered else ""

    def nothing(self) -> Line:
        if self.filtered:
            return [Run(f"  {self.why_empty}", "dim")]
        if self.frames:
            return [Run(f"  {amount(self.frames, 'packet')}, none of them TCP", "warning")]
        if self.expression:
            return [Run(f"  no packet passed the capture filter: {self.expression}", "warning")]
        return [Run("  no packets", "dim")]

    def action_mark(self) -> None:
        self.mark_current()
        self.action_move(1)

    def mark_current(self) -> None:
        """Mark the flow under the cursor, or take its mark away."""
        if self.current is not None:
            self.marked ^= {self.flow_at(self.cursor)}
            self.repaint()
