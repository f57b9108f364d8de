"""Follows each segment of one flow through all points: its rows there, and what became of it."""

from collections.abc import Generator, Iterator
from itertools import pairwise
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.between.comparison import (
    Comparison,
    FlowBetween,
    FlowLook,
    LegPairs,
    both_directions,
)
from tcptui.between.crossing import LOST as LOST_ON_LEG
from tcptui.between.crossing import NO_PARTNER, OUTSIDE, UNCAPTURED
from tcptui.between.direction import BothDirections
from tcptui.between.leg import REASONS, UNDECIDED, Leg
from tcptui.between.sent_bytes import SentBytes
from tcptui.engine.flow import CLIENT, SERVER
from tcptui.engine.sequence import s32
from tcptui.engine.tcp_header import FIN, RST, SYN

NOT_SEEN: Final = -1
SLICE: Final = 2048
"""Segments that are followed at once."""

# What became of a segment, as bits.
LOST: Final = 1
"""It vanished behind the last point that saw it."""
TWICE: Final = 2
"""It came twice out of one, before the first point that saw it."""
OVERTAKEN: Final = 4
AGAIN: Final = 8
"""It passed the last point, and was sent again all the same."""
MISSED: Final = 16
"""It must have passed a point whose file lacks it."""
NOT_CAPTURED: Final = 32
"""A point was not captured at that time."""
UNCLEAR: Final = 64
"""Bare, and missing at a point whose file lacks others: nobody can tell."""


ENDED: Final = frozenset((LOST_ON_LEG, UNCAPTURED))
"""What may become of a part of a segment, while another part passes."""


