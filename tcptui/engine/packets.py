"""The packet columns: one row per TCP segment, in blocks that never move once full.

A reader looks at rows below :attr:`Packets.count` only. Rows are numbered from 0 over the whole
capture; the oldest blocks can be dropped, which leaves the numbers of the others as they are.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64, mypyc_attr

from tcptui.engine.lower_bound import lower_bound
from tcptui.engine.near_numbers import NearNumbers
from tcptui.engine.sequence import MASK32

BLOCK_BITS: Final = 12
"""So small that the block that is being filled stays in the processor's cache."""
BLOCK_ROWS: Final = 1 << BLOCK_BITS
BLOCK_MASK: Final = BLOCK_ROWS - 1

MASK16: Final = 0xFFFF
SIGN16: Final = 0x8000

NO_ROW: Final = -1
NO_LENGTH: Final = -1

# The bits of `attributes`.
HAS_RECORD: Final = 1 << 0
"""tshark shows `tcp.analysis` for this segment (RTT, bytes in flight and the like)."""
FROM_SERVER: Final = 1 << 1
RAW_NUMBERS: Final = 1 << 2
"""No relative numbers: tshark shows the raw ones (the segment's length is not known)."""
DSACK: Final = 1 << 3
REPEATS_BYTES: Final = 1 << 4
"""Carries a byte that passed here before (part of it at least)."""
SCALE_SHIFT: Final = 5
"""By how many bits the window in the header is to be shifted, four bits."""
COMPLETENESS_SHIFT: Final = 9
"""`tcp.completeness` as tshark shows it on this segment, six bits."""
COMPLETENESS_MASK: Final = 0x3F
PARTIAL_ACK: Final = 1 << 15
"""What `acks_frame` names was acknowledged in part."""
AMBIGUOUS_ACK: Final = 1 << 16
"""It was sent more than once (Karn's algorithm)."""
BOGUS_HEADER: Final = 1 << 17
"""The data offset is below 20: tshark shows nothing beyond the sequence number and `len`."""
MSS_EXCEEDED: Final = 1 << 18
"""More payload than the MSS that the sender's SYN told."""
UNSCALED_SHIFT: Final = 19
"""Where the window is not shifted: 1 if its scale is not known, 2 if none is used; two bits."""
UNSCALED_MASK: Final = 3
FAST_OPEN_SHIFT: Final = 21
"""What a SYN or SYN+ACK says of TCP Fast Open: one of the next three, two bits."""
FAST_OPEN_MASK: Final = 3
FAST_OPEN_COOKIE: Final = 1
FAST_OPEN_TAKEN: Final = 2
"""The SYN+ACK acknowledges data that came with the SYN."""
FAST_OPEN_IGNORED: Final = 3
"""It does not, though data came with a cookie."""
ENDS_IN_HEADER: Final = 1 << 24
"""Options that make no sense, or bytes that were not captured, end tshark's dissection."""
HEADER_CUT: Final = 1 << 25
"""Fewer than 20 bytes of the header are there."""
SCPS: Final = 1 << 23
"""Both sides have offered the capabilities of SCPS (CCSDS 714.0-B)."""
ECN_COUNTER: Final = 1 << 27
"""The flow uses accurate ECN (RFC 9768): AE, CWR and ECE are the three bits of a counter, ACE."""
RAW_EDGES: Final = 1 << 28
"""SACK blocks of bytes of whose numbers nothing was known yet: tshark shows the raw edges."""
SAME_PACKET: Final = 1 << 26
"""Captured twice: the packet itself, with data, stands in an earlier row."""


def s16(value: i64) -> i64:
    """Return a header's 16-bit field read as a signed number: what an ``i16`` column can hold."""
    return (value ^ SIGN16) - SIGN16


