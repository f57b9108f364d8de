"""Many outstanding segments that are not in order, in chunks that are looked at as a whole.

An acknowledgment takes off, cuts or leaves each entry by the rules of
:class:`~tcptui.engine.wireshark.outstanding.Outstanding`. Mostly all entries of a chunk fare alike,
or even all there are, which the range of their numbers tells: then none of them is touched.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.sequence import MASK32, s32
from tcptui.engine.wireshark.outstanding_range import (
    CUT,
    EACH,
    HALF,
    NOT_CUT,
    OutstandingRange,
)

CHUNK: Final = 128


class OutstandingChunks:
    """Entries in order of arrival: frame, start, end (raw sequence) and time (ns).

    Chunk ``c`` has ``chunks[c].used`` entries from ``c * CHUNK`` on; behind ``opened`` chunks there
    are only unused ones. While ``is_gathered``, ``all`` is the range of all entries, and
    ``all.cut`` is still to be taken off the first ``owing`` chunks.
    """

    def __init__(self) -> None:
        self.count: i64 = 0
        self.matched_frame: i64 = 0
        self.frame: vec[i32] = vec[i32]()
        self.start: vec[i32] = vec[i32]()
        self.end: vec[i32] = vec[i32]()
        self.time: vec[i64] = vec[i64]()
        self.chunks: list[OutstandingRange] = []
        self.opened: i64 = 0
        self.all: OutstandingRange = OutstandingRange()
        self.is_gathered: bool = False
        self.owing: i64 = 0
        self.is_measured: bool = False  # whether the next three are up to date
        self.base: i64 = 0
        self.low: i64 = 0
        self.high: i64 = 0

    def add(self, frame: i64, start: i64, end: i64, time: i64) -> None:
        """Append a segment."""
        at = self.opened - 1
        if at < 0 or self.chunks[at].used == CHUNK:
            self.open_chunk(end)
            at += 1
        if self.owing > 0 and self.all.is_first(start):
            self.settle()  # the next acknowledgment may cut it and be before what the others owe
        chunk = self.chunks[at]
        if chunk.used == 0:
            chunk.forget(end)
        elif self.owing > at:
            self.acknowledge_chunk(at, chunk, self.all.cut)
        if chunk.cut != NOT_CUT:
            self.acknowledge_each(at, chunk, NOT_CUT)
        self.owing = min(self.owing, at)
        place = at * CHUNK + chunk.used
        self.frame[place] = i32(frame)
        self.start[place] = i32(s32(start))
        self.end[place] = i32(s32(end))
        self.time[place] = time
        chunk.used += 1
        self.count += 1
        chunk.widen(start, end)
        if self.is_gathered:
            self.all.widen(start, end)
        if self.is_measured:
            self.low = min(self.low, (start - self.base) & MASK32)
            self.high = max(self.high, (end - self.base) & MASK32)

    def open_chunk(self, anchor: i64) -> None:
        """Begin another chunk."""
        if self.opened == len(self.chunks):
            for _ in range(CHUNK):
                self.frame = append(self.frame, i32(0))
                self.start = append(self.start, i32(0))
                self.end = append(self.end, i32(0))
                self.time = append(self.time, i64(0))
            self.chunks.append(OutstandingRange())
        chunk = self.chunks[self.opened]
        chunk.used = 0
        chunk.forget(anchor)
        self.opened += 1

    def first(self) -> i64:
        """Where the oldest entry stands."""
        at: i64 = 0
        while self.chunks[at].used == 0:
            at += 1
        return at * CHUNK

    def acknowledge(self, ack: i64) -> None:
        """Take off what ``ack`` covers; ``matched_frame`` as of the list."""
        self.matched_frame = 0
        if self.is_gathered and self.acknowledge_alike(ack):
            return
        self.settle()
        self.is_gathered = False
        alike = True
        at: i64 = 0
        while at < self.opened:
            chunk = self.chunks[at]
            if chunk.used != 0 and not self.acknowledge_chunk(at, chunk, ack):
                alike = False
            at += 1
        if self.opened * CHUNK > 2 * self.count + 4 * CHUNK:
            self.close_up()
        elif alike:
            self.gather()

    def acknowledge_alike(self, ack: i64) -> bool:
        """Cut or leave all entries, to be settled later; False if they do not fare alike."""
        if not self.all.is_beyond(ack):
            return False
        fate = self.all.cut_starts(ack)
        if fate == EACH:
            return False
        if fate == CUT:
            self.owing = self.opened
            self.is_measured = False
        return True

    def settle(self) -> None:
        """Take off the chunks what they owe: as it cuts at most, they stay as many."""
        at: i64 = 0
        while at < self.owing:
            chunk = self.chunks[at]
            if chunk.used != 0:
                self.acknowledge_chunk(at, chunk, self.all.cut)
            at += 1
        self.owing = 0

    def gather(self) -> None:
        """Find the range of all entries."""
        self.is_gathered = True
        at: i64 = 0
        while self.chunks[at].used == 0:
            at += 1
        self.all.forget(self.chunks[at].anchor)
        while at < self.opened:
            chunk = self.chunks[at]
            if chunk.used != 0:
                self.all.join(chunk)
            at += 1

    def acknowledge_chunk(self, at: i64, chunk: OutstandingRange, ack: i64) -> bool:
        """Treat all entries of a chunk alike, or else each on its own; whether all stayed, and
        alike."""
        if chunk.is_within(ack):
            self.drop_chunk(at, chunk, ack)
            return False
        if chunk.is_beyond(ack):
            fate = chunk.cut_starts(ack)
            if fate == CUT:
                self.is_measured = False
            if fate != EACH:
                return True
        self.acknowledge_each(at, chunk, ack)
        return False

    def drop_chunk(self, at: i64, chunk: OutstandingRange, ack: i64) -> None:
        """All entries are acknowledged."""
        if self.matched_frame == 0 and (chunk.anchor + chunk.last_end - ack) & MASK32 == 0:
            self.matched_frame = self.frame_ending_at(at, ack)
        self.count -= chunk.used
        chunk.used = 0
        self.is_measured = False

    def frame_ending_at(self, chunk: i64, ack: i64) -> i64:
        at = chunk * CHUNK
        while i64(self.end[at]) & MASK32 != ack:
            at += 1
        return i64(self.frame[at])

    def acknowledge_each(self, number: i64, chunk: OutstandingRange, ack: i64) -> None:
        """The rules for each entry; without an acknowledgment only what was still to be cut."""
        at = number * CHUNK
        stop = at + chunk.used
        kept = at
        cut = chunk.cut
        chunk.forget(chunk.anchor)
        self.is_measured = False
        while at < stop:
            start = i64(self.start[at]) & MASK32
            end = i64(self.end[at]) & MASK32
            if cut != NOT_CUT and (cut - 1 - start) & MASK32 < HALF:
                start = cut
            if ack != NOT_CUT and (ack - end) & MASK32 < HALF:
                if end == ack and self.matched_frame == 0:
                    self.matched_frame = i64(self.frame[at])
            else:
                if ack != NOT_CUT and (ack - 1 - start) & MASK32 < HALF:
                    start = ack
                self.move(at, kept, start)
                chunk.widen(start, end)
                kept += 1
            at += 1
        self.count -= stop - kept
        chunk.used = kept - number * CHUNK

    def move(self, at: i64, to: i64, start: i64) -> None:
        self.frame[to] = self.frame[at]
        self.start[to] = i32(s32(start))
        self.end[to] = self.end[at]
        self.time[to] = self.time[at]

    def close_up(self) -> None:
        """Fill the chunks again from the first on."""
        self.settle()
        self.is_gathered = False
        chunks = self.opened
        number: i64 = 0
        to: i64 = 0
        while number < chunks:
            chunk = self.chunks[number]
            if chunk.cut != NOT_CUT:
                self.acknowledge_each(number, chunk, NOT_CUT)
            at = number * CHUNK
            stop = at + chunk.used
            while at < stop:
                self.move(at, to, i64(self.start[at]))
                to += 1
                at += 1
            number += 1
        self.opened = 0
        self.count = to
        at = 0
        while at < to:
            if at % CHUNK == 0:
                self.open_chunk(i64(self.end[at]) & MASK32)
            chunk = self.chunks[self.opened - 1]
            chunk.used += 1
            chunk.widen(i64(self.start[at]) & MASK32, i64(self.end[at]) & MASK32)
            at += 1

    def span(self, base: i64) -> i64:
        """From the smallest start to the largest end, each counted from ``base``."""
        if not self.is_measured or self.base != base:
            self.measure(base)
        return self.high - self.low

    def measure(self, base: i64) -> None:
        self.base = base
        self.low = MASK32
        self.high = 0
        if self.is_gathered and self.all.is_one_piece(base):
            self.join_range(self.all, base)
        else:
            self.settle()
            at: i64 = 0
            while at < self.opened:
                chunk = self.chunks[at]
                if chunk.used != 0:
                    self.measure_chunk(at, chunk, base)
                at += 1
        self.is_measured = True

    def measure_chunk(self, number: i64, chunk: OutstandingRange, base: i64) -> None:
        """Join a chunk's range: what lies on both sides of ``base`` takes a look at each entry."""
        if chunk.is_one_piece(base):
            self.join_range(chunk, base)
            return
        if chunk.cut != NOT_CUT:
            self.acknowledge_each(number, chunk, NOT_CUT)
        at = number * CHUNK
        stop = at + chunk.used
        while at < stop:
            self.low = min(self.low, (i64(self.start[at]) - base) & MASK32)
            self.high = max(self.high, (i64(self.end[at]) - base) & MASK32)
            at += 1

    def join_range(self, some: OutstandingRange, base: i64) -> None:
        self.low = min(self.low, (some.anchor + some.lowest - base) & MASK32)
        self.high = max(self.high, (some.anchor + some.last_end - base) & MASK32)
