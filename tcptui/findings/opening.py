"""How a connection opened: refused, unanswered, only after retries, or before its time."""

from typing import Final

from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.saturation import waited_since
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.tcp_state.states import State
from tcptui.engine.tcp_state.timers import FIRST_RTO
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of, time_since
from tcptui.findings.sides import endpoint_of, peer, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

STATES: Final = [state.label for state in State]
SHORTEST_RETRY: Final = 10_000_000
"""ns; no timer is shorter."""


def unanswered_syns(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """A SYN, with all its repetitions, to which nothing came back."""
    if flow.server.packets != 0 or flow.packets == 0:
        return None
    if opening(flow) is not Opening.UNANSWERED:
        return None
    frames = frame_of(engine, int(flow.first_row)), frame_of(engine, int(flow.last_row))
    tries = int(flow.packets)
    waited = time_since(engine, flow, flow.first_time)
    too_soon = tries == 1 and waited < FIRST_RTO
    text = (
        f"no answer from {endpoint_text(flow.server)} to {amount(tries, 'SYN')} in "
        f"{duration(waited)}: "
    ) + (
        "the capture ends too soon to tell why"
        if too_soon
        else "no such host, or a filter that drops"
    )
    cost = int(waited_since(flow.last_time, flow.first_time)) if tries > 1 else None
    found = kind.finding(tries, frames, "client", cost, text)
    if too_soon:
        found.severity = Severity.NOTE.value
    return found


def refused_text(flow: Flow, entry: LedgerEntry) -> str:
    return f"{endpoint_text(endpoint_of(flow, entry))} refused: a RST answered the SYN"


def came_by_timer(_flow: Flow, entry: LedgerEntry) -> bool:
    """Whether a timer repeated it: what comes again sooner than any timer runs out was captured
    twice."""
    return entry.cost >= entry.count * SHORTEST_RETRY


def is_retry_answered(flow: Flow, entry: LedgerEntry) -> bool:
    """Whether a timer repeated the SYN, and something answered it in the end."""
    return came_by_timer(flow, entry) and opening(flow) is not Opening.UNANSWERED


def retry_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"the SYN was sent again {amount(entry.count, 'time')}, at last {duration(entry.cost)} "
        f"after the first (last gap {duration(entry.amount)}): it or its answer was lost"
    )


def syn_ack_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} sent its SYN+ACK again after {duration(entry.amount)}: "
        f"it or {peer(entry)}'s ACK was lost"
    )


def gone_text(_flow: Flow, entry: LedgerEntry) -> str:
    return f"{who(entry)} reset before the handshake was done: it went away, or only probed"


def fast_open_text(_flow: Flow, entry: LedgerEntry) -> str:
    return f"{amount(entry.amount, 'byte')} came with {who(entry)}'s SYN and were accepted"


def reuse_text(_flow: Flow, entry: LedgerEntry) -> str:
    client, server = STATES[entry.amount & 15], STATES[entry.amount >> 4 & 15]
    return f"these ports carried another connection before; it was left {client}/{server}"