@mypyc_attr(acyclic=True)
class Block:
    """4,096 rows of every column; units and shapes as in the accessors of :class:`Packets`."""

    def __init__(self, model: "Block | None" = None) -> None:
        self.uncaptured: vec[i32] = vec[i32]()  # made when the first packet of the block is cut
        self.first_frame: i64 = 0
        self.skipped: vec[i16] = vec[i16]()  # made when a frame is no row, or is several
        self.frame: vec[i32] = vec[i32]()  # made when 16 bits do not tell how many were skipped
        self.longer: vec[i16] = vec[i16]()  # made when 16 bits do not tell what was captured
        self.first_path: i64 = 0
        self.path: vec[i32] = vec[i32]()  # made when not all go the way of the block's first row
        if model is None:
            self.time: NearNumbers = NearNumbers(vec[i32]([0] * BLOCK_ROWS))
            self.position: NearNumbers = NearNumbers(vec[i32]([0] * BLOCK_ROWS))
            self.captured: vec[i16] = vec[i16]([0] * BLOCK_ROWS)
            self.flow: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
            self.seq: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
            self.ack: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
            self.length: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
            self.window: vec[i16] = vec[i16]([0] * BLOCK_ROWS)
            self.flags: vec[i16] = vec[i16]([0] * BLOCK_ROWS)
            self.states: vec[i16] = vec[i16]([0] * BLOCK_ROWS)
            self.analysis: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
            self.attributes: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
            self.acks: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
            self.in_flight: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
            self.push_bytes: vec[i32] = vec[i32]([0] * BLOCK_ROWS)
        else:
            self.time = NearNumbers(model.time.near[:])
            self.position = NearNumbers(model.position.near[:])
            self.captured = model.captured[:]
            self.flow = model.flow[:]
            self.seq = model.seq[:]
            self.ack = model.ack[:]
            self.length = model.length[:]
            self.window = model.window[:]
            self.flags = model.flags[:]
            self.states = model.states[:]
            self.analysis = model.analysis[:]
            self.attributes = model.attributes[:]
            self.acks = model.acks[:]
            self.in_flight = model.in_flight[:]
            self.push_bytes = model.push_bytes[:]

    def keep_for_flows(self) -> None:
        """Let go of what :meth:`Packets.keep_for_flows` says."""
        self.in_flight = vec[i32]()
        self.push_bytes = vec[i32]()
        self.states = vec[i16]()

    def keep_header_columns(self) -> None:
        """Let go of what :meth:`Packets.keep_header_columns` says."""
        self.position = NearNumbers(vec[i32]())
        self.captured = vec[i16]()
        self.longer = vec[i16]()
        self.states = vec[i16]()
        self.analysis = vec[i32]()
        self.acks = vec[i32]()
        self.in_flight = vec[i32]()
        self.push_bytes = vec[i32]()

    def keep_frames(self) -> None:
        """Let go of all but the frame numbers."""
        self.keep_header_columns()
        self.time = NearNumbers(vec[i32]())
        self.flow = vec[i32]()
        self.seq = vec[i32]()
        self.ack = vec[i32]()
        self.length = vec[i32]()
        self.window = vec[i16]()
        self.flags = vec[i16]()
        self.attributes = vec[i32]()

    def frame_at(self, i: i64) -> i64:
        """Return the frame number, from 1, of the block's row ``i``."""
        if len(self.frame) > 0:
            return i64(self.frame[i])
        if len(self.skipped) > 0:
            return self.first_frame + i + i64(self.skipped[i])
        return self.first_frame + i

    def put_frame(self, i: i64, frame: i64) -> None:
        """Give the block's row ``i``, which comes behind all others, a frame number."""
        if i == 0:
            self.first_frame = frame
        if len(self.frame) == 0:
            skipped = frame - self.first_frame - i
            if -SIGN16 <= skipped < SIGN16:
                if skipped != 0 and len(self.skipped) == 0:
                    self.skipped = vec[i16]([0] * BLOCK_ROWS)
                if len(self.skipped) > 0:
                    self.skipped[i] = i16(skipped)
                return
            self.widen_frames()
        self.frame[i] = i32(frame)

    def widen_frames(self) -> None:
        """Keep the frame numbers as they are from now on; how many were skipped stays for who reads
        meanwhile."""
        frames = vec[i32]([0] * BLOCK_ROWS)
        n: i64 = 0
        while n < BLOCK_ROWS:
            frames[n] = i32(self.frame_at(n))
            n += 1
        self.frame = frames

    def captured_at(self, i: i64) -> i64:
        """Return how many bytes of the packet of the block's row ``i`` were captured."""
        low = i64(self.captured[i]) & MASK16
        return low if len(self.longer) == 0 else low | i64(self.longer[i]) << 16

    def put_captured(self, i: i64, captured: i64) -> None:
        """Note how many bytes of the packet of the block's row ``i`` were captured."""
        self.captured[i] = i16(s16(captured & MASK16))
        if captured > MASK16 and len(self.longer) == 0:
            self.longer = vec[i16]([0] * BLOCK_ROWS)
        if len(self.longer) > 0:
            self.longer[i] = i16(captured >> 16)

    def window_at(self, i: i64) -> i64:
        """Return the window field of the header of the block's row ``i``."""
        return i64(self.window[i]) & MASK16

    def scaled_window_at(self, i: i64) -> i64:
        """Return the window of the block's row ``i`` in bytes, where scale and length are known."""
        window = self.window_at(i)
        if i64(self.length[i]) < 0:
            return window
        return window << (i64(self.attributes[i]) >> SCALE_SHIFT & 15)

    def path_at(self, i: i64) -> i64:
        """Return the path of the block's row ``i``."""
        return self.first_path if len(self.path) == 0 else i64(self.path[i])


