"""The order of the flow list: which flows, by which column, and when it is taken again."""

from collections.abc import Callable, Generator
from time import monotonic

from tcptui.capture.errors import CaptureError
from tcptui.drawing.cells import clean
from tcptui.fields.view import NoBytes
from tcptui.filters.filter_error import Unanswered
from tcptui.panes.flows import drawing as flow_drawing
from tcptui.panes.flows.model import sorting
from tcptui.panes.flows.word_search import Keep
from tcptui.panes.head.health import tally
from tcptui.screens import filtering
from tcptui.screens.choice import ChoiceScreen, ColumnsScreen, Option
from tcptui.screens.desk import TriagePanes
from tcptui.screens.following import Following
from tcptui.screens.heading import Heading
from tcptui.screens.overview import OverviewScreen
from tcptui.screens.preferences import remember
from tcptui.screens.work_slices import in_slices, in_thread
from tcptui.session import SessionState

IDLE_SECONDS = 2.0
"""Without a key for so long, a list that grows may be put in order again …"""
RESORT_SECONDS = 5.0
"""… but not more often than this."""
QUIET_SECONDS = 0.3
"""Work that is done sooner shows no progress."""


class Arranging:
    """Filters and sorts the flows beside the screen, and counts what is wrong with them."""

    def __init__(
        self, desk: TriagePanes, following: Following, heading: Heading, asked: filtering.Asked
    ) -> None:
        self.desk = desk
        self.following = following
        self.heading = heading
        self.asked = asked
        self.applied = filtering.EVERYTHING  # the last one whose flows were found
        self.applying: Generator[float, None, Keep] | None = None
        desk.flows.filtered = asked.text
        self.sorting = False
        self.counting = False  # what is wrong with the flows, after they were sorted
        self.last_sort = 0.0
        self.sorted_events = 0  # of the engine, a hang that began among them, when last sorted
        self.last_key = 0.0

    def keep(self) -> None:
        """Put the list in order again when it has grown and nobody is using it."""
        desk = self.desk
        if self.heading.overview.due and desk.session.state is not SessionState.LOADING:
            desk.screen.run_worker(self.overviewed(), group="overview")
        fresh = len(desk.engine.flows) - desk.flows.sorted_until
        growing = desk.session.state in (SessionState.LOADING, SessionState.FOLLOWING)
        now = monotonic()
        counted = self.heading.found.segments == desk.engine.packets.count
        if (
            self.sorting
            or self.counting
            or (not fresh and counted and self.sorted_events == len(desk.engine.events))
        ):
            return
        idle = now - self.last_key > IDLE_SECONDS
        first = not desk.flows.sorted_until
        due = now - self.last_sort > (RESORT_SECONDS if self.last_key or growing else 0)
        if first or (idle and due):
            self.begin(keep=bool(self.last_key))

    def begin(self, *, keep: bool = True) -> None:
        """Filter and sort the flows, and count what is wrong with them."""
        self.sorting = True
        self.desk.screen.run_worker(self.arranged(keep), group="order", exclusive=True)

    async def arranged(self, keep: bool) -> None:
        desk, shown = self.desk, self.desk.flows
        flows = desk.engine.flows
        number = len(flows)
        self.sorted_events = len(desk.engine.events)
        column = flow_drawing.BY_ID[shown.sort]
        try:
            keep_flow = await self.wanted_flows()
        except (NoBytes, CaptureError, Unanswered, OSError) as error:
            self.fall_back(str(error))
            return
        work = sorting.arrange(flows, number, column.key, desk.now, shown.descending, keep_flow)
        result = await in_slices(work, self.show_progress)
        shown.progress = ""
        shown.take_order(result, number, keep=keep)
        self.sorting = False
        self.last_sort = monotonic()
        self.following.soon()
        self.counting = True
        try:
            self.heading.found = await in_slices(tally(flows, number, desk.now))
        finally:
            self.counting = False
        self.heading.show()
        self.desk.screen.run_worker(self.overviewed(), group="overview")

    async def overviewed(self) -> None:
        await self.heading.overview.count()
        self.heading.show()

    async def wanted_flows(self) -> Keep | None:
        """What the filter keeps. NoBytes, CaptureError, Unanswered, OSError."""
        asked = self.asked
        if asked.expression is None:
            self.applied = asked
            return asked.keep
        from tcptui.filters.selection import Selection

        selection = Selection(asked.expression, self.desk.engine, self.desk.session.read_packet)
        work = filtering.keeping(selection)
        self.last_sort = monotonic()
        if asked.expression.searches:
            found = in_thread(work, self.show_filtering, selection.stop)
        else:
            found = in_slices(work, self.show_filtering)
        self.applying = work
        self.desk.screen.set_timer(QUIET_SECONDS, self.show_filtering)
        try:
            keep_flow = await found
        finally:
            if self.applying is work:
                self.applying = None
        self.applied = asked
        return keep_flow

    def stop_filter(self) -> bool:
        """Give up the filter that is being applied; False where none is."""
        if self.applying is None:
            return False
        self.fall_back("it was stopped")
        return True

    def fall_back(self, why: str) -> None:
        """Show what was shown before the filter, or all flows where it has been shown before."""
        before = filtering.EVERYTHING if self.asked is self.applied else self.applied
        self.asked = self.applied = before
        self.desk.flows.filtered = before.text
        self.begin()
        self.desk.why.tell(clean(f"the filter was not applied: {why}"))

    def show_filtering(self, part: float = 0) -> None:
        said = f"filtering {part:.0%}, Esc stops"
        long = monotonic() - self.last_sort >= QUIET_SECONDS
        if self.applying is not None and long and said != self.desk.flows.progress:
            self.desk.flows.progress = said
            self.desk.flows.repaint()

    def show_progress(self, part: float) -> None:
        if monotonic() - self.last_sort > QUIET_SECONDS:
            self.desk.flows.progress = f"sorting {part:.0%}"

    def choose_column(self) -> None:
        """Choose the column to sort by."""
        options = [Option(c.id, c.title, c.meaning) for c in flow_drawing.COLUMNS]
        screen = ChoiceScreen(self.desk.look, "Sort by", options, self.desk.flows.sort)
        self.desk.screen.app.push_screen(screen, self.column_chosen)

    def column_chosen(self, column: str | None) -> None:
        if column is not None:
            self.desk.flows.sort = column
            self.desk.flows.descending = flow_drawing.BY_ID[column].descending
            self.begin()

    def reverse(self) -> None:
        self.desk.flows.descending = not self.desk.flows.descending
        self.begin()

    def choose_columns(self) -> None:
        """Choose the columns of the list."""
        options = [Option(c.id, c.title, c.meaning) for c in flow_drawing.COLUMNS]
        screen = ColumnsScreen(self.desk.look, options, self.desk.flows.columns)
        self.desk.screen.app.push_screen(screen, self.columns_chosen)

    def columns_chosen(self, columns: list[str] | None) -> None:
        if columns:
            self.desk.preferences.columns = columns
            remember(self.desk.preferences)
            self.desk.flows.columns = columns
            self.desk.flows.measure()
            self.desk.flows.repaint()

    def open_overview(self, show_flows: Callable[[], None]) -> None:
        """What is wrong in the capture, and the flows behind it."""

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self.use_filter(f'flow.finding == "{kind}"')
                show_flows()

        screen = OverviewScreen(self.desk.look, self.heading.overview)
        self.desk.screen.app.push_screen(screen, chosen)

    def check_filter(self, text: str) -> None:
        """Check a filter while it is typed."""
        bar = self.desk.filter_bar
        try:
            bar.approve(filtering.asked(text).kind)
        except filtering.Wrong as error:
            bar.complain(clean(error.what), error.column)

    def use_filter(self, text: str) -> bool:
        """Show the flows that a filter asks for; False where it makes no sense."""
        try:
            self.asked = filtering.asked(text)
        except filtering.Wrong:
            return False
        self.desk.flows.filtered = self.asked.text
        self.desk.why.tell(clean(self.asked.kind))
        self.begin()
        return True
