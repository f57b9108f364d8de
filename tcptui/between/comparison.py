"""Compares captures of two points or more: flows, clocks, and what happened to each segment between
the points."""

from collections.abc import Generator
from itertools import pairwise
from typing import Final

from mypy_extensions import i64

from tcptui.between.bare import BareSegments
from tcptui.between.changes import Changes
from tcptui.between.clock import Clock, ClockSamples
from tcptui.between.copies import CopyJudge
from tcptui.between.crossing import CapturedSpan, Crossing, Signs, Sweep
from tcptui.between.direction import BothDirections, read_directions
from tcptui.between.first_look import FirstLook
from tcptui.between.flow_pairs import FlowAtPoint, SeenFlow, pair_flows
from tcptui.between.leg import Leg, LegReader
from tcptui.between.point import Point
from tcptui.engine.addresses import address_text
from tcptui.engine.flow import CLIENT, SERVER
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_state.states import SYN_ACK_OUT, SYN_OUT
from tcptui.text.amounts import amount

US: Final = 1000
SURE_SHARE: Final = 0.5
"""The part of the least delay seen that any segment takes: one that was no sample may be faster."""
DIRECTIONS: Final = ("c", "s")


class FlowLook:
    """The first look at a flow at two points says in which ``order`` its packets pass them
    (see :meth:`find_order`), how far their times are apart, and what tells copies apart."""

    def __init__(
        self, points: tuple[Point, Point], seen: SeenFlow, places: tuple[int, int]
    ) -> None:
        here = seen.at[places[0]]
        there = seen.at[places[1]]
        assert here is not None
        assert there is not None
        unset = Clock()
        first = both_directions(points[0], here, unset)
        second = both_directions(points[1], there, unset)
        self.packets: int = int(here.flow.packets)
        self.signs: list[Signs] = [Signs(), Signs()]
        self.looks: list[FirstLook] = [
            FirstLook(points[0], points[1]),
            FirstLook(points[1], points[0]),
        ]
        for side, near, far in (
            (CLIENT, first.client, second.client),
            (SERVER, second.server, first.server),
        ):
            crossing = Crossing(near, far, self.signs[side])
            Sweep(crossing, self.looks[side]).run()
            self.looks[side].read_acks(crossing)
            self.looks[side].drop_doubtful()
        rewritten = here.client_base != there.client_base or here.server_base != there.server_base
        for signs in self.signs:
            signs.numbers_rewritten = rewritten
        self.order: int = self.find_order()

    def find_order(self) -> int:
        """Return 1 where the client is on the first point's side, -1 where it is on the other's,
        0 where one direction is missing.

        What the client sent passes its side's point first, and answers pass that last: so the
        differences of the times, both ways together, are the round trip between the points. Each
        one is taken with the one before it of the other direction, as a clock may have been set.
        """
        client, server = self.looks[CLIENT], self.looks[SERVER]
        if len(client.time) == 0 or len(server.time) == 0:
            return 0
        votes = 0
        j: i64 = 0
        i: i64 = 0
        while i < i64(len(client.time)):
            while j + 1 < i64(len(server.time)) and server.far_time(j + 1) <= client.time[i]:
                j += 1
            votes += 1 if client.difference[i] + server.difference[j] >= 0 else -1
            i += 1
        return 1 if votes >= 0 else -1

    def add_samples(self, samples: ClockSamples, is_forward: bool, client_is_near: bool) -> None:
        """Add the differences of the times, as the points stand in the path: ``is_forward`` where
        the first point comes first there, ``client_is_near`` where the client is beyond it."""
        for side in (CLIENT, SERVER):
            look = self.looks[side]
            i: i64 = 0
            # The client's are: second point's time less the first's; the server's the other way.
            is_later_less_earlier = (side == CLIENT) == is_forward
            passes_earlier_first = (side == CLIENT) == client_is_near
            while i < i64(len(look.time)):
                time = look.time[i]
                difference = look.difference[i]
                later = time + difference if is_later_less_earlier else time
                if not is_later_less_earlier:
                    difference = -difference
                if passes_earlier_first:
                    samples.add_at_most(later, difference)
                else:
                    samples.add_at_least(later, difference)
                i += 1


