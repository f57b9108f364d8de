"""The screen over captures of several points: the flows by what happened between, the ladder with a
lifeline for each point, the states, and why."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen

from tcptui.between.clock import Clock
from tcptui.between.comparison import Comparison, FlowBetween
from tcptui.between.segment_told import frames_of, told_of_segment, why_not_seen
from tcptui.between.told import as_sentence, told_of_flow, verdict
from tcptui.drawing.cells import clean, wrap
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.tcp_header import RST
from tcptui.panes.flows_between.drawing import ListedFlow, listing
from tcptui.panes.flows_between.widget import FlowsBetween
from tcptui.panes.lifelines.drawing import JourneySettings, TimeShown
from tcptui.panes.lifelines.model.journey_fold import JourneyFold, folding
from tcptui.panes.lifelines.states import JourneySegments, moment_of
from tcptui.panes.lifelines.widget import Lifelines
from tcptui.panes.state.widget import StateDiagram
from tcptui.panes.why.widget import Why
from tcptui.screens.between_export import BetweenExport, ladder_text
from tcptui.screens.between_points import PointSessions
from tcptui.screens.detail import DetailScreen
from tcptui.screens.page import PageScreen
from tcptui.screens.preferences import Preferences
from tcptui.screens.work_slices import in_slices
from tcptui.text.amounts import count, part_done
from tcptui.text.durations import duration
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas
from tcptui.widgets.keys_line import KeyHint, KeysLine
from tcptui.widgets.rows import RowList

LOOK_AGAIN: Final = 0.1
"""Seconds between two looks at the sessions while they read."""
STACKED: Final = 32
"""Lines from which on list and ladder are both shown."""
BESIDE: Final = 150
"""Cells from which on the state diagram stands beside the ladder."""
STATE_WIDTH: Final = 62
MOST_VERDICT: Final = 6
"""Lines of the verdict."""
LIST_SHARE: Final = 0.3
"""The part of the screen that the list may take of it."""
REST: Final = 0.05
"""Seconds that the cursor rests on a flow before its segments are followed."""
PANES: Final = ("flows", "ladder", "state")
NOT_COMPARED: Final = "What happened between the points is told once all captures are read."

COMMON: Final[tuple[KeyHint, ...]] = (
    ("go.next-problem", "problem"),
    ("why.evidence", "evidence"),
    ("view.overview", "overview"),
    ("flow.copy", "copy"),
    ("flow.save", "save"),
    ("app.help", "help"),
    ("pane.next", "pane"),
    ("app.quit", "quit"),
)
HINTS: Final[dict[str, tuple[KeyHint, ...]]] = {
    "flows": (("rows.open", "ladder"), *COMMON),
    "ladder": (
        ("rows.open", "open"),
        ("ladder.scale", "to scale"),
        ("ladder.time", "time"),
        *COMMON,
    ),
    "state": COMMON,
}


class BetweenScreen(Screen[None]):
    """Reads the points, compares them, and shows what happened between."""

    CSS_PATH = "between.tcss"
    AUTO_FOCUS = "#flows"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "app.help", "help", key_display="?", id="app.help",
                tooltip="What the focused pane shows, and all keys"),
        Binding("n", "problem(1)", "next problem", id="go.next-problem",
                tooltip="Next segment that something happened to, on to the next flow"),
        Binding("N", "problem(-1)", "previous problem", id="go.previous-problem",
                tooltip="The segment before that something happened to"),
        Binding("right_square_bracket", "change(1)", "next state change", key_display="]",
                id="go.next-change", tooltip="Next state change of this flow"),
        Binding("left_square_bracket", "change(-1)", "previous state change", key_display="[",
                id="go.previous-change", tooltip="Previous state change of this flow"),
        Binding("e", "evidence", "evidence", id="why.evidence",
                tooltip="All that is known about the row under the cursor"),
        Binding("o", "overview", "overview", id="view.overview",
                tooltip="The verdict, the points with their clocks, and what is odd"),
        Binding("y", "copy", "copy", id="flow.copy",
                tooltip="Copy filters for each point's file, or what is said"),
        Binding("w", "save", "save", id="flow.save",
                tooltip="Save what all points captured as one file, or the ladder as text"),
        Binding("1", "show('flows')", "flows", id="pane.flows", tooltip="The list of flows"),
        Binding("2", "show('state')", "state", id="pane.state", tooltip="The state diagram"),
        Binding("3", "show('ladder')", "ladder", id="pane.ladder", tooltip="The ladder"),
        Binding("right,l", "show('ladder')", "ladder", id="pane.right", tooltip="To the ladder"),
        Binding("left,h", "show('flows')", "flows", id="pane.left", tooltip="To the flow list"),
        Binding("tab", "pane(1)", "pane", key_display="Tab", id="pane.next", tooltip="Next pane"),
        Binding("shift+tab", "pane(-1)", "pane", id="pane.previous", tooltip="Previous pane"),
        Binding("z", "zoom", "zoom", id="pane.zoom",
                tooltip="The focused pane alone, or all again"),
        Binding("escape", "back", "back", key_display="Esc", id="app.back",
                tooltip="All panes again, then back to the flows"),
        Binding("q", "app.quit", "quit", id="app.quit", tooltip="Quit at once"),
    ]  # fmt: skip

    def __init__(
        self, look: Look, points: PointSessions, preferences: Preferences, copies: list[str]
    ) -> None:
        super().__init__()
        self.look = look
        self.points = points
        names = " and ".join(point.name for point in points.points)
        self.verdict = Why(look, clean(f"Between {names}"), "", id="verdict")
        self.flows = FlowsBetween(look, id="flows")
        self.ladder = Lifelines(look, id="ladder")
        self.ladder.settings = JourneySettings(
            TimeShown[preferences.time.upper()], utc=preferences.utc
        )
        self.state = StateDiagram(look, id="state")
        self.why = Why(look, id="why")
        self.keys_line = KeysLine(look, id="keys")
        self.export = BetweenExport(self, look, points, self.ladder, self.why, copies)
        self.zoomed = False
        self.focused_pane = "flows"
        self.following: ListedFlow | None = None  # whose segments the ladder shows

    def compose(self) -> ComposeResult:
        yield self.verdict
        with Container(id="panes"):
            yield self.flows
            with Container(id="lower"):
                yield self.ladder
                yield self.state
        yield self.why
        yield self.keys_line

    def on_mount(self) -> None:
        self.run_worker(self.read_and_compare())

    # Reading

    @property
    def tells_of_work(self) -> bool:
        """Whether keys are pressed in view of what still goes on: none waits for it then."""
        return self.comparison is None and bool(self.verdict.points)

    async def read_and_compare(self) -> None:
        """Wait until all points are read, compare them, and show it."""
        from asyncio import sleep

        while not self.points.is_read:
            told = " · ".join(
                f"{point.name} {part_done(point.session.progress or 0)}"
                for point in self.points.points
            )
            self.verdict.show_text(clean(f"reading {told}"))
            self.show_read()
            await sleep(LOOK_AGAIN)
        if self.points.error is not None:
            self.app.exit()
            return
        self.show_read()
        comparison = await in_slices(self.points.compared(), self.show_progress)
        flows = await in_slices(listing(comparison))
        self.points.comparison = comparison
        self.show_comparison(comparison, flows)
        await self.follow_flow()

    def show_read(self) -> None:
        """Show the flows that the first point has read so far."""
        first = self.points.points[0]
        shown = self.flows.count
        if len(first.engine.flows) > shown:
            self.flows.show_read(first.name, first.engine.flows)
            if shown < self.size.height:
                self.show_why()
                self.lay_out_panes()

    def show_progress(self, part: float) -> None:
        self.verdict.show_text(f"comparing {part_done(part)}")

    def show_comparison(self, comparison: Comparison, flows: list[ListedFlow]) -> None:
        names = " and ".join(point.name for point in comparison.points)
        self.verdict.hint = clean(clock_text(comparison))
        self.verdict.show_points([clean(verdict(comparison))], clean(f"Between {names}"))
        empty = "these captures share no connection"
        self.flows.empty = self.ladder.empty = empty
        self.flows.show_flows(comparison, flows)
        self.show_why()
        self.lay_out_panes()

    @property
    def comparison(self) -> Comparison | None:
        return self.points.comparison

    # The layout

    def on_resize(self) -> None:
        self.lay_out_panes()

    def lay_out_panes(self) -> None:
        """Show the panes that there is room for: the one with the focus, or all."""
        alone = self.zoomed or self.size.height < STACKED
        shown = self.focused_pane
        beside = not alone and self.size.width >= BESIDE
        self.verdict.display = not alone or shown == "flows"
        self.flows.display = not alone or shown == "flows"
        self.state.display = beside or (shown == "state")
        self.ladder.display = beside or shown == "ladder" or (not alone and shown == "flows")
        self.query_one("#lower").display = self.state.display or self.ladder.display
        said = sum(
            len(wrap(text, self.size.width - 2, MOST_VERDICT)) for text in self.verdict.points
        )
        self.verdict.styles.height = 1 + max(said, 1)
        most = int(self.size.height * LIST_SHARE)
        listed_rows = max(self.flows.count, 1) + self.flows.HEAD
        self.flows.styles.height = "1fr" if alone else min(listed_rows, most)
        self.state.styles.width = STATE_WIDTH if beside else "1fr"
        self.call_after_refresh(self.show_keys)

    def show_keys(self) -> None:
        self.keys_line.show_hints(HINTS[self.focused_pane])

    def pane(self, name: str) -> Canvas:
        return {"flows": self.flows, "ladder": self.ladder, "state": self.state}[name]

    def action_show(self, name: str) -> None:
        self.focused_pane = name
        self.lay_out_panes()
        self.pane(name).focus()
        self.show_why()

    def on_descendant_focus(self) -> None:
        """Follow the focus, which a click moves too."""
        focused = self.focused
        if focused is not None and focused.id in PANES and focused.id != self.focused_pane:
            self.action_show(focused.id)

    def action_pane(self, step: int) -> None:
        at = PANES.index(self.focused_pane)
        self.action_show(PANES[(at + step) % len(PANES)])

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self.lay_out_panes()

    def action_back(self) -> None:
        self.zoomed = False
        self.action_show("flows")

    # What is under the cursor

    @on(RowList.Moved, "#flows")
    def flow_moved(self) -> None:
        self.show_why()
        self.set_timer(REST, self.follow_soon)

    def follow_soon(self) -> None:
        """Follow the flow under the cursor beside the screen."""
        if self.flows.current is not self.following:
            self.run_worker(self.follow_flow(), group="ladder", exclusive=True)

    async def follow_flow(self) -> None:
        """Follow the segments of the flow under the cursor, unless the ladder has them."""
        current, comparison = self.flows.current, self.comparison
        if current is None or comparison is None or current is self.following:
            return
        self.following = None  # whoever comes back to it meanwhile finds the ladder empty
        self.ladder.empty = "following its segments …"
        self.ladder.show_fold(None)
        fold = await in_slices(folding(comparison, current.flow))
        if current is not self.flows.current:
            return
        self.following = current
        self.ladder.show_fold(fold)
        if fold.problems:
            self.ladder.go_to_journey(fold.problems[0])
        self.show_why()

    @on(RowList.Moved, "#ladder")
    def segment_moved(self) -> None:
        self.show_why()

    def show_why(self) -> None:
        """Explain what is under the cursor of the list or the ladder, and show its moment."""
        fold, journey = self.ladder.fold, self.ladder.journey
        title = "Why"
        if self.focused_pane != "flows" and fold is not None and journey is not None:
            title = f"Why ─ {frames_of(fold.journeys, journey)}"
        self.why.show_points([clean(text) for text in self.told()], clean(title))
        if fold is not None and journey is not None:
            self.state.show_moment(JourneySegments(fold), moment_of(fold, journey))

    def told(self) -> list[str]:
        """Return what is said of the row under the cursor."""
        if self.focused_pane == "flows":
            return self.told_of_flow()
        return self.told_of_row()

    def told_of_flow(self) -> list[str]:
        current, comparison = self.flows.current, self.comparison
        if comparison is None and self.flows.count:
            return [NOT_COMPARED]
        if current is None or comparison is None:
            return []
        return told_of_flow(comparison, current.flow, current.found)

    def told_of_row(self) -> list[str]:
        fold, journey = self.ladder.fold, self.ladder.journey
        if fold is None or journey is None or self.ladder.drawing is None:
            return []
        if self.ladder.span > 1:
            what = as_sentence(self.ladder.drawing.in_words(self.ladder.cursor))
            return [f"{what}.", run_told(fold, journey), "Enter shows each segment."]
        return told_of_segment(fold.journeys, journey)

    # Keys

    @on(RowList.Chosen, "#flows")
    async def flow_chosen(self) -> None:
        await self.follow_flow()
        self.action_show("ladder")

    @on(RowList.Chosen, "#ladder")
    def row_chosen(self) -> None:
        """Open a run, or show a segment as the first point that saw it captured it."""
        fold, journey = self.ladder.fold, self.ladder.journey
        if self.ladder.span > 1:
            self.ladder.open_run()
            self.show_why()
        elif fold is not None and journey is not None and self.ladder.span:
            journeys = fold.journeys
            place = journeys.seen(journey)[0]
            point = self.points.points[journeys.places[place]]
            row = journeys.row(journey, place)
            told = [clean(text) for text in self.told_of_row()]
            self.app.push_screen(DetailScreen(point.session, point.engine, self.look, row, told))

    async def action_problem(self, step: int) -> None:
        """Go to the next segment that something happened to, of this flow or of the next one."""
        if self.comparison is None:
            self.why.show_notice(NOT_COMPARED)
            return
        await self.follow_flow()
        from_list = self.focused_pane == "flows"
        if not self.ladder.go_to_problem(step, beyond=not from_list):
            rows = range(self.flows.cursor + step, self.flows.count if step > 0 else -1, step)
            for row in rows:
                if is_uneventful(self.comparison, self.flows.flows[row].flow):
                    continue
                self.flows.move_to(row, announce=False)
                await self.follow_flow()
                if self.ladder.go_to_problem(step, beyond=False):
                    break
            else:
                self.why.show_notice("nothing more happened between the points")
                return
        self.action_show("ladder")

    async def action_change(self, step: int) -> None:
        """Go to the next or previous segment of this flow that changes a state."""
        if self.comparison is None:
            self.why.show_notice(NOT_COMPARED)
            return
        await self.follow_flow()
        if not self.ladder.go_to_change(step):
            self.why.show_notice("no state changes further on" if step > 0 else "none before")
        if self.focused_pane == "flows":
            self.action_show("ladder")

    def action_evidence(self) -> None:
        """Show all that is known about the row under the cursor on one page."""
        current = self.flows.current
        if current is None:
            return
        first = current.flow.first_seen()
        ends = f"{endpoint_text(first.client)} → {endpoint_text(first.server)}"
        sections = [self.told_of_flow()]
        if self.focused_pane != "flows":
            sections.insert(0, self.told_of_row())
        cleaned = [[clean(text) for text in section] for section in sections]
        self.app.push_screen(PageScreen(self.look, clean(ends), cleaned))

    def action_overview(self) -> None:
        """Show the verdict, the points with their clocks, and what is odd."""
        comparison = self.comparison
        if comparison is None:
            return
        points = ["Points, in the order of the path"]
        for place, point in enumerate(comparison.points):
            files = ", ".join(self.points.points[place].files)
            packets = count(int(point.engine.frames))
            clock = clock_words(comparison.clocks[place]) if place else "all times are on its clock"
            points.append(f"{point.name}: {packets} packets ({files}); {clock}.")
        sections = [[verdict(comparison)], points]
        if self.points.warnings:
            sections.append(["What is odd", *map(as_sentence, self.points.warnings)])
        cleaned = [[clean(text) for text in section] for section in sections]
        self.app.push_screen(PageScreen(self.look, "Between the points", cleaned))

    async def action_copy(self) -> None:
        current, comparison = self.flows.current, self.comparison
        if current is None or comparison is None:
            self.why.show_notice("there is nothing to copy yet")
            return
        await self.follow_flow()
        texts = {
            "verdict": verdict(comparison),
            "why line": self.why.text,
            "ladder as text": ladder_text(self.ladder),
        }
        self.export.choose_copy(current.flow, texts, segment=self.focused_pane != "flows")

    async def action_save(self) -> None:
        current = self.flows.current
        if current is None:
            self.why.show_notice("there is nothing to save yet")
            return
        await self.follow_flow()
        self.export.choose_save(current.flow)


def is_uneventful(comparison: Comparison, flow: FlowBetween) -> bool:
    """Return whether no segment of a flow is a problem to stop at: nothing happened to any between
    the points, and none is a reset."""
    seen = zip(comparison.points, flow.seen.at, strict=True)
    reset = any(at and point.has_header_flag(at.flow, RST) for point, at in seen)
    return not reset and all(leg.is_uneventful for leg in flow.legs)


def run_told(fold: JourneyFold, journey: int) -> str:
    """Return what became of the segments of a run."""
    if fold.journeys.fate(journey):
        return why_not_seen(fold.journeys, journey)
    return "Nothing happened to them that these points would show."


def clock_text(comparison: Comparison) -> str:
    """Return how far the other points' clocks are from the first one's, for a title."""
    return " · ".join(
        f"{point.name}'s {clock_words(clock)}"
        for point, clock in zip(comparison.points[1:], comparison.clocks[1:], strict=True)
    )


def clock_words(clock: Clock) -> str:
    """Return how far a clock is from the first point's."""
    if not clock.is_known:
        return "clock unknown"
    way = "ahead" if clock.offset >= 0 else "behind"
    return f"clock {duration(abs(clock.offset))} {way} ± {duration(clock.error)}"
