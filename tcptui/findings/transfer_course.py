"""The course of a long transfer: one direction of a flow in slices of time, with its rate, its
round trip and what was on its way, and each of its transmissions that got lost.

It is made from the packet columns, and only for the few flows that moved much: nothing is kept
while the capture is read. Round trips are those from the capture point to the receiver, and back.
"""

from math import sqrt
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, SAME_PACKET
from tcptui.engine.saturation import elapsed, waited_since
from tcptui.engine.sequence import HALF, MASK32
from tcptui.engine.tcp_header import ACK, SYN
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.engine.transfers import LARGEST_SPAN
from tcptui.findings.latest import Latest

LONG_TRANSFER: Final = 100_000
"""Payload bytes of one direction."""
LONG_TIME: Final = 500 * MILLISECOND
MOST_FRAMES: Final = 1 << 17
"""Frames of the capture that are looked at for one flow."""
SHORTEST_SLICE: Final = 100 * MILLISECOND
MOST_SLICES: Final = 256
FEW_SEGMENTS: Final = 3
MISSING: Final = 2
MOST_MISSING: Final = 256
"""Segments that are missing at once; more is a hole of another kind."""
MOST_STEPS: Final = 1024
"""Transmissions among which the first copy of one is looked for."""
NO_TIME: Final = -1
MOST_TIME: Final = 1 << 60


class TransferCourse:
    """One direction of a flow, as it passed the capture point.

    Slices of ``width`` ns from ``began`` to ``ended``: ``acked`` bytes in it, the shortest ``trip``
    (ns; -1 for none), and how many ``trips`` were measured. Then all transmissions of data in
    order: ``sent_time``, ``sent_row``, ``sent_seq`` (relative), ``sent_size``, what was on its way
    with it (``sent_flight``), and ``sent_lost``: 1 where the same bytes were sent again later (so
    many ``losses``), `MISSING` where they had not passed at all (so many are ``missing``; the time
    and row are those of what came behind them). Of each round trip that was measured, how long it
    ``took`` (ns), and what was on its way when it began, itself included (``took_flight``).
    """

    def __init__(self, flow: Flow, sender: Endpoint) -> None:
        self.flow: Flow = flow
        self.sender: Endpoint = sender
        self.began: i64 = 0
        self.ended: i64 = 0
        self.width: i64 = SHORTEST_SLICE
        self.acked: vec[i64] = vec[i64]()
        self.trip: vec[i64] = vec[i64]()
        self.trips: vec[i32] = vec[i32]()
        self.floor: i64 = NO_TIME
        self.largest: i64 = 0
        self.sent_time: vec[i64] = vec[i64]()
        self.sent_row: vec[i32] = vec[i32]()
        self.sent_seq: vec[i64] = vec[i64]()
        self.sent_size: vec[i64] = vec[i64]()
        self.sent_lost: vec[i32] = vec[i32]()
        self.sent_flight: vec[i64] = vec[i64]()
        self.losses: i64 = 0
        self.missing: i64 = 0
        self.took: vec[i64] = vec[i64]()
        self.took_flight: vec[i64] = vec[i64]()
        # Sums over the round trips that were measured: of what was in flight when each began (x,
        # in segments) and how long it took (y, in ms).
        self.measured: i64 = 0
        self.sum_x: float = 0.0
        self.sum_y: float = 0.0
        self.sum_xx: float = 0.0
        self.sum_yy: float = 0.0
        self.sum_xy: float = 0.0

    def add(self, time: i64, row: i32, start: i64, size: i64, flight: i64) -> None:
        """Add a transmission."""
        self.sent_time = append(self.sent_time, time)
        self.sent_row = append(self.sent_row, row)
        self.sent_seq = append(self.sent_seq, start)
        self.sent_size = append(self.sent_size, size)
        self.sent_lost = append(self.sent_lost, 0)
        self.sent_flight = append(self.sent_flight, flight)

    def slice_of(self, time: i64) -> i64:
        """Return the slice of a time."""
        at = elapsed(time, self.began) // self.width
        last = i64(len(self.acked)) - 1
        return 0 if at < 0 else last if at > last else at

    def correlation(self) -> float:
        """Return how far round trips grow with what is in flight: 1 with it, 0 without, -1 against
        it."""
        n = float(self.measured)
        spread_x = n * self.sum_xx - self.sum_x * self.sum_x
        spread_y = n * self.sum_yy - self.sum_y * self.sum_y
        if self.measured < 2 or spread_x <= 0.0 or spread_y <= 0.0:
            return 0.0
        return (n * self.sum_xy - self.sum_x * self.sum_y) / sqrt(spread_x * spread_y)


def is_download(flow: Flow) -> bool:
    """Return whether the server sent more than the client."""
    return flow.server.unique_bytes >= flow.client.unique_bytes


def is_long_transfer(flow: Flow, end: Endpoint) -> bool:
    """Return whether a direction of a flow moved so much, for so long, that its course tells
    anything."""
    return (
        end.unique_bytes >= LONG_TRANSFER
        and end.peer.packets > 0
        and flow.active_time() >= LONG_TIME
    )


