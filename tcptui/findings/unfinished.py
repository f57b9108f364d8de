"""What is not over when the capture ends: a window that is still closed."""

from tcptui.engine.causes import Cause, CauseCount
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.saturation import waited_since


def unfinished(flow: Flow, tallies: list[CauseCount]) -> list[CauseCount]:
    """``tallies`` with what still goes on counted up to the flow's last segment."""
    totals = flow.totals
    if totals is None:
        return tallies
    for side, held in enumerate((totals.client, totals.server)):
        if held is None or held.window_closed_since == 0 or held.window_probes == 0:
            continue
        end = flow.server if side else flow.client
        frame = last_frame(end)
        lasted = int(waited_since(flow.last_time, held.window_closed_since))
        probes = int(held.window_probes)
        tallies.append(
            CauseCount(Cause.ZERO_WINDOW, side, 1, frame, frame, lasted, lasted, frame, probes)
        )
    return tallies


def last_frame(end: Endpoint) -> int:
    """The frame that its peer sent last with something new: who waits."""
    return int(end.peer.next_exp_frame)