def both_directions(point: Point, at: FlowAtPoint, clock: Clock) -> BothDirections:
    """Read what both sides of a flow sent, as a point saw it."""
    return read_directions(point, at.flow, at.swapped, at.client_base, at.server_base, clock)


class FlowBetween:
    """A flow that was seen at two points or more, and what happened between them."""

    def __init__(self, seen: SeenFlow, is_reversed: bool) -> None:
        self.seen: SeenFlow = seen
        self.is_reversed: bool = is_reversed
        self.legs: list[Leg] = []

    @property
    def paired_bytes(self) -> int:
        """Return how many bytes of payload are paired on all legs, both directions together."""
        total = 0
        for direction in DIRECTIONS:
            paired = [int(leg.paired_bytes) for leg in self.legs if leg.direction == direction]
            total += min(paired) if paired else 0
        return total

    def first_seen(self) -> FlowAtPoint:
        """Return the flow as the first point in the path that saw it knows it."""
        return next(at for at in self.seen.at if at is not None)


class Comparison:
    """All of it: points in the order of the path, client first, their clocks, and the flows."""

    def __init__(self, points: list[Point], clocks: list[Clock], flows: list[FlowBetween]) -> None:
        self.points: list[Point] = points
        self.clocks: list[Clock] = clocks
        self.flows: list[FlowBetween] = flows
        self.spans: list[CapturedSpan] = [
            span_of(point, clock) for point, clock in zip(points, clocks, strict=True)
        ]

    def is_timed(self, near: int, far: int) -> bool:
        """Return whether times at two points can be told beside each other."""
        return self.clocks[near].is_known and self.clocks[far].is_known

    def warnings(self) -> list[str]:
        """Say what keeps the comparison from being whole."""
        said: list[str] = []
        for place, point in enumerate(self.points):
            shared = sum(flow.seen.at[place] is not None for flow in self.flows)
            alone = len(point.engine.flows) - shared
            if alone and self.flows:
                were = "was" if alone == 1 else "were"
                said.append(f"{point.name}: {amount(alone, 'flow')} {were} seen at no other point")
            clock = self.clocks[place]
            if clock.steps:
                said.append(
                    f"{point.name}: its clock was set {amount(clock.steps, 'time')} meanwhile"
                )
            if not clock.is_known and self.flows:
                said.append(
                    f"{point.name}: how far its clock is from that of {self.points[0].name} is"
                    " unknown, as packets of one direction alone were seen at both"
                )
        if self.is_one_capture():
            but = " but for the clocks" if any(clock.offset for clock in self.clocks) else ""
            said.append(f"all times are equal{but}: this is the same capture, given more than once")
        return said

    def is_one_capture(self) -> bool:
        """Return whether no packet took any time between the points."""
        delays = [leg.delays for flow in self.flows for leg in flow.legs]
        known = [delay for delay in delays if delay is not None]
        return bool(known) and all(delay.least == delay.p99 == 0 for delay in known)


def span_of(point: Point, clock: Clock) -> CapturedSpan:
    """Return from when to when a point was captured."""
    first = clock.corrected(point.engine.first_time)
    last = clock.corrected(point.engine.last_time)
    return CapturedSpan(min(first, last), max(first, last))


Looks = dict[tuple[int, int], list[tuple[SeenFlow, FlowLook]]]


def compare(points: list[Point]) -> Comparison:
    """Compare the captures of some points, given in any order."""
    work = comparing(points)
    while True:
        try:
            next(work)
        except StopIteration as end:
            comparison: Comparison = end.value
            return comparison


