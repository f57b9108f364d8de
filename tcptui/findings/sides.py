"""The two sides of a flow in findings: what they are called, and what was captured of each."""

from typing import Final

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.wireshark.flags import KEEP_ALIVE, RESENT, ZERO_WINDOW_PROBE

SIDES: Final = ("client", "server")
THE_SIDES: Final = ("the client", "the server")
FEW: Final = 2
"""So many segments alone may be the end of a connection, or its beginning."""
REPETITIONS: Final = RESENT | KEEP_ALIVE | ZERO_WINDOW_PROBE


def who(entry: LedgerEntry) -> str:
    """Return the side that an entry of the ledger is counted on: ``the client``."""
    return THE_SIDES[entry.side]


def peer(entry: LedgerEntry) -> str:
    """Return the side other than that of an entry of the ledger: ``the server``."""
    return THE_SIDES[1 - entry.side]


def frames_of(entry: LedgerEntry) -> str:
    """Return the first and the last frame in words: ``#12 to #90``."""
    first = f"#{entry.first}"
    return first if entry.first == entry.last else f"{first} to #{entry.last}"


def endpoint_of(flow: Flow, entry: LedgerEntry) -> Endpoint:
    """Return the endpoint that an entry of the ledger is counted on."""
    return flow.server if entry.side else flow.client


def is_peer_unseen(end: Endpoint) -> bool:
    """Return whether nothing of an endpoint's peer was captured: what it heard meanwhile is not
    known."""
    return end.peer.packets == 0


def tries_in_vain(end: Endpoint) -> int:
    """Return how often an endpoint has repeated itself without any answer; 0 where its peer said
    something in the end, were it a RST."""
    return 0 if end.peer.last_time > end.last_time else int(end.unanswered_tries)


def is_fragment(flow: Flow) -> bool:
    """Return whether so little of a flow was captured, and of one side alone, that nothing can be
    told; a SYN without an answer tells enough. Of a flow that was let go of nothing is known."""
    silent = is_peer_unseen(flow.client) or is_peer_unseen(flow.server)
    return silent and 0 < flow.packets <= FEW and opening(flow) is not Opening.UNANSWERED


def is_one_sided(flow: Flow) -> bool:
    """Return whether only one direction of a flow was captured: several segments, all from one
    side, that are more than SYNs without an answer.

    The other direction took another path, or was filtered out.
    """
    silent = is_peer_unseen(flow.client) or is_peer_unseen(flow.server)
    if not silent or flow.packets <= FEW or opening(flow) is Opening.UNANSWERED:
        return False
    return int(flow.packets) - flow.count_of_any(REPETITIONS) > FEW
