"""The head of the triage screen: file, sizes, what leads, progress, and the capture's health."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tcptui.drawing import overview
from tcptui.drawing.cells import Line, Run, clean
from tcptui.escapes import decoded, visible
from tcptui.panes.head.drawing import head_lines
from tcptui.panes.head.health import CaptureTotals, findings, health
from tcptui.panes.head.live import Rate, figures_line, loss
from tcptui.screens.desk import TriagePanes
from tcptui.screens.overview import Overview
from tcptui.session import SessionState
from tcptui.shortage import shortage
from tcptui.text.numbers import duration, of_many

if TYPE_CHECKING:
    from tcptui.capture.live.live_capture import LiveCapture


class Heading:
    """Says what ``found``, the last count over all flows, and the session's state come to."""

    def __init__(self, desk: TriagePanes, overview: Overview) -> None:
        self.desk = desk
        self.overview = overview
        plain = desk.live is not None
        self.names = [clean(decoded(name if plain else Path(name).name)) for name in desk.files]
        self.found = CaptureTotals()
        self.rate = Rate()

    def show(self) -> None:
        """File, sizes, what leads, progress; and whether the capture can be trusted."""
        engine, session, live = self.desk.engine, self.desk.session, self.desk.live
        lasted = duration(int(engine.last_time - engine.first_time))
        facts = [of_many(int(engine.frames), "packet"), of_many(len(engine.flows), "flow"), lasted]
        leads = overview.lead(self.overview.found) or findings(self.found)
        lines = head_lines(", ".join(self.names), facts, leads)
        dropped, warnings = session.source.dropped, session.source.warnings
        text, style = health(self.found, dropped, [self.brief(line) for line in warnings])
        if live is not None:
            lost = loss(live.figures.dropped, live.figures.interface_dropped)
            text, style = (lost, "error") if lost else (text, style)
        if session.error is not None:
            why = shortage(session.error) or str(session.error)
            text, style = f"Reading ended: {self.brief(why)}", "error"
        self.desk.head.say(lines, self.progress(), Run(text, style))

    def brief(self, text: str) -> str:
        """What is said about a file, without its folder, and of the only one without its name."""
        for name in map(visible, self.desk.files):
            text = text.replace(name, Path(name).name)
        if len(self.names) == 1:
            text = text.removeprefix(f"{Path(visible(self.desk.files[0])).name}, ")
        return clean(text)

    def progress(self) -> Line:
        """How far loading has come, or how the capture stands."""
        live, session = self.desk.live, self.desk.session
        if live is not None:
            from tcptui.capture.live.live_capture import CaptureState as Capturing

            running = live.state is Capturing.RUNNING
            return self.capturing(live) if running else [Run("capture ended ", "note")]
        state, part = session.state, session.progress
        if state is SessionState.LOADING:
            return [Run("loading " if part is None else f"loading {part:4.0%} ", "note")]
        words = {SessionState.FOLLOWING: "following", SessionState.FAILED: "incomplete"}
        return [Run(f"{words[state]} ", "note")] if state in words else []

    def capturing(self, live: "LiveCapture") -> Line:
        """The figures of the capture that is under way."""
        figures = live.figures
        rate = self.rate.take(monotonic(), figures.packets)
        behind = max(0, figures.packets - live.earlier - int(self.desk.engine.frames))
        line = figures_line(rate, figures.packets, figures.dropped, behind)
        return [Run("view held · ", "warning"), *line] if self.desk.held else line
