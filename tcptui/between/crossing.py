"""A crossing tells what became of one side's segments on their way from one point to the next.

Where segments carry bytes, the bytes are compared, cut at every segment's border: so a segment
that offloading made of many pairs with its pieces, and each repetition with its own copy.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

from tcptui.between.direction import NEVER, Direction

NO_PARTNER: Final = -1
MOST_COPIES: Final = 64
"""Segments that overlap at one byte; further ones are not compared."""

# What became of a segment; the one that says most stands last.
ARRIVED: Final = 0
OUTSIDE: Final = 1
"""The other point was not captured at that time."""
CROWDED: Final = 2
"""More copies overlap than are compared."""
UNCAPTURED: Final = 3
"""It must have passed the other point, which lacks it."""
LOST: Final = 4
DUPLICATED: Final = 5

MOST_BYTES: Final = 0x7FFFFFFF
SLACK: Final = 2000
"""How much earlier than possible (ns) a segment may seem to arrive: clocks tick in µs."""
ANY_TIME: Final = -(1 << 62)


class CapturedSpan:
    """From when to when a point was captured, on the clock of the first point (ns)."""

    def __init__(self, first: i64, last: i64) -> None:
        self.first: i64 = first
        self.last: i64 = last

    def holds(self, time: i64) -> bool:
        return self.first <= time <= self.last


class Signs:
    """The signs that tell copies of the same bytes from each other in a flow: the time stamps, and
    the IP identification, where the way leaves them as they are; and the least delay (ns), or NEVER
    where the clocks are not known."""

    def __init__(self) -> None:
        self.same_stamps: i64 = 0
        self.other_stamps: i64 = 0
        self.same_identifications: i64 = 0
        self.other_identifications: i64 = 0
        self.least_delay: i64 = NEVER
        self.numbers_rewritten: bool = False

    def earliest(self, time: i64) -> i64:
        """Return when what passed the near point at a time can have passed the far one."""
        return ANY_TIME if self.least_delay == NEVER else time + self.least_delay - SLACK

    @property
    def by_stamps(self) -> bool:
        """Return whether a copy has the time stamp that it was sent with."""
        return self.same_stamps > 20 * self.other_stamps

    @property
    def by_identifications(self) -> bool:
        """Return whether a copy has the IP identification that it was sent with."""
        return self.same_identifications > 20 * self.other_identifications


class Crossing:
    """Pairs the segments at the point nearer to their sender with those at the farther one.

    For each segment of either: its first partner, how many of its bytes are paired, lost,
    uncaptured, and what became of it. ``again`` counts the far point's bytes that were sent
    once more though they had passed.
    """

    def __init__(self, near: Direction, far: Direction, signs: Signs) -> None:
        self.near: Direction = near
        self.far: Direction = far
        self.signs: Signs = signs
        self.partner: vec[i32] = vec[i32]([NO_PARTNER] * near.count)
        self.fate: vec[i16] = vec[i16]([ARRIVED] * near.count)
        self.lost: vec[i32] = vec[i32]([0] * near.count)
        self.uncaptured: vec[i32] = vec[i32]([0] * near.count)
        self.far_partner: vec[i32] = vec[i32]([NO_PARTNER] * far.count)
        self.far_fate: vec[i16] = vec[i16]([ARRIVED] * far.count)
        self.far_uncaptured: vec[i32] = vec[i32]([0] * far.count)
        self.again: vec[i32] = vec[i32]([0] * far.count)
        self.paired_bytes: i64 = 0

    def find_fate(self, i: i64, fate: i64) -> None:
        """Note what became of a segment, or of a part of it: what says most stays."""
        if fate > i64(self.fate[i]):
            self.fate[i] = i16(fate)

    def find_far_fate(self, j: i64, fate: i64) -> None:
        """Note what became of a segment of the far point, or of a part of it."""
        if fate > i64(self.far_fate[j]):
            self.far_fate[j] = i16(fate)

    def bytes_at(self, i: i64, j: i64) -> bool:
        """Return whether segment ``i`` and the far one ``j`` carry the same bytes."""
        return self.near.start[i] == self.far.start[j] and self.near.end[i] == self.far.end[j]


def more(amount: i32, added: i64) -> i32:
    """Return the bytes of a segment with further ones counted."""
    return i32(min(i64(amount) + added, i64(MOST_BYTES)))


class Sweep:
    """Goes over the bytes of both points in the order of their numbers, from border to border."""

    def __init__(self, crossing: Crossing, judge: "ByteJudge") -> None:
        self.crossing: Crossing = crossing
        self.judge: ByteJudge = judge
        self.near: vec[i64] = vec[i64]()
        self.far: vec[i64] = vec[i64]()
        self.i: i64 = 0
        self.j: i64 = 0

    def run(self) -> None:
        near = self.crossing.near
        far = self.crossing.far
        position: i64 = 0
        while True:
            if len(self.near) == 0 and len(self.far) == 0:
                if self.pass_alone():
                    continue
                if self.i >= near.count and self.j >= far.count:
                    return
                position = self.next_start()
            self.let_in(position)
            border = self.next_border()
            self.judge.judge_overlap(self.crossing, self.near, self.far, position, border)
            position = border
            self.let_out(position)

    def pass_alone(self) -> bool:
        """Take the next segment of each point where they carry the same bytes and no other segment
        does; return whether that was so."""
        near = self.crossing.near
        far = self.crossing.far
        i = self.i
        j = self.j
        if i >= near.count or j >= far.count or not self.crossing.bytes_at(i, j):
            return False
        end = near.end[i]
        if i + 1 < near.count and near.start[i + 1] < end:
            return False
        if j + 1 < far.count and far.start[j + 1] < end:
            return False
        self.i = i + 1
        self.j = j + 1
        self.judge.judge_single(self.crossing, i, j, near.start[i], end)
        return True

    def next_start(self) -> i64:
        """Return where the next segment of either point begins; there is one."""
        near = self.crossing.near
        far = self.crossing.far
        if self.i >= near.count:
            return far.start[self.j]
        if self.j >= far.count:
            return near.start[self.i]
        return min(near.start[self.i], far.start[self.j])

    def let_in(self, position: i64) -> None:
        """Let in the segments that begin here."""
        near = self.crossing.near
        far = self.crossing.far
        while self.i < near.count and near.start[self.i] <= position:
            if i64(len(self.near)) < MOST_COPIES:
                self.near = append(self.near, self.i)
            else:
                self.crossing.fate[self.i] = i16(CROWDED)
            self.i += 1
        while self.j < far.count and far.start[self.j] <= position:
            if i64(len(self.far)) < MOST_COPIES:
                self.far = append(self.far, self.j)
            else:
                self.crossing.far_fate[self.j] = i16(CROWDED)
            self.j += 1

    def next_border(self) -> i64:
        """Return where the next segment begins or ends."""
        near = self.crossing.near
        far = self.crossing.far
        border: i64 = 1 << 62
        if self.i < near.count:
            border = near.start[self.i]
        if self.j < far.count and far.start[self.j] < border:
            border = far.start[self.j]
        for i in self.near:
            if near.end[i] < border:
                border = near.end[i]
        for j in self.far:
            if far.end[j] < border:
                border = far.end[j]
        return border

    def let_out(self, position: i64) -> None:
        """Let go of the segments that end here."""
        self.near = still_there(self.near, self.crossing.near.end, position)
        self.far = still_there(self.far, self.crossing.far.end, position)


def still_there(active: vec[i64], ends: vec[i64], position: i64) -> vec[i64]:
    """Return the segments that end behind the position."""
    kept = vec[i64]()
    for i in active:
        if ends[i] > position:
            kept = append(kept, i)
    return kept


class ByteJudge:
    """Decides about the bytes between two borders, which the same segments carry."""

    def judge_single(self, crossing: Crossing, i: i64, j: i64, start: i64, end: i64) -> None:
        """Decide about bytes that passed each point once, in segments of the same size."""
        raise NotImplementedError

    def judge_overlap(
        self, crossing: Crossing, near: vec[i64], far: vec[i64], start: i64, end: i64
    ) -> None:
        """Decide about bytes that any number of segments carried at each point."""
        raise NotImplementedError
