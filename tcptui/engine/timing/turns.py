"""Walks over one flow's rows: its requests and answers, and how long acknowledgments took."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, REPEATS_BYTES, Packets
from tcptui.engine.saturation import elapsed
from tcptui.engine.tcp_header import FIN, RST, SYN
from tcptui.engine.wireshark.flags import KEEP_ALIVE, OUT_OF_ORDER, RESENT, ZERO_WINDOW_PROBE

NEARBY: Final = 32
NOT_NEW: Final = RESENT | OUT_OF_ORDER | KEEP_ALIVE | ZERO_WINDOW_PROBE


class Turns:
    """Runs of new data in one direction, one behind the other: rows of the first and last
    segment, and the payload bytes between them. Even and odd runs come from different sides;
    ``server_first`` says that the first one is the server's."""

    def __init__(self) -> None:
        self.first: vec[i32] = vec[i32]()
        self.last: vec[i32] = vec[i32]()
        self.size: vec[i64] = vec[i64]()
        self.server_first: bool = False
        self.server_last: bool = False

    def take(self, row: i64, length: i64, server: bool) -> None:
        """New data in ``row``."""
        count = len(self.first)
        if count == 0:
            self.server_first = server
        if count == 0 or server != self.server_last:
            self.first = append(self.first, i32(row))
            self.last = append(self.last, i32(row))
            self.size = append(self.size, length)
            self.server_last = server
        else:
            self.last[count - 1] = i32(row)
            self.size[count - 1] += length


def walk_turns(packets: Packets, flow: i64, start: i64, stop: i64, turns: Turns) -> None:
    """Add the rows from ``start`` up to ``stop`` (not included) to ``turns``."""
    wanted = i32(flow)
    row = start if start > packets.first else packets.first
    while row < stop:
        block = packets.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        if block.flow[i] == wanted and block.length[i] > 0:
            attributes = i64(block.attributes[i])
            is_new = ((i64(block.analysis[i]) & NOT_NEW) | (attributes & REPEATS_BYTES)) == 0
            if is_new:
                turns.take(row, i64(block.length[i]), (attributes & FROM_SERVER) != 0)
        row += 1


def row_before(packets: Packets, row: i64, frame: i64) -> i64:
    """The row of a frame before ``row``: mostly one of the last."""
    at = row - 1
    while at >= packets.first and row - at <= NEARBY:
        if packets.frame(at) <= frame:
            return at
        at -= 1
    return packets.row_of(frame)


def ack_delays(packets: Packets, flow: i64, from_server: bool, start: i64, stop: i64) -> vec[i64]:
    """How long one side's pure ACKs came after the segment that they acknowledge, in ns.

    In the rows from ``start`` up to ``stop`` (not included): call it in slices.
    """
    found: vec[i64] = vec[i64]()
    wanted = i32(flow)
    row = start if start > packets.first else packets.first
    while row < stop:
        block = packets.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        if block.flow[i] == wanted and block.acks[i] != 0 and block.length[i] == 0:
            server = (i64(block.attributes[i]) & FROM_SERVER) != 0
            if server == from_server and (i64(block.flags[i]) & (SYN | FIN | RST)) == 0:
                sent = row_before(packets, row, i64(block.acks[i]))
                if packets.frame(sent) == i64(block.acks[i]):
                    found = append(found, elapsed(block.time[i], packets.time(sent)))
        row += 1
    return found
