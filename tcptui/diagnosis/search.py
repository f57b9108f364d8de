"""Finding rows of one flow, backwards and forwards, without looking at the others twice."""

from typing import Final

from mypy_extensions import i32, i64

from tcptui.engine.columns import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, NO_ROW, Packets
from tcptui.engine.flags import LOST_SEGMENT
from tcptui.engine.wire import FIN, RST, SYN

ANY: Final = 0
TAKES_SPACE: Final = 1
"""Payload, SYN or FIN."""
MOVES_END: Final = 2
"""What can raise the highest end that tcp.analysis has seen: also RSTs, and ACKs beyond it."""


def fits(length: i64, flags: i64, marks: i64, kind: i64) -> bool:
    """Whether a segment is of this kind; one of unknown length is of none."""
    if length < 0:
        return False
    if kind == ANY or length > 0 or (flags & (SYN | FIN)) != 0:
        return True
    return kind == MOVES_END and ((flags & RST) != 0 or (marks & LOST_SEGMENT) != 0)


def previous(packets: Packets, flow: i64, server: bool, row: i64, first: i64, kind: i64) -> i64:
    """The latest row before ``row`` and not before ``first`` that one side of ``flow`` sent.

    ``server``: the side; ``kind``: a constant above. NO_ROW where there is none.
    """
    side: i64 = FROM_SERVER if server else 0
    wanted = i32(flow)
    at = row - 1
    while at >= first:
        block = packets.blocks[at >> BLOCK_BITS]
        flows = block.flow
        low = at & ~i64(BLOCK_MASK)
        if low < first:
            low = first
        while at >= low:
            i = at & BLOCK_MASK
            if flows[i] == wanted:
                marks = i64(block.marks[i])
                if (marks & FROM_SERVER) == side and fits(
                    i64(block.length[i]), i64(block.flags[i]), marks, kind
                ):
                    return at
            at -= 1
    return NO_ROW


def following(packets: Packets, flow: i64, server: bool, row: i64, last: i64, kind: i64) -> i64:
    """The first row after ``row`` and not after ``last`` that one side of ``flow`` sent."""
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
            if flows[i] == wanted:
                marks = i64(block.marks[i])
                if (marks & FROM_SERVER) == side and fits(
                    i64(block.length[i]), i64(block.flags[i]), marks, kind
                ):
                    return at
            at += 1
    return NO_ROW
