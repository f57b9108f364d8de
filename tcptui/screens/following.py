"""What follows the cursor: the ladder its flow, the state pane and the Why line its segment.

The actions of the ladder that need more than the ladder are here too.
"""

from textual.timer import Timer

from tcptui.drawing import why
from tcptui.drawing.steps import moment
from tcptui.drawing.timers import waiting
from tcptui.drawing.trouble import cost
from tcptui.engine.flow import Flow
from tcptui.screens import folding
from tcptui.screens.desk import Desk
from tcptui.screens.explaining import Explaining
from tcptui.screens.slices import in_slices
from tcptui.session import State

REST, CALM_REST = 0.1, 0.25
"""Seconds without a move after which the panes follow."""


class Following:
    """Brings ladder, state and Why line to where the cursor is, once it rests."""

    def __init__(self, desk: Desk, explaining: Explaining) -> None:
        self.desk = desk
        self.explaining = explaining
        self.seek = 0  # opens the next flow at its first (0, 1) or its last problem (-1)
        self.rest: Timer | None = None

    def soon(self) -> None:
        """Paint the panes that follow once the cursor rests."""
        if self.rest is not None:
            self.rest.stop()
        self.rest = self.desk.screen.set_timer(CALM_REST if self.desk.look.calm else REST, self.now)

    def now(self) -> None:
        """Show the flow under the cursor, its moment, and why."""
        flow = self.desk.flows.current
        shown = self.desk.ladder.flow
        if flow is not None and (shown is None or shown.index != flow.index):
            self.open_flow(flow)
        self.show_moment()

    def show_moment(self) -> None:
        packets, ladder = self.desk.engine.packets, self.desk.ladder
        at = moment(packets, ladder.fold, ladder.place) if ladder.fold is not None else None
        self.desk.state.show_moment(at)
        self.show_waiting()
        self.explaining.show()

    def show_waiting(self) -> None:
        """The countdown at the end of the flow."""
        flow = self.desk.ladder.flow
        text = waiting(flow, self.desk.now) if flow is not None else ""
        ended = text and self.desk.session.state is not State.FOLLOWING
        self.desk.state.show_waiting(f"at the end: {text}" if ended else text)

    def tick(self) -> None:
        """The clock of a capture that goes on: countdowns run, and what the Why line says grows."""
        desk = self.desk
        if desk.session.state is State.FOLLOWING and not desk.held:
            self.show_waiting()
            if not desk.why.notice:
                self.explaining.show()

    # The flow in the ladder

    def open_flow(self, flow: Flow) -> None:
        """Fold the flow: its first page now, the rest in slices."""
        ladder = self.desk.ladder
        ladder.show_flow(flow, folding.new_fold(flow))
        self.go_on_folding(flow)
        self.go_to_problem()
        ladder.grown()

    def go_on_folding(self, flow: Flow) -> None:
        ladder, fold = self.desk.ladder, self.desk.ladder.fold
        if fold is None:
            return
        ladder.complete = folding.begin(self.desk.engine.packets, flow, fold)
        if not ladder.complete:
            self.desk.screen.run_worker(self.folded(flow), group="fold", exclusive=True)

    async def folded(self, flow: Flow) -> None:
        ladder, fold = self.desk.ladder, self.desk.ladder.fold
        if fold is None:
            return
        await in_slices(folding.complete(self.desk.engine.packets, flow, fold))
        if ladder.fold is fold:
            ladder.complete = True
            self.go_to_problem()
            ladder.grown()

    def go_to_problem(self) -> None:
        """Where a flow opens: at its first problem, or, coming from behind, at its last."""
        ladder, fold = self.desk.ladder, self.desk.ladder.fold
        if fold is None or not len(fold.problems):
            return
        if self.seek < 0 and ladder.complete:
            ladder.go_to_place(int(fold.problems[len(fold.problems) - 1]))
        elif self.seek >= 0 and ladder.cursor == 0:
            ladder.go_to_place(int(fold.problems[0]))
        self.seek = 0

    def grow_ladder(self) -> None:
        """Take the segments that have come since."""
        ladder = self.desk.ladder
        flow, fold = ladder.flow, ladder.fold
        if flow is None or fold is None or not ladder.complete:
            return
        if not folding.is_complete(self.desk.engine.packets, flow, fold):
            ladder.take_events()
            self.go_on_folding(flow)
            ladder.grown()

    # Keys

    def go_problem(self, step: int) -> None:
        """To the next flagged segment, in this flow or the next that has trouble."""
        self.now()
        ladder, flows = self.desk.ladder, self.desk.flows
        if ladder.fold is not None and ladder.go_beyond(ladder.fold.problems, step):
            return
        if not ladder.complete:
            self.desk.why.tell("still reading this flow")
            return
        row = self.next_troubled(step)
        if row is None:
            self.desk.why.tell("no further problem")
            return
        flows.move_to(row, tell=False)
        self.seek = step
        self.now()

    def next_troubled(self, step: int) -> int | None:
        """The next row of the list whose flow has trouble."""
        flows = self.desk.flows
        row = flows.cursor + step
        while 0 <= row < flows.count:
            if cost(flows.flows[flows.flow_at(row)], self.desk.now):
                return row
            row += step
        return None

    def go_change(self, step: int) -> None:
        """To the next segment that changes a state."""
        self.now()
        ladder = self.desk.ladder
        if ladder.fold is None or not ladder.go_beyond(ladder.fold.changes, step):
            self.desk.why.tell("no further state change in this flow")

    def open_row(self) -> None:
        """Enter in the ladder opens a run; of a segment it shows the contents."""
        desk, ladder = self.desk, self.desk.ladder
        row = ladder.packet_row
        if ladder.on_run:
            ladder.open_run()
            self.soon()
        elif ladder.on_segment and row is not None:
            from tcptui.screens.detail import DetailScreen

            reason = why.of_segment(desk.engine, row)
            desk.screen.app.push_screen(
                DetailScreen(desk.session, desk.engine, desk.look, row, reason)
            )

    def open_stream(self) -> None:
        """The flow's bytes, in order."""
        from tcptui.screens.stream import StreamScreen

        self.now()
        desk = self.desk
        flow, fold = desk.ladder.flow, desk.ladder.fold
        if flow is None or fold is None:
            return
        rows = [int(row) for row in fold.rows]
        desk.screen.app.push_screen(StreamScreen(desk.session, desk.engine, desk.look, flow, rows))
