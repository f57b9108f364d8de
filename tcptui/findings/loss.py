"""Segments were lost after this point, before it, by the capture, or not at all.

A segment that is sent again was, for all its sender knows, lost. What passed here, what filled a
hole and what was acknowledged tell more; D-SACK (RFC 2883) and time stamps (RFC 3522) tell when
nothing was lost.
"""

from mypy_extensions import i64

from tcptui.engine.flow import NUMBERED_REPAIRS, OTHER_REPAIRS, Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.findings.capture_point import is_taken_at
from tcptui.findings.sides import endpoint_of, is_peer_unseen, peer, tries_in_vain, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration


def probe_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{amount(entry.count, 'time')} {who(entry)} sent its last segment again after "
        f"{duration(entry.cost // entry.count)} of silence (tail loss probe): the end of what it "
        "sent was lost, or its ACK, and the probe saved it a retransmission timer"
    )


def rack_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{amount(entry.count, 'segment')} of {who(entry)} came again soon after later data was "
        "reported, without three duplicate ACKs (RACK, or early retransmit): repaired without a "
        "timer"
    )


def segments(entry: LedgerEntry) -> str:
    """Return an amount in words: ``3 segments (4,380 bytes)``."""
    size = f" ({amount(entry.amount, 'byte')})" if entry.amount > 0 else ""
    return f"{amount(entry.count, 'segment')}{size}"


def cannot_prove_loss(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether one direction alone was captured: it cannot prove a loss after this point."""
    return is_peer_unseen(endpoint_of(flow, entry))


def after_text(flow: Flow, entry: LedgerEntry) -> str:
    end = endpoint_of(flow, entry)
    again = f"{who(entry)} sent {segments(entry)} again that had passed here: "
    if is_peer_unseen(end):
        return again + (
            f"lost after this point, or refused by a closed window, or for nothing; nothing of "
            f"{peer(entry)} was captured that would tell which"
        )
    text = again + (
        f"thrown away at {peer(entry)} or right before it, or acknowledged too late there, near "
        "where this was captured; its counters (nstat, ethtool -S) and filter rules tell more"
        if is_taken_at(flow, 1 - entry.side)
        else f"lost between here and {peer(entry)}, or the ACK was; a capture at {peer(entry)} "
        "would tell which"
    )
    tries = tries_in_vain(end)
    return f"{text}; the last {tries} are unanswered" if tries > 1 else text


def before_text(flow: Flow, entry: LedgerEntry) -> str:
    text = (
        f"{who(entry)} sent {segments(entry)} again that never passed here at first: "
        f"lost between {who(entry)} and here"
    )
    repairs = i64(endpoint_of(flow, entry).ip_ids)
    if (repairs & OTHER_REPAIRS) != 0:
        is_mixed = entry.count > 1 and (repairs & NUMBERED_REPAIRS) != 0
        text += (
            f"; {'of some ' if is_mixed else ''}likely, but not certain: it is too late for plain "
            "reordering, and no IP identifications tell (IPv6, or a sender that does not count "
            "the packets of a connection)"
        )
    return text


def is_without_data(flow: Flow, _entry: LedgerEntry) -> bool:
    """Return whether no data at all was captured."""
    return flow.client.bytes == 0 and flow.server.bytes == 0


def capture_text(flow: Flow, entry: LedgerEntry) -> str:
    if is_without_data(flow, entry):
        return (
            f"{peer(entry)} acknowledged {amount(entry.amount, 'byte')} of {who(entry)}, but no "
            "data at all was captured: a filter lets SYN and FIN alone pass, or the capture lost it"
        )
    return (
        f"the capture lost {amount(entry.amount, 'byte')} of {who(entry)} that {peer(entry)} "
        f"acknowledged, or they took another path; no loss in the network"
    )


def not_lost_text(_flow: Flow, entry: LedgerEntry) -> str:
    them = "it" if entry.count == 1 else "them"
    return (
        f"{who(entry)} sent {segments(entry)} again for nothing: {peer(entry)} had {them} already; "
        f"the ACK was late, or lost on its way back"
    )


def reordered_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{segments(entry)} of {who(entry)} came later than what was sent after, too soon to "
        "have been sent again"
    )


def twice_text(_flow: Flow, entry: LedgerEntry) -> str:
    verb = "was" if entry.count == 1 else "were"
    return (
        f"{segments(entry)} of {who(entry)} {verb} captured twice, the same packets at two "
        "interfaces, on both sides of a router, or doubled by the path: no retransmission"
    )