def transfer_course_of(engine: Engine, flow: Flow) -> TransferCourse | None:
    """Return the course of a flow's larger direction, or None where that is no long transfer, or
    lies too far apart in the capture."""
    server = is_download(flow)
    sender = flow.server if server else flow.client
    first, last = i64(flow.first_row), i64(flow.last_row)
    if not is_long_transfer(flow, sender) or first < engine.packets.first:
        return None
    packets = engine.packets
    span = packets.frame(last) - packets.frame(first)
    if span > LARGEST_SPAN * i64(flow.packets):
        return None
    if span > MOST_FRAMES:
        last = packets.row_of(packets.frame(first) + MOST_FRAMES) - 1
    course = TransferCourse(flow, sender)
    course.began = i64(flow.first_time)
    course.ended = flow.last_time
    lasted = waited_since(course.ended, course.began)
    if lasted > MOST_TIME:
        return None
    if lasted // MOST_SLICES > course.width:
        course.width = lasted // MOST_SLICES
    slices = int(lasted // course.width + 1)
    course.acked = vec[i64]([0] * slices)
    course.trip = vec[i64]([NO_TIME] * slices)
    course.trips = vec[i32]([0] * slices)
    follow_rows(engine, course, first, last, server)
    return course


def follow_rows(
    engine: Engine, course: TransferCourse, first: i64, last: i64, server: bool
) -> None:
    """Go through the rows of a flow once, in order."""
    blocks = engine.packets.blocks
    wanted = i32(course.flow.index)
    side: i64 = FROM_SERVER if server else 0
    base: i64 = -1
    highest: i64 = 0  # the end of what was sent, relative
    acked: i64 = 0
    waiting: i64 = 0  # the first transmission that no ACK has covered
    blurred: i64 = 0  # below this number round trips are ambiguous (Karn's algorithm)
    row = first
    while row <= last:
        block = blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        row += 1
        if block.flow[i] != wanted or (i64(block.attributes[i]) & SAME_PACKET) != 0:
            continue
        length = i64(block.length[i])
        if (i64(block.attributes[i]) & FROM_SERVER) == side:
            if length <= 0 or (i64(block.flags[i]) & SYN) != 0:
                continue
            seq = i64(block.seq[i]) & MASK32
            if base < 0:
                base = seq
            start = (seq - base) & MASK32
            if start >= HALF:
                continue  # below the first data that was captured
            end = start + length
            if length > course.largest:
                course.largest = length
            if start < highest:
                mark_lost(course, start, end)
                blurred = highest if highest > end else end
            elif start > highest and len(course.sent_time) > 0:
                add_missing(course, block.time.at(i), i32(row - 1), highest, start)
                blurred = end
            if end > highest:
                highest = end
            course.add(block.time.at(i), i32(row - 1), start, length, highest - acked)
        elif base >= 0 and (i64(block.flags[i]) & ACK) != 0:
            ack = ((i64(block.ack[i]) & MASK32) - base) & MASK32
            if ack >= HALF or ack <= acked:
                continue
            before = acked
            acked = ack
            at = course.slice_of(block.time.at(i))
            course.acked[at] += acked - before
            covered: i64 = -1
            while waiting < i64(len(course.sent_time)):
                if course.sent_seq[waiting] + course.sent_size[waiting] > ack:
                    break
                covered = waiting
                waiting += 1
            if covered >= 0 and ack > blurred:
                measure_round_trip(course, block.time.at(i), covered, at)


def mark_lost(course: TransferCourse, start: i64, end: i64) -> None:
    """Mark the latest transmission of each byte from ``start`` to ``end`` as lost: it is sent
    again."""
    at = i64(len(course.sent_seq)) - 1
    left = end - start
    steps = 0
    while at >= 0 and left > 0 and steps < MOST_STEPS:
        low, size = course.sent_seq[at], course.sent_size[at]
        if low < end and low + size > start:
            if course.sent_lost[at] == 0:
                course.sent_lost[at] = 1
                course.losses += 1
            left -= size
        at -= 1
        steps += 1


def add_missing(course: TransferCourse, time: i64, row: i32, start: i64, end: i64) -> None:
    """Add what is passed over and must have been sent: it was lost before this point."""
    size = course.largest if course.largest > 0 else end - start
    if end - start > MOST_MISSING * size:
        return
    while start < end:
        if size > end - start:
            size = end - start
        course.add(time, row, start, size, 0)
        course.sent_lost[i64(len(course.sent_lost)) - 1] = MISSING
        course.missing += 1
        start += size


def measure_round_trip(course: TransferCourse, time: i64, covered: i64, at: i64) -> None:
    """Take one round trip: from a transmission to the ACK that covers it."""
    took = elapsed(time, course.sent_time[covered])
    if took < 0 or took > MOST_TIME:
        return
    if course.floor < 0 or took < course.floor:
        course.floor = took
    # The ACK of a few segments may have been delayed on purpose.
    if course.sent_flight[covered] < FEW_SEGMENTS * course.largest:
        return
    if course.trip[at] < 0 or took < course.trip[at]:
        course.trip[at] = took
    course.trips[at] += 1
    course.took = append(course.took, took)
    course.took_flight = append(course.took_flight, course.sent_flight[covered])
    x = float(course.sent_flight[covered]) / 1000.0
    y = float(took) / 1e6
    course.measured += 1
    course.sum_x += x
    course.sum_y += y
    course.sum_xx += x * x
    course.sum_yy += y * y
    course.sum_xy += x * y


LATEST: Final[Latest[TransferCourse]] = Latest(transfer_course_of)


def latest_transfer_course(engine: Engine, flow: Flow) -> TransferCourse | None:
    """Return :func:`transfer_course_of` a flow, which is kept until another one is asked for."""
    if not is_long_transfer(flow, flow.server if is_download(flow) else flow.client):
        return None
    return LATEST.of_flow(engine, flow)
