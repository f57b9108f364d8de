"""Backward scans over one flow's recent rows: bytes sent in the last round trip, the last partial
ACK, the same segment before; and the rows of one flow, its first data."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import Flow
from tcptui.engine.hashing import FACTOR
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, NO_ROW, REPEATS_BYTES, Packets
from tcptui.engine.row_search import COPIES
from tcptui.engine.saturation import elapsed
from tcptui.engine.sequence import HALF, MASK32, ge
from tcptui.engine.tcp_header import FIN, SYN
from tcptui.engine.timing.recent_headers import RecentHeaders

ROUND_FRAMES: Final = 1024
"""How far back a round trip is searched: frames, of all flows."""
COPY_FRAMES: Final = 4096
"""How far back the same segment is searched: frames, of all flows."""

ALWAYS_SEARCHED: Final = 64
"""Rows that are always looked at one by one."""
CREDIT: Final = 8
"""So many more for each row since the last question, as most questions come seldom. Rows before
those are found in the index, which costs more but does not depend on how many there are."""
SLOT_BITS: Final = 12
SLOTS: Final = 1 << SLOT_BITS
KEPT: Final = 8192
"""Rows that the index reaches back, a power of two: some frames hold several."""

STRIP_MASK: Final = 255
"""Rows that a scan passes before it asks for a frame number again, less one."""


def rows_of_flow(packets: Packets, flow: i64, start: i64, stop: i64) -> vec[i32]:
    """Return the rows of ``flow`` from ``start`` up to ``stop`` (not included), ascending.

    About 1 ms for a million rows compiled: bound it by the flow's first and last row, and call
    it in slices where the screen waits.
    """
    found: vec[i32] = vec[i32]()
    wanted = i32(flow)
    row = start if start > packets.first else packets.first
    while row < stop:
        column = packets.blocks[row >> BLOCK_BITS].flow
        end = (row | BLOCK_MASK) + 1
        if end > stop:
            end = stop
        while row < end:
            if column[row & BLOCK_MASK] == wanted:
                found = append(found, i32(row))
            row += 1
    return found


def rows_held(packets: Packets, flow: Flow) -> range:
    """Return the range of rows that those of ``flow`` lie in, from its first that is held to its
    last."""
    first = i64(flow.first_row)
    stop = i64(flow.last_row) + 1
    return range(
        int(first if first > packets.first else packets.first),
        int(stop if stop < packets.count else packets.count),
    )


def row_left(packets: Packets, flow: Flow) -> i64:
    """Return the first row of ``flow``, or else its last; `NO_ROW` if both are gone."""
    if i64(flow.first_row) >= packets.first:
        return i64(flow.first_row)
    if i64(flow.last_row) >= packets.first:
        return i64(flow.last_row)
    return NO_ROW


class FlowScan:
    """Goes back over one flow's rows, the latest first, as far as they are recent.

    ``row`` is the row at hand; after the last one, where the scan ended. Rows below ``first`` and
    frames below ``first_frame`` are not looked at. Used again for each scan.
    """

    def __init__(self, packets: Packets) -> None:
        self.packets: Packets = packets
        self.row: i64 = NO_ROW
        self.first: i64 = 0
        self.first_frame: i64 = 0
        self.flow: i32 = NO_ROW

    def start_before(self, flow: Flow, row: i64, frames: i64) -> None:
        """Begin with the flow's last row, at most ``frames`` before ``row``, which is not counted
        on the flow yet."""
        packets = self.packets
        first = i64(flow.first_row)
        self.first = first if first > packets.first else packets.first
        self.first_frame = packets.frame(row) - frames
        self.flow = flow.index
        self.row = i64(flow.last_row) + 1

    def step_back(self) -> bool:
        """Go to the flow's row before, and return False if there is none so recent."""
        wanted = self.flow
        first = self.first
        first_frame = self.first_frame
        blocks = self.packets.blocks
        row = self.row - 1
        while row >= first:
            block = blocks[row >> BLOCK_BITS]
            flows = block.flow
            end = row & ~STRIP_MASK
            if end < first:
                end = first
            while row >= end and flows[row & BLOCK_MASK] != wanted:
                row -= 1
            at = row if row >= end else end
            if block.frame_at(at & BLOCK_MASK) < first_frame:
                break
            if row >= end:
                self.row = row
                return True
        self.row = row
        return False