def comparing(points: list[Point]) -> Generator[float, None, Comparison]:
    """Compare the captures as :func:`compare` does; yield after each flow how far it is, 0 to
    1."""
    seen = pair_flows(points)
    looks: Looks = {}
    done = 0
    for second in range(1, len(points)):
        for first in range(second):
            found: list[tuple[SeenFlow, FlowLook]] = []
            for flow in seen:
                if flow.at[first] is not None and flow.at[second] is not None:
                    places = (first, second)
                    found.append((flow, FlowLook((points[first], points[second]), flow, places)))
                    done += 1
                    yield min(0.5, 0.5 * done / len(seen))
            looks[(first, second)] = found
    order = path_order(len(points), looks)
    clocks = make_clocks(points, order, looks)
    votes = orientations(order, looks)
    flows = [FlowBetween(flow, votes.get(id(flow), 0) < 0) for flow in seen]
    comparison = Comparison([points[n] for n in order], [clocks[n] for n in order], flows)
    signs = {(id(flow), *key): look.signs for key, found in looks.items() for flow, look in found}
    looks.clear()
    for number, between in enumerate(flows):
        read_legs(comparison, between, order, signs)
        between.seen.at = [between.seen.at[n] for n in order]
        yield 0.5 + 0.5 * (number + 1) / len(flows)
    settle_bare_segments(comparison)
    return comparison


def path_order(count: int, looks: Looks) -> list[int]:
    """Return the points in the order of the path: nearest to most clients first."""
    behind = [0] * count
    for (first, second), found in looks.items():
        votes = sum(look.order * look.packets for _, look in found)
        if votes >= 0:
            behind[second] += 1
        else:
            behind[first] += 1
    return sorted(range(count), key=lambda n: (behind[n], n))


def orientations(order: list[int], looks: Looks) -> dict[int, int]:
    """Return for each flow a number below 0 where its client is at the path's other end."""
    votes: dict[int, int] = {}
    for (first, second), found in looks.items():
        forward = 1 if order.index(first) < order.index(second) else -1
        for flow, look in found:
            votes[id(flow)] = votes.get(id(flow), 0) + look.order * forward
    return votes


def make_clocks(points: list[Point], order: list[int], looks: Looks) -> list[Clock]:
    """Return each point's clock, beside that of the path's first point."""
    clocks = [Clock() for _ in points]
    for earlier, later in pairwise(order):
        engine = points[later].engine
        samples = ClockSamples(
            min(engine.first_time, engine.last_time), max(engine.first_time, engine.last_time)
        )
        key = (min(earlier, later), max(earlier, later))
        is_forward = key[0] == earlier
        forward = 1 if is_forward else -1
        for _, look in looks[key]:
            look.add_samples(samples, is_forward, look.order * forward >= 0)
        clocks[later] = samples.clock(clocks[earlier], smallest_round_trip(points[earlier]))
    return clocks


def smallest_round_trip(point: Point) -> int:
    """Return the shortest time from a SYN to its answer at a point (ns), or 0."""
    times = [int(flow.syn_to_synack) for flow in point.engine.flows if int(flow.syn_to_synack) > 0]
    return min(times) * US if times else 0


AllSigns = dict[tuple[int, int, int], list[Signs]]


def read_legs(comparison: Comparison, flow: FlowBetween, order: list[int], signs: AllSigns) -> None:
    """Compare what each point that saw the flow saw, with the next one in the path."""
    seen = [place for place, number in enumerate(order) if flow.seen.at[number] is not None]
    read: dict[int, BothDirections] = {}
    for place in seen:
        at = flow.seen.at[order[place]]
        assert at is not None
        read[place] = both_directions(comparison.points[place], at, comparison.clocks[place])
    for earlier, later in pairwise(seen):
        key = (min(order[earlier], order[later]), max(order[earlier], order[later]))
        of_legs = signs[(id(flow.seen), *key)]
        for side in (CLIENT, SERVER):
            forward = (side == CLIENT) != flow.is_reversed
            near, far = (earlier, later) if forward else (later, earlier)
            leg = Leg(near, far, DIRECTIONS[side])
            is_last = far == (seen[-1] if forward else seen[0])
            read_leg(comparison, leg, side, (read[near], read[far]), of_legs[side], is_last)
            flow.legs.append(leg)
    for leg in flow.legs:
        leg.changes.extend(changed_ends(flow, leg, order))