class Journeys:
    """The segments of one flow on their way, in the order in which they were first seen.

    ``places`` are the points that saw the flow, from the client to the server, as places in the
    path. A segment that offloading cut or joined on the way has a journey for each piece.
    """

    def __init__(self, comparison: Comparison, flow: FlowBetween) -> None:
        self.comparison: Comparison = comparison
        self.flow: FlowBetween = flow
        seen = [place for place, at in enumerate(flow.seen.at) if at is not None]
        self.places: list[int] = seen[::-1] if flow.is_reversed else seen
        self.rows: vec[i64] = vec[i64]()
        self.sides: list[int] = []
        self.fates: list[int] = []
        self.order: list[int] = []
        self.sent: dict[bool, SentBytes] = {}

    @property
    def count(self) -> int:
        return len(self.order)

    def from_server(self, journey: int) -> bool:
        return self.sides[self.order[journey]] == SERVER

    def fate(self, journey: int) -> int:
        """Return what became of a segment, as bits."""
        return self.fates[self.order[journey]]

    def row(self, journey: int, place: int) -> int:
        """Return a segment's row at one of the ``places`` (as their index), or NOT_SEEN."""
        return int(self.rows[i64(self.order[journey] * len(self.places) + place)])

    def seen(self, journey: int) -> list[int]:
        """Return which of the ``places`` saw a segment, as their indexes, in its direction."""
        return self.seen_of(self.order[journey])

    def time(self, journey: int, place: int) -> int:
        """Return when a segment passed one of the ``places``, on the first point's clock (ns)."""
        return self.corrected(place, self.row(journey, place))

    def bytes_of(self, journey: int) -> tuple[i64, i64]:
        """Return the first byte of a segment, counted from the flow's, and how many there are; SYN
        and FIN count."""
        place = self.seen(journey)[0]
        at = self.flow.seen.at[self.places[place]]
        assert at is not None
        packets = self.comparison.points[self.places[place]].engine.packets
        row = i64(self.row(journey, place))
        flags = packets.flags(row)
        base = at.server_base if self.from_server(journey) else at.client_base
        length = max(packets.length(row), i64(0))
        if flags & RST == 0:
            length += (1 if flags & SYN else 0) + (1 if flags & FIN else 0)
        return s32(packets.seq(row) - base), length

    def sent_bytes(self, journey: int) -> SentBytes:
        """Return the bytes of all segments that the side of this one sent."""
        side = self.from_server(journey)
        sent = self.sent.get(side)
        if sent is None:
            segments: list[tuple[int, int, int]] = []
            for other in range(self.count):
                if self.from_server(other) == side:
                    start, length = self.bytes_of(other)
                    if length > 0:
                        segments.append((int(start), int(length), other))
            sent = self.sent[side] = SentBytes(segments)
        return sent

    # How they are found

    def follow(self) -> Generator[float, None, None]:
        """Follow all segments; yield now and then how far that is, 0 to 1."""
        for side in (CLIENT, SERVER):
            for _ in self.follow_side(side):
                yield 0.25
        for _ in self.find_fates():
            yield 0.5
        times: list[int] = []
        for number in range(len(self.sides)):
            times.append(self.first_time(number))
            if number % SLICE == 0:
                yield 0.75
        self.order = sorted(range(len(times)), key=times.__getitem__)

    def seen_of(self, number: int) -> list[int]:
        width = len(self.places)
        found = [n for n in range(width) if self.rows[i64(number * width + n)] != NOT_SEEN]
        return found[::-1] if self.sides[number] == SERVER else found

    def first_time(self, number: int) -> int:
        first = self.seen_of(number)[0]
        return self.corrected(first, int(self.rows[i64(number * len(self.places) + first)]))

    def corrected(self, place: int, row: int) -> int:
        at = self.places[place]
        time = self.comparison.points[at].engine.packets.time(i64(row))
        return int(self.comparison.clocks[at].corrected(time))

    def add(self, side: int) -> int:
        for _ in self.places:
            self.rows = append(self.rows, i64(NOT_SEEN))
        self.sides.append(side)
        self.fates.append(0)
        return len(self.sides) - 1

    def put(self, number: int, place: int, row: int) -> None:
        self.rows[i64(number * len(self.places) + place)] = i64(row)

    def follow_side(self, side: int) -> Iterator[None]:
        """Follow what one side sent from its nearest point to the farthest; yield now and then."""
        width = len(self.places)
        stations = list(range(width))[::-1] if side == SERVER else list(range(width))
        here: dict[int, int] = {}
        for near, far in pairwise(stations):
            there: dict[int, int] = {}
            yield
            for count, (row, far_row) in enumerate(links(self.pairs(near, far, side))):
                if count % SLICE == 0:
                    yield
                number = here.get(row, NOT_SEEN) if row != NOT_SEEN else NOT_SEEN
                if number == NOT_SEEN:
                    number = self.add(side)
                    if row != NOT_SEEN:
                        self.put(number, near, row)
                elif self.rows[i64(number * width + far)] != NOT_SEEN:
                    number = self.copy(number, far)
                if far_row != NOT_SEEN:
                    self.put(number, far, far_row)
                    if far != stations[-1]:
                        there[far_row] = number
            here = there

    def copy(self, number: int, far: int) -> int:
        """Add a journey for another piece of a segment that is one up to the far point."""
        added = self.add(self.sides[number])
        for place in range(len(self.places)):
            if place != far:
                self.put(added, place, int(self.rows[i64(number * len(self.places) + place)]))
        return added

    def pairs(self, near: int, far: int, side: int) -> LegPairs:
        """Pair what one side sent at two of the ``places``."""
        places = (self.places[near], self.places[far])
        earlier, later = min(places), max(places)
        points = self.comparison.points
        look = FlowLook((points[earlier], points[later]), self.flow.seen, (earlier, later))
        both = (self.directions(places[0]), self.directions(places[1]))
        pairs = LegPairs(self.comparison, places, side, both, look.signs[side])
        pairs.pair_bare()
        return pairs

    def directions(self, place: int) -> BothDirections:
        at = self.flow.seen.at[place]
        assert at is not None
        return both_directions(self.comparison.points[place], at, self.comparison.clocks[place])

    def find_fates(self) -> Iterator[None]:
        """Give each journey what its flow's legs say of the rows where it begins and ends; yield
        now and then."""
        ends: dict[tuple[int, int], int] = {}
        begins: dict[tuple[int, int], int] = {}
        for leg in self.flow.legs:
            note_fates(ends, leg.near, end_groups(leg))
            note_fates(ends, leg.far, [(leg.beyond.rows, AGAIN)])
            note_fates(begins, leg.near, [(leg.reordered.rows, OVERTAKEN)])
            note_fates(begins, leg.far, begin_groups(leg))
        if len(ends) == 0 and len(begins) == 0:
            return
        width = len(self.places)
        for number in range(len(self.sides)):
            if number % SLICE == 0:
                yield
            seen = self.seen_of(number)
            first, last = seen[0], seen[-1]
            row = int(self.rows[i64(number * width + first)])
            last_row = int(self.rows[i64(number * width + last)])
            fate = begins.get((self.places[first], row), 0)
            fate |= ends.get((self.places[last], last_row), 0)
            if len(seen) == 1:
                fate &= ~OVERTAKEN
            self.fates[number] = fate


