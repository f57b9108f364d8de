"""A handshake that the server does not take notice of: a full accept queue, or a deferred accept.

The client's ACK of the SYN+ACK passed here, and the server goes on as if it had not come: it sends
the SYN+ACK again, or ignores the client's data. One ACK may be lost on the way; several, and the
data with them, were ignored.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import CLIENT, SERVER, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.saturation import elapsed
from tcptui.engine.tcp_header import RST, SYN
from tcptui.engine.tcp_state.states import SYN_ACK_OUT
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.findings.capture_point import Where, where_of
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.never_came import entry_of
from tcptui.findings.opening import syn_retries
from tcptui.text.amounts import amount
from tcptui.text.durations import waited

# Kinds as numbers: asking a member of an enumeration for its value is slow.
FAST_OPEN_REFUSED: Final = int(LedgerKind.FAST_OPEN_REFUSED)
LOSS_AFTER_CAPTURE: Final = int(LedgerKind.LOSS_AFTER_CAPTURE)
SYN_ACK_REPEATED: Final = int(LedgerKind.SYN_ACK_REPEATED)

CERTAIN: Final = 2
"""So many ignored ACKs were not all lost."""
MANY: Final = 3
SHORTEST_TIMER: Final = 100 * MILLISECOND
"""What comes again sooner was captured twice."""


class Ignored:
    """The segments that the server ignored: ``acks`` of its SYN+ACK, ``segments`` of data, from the
    row of the first ACK to the row in which it answered (or reset, or the flow's last)."""

    def __init__(self, acks: int, segments: int, first: int, last: int) -> None:
        self.acks = acks
        self.segments = segments
        self.first = first
        self.last = last


def ignored_handshake(engine: Engine, flow: Flow) -> Ignored | None:
    """Return what a server ignored of a complete handshake, or None where it may have been lost."""
    if flow.ledger is None or flow.irtt_row == NO_ROW or not flow.server.has(SYN_ACK_OUT):
        return None
    if entry_of(flow, FAST_OPEN_REFUSED, CLIENT) is not None:
        return None  # the SYN+ACK and the ACK speak of different data
    again = entry_of(flow, SYN_ACK_REPEATED, SERVER)
    lost = entry_of(flow, LOSS_AFTER_CAPTURE, CLIENT)
    if again is None and (lost is None or lost.count < MANY):
        return None
    first = int(flow.irtt_row)
    if first < engine.packets.first or engine.packets.is_from_server(first) or flow.before >= 0:
        return None
    acks, answer = repeated_syn_acks(engine, flow, first)
    if acks < CERTAIN and (acks > 0 or answer != NO_ROW or where_of(flow) is not Where.SERVER):
        return None
    last = answer if answer != NO_ROW else int(flow.last_row)
    segments = 0
    if lost is not None and lost.first < frame_of(engine, last):
        segments = lost.count
    elif acks < CERTAIN:
        return None
    return Ignored(acks, segments, first, last)


def repeated_syn_acks(engine: Engine, flow: Flow, row: int) -> tuple[int, int]:
    """Return how often a timer of the server repeated its SYN+ACK behind a row, and the row in
    which it said something else for the first time."""
    packets, count, before = engine.packets, 0, int(engine.packets.time(i64(row)))
    at = row
    while True:
        at = int(
            row_search.following(
                packets, i64(flow.index), True, i64(at), i64(flow.last_row), row_search.ANY
            )
        )
        if at == NO_ROW or not packets.has_header_flag(i64(at), SYN):
            return count, at
        if elapsed(packets.time(i64(at)), before) > SHORTEST_TIMER:
            count += 1
        before = int(packets.time(i64(at)))


def never_accepted(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find that the server ignored the client's data as well, as one with a full queue does."""
    found = ignored_handshake(engine, flow)
    if found is None or found.segments == 0:
        return None
    lasted = time_between(engine, flow, found)
    what = f"{amount(found.segments, 'repetition')} of the client's data"
    if found.acks:
        what = f"{amount(found.acks + 1, 'ACK')} of its SYN+ACK, and {what}"
    end = "until it took them" if is_accepted(engine, found) else "to the end"
    text = (
        f"the client {waited(lasted)} for the server to accept the connection: {what} "
        f"passed here and were ignored {end}; {how_sure(flow)}; most often its accept queue is "
        "full as the application accepts too slowly (nstat TcpExtListenOverflows counts it)"
    )
    return told(kind, engine, found, lasted, text)


def deferred_accept(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find that the client sent nothing while the server repeated its SYN+ACK: it waits for data
    first, or its accept queue is full."""
    found = ignored_handshake(engine, flow)
    if found is None or found.segments != 0:
        return None
    lasted = time_between(engine, flow, found)
    reset = engine.packets.has_header_flag(i64(found.last), RST)
    end = ", then it reset the connection" if reset else ""
    text = (
        f"the client {waited(lasted)} for the server to accept the connection: it ignored "
        f"{amount(found.acks + 1, 'ACK')} of its SYN+ACK that passed here{end}; it accepts "
        "only with the client's first data, which did not come meanwhile (TCP_DEFER_ACCEPT), or "
        "its accept queue is full; the server's socket options and nstat "
        "TcpExtListenOverflows would tell which"
    )
    return told(kind, engine, found, lasted, text)


def how_sure(flow: Flow) -> str:
    """Return in words how sure it is that the server ignored the segments, and that they were not
    lost on the way to it."""
    if where_of(flow) is Where.SERVER:
        return "they were not lost"
    if syn_retries(flow) > 0:
        return (
            "its SYN had no answer at first either, so they were ignored, or the way to the server "
            "lost all for a while; a capture at the server would tell which"
        )
    return "so many in a row are unlikely to be all lost; a capture at the server would prove it"


def is_accepted(engine: Engine, found: Ignored) -> bool:
    """Return whether the server answered in the end, other than by a RST."""
    packets, last = engine.packets, i64(found.last)
    return packets.is_from_server(last) and not packets.has_header_flag(last, RST)


def time_between(engine: Engine, flow: Flow, found: Ignored) -> int:
    packets = engine.packets
    first, last = packets.time(i64(found.first)), packets.time(i64(found.last))
    return int(flow.time_between(first, last))


def told(kind: FindingKind, engine: Engine, found: Ignored, lasted: int, text: str) -> Finding:
    frames = frame_of(engine, found.first), frame_of(engine, found.last)
    return kind.finding(found.acks + found.segments, frames, "server", lasted, text)
