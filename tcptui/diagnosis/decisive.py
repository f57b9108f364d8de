"""The decisive segments of a flow, drawn as a few lines of text: a small ladder for a ticket."""

from collections.abc import Iterator
from typing import Final

from mypy_extensions import i64

from tcptui.diagnosis.trail import SegmentContext
from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.packets import NO_ROW
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tcptui.findings.judgement import Judgement
from tcptui.findings.time_split import worst_wait
from tcptui.text.amounts import span
from tcptui.text.durations import clock, duration

MOST_LINES: Final = 16
MOST_STEPS: Final = 64
"""Rows back to where a wait began."""
ARROWS: Final = ("client ──► server", "client ◄── server")
LEFT_OUT: Final = "⋮"


def small_ladder(judged: Judgement) -> Iterator[str]:
    """Yield a line for each decisive segment, with its frame, time of day and the time since the
    line before; a mark where segments between are left out."""
    engine, flow = judged.engine, judged.flow
    before = NO_ROW
    for row in decisive_rows(judged)[:MOST_LINES]:
        if before != NO_ROW and neighbour(engine, flow, before, 1) != row:
            yield f"{LEFT_OUT:>9}"
        yield segment_line(engine, row, before)
        before = row


def decisive_rows(judged: Judgement) -> list[int]:
    """Return the rows of the first and the last segment, of those that prove the first finding, and
    of the one that ended the longest wait; with their neighbours."""
    engine, flow = judged.engine, judged.flow
    leading, wait = judged.leading(), worst_wait(judged.split())
    frames = [leading.first_frame, leading.last_frame] if leading is not None else []
    frames += [wait.worst_frame] if wait is not None else []
    rows = {int(flow.first_row), int(flow.last_row)}
    for frame in frames:
        row = row_of(engine, flow, frame)
        if row != NO_ROW:
            rows |= {row, neighbour(engine, flow, row, -1), neighbour(engine, flow, row, 1)}
    if wait is not None:
        rows.add(row_when_began(engine, flow, wait))
    first = int(engine.packets.first)
    return sorted(row for row in rows if row != NO_ROW and row >= first)


def row_of(engine: Engine, flow: Flow, frame: int) -> int:
    """Return the flow's row in a frame; none where it is kept no longer."""
    if frame <= 0:
        return NO_ROW
    row = int(engine.packets.row_of(i64(frame)))
    held = engine.packets.first <= row < engine.packets.count
    return row if held and engine.packets.flow(i64(row)) == flow.index else NO_ROW


def row_when_began(engine: Engine, flow: Flow, wait: LedgerEntry) -> int:
    """Return the flow's row at which its longest wait began; none where that is too far back."""
    row = row_of(engine, flow, wait.worst_frame)
    if row == NO_ROW:
        return NO_ROW
    began = int(engine.packets.time(i64(row))) - wait.worst
    for _ in range(MOST_STEPS):
        row = neighbour(engine, flow, row, -1)
        if row == NO_ROW or int(engine.packets.time(i64(row))) <= began:
            return row
    return NO_ROW


def neighbour(engine: Engine, flow: Flow, row: int, step: int) -> int:
    """Return the flow's row before or behind another one."""
    packets, index = engine.packets, i64(flow.index)
    if step < 0:
        first = max(i64(flow.first_row), packets.first)
        return max(
            int(row_search.previous(packets, index, side, i64(row), first, row_search.ANY))
            for side in (False, True)
        )
    last = i64(flow.last_row)
    found = [
        int(row_search.following(packets, index, side, i64(row), last, row_search.ANY))
        for side in (False, True)
    ]
    return min((one for one in found if one != NO_ROW), default=NO_ROW)


def segment_line(engine: Engine, row: int, before: int) -> str:
    """Return a segment as a line of the ladder: its frame, time of day, arrow and numbers."""
    trail = SegmentContext(engine, row)
    time = trail.this.time
    since = since_text(time - int(engine.packets.time(i64(before)))) if before != NO_ROW else ""
    moment = clock(time, utc=True)
    of_day = moment.partition(" ")[2][:15] or moment
    titles = "".join(
        f"  [{flag.title}]" for flag in ANALYSIS_FLAGS if trail.this.analysis & flag.bit
    )
    arrow = ARROWS[trail.server]
    return f"{trail.this.name:>9}  {of_day}  {since:>9}  {arrow}  {contents(trail)}{titles}"


def since_text(ns: int) -> str:
    """Return a time like ``+1.20 ms``; in words where the clock went back."""
    return f"+{duration(ns)}" if ns >= 0 else "back"


def contents(trail: SegmentContext) -> str:
    """Return what a segment has in it: ``SYN 0 win 4,000``, ``1:81 (80) ack 1 win 4,000``."""
    this = trail.this
    start = trail.seq(this.seq)
    words = [
        word
        for bit, word in ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST"))
        if this.has_header_flag(bit)
    ]
    if this.length > 0:
        words.append(f"{span(start, start + this.length)} ({this.length:,})")
    elif this.has_header_flag(SYN | FIN | RST):
        words.append(str(start))
    if this.has_header_flag(ACK):
        words.append(f"ack {trail.ack(this.ack)}")
    words.append(f"win {this.window:,}")
    return " ".join(words)
