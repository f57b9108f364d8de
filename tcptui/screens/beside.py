"""Shows two flows side by side: what differs, then both ladders, row by row."""

from typing import ClassVar, Final

from textual.app import ComposeResult

from tcptui.drawing.cells import Line, Run, fit, fit_line, rule
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.flow import Flow
from tcptui.panes.flows.difference import differences
from tcptui.panes.ladder import drawing as ladder
from tcptui.panes.ladder.drawing import Settings, TimeColumn
from tcptui.panes.ladder.strands import Strand, strands_of
from tcptui.screens.side import PAGES, SideScreen
from tcptui.screens.triage_ladder import complete_fold, new_fold
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices
from tcptui.widgets.canvas import Row
from tcptui.widgets.keys_line import KeyHint
from tcptui.widgets.rows import RowList

BETWEEN: Final = 2
"""Lines between the table and the ladders."""


class FlowsBeside(RowList):
    """A table of what two flows have, and their ladders beside each other."""

    HEAD = 1

    HELP = """
    ## Two flows side by side
    First what the columns of the list have for both, with `×` where a number is at least twice the
    other, and `≠` where words differ; then both ladders, each with the time since its own start.
    """

    def __init__(self, panes: TriagePanes, flows: tuple[Flow, Flow]) -> None:
        super().__init__(panes.look, id="beside")
        self.engine = panes.engine
        self.judge = panes.judge
        self.flows = flows
        self.table = differences(*flows, panes.judge)
        settings = Settings(TimeColumn.START, utc=panes.preferences.utc)
        self.strands = [self.strand_of(flow, settings, panes) for flow in flows]

    def strand_of(self, flow: Flow, settings: Settings, panes: TriagePanes) -> Strand:
        """Return the ladder of one flow, whose time begins with it."""
        fold = new_fold(self.engine.packets, flow)
        events = self.engine.events.of_flow(flow.index)
        fold.events = [event.row for event in events]
        strand = strands_of(self.engine, [flow], [fold], settings, panes.read_packet)[0]
        strand.drawing.events = events
        return strand

    def compare_again(self) -> None:
        """Compare what has become known since."""
        self.table = differences(*self.flows, self.judge)
        self.repaint()

    @property
    def count(self) -> int:
        longest = max(len(strand.fold.first) for strand in self.strands)
        return len(self.table) + BETWEEN + longest

    @property
    def half(self) -> int:
        """How many cells each ladder has."""
        return (self.size.width - 2) // 2

    def head(self, width: int) -> list[Row]:
        numbers = " and ".join(f"#{strand.flow.index}" for strand in self.strands)
        title = f"{numbers} ({self.engine.rules.name}) side by side"
        style = "title-focus" if self.has_focus else "title"
        return [Row(rule([Run(title, style)], f"{self.cursor + 1}/{self.count}", width))]

    def row(self, index: int, width: int) -> Line:
        front = Run("▌" if index == self.cursor else " ")
        below = index - len(self.table)
        if below < 0:
            return [front, *self.table[index].line(width - 1)]
        layout = ladder.lay_out(self.half, self.engine.frames, self.strands[0].drawing.settings)
        line: Line = [front]
        for strand in self.strands:
            line += [*fit_line(self.half_line(strand, below, layout), self.half), Run(" ")]
        return line

    def half_line(self, strand: Strand, below: int, layout: ladder.Layout) -> Line:
        """Return a line of one ladder; the first two are its ends and its titles."""
        if below == 0:
            flow = strand.flow
            ends = f"#{flow.index} {endpoint_text(flow.client)} ⇄ {endpoint_text(flow.server)}"
            return [Run(fit(ends, self.half), "title")]
        if below == 1:
            return ladder.header(layout, strand.drawing.settings)
        item = below - BETWEEN
        return strand.drawing.line(item, layout) if item < len(strand.fold.first) else []


class BesideScreen(SideScreen):
    """Folds both flows beside the screen, and shows them."""

    CSS_PATH = "stream.tcss"
    AUTO_FOCUS = "#beside"
    HINTS: ClassVar[tuple[KeyHint, ...]] = PAGES

    def __init__(self, panes: TriagePanes, flows: tuple[Flow, Flow]) -> None:
        super().__init__(panes.look)
        self.beside = FlowsBeside(panes, flows)

    def compose(self) -> ComposeResult:
        yield self.beside
        yield self.keys

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self.both_folded())

    async def both_folded(self) -> None:
        beside = self.beside
        for strand in beside.strands:
            await in_slices(complete_fold(beside.engine.packets, strand.flow, strand.fold))
            beside.repaint()
        await in_slices(beside.judge.rtts.grow())
        beside.compare_again()
