"""Merges the framed records of several inputs in mergecap's order, in batches of many. Compiled.

The earliest of the next records comes first, of equal ones that of the input named last; within an
input the order stays.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.records import Records

LONG_RUN: Final = 64
"""Records in a row of one input that are handed on as they are; the bytes of fewer are copied."""
MOST_BYTES: Final = 1 << 18
"""Bytes of packets after which a batch is handed on."""


class InputHead:
    """The records of one input that are not handed out yet: `next` to `records.count`."""

    def __init__(self, index: int, chunk: bytes, records: Records) -> None:
        self.index: i64 = index
        self.chunk: bytes = chunk
        self.records: Records = records
        self.next: i64 = 0
        self.time: i64 = records.time[0]

    def precedes(self, other: "InputHead") -> bool:
        """Return whether the next record of this input comes before that of another."""
        return self.time < other.time or (self.time == other.time and self.index > other.index)


class Merge:
    """Hands out batches: `records[start:stop]`, whose bytes are in `chunk`, until the next call.

    `exhausted` is the index of the input whose records the last batch has used up; -1 for none.
    """

    def __init__(self) -> None:
        self.chunk: bytes = b""
        self.records: Records = Records()
        self.start: i64 = 0
        self.stop: i64 = 0
        self.exhausted: i64 = -1
        self.heads: list[InputHead] = []  # a heap: none comes before the one at half its place
        self.gathered: Records = self.records

    @property
    def is_empty(self) -> bool:
        """Whether no record is at hand."""
        return len(self.heads) == 0

    def add(self, index: int, chunk: bytes, records: Records) -> None:
        """Join the records of input `index`, one or more, of which none is at hand."""
        self.heads.append(InputHead(index, chunk, records))
        self.move_up(len(self.heads) - 1)

    def move_up(self, at: i64) -> None:
        """Move an input towards the first place, as far as it comes before others."""
        heads = self.heads
        head = heads[at]
        while at > 0:
            above = (at - 1) >> 1
            if not head.precedes(heads[above]):
                break
            heads[at] = heads[above]
            at = above
        heads[at] = head

    def take_batch(self, gathering: bool) -> None:
        """Take the next batch; there must be one.

        gathering: it may have records of several inputs, with nothing but their bytes in `chunk`.
        """
        self.exhausted = -1
        head = self.heads[0]
        stop = self.end_of_run()
        if gathering and stop < head.records.count and stop - head.next < LONG_RUN:
            self.gather_runs()
            return
        self.chunk = head.chunk
        self.records = head.records
        self.start = head.next
        self.stop = stop
        self.advance(stop)

    def gather_runs(self) -> None:
        """Copy runs of all inputs, until one has nothing more at hand or the batch is full."""
        into = self.gathered
        into.begin()
        parts: list[bytes] = []
        size: i64 = 0
        while self.exhausted < 0 and into.count < into.room and size < MOST_BYTES:
            head = self.heads[0]
            stop = self.end_of_run()
            if stop - head.next >= LONG_RUN and into.count > 0:
                break
            stop = min(stop, head.next + into.room - into.count)
            records, chunk = head.records, head.chunk
            for at in range(head.next, stop):
                count = into.count
                offset = records.offset[at]
                captured = records.captured[at]
                parts.append(chunk[offset : offset + captured])
                into.time[count] = records.time[at]
                into.position[count] = records.position[at]
                into.offset[count] = size
                into.captured[count] = captured
                into.original[count] = records.original[at]
                into.interface[count] = records.interface[at]
                into.count = count + 1
                size += captured
            self.advance(stop)
        self.chunk = b"".join(parts)
        self.records = into
        self.start = 0
        self.stop = into.count

    def end_of_run(self) -> i64:
        """Return where the records of the first input end that come before those of all others."""
        heads = self.heads
        head = heads[0]
        if len(heads) == 1:
            return head.records.count
        other = heads[1]
        if len(heads) > 2 and heads[2].precedes(other):
            other = heads[2]
        return head.records.run(head.next, other.time + i64(head.index > other.index))

    def advance(self, stop: i64) -> None:
        """Go on behind what was taken of the first input."""
        heads = self.heads
        head = heads[0]
        head.next = stop
        if stop < head.records.count:
            head.time = head.records.time[stop]
        else:
            self.exhausted = head.index
            head = heads.pop()
            if len(heads) == 0:
                return
        self.move_down(head)

    def move_down(self, head: InputHead) -> None:
        """Put an input into the heap from its end on, in the place of the first one: where captures
        take turns, it comes after most of the others."""
        heads = self.heads
        count: i64 = len(heads)
        at: i64 = 0
        below: i64 = 1
        while below < count:
            if below + 1 < count and heads[below + 1].precedes(heads[below]):
                below += 1
            heads[at] = heads[below]
            at = below
            below = 2 * at + 1
        heads[at] = head
        self.move_up(at)
