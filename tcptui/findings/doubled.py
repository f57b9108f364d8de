"""The path doubled segments: the capture has them twice, and so had their receiver.

A copy that only the capture has never reached the receiver; one that the path made did, and the
receiver reports each in a D-SACK block (RFC 2883).
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.packets import SAME_PACKET
from tcptui.engine.row_search import reporting_twice
from tcptui.findings.finding import POINT, Finding, FindingKind, Read
from tcptui.findings.loss import segments
from tcptui.findings.sides import SIDES, peer, who
from tcptui.findings.waits import entries_of
from tcptui.text.amounts import amount

MOST_SEARCHED: Final = 1 << 14
"""Segments of the receiver that are asked for reports."""
SEVERAL: Final = 3
"""Fewer reports may be of what was sent again."""
REPORTED_SHARE: Final = 2
"""At least one of so many copies: reports get lost as other ACKs do."""


def doubled(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find segments that stand twice in the capture and that their receivers report, all of
    them."""
    copied = [entry for entry in entries_of(flow) if entry.kind is LedgerKind.CAPTURED_TWICE]
    reports = [reports_of(engine, flow, entry) for entry in copied]
    for entry, number in zip(copied, reports, strict=True):
        if number < SEVERAL or REPORTED_SHARE * number < entry.count:
            return None
    if not copied:
        return None
    text = POINT.join(map(text_of, copied, reports))
    frames = min(entry.first for entry in copied), max(entry.last for entry in copied)
    side = SIDES[copied[0].side] if len(copied) == 1 else None
    return kind.finding(sum(entry.count for entry in copied), frames, side, None, text)


def text_of(entry: LedgerEntry, reports: int) -> str:
    return (
        f"{segments(entry)} of {who(entry)} came twice, and {peer(entry)} had them twice too, as "
        f"{amount(reports, 'D-SACK')} of it tell: something between {who(entry)} and here doubled "
        "them, and they were not sent again"
    )


def reports_of(engine: Engine, flow: Flow, entry: LedgerEntry) -> int:
    """Return how often the other side reports, from the first copy on, what it had twice though it
    was not sent again."""
    packets = engine.packets
    rows = reporting_twice(
        packets,
        i64(flow.index),
        entry.side == 0,
        packets.row_of(i64(entry.first)),
        i64(flow.last_row),
        MOST_SEARCHED,
    )
    told = sum(1 for row in rows if (packets.attributes(i64(row)) & SAME_PACKET) == 0)
    return told - needless_copies(flow, entry.side)


def needless_copies(flow: Flow, side: int) -> int:
    """Return how many segments a side had sent again for nothing: these are reported as well."""
    return sum(
        entry.count
        for entry in entries_of(flow)
        if entry.side == side and entry.kind is LedgerKind.NOT_LOST
    )
