"""Whom nothing reaches: keep-alives without an answer, ICMP errors."""

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.tcp_state.states import WAS_RESET
from tcptui.findings.opening import came_by_timer
from tcptui.findings.sides import endpoint_of, is_peer_unseen, peer, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration


def probe_text(flow: Flow, entry: LedgerEntry) -> str:
    text = (
        f"{who(entry)} probed {amount(entry.count + 1, 'time')} at intervals of "
        f"{duration(entry.cost // entry.count)}; {peer(entry)} did not answer"
    )
    return f"{text}; it answered later" if came_back(flow, entry) else text


def are_probes_unanswered(flow: Flow, entry: LedgerEntry) -> bool:
    """Whether a timer sent the probes, and an answer would have been captured: not so where their
    sender sent data and the other direction was not captured at all."""
    end = endpoint_of(flow, entry)
    return came_by_timer(flow, entry) and not (is_peer_unseen(end) and end.highest_known)


def came_back(flow: Flow, entry: LedgerEntry) -> bool:
    """Whether the peer was heard after all, and knew the connection."""
    return endpoint_of(flow, entry).unanswered_tries == 0 and not flow.has(WAS_RESET)


def icmp_text(_flow: Flow, entry: LedgerEntry) -> str:
    name = "ICMPv6" if entry.amount & 0x10000 else "ICMP"
    number = f"type {entry.amount >> 8 & 0xFF} code {entry.amount & 0xFF}"
    return f"{name} {number} came back for a segment of {who(entry)}"
