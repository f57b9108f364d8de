"""Finding the first copy of a segment that was sent again."""

from mypy_extensions import i32, i64

from tcptui.engine.columns import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, NO_ROW, Packets


def first_copy(packets: Packets, row: i64, first: i64) -> i64:
    """The earliest row from ``first`` on, before ``row``, in which the same side of the same flow
    sent data that begins at the same number; NO_ROW if there is none."""
    flow = i32(packets.flow(row))
    seq = packets.seq(row)
    server = packets.marks(row) & FROM_SERVER
    at = first if first > packets.first else packets.first
    while at < row:
        block = packets.blocks[at >> BLOCK_BITS]
        i = at & BLOCK_MASK
        if (
            block.flow[i] == flow
            and block.length[i] > 0
            and packets.seq(at) == seq
            and i64(block.marks[i]) & FROM_SERVER == server
        ):
            return at
        at += 1
    return NO_ROW
