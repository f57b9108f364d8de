"""What follows the cursor: the ladder its flow, the state pane and the Why line its segment.

The actions of the ladder that need more than the ladder are here too.
"""

from textual.timer import Timer

from tcptui.engine.flow import Flow
from tcptui.findings.cost import trouble_cost
from tcptui.panes.ladder.weave import MOST_FOLDS
from tcptui.panes.ladder.widget import Strand
from tcptui.panes.state.history import moment
from tcptui.panes.state.timer_text import waiting
from tcptui.panes.why import drawing
from tcptui.screens import folding
from tcptui.screens.desk import TriagePanes
from tcptui.screens.explaining import Explaining
from tcptui.screens.work_slices import in_slices
from tcptui.session import SessionState

REST, CALM_REST = 0.1, 0.25
"""Seconds without a move after which the panes follow."""


class Following:
    """Brings ladder, state and Why line to where the cursor is, once it rests."""

    def __init__(self, desk: TriagePanes, explaining: Explaining) -> None:
        self.desk = desk
        self.explaining = explaining
        self.seek = 0  # opens the next flow at its first (0, 1) or its last problem (-1)
        self.rest: Timer | None = None
        self.listed = -1  # the flow under the list's cursor when the ladder last followed it

    def soon(self) -> None:
        """Paint the panes that follow once the cursor rests."""
        if self.rest is not None:
            self.rest.stop()
        self.rest = self.desk.screen.set_timer(CALM_REST if self.desk.look.calm else REST, self.now)

    def now(self) -> None:
        """Show the flow under the cursor, its moment, and why."""
        flow, ladder = self.desk.flows.current, self.desk.ladder
        if flow is not None and (flow.index != self.listed or not ladder.strands):
            self.listed = int(flow.index)
            if not (ladder.woven and ladder.shows(flow)):
                self.open_flows([flow])
            elif ladder.flow is not None and ladder.flow.index != flow.index:
                ladder.go_to_flow(flow)
        self.show_moment()

    def segment_moved(self) -> None:
        """Where the ladder shows several flows, the list follows to that of the segment."""
        flow, flows = self.desk.ladder.flow, self.desk.flows
        if self.desk.ladder.woven and flow is not None:
            row = flows.row_of(int(flow.index))
            if row is not None:
                flows.move_to(row, tell=False)
            self.listed = int(flows.current.index) if flows.current is not None else -1
        self.soon()

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
        ended = text and self.desk.session.state is not SessionState.FOLLOWING
        self.desk.state.show_waiting(f"at the end: {text}" if ended else text)

    def tick(self) -> None:
        """The clock of a capture that goes on: countdowns run, and what the Why line says grows."""
        desk = self.desk
        if desk.session.state is SessionState.FOLLOWING and not desk.held:
            self.show_waiting()
            if not desk.why.notice:
                self.explaining.show()

    # The flows in the ladder

    def open_flows(self, flows: list[Flow]) -> None:
        """Fold flows: the first page now, the rest in slices."""
        ladder = self.desk.ladder
        packets = self.desk.engine.packets
        ladder.show_flows(flows, [folding.new_fold(packets, flow) for flow in flows])
        self.go_on_folding()
        if ladder.complete or not ladder.woven:
            self.go_to_problem()
        ladder.repaint()

    def go_on_folding(self) -> None:
        packets, ladder = self.desk.engine.packets, self.desk.ladder
        done = [folding.begin(packets, strand.flow, strand.fold) for strand in ladder.strands]
        ladder.complete = all(done)
        ladder.grown()
        if not ladder.complete:
            self.desk.screen.run_worker(self.folded(ladder.strands), group="fold", exclusive=True)

    async def folded(self, strands: list[Strand]) -> None:
        packets, ladder = self.desk.engine.packets, self.desk.ladder
        alone = len(strands) == 1

        def tell(part: float) -> None:
            if alone and ladder.strands is strands:
                ladder.weave.grow()

        for strand in strands:
            await in_slices(folding.complete(packets, strand.flow, strand.fold), tell)
        if ladder.strands is strands:
            ladder.complete = True
            ladder.grown()
            self.go_to_problem()

    def go_to_problem(self) -> None:
        """Where a flow opens: at its first problem, or, coming from behind, at its last."""
        ladder = self.desk.ladder
        if self.seek < 0 and ladder.complete:
            ladder.go_to_problem(last=True)
        elif self.seek >= 0 and ladder.cursor == 0:
            ladder.go_to_problem()
        self.seek = 0

    def grow_ladder(self) -> None:
        """Take the segments that have come since."""
        packets, ladder = self.desk.engine.packets, self.desk.ladder
        if not ladder.complete:
            return
        if any(folding.is_stale(packets, strand.fold) for strand in ladder.strands):
            following = ladder.following
            self.open_flows([strand.flow for strand in ladder.strands])
            if following:
                ladder.action_follow_end()
        elif not all(
            folding.is_complete(packets, strand.flow, strand.fold) for strand in ladder.strands
        ):
            ladder.take_events()
            self.go_on_folding()

    # Keys

    def go_problem(self, step: int) -> None:
        """To the next flagged segment, in this flow or the next that has trouble."""
        self.now()
        ladder, flows = self.desk.ladder, self.desk.flows
        if ladder.go_problem(step):
            return
        if not ladder.complete:
            self.desk.why.tell("still reading this flow")
            return
        if ladder.woven:
            self.desk.why.tell("no further problem in these flows")
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
            if trouble_cost(flows.flows[flows.flow_at(row)], self.desk.now):
                return row
            row += step
        return None

    def go_change(self, step: int) -> None:
        """To the next segment that changes a state."""
        self.now()
        if not self.desk.ladder.go_change(step):
            self.desk.why.tell("no further state change in this flow")

    def weave(self) -> bool:
        """The marked flows in one ladder, or again the one under the cursor alone; whether the
        ladder has changed."""
        desk, ladder = self.desk, self.desk.ladder
        flows = [desk.engine.flows[index] for index in sorted(desk.flows.marked)]
        kept = [flow for flow in flows if flow.index >= 0]
        if ladder.woven and ladder.flow is not None:
            self.open_flows([ladder.flow])
        elif len(kept) < 2:
            desk.why.tell("mark two flows or more in the list first (m)")
            return False
        else:
            self.open_flows(kept[:MOST_FOLDS])
        self.segment_moved()
        return True

    def open_row(self) -> None:
        """Enter in the ladder opens a run; of a segment it shows the contents."""
        desk, ladder = self.desk, self.desk.ladder
        row = ladder.packet_row
        if ladder.on_run:
            ladder.open_run()
            self.soon()
        elif ladder.on_segment and row is not None:
            from tcptui.screens.detail import DetailScreen

            reason = drawing.of_segment(desk.engine, row)
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
            desk.tell_nothing()
            return
        rows = [int(row) for row in fold.rows]
        desk.screen.app.push_screen(StreamScreen(desk.session, desk.engine, desk.look, flow, rows))
