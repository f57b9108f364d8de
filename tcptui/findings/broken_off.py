"""An answer breaks off: its last segment says that more was to come, and nothing does.

Whoever writes pushes the end of what it writes (RFC 9293, section 3.9.1.2): a large segment without
PSH was followed by another one in its sender's buffer.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import SERVER, Flow
from tcptui.engine.packets import NO_ROW
from tcptui.engine.saturation import waited_since
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import FIN, PSH, RST
from tcptui.engine.tcp_state.states import ACK_OUT, FIN_OUT, RST_OUT
from tcptui.engine.timing.thresholds import SMALL_WINDOW
from tcptui.engine.timing.windows import window_of
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.never_came import LONG_WAIT, end_of_waiting, unanswered_request
from tcptui.text.durations import waited

MOST_BESIDE: Final = 8
"""Rows that one frame may have."""
MOST_BEFORE: Final = 4096
"""Rows of the capture in which an end that was pushed is looked for."""


def no_answer(kind: FindingKind, engine: Engine, flow: Flow, read: Read | None) -> Finding | None:
    """Find a request without an answer, or with a part of one."""
    return unanswered_request(kind, engine, flow, read) or broken_off(kind, engine, flow)


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
    until, how = end_of_waiting(flow, int(engine.now))
    lasted = int(waited_since(until, flow.last_progress))
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
    first = max(i64(flow.first_row), packets.first, at - MOST_BEFORE)
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
