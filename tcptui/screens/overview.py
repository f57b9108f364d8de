"""Shows the overview of the capture: what is wrong in it, worst first; Enter shows the affected
flows."""

from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen

from tcptui.diagnosis.capture_causes import TopCause, causes
from tcptui.drawing import overview as drawing
from tcptui.drawing.cells import Run, clean, wrap
from tcptui.findings.judgement import Judge
from tcptui.panes.why.widget import Why
from tcptui.screens.frame import Below, frame
from tcptui.screens.work_slices import in_slices
from tcptui.text.amounts import amount, part_done
from tcptui.theme import Look
from tcptui.widgets.lines import LineList
from tcptui.widgets.rows import RowList

LOOK_AGAIN = 0.25
WIDEST, PREVIEW, MOST_HEALTH = 130, 6, 20
"""Cells of the frame; lines for a cause, and at most for what is said of the capture."""
COUNT_AGAIN = 1_000_000_000
"""ns; so long after counting, what somebody waits for in a live capture may have become worse."""
REST_SHARE = 10
"""After counting, a growing capture's causes are not counted again for so many times as long."""


class Overview:
    """The causes of all flows, counted beside the screen."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.engine = judge.engine
        self.found: list[TopCause] = []
        self.flows = 0
        self.part = 0.0
        self.is_counting = False
        self.segments = -1
        self.moment = 0  # of the capture, ns, when they were counted
        self.next = 0.0  # monotonic seconds

    @property
    def is_due(self) -> bool:
        """Whether there is anything new to count, and counting would not take all the time."""
        older = self.engine.now - self.moment
        new = self.segments != self.engine.packets.count or older >= COUNT_AGAIN
        return new and not self.is_counting and monotonic() >= self.next

    async def count_causes(self) -> None:
        """Count the causes if that is due."""
        if not self.is_due:
            return
        segments, moment, began = self.engine.packets.count, self.engine.now, monotonic()
        self.is_counting = True
        number = len(self.engine.flows)
        try:
            self.found = await in_slices(causes(self.judge, number), self.show_progress)
            self.flows, self.segments, self.moment = number, segments, moment
        finally:
            self.is_counting = False
            self.next = monotonic() + REST_SHARE * (monotonic() - began)

    def show_progress(self, part: float) -> None:
        self.part = part


class OverviewScreen(Screen[str | None]):
    """Returns the kind of the cause whose flows are to be shown, or None."""

    CSS_PATH = "choice.tcss"
    AUTO_FOCUS = "#choices"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,left,h,o", "dismiss(None)", "back", key_display="Esc",
                id="overview.back", tooltip="Back to the flows"),
        Binding("question_mark", "app.help", "help", key_display="?", show=False,
                id="overview.help", tooltip="What this shows, and all keys"),
    ]  # fmt: skip

    HELP = """
    ## Overview
    Each line is a cause of trouble: how often it occurred, in how many flows, how long it made them
    wait, and between which hosts mostly. Enter shows the flows behind it, worst first. The first
    line counts all flows with trouble together: which hosts and ports have most of it.
    """

    def __init__(self, look: Look, overview: Overview, health: str = "") -> None:
        super().__init__()
        self.look = look
        self.overview = overview
        self.health = health  # whether the capture can be trusted, in full
        self.shown: list[TopCause] | None = None

    def compose(self) -> ComposeResult:
        self.list = LineList(self.look, "", id="choices")
        self.preview = Why(self.look, "Cause", "Enter shows its flows", id="preview")
        self.capture = Why(self.look, "Capture", "", id="capture")
        with Container(id="both"):
            yield self.list
            yield self.preview
            yield self.capture

    def on_mount(self) -> None:
        self.capture.show_text(self.health)
        self.show_causes()
        self.set_interval(LOOK_AGAIN, self.show_causes)

    @property
    def awaits_work(self) -> bool:
        """Whether there is nothing to choose from yet."""
        return self.overview.is_counting and not self.shown

    def show_causes(self) -> None:
        """Show what has been counted; the cursor stays on its line."""
        overview = self.overview
        if overview.found is self.shown and not overview.is_counting:
            return
        counted = f"{amount(overview.flows, 'flow')}, worst first"
        how = f"counting {part_done(overview.part)}" if overview.is_counting else counted
        self.list.title_text = f"What is wrong ─ {how}"
        self.list.empty = "" if overview.is_counting else "nothing is wrong with any flow"
        self.shown = overview.found
        self.frame_lines()
        self.show_lines()
        self.show_details()

    def on_resize(self) -> None:
        self.frame_lines()
        self.call_after_refresh(self.show_lines)

    def frame_lines(self) -> None:
        """Take the room that the causes need, and all that is said of the capture."""
        width = min(WIDEST, int(self.size.width * 0.98)) - 4
        health = wrap(self.health, width, MOST_HEALTH)
        below = (
            Below(self.preview, PREVIEW),
            Below(self.capture, 1 + len(health) if self.health else 0),
        )
        lines = self.list.HEAD + max(1, len(self.shown or []))
        frame(self, self.query_one("#both"), self.look, lines, below)

    def show_lines(self) -> None:
        lines = [drawing.line(cause, self.list.size.width - 1) for cause in self.shown or []]
        self.list.show_lines([[Run(clean(run.text), run.style) for run in line] for line in lines])

    @on(RowList.Moved)
    def show_details(self) -> None:
        causes = self.shown
        if causes:
            rules = self.overview.engine.rules.name
            self.preview.show_text(clean(drawing.details(causes[self.list.cursor], rules)))
        else:
            self.preview.show_text("")

    @on(RowList.Chosen)
    def cause_chosen(self) -> None:
        if self.shown:
            self.dismiss(self.shown[self.list.cursor].kind)
