"""Finds the same flow in captures of several points: across NAT, and where numbers are rewritten.

What identifies a flow is asked in the order of how much it proves; a flow is taken where exactly
one of each point says the same.
"""

from collections.abc import Callable
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.between.point import Point
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import SYN
from tcptui.engine.tcp_state.states import SYN_ACK_OUT, SYN_OUT

MOST_ROWS_READ: Final = 64
"""Segments of a flow's beginning that are looked at for what identifies it."""
SIZES: Final = 8
"""Data segments whose sizes identify a flow where nothing else does."""
PACE_JITTER: Final = 20_000_000
"""Ns by which the same segments may be farther apart, or less, at another point."""
NEAR: Final = 1 << 28
"""Numbers so close to each other are not rewritten."""


class FlowAtPoint:
    """A flow as one point saw it: which one, whether client and server are swapped beside the
    first point's, and the raw numbers of the byte that both sides' numbers are counted from."""

    def __init__(self, flow: Flow, swapped: bool) -> None:
        self.flow: Flow = flow
        self.swapped: bool = swapped
        self.client_base: i64 = 0
        self.server_base: i64 = 0

    @property
    def client(self) -> Endpoint:
        return self.flow.server if self.swapped else self.flow.client

    @property
    def server(self) -> Endpoint:
        return self.flow.client if self.swapped else self.flow.server


class SeenFlow:
    """One flow of the network, and what it is at each point, None where it was not seen."""

    def __init__(self, points: int) -> None:
        self.at: list[FlowAtPoint | None] = [None] * points


class Beginning:
    """The beginning of a flow, as its first segments tell it: for each side the first sequence
    number, the first time stamp, the first payload and the number that it begins with; the sizes
    and times (ns) of the first data segments."""

    def __init__(self, point: Point, flow: Flow) -> None:
        self.first: vec[i64] = vec[i64]([-1, -1])
        self.stamps: vec[i64] = vec[i64]([-1, -1])
        self.payload_size: vec[i64] = vec[i64]([0, 0])
        self.payload_digest: vec[i64] = vec[i64]([0, 0])
        self.payload_seq: vec[i64] = vec[i64]([-1, -1])
        self.sizes: vec[i64] = vec[i64]()
        self.times: vec[i64] = vec[i64]()
        self.read(point, flow)

    def read(self, point: Point, flow: Flow) -> None:
        packets = point.engine.packets
        prints = point.fingerprints
        at = i64(point.first_of_flow[i64(flow.index)])
        end = i64(point.first_of_flow[i64(flow.index) + 1])
        if end > at + MOST_ROWS_READ:
            end = at + MOST_ROWS_READ
        while at < end:
            row = i64(point.rows[at])
            side: i64 = 1 if packets.is_from_server(row) else 0
            flags = packets.flags(row)
            if self.first[side] < 0:
                self.first[side] = (packets.seq(row) + (1 if flags & SYN else 0)) & MASK32
            if self.stamps[side] < 0 and prints.has_stamps(row):
                self.stamps[side] = i64(prints.stamp[row]) & MASK32
            length = packets.length(row)
            if length > 0:
                if self.payload_seq[side] < 0:
                    self.payload_seq[side] = packets.seq(row)
                    self.payload_size[side] = length
                    self.payload_digest[side] = i64(prints.digest[row])
                if len(self.sizes) < SIZES:
                    self.sizes = append(self.sizes, length << 1 | side)
                    self.times = append(self.times, packets.time(row))
            at += 1

    def payload(self, side: i64) -> tuple[int, int]:
        """Return how a side's payload begins: its first segment's length and digest."""
        return int(self.payload_size[side]), int(self.payload_digest[side])


Key = tuple[object, ...]
MakeKey = Callable[[Point, Flow, Beginning], "Key | None"]


def by_numbers_and_addresses(point: Point, flow: Flow, begun: Beginning) -> Key | None:
    """Identify a flow by both initial sequence numbers, addresses and ports."""
    key = by_numbers(point, flow, begun)
    return None if key is None else (*key, flow.client.key)


