"""Whether a segment passed just before: a capture may hold the same packet twice."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import Flow
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, NO_ROW, Packets
from tcptui.engine.saturation import elapsed
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import FIN, SYN

FURTHEST: Final = 4096
"""Frames, of all flows."""
NEAR: Final = 64
"""Rows that are always looked at one by one."""
CREDIT: Final = 8
"""So many more for each row since the last question, as most questions come seldom. Rows before
those are found in the index, which costs more but does not depend on how many there are."""
SLOT_BITS: Final = 12
SLOTS: Final = 1 << SLOT_BITS
KEPT: Final = 8192
"""Rows in the index: some frames hold several."""
FACTOR: Final = 0x9E3779B1
"""Knuth's multiplicative hash: the upper bits of the product are well mixed."""


class Copies:
    """Finds the latest row with the same segment: flow, side, sequence number, length, SYN, FIN.

    The index covers the rows before ``indexed``. It is a hash table: ``latest`` has the last row of
    each slot, ``before`` for each row the one before it in its slot.
    """

    def __init__(self, packets: Packets) -> None:
        self.packets: Packets = packets
        self.asked: i64 = 0  # the row of the last question
        self.credit: i64 = 0
        self.indexed: i64 = 0
        self.latest: vec[i32] = vec[i32]()
        self.before: vec[i32] = vec[i32]()

    def passed_within(self, flow: Flow, row: i64, span: i64) -> bool:
        """Whether the same segment as in ``row`` passed at most ``span`` ns before; ``row`` is not
        yet counted on the flow."""
        packets = self.packets
        since = elapsed(packets.time(row), span)
        lowest = packets.frame(row) - FURTHEST
        first = i64(flow.first_row) if i64(flow.first_row) > packets.first else packets.first
        self.credit += CREDIT * (row - self.asked)
        if self.credit > FURTHEST:
            self.credit = FURTHEST
        self.asked = row
        last = i64(flow.last_row)
        near = last - NEAR - self.credit
        at = last
        while at >= first:
            block = packets.blocks[at >> BLOCK_BITS]
            i = at & BLOCK_MASK
            if block.frame_at(i) < lowest:
                return self.answer(False, last - at)
            if block.flow[i] == flow.index:
                if block.time[i] < since:
                    return self.answer(False, last - at)
                if self.is_same(at, row):
                    return self.answer(True, last - at)
            if at < near:
                return self.answer(self.passed_before(row, first, lowest, since), last - at)
            at -= 1
        return self.answer(False, last - at)

    def answer(self, found: bool, looked_at: i64) -> bool:
        """``found``, after so many rows were looked at."""
        if looked_at > NEAR:
            self.credit -= looked_at - NEAR
        return found

    def is_same(self, at: i64, row: i64) -> bool:
        """Whether two rows hold the same segment."""
        packets = self.packets
        return (
            packets.seq(at) == packets.seq(row)
            and packets.length(at) == packets.length(row)
            and packets.flow(at) == packets.flow(row)
            and (packets.flags(at) ^ packets.flags(row)) & (SYN | FIN) == 0
            and packets.is_from_server(at) == packets.is_from_server(row)
        )

    def passed_before(self, row: i64, first: i64, lowest: i64, since: i64) -> bool:
        """The same for the rows that are further back, from ``first`` and frame ``lowest`` on."""
        packets = self.packets
        self.index(row)
        oldest = row - KEPT if row - KEPT > first else first
        at = i64(self.latest[self.slot_of(row)])
        while at >= oldest:
            if self.is_same(at, row):
                return packets.frame(at) >= lowest and packets.time(at) >= since
            at = i64(self.before[at % KEPT])
        return False

    def index(self, row: i64) -> None:
        """Take in the rows before ``row``."""
        if len(self.latest) == 0:
            self.latest = vec[i32]([NO_ROW] * SLOTS)
            self.before = vec[i32]([NO_ROW] * KEPT)
        at = self.indexed
        if at < row - KEPT:
            at = row - KEPT
        if at < self.packets.first:
            at = self.packets.first
        while at < row:
            slot = self.slot_of(at)
            self.before[at % KEPT] = self.latest[slot]
            self.latest[slot] = i32(at)
            at += 1
        self.indexed = row

    def slot_of(self, row: i64) -> i64:
        block = self.packets.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        mixed = i64(block.seq[i]) & MASK32 ^ i64(block.length[i]) << 12 ^ i64(block.flow[i]) << 6
        return (mixed * FACTOR & MASK32) >> (32 - SLOT_BITS)
