"""Queues and rates of a path: what a long transfer fills, and what holds it to a rate."""

from typing import Final

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.packets import NO_ROW
from tcptui.engine.tcp_state.timers import SECOND
from tcptui.engine.timing.round_trips import rtt_to
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.others_queue import middle, others_queue
from tcptui.findings.sides import SIDES
from tcptui.findings.transfer_course import TransferCourse, latest_transfer_course
from tcptui.text.amounts import amount, size
from tcptui.text.durations import duration

LEAST_DELAY: Final = 20 * MILLISECOND
"""A shorter delay may be the hosts' own."""
NOTED_DELAY: Final = 100 * MILLISECOND
"""A person notices such a queue in whatever shares the path."""
LEAST_SLICES: Final = 5
LEAST_TRIPS: Final = 3
"""Round trips in a slice, so that one that was late by chance does not count."""
SEVERAL: Final = 3
GROWS: Final = 0.5
"""Correlation of the round trip with what is in flight, where that is what fills the queue."""


class Standing:
    """A queue that stands while a transfer lasts: round trips without it and with it (ns), in which
    slices, the rate (bytes a second) and what is in flight (bytes)."""

    def __init__(self, floor: int, loaded: int, slices: list[int], rate: int, flight: int) -> None:
        self.floor = floor
        self.loaded = loaded
        self.slices = slices
        self.rate = rate
        self.flight = flight

    @property
    def queued(self) -> int:
        """How many of the bytes in flight stand in the queue: what passes in the time that they
        wait there."""
        return min(self.rate * (self.loaded - self.floor) // SECOND, self.flight)


def floor_of(course: TransferCourse) -> int:
    """Return the shortest round trip to the receiver and back that was seen (ns), 0 for none."""
    told = int(rtt_to(course.flow, course.sender.peer))
    seen = int(course.floor)
    if seen <= 0 or told <= 0:
        return max(seen, told, 0)
    return min(seen, told)


def standing_queue(course: TransferCourse) -> Standing | None:
    """Return the queue that a transfer itself fills, or None.

    What would refute it: round trips that do not grow with what is in flight (a longer path,
    others' traffic, a radio link), or grow before it does (another path), or single ones that come
    back at once meanwhile.
    """
    floor = floor_of(course)
    if floor <= 0 or course.correlation() < GROWS:
        return None
    least = floor + max(LEAST_DELAY, floor // 4)
    slices = [
        at
        for at in range(len(course.acked))
        if course.trips[at] >= LEAST_TRIPS and course.trip[at] >= least
    ]
    measured = sum(1 for at in range(len(course.acked)) if course.trips[at] >= LEAST_TRIPS)
    if len(slices) < LEAST_SLICES or 3 * len(slices) < measured:
        return None
    loaded = middle([int(course.trip[at]) for at in slices])
    # What is sent in a slice may come back some slices later: the round trips themselves tell.
    flight = middle(
        [int(course.took_flight[at]) for at in range(len(course.took)) if course.took[at] >= least]
    )
    acked = sum(int(course.acked[at]) for at in slices)
    rate = acked * SECOND // max(len(slices) * int(course.width), 1)
    standing = Standing(floor, loaded, slices, rate, flight)
    return standing if rises_with_flight(course, standing) else None


def rises_with_flight(course: TransferCourse, standing: Standing) -> bool:
    """Return whether enough was in flight when round trips last became long: what waits in a queue
    for some time was put there before. On a path that gets longer at once, the first long round
    trips begin with no more in flight than the short ones before."""
    floor, growth = standing.floor, standing.loaded - standing.floor
    low, midway = floor + growth // 4, floor + growth // 2
    is_low, filled = True, True
    for at in range(len(course.took)):
        took = int(course.took[at])
        if took < low:
            is_low = True
        elif took >= midway and is_low:
            is_low = False
            filled = 2 * int(course.took_flight[at]) >= (took - floor) * standing.rate // SECOND
    return filled


def dropped_when_full(course: TransferCourse, standing: Standing) -> int:
    """Return how many transmissions were lost while the queue was about as long as it gets."""
    longest = max(int(course.trip[at]) for at in standing.slices)
    least = standing.floor + (longest - standing.floor) * 6 // 10
    return sum(
        1
        for at in range(len(course.sent_lost))
        if course.sent_lost[at] and trip_around(course, int(course.sent_time[at])) >= least
    )


def trip_around(course: TransferCourse, time: int) -> int:
    """Return the longest round trip of a slice around a time, or of those beside it: where much is
    lost none may be measured."""
    at = int(course.slice_of(time))
    near = range(max(at - 2, 0), min(at + 3, len(course.trip)))
    return max(int(course.trip[one]) for one in near)


def rate_text(rate: int) -> str:
    """Return a rate in words: ``1.25 MB/s``."""
    return f"{size(rate)}/s"


def frames_of(engine: Engine, course: TransferCourse, slices: list[int]) -> tuple[int, int]:
    """Return the first and the last frame that was sent in some slices."""
    first = last = NO_ROW
    width, began = int(course.width), int(course.began)
    low, high = began + slices[0] * width, began + (slices[-1] + 1) * width
    for at in range(len(course.sent_time)):
        if low <= course.sent_time[at] < high:
            last = int(course.sent_row[at])
            if first == NO_ROW:
                first = last
    return frame_of(engine, first), frame_of(engine, last)


def full_queue(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a queue on the path: one that the flow's own transfer keeps full, or another's."""
    course = latest_transfer_course(engine, flow)
    if course is None:
        return others_queue(kind, engine, flow)
    standing = standing_queue(course)
    if standing is None:
        return None
    side = SIDES[int(flow.side_of(course.sender))]
    peer = SIDES[1 - int(flow.side_of(course.sender))]
    delay = standing.loaded - standing.floor
    text = (
        f"a queue between here and the {peer}: the round trip grows from {duration(standing.floor)}"
        f" to {duration(standing.loaded)} while the {side} sends, because its own transfer keeps "
        f"{amount(standing.queued, 'byte')} standing there ({standing.flight:,} in flight at "
        f"{rate_text(standing.rate)}); whatever shares the path waits {duration(delay)} longer"
    )
    dropped = dropped_when_full(course, standing)
    if dropped >= SEVERAL:
        text += f"; {amount(dropped, 'segment')} came when it was full and were dropped"
    frames = frames_of(engine, course, standing.slices)
    found = kind.finding(max(dropped, 1), frames, side, None, text)
    if dropped >= SEVERAL:
        found.severity = Severity.WARNING.value
    elif delay < NOTED_DELAY:
        found.severity = Severity.CHAT.value
    found.explains_until = 0
    found.limited = len(standing.slices) * int(course.width)
    return found
