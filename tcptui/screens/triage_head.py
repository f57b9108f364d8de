"""Fills the head of the triage screen: file, sizes, what leads, progress, and the capture's
health."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from textual.worker import Worker

from tcptui.build import is_slow
from tcptui.diagnosis.trust import CaptureTrust, trust_in
from tcptui.drawing import overview
from tcptui.drawing.cells import Line, Run, clean
from tcptui.escapes import decoded, visible
from tcptui.findings.jumps import extent_text, jump_warnings
from tcptui.findings.two_points import ADVICE, TWO_POINTS
from tcptui.panes.head.drawing import head_lines, health_line
from tcptui.panes.head.live import Rate, figures_line, loss
from tcptui.screens.overview import Overview
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices
from tcptui.session import SessionState
from tcptui.shortage import shortage
from tcptui.text.amounts import amount

if TYPE_CHECKING:
    from tcptui.capture.live.live_capture import LiveCapture


class HeadLine:
    """Counts what is wrong with all flows and how far they can be trusted, and shows it beside the
    progress of the session."""

    def __init__(self, panes: TriagePanes) -> None:
        self.panes = panes
        self.overview = Overview(panes.judge)
        plain = panes.live is not None
        self.names = [clean(decoded(name if plain else Path(name).name)) for name in panes.files]
        self.totals = CaptureTrust()  # over all flows, when last counted
        self.count: Worker[None] | None = None  # counts them now
        self.rate = Rate()
        self.is_slow = is_slow(panes.session.source.total_bytes or 0)

    # Counting

    @property
    def is_counting(self) -> bool:
        """Whether the totals are being counted now."""
        return self.count is not None and not self.count.is_finished

    @property
    def is_counted(self) -> bool:
        """Whether the totals hold all segments that there are."""
        return self.totals.segments == self.panes.engine.packets.count

    def count_totals(self) -> None:
        """Count how far the flows can be trusted, beside the screen."""
        work = self.totals_counted(len(self.panes.engine.flows))
        self.count = self.panes.screen.run_worker(work, group="totals", exclusive=True)

    async def totals_counted(self, number: int) -> None:
        panes = self.panes
        self.totals = await in_slices(trust_in(panes.engine.flows, number))
        self.show_head()
        self.count_causes()

    def count_causes(self) -> None:
        """Count the causes for the overview, beside the screen, if that is due."""
        if self.overview.is_due:
            self.panes.screen.run_worker(self.causes_counted(), group="overview")

    async def causes_counted(self) -> None:
        await self.overview.count_causes()
        self.show_head()

    # Saying it

    def show_head(self) -> None:
        """Show file, sizes, what leads, progress; and whether the capture can be trusted."""
        engine, session, live = self.panes.engine, self.panes.session, self.panes.live
        facts = [
            f"rules {engine.rules.name}",
            *(["slow: not compiled"] if self.is_slow else []),
            *([f"only {clean(session.source.expression)}"] if session.source.expression else []),
            amount(engine.frames, "packet"),
            amount(len(engine.flows), "flow"),
            extent_text(engine),
        ]
        leads = overview.lead(self.overview.found)
        lines = head_lines(", ".join(self.names), facts, leads)
        dropped = session.source.dropped
        warnings = list(session.source.warnings)
        if any(cause.kind == TWO_POINTS for cause in self.overview.found):
            warnings.append(ADVICE)
        doubts = [*map(self.short_text, warnings), *self.totals.doubts(dropped)]
        doubts += jump_warnings(engine)
        text, style = health_line(doubts)
        if live is not None:
            lost = loss(live.figures.dropped, live.figures.interface_dropped)
            text, style = (lost, "error") if lost else (text, style)
        if session.error is not None:
            why = shortage(session.error) or str(session.error)
            text, style = f"Reading ended: {self.short_text(why)}", "error"
        self.panes.head.show_head(lines, self.progress_line(), Run(text, style))

    def short_text(self, text: str) -> str:
        """Return what is said about a file, without its folder, and of the only one without its
        name."""
        for name in map(visible, self.panes.files):
            text = text.replace(name, Path(name).name)
        if len(self.names) == 1:
            text = text.removeprefix(f"{Path(visible(self.panes.files[0])).name}, ")
        return clean(text)

    def progress_line(self) -> Line:
        """Return how far loading has come, or how the capture stands."""
        live, session = self.panes.live, self.panes.session
        if live is not None:
            from tcptui.capture.live.live_capture import CaptureState

            running = live.state is CaptureState.RUNNING
            return self.capture_line(live) if running else [Run("capture ended ", "note")]
        state, part = session.state, session.progress
        if state is SessionState.LOADING:
            return [Run("loading " if part is None else f"loading {part:4.0%} ", "note")]
        words = {SessionState.FOLLOWING: "following", SessionState.FAILED: "incomplete"}
        return [Run(f"{words[state]} ", "note")] if state in words else []

    def capture_line(self, live: "LiveCapture") -> Line:
        """Return the figures of the capture that is running."""
        figures = live.figures
        rate = self.rate.take_count(monotonic(), figures.packets)
        behind = max(0, figures.packets - live.earlier - self.panes.engine.frames)
        line = figures_line(rate, figures.packets, figures.dropped, behind, live.owners_told)
        return [Run("view held · ", "warning"), *line] if self.panes.held else line
