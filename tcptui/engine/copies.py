"""Whether a segment passed just before: a capture may hold the same packet twice."""

from typing import Final

from mypy_extensions import i32, i64

from tcptui.engine.columns import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, Packets
from tcptui.engine.wire import FIN, SYN

FURTHEST: Final = 4096
"""Rows, of all flows."""


def passed_within(packets: Packets, row: i64, span: i64) -> bool:
    """Whether an earlier row, at most ``span`` ns before ``row``, has the same segment: flow, side,
    sequence number, length, SYN and FIN."""
    flow = i32(packets.flow(row))
    seq = packets.seq(row)
    length = packets.length(row)
    flags = packets.flags(row) & (SYN | FIN)
    server = packets.marks(row) & FROM_SERVER
    since = packets.time(row) - span
    first = row - FURTHEST if row - FURTHEST > packets.first else packets.first
    at = row - 1
    while at >= first:
        block = packets.blocks[at >> BLOCK_BITS]
        i = at & BLOCK_MASK
        if block.time[i] < since:
            return False
        if (
            block.flow[i] == flow
            and packets.seq(at) == seq
            and i64(block.length[i]) == length
            and i64(block.flags[i]) & (SYN | FIN) == flags
            and i64(block.marks[i]) & FROM_SERVER == server
        ):
            return True
        at -= 1
    return False
