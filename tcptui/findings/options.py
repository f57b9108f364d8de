"""TCP options that got lost on the way: what an end does then that no end does by itself."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import SCALE_UNUSED, Endpoint, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.sequence import MASK32, gt
from tcptui.engine.tcp_header import SYN
from tcptui.engine.timing.thresholds import SMALL_WINDOW
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.never_came import entry_of, first_number
from tcptui.findings.sides import SIDES
from tcptui.text.durations import waited

WINDOW_LIMITED: Final = int(LedgerKind.STALL_WINDOW_LIMITED)


def stripped_scale(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a side whose window's right edge goes far back right behind the handshake, where no
    window is scaled: a receiver never takes back what it has offered (RFC 9293, section 3.8.6), so
    its windows are scaled, and the peer does not know."""
    if flow.ledger is None:
        return None
    for side, end in enumerate((flow.client, flow.server)):
        entry = entry_of(flow, WINDOW_LIMITED, side)
        if entry is None or end.scale != SCALE_UNUSED or not 0 < end.last_window < SMALL_WINDOW:
            continue
        windows = first_windows(engine, flow, end)
        if windows is None:
            continue
        offered, later = windows
        peer = SIDES[1 - side]
        text = (
            f"the window scale was lost on the way: the {SIDES[side]} offered a window of "
            f"{offered:,} bytes in its SYN and {later:,} in its first ACK, which no receiver does "
            f"by itself; its windows are scaled, the {peer} takes them as they stand and "
            f"{waited(int(entry.cost))}; a box on the path removes the option from a SYN"
        )
        frames = frame_of(engine, int(flow.first_row)), entry.last
        return kind.finding(1, frames, SIDES[side], entry.cost, text)
    return None


def first_windows(engine: Engine, flow: Flow, end: Endpoint) -> tuple[int, int] | None:
    """Return the windows in the SYN of an endpoint and in what it sent next, if the right edge of
    the second lies far below the first's."""
    packets, index, server = engine.packets, i64(flow.index), end is flow.server
    first, last = i64(flow.first_row), i64(flow.last_row)
    if first < packets.first:
        return None
    syn = row_search.following(packets, index, server, first - 1, last, row_search.OPENS)
    if syn == NO_ROW:
        return None
    ack = row_search.following(packets, index, server, syn, last, row_search.ANY)
    while ack != NO_ROW and packets.has_header_flag(ack, SYN):
        ack = row_search.following(packets, index, server, ack, last, row_search.ANY)
    if ack == NO_ROW:
        return None
    offered, later = int(packets.window(syn)), int(packets.window(ack))
    start = first_number(end.peer)
    edge, limit = (int(packets.ack(ack)) + later) & MASK32, (start + offered // 2) & MASK32
    return (offered, later) if gt(limit, edge) else None
