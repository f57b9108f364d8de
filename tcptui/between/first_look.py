"""The first look at two points' segments: how far the clocks are apart, and what the way leaves as
it is."""

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.between.crossing import ByteJudge, Crossing
from tcptui.between.point import Point


class FirstLook(ByteJudge):
    """Learns from bytes that passed each point once.

    For each such pair: the near point's time, and the far point's less that.
    """

    def __init__(self, near: Point, far: Point) -> None:
        self.near: Point = near
        self.far: Point = far
        self.time: vec[i64] = vec[i64]()
        self.difference: vec[i64] = vec[i64]()

    def judge_single(self, crossing: Crossing, i: i64, j: i64, start: i64, end: i64) -> None:
        near = self.near.fingerprints
        far = self.far.fingerprints
        row = i64(crossing.near.row[i])
        far_row = i64(crossing.far.row[j])
        if not self.have_same_stamps(crossing, row, far_row):
            return
        if near.has_identification(row) and far.has_identification(far_row):
            if near.identification[row] == far.identification[far_row]:
                crossing.signs.same_identifications += 1
            else:
                crossing.signs.other_identifications += 1
        self.add(crossing.near.time[i], crossing.far.time[j])

    def have_same_stamps(self, crossing: Crossing, row: i64, far_row: i64) -> bool:
        """Return whether the time stamps do not say that these are different copies; count what
        they say."""
        same = self.near.fingerprints.may_have_same_stamp(row, self.far.fingerprints, far_row)
        if not same:
            crossing.signs.other_stamps += 1
        elif self.near.fingerprints.has_stamps(row) and self.far.fingerprints.has_stamps(far_row):
            crossing.signs.same_stamps += 1
        return same

    def judge_overlap(
        self, crossing: Crossing, near: vec[i64], far: vec[i64], start: i64, end: i64
    ) -> None:
        if len(near) != 1 or len(far) != 1:
            return
        i = near[0]
        j = far[0]
        if crossing.near.start[i] != crossing.far.start[j] or crossing.near.start[i] != start:
            return
        if self.have_same_stamps(crossing, i64(crossing.near.row[i]), i64(crossing.far.row[j])):
            self.add(crossing.near.time[i], crossing.far.time[j])

    def read_acks(self, crossing: Crossing) -> None:
        """Learn from the first ACK that reached a number at each point, where it is the same."""
        near = crossing.near
        far = crossing.far
        prints = self.near.fingerprints
        far_prints = self.far.fingerprints
        i: i64 = 0
        j: i64 = 0
        while i < i64(len(near.acked)) and j < i64(len(far.acked)):
            if near.acked[i] < far.acked[j]:
                i += 1
            elif near.acked[i] > far.acked[j]:
                j += 1
            else:
                if prints.may_have_same_stamp(
                    i64(near.acked_row[i]), far_prints, i64(far.acked_row[j])
                ):
                    self.add(near.acked_time[i], far.acked_time[j])
                i += 1
                j += 1

    def add(self, time: i64, far_time: i64) -> None:
        self.time = append(self.time, time)
        self.difference = append(self.difference, far_time - time)

    def far_time(self, i: i64) -> i64:
        """Return the far point's time of a pair."""
        return self.time[i] + self.difference[i]
