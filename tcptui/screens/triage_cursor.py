"""Moves what follows the cursor of the triage screen: the ladder to its flow, other panes to its
segment.

The keys that move the cursor from flow to flow, or open what is under it, are here too.
"""

from collections.abc import Callable, Generator

from textual.timer import Timer

from tcptui.panes.cursor import FollowsCursor, UnderCursor
from tcptui.panes.ladder.weave import MOST_FOLDS
from tcptui.screens.ladder_rows import open_row
from tcptui.screens.triage_ladder import LadderFlows
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.triage_search import Search
from tcptui.screens.triage_why import WhyLine
from tcptui.session import SessionState

REST, CALM_REST = 0.1, 0.25
"""Seconds without a move after which the panes follow."""


class CursorFollower:
    """Brings the ladder, the following panes and the Why line to the cursor once it rests."""

    def __init__(
        self, panes: TriagePanes, ladder_flows: LadderFlows, why_line: WhyLine, search: Search
    ) -> None:
        self.panes = panes
        self.ladder_flows = ladder_flows
        self.why_line = why_line
        self.search = search
        self.rest: Timer | None = None  # runs from a move until the panes follow
        self.listed = -1  # the flow under the list's cursor when the ladder last followed it

    def follow_soon(self) -> None:
        """Let the panes follow once the cursor rests."""
        self.end_rest()
        seconds = CALM_REST if self.panes.look.calm else REST
        self.rest = self.panes.screen.set_timer(seconds, self.follow_now)

    def end_rest(self) -> None:
        """Wait for the cursor no longer."""
        if self.rest is not None:
            self.rest.stop()
        self.rest = None

    def follow_now(self) -> None:
        """Show the flow under the cursor, its segment, and why."""
        self.end_rest()
        flow, ladder = self.panes.flows.current, self.panes.ladder
        if flow is None:
            self.show_no_flow()
        elif not self.is_together:
            self.listed = flow.index
            if not (ladder.woven and ladder.shows(flow)):
                self.ladder_flows.open_flows([flow])
            elif ladder.flow is not None and ladder.flow.index != flow.index:
                ladder.go_to_flow(flow)
        self.show_under_cursor()
        self.why_line.show_why()

    @property
    def is_together(self) -> bool:
        """Whether the ladder shows the flow under the list's cursor, or is to stay where it is
        among several."""
        flow, ladder = self.panes.flows.current, self.panes.ladder
        if flow is None:
            return not ladder.strands
        return ladder.shows(flow) if not ladder.woven else flow.index == self.listed

    def stay_together(self) -> None:
        """Let the panes follow where the list has come to another flow by itself."""
        if self.rest is None and not self.is_together:
            self.follow_soon()

    def show_no_flow(self) -> None:
        """Empty the ladder, and say why."""
        panes = self.panes
        self.listed = -1
        panes.ladder.empty = panes.state.empty = panes.flows.why_empty
        if panes.ladder.strands:
            panes.ladder.show_flows([], [])
            panes.ladder.complete = True
        panes.ladder.repaint()

    def follow_segment(self) -> None:
        """Let the list move to the flow of the segment, where the ladder shows several flows."""
        flow, flows = self.panes.ladder.flow, self.panes.flows
        if self.panes.ladder.woven and flow is not None:
            row = flows.row_of(flow.index)
            if row is not None:
                flows.move_to(row, announce=False)
            self.listed = flows.current.index if flows.current is not None else -1
        self.follow_soon()

    def show_under_cursor(self) -> None:
        """Show what is under the cursor in each pane that follows it."""
        ladder = self.panes.ladder
        under = None
        if ladder.flow is not None and ladder.fold is not None:
            goes_on = self.panes.session.state is SessionState.FOLLOWING
            now = min(self.panes.now, self.panes.engine.watched_until(ladder.flow))
            under = UnderCursor(ladder.flow, ladder.fold, ladder.ordinal, now, goes_on)
        for widget in self.panes.widgets.values():
            if isinstance(widget, FollowsCursor):
                widget.show_under_cursor(under)

    def show_clock(self) -> None:
        """Let countdowns run, and what the Why line says grow, while a capture goes on."""
        panes = self.panes
        if panes.session.state is SessionState.FOLLOWING and not panes.held:
            self.show_under_cursor()
            self.why_line.show_why()

    # Keys

    def go_to_flow(self, number: int) -> bool:
        """Go to a flow in the list; return whether the filter leaves it there."""
        row = self.panes.flows.row_of(number)
        if row is not None:
            self.panes.flows.move_to(row, announce=False, centred=True)
            self.follow_now()
        return row is not None

    def go_to_problem(self, step: int, show_ladder: Callable[[], None]) -> None:
        """Go to the next flagged segment, in this flow or the next that has trouble; from the list
        to the first of this flow. ``show_ladder`` once it is found."""
        self.follow_now()
        ladder, why = self.panes.ladder, self.panes.why
        from_list = self.panes.flows.has_focus and step > 0
        if (from_list and ladder.is_on_first_problem) or ladder.go_to_next_problem(step):
            show_ladder()
        elif not ladder.complete:
            why.show_notice("still reading this flow")
        elif ladder.woven:
            why.show_notice("no more problems in these flows")
        else:
            self.search.begin(self.trouble_searched(step, show_ladder))

    def trouble_searched(
        self, step: int, show_ladder: Callable[[], None]
    ) -> Generator[float, None, None]:
        row = yield from self.search.next_row(self.search.has_trouble, step)
        if row is None:
            self.panes.why.show_notice("no more problems")
            return
        self.panes.flows.move_to(row, announce=False)
        self.ladder_flows.direction = step
        self.follow_now()
        show_ladder()

    def go_to_change(self, step: int) -> None:
        """Go to the next segment that changes a state."""
        self.follow_now()
        if not self.panes.ladder.go_to_next_change(step):
            self.panes.why.show_notice("no more state changes in this flow")

    def weave_flows(self) -> bool:
        """Show the marked flows in one ladder, or again only the one under the cursor; return
        whether the ladder has changed."""
        panes, ladder = self.panes, self.panes.ladder
        marked = panes.marked_flows
        if ladder.woven and ladder.flow is not None:
            self.ladder_flows.open_flows([ladder.flow])
        elif len(marked) < 2:
            panes.why.show_notice("first mark two or more flows in the list (m)")
            return False
        else:
            self.ladder_flows.open_flows(marked[:MOST_FOLDS])
        self.follow_segment()
        return True

    def open_row(self) -> None:
        """Open the run under the ladder's cursor; show the contents of a segment."""
        was_on_run = self.panes.ladder.on_run
        open_row(self.panes.ladder, self.panes.replays, self.panes.session)
        if was_on_run:
            self.follow_soon()

    def open_stream(self) -> None:
        """Show the flow's bytes, in order."""
        from tcptui.screens.stream import StreamScreen

        self.follow_now()
        panes = self.panes
        flow, fold = panes.ladder.flow, panes.ladder.fold
        if flow is None or fold is None:
            panes.say_nothing_yet()
            return
        rows = list(fold.rows)
        panes.screen.app.push_screen(
            StreamScreen(panes.session, panes.engine, panes.look, flow, rows)
        )
