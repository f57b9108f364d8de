"""Finding rows of one flow, backwards and forwards, without looking at the others twice."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.coverage import Coverage
from tcptui.engine.flow import Flow
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, DSACK, FROM_SERVER, NO_ROW, Packets
from tcptui.engine.sequence import MASK32, gt, le, lt
from tcptui.engine.tcp_header import FIN, PSH, RST, SYN
from tcptui.engine.wireshark.flags import (
    KEEP_ALIVE,
    OUT_OF_ORDER,
    RESENT,
    ZERO_WINDOW_PROBE,
)

ANY: Final = 0
TAKES_SPACE: Final = 1
"""Payload, SYN or FIN."""
OPENS: Final = 2
"""SYN."""
CLOSES: Final = 3
"""FIN."""
ENDS: Final = 4
"""FIN or RST."""
PUSHES: Final = 5
"""PSH."""

ANY_NUMBER: Final = 0
"""As many segments as there are."""

COPIES: Final = RESENT | OUT_OF_ORDER | KEEP_ALIVE | ZERO_WINDOW_PROBE
"""Flags of what did not begin at or beyond the highest end seen."""


def fits(length: i64, flags: i64, kind: i64) -> bool:
    """Return whether a segment is of this kind; one of unknown length fits none."""
    if length < 0:
        return False
    if kind == ANY:
        return True
    if kind == OPENS:
        return (flags & SYN) != 0
    if kind == CLOSES:
        return (flags & FIN) != 0
    if kind == ENDS:
        return (flags & (FIN | RST)) != 0
    if kind == PUSHES:
        return (flags & PSH) != 0
    return length > 0 or (flags & (SYN | FIN)) != 0


def first_within(packets: Packets, flow: Flow, row: i64, frames: i64) -> i64:
    """Return the first row of ``flow``, or one behind it, that came at most ``frames`` before
    ``row``: so many frames are as far whichever share of the flows has rows."""
    first = i64(flow.first_row)
    if first < packets.first:
        first = packets.first
    if row <= first or packets.frame(row) - packets.frame(first) <= frames:
        return first
    return packets.row_of(packets.frame(row) - frames)


def previous(packets: Packets, flow: i64, server: bool, row: i64, first: i64, kind: i64) -> i64:
    """Return the latest row before ``row`` and not before ``first`` that one side of ``flow`` sent.

    ``server``: the side; ``kind``: a constant above. NO_ROW where there is none.
    """
    side: i64 = FROM_SERVER if server else 0
    wanted = i32(flow)
    at = row - 1
    while at >= first:
        block = packets.blocks[at >> BLOCK_BITS]
        flows = block.flow
        low = at & ~i64(BLOCK_MASK)
        i = at - low
        stop: i64 = 0
        if first > low:
            stop = first - low
        while i >= stop:
            if (
                flows[i] == wanted
                and (i64(block.attributes[i]) & FROM_SERVER) == side
                and fits(i64(block.length[i]), i64(block.flags[i]), kind)
            ):
                return low + i
            i -= 1
        at = low - 1
    return NO_ROW


def following(packets: Packets, flow: i64, server: bool, row: i64, last: i64, kind: i64) -> i64:
    """Return the first row after ``row`` and not after ``last`` that one side of ``flow`` sent."""
    side: i64 = FROM_SERVER if server else 0
    wanted = i32(flow)
    at = row + 1
    while at <= last:
        block = packets.blocks[at >> BLOCK_BITS]
        flows = block.flow
        high = at | BLOCK_MASK
        if high > last:
            high = last
        while at <= high:
            i = at & BLOCK_MASK
            if (
                flows[i] == wanted
                and (i64(block.attributes[i]) & FROM_SERVER) == side
                and fits(i64(block.length[i]), i64(block.flags[i]), kind)
            ):
                return at
            at += 1
    return NO_ROW


def reporting_twice(
    packets: Packets, flow: i64, server: bool, row: i64, last: i64, most: i64
) -> vec[i32]:
    """Return which of the next ``most`` segments of one side carry a D-SACK."""
    found: vec[i32] = vec[i32]()
    at = following(packets, flow, server, row, last, ANY)
    while at != NO_ROW and most > 0:
        if (packets.attributes(at) & DSACK) != 0:
            found = append(found, i32(at))
        most -= 1
        at = following(packets, flow, server, at, last, ANY)
    return found


def measuring(
    packets: Packets, flow: i64, server: bool, row: i64, first: i64, most: i64, wanted: i64
) -> vec[i32]:
    """Return which of the last ``most`` segments of one side acknowledge something new, the latest
    ``wanted`` of them, the latest first."""
    found: vec[i32] = vec[i32]()
    at = previous(packets, flow, server, row, first, ANY)
    while at != NO_ROW and most > 0 and i64(len(found)) < wanted:
        if packets.acks(at) != 0:
            found = append(found, i32(at))
        most -= 1
        at = previous(packets, flow, server, at, first, ANY)
    return found


def end_of(packets: Packets, row: i64) -> i64:
    """Return the raw number behind payload, SYN and FIN."""
    end = packets.seq(row) + packets.length(row)
    if (packets.flags(row) & (SYN | FIN)) != 0:
        end += 1
    return end & MASK32


def overlapping(
    packets: Packets,
    flow: i64,
    server: bool,
    row: i64,
    first: i64,
    start: i64,
    end: i64,
    most: i64 = ANY_NUMBER,
) -> vec[i32]:
    """Return the segments of one side with numbers between ``start`` and ``end`` (raw), the latest
    first, and not more than ``most``.

    The search ends at the segment that was the first to bring ``start`` or what lies below.
    """
    found: vec[i32] = vec[i32]()
    at = previous(packets, flow, server, row, first, TAKES_SPACE)
    while at != NO_ROW:
        low = packets.seq(at)
        if lt(low, end) and gt(end_of(packets, at), start):
            found = append(found, i32(at))
            if i64(len(found)) == most:
                return found
        if (packets.analysis(at) & COPIES) == 0 and le(low, start):
            return found
        at = previous(packets, flow, server, at, first, TAKES_SPACE)
    return found


def missing(
    packets: Packets, flow: i64, server: bool, row: i64, first: i64, start: i64, end: i64
) -> Coverage:
    """Return what the segments that :func:`overlapping` finds leave of ``start`` to ``end`` (raw
    numbers)."""
    rows = overlapping(packets, flow, server, row, first, start, end)
    holes = Coverage()
    holes.add(start, end)
    for found in rows:
        holes.fill(packets.seq(i64(found)), end_of(packets, i64(found)))
    return holes
