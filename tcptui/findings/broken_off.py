"""An answer breaks off: its last segment says that more was to come, and nothing does.

Whoever writes pushes the end of what it writes (RFC 9293, section 3.9.1.2): a large segment without
PSH was followed by another one in its sender's buffer.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import CLIENT, SERVER, Flow
from tcptui.engine.packets import NO_ROW
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import FIN, PSH, RST
from tcptui.engine.tcp_state.states import ACK_OUT, BEGAN_INSIDE, FIN_OUT, RST_OUT, SHOOK_HANDS
from tcptui.engine.timing.thresholds import SMALL_WINDOW
from tcptui.engine.timing.windows import window_of
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of, frames_of_flow
from tcptui.findings.limits import BULK
from tcptui.findings.never_came import (
    LONG_WAIT,
    SMALL_MESSAGE,
    closed_first,
    end_of_waiting,
    has_unseen,
    unanswered_request,
)
from tcptui.text.amounts import amount
from tcptui.text.durations import duration, measured, waited

MOST_BESIDE: Final = 8
"""Rows that one frame may have."""
MOST_BEFORE: Final = 4096
"""Frames of the capture in which an end that was pushed is looked for."""


def no_answer(kind: FindingKind, engine: Engine, flow: Flow, read: Read | None) -> Finding | None:
    """Find a request without an answer, or with a part of one, or that nobody spoke at all."""
    return (
        unanswered_request(kind, engine, flow, read)
        or broken_off(kind, engine, flow)
        or closed_on_request(kind, engine, flow)
        or never_used(kind, engine, flow)
    )


def closed_on_request(kind: FindingKind, engine: Engine, flow: Flow) -> Finding | None:
    """Find a server that closes soon after the first request, without a word."""
    client, server = flow.client, flow.server
    if flow.last_data_side != CLIENT or server.bytes > 0 or not closed_first(server, client):
        return None
    if client.unique_bytes < SMALL_MESSAGE or has_unseen(server, client) or flow.has(BEGAN_INSIDE):
        return None
    if client.unique_bytes >= BULK:
        return None  # who refuses a client does not take so much of it first
    if flow.ledger is not None and flow.ledger.unasked & 1:
        return None  # who goes on by itself wants no answers
    lasted = int(flow.time_between(flow.last_progress, server.next_exp_time))
    text = (
        f"the server closed {measured(lasted)} after the client's "
        f"{amount(int(client.unique_bytes), 'byte')}, without an answer; it may want another "
        "protocol, or refuse this client"
    )
    frames = frames_of_flow(engine, flow)
    found = kind.finding(1, frames, "server", lasted or None, text)
    found.severity = Severity.NOTE.value
    return found


def never_used(kind: FindingKind, engine: Engine, flow: Flow) -> Finding | None:
    """Find a client that closes a connection in which nobody has spoken for long."""
    client, server = flow.client, flow.server
    if client.bytes > 0 or server.bytes > 0 or not flow.has(SHOOK_HANDS):
        return None
    if not closed_first(client, server) or has_unseen(server, client) or has_unseen(client, server):
        return None
    lasted = int(flow.time_between(flow.first_time, client.next_exp_time))
    if lasted <= LONG_WAIT + int(flow.irtt):
        return None
    text = (
        f"neither side sent anything for {duration(lasted)}, then the client closed; it was opened "
        "ahead and not used, or the client waited for the server to speak first"
    )
    found = kind.finding(1, frames_of_flow(engine, flow), "server", lasted, text)
    found.severity = Severity.NOTE.value
    return found


def broken_off(kind: FindingKind, engine: Engine, flow: Flow) -> Finding | None:
    """Find an answer whose end never came.

    What would refute it: a sender that never pushes, a window that has no room, a server that has
    closed or reset. Where nothing of the flow is captured any more, it may be the capture that
    broke off.
    """
    server, client = flow.server, flow.client
    if flow.last_data_side != SERVER or server.has(FIN_OUT | RST_OUT) or not client.has(ACK_OUT):
        return None
    if (i64(client.highest_ack) ^ i64(server.highest)) & MASK32 != 0:
        return None  # a hole, or data on its way
    until, how = end_of_waiting(engine, flow)
    lasted = int(flow.time_between(flow.last_progress, until))
    if lasted <= max(LONG_WAIT, 2 * int(flow.irtt)):
        return None
    row = last_data(engine, flow)
    if row == NO_ROW or window_of(client) < 2 * i64(server.largest_payload):
        return None
    if not has_pushed(engine, flow, row):
        return None
    frame = frame_of(engine, row)
    text = (
        f"the client {waited(lasted)} for the rest of an answer: #{frame} is large and not pushed, "
        f"so its sender had more, and the window had room"
        f"{how or '; nothing more of this connection was captured'}; what was to come was lost "
        "before here and never repaired, or the server, or the way from it, was gone"
    )
    found = kind.finding(1, (frame, frame_of(engine, int(flow.last_row))), "server", lasted, text)
    if not how:
        found.severity = Severity.NOTE.value
    return found


def last_data(engine: Engine, flow: Flow) -> int:
    """Return the row of the server's last data if it is a large segment that is not pushed."""
    packets, index = engine.packets, i64(flow.index)
    row = packets.row_of(i64(flow.server.next_exp_frame))
    stop = min(row + MOST_BESIDE, i64(flow.last_row) + 1)
    while row < stop:
        if packets.flow(row) == index and packets.is_from_server(row):
            pushed = (packets.flags(row) & (PSH | FIN | RST)) != 0
            return NO_ROW if pushed or packets.length(row) < SMALL_WINDOW else int(row)
        row += 1
    return NO_ROW


def has_pushed(engine: Engine, flow: Flow, row: int) -> bool:
    """Return whether the server pushes what it writes: it did so before."""
    packets, index = engine.packets, i64(flow.index)
    at = i64(row) - 1
    first = row_search.first_within(packets, flow, i64(row), MOST_BEFORE)
    while at >= first:
        if (
            packets.flow(at) == index
            and packets.is_from_server(at)
            and packets.length(at) > 0
            and (packets.flags(at) & PSH) != 0
        ):
            return True
        at -= 1
    return False