def by_numbers(point: Point, flow: Flow, begun: Beginning) -> Key | None:
    """Identify a flow by both initial sequence numbers and the client's first time stamp, whatever
    the addresses."""
    if not (flow.client.has(SYN_OUT) and flow.server.has(SYN_ACK_OUT)):
        return None
    client, server = int(i64(flow.client.isn) & MASK32), int(i64(flow.server.isn) & MASK32)
    return (client, server, int(begun.stamps[0]))


def by_one_number(point: Point, flow: Flow, begun: Beginning) -> Key | None:
    """Identify a flow by the client's initial sequence number and time stamp: the server never
    answered, or its numbers are rewritten."""
    if not flow.client.has(SYN_OUT):
        return None
    return (int(i64(flow.client.isn) & MASK32), int(begun.stamps[0]))


def by_answer(point: Point, flow: Flow, begun: Beginning) -> Key | None:
    """Identify a flow by the server's initial sequence number and time stamp: what the client sent
    was not seen, or its numbers are rewritten."""
    if not flow.server.has(SYN_ACK_OUT):
        return None
    return (int(i64(flow.server.isn) & MASK32), int(begun.stamps[1]))


def by_addresses(point: Point, flow: Flow, begun: Beginning) -> Key | None:
    """Identify a flow that is captured from its middle on by addresses and ports, whichever side
    was taken for the client."""
    ends = sorted((flow.client.key, flow.server.key))
    return (ends[0],)


def by_stamps(point: Point, flow: Flow, begun: Beginning) -> Key | None:
    """Identify a flow whose numbers and addresses are rewritten by both sides' first time stamps,
    which count from another random number for each connection."""
    if begun.stamps[0] < 0 or begun.stamps[1] < 0:
        return None
    return (int(begun.stamps[0]), int(begun.stamps[1]))


def by_payloads(point: Point, flow: Flow, begun: Beginning) -> Key | None:
    """Identify a flow by how both sides' payload begins, and how long their first segments are."""
    if begun.payload_seq[0] < 0 and begun.payload_seq[1] < 0:
        return None
    return (begun.payload(0), begun.payload(1))


def by_sizes(point: Point, flow: Flow, begun: Beginning) -> Key | None:
    """Identify a flow by the sizes of its first data segments, in both directions."""
    if len(begun.sizes) < SIZES:
        return None
    return tuple([int(size) for size in begun.sizes])


PROOFS: Final[list[MakeKey]] = [
    by_numbers_and_addresses,
    by_numbers,
    by_addresses,
    by_one_number,
    by_answer,
    by_stamps,
]
"""What no two connections have in common."""
LIKENESSES: Final[list[MakeKey]] = [by_payloads, by_sizes]
"""What two may have in common; the same flow keeps the same pace, too."""


def pair_flows(points: list[Point]) -> list[SeenFlow]:
    """Find the flows that were seen at two points or more, in the order in which they began at
    the first of them."""
    found: list[SeenFlow] = []
    beginnings = [[Beginning(point, flow) for flow in point.engine.flows] for point in points]
    places: list[list[SeenFlow | None]] = [[None] * len(point.engine.flows) for point in points]
    for number in range(1, len(points)):
        for known in range(number):
            pair_points(points, beginnings, places, known, number, found)
    return found


def pair_points(
    points: list[Point],
    beginnings: list[list[Beginning]],
    places: list[list[SeenFlow | None]],
    known: int,
    number: int,
    found: list[SeenFlow],
) -> None:
    """Pair what one point saw with what another saw and no flow of an earlier point is."""
    for make in (*PROOFS, *LIKENESSES):
        here = by_key(points[known], beginnings[known], make, places[known], number)
        there = by_key(points[number], beginnings[number], make, places[number], number)
        for key, indices in here.items():
            others = there.get(key, [])
            if len(indices) != 1 or len(others) != 1:
                continue
            i, j = indices[0], others[0]
            mine, theirs = beginnings[known][i], beginnings[number][j]
            if make in LIKENESSES and not have_same_pace(mine, theirs):
                continue
            seen = places[known][i]
            if seen is None:
                seen = begin_seen(points, beginnings, known, i)
                places[known][i] = seen
                found.append(seen)
            join(seen, points, beginnings, (known, i), (number, j))
            places[number][j] = seen