def bytes_sent_since(scan: FlowScan, flow: Flow, row: i64, server: bool, since: i64) -> i64:
    """Return how many bytes below the sequence number of ``row`` one side sent from ``since`` (ns)
    on."""
    packets = scan.packets
    end = packets.seq(row)
    most: i64 = 0
    scan.start_before(flow, row, ROUND_FRAMES)
    while scan.step_back() and packets.time(scan.row) >= since:
        if packets.length(scan.row) > 0 and packets.is_from_server(scan.row) == server:
            size = (end - packets.seq(scan.row)) & MASK32
            if most < size < HALF:
                most = size
    return most


def last_partial_ack(scan: FlowScan, flow: Flow, row: i64, server: bool) -> i64:
    """Return when (ns) one side last acknowledged only a part of what it acknowledges in ``row``,
    though all of that had passed the capture point: the rest was still on its way. 0 stands for
    never."""
    packets = scan.packets
    end = packets.ack(row)
    scan.start_before(flow, row, ROUND_FRAMES)
    while scan.step_back() and packets.time(scan.row) >= flow.last_progress:
        if (
            packets.length(scan.row) == 0
            and packets.is_from_server(scan.row) == server
            and packets.ack(scan.row) != end
        ):
            return packets.time(scan.row)
    return 0


def acknowledged_before(scan: FlowScan, flow: Flow, row: i64) -> i64:
    """Return what the server's new data before ``row`` acknowledged, raw; where it has sent none,
    the client's first byte; -1 where neither is found."""
    packets = scan.packets
    first: i64 = -1
    scan.start_before(flow, row, ROUND_FRAMES)
    while scan.step_back():
        at = scan.row
        if packets.length(at) <= 0 or (packets.analysis(at) & COPIES) != 0:
            continue
        if not packets.is_from_server(at):
            first = (packets.seq(at) + (packets.flags(at) >> 1 & 1)) & MASK32
        elif (packets.attributes(at) & REPEATS_BYTES) == 0:
            return packets.ack(at)
    return first if scan.row < i64(flow.first_row) else -1


def first_full_ack(scan: FlowScan, flow: Flow, row: i64, server: bool, end: i64) -> i64:
    """Return when (ns) one side first acknowledged everything up to ``end`` (raw) since the flow
    last went on, before ``row``. 0 stands for never, -1 for unknown: not all rows since are held,
    or near enough to be looked at."""
    packets = scan.packets
    first: i64 = 0
    scan.start_before(flow, row, COPY_FRAMES)
    while scan.step_back():
        if packets.time(scan.row) < flow.last_progress:
            return first
        if packets.is_from_server(scan.row) == server and packets.ack(scan.row) == end:
            first = packets.time(scan.row)
    return first if scan.row < i64(flow.first_row) else -1


def last_data_row(scan: FlowScan, flow: Flow, row: i64, server: bool) -> i64:
    """Return the last row before ``row`` in which one side sent data, or `NO_ROW` where that is not
    found."""
    packets = scan.packets
    scan.start_before(flow, row, ROUND_FRAMES)
    while scan.step_back():
        if packets.length(scan.row) > 0 and packets.is_from_server(scan.row) == server:
            return scan.row
    return NO_ROW


def last_copy_time(scan: FlowScan, flow: Flow, row: i64, server: bool) -> i64:
    """Return when (ns) one side last sent the first byte of ``row`` before, or its FIN, or 0 where
    that is not found."""
    packets = scan.packets
    seq = packets.seq(row)
    scan.start_before(flow, row, ROUND_FRAMES)
    while scan.step_back():
        at = scan.row
        if packets.is_from_server(at) != server:
            continue
        space = packets.length(at)
        if (packets.flags(at) & FIN) != 0:
            space += 1
        if ((seq - packets.seq(at)) & MASK32) < space:
            return packets.time(at)
    return 0