def read_leg(
    comparison: Comparison,
    leg: Leg,
    side: int,
    both: tuple[BothDirections, BothDirections],
    signs: Signs,
    is_last: bool,
) -> None:
    """Compare what one side sent, as two points saw it."""
    near = comparison.points[leg.near]
    far = comparison.points[leg.far]
    pairs = LegPairs(comparison, (leg.near, leg.far), side, both, signs)
    reader = LegReader(near, far, leg, is_last)
    reader.read_crossing(pairs.crossing, comparison.is_timed(leg.near, leg.far))
    pairs.pair_bare()
    reader.read_bare(pairs.bare, comparison.spans[leg.near], comparison.spans[leg.far])
    changes = pairs.changes
    leg.changes = [
        (change.field, plain(change.before), plain(change.after), int(change.segments))
        for change in changes.all()
    ]


class LegPairs:
    """The segments of one side, each at the near point with what it is at the far one."""

    def __init__(
        self,
        comparison: Comparison,
        places: tuple[int, int],
        side: int,
        both: tuple[BothDirections, BothDirections],
        signs: Signs,
    ) -> None:
        near = comparison.points[places[0]]
        far = comparison.points[places[1]]
        clock = comparison.clocks[max(places)]
        if clock.is_known and abs(places[0] - places[1]) == 1:
            signs.least_delay = i64(int(SURE_SHARE * clock.least_delay))
        sent = both[0].client if side == CLIENT else both[0].server
        arrived = both[1].client if side == CLIENT else both[1].server
        answers = [one.server if side == CLIENT else one.client for one in (both[1], both[0])]
        if len(answers[0].acked) != 0 and not comparison.is_timed(*places):
            del answers[1]  # its times cannot be put in order with those of the far point
        self.changes: Changes = Changes(near, far)
        self.crossing: Crossing = Crossing(sent, arrived, signs)
        self.bare: BareSegments = BareSegments(near, far, sent, arrived, signs)
        near_span = comparison.spans[places[0]]
        far_span = comparison.spans[places[1]]
        judge = CopyJudge(near, far, answers, near_span, far_span, self.changes)
        Sweep(self.crossing, judge).run()

    def pair_bare(self) -> None:
        """Pair the segments without bytes too."""
        self.bare.pair(self.changes)


def plain(value: i64) -> int | None:
    """Return a header's value, or None where the header lacks it."""
    return int(value) if value >= 0 else None


def changed_ends(
    flow: FlowBetween, leg: Leg, order: list[int]
) -> list[tuple[str, object, object, int]]:
    """Return what is rewritten of the sender's own address, port and first sequence number."""
    near = flow.seen.at[order[leg.near]]
    far = flow.seen.at[order[leg.far]]
    assert near is not None
    assert far is not None
    client = leg.direction == DIRECTIONS[CLIENT]
    ours, theirs = (near.client, far.client) if client else (near.server, far.server)
    changes: list[tuple[str, object, object, int]] = []
    if ours.address != theirs.address:
        texts = address_text(ours.address), address_text(theirs.address)
        changes.append(("address", *texts, leg.segments))
    if ours.port != theirs.port:
        changes.append(("port", ours.port, theirs.port, leg.segments))
    base, far_base = first_number(near, client), first_number(far, client)
    if base != far_base:
        changes.append(("isn", base, far_base, leg.segments))
    return changes


def first_number(at: FlowAtPoint, of_client: bool) -> int:
    """Return a side's initial sequence number, as its SYN says or its first segment lets guess."""
    end = at.client if of_client else at.server
    if end.has(SYN_OUT | SYN_ACK_OUT):
        return int(i64(end.isn) & MASK32)
    return int((at.client_base if of_client else at.server_base) - 1) & MASK32


def settle_bare_segments(comparison: Comparison) -> None:
    """Say of the bare segments that did not arrive whether they were lost: where the far point's
    file is known to lack others, nobody can tell."""
    lacking: set[int] = set()
    for flow in comparison.flows:
        for leg in flow.legs:
            if leg.uncaptured_far.rows:
                lacking.add(leg.far)
            if leg.uncaptured_near.far_rows:
                lacking.add(leg.near)
    for flow in comparison.flows:
        for leg in flow.legs:
            leg.settle(leg.far not in lacking)
