"""The ladder of a flow that several points saw: client left, server right, a lifeline for each
point, time downwards."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tcptui.drawing.cells import Line, Run, clean, fit_line, rule
from tcptui.engine.addresses import endpoint_text
from tcptui.panes.ladder.scaled_rows import ScaledRows
from tcptui.panes.lifelines import drawing
from tcptui.panes.lifelines.drawing import JourneyDrawing, JourneySettings, TimeShown
from tcptui.panes.lifelines.model.journey_fold import JourneyFold
from tcptui.panes.lifelines.to_scale import JourneyTimeline
from tcptui.text.amounts import count
from tcptui.theme import Look
from tcptui.widgets.canvas import Row

TIMES = tuple(TimeShown)


class Lifelines(ScaledRows):
    """Shows the journeys of one flow's segments."""

    HELP = """
    ## Ladder between the points
    Every segment of the flow on its way, client left, server right, a lifeline for each point;
    times are on the first point's clock. The first columns have a segment's frame number at each
    point: none where it was not seen.

    `✕` vanished between two points, `2` came twice out of one, `~` was overtaken, `+` passed the
    last point and was sent again all the same, `○` must have passed a point whose file lacks it,
    `?` nobody can tell. Letters behind are Wireshark's flags at the point nearest to the sender.

    Plain runs are folded: Enter opens one, Backspace folds it again. `T` draws to scale: each
    arrow crosses each lifeline at its measured time.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace", "fold", "fold", id="ladder.fold", show=False,
                tooltip="Fold the run again that Enter opened"),
        Binding("t", "time", "time", id="ladder.time", show=False,
                tooltip="Time: since the segment before, on the way, since the start, of day"),
        Binding("r", "raw", "raw numbers", id="ladder.raw", show=False,
                tooltip="Relative or raw sequence numbers"),
        Binding("T", "scale", "to scale", id="ladder.scale", show=False,
                tooltip="Arrows by their measured times, or one line for each segment"),
    ]  # fmt: skip

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.fold: JourneyFold | None = None
        self.drawing: JourneyDrawing | None = None
        self.settings = JourneySettings()
        self.layout_columns = drawing.lay_out(80, [0, 0], self.settings)
        self.names: Sequence[str] = ()
        self.empty = "reading …"

    @property
    def count(self) -> int:
        return len(self.fold.first) if self.fold is not None else 0

    def show_fold(self, fold: JourneyFold | None) -> None:
        """Show another flow, or none."""
        self.fold, self.cursor, self.top = fold, 0, 0
        self.use_settings(self.settings)

    def use_settings(self, settings: JourneySettings) -> None:
        """Draw with other settings."""
        self.settings = settings
        if self.fold is not None:
            self.drawing = JourneyDrawing(self.fold, settings)
            journeys = self.fold.journeys
            self.names = [clean(journeys.comparison.points[n].name) for n in journeys.places]
        self.lay_out()
        self.show_cursor()
        self.repaint()

    def lay_out(self) -> None:
        """Give each column its width."""
        if self.drawing is not None:
            frames = [engine.frames for engine in self.drawing.engines]
            self.layout_columns = drawing.lay_out(self.size.width - 1, frames, self.settings)

    def on_resize(self) -> None:
        self.lay_out()
        super().on_resize()

    # What is under the cursor

    @property
    def journey(self) -> int | None:
        """The journey under the cursor, the first of a run; the one behind a silence."""
        if self.fold is None or not self.count:
            return None
        return self.fold.first[min(self.cursor, self.count - 1)]

    @property
    def span(self) -> int:
        """How many journeys the row under the cursor stands for."""
        return self.fold.span[min(self.cursor, self.count - 1)] if self.fold and self.count else 0

    # Drawing

    def head(self, width: int) -> list[Row]:
        style = "title-focus" if self.has_focus else "title"
        if self.fold is None:
            return [Row(rule([Run("Ladder", style)], "", width)), Row([])]
        journeys = self.fold.journeys
        flow = journeys.flow.first_seen()
        ends = f"{endpoint_text(flow.client)} ⇄ {endpoint_text(flow.server)}"
        title = rule([Run(f"Ladder ─ {ends}", style)], count(journeys.count), width)
        titles = drawing.header(self.layout_columns, self.settings, self.names)
        return [Row(fit_line(title, width)), Row(fit_line([Run(" "), *titles], width))]

    def row(self, index: int, width: int) -> Line:
        assert self.drawing is not None
        front = "▌" if index == self.cursor else " "
        return [Run(front), *self.drawing.line(index, self.layout_columns)]

    def nothing(self) -> Line:
        return [Run(f"  {self.empty}", "dim")]

    @property
    def to_scale(self) -> bool:
        return self.settings.to_scale and self.count > 0

    def timeline(self, first: int, stop: int) -> JourneyTimeline:
        assert self.drawing is not None
        return JourneyTimeline(self.drawing, self.layout_columns, first, stop)

    def lines_to_scale(self, first: int, stop: int) -> list[tuple[int, Line]]:
        return self.timeline(first, stop).draw()

    def begins_to_scale(self, first: int, stop: int) -> list[int]:
        return self.timeline(first, stop).begins

    # Moving

    def go_to_journey(self, journey: int) -> None:
        """Put the cursor on the row that shows a journey."""
        if self.fold is not None:
            self.move_to(self.fold.item_of(journey), centred=True)

    def go_to_problem(self, step: int, *, beyond: bool = True) -> bool:
        """Go to the next (``step`` 1) or previous (-1) row with a problem, or, not ``beyond`` the
        cursor, to the first or last of all; return whether there is one."""
        return self.go_to_one(self.fold.problems if self.fold else [], step, beyond)

    def go_to_change(self, step: int) -> bool:
        """Go to the next or previous row that changes a state; return whether there is one."""
        return self.go_to_one(list(self.fold.changes) if self.fold else [], step, True)

    def go_to_one(self, journeys: list[int], step: int, beyond: bool) -> bool:
        """Go to the row of the next of some journeys; return whether there is one."""
        for journey in journeys[:: 1 if step > 0 else -1]:
            item = self.fold.item_of(journey) if self.fold else 0
            if not beyond or (item - self.cursor) * step > 0:
                self.move_to(item, centred=True)
                return True
        return False

    # Keys

    def open_run(self) -> None:
        """Show each segment of the run under the cursor."""
        if self.fold is not None and self.span > 1:
            self.fold.open(self.cursor)
            self.repaint()

    def action_fold(self) -> None:
        item = self.fold.close(self.cursor) if self.fold is not None and self.count else -1
        if item >= 0:
            self.cursor = item
            self.show_cursor()
            self.repaint()

    def action_time(self) -> None:
        later = TIMES[(TIMES.index(self.settings.time) + 1) % len(TIMES)]
        self.use_settings(self.settings._replace(time=later))

    def action_raw(self) -> None:
        self.use_settings(self.settings._replace(raw_numbers=not self.settings.raw_numbers))

    def action_scale(self) -> None:
        self.use_settings(self.settings._replace(to_scale=not self.settings.to_scale))
