"""The flow list of the triage screen: it decides which flows, in which columns, and in which
order."""

from collections.abc import Callable, Generator
from time import monotonic

from textual.worker import Worker

from tcptui.capture.errors import CaptureError
from tcptui.drawing.cells import clean
from tcptui.fields.view import NoBytes
from tcptui.filters.filter_error import Unanswered
from tcptui.panes.flows import drawing as flow_drawing
from tcptui.panes.flows.model import sorting
from tcptui.panes.flows.word_search import Keep
from tcptui.screens import triage_filter
from tcptui.screens.choice import Choice, ChoiceScreen, ColumnsScreen
from tcptui.screens.preferences import remember
from tcptui.screens.text_found import found_in_all
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices, in_thread
from tcptui.session import SessionState
from tcptui.text.amounts import amount, part_done

IDLE_SECONDS = 2.0
"""Seconds without a key after which a growing list may be put in order again …"""
RESORT_SECONDS = 5.0
"""… but not more often than this."""
AGED = 5_000_000_000
"""ns of a live capture after which flows that wait may stand too low."""
REST_SHARE = 10
"""A growing list is not sorted again for so many times as long as sorting took."""
QUIET_SECONDS = 0.3
"""Work that is done sooner shows no progress."""


class FlowOrder:
    """Filters and sorts the flows beside the screen, then calls ``when_sorted``."""

    def __init__(self, panes: TriagePanes, when_sorted: Callable[[], None]) -> None:
        self.panes = panes
        self.when_sorted = when_sorted
        panes.flows.filtered = panes.asked.text
        self.applied = triage_filter.EVERYTHING  # the last filter whose flows were found
        self.applying: Generator[float, None, Keep] | None = None  # the filter that is applied now
        self.sort: Worker[None] | None = None  # sorts them now
        self.is_renewing = False  # without having been asked
        self.last_sort = 0.0
        self.sort_took = 0.0  # seconds
        self.sorted_at = 0  # the capture's moment, ns, when last sorted
        self.sorted_events = 0  # of the engine, a hang that began among them, when last sorted
        self.sorted_revision = -1  # of the session, when last sorted
        self.last_key = 0.0

    @property
    def is_sorting(self) -> bool:
        """Whether the flows are being filtered and sorted now."""
        return self.sort is not None and not self.sort.is_finished

    @property
    def is_current(self) -> bool:
        """Whether the order has all flows, with what has happened to them. In a capture that goes
        on, a flow's place moves with what is worth an event."""
        engine, session = self.panes.engine, self.panes.session
        seen = self.sorted_events == len(engine.events) and (
            session.state is SessionState.FOLLOWING or self.sorted_revision == session.revision
        )
        return seen and self.panes.flows.sorted_until == len(engine.flows)

    @property
    def is_asked_for(self) -> bool:
        """Whether the order that is being made was asked for with a key."""
        return self.is_sorting and not self.is_renewing

    @property
    def has_aged(self) -> bool:
        """Whether so much time has passed in a live capture that somebody may have waited too
        long."""
        return self.panes.engine.now - self.sorted_at >= AGED

    def renew_order(self, *, changed: bool) -> None:
        """Put the list in order again when it has grown, or flows have ``changed``, or have waited
        on, and nobody is using it."""
        if self.is_sorting or (self.is_current and not changed and not self.has_aged):
            return
        was_recalled = self.panes.flows.remembered is not None
        if was_recalled and self.panes.session.state is SessionState.LOADING:
            return
        now = monotonic()
        growing = self.panes.session.state in (SessionState.LOADING, SessionState.FOLLOWING)
        idle = now - self.last_key > IDLE_SECONDS
        first = was_recalled or not self.panes.flows.sorted_until
        pause = max(RESORT_SECONDS, REST_SHARE * self.sort_took)
        due = now - self.last_sort > (pause if self.last_key or growing else 0)
        if first or (idle and due):
            self.sort_flows(keep=was_recalled or bool(self.last_key), asked=False)
        elif now - self.last_sort > RESORT_SECONDS:
            self.panes.flows.show_outdated()

    def sort_flows(self, *, keep: bool = True, asked: bool = True) -> None:
        """Filter and sort the flows; ``keep`` the cursor on its flow."""
        self.is_renewing = not asked
        work = self.flows_sorted(keep)
        self.sort = self.panes.screen.run_worker(work, group="order", exclusive=True)

    async def flows_sorted(self, keep: bool) -> None:
        panes, shown = self.panes, self.panes.flows
        flows = panes.engine.flows
        number = len(flows)
        self.sorted_at, began = panes.engine.now, monotonic()
        self.sorted_events = len(panes.engine.events)
        self.sorted_revision = panes.session.revision
        column = flow_drawing.BY_ID[shown.sort]
        try:
            keep_flow = await self.find_flows()
        except (NoBytes, CaptureError, Unanswered, OSError) as error:
            self.restore_filter(str(error))
            return
        panes.judge.renew()
        if flow_drawing.LONGEST_RTT in (column.id, *shown.columns):
            await in_slices(panes.judge.rtts.grow(), self.show_progress)
        work = sorting.arrange(flows, number, column.key, panes.judge, shown.descending, keep_flow)
        result = await in_slices(work, self.show_progress)
        shown.progress = ""
        worst = shown.flow_at(0) if shown.count else -1
        shown.take_order(result, number, keep=keep)
        self.last_sort = monotonic()
        self.sort_took = self.last_sort - began
        if self.is_renewing and keep and shown.top and worst != shown.flow_at(0):
            panes.why.show_notice(f"flow {shown.flow_at(0)} has come to the top of the list")
        self.when_sorted()

    async def find_flows(self) -> Keep | None:
        """Return what the filter keeps. Raises NoBytes, CaptureError, Unanswered, OSError."""
        panes, asked = self.panes, self.panes.asked
        if asked.expression is None and not asked.payload:
            self.applied = asked
            return asked.keep
        self.last_sort = monotonic()
        work: Generator[float, None, Keep]
        if asked.expression is None:
            work = self.payload_searched(asked.payload)
            found = in_slices(work, self.show_filtering)
        else:
            from tcptui.filters.selection import Selection

            selection = Selection(asked.expression, panes.engine, panes.session.read_packet)
            work = triage_filter.keeping(selection)
            if asked.expression.searches:
                found = in_thread(work, self.show_filtering, selection.stop)
            else:
                found = in_slices(work, self.show_filtering)
        self.applying = work
        self.panes.screen.set_timer(QUIET_SECONDS, self.show_filtering)
        try:
            keep_flow = await found
        finally:
            if self.applying is work:
                self.applying = None
        self.applied = asked
        return keep_flow

    def payload_searched(self, text: str) -> Generator[float, None, Keep]:
        panes = self.panes
        panes.found = yield from found_in_all(panes.engine, panes.read_packet, text)
        searched = amount(len(panes.engine.flows), "flow")
        panes.why.show_notice(panes.found.in_words(panes.engine, searched))
        return triage_filter.keep_found(panes.found.rows)

    def stop_filter(self) -> bool:
        """Give up the filter that is being applied; return False where there is none."""
        if self.applying is None:
            return False
        self.restore_filter("it was stopped")
        return True

    def restore_filter(self, why: str) -> None:
        """Show what was shown before the filter, or all flows where it was shown before."""
        panes = self.panes
        before = triage_filter.EVERYTHING if panes.asked is self.applied else self.applied
        panes.asked = self.applied = before
        panes.flows.filtered = before.text
        self.sort_flows()
        panes.why.show_notice(clean(f"the filter was not applied: {why}"))

    def show_filtering(self, part: float = 0) -> None:
        """Show how far the filter has come, once it has taken long enough to be noticed."""
        told = f"filtering {part_done(part)}, Esc stops"
        long = monotonic() - self.last_sort >= QUIET_SECONDS
        if self.applying is not None and long and told != self.panes.flows.progress:
            self.panes.flows.progress = told
            self.panes.flows.repaint()

    def show_progress(self, part: float) -> None:
        """Show how far sorting has come, once it has taken long enough to be noticed."""
        if monotonic() - self.last_sort > QUIET_SECONDS:
            self.panes.flows.progress = f"sorting {part_done(part)}"

    # Sort column and direction

    def choose_sort_column(self) -> None:
        """Let the user choose the column to sort by."""
        options = [Choice(c.id, c.title, c.meaning) for c in flow_drawing.COLUMNS]
        screen = ChoiceScreen(self.panes.look, "Sort by", options, self.panes.flows.sort)
        self.panes.screen.app.push_screen(screen, self.sort_column_chosen)

    def sort_column_chosen(self, column: str | None) -> None:
        if column is not None:
            self.panes.flows.sort = column
            self.panes.flows.descending = flow_drawing.BY_ID[column].descending
            self.sort_flows()

    def reverse_order(self) -> None:
        """Reverse the order."""
        self.panes.flows.descending = not self.panes.flows.descending
        self.sort_flows()

    # Columns

    def choose_columns(self) -> None:
        """Let the user choose the columns of the list."""
        options = [Choice(c.id, c.title, c.meaning) for c in flow_drawing.COLUMNS]
        screen = ColumnsScreen(self.panes.look, options, self.panes.flows.columns)
        self.panes.screen.app.push_screen(screen, self.columns_chosen)

    def columns_chosen(self, columns: list[str] | None) -> None:
        if columns:
            self.panes.preferences.columns = columns
            remember(self.panes.preferences)
            self.panes.flows.columns = columns
            self.panes.flows.measure_columns()
            self.panes.flows.repaint()
            self.sort_flows(asked=False)

    # Filter

    def check_filter(self, text: str) -> None:
        """Say what is wrong with a filter while it is typed, or how it is understood."""
        bar = self.panes.filter_bar
        try:
            bar.approve(self.asked(text).kind)
        except triage_filter.Wrong as error:
            bar.complain(clean(error.what), error.column)

    def asked(self, text: str) -> triage_filter.Asked:
        return triage_filter.asked(text, self.panes.engine.rules.name)

    def use_filter(self, text: str, called: str = "") -> bool:
        """Show the flows that a filter asks for, which may be ``called`` something shorter; return
        False where it makes no sense."""
        try:
            asked = self.asked(text)
        except triage_filter.Wrong:
            return False
        self.use(asked._replace(text=called) if called else asked)
        return True

    def use(self, asked: triage_filter.Asked) -> None:
        """Show the flows that are asked for."""
        self.panes.asked = asked
        self.panes.found = None
        self.panes.flows.filtered = asked.text
        self.panes.why.show_notice(clean(asked.kind))
        self.sort_flows()
