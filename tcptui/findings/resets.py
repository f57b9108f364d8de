"""A side reset the connection for a reason: these findings say which."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.sequence import MASK32, gt
from tcptui.engine.tcp_header import ACK
from tcptui.engine.tcp_state.states import BEGAN_INSIDE, FIN_OUT
from tcptui.engine.timing.thresholds import SMALL_WINDOW
from tcptui.findings.finding import Finding, FindingKind, Read
from tcptui.findings.sides import SIDES, endpoint_of, is_peer_unseen, peer, who
from tcptui.findings.waits import entries_of
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

GAVE_UP: Final = 3
"""After so many repetitions without an answer a RST tells that its sender gave up."""
RESTART: Final = 1_000_000_000
"""ns; no host restarts sooner."""
MOST_SEARCHED: Final = 4096
"""Frames of the capture that are searched for the segment before a RST."""
TOLD_WINDOW: Final = 2
"""So many times the window: who reads as much tells its peer at once (Linux, and RFC 9293, section
3.8.6.2.2)."""


def abort_text(flow: Flow, entry: LedgerEntry) -> str:
    tries = int(endpoint_of(flow, entry).unanswered_tries)
    if tries >= GAVE_UP and not is_peer_unseen(endpoint_of(flow, entry)):
        return (
            f"{who(entry)} gave up after {amount(tries, 'repetition')} without an answer, and "
            f"reset the connection: its timer did, or its application; nothing came back from "
            f"{peer(entry)} meanwhile: it, or one of the ways, was gone"
        )
    text = f"{who(entry)}'s application aborted the connection (RST)"
    if flow.client.bytes == 0 and flow.server.bytes == 0 and not flow.has(BEGAN_INSIDE):
        text += ", in which no data was sent, as a probe of the port does"
    if peer_had_closed(flow, entry):
        text += f" where a FIN would have done: {peer(entry)} had closed already"
    if is_peer_unseen(endpoint_of(flow, entry)):
        text += f", or answered something of {peer(entry)}, which was not captured"
    return text


def peer_had_closed(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the other side had sent its FIN."""
    return endpoint_of(flow, entry).peer.has(FIN_OUT)


def is_mild_abort(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the abort did no harm, as where no data was ever sent, or may have been an
    answer to something."""
    if peer_had_closed(flow, entry) or is_peer_unseen(endpoint_of(flow, entry)):
        return True
    return flow.client.bytes == 0 and flow.server.bytes == 0 and not flow.has(BEGAN_INSIDE)


def unread_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} closed with {peer(entry)}'s data unread, which sends a RST, "
        "or aborted instead of an answer"
    )


def freed_by_reset(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find an abort that threw away received data: its RST offers far more window than the segment
    before it, though it acknowledges nothing more. An application that had read as much would have
    opened the window before."""
    for entry in entries_of(flow):
        if entry.kind is LedgerKind.ABORT_UNREAD_DATA:
            return None
        if entry.kind is not LedgerKind.ABORT:
            continue
        freed = window_freed(engine, flow, entry)
        if freed > 0:
            text = (
                f"{who(entry)} closed with {peer(entry)}'s data unread, which sends a RST: its "
                f"window grew by {amount(freed, 'byte')} with the RST alone, and had it read as "
                "much it would have said so before"
            )
            return kind.finding(1, (entry.first, entry.last), SIDES[entry.side], None, text)
    return None


def window_freed(engine: Engine, flow: Flow, entry: LedgerEntry) -> int:
    """Return by how many bytes the window grew with the RST of an entry, and nothing where that
    says nothing: a little more room need not be told before."""
    packets = engine.packets
    row = packets.row_of(i64(entry.first))
    first = row_search.first_within(packets, flow, row, MOST_SEARCHED)
    before = row_search.previous(
        packets, i64(flow.index), entry.side == 1, row, first, row_search.ANY
    )
    if before == NO_ROW or packets.ack(row) != packets.ack(before):
        return 0
    if not (packets.has_header_flag(row, ACK) and packets.has_header_flag(before, ACK)):
        return 0
    if packets.window(row) < TOLD_WINDOW * packets.window(before):
        return 0
    freed = int(packets.window(row) - packets.window(before))
    if freed < SMALL_WINDOW:
        return 0
    return freed if freed <= int(endpoint_of(flow, entry).peer.bytes) else 0


def repeats_unacknowledged(end: Endpoint) -> bool:
    """Return whether an endpoint's timer had sent its last data again and again, and its peer has
    acknowledged it to the end in nothing."""
    flow, peer_end = end.flow, end.peer
    side = int(end is flow.server)
    tries = sum(
        entry.count
        for entry in entries_of(flow)
        if entry.side == side and entry.kind is LedgerKind.STALL_RTO
    )
    sent, acked = int(end.highest) & MASK32, int(peer_end.highest_ack) & MASK32
    return tries >= GAVE_UP and peer_end.packets > 0 and end.highest_known and gt(sent, acked)


def half_open_text(flow: Flow, entry: LedgerEntry) -> str:
    if repeats_unacknowledged(endpoint_of(flow, entry)):
        return (
            f"{who(entry)} seems to have given up, by a timer or its application, after it had sent"
            f" its last data again and again without an acknowledgment: it answers what "
            f"{peer(entry)} sent later with a RST that knows nothing of the connection any more"
        )
    if 0 < entry.amount < RESTART:
        return (
            f"{who(entry)} was heard in this connection {duration(entry.amount)} before, and now "
            f"answers {peer(entry)}'s segment with a RST that knows nothing of it: no host "
            "restarts so fast, so another one got the segment (load balancer, two hosts with one "
            f"address), or a box between, or {who(entry)} itself (full accept queue), dropped the "
            "connection"
        )
    if entry.amount == 0 and flow.has(BEGAN_INSIDE):
        return (
            f"{who(entry)} has no connection on these ports and answers {peer(entry)}'s segment "
            "with RST: it has forgotten it (crash, restart, time-out), or never had it: a box "
            f"between gave {peer(entry)} another address or port in the middle of it (NAT)"
        )
    return (
        f"{who(entry)} knows nothing of the connection any more (crash, restart, time-out, network "
        f"change) and answers {peer(entry)}'s segment with RST"
    )


def after_fin_text(flow: Flow, entry: LedgerEntry) -> str:
    closed = "had closed" if endpoint_of(flow, entry).has(FIN_OUT) else "seems to have closed"
    return f"what {peer(entry)} sent after {who(entry)} {closed} was answered with RST"


def middlebox_text(_flow: Flow, entry: LedgerEntry) -> str:
    if entry.amount == 0:
        return (
            "RSTs of both sides passed within a moment, before either could hear of the other's: "
            "something on the path reset both, hardly two applications at once"
        )
    return (
        f"a RST in {who(entry)}'s name came with TTL {entry.amount >> 8}, its own segments have "
        f"{entry.amount & 0xFF}: something on the path sent it"
    )
