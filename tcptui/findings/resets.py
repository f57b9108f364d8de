"""A side reset the connection for a reason: these findings say which."""

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.tcp_state.states import FIN_OUT
from tcptui.findings.sides import endpoint_of, is_peer_unseen, peer, who


def abort_text(flow: Flow, entry: LedgerEntry) -> str:
    text = f"{who(entry)}'s application aborted the connection (RST)"
    if peer_had_closed(flow, entry):
        text += f" where a FIN would have done: {peer(entry)} had closed already"
    if is_peer_unseen(endpoint_of(flow, entry)):
        text += f", or answered something of {peer(entry)}, which was not captured"
    return text


def peer_had_closed(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the other side had sent its FIN."""
    return endpoint_of(flow, entry).peer.has(FIN_OUT)


def is_mild_abort(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the abort did no harm, or may have been an answer to something."""
    return peer_had_closed(flow, entry) or is_peer_unseen(endpoint_of(flow, entry))


def unread_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} closed with {peer(entry)}'s data unread, which sends a RST, "
        "or aborted instead of an answer"
    )


def half_open_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} knows nothing of the connection any more (crash, restart, network change) "
        f"and answers {peer(entry)}'s segment with RST"
    )


def after_fin_text(_flow: Flow, entry: LedgerEntry) -> str:
    return f"what {peer(entry)} sent after {who(entry)} had closed was answered with RST"


def middlebox_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"a RST in {who(entry)}'s name came with TTL {entry.amount >> 8}, its own segments have "
        f"{entry.amount & 0xFF}: something on the path sent it"
    )
