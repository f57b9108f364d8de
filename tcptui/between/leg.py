"""One leg of the way: what one side of a flow sent, from one point to the next."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.between.bare import BareSegments
from tcptui.between.crossing import (
    ARRIVED,
    CROWDED,
    DUPLICATED,
    LOST,
    NO_PARTNER,
    OUTSIDE,
    UNCAPTURED,
    CapturedSpan,
    Crossing,
)
from tcptui.between.point import Point
from tcptui.engine.tcp_header import FIN

BEYOND: Final = "beyond"
"""Stands for the rest of the way, behind the last point."""
NOWHERE: Final = "uncaptured"
"""Stands for a point whose file lacks what must have passed."""

REASONS: Final = {
    OUTSIDE: "outside",
    CROWDED: "crowded",
    UNCAPTURED: "uncaptured",
}
"""Why a segment has no counterpart, apart from its loss."""
UNDECIDED: Final = "lost_or_uncaptured"
"""A bare segment is missing at a point whose file lacks others: nobody would send it again."""


class SegmentGroup:
    """Segments that share a fate: their rows at the near and at the far point, and their bytes."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.far_rows: list[int] = []
        self.bytes: i64 = 0

    @property
    def segments(self) -> int:
        return max(len(self.rows), len(self.far_rows))


NOBODY: Final = SegmentGroup()
"""Stands for all groups without segments: most flows have no other."""


NO_GROUPS: Final[dict[str, SegmentGroup]] = {}
"""Stands for the groups of most legs too, which have none."""


def filled(group: SegmentGroup) -> SegmentGroup:
    """Return the group to add segments to: a new one in place of the one without any."""
    return SegmentGroup() if group is NOBODY else group


