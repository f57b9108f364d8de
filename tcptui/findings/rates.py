"""A path holds a transfer to a rate: a policer drops what is above it, a shaper makes it wait.

Both are token buckets, and both lose segments in the same pattern where the shaper's queue is
short. What tells them apart is the round trip: what a queue would have held back comes late.
"""

from typing import Final

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.tcp_state.timers import SECOND
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.never_came import entry_of
from tcptui.findings.others_queue import middle
from tcptui.findings.queue import (
    Standing,
    floor_of,
    frames_of,
    rate_text,
    standing_queue,
)
from tcptui.findings.sides import SIDES
from tcptui.findings.transfer_course import TransferCourse, latest_transfer_course
from tcptui.text.amounts import amount, percent, size
from tcptui.text.durations import duration

STEADY: Final = 0.15
"""A rate that stays the same stays within this share of its median."""
STEADY_SHARE: Final = 0.75
STEADY_SLICES: Final = 10
FASTER: Final = 3
"""So many halves of the later rate: what a token bucket lets pass at first."""
LEAST_BURST: Final = 64_000
LEAST_LOSSES: Final = 8
LEAST_LOSS_SHARE: Final = 0.01
FITS: Final = 0.9
"""Of the losses, and of what passed: so much must fit the token bucket."""
SLACK: Final = 2
"""Segments by which the bucket's level may be wrong."""
CHUNKS: Final = 16
"""Parts of the losses, the rate between each of which is looked at."""
TELLING: Final = 4
"""A loss tells of the bucket where so many segments have passed since the last one."""
LEAST_TELLING_LOSSES: Final = 4
FITS_TELLING: Final = 0.75
ENDLESS: Final = 1e18
LEAST_TELLING: Final = 4 * MILLISECOND
"""A queue as long as the bucket that made the round trip grow by less could not be told."""
FLAT: Final = 0.4
"""Of the delay that a queue would make; less is none."""
BURSTY: Final = 0.4
"""Of what passed: so much came faster than the rate."""
REORDERED: Final = int(LedgerKind.REORDERED)
NOT_LOST: Final = int(LedgerKind.NOT_LOST)


def steady_slices(course: TransferCourse, standing: Standing) -> list[int]:
    """Return those slices of a standing queue whose rate is the usual one."""
    usual = middle([int(course.acked[at]) for at in standing.slices])
    return [at for at in standing.slices if abs(int(course.acked[at]) - usual) <= STEADY * usual]


