"""What one side sent within one round trip, more than its peer's window takes it cannot be; what
it sent first, and since when its peer has had it."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, Packets
from tcptui.engine.sequence import MASK32

FURTHEST: Final = 1024
"""Frames, of all flows."""
HALF: Final = 1 << 31


def sent_since(packets: Packets, flow: Flow, row: i64, server: bool, since: i64) -> i64:
    """Bytes below the number of ``row`` that one side of ``flow`` sent from ``since`` (ns) on.
    ``row`` is not yet counted on the flow."""
    end = packets.seq(row)
    side: i64 = FROM_SERVER if server else 0
    lowest = packets.frame(row) - FURTHEST
    first = i64(flow.first_row) if i64(flow.first_row) > packets.first else packets.first
    most: i64 = 0
    at = i64(flow.last_row)
    while at >= first:
        block = packets.blocks[at >> BLOCK_BITS]
        i = at & BLOCK_MASK
        if block.frame_at(i) < lowest:
            break
        if block.flow[i] == flow.index:
            if block.time[i] < since:
                break
            if block.length[i] > 0 and i64(block.attributes[i]) & FROM_SERVER == side:
                size = (end - packets.seq(at)) & MASK32
                if most < size < HALF:
                    most = size
        at -= 1
    return most


def first_data(packets: Packets, flow: Flow, server: bool) -> i64:
    """The raw sequence number of the first data of one side of ``flow`` that was captured; -1 if
    its row is gone, or far from the flow's first."""
    side: i64 = FROM_SERVER if server else 0
    at = i64(flow.first_row)
    stop = at + FURTHEST if at + FURTHEST < i64(flow.last_row) else i64(flow.last_row)
    if at < packets.first:
        return -1
    while at <= stop:
        block = packets.blocks[at >> BLOCK_BITS]
        i = at & BLOCK_MASK
        if (
            block.flow[i] == flow.index
            and block.length[i] > 0
            and i64(block.attributes[i]) & FROM_SERVER == side
        ):
            return packets.seq(at)
        at += 1
    return -1


def last_part_acknowledged(packets: Packets, flow: Flow, row: i64, server: bool) -> i64:
    """When one side acknowledged a part of what it now acknowledges in ``row``, after the last of
    that had passed here: some of it was still on its way then. In ns; 0 if it did not. ``row`` is
    not yet counted on the flow."""
    side: i64 = FROM_SERVER if server else 0
    end = packets.ack(row)
    lowest = packets.frame(row) - FURTHEST
    first = i64(flow.first_row) if i64(flow.first_row) > packets.first else packets.first
    at = i64(flow.last_row)
    while at >= first:
        block = packets.blocks[at >> BLOCK_BITS]
        i = at & BLOCK_MASK
        if block.frame_at(i) < lowest or (
            block.flow[i] == flow.index and block.time[i] < flow.mark
        ):
            break
        if (
            block.flow[i] == flow.index
            and block.length[i] == 0
            and i64(block.attributes[i]) & FROM_SERVER == side
            and packets.ack(at) != end
        ):
            return block.time[i]
        at -= 1
    return 0
