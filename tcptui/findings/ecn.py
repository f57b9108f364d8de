"""Explicit congestion notification (RFC 3168): what was marked, refused and taken away."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.packets import NO_ROW, Packets
from tcptui.engine.tcp_header import ACK, AE, CWR, ECE, SYN
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.capture_point import Where, where_of
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.sides import SIDES, peer, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

ASKS: Final = ECE | CWR
"""What a SYN that asks for ECN carries."""
ANSWERS: Final = ECE | CWR | AE
"""A SYN+ACK without any of these refuses."""
MOST_SYNS: Final = 8


def marks_text(_flow: Flow, entry: LedgerEntry) -> str:
    answers = (
        f"; {who(entry)} answered {amount(entry.amount, 'time')} that it slows down (CWR)"
        if entry.amount
        else f"; no answer of {who(entry)} (CWR) was captured, so it may not slow down"
    )
    return (
        f"{peer(entry)} reported congestion {amount(entry.count, 'time')} (ECE, #{entry.first} to "
        f"#{entry.last}): a queue on the way of {who(entry)}'s data marks packets (ECN) instead of "
        f"dropping them{answers}"
    )


def is_sure(_flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether it is no stray flag: a receiver reports until the sender answers."""
    return entry.count > 1 or entry.amount > 0


def is_seen_away(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the capture is not at the sender itself, which may never have marked them."""
    return where_of(flow) is not (Where.SERVER if entry.side else Where.CLIENT)


def bleached_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"both sides agreed to ECN, but {who(entry)}'s first {entry.amount} data packets came here "
        f"without it (Not-ECT): a router between {who(entry)} and here takes the marking away, or "
        f"{who(entry)} never set it; a capture at {who(entry)} would tell"
    )


def asks_for_ecn(packets: Packets, flow: Flow) -> bool:
    """Return whether a flow begins with a SYN that asks for ECN."""
    first = i64(flow.first_row)
    return first >= packets.first and packets.flags(first) & (SYN | ACK | ASKS) == SYN | ASKS


def refused(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a SYN that asks for ECN and is refused it: by an answer without it, which is harmless,
    or by no answer at all until the client tries without."""
    packets = engine.packets
    if not asks_for_ecn(packets, flow):
        return None
    first, last = i64(flow.first_row), i64(flow.last_row)
    answer = row_search.following(packets, i64(flow.index), True, first, last, row_search.OPENS)
    if answer == NO_ROW or packets.flags(answer) & (ACK | ANSWERS) != ACK:
        return None
    asked, plain = syns(packets, flow, answer)
    frames = frame_of(engine, int(first)), frame_of(engine, int(answer))
    if plain != NO_ROW:
        waited = int(flow.time_between(packets.time(first), packets.time(plain)))
        text = (
            f"{amount(asked, 'SYN')} that asked for ECN got no answer, and the first one without "
            f"it, after {duration(waited)}, was answered: a box on the path or the server drops "
            "SYNs with ECN; cure: let the flags ECE and CWR through, or turn ECN off at the client"
        )
        found = kind.finding(asked, frames, SIDES[0], waited, text)
        if asked < 2:
            found.text += "; it may be chance, as it was one SYN: other flows would tell"
        return found
    text = "the client asked for ECN in its SYN and the server did not agree: it is not used"
    found = kind.finding(1, frames, SIDES[1], None, text)
    found.severity = Severity.CHAT.value
    found.explains_until = 0
    return found


def syns(packets: Packets, flow: Flow, last: i64) -> tuple[int, int]:
    """Return how many of the client's SYNs up to the row ``last`` ask for ECN, and the row of the
    first behind them that does not, or NO_ROW."""
    row, asked = i64(flow.first_row), 0
    while row != NO_ROW and asked < MOST_SYNS:
        if packets.flags(row) & ASKS != ASKS:
            return asked, int(row)
        asked += 1
        row = row_search.following(packets, i64(flow.index), False, row, last, row_search.OPENS)
    return asked, NO_ROW