def followed(comparison: Comparison, flow: FlowBetween) -> Journeys:
    """Follow the segments of a flow."""
    journeys = Journeys(comparison, flow)
    for _ in journeys.follow():
        pass
    return journeys


def end_groups(leg: Leg) -> list[tuple[list[int], int]]:
    """Return the near point's rows that end there, and how."""
    groups = [(leg.lost.rows, LOST), (leg.uncaptured_far.rows, MISSED)]
    for reason, bit in ((REASONS[OUTSIDE], NOT_CAPTURED), (UNDECIDED, UNCLEAR)):
        if reason in leg.near_unpaired:
            groups.append((leg.near_unpaired[reason].rows, bit))
    return groups


def begin_groups(leg: Leg) -> list[tuple[list[int], int]]:
    """Return the far point's rows that begin there, and how."""
    groups = [(leg.duplicated.far_rows, TWICE)]
    for reason, bit in ((REASONS[UNCAPTURED], MISSED), (REASONS[OUTSIDE], NOT_CAPTURED)):
        if reason in leg.far_unpaired:
            groups.append((leg.far_unpaired[reason].far_rows, bit))
    return groups


def note_fates(
    fates: dict[tuple[int, int], int], place: int, groups: list[tuple[list[int], int]]
) -> None:
    for rows, bit in groups:
        for row in rows:
            fates[(place, row)] = fates.get((place, row), 0) | bit


def links(pairs: LegPairs) -> Iterator[tuple[int, int]]:
    """Yield each segment's rows at the near and at the far point, NOT_SEEN for none; what is cut or
    joined on the way comes as often as it has pieces."""
    crossing, bare = pairs.crossing, pairs.bare
    near, far = crossing.near, crossing.far
    i: i64 = 0
    while i < near.count:
        j = i64(crossing.partner[i])
        if j != NO_PARTNER:
            yield int(near.row[i]), int(far.row[j])
        if j == NO_PARTNER or int(crossing.fate[i]) in ENDED:
            yield int(near.row[i]), NOT_SEEN
        i += 1
    j = 0
    while j < far.count:
        i = i64(crossing.far_partner[j])
        if i == NO_PARTNER:
            yield NOT_SEEN, int(far.row[j])
        elif crossing.partner[i] != j:
            yield int(near.row[i]), int(far.row[j])
        j += 1
    i = 0
    while i < i64(len(bare.partner)):
        j = i64(bare.partner[i])
        there = NOT_SEEN if j == NO_PARTNER else int(bare.far.bare[j])
        yield int(bare.near.bare[i]), there
        i += 1
    j = 0
    while j < i64(len(bare.far_partner)):
        if bare.far_partner[j] == NO_PARTNER:
            yield NOT_SEEN, int(bare.far.bare[j])
        j += 1
