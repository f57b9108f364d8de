"""The first look at two points' segments: how far the clocks are apart, and what the way leaves as
it is."""

from librt.vecs import append, vec
from mypy_extensions import i16, i64

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
        self.doubts: vec[i16] = vec[i16]()

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
        self.add(crossing.near.time[i], crossing.far.time[j], row, far_row)

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
        row = i64(crossing.near.row[i])
        far_row = i64(crossing.far.row[j])
        if self.have_same_stamps(crossing, row, far_row):
            self.add(crossing.near.time[i], crossing.far.time[j], row, far_row)

    def read_acks(self, crossing: Crossing) -> None:
        """Learn from the first ACK that reached a number at each point, if it is the same for sure:
        of several with this number, a file may lack the first."""
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
                row = i64(near.acked_row[i])
                far_row = i64(far.acked_row[j])
                again = near.acked_again[i] != 0 or far.acked_again[j] != 0
                again = again and not self.is_same_packet(row, far_row)
                if not again and prints.may_have_same_stamp(row, far_prints, far_row):
                    self.add(near.acked_time[i], far.acked_time[j], row, far_row)
                i += 1
                j += 1

    def is_same_packet(self, row: i64, far_row: i64) -> bool:
        """Return whether the IP identification says that two are one."""
        near = self.near.fingerprints
        far = self.far.fingerprints
        if not near.has_identification(row) or not far.has_identification(far_row):
            return False
        identification = near.identification[row]
        return identification != 0 and identification == far.identification[far_row]

    def add(self, time: i64, far_time: i64, row: i64, far_row: i64) -> None:
        """Add a pair; another IP identification, payload or SACK raises the doubt that it is
        none."""
        near = self.near.fingerprints
        far = self.far.fingerprints
        doubt = False
        if near.has_identification(row) and far.has_identification(far_row):
            doubt = near.identification[row] != far.identification[far_row]
        if near.has_whole_digest(row) and far.has_whole_digest(far_row):
            doubt = doubt or near.digest[row] != far.digest[far_row]
        self.time = append(self.time, time)
        self.difference = append(self.difference, far_time - time)
        self.doubts = append(self.doubts, i16(1) if doubt else i16(0))

    def drop_doubtful(self) -> None:
        """Drop the pairs that are in doubt, if they are few: where a file lacks a copy, another one
        takes its place; where all are in doubt, the way changes what was compared."""
        doubtful: i64 = 0
        for doubt in self.doubts:
            doubtful += i64(doubt)
        if 0 < doubtful < i64(len(self.doubts)) // 2:
            times, differences = self.time, self.difference
            self.time = vec[i64]()
            self.difference = vec[i64]()
            i: i64 = 0
            while i < i64(len(times)):
                if self.doubts[i] == 0:
                    self.time = append(self.time, times[i])
                    self.difference = append(self.difference, differences[i])
                i += 1
        self.doubts = vec[i16]()

    def far_time(self, i: i64) -> i64:
        """Return the far point's time of a pair."""
        return self.time[i] + self.difference[i]
