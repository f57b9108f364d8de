"""A receive window that held a transfer back, seen from where its sender's waiting does not show.

Beside the receiver, each new segment comes a round trip behind the ACK that made room for it; until
then others have made more, and the window looks open. What limited the transfer is reckoned as its
sender sees the window, and tells it.
"""

from typing import Final

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.timing.thresholds import STALL
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.limits import is_transfer, limits_of
from tcptui.findings.waits import entries_of, is_long, transfer_time
from tcptui.text.amounts import percent
from tcptui.text.durations import duration

RECEIVE_WINDOW: Final = "receive_window"
SHARE: Final = 2
"""The window is what a transfer was limited by where it held it for one part in so many."""


def small_window(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a transfer that the receive window held for most of its time, where no single wait for
    it was counted."""
    told = limits_of(engine, flow) if is_transfer(flow) and not is_told(flow) else None
    if told is None or not told.limits or told.limits[0].cause != RECEIVE_WINDOW:
        return None
    limit, lasted = told.limits[0], transfer_time(flow)
    if limit.cost <= max(STALL, 2 * int(flow.irtt)) or SHARE * limit.cost < lasted:
        return None
    share = percent(min(limit.cost, lasted), lasted)
    text = (
        f"the {limit.side}'s receive window held the {told.sender}'s data for "
        f"{duration(limit.cost)} ({share} of the transfer), each segment a round trip behind the "
        "ACK that made room for it: it is too small for this round trip, or read slowly"
    )
    frames = frame_of(engine, int(flow.first_row)), frame_of(engine, int(flow.last_row))
    return kind.finding(1, frames, limit.side, limit.cost, text)


def is_told(flow: Flow) -> bool:
    """Return whether the waits for a window are told by themselves."""
    return any(
        entry.kind is LedgerKind.STALL_ZERO_WINDOW
        or (entry.kind is LedgerKind.STALL_WINDOW_LIMITED and is_long(flow, entry))
        for entry in entries_of(flow)
    )
