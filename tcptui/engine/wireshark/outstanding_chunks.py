"""Many outstanding segments that are not in order, in chunks that are looked at as a whole.

An acknowledgment takes off, cuts or leaves each entry by the rules of
:class:`~tcptui.engine.wireshark.outstanding.Outstanding`. Mostly all entries of a chunk fare alike,
which the range of their numbers tells: then none of them is touched.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.sequence import MASK32, ge, gt, le, s32

CHUNK: Final = 128
HALF: Final = 1 << 31
NOT_CUT: Final = -1


def is_within(low: i64, high: i64, edge: i64) -> bool:
    """Whether both ends of a range lie in the half of the number space that ends with ``edge``."""
    return (edge - low) & MASK32 < HALF and (edge - high) & MASK32 < HALF


def is_beyond(low: i64, high: i64, edge: i64) -> bool:
    """Whether both lie in the other half."""
    return (edge - low) & MASK32 >= HALF and (edge - high) & MASK32 >= HALF


def frame_number(frame: i64) -> i64:
    """The frame of an entry, which is negative where its segment was sent again."""
    return -frame if frame < 0 else frame


class AcknowledgedRun:
    """Entries from the newest to the oldest, and the run of them that begins at ``ack``."""

    def __init__(self, ack: i64) -> None:
        self.ack: i64 = ack
        self.start: i64 = 0
        self.end: i64 = 0

    def add(self, start: i64, end: i64) -> None:
        """The next entry: it stands before the run, or the run begins anew with it."""
        if self.start == self.end:
            self.start = start
            self.end = end
        if ge(start, self.ack):
            if end != self.start:
                self.end = end
            self.start = start

    def reached(self) -> i64:
        """Where the run ends, if it begins at ``ack``; else ``ack``."""
        return self.end if self.ack == self.start and gt(self.end, self.ack) else self.ack


class OutstandingChunks:
    """Entries in order of arrival: frame, start, end (raw sequence) and time (ns).

    Chunk ``c`` has ``used[c]`` entries from ``c * CHUNK`` on. Of their numbers it is known how far
    below and above that of ``anchor[c]`` they lie. ``cut[c]`` is an acknowledgment that is still to
    be taken off the starts, which ``lowest[c]`` already shows.
    """

    def __init__(self) -> None:
        self.count: i64 = 0
        self.matched_frame: i64 = 0
        self.partial_frame: i64 = 0
        self.chunks: i64 = 0
        self.frame: vec[i32] = vec[i32]()
        self.start: vec[i32] = vec[i32]()
        self.end: vec[i32] = vec[i32]()
        self.time: vec[i64] = vec[i64]()
        self.used: vec[i32] = vec[i32]()
        self.anchor: vec[i64] = vec[i64]()
        self.first_start: vec[i64] = vec[i64]()  # the lowest, before it was cut
        self.lowest: vec[i64] = vec[i64]()
        self.last_start: vec[i64] = vec[i64]()
        self.first_end: vec[i64] = vec[i64]()
        self.last_end: vec[i64] = vec[i64]()
        self.cut: vec[i64] = vec[i64]()
        self.measured: bool = False  # whether the next three are up to date
        self.base: i64 = 0
        self.low: i64 = 0
        self.high: i64 = 0

    def add(self, frame: i64, start: i64, end: i64, time: i64) -> None:
        """Append a segment."""
        chunk = self.chunks - 1
        if chunk < 0 or self.used[chunk] == CHUNK:
            self.open_chunk(end)
            chunk += 1
        elif self.used[chunk] == 0:
            self.forget_range(chunk, end)
        elif self.cut[chunk] != NOT_CUT:
            self.acknowledge_each(chunk, NOT_CUT)
        at = chunk * CHUNK + i64(self.used[chunk])
        self.frame[at] = i32(frame)
        self.start[at] = i32(s32(start))
        self.end[at] = i32(s32(end))
        self.time[at] = time
        self.used[chunk] += 1
        self.count += 1
        self.widen(chunk, start, end)
        if self.measured:
            self.low = min(self.low, (start - self.base) & MASK32)
            self.high = max(self.high, (end - self.base) & MASK32)

    def open_chunk(self, anchor: i64) -> None:
        """Begin another chunk."""
        if self.chunks * CHUNK == len(self.frame):
            for _ in range(CHUNK):
                self.frame = append(self.frame, i32(0))
                self.start = append(self.start, i32(0))
                self.end = append(self.end, i32(0))
                self.time = append(self.time, i64(0))
            self.used = append(self.used, i32(0))
            self.anchor = append(self.anchor, i64(0))
            self.first_start = append(self.first_start, i64(0))
            self.lowest = append(self.lowest, i64(0))
            self.last_start = append(self.last_start, i64(0))
            self.first_end = append(self.first_end, i64(0))
            self.last_end = append(self.last_end, i64(0))
            self.cut = append(self.cut, i64(NOT_CUT))
        self.used[self.chunks] = 0
        self.forget_range(self.chunks, anchor)
        self.chunks += 1

    def forget_range(self, chunk: i64, anchor: i64) -> None:
        self.anchor[chunk] = anchor
        self.first_start[chunk] = HALF
        self.lowest[chunk] = HALF
        self.last_start[chunk] = -HALF
        self.first_end[chunk] = HALF
        self.last_end[chunk] = -HALF
        self.cut[chunk] = NOT_CUT

    def widen(self, chunk: i64, start: i64, end: i64) -> None:
        """The chunk has an entry with these numbers."""
        start = s32(start - self.anchor[chunk])
        end = s32(end - self.anchor[chunk])
        if start < self.first_start[chunk]:
            self.first_start[chunk] = start
            self.lowest[chunk] = start
        if start > self.last_start[chunk]:
            self.last_start[chunk] = start
        if end < self.first_end[chunk]:
            self.first_end[chunk] = end
        if end > self.last_end[chunk]:
            self.last_end[chunk] = end

    def first(self) -> i64:
        """Where the oldest entry stands."""
        chunk: i64 = 0
        while self.used[chunk] == 0:
            chunk += 1
        return chunk * CHUNK

    def acknowledge(self, ack: i64) -> None:
        """Take off what ``ack`` covers; ``matched_frame`` and ``partial_frame`` as of the list."""
        self.matched_frame = 0
        self.partial_frame = 0
        chunk: i64 = 0
        while chunk < self.chunks:
            if self.used[chunk] != 0:
                self.acknowledge_chunk(chunk, ack)
            chunk += 1
        if self.chunks * CHUNK > 2 * self.count + 4 * CHUNK:
            self.close_up()

    def acknowledge_chunk(self, chunk: i64, ack: i64) -> None:
        """Treat all entries of a chunk alike, or else each on its own."""
        anchor = self.anchor[chunk]
        low = self.first_end[chunk]
        high = self.last_end[chunk]
        if high - low < HALF:
            if is_within(anchor + low, anchor + high, ack):
                self.drop_chunk(chunk, ack)
                return
            if is_beyond(anchor + low, anchor + high, ack) and self.cut_chunk(chunk, ack):
                return
        self.acknowledge_each(chunk, ack)

    def drop_chunk(self, chunk: i64, ack: i64) -> None:
        """All entries are acknowledged."""
        if (
            self.matched_frame == 0
            and (self.anchor[chunk] + self.last_end[chunk] - ack) & MASK32 == 0
        ):
            self.matched_frame = self.frame_ending_at(chunk, ack)
        self.count -= i64(self.used[chunk])
        self.used[chunk] = 0
        self.measured = False

    def frame_ending_at(self, chunk: i64, ack: i64) -> i64:
        at = chunk * CHUNK
        while i64(self.end[at]) & MASK32 != ack:
            at += 1
        return i64(self.frame[at])

    def cut_chunk(self, chunk: i64, ack: i64) -> bool:
        """No entry is acknowledged to its end; False if it takes a look at each which of them are
        in part."""
        anchor = self.anchor[chunk]
        low = anchor + self.lowest[chunk]
        high = anchor + self.last_start[chunk]
        edge = (ack - 1) & MASK32
        if high - low >= HALF:
            return False
        if is_beyond(low, high, edge):
            return True
        if (edge - low) & MASK32 >= HALF:
            return False
        cut = s32(ack - anchor)
        if not 0 < cut - self.first_start[chunk] < HALF:
            return False
        if self.partial_frame == 0:
            self.partial_frame = self.frame_beginning_below(chunk, ack)
        self.cut[chunk] = ack
        self.lowest[chunk] = cut
        if cut > self.last_start[chunk]:
            self.last_start[chunk] = cut
        self.measured = False
        return True

    def frame_beginning_below(self, chunk: i64, ack: i64) -> i64:
        """The oldest entry that ``ack`` cuts, in a chunk where none ends there or before."""
        at = chunk * CHUNK
        stop = at + i64(self.used[chunk])
        while at < stop:
            if (ack - 1 - i64(self.start[at])) & MASK32 < HALF:
                return i64(self.frame[at])
            at += 1
        return 0

    def acknowledge_each(self, chunk: i64, ack: i64) -> None:
        """The rules for each entry; without an acknowledgment only what was still to be cut."""
        at = chunk * CHUNK
        stop = at + i64(self.used[chunk])
        kept = at
        cut = self.cut[chunk]
        self.forget_range(chunk, self.anchor[chunk])
        self.measured = False
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
                    if self.partial_frame == 0:
                        self.partial_frame = i64(self.frame[at])
                    start = ack
                self.move(at, kept, start)
                self.widen(chunk, start, end)
                kept += 1
            at += 1
        self.count -= stop - kept
        self.used[chunk] = i32(kept - chunk * CHUNK)

    def move(self, at: i64, to: i64, start: i64) -> None:
        self.frame[to] = self.frame[at]
        self.start[to] = i32(s32(start))
        self.end[to] = self.end[at]
        self.time[to] = self.time[at]

    def close_up(self) -> None:
        """Fill the chunks again from the first on."""
        chunks = self.chunks
        chunk: i64 = 0
        to: i64 = 0
        while chunk < chunks:
            if self.cut[chunk] != NOT_CUT:
                self.acknowledge_each(chunk, NOT_CUT)
            at = chunk * CHUNK
            stop = at + i64(self.used[chunk])
            while at < stop:
                self.move(at, to, i64(self.start[at]))
                to += 1
                at += 1
            chunk += 1
        self.chunks = 0
        self.count = to
        at = 0
        while at < to:
            if at % CHUNK == 0:
                self.open_chunk(i64(self.end[at]) & MASK32)
            chunk = self.chunks - 1
            self.used[chunk] += 1
            self.widen(chunk, i64(self.start[at]) & MASK32, i64(self.end[at]) & MASK32)
            at += 1

    def span(self, base: i64) -> i64:
        """From the smallest start to the largest end, each counted from ``base``."""
        if not self.measured or self.base != base:
            self.measure(base)
        return self.high - self.low

    def measure(self, base: i64) -> None:
        self.measured = True
        self.base = base
        self.low = MASK32
        self.high = 0
        chunk: i64 = 0
        while chunk < self.chunks:
            if self.used[chunk] != 0:
                self.measure_chunk(chunk, base)
            chunk += 1

    def measure_chunk(self, chunk: i64, base: i64) -> None:
        """Join a chunk's range: what lies on both sides of ``base`` takes a look at each entry."""
        anchor = self.anchor[chunk] - base
        low = (anchor + self.lowest[chunk]) & MASK32
        high = (anchor + self.last_end[chunk]) & MASK32
        starts = self.last_start[chunk] - self.lowest[chunk]
        ends = self.last_end[chunk] - self.first_end[chunk]
        if low + starts <= MASK32 and high - ends >= 0:
            self.low = min(self.low, low)
            self.high = max(self.high, high)
            return
        if self.cut[chunk] != NOT_CUT:
            self.acknowledge_each(chunk, NOT_CUT)
            self.measured = True
        at = chunk * CHUNK
        stop = at + i64(self.used[chunk])
        while at < stop:
            self.low = min(self.low, (i64(self.start[at]) - base) & MASK32)
            self.high = max(self.high, (i64(self.end[at]) - base) & MASK32)
            at += 1

    def settle(self, chunk: i64) -> None:
        """Take an acknowledgment off the starts that are still to be cut."""
        if self.cut[chunk] != NOT_CUT:
            self.acknowledge_each(chunk, NOT_CUT)

    def all_begin_below(self, chunk: i64, seq: i64) -> bool:
        """Whether no entry of a chunk begins at or behind ``seq``."""
        low = self.anchor[chunk] + self.lowest[chunk]
        high = self.anchor[chunk] + self.last_start[chunk]
        return high - low < HALF and is_within(low, high, seq - 1)

    def all_end_below(self, chunk: i64, end: i64) -> bool:
        """Whether no entry of a chunk reaches ``end``."""
        low = self.anchor[chunk] + self.first_end[chunk]
        high = self.anchor[chunk] + self.last_end[chunk]
        return high - low < HALF and is_within(low, high, end - 1)

    def oldest_from(self, seq: i64) -> i64:
        """Where the oldest entry stands that does not begin below ``seq``; -1 if all do."""
        chunk: i64 = 0
        while chunk < self.chunks:
            if self.used[chunk] != 0 and not self.all_begin_below(chunk, seq):
                self.settle(chunk)
                at = chunk * CHUNK
                stop = at + i64(self.used[chunk])
                while at < stop:
                    if ge(i64(self.start[at]) & MASK32, seq):
                        return at
                    at += 1
            chunk += 1
        return -1

    def mark_covering(self, start: i64, end: i64) -> bool:
        """Whether one entry has all of this range; the newest such one was sent again then."""
        chunk = self.chunks
        while chunk > 0:
            chunk -= 1
            if self.used[chunk] == 0 or self.all_end_below(chunk, end):
                continue
            self.settle(chunk)
            first = chunk * CHUNK
            at = first + i64(self.used[chunk])
            while at > first:
                at -= 1
                if ge(start, i64(self.start[at]) & MASK32) and le(end, i64(self.end[at]) & MASK32):
                    self.frame[at] = i32(-frame_number(i64(self.frame[at])))
                    return True
        return False

    def end_of_run(self, ack: i64) -> i64:
        """The end of the entries that follow one another from ``ack`` on."""
        run = AcknowledgedRun(ack)
        chunk = self.chunks
        while chunk > 0:
            chunk -= 1
            if self.used[chunk] == 0:
                continue
            if run.start != run.end and self.all_begin_below(chunk, ack):
                continue
            self.settle(chunk)
            first = chunk * CHUNK
            at = first + i64(self.used[chunk])
            while at > first:
                at -= 1
                run.add(i64(self.start[at]) & MASK32, i64(self.end[at]) & MASK32)
        return run.reached()
