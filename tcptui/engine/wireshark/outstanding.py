"""The list of segments that one side has sent and the other has not acknowledged.

Wireshark's list (its rules: `take acknowledged data off`, RTO from the oldest entry, bytes in
flight from the smallest start to the largest end). Entries stay in order of arrival.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.sequence import MASK32, ge, gt, le, s32
from tcptui.engine.wireshark.outstanding_chunks import OutstandingChunks, frame_number

MOST_ENTRIES: Final = 10_000
MOST_LOOKED_AT: Final = 128
"""Entries that are gone through for a question; more are a crowd."""
FEWEST_IN_CROWD: Final = 32


class Outstanding:
    """Sent, not acknowledged: parallel columns of frame, start, end (raw sequence) and time (ns).

    The frame of a segment that was sent again is negative. Entries before ``head`` are gone.
    ``contiguous`` says that each entry begins where the one before ends, so that acknowledgments
    and the span ask only for the first and the last; a repetition or a hole ends that until an
    acknowledgment leaves them in order. Many entries are in ``crowd`` where they are out of order,
    and as soon as a question would go through them.
    """

    def __init__(self) -> None:
        self.frame: vec[i32] = vec[i32]()
        self.start: vec[i32] = vec[i32]()
        self.end: vec[i32] = vec[i32]()
        self.time: vec[i64] = vec[i64]()
        self.head: i64 = 0
        self.size: i64 = 0
        self.contiguous: bool = True
        self.crowd: OutstandingChunks | None = None
        self.matched_frame: i64 = 0
        self.partial_frame: i64 = 0

    def count(self) -> i64:
        return self.size - self.head

    def clear(self) -> None:
        self.head = 0
        self.size = 0
        self.contiguous = True
        self.crowd = None

    def add(self, frame: i64, start: i64, end: i64, time: i64) -> None:
        """Append a segment; the caller keeps the list below `MOST_ENTRIES`."""
        at = self.size
        if self.contiguous and at > self.head and (i64(self.end[at - 1]) & MASK32) != start:
            self.contiguous = False
        crowd = None if self.contiguous else self._crowd_of_many()
        if crowd is not None:
            crowd.add(frame, start, end, time)
            self.size = at + 1
            return
        if at < i64(len(self.frame)):
            self.frame[at] = i32(frame)
            self.start[at] = i32(s32(start))
            self.end[at] = i32(s32(end))
            self.time[at] = time
        else:
            self.frame = append(self.frame, i32(frame))
            self.start = append(self.start, i32(s32(start)))
            self.end = append(self.end, i32(s32(end)))
            self.time = append(self.time, time)
        self.size = at + 1

    def _crowd_of_many(self) -> OutstandingChunks | None:
        """Return the crowd to ask, where the entries are too many to be gone through."""
        if self.crowd is None and self.size - self.head >= MOST_LOOKED_AT:
            return self._crowded()
        return self.crowd

    def _crowded(self) -> OutstandingChunks:
        """Return the crowd, which all entries have joined."""
        crowd = self.crowd
        if crowd is None:
            self.contiguous = False
            crowd = OutstandingChunks()
            for at in range(self.head, self.size):
                crowd.add(
                    i64(self.frame[at]),
                    i64(self.start[at]) & MASK32,
                    i64(self.end[at]) & MASK32,
                    self.time[at],
                )
            self.crowd = crowd
        return crowd

    def oldest_frame(self) -> i64:
        crowd = self.crowd
        if crowd is not None:
            return frame_number(i64(crowd.frame[crowd.first()]))
        return frame_number(i64(self.frame[self.head]))

    def oldest_time(self) -> i64:
        crowd = self.crowd
        if crowd is not None:
            return crowd.time[crowd.first()]
        return self.time[self.head]

    def acknowledge(self, ack: i64) -> None:
        """Take off what ``ack`` covers.

        ``matched_frame`` becomes that of the oldest entry that ends exactly there,
        ``partial_frame`` of the oldest that it cuts; or 0.
        """
        self.matched_frame = 0
        self.partial_frame = 0
        if self.contiguous:
            self._acknowledge_in_order(ack)
        else:
            self._acknowledge_out_of_order(ack)
        if self.head == self.size:
            self.clear()
        elif self.head > 64 and self.head * 2 > self.size:
            self._close_up()

    def _acknowledge_in_order(self, ack: i64) -> None:
        while self.head < self.size:
            at = self.head
            end = i64(self.end[at]) & MASK32
            if end == ack:
                self.matched_frame = i64(self.frame[at])
                self.head = at + 1
                return
            if gt(end, ack):
                if not gt(i64(self.end[self.size - 1]) & MASK32, ack):
                    # half the number space away: 0, for example
                    self._acknowledge_out_of_order(ack)
                elif gt(ack, i64(self.start[at]) & MASK32):
                    self.partial_frame = i64(self.frame[at])
                    self.start[at] = i32(s32(ack))
                return
            self.head = at + 1

    def _acknowledge_out_of_order(self, ack: i64) -> None:
        crowd = self._crowd_of_many()
        if crowd is None:
            self._acknowledge_each(ack)
        else:
            self._acknowledge_crowd(crowd, ack)

    def _acknowledge_each(self, ack: i64) -> None:
        kept = self.head
        in_order = True
        at = self.head
        while at < self.size:
            start = i64(self.start[at]) & MASK32
            end = i64(self.end[at]) & MASK32
            if end == ack:
                if self.matched_frame == 0:
                    self.matched_frame = i64(self.frame[at])
            elif (gt(ack, start) and le(ack, end)) or gt(end, ack):
                if gt(ack, start) and le(ack, end):
                    if self.partial_frame == 0:
                        self.partial_frame = i64(self.frame[at])
                    start = ack
                if kept > self.head and (i64(self.end[kept - 1]) & MASK32) != start:
                    in_order = False
                self._move(at, kept, start)
                kept += 1
            at += 1
        self.size = kept
        self.contiguous = in_order

    def _acknowledge_crowd(self, crowd: OutstandingChunks, ack: i64) -> None:
        """Few that are left come back to the list."""
        crowd.acknowledge(ack)
        self.matched_frame = crowd.matched_frame
        self.partial_frame = crowd.partial_frame
        self.head = 0
        self.size = crowd.count
        if self.size > FEWEST_IN_CROWD:
            return
        crowd.close_up()
        self.clear()
        for at in range(crowd.count):
            self.add(
                i64(crowd.frame[at]),
                i64(crowd.start[at]) & MASK32,
                i64(crowd.end[at]) & MASK32,
                crowd.time[at],
            )

    def _move(self, at: i64, to: i64, start: i64) -> None:
        self.frame[to] = self.frame[at]
        self.start[to] = i32(s32(start))
        self.end[to] = self.end[at]
        self.time[to] = self.time[at]

    def _close_up(self) -> None:
        at = self.head
        while at < self.size:
            self._move(at, at - self.head, i64(self.start[at]))
            at += 1
        self.size -= self.head
        self.head = 0

    def span(self, base: i64) -> i64:
        """Return the distance from the smallest start to the largest end, each counted from
        ``base``."""
        crowd = self.crowd
        if crowd is None and self.contiguous:
            low = (i64(self.start[self.head]) - base) & MASK32
            high = (i64(self.end[self.size - 1]) - base) & MASK32
            if low <= high:
                return high - low
            crowd = self._crowd_of_many()
        return self._span_of_each(base) if crowd is None else crowd.span(base)

    def _span_of_each(self, base: i64) -> i64:
        low = MASK32
        high: i64 = 0
        at = self.head
        while at < self.size:
            low = min(low, (i64(self.start[at]) - base) & MASK32)
            high = max(high, (i64(self.end[at]) - base) & MASK32)
            at += 1
        return high - low

    def oldest_from(self, seq: i64) -> i64:
        """Return where the oldest entry stands that does not begin below ``seq``; -1 if all do."""
        crowd = self._crowd_of_many()
        if crowd is not None:
            return crowd.oldest_from(seq)
        return self._next_from(self.head, seq)

    def _next_from(self, at: i64, seq: i64) -> i64:
        """Return the first entry from ``at`` on that does not begin below ``seq``; -1 if all do."""
        while at < self.size:
            if ge(i64(self.start[at]) & MASK32, seq):
                return at
            at += 1
        return -1

    def frame_at(self, at: i64) -> i64:
        """Return the frame of an entry."""
        crowd = self.crowd
        return frame_number(i64(self.frame[at] if crowd is None else crowd.frame[at]))

    def time_at(self, at: i64) -> i64:
        """Return the time of an entry (ns)."""
        crowd = self.crowd
        return self.time[at] if crowd is None else crowd.time[at]

    def mark_covering(self, start: i64, end: i64) -> bool:
        """Return whether one entry has all of this range; the newest such one was sent again
        then."""
        crowd = self._crowd_of_many()
        if crowd is not None:
            return crowd.mark_covering(start, end)
        at = self.size
        while at > self.head:
            at -= 1
            if ge(start, i64(self.start[at]) & MASK32) and le(end, i64(self.end[at]) & MASK32):
                self.frame[at] = i32(-frame_number(i64(self.frame[at])))
                return True
        return False

    def end_of_run(self, ack: i64) -> i64:
        """Return the end of the entries that follow one another from ``ack`` on; ``ack`` if there
        are none.

        Wireshark looks at the entries that do not begin below ``ack`` from the newest on, and
        begins the run anew where one does not join it: what is left begins with the oldest.
        """
        crowd = self._crowd_of_many()
        if crowd is not None:
            return crowd.end_of_run(ack)
        end = ack
        at = self._next_from(self.head, ack)
        while at >= 0 and i64(self.start[at]) & MASK32 == end:
            end = i64(self.end[at]) & MASK32
            at = self._next_from(at + 1, ack)
        return end if gt(end, ack) else ack
