"""Fills the ladder of the triage screen: the rows of its flows are found and folded in slices."""

from collections.abc import Generator
from time import perf_counter

from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.packets import Packets
from tcptui.engine.timing.lookback import rows_held
from tcptui.panes.ladder.model.fold import Fold
from tcptui.panes.ladder.strands import Strand
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices
from tcptui.session import SessionState

ROWS_SCANNED = 16_384
ROWS_FOLDED = 256
FIRST_SLICE_SECONDS = 0.004


def new_fold(packets: Packets, flow: Flow) -> Fold:
    """Return an empty fold of a flow."""
    fold = Fold(i64(flow.index))
    fold.scanned = rows_held(packets, flow).start
    return fold


def is_stale(packets: Packets, fold: Fold) -> bool:
    """Return whether rows of the fold have been evicted."""
    return len(fold.rows) > 0 and fold.row_at(0) < packets.first


def is_complete(packets: Packets, flow: Flow, fold: Fold) -> bool:
    """Return whether all published rows of the flow are in its fold."""
    return fold.scanned >= rows_held(packets, flow).stop and fold.folded >= len(fold.rows)


def advance_fold(packets: Packets, flow: Flow, fold: Fold) -> None:
    """Do one small piece of work: fold rows that were found, or find more."""
    if fold.folded < len(fold.rows):
        fold.fold_rows(packets, ROWS_FOLDED)
        return
    stop = min(rows_held(packets, flow).stop, fold.scanned + ROWS_SCANNED)
    if stop > fold.scanned:
        fold.find_rows(packets, stop)


def begin_fold(packets: Packets, flow: Flow, fold: Fold, seconds: float) -> bool:
    """Work for so many seconds at once; return whether that was all."""
    deadline = perf_counter() + seconds
    while not is_complete(packets, flow, fold):
        if perf_counter() > deadline:
            return False
        advance_fold(packets, flow, fold)
    return True


def complete_fold(packets: Packets, flow: Flow, fold: Fold) -> Generator[float, None, None]:
    """Do the rest of the work in slices."""
    rows = rows_held(packets, flow)
    while not is_complete(packets, flow, fold):
        advance_fold(packets, flow, fold)
        yield (fold.scanned - rows.start) / max(1, len(rows))


class LadderFlows:
    """Opens flows in the ladder, and lets them grow."""

    def __init__(self, panes: TriagePanes) -> None:
        self.panes = panes
        self.first_slice = FIRST_SLICE_SECONDS
        self.direction = 0  # the next flow opens at its first problem (0, 1) or its last (-1)

    def open_flows(self, flows: list[Flow]) -> None:
        """Show flows: the first page now, the rest in slices."""
        packets, ladder = self.panes.engine.packets, self.panes.ladder
        ladder.show_flows(flows, [new_fold(packets, flow) for flow in flows])
        self.fold_strands()
        if ladder.complete or not ladder.woven:
            self.go_to_first_problem()
        ladder.repaint()

    def fold_strands(self) -> None:
        """Fold what the ladder's flows have that is not folded yet."""
        packets, ladder = self.panes.engine.packets, self.panes.ladder
        done = [
            begin_fold(packets, strand.flow, strand.fold, self.first_slice)
            for strand in ladder.strands
        ]
        ladder.complete = all(done)
        ladder.show_growth()
        if not ladder.complete:
            work = self.complete_strands(ladder.strands)
            self.panes.screen.run_worker(work, group="fold", exclusive=True)

    async def complete_strands(self, strands: list[Strand]) -> None:
        """Fold the rest of all strands beside the screen, and show them."""
        packets, ladder = self.panes.engine.packets, self.panes.ladder
        alone = len(strands) == 1

        def show_progress(part: float) -> None:
            if alone and ladder.strands is strands:
                ladder.weave.take_new_items()

        for strand in strands:
            await in_slices(complete_fold(packets, strand.flow, strand.fold), show_progress)
        if ladder.strands is strands:
            ladder.complete = True
            ladder.show_growth()
            self.go_to_first_problem()

    def go_to_first_problem(self) -> None:
        """Put the cursor on a new flow's first problem, or, coming from behind, on its last; not
        where it has been moved since the flow was opened. While more comes in, it stays with the
        newest segment, so that all panes show how things stand."""
        ladder = self.panes.ladder
        goes_on = self.panes.session.state is SessionState.FOLLOWING
        if goes_on and not ladder.moved and not ladder.woven and not self.direction:
            ladder.action_follow_end()
            return
        last = self.direction < 0
        if last and not ladder.complete:
            return  # Which problem is the last is not known yet.
        if not ladder.moved:
            ladder.go_to_problem(last=last)
        self.direction = 0

    def take_new_segments(self) -> None:
        """Fold the segments that have come since; open evicted flows anew."""
        packets, ladder = self.panes.engine.packets, self.panes.ladder
        if not ladder.complete:
            return
        if any(is_stale(packets, strand.fold) for strand in ladder.strands):
            following = ladder.following
            self.open_flows([strand.flow for strand in ladder.strands])
            if following:
                ladder.action_follow_end()
        elif not all(is_complete(packets, strand.flow, strand.fold) for strand in ladder.strands):
            ladder.take_events()
            self.fold_strands()
