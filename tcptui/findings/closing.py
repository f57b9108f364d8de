"""A connection closes in some way, or does not for some reason: these findings say which."""

from typing import Final

from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.tcp_state.states import CLOSE_WAIT
from tcptui.engine.tcp_state.timers import HANG_AFTER, Hang, HangKind, hang
from tcptui.engine.timing.thresholds import STALL
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of, time_since, what_ends
from tcptui.findings.sides import SIDES, peer, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration, waited

HUNG_ROUND_TRIPS: Final = 4
"""Round trips without a FIN after which a connection hangs, if that is longer than HANG_AFTER."""


def half_close_text(_flow: Flow, entry: LedgerEntry) -> str:
    return f"{who(entry)} sent {amount(entry.count, 'segment')} after {peer(entry)} had closed"


def hung_fin_wait_2(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find the side that has closed and waits for the other's FIN."""
    found = not_closed(flow)
    if found is None:
        return None
    guilty, waiting = SIDES[found.guilty], SIDES[1 - found.guilty]
    lasted = time_since(engine, flow, found.since)
    text = f"the {waiting} {waited(lasted)} for the {guilty}'s FIN after its own"
    return hung_finding(kind, engine, flow, lasted, waiting, text)


def hung_close_wait(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find the side whose application does not close after the other's FIN."""
    found = not_closed(flow)
    if found is None:
        return None
    guilty, waiting = SIDES[found.guilty], SIDES[1 - found.guilty]
    lasted = time_since(engine, flow, found.since)
    whose = endpoint_text(flow.server if found.guilty else flow.client)
    text = (
        f"the application at {whose} has not closed its socket for {duration(lasted)} "
        f"after the {waiting}'s FIN"
    )
    return hung_finding(kind, engine, flow, lasted, guilty, text)


def not_closed(flow: Flow) -> Hang | None:
    """Return the hang in which one side keeps the connection from closing, now that the capture
    ends (or is live), or None: its FIN may also have been sent before the capture began."""
    if flow.client.state != CLOSE_WAIT and flow.server.state != CLOSE_WAIT:
        return None
    found = hang(flow)
    if found is None or found.kind is not HangKind.NOT_CLOSED:
        return None
    guilty = flow.server if found.guilty else flow.client
    return None if opening(flow) is Opening.MIDSTREAM and guilty.bytes == 0 else found


def hung_finding(
    kind: FindingKind, engine: Engine, flow: Flow, lasted: int, side: str, text: str
) -> Finding | None:
    """Return the finding on one side of a connection that has not closed for ``lasted`` ns, if it
    is worth telling."""
    severity = severity_of_hang(flow, lasted)
    if severity is None:
        return None
    is_early = severity is Severity.NOTE
    doubt = f"; {what_ends(engine, flow)} too soon to call it hung" if is_early else ""
    frame = frame_of(engine, int(flow.last_row))
    found = kind.finding(1, (frame, frame), side, lasted, text + doubt)
    found.severity = severity.value
    return found


def severity_of_hang(flow: Flow, lasted: int) -> Severity | None:
    """Return how bad it is that one side has not closed for so long (ns), or None if it is still at
    work.

    It hangs after ``HANG_AFTER``, or after some round trips where these are longer. Before that it
    is worth a note, unless that was a moment ago: every close is half a close for a while.
    """
    if lasted >= max(HANG_AFTER, HUNG_ROUND_TRIPS * int(flow.irtt)):
        return Severity.WARNING
    return None if lasted <= max(STALL, 2 * int(flow.irtt)) else Severity.NOTE
