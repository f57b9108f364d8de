"""Pairs the segments that carry no bytes: pure ACKs, resets, window updates."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.between.changes import Changes
from tcptui.between.crossing import NO_PARTNER, Signs
from tcptui.between.direction import Direction
from tcptui.between.point import Point
from tcptui.engine.sequence import u32
from tcptui.engine.tcp_header import ACK

LOOKED_AHEAD: Final = 128
"""Segments at the far point among which a counterpart is looked for."""


LOOKED_BACK: Final = 16
"""Segments among which the first of two of a kind is looked for."""


class BareSegments:
    """The bare segments of a direction at both points: partners, NO_PARTNER for none."""

    def __init__(
        self, near_point: Point, far_point: Point, near: Direction, far: Direction, signs: Signs
    ) -> None:
        self.near_point: Point = near_point
        self.far_point: Point = far_point
        self.near: Direction = near
        self.far: Direction = far
        self.signs: Signs = signs
        self.partner: vec[i32] = vec[i32]([NO_PARTNER] * len(near.bare))
        self.far_partner: vec[i32] = vec[i32]([NO_PARTNER] * len(far.bare))

    def pair(self, changes: Changes) -> None:
        """Pair each with the first equal one that passed the far point afterwards."""
        first: i64 = 0
        i: i64 = 0
        count = i64(len(self.far.bare))
        while i < i64(len(self.near.bare)):
            earliest = self.signs.earliest(self.near.bare_time[i])
            while first < count and (
                self.far_partner[first] != NO_PARTNER or self.far.bare_time[first] < earliest
            ):
                first += 1
            j = first
            while j < count and j < first + LOOKED_AHEAD:
                if self.far_partner[j] == NO_PARTNER and self.are_equal(i, j):
                    self.partner[i] = i32(j)
                    self.far_partner[j] = i32(i)
                    changes.compare(i64(self.near.bare[i]), i64(self.far.bare[j]), False)
                    break
                j += 1
            i += 1

    def is_twin(self, j: i64) -> bool:
        """Return whether a segment at the far point is the second of two that the way made of one:
        another one, that was paired, has the same IP identification and says the same."""
        if not self.signs.by_identifications:
            return False
        k = j - 1
        while k >= 0 and k >= j - LOOKED_BACK:
            if self.far_partner[k] != NO_PARTNER and self.say_the_same(j, k):
                return True
            k -= 1
        return False

    def say_the_same(self, j: i64, k: i64) -> bool:
        """Return whether two segments at the far point are equal, identification and all."""
        row = i64(self.far.bare[j])
        other = i64(self.far.bare[k])
        prints = self.far_point.fingerprints
        packets = self.far_point.engine.packets
        if not prints.has_identification(row) or prints.identification[row] == 0:
            return False
        if prints.identification[row] != prints.identification[other]:
            return False
        if packets.seq(row) != packets.seq(other) or packets.ack(row) != packets.ack(other):
            return False
        return packets.flags(row) == packets.flags(other)

    def are_equal(self, i: i64, j: i64) -> bool:
        """Return whether two segments say the same: numbers, flags, window, time stamps, SACK."""
        row = i64(self.near.bare[i])
        far_row = i64(self.far.bare[j])
        near = self.near_point.engine.packets
        far = self.far_point.engine.packets
        flags = near.flags(row)
        if flags != far.flags(far_row):
            return False
        if near.window_in_header(row) != far.window_in_header(far_row):
            return False
        if u32(near.seq(row) - self.near.base) != u32(far.seq(far_row) - self.far.base):
            return False
        if flags & ACK:
            acked = u32(near.ack(row) - self.near.peer_base)
            if acked != u32(far.ack(far_row) - self.far.peer_base):
                return False
        return self.have_equal_prints(row, far_row)

    def have_equal_prints(self, row: i64, far_row: i64) -> bool:
        """Return whether IP identification, time stamps and other options agree, as far as the way
        keeps them."""
        near = self.near_point.fingerprints
        far = self.far_point.fingerprints
        if (
            self.signs.by_identifications
            and near.has_identification(row)
            and far.has_identification(far_row)
            and near.identification[row] != far.identification[far_row]
        ):
            return False
        if not near.has_stamps(row) or not far.has_stamps(far_row):
            return True
        if self.signs.by_stamps and near.stamp[row] != far.stamp[far_row]:
            return False
        return self.signs.numbers_rewritten or near.digest[row] == far.digest[far_row]
