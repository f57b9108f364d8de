"""Whom nothing reaches: keep-alives without an answer."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.saturation import waited_since
from tcptui.engine.tcp_state.states import WAS_RESET
from tcptui.findings.finding import Finding, FindingKind, Read
from tcptui.findings.never_came import entry_of
from tcptui.findings.opening import came_by_timer
from tcptui.findings.sides import SIDES, endpoint_of, is_peer_unseen, peer, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

# Kinds as numbers: asking a member of an enumeration for its value is slow.
ABORT: Final = int(LedgerKind.ABORT)
KEEP_ALIVE_UNANSWERED: Final = int(LedgerKind.KEEP_ALIVE_UNANSWERED)


def probe_text(flow: Flow, entry: LedgerEntry) -> str:
    text = (
        f"{who(entry)} probed {amount(entry.count + 1, 'time')} at intervals of "
        f"{duration(entry.cost // entry.count)}; {peer(entry)} did not answer"
    )
    return f"{text}; it answered later" if came_back(flow, entry) else text


def gave_up(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """A RST behind keep-alive probes that nobody answered: the prober's own timer sent it."""
    if flow.ledger is None:
        return None
    for side, end in enumerate((flow.client, flow.server)):
        probes = entry_of(flow, KEEP_ALIVE_UNANSWERED, side)
        reset = entry_of(flow, ABORT, side)
        if probes is None or reset is None or reset.first < probes.last:
            continue
        if end.peer.last_time > time_of_frame(engine, probes.first):
            continue
        lasted = int(waited_since(flow.last_time, end.peer.last_time))
        text = (
            f"the {SIDES[side]}'s keep-alive gave up: {amount(probes.count + 1, 'probe')} at "
            f"intervals of {duration(probes.cost // probes.count)} had no answer, then its timer "
            f"reset the connection; the {SIDES[1 - side]} was last heard {duration(lasted)} "
            "before: it, or the way to it, is gone"
        )
        return kind.finding(1, (probes.first, reset.last), SIDES[side], probes.cost, text)
    return None


def time_of_frame(engine: Engine, frame: int) -> int:
    """When a frame passed (ns); 0 where a rolling capture has let it go."""
    row = int(engine.packets.row_of(i64(frame)))
    return int(engine.packets.time(i64(row))) if row >= engine.packets.first else 0


def are_probes_unanswered(flow: Flow, entry: LedgerEntry) -> bool:
    """Whether a timer sent the probes, and an answer would have been captured: not so where their
    sender sent data and the other direction was not captured at all."""
    end = endpoint_of(flow, entry)
    return came_by_timer(flow, entry) and not (is_peer_unseen(end) and end.highest_known)


def came_back(flow: Flow, entry: LedgerEntry) -> bool:
    """Whether the peer was heard after all, and knew the connection."""
    return endpoint_of(flow, entry).unanswered_tries == 0 and not flow.has(WAS_RESET)
