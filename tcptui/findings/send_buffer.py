"""A send buffer that holds less than the path: the sender sends a piece, and waits a round trip.

On the wire it is seen by what it is not. Each round trip brings the same number of bytes, so no
congestion window grows; the receive window has room for more; nothing is lost; each piece ends with
a push, where the sender had no more to send; and the next follows the acknowledgment at once, so
its application was waiting to write. A pacing timer looks much like it where its rate sends as many
bursts in each round trip; but those are evenly apart, whenever acknowledgments come.
"""

from itertools import pairwise
from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.timing.chronograph import Rounds
from tcptui.engine.timing.thresholds import STALL
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.limits import chronograph_of, is_transfer, sender_of
from tcptui.findings.others_queue import middle
from tcptui.findings.queue import floor_of
from tcptui.findings.sides import SIDES
from tcptui.findings.transfer_course import TransferCourse, latest_transfer_course
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

FEWEST_ROUNDS: Final = 8
"""So many round trips with equal pieces are no chance: any congestion window would have grown."""
MOST_BURSTS: Final = 3
"""A round trip has no more bursts than this: a system wakes the application when a good part of
the buffer is free, not for each acknowledgment."""
MOST_PACKETS: Final = 100_000
"""A longer flow is not gone over, as the screen asks for findings again and again."""
SHARE: Final = 0.75
"""So many of the pieces must look like that."""
CLOSE: Final = 0.75
"""Of a round trip: where its only burst follows the acknowledgment, that makes it even."""
WITHIN: Final = 8
"""What follows within one part of so many of the usual time between bursts belongs to one."""
EVEN: Final = 0.1
"""The middle half of the times between bursts lies within this share of the usual one."""


class Ceiling:
    """The most bytes that a sender had on their way, round trip after round trip: in which
    rounds, with how many bursts and for how long (ns) in all, and the rows that began the first of
    these rounds and the last."""

    def __init__(
        self, size: int, rounds: list[int], bursts: int, cost: int, first: int, last: int
    ) -> None:
        self.size = size
        self.rounds = rounds
        self.bursts = bursts
        self.cost = cost
        self.first = first
        self.last = last


def small_send_buffer(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a transfer that went on a bufferful at a time."""
    if not is_transfer(flow) or flow.packets > MOST_PACKETS:
        return None
    chronograph = chronograph_of(engine, flow)
    if chronograph is None:
        return None
    ceiling = ceiling_of(chronograph.rounds, int(chronograph.largest))
    if ceiling is None or ceiling.cost < max(STALL, FEWEST_ROUNDS * int(flow.irtt) // 2):
        return None
    course = latest_transfer_course(engine, flow)
    if course is not None and is_paced(course, ceiling, int(chronograph.way)):
        return None
    side = SIDES[sender_of(flow)]
    number = len(ceiling.rounds)
    text = (
        f"the {side} sent about {amount(ceiling.size, 'byte')} and waited for their ACK, "
        f"{amount(number, 'time')} for {duration(ceiling.cost)} in all, though window and path had "
        f"room for more: its send buffer, or one write, holds no more; "
        f"cure: a larger SO_SNDBUF (or none set) at the {side}, larger writes"
    )
    frames = frame_of(engine, ceiling.first), frame_of(engine, ceiling.last)
    return kind.finding(number, frames, side, ceiling.cost, text)


def ceiling_of(rounds: Rounds, largest: int) -> Ceiling | None:
    """Return the ceiling that most rounds of a transfer reached, or None where something speaks
    against a send buffer. ``largest`` is the payload of a full segment."""
    whole = [n for n in range(len(rounds.row)) if rounds.resent[i64(n)] == 0]
    if len(whole) < FEWEST_ROUNDS:
        return None
    size = middle([int(rounds.peak[i64(n)]) for n in whole])
    if size <= largest:
        return None  # one segment at a time: Nagle's algorithm, or an application that asks
    reached = [n for n in whole if abs(int(rounds.peak[i64(n)]) - size) < largest]
    if len(reached) < SHARE * len(whole):
        return None
    bursts = sum(int(rounds.bursts[i64(n)]) for n in reached)
    pushed = sum(int(rounds.pushed[i64(n)]) for n in reached)
    prompt = sum(int(rounds.prompt[i64(n)]) for n in reached)
    if bursts > MOST_BURSTS * len(reached) or bursts < SHARE * len(reached):
        return None
    if pushed < SHARE * bursts or prompt < SHARE * bursts:
        return None
    cost = sum(int(rounds.time[i64(n)]) for n in reached)
    first, last = int(rounds.row[i64(reached[0])]), int(rounds.row[i64(reached[-1])])
    return Ceiling(size, reached, bursts, cost, first, last)


def is_paced(course: TransferCourse, ceiling: Ceiling, way: int) -> bool:
    """Return whether a transfer's bursts come evenly, several in each round trip, as a timer sends
    them. ``way``: ns from here to the sender and back."""
    within = ceiling.cost // ceiling.bursts // WITHIN
    times = [
        int(course.sent_time[at])
        for at in range(len(course.sent_time))
        if ceiling.first <= course.sent_row[at] <= ceiling.last
    ]
    apart = [later - sooner for sooner, later in pairwise(times) if later - sooner > within]
    usual = middle(apart)
    if usual == 0 or usual > CLOSE * (way + floor_of(course)):
        return False
    return middle(apart, 3) - middle(apart, 1) < EVEN * usual
