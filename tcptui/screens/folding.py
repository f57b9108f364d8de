"""Finding and folding the rows of the flow that is looked at."""

from collections.abc import Generator
from time import perf_counter

from tcptui.engine.flow import Flow
from tcptui.engine.packets import Packets
from tcptui.panes.ladder.model.fold import Fold

ROWS_SCANNED = 16_384
ROWS_FOLDED = 256
FIRST_SLICE_SECONDS = 0.004


def new_fold(packets: Packets, flow: Flow) -> Fold:
    """An empty fold of a flow."""
    fold = Fold(int(flow.index))
    fold.scanned = max(int(packets.first), int(flow.first_row))
    return fold


def is_stale(packets: Packets, fold: Fold) -> bool:
    """Whether rows of the fold are kept no longer."""
    return len(fold.rows) > 0 and int(fold.rows[0]) < packets.first


def is_complete(packets: Packets, flow: Flow, fold: Fold) -> bool:
    """Whether all published rows of the flow are in its fold."""
    stop = min(int(flow.last_row) + 1, int(packets.count))
    return fold.scanned >= stop and fold.folded >= len(fold.rows)


def advance(packets: Packets, flow: Flow, fold: Fold) -> None:
    """One small piece of work: fold rows that were found, or find more."""
    if fold.folded < len(fold.rows):
        fold.fold(packets, ROWS_FOLDED)
        return
    stop = min(int(flow.last_row) + 1, int(packets.count), int(fold.scanned) + ROWS_SCANNED)
    if stop > fold.scanned:
        fold.scan(packets, stop)


def begin(packets: Packets, flow: Flow, fold: Fold) -> bool:
    """The first slice, at once; whether that was all."""
    deadline = perf_counter() + FIRST_SLICE_SECONDS
    while not is_complete(packets, flow, fold):
        if perf_counter() > deadline:
            return False
        advance(packets, flow, fold)
    return True


def complete(packets: Packets, flow: Flow, fold: Fold) -> Generator[float, None, None]:
    """The rest, in slices."""
    first, last = int(flow.first_row), int(flow.last_row)
    while not is_complete(packets, flow, fold):
        advance(packets, flow, fold)
        yield (int(fold.scanned) - first) / max(1, last + 1 - first)