class Delays:
    """The least, the median and the 99th percentile of how long segments took (ns)."""

    def __init__(self, values: vec[i64]) -> None:
        """Take the values, one at least; their order is lost."""
        count = i64(len(values))
        self.least: int = int(nth_smallest(values, 0))
        self.median: int = int(nth_smallest(values, count // 2))
        self.p99: int = int(nth_smallest(values, min(count * 99 // 100, count - 1)))


def nth_smallest(values: vec[i64], n: i64) -> i64:
    """Return the value that ``n`` others come before in order; the values are moved about."""
    low: i64 = 0
    high: i64 = i64(len(values)) - 1
    while low < high:
        pivot = values[(low + high) >> 1]
        i = low
        j = high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                moved = values[i]
                values[i] = values[j]
                values[j] = moved
                i += 1
                j -= 1
        if n <= j:
            high = j
        elif n >= i:
            low = i
        else:
            break
    return values[n]


class Leg:
    """The way of one side's segments from one point to the next, and what happened to them there.

    ``near`` and ``far`` are the points' places in the order of the path, ``direction`` is ``c``
    or ``s``. ``segments`` and ``bytes`` count what was seen at the near point. ``delays`` is
    None where the clocks are not known. ``missing`` has the rows of bare segments that did not
    arrive, until they are settled.
    """

    def __init__(self, near: int, far: int, direction: str) -> None:
        self.near: int = near
        self.far: int = far
        self.direction: str = direction
        self.segments: int = 0
        self.bytes: i64 = 0
        self.paired_bytes: i64 = 0
        self.lost: SegmentGroup = NOBODY
        self.duplicated: SegmentGroup = NOBODY
        self.reordered: SegmentGroup = NOBODY
        self.beyond: SegmentGroup = NOBODY
        self.uncaptured_far: SegmentGroup = NOBODY
        self.uncaptured_near: SegmentGroup = NOBODY
        self.near_unpaired: dict[str, SegmentGroup] = NO_GROUPS
        self.far_unpaired: dict[str, SegmentGroup] = NO_GROUPS
        self.lengths_lost: vec[i64] = vec[i64]()
        self.largest_paired: i64 = 0
        self.delays: Delays | None = None
        self.changes: list[tuple[str, object, object, int]] = []
        self.missing: vec[i32] = vec[i32]()

    @property
    def is_uneventful(self) -> bool:
        """Return whether each segment has its counterpart and nothing happened to any."""
        groups = (
            *(self.lost, self.duplicated, self.reordered, self.beyond),
            *(self.uncaptured_far, self.uncaptured_near),
        )
        return all(group is NOBODY for group in groups) and not (
            self.near_unpaired or self.far_unpaired
        )

    def settle(self, is_complete: bool) -> None:
        """Say of the bare segments that did not arrive that they were lost, if the far point's
        file lacks nothing that passed there; else nobody can tell."""
        if len(self.missing) == 0:
            return
        if is_complete:
            group = self.lost = filled(self.lost)
        else:
            group = self.unpaired(False, UNDECIDED)
        for row in self.missing:
            group.rows.append(int(row))
            if is_complete:
                self.lengths_lost = append(self.lengths_lost, 0)
        self.missing = vec[i32]()

    def unpaired(self, far: bool, reason: str) -> SegmentGroup:
        """Return the group of what has no counterpart for this reason at one of the points."""
        if far and self.far_unpaired is NO_GROUPS:
            self.far_unpaired = {}
        if not far and self.near_unpaired is NO_GROUPS:
            self.near_unpaired = {}
        groups = self.far_unpaired if far else self.near_unpaired
        group = groups.get(reason)
        if group is None:
            group = SegmentGroup()
            groups[reason] = group
        return group


class LegReader:
    """Makes a leg of what a crossing and the bare segments say."""

    def __init__(self, near: Point, far: Point, leg: Leg, is_last: bool) -> None:
        self.near: Point = near
        self.far: Point = far
        self.leg: Leg = leg
        self.is_last: bool = is_last

    def read_crossing(self, crossing: Crossing, timed: bool) -> None:
        """Sort the segments that carry bytes by what became of them."""
        leg = self.leg
        near = crossing.near
        packets = self.near.engine.packets
        leg.segments += int(near.count)
        leg.paired_bytes += crossing.paired_bytes
        i: i64 = 0
        while i < near.count:
            row = i64(near.row[i])
            length = packets.length(row)
            if length > 0:
                leg.bytes += length
            if crossing.partner[i] != NO_PARTNER:
                leg.paired_bytes -= packets.flags(row) & FIN
                leg.paired_bytes -= packets.flags(row) >> 1 & 1
            self.read_fate(crossing, i, row, length)
            i += 1
        self.read_far(crossing)
        self.find_reordered(crossing)
        if timed:
            self.find_delays(crossing)

    def read_fate(self, crossing: Crossing, i: i64, row: i64, length: i64) -> None:
        leg = self.leg
        fate = crossing.fate[i]
        if fate == LOST:
            leg.lost = filled(leg.lost)
            leg.lost.rows.append(int(row))
            leg.lost.bytes += self.payload(i64(crossing.lost[i]), length)
            leg.lengths_lost = append(leg.lengths_lost, length)
        elif fate == UNCAPTURED:
            leg.uncaptured_far = filled(leg.uncaptured_far)
            leg.uncaptured_far.rows.append(int(row))
            leg.uncaptured_far.bytes += self.payload(i64(crossing.uncaptured[i]), length)
        if fate != ARRIVED and int(fate) in REASONS:
            group = leg.unpaired(False, REASONS[int(fate)])
            group.rows.append(int(row))
            group.bytes += max(length, i64(0))
        if crossing.partner[i] != NO_PARTNER and fate != LOST and length > leg.largest_paired:
            leg.largest_paired = length

    def payload(self, amount: i64, length: i64) -> i64:
        """Return how many bytes of payload there are among so many numbers of a segment: SYN and
        FIN are none."""
        return amount if amount < length else max(length, i64(0))

    def read_far(self, crossing: Crossing) -> None:
        leg = self.leg
        far = crossing.far
        packets = self.far.engine.packets
        j: i64 = 0
        while j < far.count:
            row = int(far.row[j])
            length = packets.length(i64(row))
            fate = crossing.far_fate[j]
            if fate == DUPLICATED:
                leg.duplicated = filled(leg.duplicated)
                leg.duplicated.far_rows.append(row)
                leg.duplicated.bytes += max(length, i64(0))
            elif fate == UNCAPTURED:
                leg.uncaptured_near = filled(leg.uncaptured_near)
                leg.uncaptured_near.far_rows.append(row)
                leg.uncaptured_near.bytes += self.payload(i64(crossing.far_uncaptured[j]), length)
            if fate != ARRIVED and int(fate) in REASONS:
                group = leg.unpaired(True, REASONS[int(fate)])
                group.far_rows.append(row)
                group.bytes += max(length, i64(0))
            if self.is_last and crossing.again[j] > 0:
                leg.beyond = filled(leg.beyond)
                leg.beyond.rows.append(row)
                leg.beyond.bytes += self.payload(i64(crossing.again[j]), length)
            j += 1

    def find_reordered(self, crossing: Crossing) -> None:
        """Find the segments that one sent later overtook."""
        near = crossing.near
        count = near.count
        order = vec[i64]([0] * count)
        i: i64 = 0
        is_sorted = True
        while i < count:
            order[i] = i
            if i > 0 and near.row[i] < near.row[i - 1]:
                is_sorted = False
            i += 1
        if not is_sorted:
            rows = sorted((int(near.row[n]), n) for n in range(count))
            for place, (_, n) in enumerate(rows):
                order[i64(place)] = i64(n)
        least: i64 = 1 << 62
        i = count - 1
        while i >= 0:
            j = i64(crossing.partner[order[i]])
            if j != NO_PARTNER:
                far_row = i64(crossing.far.row[j])
                if far_row > least:
                    self.leg.reordered = filled(self.leg.reordered)
                    self.leg.reordered.rows.append(int(near.row[order[i]]))
                    self.leg.reordered.far_rows.append(int(far_row))
                    length = self.near.engine.packets.length(i64(near.row[order[i]]))
                    self.leg.reordered.bytes += max(length, i64(0))
                else:
                    least = far_row
            i -= 1

    def find_delays(self, crossing: Crossing) -> None:
        values: vec[i64] = vec[i64]()
        i: i64 = 0
        while i < crossing.near.count:
            j = i64(crossing.partner[i])
            if j != NO_PARTNER and crossing.near.start[i] == crossing.far.start[j]:
                values = append(values, crossing.far.time[j] - crossing.near.time[i])
            i += 1
        if len(values) != 0:
            self.leg.delays = Delays(values)

    def read_bare(
        self, bare: BareSegments, near_span: CapturedSpan, far_span: CapturedSpan
    ) -> None:
        """Take the bare segments without a counterpart; :meth:`Leg.settle` says what they are."""
        leg = self.leg
        leg.segments += len(bare.partner)
        i: i64 = 0
        while i < i64(len(bare.partner)):
            if bare.partner[i] == NO_PARTNER:
                row = bare.near.bare[i]
                if far_span.holds(bare.near.bare_time[i]):
                    leg.missing = append(leg.missing, row)
                else:
                    leg.unpaired(False, REASONS[OUTSIDE]).rows.append(int(row))
            i += 1
        i = 0
        while i < i64(len(bare.far_partner)):
            if bare.far_partner[i] == NO_PARTNER and bare.is_twin(i):
                leg.duplicated = filled(leg.duplicated)
                leg.duplicated.far_rows.append(int(bare.far.bare[i]))
            elif bare.far_partner[i] == NO_PARTNER:
                inside = near_span.holds(bare.far.bare_time[i])
                reason = REASONS[UNCAPTURED if inside else OUTSIDE]
                leg.unpaired(True, reason).far_rows.append(int(bare.far.bare[i]))
            i += 1