def window_before(scan: FlowScan, flow: Flow, row: i64, server: bool) -> i64:
    """Return the window that one side offered before its last segment before ``row``, since the
    flow last went on; -1 if it said nothing else since."""
    packets = scan.packets
    heard: i64 = 0
    scan.start_before(flow, row, ROUND_FRAMES)
    while scan.step_back() and packets.time(scan.row) >= flow.last_progress:
        if packets.is_from_server(scan.row) == server:
            heard += 1
            if heard == 2:
                return packets.window(scan.row)
    return -1


def first_room(scan: FlowScan, flow: Flow, row: i64, server: bool, edge: i64) -> i64:
    """Return when (ns) one side first offered a window up to ``edge`` (raw) since the flow last
    went on, before ``row``. 0 stands for never."""
    packets = scan.packets
    first: i64 = 0
    scan.start_before(flow, row, ROUND_FRAMES)
    while scan.step_back() and packets.time(scan.row) >= flow.last_progress:
        if packets.is_from_server(scan.row) == server:
            offered = (packets.ack(scan.row) + packets.window(scan.row)) & MASK32
            if ge(offered, edge):
                first = packets.time(scan.row)
    return first


def first_data(packets: Packets, flow: Flow, server: bool) -> i64:
    """Return the raw sequence number of the first data of one side that was captured, or -1 if its
    row is gone, or far from the flow's first."""
    row = i64(flow.first_row)
    if row < packets.first:
        return -1
    last_frame = packets.frame(row) + ROUND_FRAMES
    while row <= i64(flow.last_row) and packets.frame(row) <= last_frame:
        if (
            packets.flow(row) == i64(flow.index)
            and packets.length(row) > 0
            and packets.is_from_server(row) == server
        ):
            return packets.seq(row)
        row += 1
    return -1


NOT_PASSED: Final = 0
PASSED: Final = 1
FURTHER_BACK: Final = 2
"""The search one by one ended before it was decided."""