def shaped(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a transfer whose rate stays the same whatever is in flight, with a queue before it."""
    course = latest_transfer_course(engine, flow)
    standing = standing_queue(course) if course is not None else None
    if course is None or standing is None:
        return None
    steady = steady_slices(course, standing)
    if len(steady) < STEADY_SLICES or len(steady) < STEADY_SHARE * len(standing.slices):
        return None
    rate = middle([int(course.acked[at]) for at in steady]) * SECOND // int(course.width)
    burst = passed_before(course, steady[0], rate)
    side = int(flow.side_of(course.sender))
    text = (
        f"the {SIDES[side]}'s data passes at {rate_text(rate)} for "
        f"{duration(len(steady) * int(course.width))}, however much is in flight; the rest waits"
    )
    if burst >= LEAST_BURST:
        text += f"; the first {size(burst)} passed faster: a shaper (token bucket) on the path"
    else:
        text += ": a shaper on the path, or its narrowest link"
    found = kind.finding(1, frames_of(engine, course, steady), SIDES[side], None, text)
    found.severity = Severity.NOTE.value if burst >= LEAST_BURST else Severity.CHAT.value
    return found


def passed_before(course: TransferCourse, first: int, rate: int) -> int:
    """Return how many bytes more than ``rate`` allows passed before a slice, in slices that were
    clearly faster, or 0 where something was lost meanwhile: its repair acknowledges much at
    once."""
    allowed = rate * int(course.width) // SECOND
    end = int(course.began) + (first + 1) * int(course.width)
    for at in range(len(course.sent_time)):
        if course.sent_time[at] > end:
            break
        if course.sent_lost[at]:
            return 0
    return sum(
        int(course.acked[at]) - allowed
        for at in range(first)
        if 2 * int(course.acked[at]) > FASTER * allowed
    )


class Bucket:
    """A token bucket that was fitted to a transfer: its rate (bytes a second), the most it held
    (bytes), how many transmissions it dropped and how many passed, from one transmission to
    another."""

    def __init__(self, rate: int, most: int, lost: int, passed: int, first: int, last: int) -> None:
        self.rate = rate
        self.most = most
        self.lost = lost
        self.passed = passed
        self.first = first
        self.last = last


class Filling:
    """The fit of a token bucket of some rate and size to a transfer, from its first loss to its
    last.

    Each loss says that it was empty, so that no error goes on: ``lost`` of ``losses`` came when it
    was, and ``passed`` of ``passes`` when it was not; ``most`` is the most it held (bytes),
    ``spent`` the most that passed from then to the next loss. ``telling`` losses came after
    several segments had passed, ``told`` of them when it was empty.
    """

    def __init__(self) -> None:
        self.lost = 0
        self.losses = 0
        self.passed = 0
        self.passes = 0
        self.telling = 0
        self.told = 0
        self.most = 0.0
        self.spent = 0.0


def filled(course: TransferCourse, first: int, last: int, rate: float, size_of: float) -> Filling:
    """Return how a bucket that is empty at transmission ``first`` goes up and down to ``last``."""
    filling = Filling()
    slack = float(SLACK * int(course.largest))
    tokens, highest, since = 0.0, 0.0, 0
    before = int(course.sent_time[first])
    for at in range(first, last + 1):
        now = int(course.sent_time[at])
        tokens += float(now - before) * rate / 1e9
        if tokens > size_of:
            tokens = size_of
        if tokens > highest:
            highest = tokens
        before = now
        if course.sent_lost[at]:
            fits = tokens <= slack
            filling.losses += 1
            filling.lost += int(fits)
            if since >= TELLING:
                filling.telling += 1
                filling.told += int(fits)
            if highest - tokens > filling.spent:
                filling.spent = highest - tokens
            tokens, highest, since = 0.0, 0.0, 0
        else:
            filling.passes += 1
            filling.passed += int(tokens >= -slack)
            if tokens > filling.most:
                filling.most = tokens
            tokens -= float(int(course.sent_size[at]))
            since += 1
    return filling


def rate_between(course: TransferCourse, lost: list[int]) -> float:
    """Return the usual rate (bytes a second) of what passed between losses: where the bucket was
    full meanwhile less passed, so not the mean."""
    rates: list[int] = []
    step = max(len(lost) // CHUNKS, 1)
    for at in range(0, len(lost) - step, step):
        first, last = lost[at], lost[at + step]
        lasted = int(course.sent_time[last]) - int(course.sent_time[first])
        passed = 0
        for one in range(first, last):
            if not course.sent_lost[one]:
                passed += int(course.sent_size[one])
        if lasted > 0 and passed > 0:
            rates.append(int(float(passed) * 1e9 / float(lasted)))
    return float(middle(rates))


def fitted_bucket(course: TransferCourse) -> Bucket | None:
    """Return the token bucket that explains which segments were lost, or None.

    What would refute it: losses while it holds tokens, or segments that pass though it is empty;
    and it tells nothing where it never held more than a few segments.
    """
    lost = [at for at in range(len(course.sent_lost)) if course.sent_lost[at]]
    if len(lost) < LEAST_LOSSES:
        return None
    first, last = lost[0], lost[-1]
    if float(len(lost)) < LEAST_LOSS_SHARE * float(last - first):
        return None
    rate = rate_between(course, lost)
    if rate <= 0.0:
        return None
    slack = float(SLACK * int(course.largest))
    depth = filled(course, first, last, rate, ENDLESS).spent + slack
    found = filled(course, first, last, rate, depth)
    if (
        float(found.lost) < FITS * float(found.losses)
        or float(found.passed) < FITS * float(found.passes)
        or found.telling < LEAST_TELLING_LOSSES
        or float(found.told) < FITS_TELLING * float(found.telling)
        or found.most <= 2 * slack
    ):
        return None
    return Bucket(int(rate), int(found.most), found.losses, found.passes, first, last)


def policed(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a policer: losses that a token bucket explains, where no queue can have made them."""
    course = latest_transfer_course(engine, flow)
    if course is None or max(course.losses, course.missing) < LEAST_LOSSES:
        return None
    side = int(flow.side_of(course.sender))
    ahead = course.losses >= course.missing
    doubtful = entry_of(flow, NOT_LOST if ahead else REORDERED, side)
    if doubtful is not None and 4 * doubtful.count > max(course.losses, course.missing):
        return None
    bucket = fitted_bucket(course)
    if bucket is None:
        return None
    proof = flat_trips(course, bucket) if ahead else passed_in_bursts(course, bucket)
    if not proof:
        return None
    total = bucket.lost + bucket.passed
    burst = max(bucket.most, passed_at_first(course, bucket))
    way = f"here and the {SIDES[1 - side]}" if ahead else f"the {SIDES[side]} and here"
    text = (
        f"a policer between {way} holds the {SIDES[side]}'s data to {rate_text(bucket.rate)}: it "
        f"dropped {bucket.lost:,} of {amount(total, 'segment')} ({percent(bucket.lost, total)}), "
        f"each when a token bucket of that rate is empty (it lets a burst of {size(burst)} pass), "
        f"and {proof}; cure: a higher rate, or a shaper before it"
    )
    first = frame_of(engine, int(course.sent_row[bucket.first]))
    last = frame_of(engine, int(course.sent_row[bucket.last]))
    found = kind.finding(bucket.lost, (first, last), SIDES[side], None, text)
    found.limited = int(course.sent_time[bucket.last]) - int(course.sent_time[bucket.first])
    found.explains_until = frame_of(engine, int(flow.last_row))
    return found


def passed_at_first(course: TransferCourse, bucket: Bucket) -> int:
    """Return how many bytes more than the rate allows passed before the first loss."""
    lasted = int(course.sent_time[bucket.first]) - int(course.sent_time[0])
    passed = sum(int(course.sent_size[at]) for at in range(bucket.first))
    return passed - bucket.rate * max(lasted, 0) // SECOND


def flat_trips(course: TransferCourse, bucket: Bucket) -> str:
    """Return in words that the round trip stays shorter than a queue would make it that drops the
    same segments, or nothing where it does not."""
    floor = floor_of(course)
    low = int(course.slice_of(course.sent_time[bucket.first]))
    high = int(course.slice_of(course.sent_time[bucket.last]))
    trips = [int(course.trip[at]) for at in range(low, high + 1) if course.trip[at] >= 0]
    queue = bucket.most * SECOND // max(bucket.rate, 1)
    if floor <= 0 or not trips or queue < LEAST_TELLING:
        return ""
    usual = middle(trips)
    if float(usual - floor) > FLAT * float(queue):
        return ""
    return f"the round trip stays at {duration(usual)}, so no queue was full"


def passed_in_bursts(course: TransferCourse, bucket: Bucket) -> str:
    """Return in words that much passed faster than the rate, as nothing does behind a queue of that
    rate; or nothing where it did not."""
    fast = passes = 0
    for at in range(bucket.first + 1, bucket.last):
        if course.sent_lost[at]:
            continue
        passes += 1
        apart = int(course.sent_time[at]) - int(course.sent_time[at - 1])
        fast += int(2 * apart * bucket.rate < int(course.sent_size[at]) * SECOND)
    if float(fast) < BURSTY * float(max(passes, 1)):
        return ""
    part = percent(fast, passes)
    return f"{part} of what passed came in bursts faster than that, so no queue held it"