class Packets:
    """Every TCP segment of the capture, by row.

    ``count`` is the number of published rows, ``first`` the lowest row that is still held. Rows
    below it are gone: their accessors give 0.
    """

    def __init__(self) -> None:
        self.empty: Block = Block()
        self.empty.frame = vec[i32]([0] * BLOCK_ROWS)
        self.has_all_columns: bool = True  # see keep_for_flows
        self.blocks: list[Block] = []
        self.count: i64 = 0
        self.first: i64 = 0
        self.reference_row: vec[i32] = vec[i32]()
        self.reference_frame: vec[i32] = vec[i32]()
        self.reference_value: vec[i64] = vec[i64]()
        self.other_row: vec[i32] = vec[i32]()
        self.other_time: vec[i64] = vec[i64]()

    def add_block(self) -> Block:
        """Return a block for the rows beyond the last one, all zeros."""
        block = Block(self.empty)
        self.blocks.append(block)
        return block

    def note_path(self, row: i64, path: i64) -> None:
        """Note how the segment of ``row`` was carried: see :meth:`path`."""
        block = self.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        if i == 0:
            block.first_path = path
            return
        if len(block.path) == 0:
            block.path = vec[i32]([i32(block.first_path)] * BLOCK_ROWS)
        block.path[i] = i32(path)

    def note_cut(self, row: i64, uncaptured: i64) -> None:
        """Note how many more bytes the packet of ``row`` had on the wire."""
        block = self.blocks[row >> BLOCK_BITS]
        if len(block.uncaptured) == 0:
            block.uncaptured = vec[i32]([0] * BLOCK_ROWS)
        block.uncaptured[row & BLOCK_MASK] = i32(uncaptured)

    def add_reference(self, row: i64, frame: i64, value: i64) -> None:
        """Keep what only few rows have: see :meth:`reference_at`."""
        self.reference_row = append(self.reference_row, i32(row))
        self.reference_frame = append(self.reference_frame, i32(frame))
        self.reference_value = append(self.reference_value, value)

    def note_other(self, row: i64, time: i64) -> None:
        """Note when the packet before that of ``row`` came, which has no row."""
        self.other_row = append(self.other_row, i32(row))
        self.other_time = append(self.other_time, time)

    def time_before(self, row: i64) -> int | None:
        """Return the time of the packet before that of ``row``, TCP or not; None where that is not
        known any more. Of a frame's rows ``row`` is the first."""
        low = lower_bound(self.other_row, row)
        if low < i64(len(self.other_row)) and i64(self.other_row[low]) == row:
            return int(self.other_time[low])
        return int(self.time(row - 1)) if row > self.first else None

    def reference_at(self, row: i64) -> tuple[int, int] | None:
        """Return ``(frame, value)`` of a duplicate ACK (the frame it repeats, its number) or of a
        retransmission (`rto_frame`, `rto` in ns), or None where there is neither."""
        low = lower_bound(self.reference_row, row)
        if low < i64(len(self.reference_row)) and i64(self.reference_row[low]) == row:
            return int(self.reference_frame[low]), int(self.reference_value[low])
        return None

    def evict_blocks(self, position: i64, most: i64) -> None:
        """Let go of the oldest blocks: those whose packets all lie below ``position``, and those
        beyond ``most`` rows (0: any number)."""
        while self.first + BLOCK_ROWS <= self.count:
            number = self.first >> BLOCK_BITS
            too_many = most > 0 and self.count - self.first - BLOCK_ROWS >= most
            if not too_many and self.blocks[number].position.at(BLOCK_MASK) >= position:
                break
            self.first += BLOCK_ROWS
            self.blocks[number] = self.empty
        self.forget_references()

    def keep_for_flows(self) -> None:
        """Keep nothing, of all rows to come, that neither the fields nor the findings of flows
        read: bytes in flight, bytes since a push, and states."""
        self.has_all_columns = False
        self.empty.keep_for_flows()

    def keep_header_columns(self) -> None:
        """Let go of what else the analysis found, and of where the bytes are: who compares capture
        points reads times, headers and lengths alone."""
        for block in self.blocks:
            block.keep_header_columns()

    def forget_references(self) -> None:
        """Let go of what few rows have, of rows that are gone, once they are half of all."""
        middle = i64(len(self.other_row)) >> 1
        if middle > 0 and i64(self.other_row[middle]) < self.first:
            self.other_row = self.other_row[middle:]
            self.other_time = self.other_time[middle:]
        middle = i64(len(self.reference_row)) >> 1
        if middle > 0 and i64(self.reference_row[middle]) < self.first:
            self.reference_row = self.reference_row[middle:]
            self.reference_frame = self.reference_frame[middle:]
            self.reference_value = self.reference_value[middle:]

    def holds(self, frame: i64) -> bool:
        """Return whether the rows of a frame that was seen are still held."""
        return self.first == 0 or (self.first < self.count and frame >= self.frame(self.first))

    def row_of(self, frame: i64) -> i64:
        """Return the first row of a frame, or the first row after it if it has none."""
        low = self.first
        high = self.count
        while low < high:
            middle = (low + high) >> 1
            if self.frame(middle) < frame:
                low = middle + 1
            else:
                high = middle
        return low

    def row_before(self, row: i64, frame: i64) -> i64:
        """Return the first row of a frame that came before ``row``: where all frames between have
        one row each, it is so many rows away."""
        guess = row - (self.frame(row) - frame)
        if guess > self.first and self.frame(guess) == frame and self.frame(guess - 1) != frame:
            return guess
        return self.row_of(frame)

    def time(self, row: i64) -> i64:
        """Return the time in nanoseconds since the epoch."""
        return self.blocks[row >> BLOCK_BITS].time.at(row & BLOCK_MASK)

    def position(self, row: i64) -> i64:
        """Return where the packet's bytes are: file number << 48 | offset in the uncompressed
        file."""
        return self.blocks[row >> BLOCK_BITS].position.at(row & BLOCK_MASK)

    def frame(self, row: i64) -> i64:
        """Return the packet's number in the capture, from 1, TCP or not."""
        return self.blocks[row >> BLOCK_BITS].frame_at(row & BLOCK_MASK)

    def captured(self, row: i64) -> i64:
        """Return how many bytes of the whole packet were captured."""
        return self.blocks[row >> BLOCK_BITS].captured_at(row & BLOCK_MASK)

    def original(self, row: i64) -> i64:
        """Return how many bytes the whole packet had on the wire (`frame.len`)."""
        block = self.blocks[row >> BLOCK_BITS]
        captured = block.captured_at(row & BLOCK_MASK)
        if len(block.uncaptured) == 0:
            return captured
        return captured + i64(block.uncaptured[row & BLOCK_MASK])

    def flow(self, row: i64) -> i64:
        """Return the index of the flow (`tcp.stream`)."""
        return i64(self.blocks[row >> BLOCK_BITS].flow[row & BLOCK_MASK])

    def seq(self, row: i64) -> i64:
        """Return the raw sequence number."""
        return i64(self.blocks[row >> BLOCK_BITS].seq[row & BLOCK_MASK]) & MASK32

    def ack(self, row: i64) -> i64:
        """Return the raw acknowledgment field, whether ACK is set or not."""
        return i64(self.blocks[row >> BLOCK_BITS].ack[row & BLOCK_MASK]) & MASK32

    def length(self, row: i64) -> i64:
        """Return the number of payload bytes (`tcp.len`), or `NO_LENGTH`."""
        return i64(self.blocks[row >> BLOCK_BITS].length[row & BLOCK_MASK])

    def window(self, row: i64) -> i64:
        """Return the window in bytes, scaled where the scale is known (`tcp.window_size`)."""
        return self.blocks[row >> BLOCK_BITS].scaled_window_at(row & BLOCK_MASK)

    def window_in_header(self, row: i64) -> i64:
        """Return the header's window field (`tcp.window_size_value`)."""
        return self.blocks[row >> BLOCK_BITS].window_at(row & BLOCK_MASK)

    def flags(self, row: i64) -> i64:
        """Return the twelve header bits of :mod:`tcptui.engine.tcp_header`."""
        return i64(self.blocks[row >> BLOCK_BITS].flags[row & BLOCK_MASK])

    def states(self, row: i64) -> i64:
        """Return both endpoints' states after this segment, packed; see the constants above."""
        return i64(self.blocks[row >> BLOCK_BITS].states[row & BLOCK_MASK])

    def analysis(self, row: i64) -> i64:
        """Return the `tcp.analysis` flags, bits of :mod:`tcptui.engine.wireshark.flags`."""
        return i64(self.blocks[row >> BLOCK_BITS].analysis[row & BLOCK_MASK])

    def attributes(self, row: i64) -> i64:
        """Return what else is known of the segment, packed; see the constants above."""
        return i64(self.blocks[row >> BLOCK_BITS].attributes[row & BLOCK_MASK])

    def mark_same_packet(self, row: i64) -> None:
        """Mark that the packet itself stands in an earlier row."""
        block = self.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        block.attributes[i] = i32(i64(block.attributes[i]) | SAME_PACKET)

    def has_header_flag(self, row: i64, bits: i64) -> bool:
        """Return whether one of these bits is set in the TCP header."""
        return (self.flags(row) & bits) != 0

    def has_flag(self, row: i64, bits: i64) -> bool:
        """Return whether the segment has one of these `tcp.analysis` flags."""
        return (self.analysis(row) & bits) != 0

    def has_attribute(self, row: i64, bits: i64) -> bool:
        """Return whether one of these bits of :meth:`attributes` is set."""
        return (self.attributes(row) & bits) != 0

    def is_from_server(self, row: i64) -> bool:
        """Return whether the server sent the segment."""
        return self.has_attribute(row, FROM_SERVER)

    def path(self, row: i64) -> i64:
        """Return the index into the table of paths, which tells how the segment was carried."""
        return self.blocks[row >> BLOCK_BITS].path_at(row & BLOCK_MASK)

    def acks(self, row: i64) -> i64:
        """Return the frame whose segment this one acknowledges exactly (`acks_frame`), or 0."""
        return i64(self.blocks[row >> BLOCK_BITS].acks[row & BLOCK_MASK])

    def in_flight(self, row: i64) -> i64:
        """Return `tcp.analysis.bytes_in_flight`, or 0 where there is none."""
        return i64(self.blocks[row >> BLOCK_BITS].in_flight[row & BLOCK_MASK])

    def push_bytes(self, row: i64) -> i64:
        """Return `tcp.analysis.push_bytes_sent`; shown where `in_flight` is."""
        return i64(self.blocks[row >> BLOCK_BITS].push_bytes[row & BLOCK_MASK])