def have_same_pace(mine: Beginning, theirs: Beginning) -> bool:
    """Return whether each side's first data segments have the same sizes and follow each other
    alike."""
    count = min(i64(len(mine.sizes)), i64(len(theirs.sizes)))
    first = vec[i64]([-1, -1])
    i: i64 = 0
    while i < count:
        if mine.sizes[i] != theirs.sizes[i]:
            return False
        side = mine.sizes[i] & 1
        if first[side] < 0:
            first[side] = i
        start = first[side]
        gap = mine.times[i] - mine.times[start]
        other = theirs.times[i] - theirs.times[start]
        allowed = max(i64(PACE_JITTER), gap // 4)
        if gap - other > allowed or other - gap > allowed:
            return False
        i += 1
    return True


def by_key(
    point: Point,
    beginnings: list[Beginning],
    make: MakeKey,
    places: list[SeenFlow | None],
    number: int,
) -> dict[Key, list[int]]:
    """Return those flows of a point by what identifies them that nothing at the point ``number``
    is known to be."""
    keys: dict[Key, list[int]] = {}
    for i, flow in enumerate(point.engine.flows):
        seen = places[i]
        if seen is not None and seen.at[number] is not None:
            continue
        key = make(point, flow, beginnings[i])
        if key is not None:
            keys.setdefault(key, []).append(i)
    return keys


def begin_seen(
    points: list[Point], beginnings: list[list[Beginning]], point: int, index: int
) -> SeenFlow:
    """Make a flow of the network from what the first point that saw it says."""
    seen = SeenFlow(len(points))
    at = FlowAtPoint(points[point].engine.flows[index], False)
    begun = beginnings[point][index]
    at.client_base = max(begun.first[0], i64(0))
    at.server_base = max(begun.first[1], i64(0))
    seen.at[point] = at
    return seen


def join(
    seen: SeenFlow,
    points: list[Point],
    beginnings: list[list[Beginning]],
    known: tuple[int, int],
    other: tuple[int, int],
) -> None:
    """Add what another point saw of the flow: its numbers count from the same byte."""
    here = seen.at[known[0]]
    assert here is not None
    flow = points[other[0]].engine.flows[other[1]]
    swapped = flow.client.key == here.server.key and flow.client.key != here.client.key
    there = FlowAtPoint(flow, swapped)
    mine, theirs = beginnings[known[0]][known[1]], beginnings[other[0]][other[1]]
    client = here.client_base + shift(here, there, 0, mine, theirs)
    server = here.server_base + shift(here, there, 1, mine, theirs)
    there.client_base = client & MASK32
    there.server_base = server & MASK32
    seen.at[other[0]] = there


def shift(
    here: FlowAtPoint, there: FlowAtPoint, side: i64, mine: Beginning, theirs: Beginning
) -> i64:
    """Return by how much one side's raw numbers are larger at the other point: by their SYNs, else
    by their first payload where it is the same."""
    ours = here.server if side == 1 else here.client
    other = there.server if side == 1 else there.client
    at_known = 1 - side if here.swapped else side
    at_other = 1 - side if there.swapped else side
    opened = SYN_OUT | SYN_ACK_OUT
    if ours.has(opened) and other.has(opened):
        return i64(other.isn) - i64(ours.isn)
    near = mine.first[at_known] >= 0 and theirs.first[at_other] >= 0
    distance = (theirs.first[at_other] - mine.first[at_known]) & MASK32
    if near and (distance < NEAR or distance > (1 << 32) - NEAR):
        return 0
    same = mine.payload(at_known) == theirs.payload(at_other)
    if same and mine.payload_seq[at_known] >= 0:
        return theirs.payload_seq[at_other] - mine.payload_seq[at_known]
    return 0