class CopySearch:
    """Finds the latest row with the same segment: flow, side, sequence number, length, SYN, FIN.

    The index covers the rows before ``indexed`` that take sequence space. It is a hash table:
    ``latest`` has the last row of each slot, ``before`` for each row the one before it in its slot.
    """

    def __init__(self, packets: Packets, recent_headers: RecentHeaders) -> None:
        self.packets: Packets = packets
        self.recent_headers: RecentHeaders = recent_headers
        self.scan: FlowScan = FlowScan(packets)
        self.is_packet_wanted: bool = False
        self.is_counted: bool = False
        self.soon: i64 = 0  # so long after it (ns) a packet is the same without a number, too
        self.asked: i64 = 0  # the row of the last question
        self.credit: i64 = 0
        self.indexed: i64 = 0
        self.latest: vec[i32] = vec[i32]()
        self.before: vec[i32] = vec[i32]()

    def packet_passed(self, flow: Flow, row: i64, soon: i64, span: i64, counted: bool) -> bool:
        """Return whether the very packet of ``row`` passed at most ``span`` ns before: the same
        segment, and by identification and checksum no other packet. Where neither a lower TTL says
        so nor the identification of a sender that counts (``counted``), that was at most ``soon``
        ns before."""
        self.is_packet_wanted = True
        self.soon = soon
        self.is_counted = counted
        found = self.passed_within(flow, row, span)
        self.is_packet_wanted = False
        return found

    def passed_within(self, flow: Flow, row: i64, span: i64) -> bool:
        """Return whether the same segment as in ``row`` passed at most ``span`` ns before; ``row``
        is not yet counted on the flow."""
        self.credit += CREDIT * (row - self.asked)
        if self.credit > COPY_FRAMES:
            self.credit = COPY_FRAMES
        self.asked = row
        since = elapsed(self.packets.time(row), span)
        scan = self.scan
        scan.start_before(flow, row, COPY_FRAMES)
        first = scan.first
        last = i64(flow.last_row)
        found = self.search_one_by_one(row, since, last - ALWAYS_SEARCHED - self.credit)
        looked_at = last - scan.row
        if looked_at > ALWAYS_SEARCHED:
            self.credit -= looked_at - ALWAYS_SEARCHED
        if found == FURTHER_BACK:
            return self.search_index(row, first, scan.first_frame, since)
        return found == PASSED

    def search_one_by_one(self, row: i64, since: i64, nearest: i64) -> i64:
        """Look for the same segment from ``since`` on, row by row from ``nearest`` backwards, and
        return whether it passed."""
        packets = self.packets
        scan = self.scan
        is_cut = nearest > scan.first
        if is_cut:
            scan.first = nearest
        while scan.step_back():
            if packets.time(scan.row) < since:
                return NOT_PASSED
            if self.is_same(scan.row, row):
                return PASSED
        return FURTHER_BACK if is_cut and scan.row < nearest else NOT_PASSED

    def is_same(self, at: i64, row: i64) -> bool:
        """Return whether two rows hold the same segment."""
        packets = self.packets
        return (
            packets.seq(at) == packets.seq(row)
            and packets.length(at) == packets.length(row)
            and packets.flow(at) == packets.flow(row)
            and (packets.flags(at) ^ packets.flags(row)) & (SYN | FIN) == 0
            and packets.is_from_server(at) == packets.is_from_server(row)
            and (not self.is_packet_wanted or self.is_same_packet(at, row))
        )

    def is_same_packet(self, at: i64, row: i64) -> bool:
        """Return whether two rows with the same segment hold the same packet.

        What comes later with a number of its own was sent again, unless a box between gave it
        another number, which it does at once and passes it on with a lower TTL.
        """
        recent = self.recent_headers
        same_sum = recent.checksum(at) == recent.checksum(row)
        number = recent.number(row)
        if number != recent.number(at):
            renumbered = same_sum and recent.ttl(row) < recent.ttl(at)
            return renumbered and self.came_soon(at, row)
        # A repetition goes the same way as the first one, and has the same TTL.
        if same_sum and (recent.ttl(row) < recent.ttl(at) or (number != 0 and self.is_counted)):
            return True
        return (number != 0 or same_sum) and self.came_soon(at, row)

    def came_soon(self, at: i64, row: i64) -> bool:
        """Return whether the second of two rows came too soon to be sent again."""
        return elapsed(self.packets.time(row), self.packets.time(at)) <= self.soon

    def search_index(self, row: i64, first: i64, first_frame: i64, since: i64) -> bool:
        """Return whether the same segment passed from ``since`` (ns) on, by the index: in rows from
        ``first`` and frames from ``first_frame`` on."""
        packets = self.packets
        self.index_rows(row)
        oldest = row - KEPT if row - KEPT > first else first
        at = i64(self.latest[self.slot_of(row)])
        while at >= oldest:
            if self.is_same(at, row):
                return packets.frame(at) >= first_frame and packets.time(at) >= since
            at = i64(self.before[at & (KEPT - 1)])
        return False

    def index_rows(self, row: i64) -> None:
        """Bring the index up to the rows before ``row``."""
        if len(self.latest) == 0:
            self.latest = vec[i32]([NO_ROW] * SLOTS)
            self.before = vec[i32]([NO_ROW] * KEPT)
        at = self.indexed
        if at < row - KEPT:
            at = row - KEPT
        if at < self.packets.first:
            at = self.packets.first
        while at < row:
            block = self.packets.blocks[at >> BLOCK_BITS]
            length, flags = block.length, block.flags
            end = (at | BLOCK_MASK) + 1
            if end > row:
                end = row
            while at < end:
                i = at & BLOCK_MASK
                # Nobody looks for the copy of a segment that takes no space.
                if length[i] > 0 or (i64(flags[i]) & (SYN | FIN)) != 0:
                    slot = self.slot_of(at)
                    self.before[at & (KEPT - 1)] = self.latest[slot]
                    self.latest[slot] = i32(at)
                at += 1
        self.indexed = row

    def slot_of(self, row: i64) -> i64:
        """Return the slot of the hash table for the segment of ``row``."""
        block = self.packets.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        mixed = i64(block.seq[i]) & MASK32 ^ i64(block.length[i]) << 12 ^ i64(block.flow[i]) << 6
        return (mixed * FACTOR & MASK32) >> (32 - SLOT_BITS)
