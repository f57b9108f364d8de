"""Makes the graphs of the triage screen in slices, and says what a time span is as a filter."""

from textual.worker import Worker

from tcptui.panes.graph.span import Span
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices
from tcptui.text.digits import seconds_text


class GraphMaker:
    """Does the work of the graph pane beside the screen."""

    def __init__(self, panes: TriagePanes) -> None:
        self.panes = panes
        self.working: Worker[None] | None = None
        self.is_due = False
        self.seen_revision = -1

    def take_new(self) -> None:
        """Add what has come since, while the view is not held."""
        revision = self.panes.session.revision
        if revision != self.seen_revision and not self.panes.held:
            self.seen_revision = revision
            self.make()

    def make(self) -> None:
        """Make the picture that is wanted, and add up what lies between its marks."""
        if not self.panes.graph.is_seen:
            return
        self.is_due = True
        if self.working is None or self.working.is_finished:
            self.working = self.panes.screen.run_worker(self.work(), group="graph")

    async def work(self) -> None:
        """Work until nothing else is wanted."""
        graph = self.panes.graph
        while self.is_due:
            self.is_due = False
            await in_slices(graph.making())
            await in_slices(graph.summing())


def time_filter(span: Span) -> str:
    """Return the display filter for a time span, both ends included."""
    first, last = (seconds_text(end) for end in span)
    return f"frame.time_epoch >= {first} && frame.time_epoch <= {last}"
