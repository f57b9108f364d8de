"""Decides which copy of the same bytes at one point is which at the next, and what became of those
that have no counterpart."""

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

from tcptui.between.changes import Changes
from tcptui.between.crossing import (
    DUPLICATED,
    LOST,
    NO_PARTNER,
    OUTSIDE,
    SLACK,
    UNCAPTURED,
    ByteJudge,
    CapturedSpan,
    Crossing,
    more,
)
from tcptui.between.direction import NEVER, Direction
from tcptui.between.point import Point


class CopyJudge(ByteJudge):
    """Pairs copies, the latest first: each with the latest one that was sent before it arrived.

    A copy that did not arrive was lost on the way, unless the receiver acknowledged its bytes
    before the far point saw any of them: then that point lacks it. ``answers`` is what the
    receiver sent, as each point saw it that can tell.
    """

    def __init__(
        self,
        near: Point,
        far: Point,
        answers: list[Direction],
        near_span: CapturedSpan,
        far_span: CapturedSpan,
        changes: Changes,
    ) -> None:
        self.near: Point = near
        self.far: Point = far
        self.answers: list[Direction] = answers
        self.near_span: CapturedSpan = near_span
        self.far_span: CapturedSpan = far_span
        self.changes: Changes = changes

    def judge_single(self, crossing: Crossing, i: i64, j: i64, start: i64, end: i64) -> None:
        if self.can_be(crossing, i, j):
            self.pair(crossing, i, j, end - start)
            return
        proof = self.time_of_proof(end, crossing.far.time[j])
        self.note_missing(crossing, i, end - start, proof)
        self.find_unsent(crossing, j, end - start)

    def judge_overlap(
        self, crossing: Crossing, near: vec[i64], far: vec[i64], start: i64, end: i64
    ) -> None:
        sent = in_time_order(near, crossing.near.time)
        arrived = in_time_order(far, crossing.far.time)
        free = vec[i64]([1] * len(sent))
        unsent = vec[i64]()
        k = i64(len(arrived)) - 1
        while k >= 0:
            j = arrived[k]
            n = i64(len(sent)) - 1
            while n >= 0 and (free[n] == 0 or not self.can_be(crossing, sent[n], j)):
                n -= 1
            if n >= 0 and not self.comes_from_twin(crossing, sent, free, arrived, k):
                free[n] = 0
                self.pair(crossing, sent[n], j, end - start)
            else:
                unsent = append(unsent, j)
            k -= 1
        self.judge_unsent(crossing, arrived, unsent, end - start)
        self.judge_missing(crossing, sent, free, arrived, start, end)
        self.count_again(crossing, arrived, end - start)

    def comes_from_twin(
        self, crossing: Crossing, sent: vec[i64], free: vec[i64], arrived: vec[i64], k: i64
    ) -> bool:
        """Return whether what arrived as number ``k`` was made on the way of a twin that arrived
        before: there are more of them than were sent."""
        j = arrived[k]
        twins: i64 = 0
        for n in range(k):
            if self.are_twins(crossing, arrived[n], j):
                twins += 1
        if twins == 0:
            return False
        for n in range(len(sent)):
            if free[n] != 0 and self.can_be(crossing, sent[n], j):
                twins -= 1
        return twins >= 0

    def can_be(self, crossing: Crossing, i: i64, j: i64) -> bool:
        """Return whether the far segment ``j`` can be what ``i`` became."""
        signs = crossing.signs
        if crossing.far.time[j] < signs.earliest(crossing.near.time[i]):
            return False
        near = self.near.fingerprints
        far = self.far.fingerprints
        row = i64(crossing.near.row[i])
        far_row = i64(crossing.far.row[j])
        if signs.by_stamps and not near.may_have_same_stamp(row, far, far_row):
            return False
        if not signs.by_identifications or not crossing.bytes_at(i, j):
            return True
        if not near.has_identification(row) or not far.has_identification(far_row):
            return True
        return near.identification[row] == far.identification[far_row]

    def pair(self, crossing: Crossing, i: i64, j: i64, amount: i64) -> None:
        crossing.paired_bytes += amount
        if crossing.partner[i] == NO_PARTNER:
            crossing.partner[i] = i32(j)
        if crossing.far_partner[j] == NO_PARTNER:
            crossing.far_partner[j] = i32(i)
            row, far_row = i64(crossing.near.row[i]), i64(crossing.far.row[j])
            self.changes.compare(row, far_row, crossing.bytes_at(i, j))

    def judge_unsent(
        self, crossing: Crossing, arrived: vec[i64], unsent: vec[i64], amount: i64
    ) -> None:
        """Say of what arrived and was not seen before whether it is the second of two of a kind."""
        for j in unsent:
            twin = False
            for other in arrived:
                if crossing.far_partner[other] != NO_PARTNER and self.are_twins(crossing, other, j):
                    twin = True
            if twin:
                crossing.far_fate[j] = i16(DUPLICATED)
            else:
                self.find_unsent(crossing, j, amount)

    def are_twins(self, crossing: Crossing, j: i64, other: i64) -> bool:
        """Return whether two segments at the far point are one that was made two on the way."""
        far = crossing.far
        if far.start[j] != far.start[other] or far.end[j] != far.end[other]:
            return False
        prints = self.far.fingerprints
        row = i64(far.row[j])
        other_row = i64(far.row[other])
        if prints.has_stamps(row) and prints.stamp[row] != prints.stamp[other_row]:
            return False
        if prints.has_identification(row) and crossing.signs.by_identifications:
            return prints.identification[row] == prints.identification[other_row]
        return prints.has_stamps(row)

    def find_unsent(self, crossing: Crossing, j: i64, amount: i64) -> None:
        """Say of what arrived why the near point has not seen it."""
        time = crossing.far.time[j]
        if not self.near_span.holds(time):
            crossing.find_far_fate(j, OUTSIDE)
            return
        crossing.find_far_fate(j, UNCAPTURED)
        crossing.far_uncaptured[j] = more(crossing.far_uncaptured[j], amount)

    def judge_missing(
        self,
        crossing: Crossing,
        sent: vec[i64],
        free: vec[i64],
        arrived: vec[i64],
        start: i64,
        end: i64,
    ) -> None:
        """Say of the copies without a counterpart what became of them."""
        arrival = crossing.far.time[arrived[0]] if len(arrived) > 0 else NEVER
        proof = self.time_of_proof(end, arrival)
        n = i64(len(sent)) - 1
        while n >= 0:
            if free[n] != 0 and self.note_missing(crossing, sent[n], end - start, proof):
                proof = NEVER
            n -= 1

    def note_missing(self, crossing: Crossing, i: i64, amount: i64, proof: i64) -> bool:
        """Say what became of a copy without a counterpart; return whether the proof was for it."""
        if proof != NEVER and crossing.near.time[i] <= proof:
            self.note_uncaptured(crossing, i, amount)
            return True
        self.note_lost(crossing, i, amount)
        return False

    def time_of_proof(self, end: i64, arrival: i64) -> i64:
        """Return when the receiver acknowledged bytes that the far point had not seen by then, or
        NEVER."""
        acked: i64 = NEVER
        for answers in self.answers:
            time = answers.time_acked(end)
            if time != NEVER and (acked == NEVER or time < acked):
                acked = time
        if acked == NEVER or (arrival != NEVER and arrival <= acked + SLACK):
            return NEVER
        return acked

    def note_uncaptured(self, crossing: Crossing, i: i64, amount: i64) -> None:
        crossing.uncaptured[i] = more(crossing.uncaptured[i], amount)
        outside = self.is_outside(crossing.near.time[i])
        crossing.find_fate(i, OUTSIDE if outside else UNCAPTURED)

    def note_lost(self, crossing: Crossing, i: i64, amount: i64) -> None:
        if self.is_outside(crossing.near.time[i]):
            crossing.find_fate(i, OUTSIDE)
            return
        crossing.lost[i] = more(crossing.lost[i], amount)
        crossing.fate[i] = i16(LOST)

    def is_outside(self, time: i64) -> bool:
        return not self.far_span.holds(time)

    def count_again(self, crossing: Crossing, arrived: vec[i64], amount: i64) -> None:
        """Count the copies after which another one passed."""
        k: i64 = 0
        latest: i64 = NO_PARTNER
        while k < i64(len(arrived)):
            j = arrived[k]
            if crossing.far_fate[j] != DUPLICATED:
                if latest != NO_PARTNER:
                    crossing.again[latest] = more(crossing.again[latest], amount)
                latest = j
            k += 1


def in_time_order(segments: vec[i64], times: vec[i64]) -> vec[i64]:
    """Return the segments in the order of their times (insertion sort: they are few)."""
    ordered = segments[:]
    k: i64 = 1
    while k < i64(len(ordered)):
        moved = ordered[k]
        n = k - 1
        while n >= 0 and times[ordered[n]] > times[moved]:
            ordered[n + 1] = ordered[n]
            n -= 1
        ordered[n + 1] = moved
        k += 1
    return ordered
