"""Records are packets of a capture as columns: what every source feeds to the engine."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

BATCH: Final = 4096
FIRST_BATCH: Final = 256
FILE_SHIFT: Final = 48
"""A position is file << 48 | byte offset in the uncompressed file."""
SECOND_FILE: Final = 1 << FILE_SHIFT
"""Positions from here on are in another file than the first."""


class Records:
    """At most `room` records of one chunk, as columns that are used again for each batch.

    There is room for a small file's at first, as there may be thousands of files, and for `BATCH`
    in the end.

    time      ns since the epoch
    position  file << 48 | offset of the packet's first byte in the uncompressed file
    offset    of the packet's first byte in the chunk
    captured  bytes of the packet in the chunk
    original  bytes of the packet on the wire
    interface index into the source's list of interfaces
    """

    def __init__(self) -> None:
        self.count: i64 = 0
        self.make_room(FIRST_BATCH)

    def begin(self) -> None:
        """Begin without any record; a batch that filled all there is makes room for more."""
        if self.count == self.room and self.room < BATCH:
            self.make_room(4 * self.room)
        self.count = 0

    def make_room(self, room: i64) -> None:
        """Begin without any record, with room for so many."""
        self.room: i64 = room
        self.count = 0
        self.time: vec[i64] = vec[i64]([0] * room)
        self.position: vec[i64] = vec[i64]([0] * room)
        self.offset: vec[i64] = vec[i64]([0] * room)
        self.captured: vec[i64] = vec[i64]([0] * room)
        self.original: vec[i64] = vec[i64]([0] * room)
        self.interface: vec[i64] = vec[i64]([0] * room)

    def run(self, start: i64, limit: i64) -> i64:
        """Return the end of the run of records from `start` whose time is below `limit` (ns)."""
        time = self.time
        at = start
        while at < self.count and time[at] < limit:
            at += 1
        return at

    def step_back(self, start: i64, last: i64) -> i64:
        """Return the first record from `start` on that is earlier than the one before it, else
        `count`.

        last: the time of the record before `start`, in ns. Records without a time (0) are passed.
        """
        time = self.time
        at = start
        while at < self.count:
            if time[at] != 0:
                if time[at] < last:
                    break
                last = time[at]
            at += 1
        return at
