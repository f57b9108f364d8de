"""Whether a segment passed just before: a capture may hold the same packet twice."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.columns import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, Packets
from tcptui.engine.flow import Flow
from tcptui.engine.wire import FIN, SYN

FURTHEST: Final = 4096
"""Frames, of all flows."""


def passed_within(packets: Packets, flow: Flow, row: i64, span: i64) -> bool:
    """Whether an earlier row of ``flow``, at most ``span`` ns before ``row``, has the same segment:
    side, sequence number, length, SYN and FIN. ``row`` is not yet counted on the flow."""
    seq = packets.seq(row)
    length = packets.length(row)
    flags = packets.flags(row) & (SYN | FIN)
    server = packets.marks(row) & FROM_SERVER
    since = packets.time(row) - span
    lowest = packets.frame(row) - FURTHEST
    first = i64(flow.first_row) if i64(flow.first_row) > packets.first else packets.first
    at = i64(flow.last_row)
    while at >= first:
        block = packets.blocks[at >> BLOCK_BITS]
        i = at & BLOCK_MASK
        if block.frame_at(i) < lowest:
            return False
        if block.flow[i] == flow.index:
            if block.time[i] < since:
                return False
            if (
                packets.seq(at) == seq
                and i64(block.length[i]) == length
                and i64(block.flags[i]) & (SYN | FIN) == flags
                and i64(block.marks[i]) & FROM_SERVER == server
            ):
                return True
        at -= 1
    return False
