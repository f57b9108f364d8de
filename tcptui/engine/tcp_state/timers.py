"""Timers that run in the endpoints, and connections that hang: what time does without a packet.

Nothing here changes a state: a capture shows segments, not timers. :func:`timer` tells what would
run out next, :func:`hang` who keeps a connection waiting; :class:`TimerClock` reports, flow by
flow, when such a moment has come.
"""

from enum import IntEnum
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64, mypyc_attr

from tcptui.engine.clock_jumps import NEVER, ClockJumps
from tcptui.engine.events import EventKind, Events, Side
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.saturation import plus
from tcptui.engine.tcp_state.states import (
    CLOSE_WAIT,
    CLOSED,
    FIN_WAIT_2,
    LISTEN,
    PROBING,
    SYN_SENT,
    TIME_WAIT,
)

SECOND: Final = 1_000_000_000
TIME_WAIT_TIME: Final = 60 * SECOND
"""How long TIME-WAIT lasts on Linux; RFC 9293 says 240 s (section 3.4.2)."""
FIN_TIMEOUT: Final = 60 * SECOND
"""How long Linux keeps an orphaned socket in FIN-WAIT-2 (tcp_fin_timeout)."""
FIRST_RTO: Final = SECOND
"""Before the first repetition (RFC 6298, section 2.1)."""
HANG_AFTER: Final = 5 * SECOND
"""Silence after which a connection that waits is said to hang."""
MOST_PASSED: Final = 1024
"""Flows that a queue has behind it before it lets go of them."""


class TimerKind(IntEnum):
    """The timers of an endpoint."""

    TIME_WAIT = 1
    FIN_WAIT_2 = 2
    SYN_RETRY = 3
    RETRANSMISSION = 4
    KEEP_ALIVE = 5


TIMER_LABELS: Final = {
    TimerKind.TIME_WAIT: "TIME-WAIT",
    TimerKind.FIN_WAIT_2: "FIN-WAIT-2",
    TimerKind.SYN_RETRY: "SYN retransmission",
    TimerKind.RETRANSMISSION: "retransmission",
    TimerKind.KEEP_ALIVE: "keep-alive",
}


@mypyc_attr(acyclic=True, free_list_len=1)
class Timer:
    """A timer that runs at ``side``; times in ns."""

    def __init__(self, kind: TimerKind, side: Side, started: i64, would_end: i64) -> None:
        self.kind: TimerKind = kind
        self.side: Side = side
        self.started: i64 = started
        self.would_end: i64 = would_end

    @property
    def name(self) -> str:
        """What it is called."""
        return TIMER_LABELS[self.kind]


class HangKind(IntEnum):
    """The ways in which a connection waits in vain."""

    SYN_UNANSWERED = 1
    DATA_UNANSWERED = 2
    KEEP_ALIVE_UNANSWERED = 3
    NOT_CLOSED = 4  # FIN-WAIT-2 on one side, CLOSE-WAIT on the other


class Hang:
    """A connection that waits in vain: for which side, and since when (ns)."""

    def __init__(self, kind: HangKind, guilty: Side, since: int) -> None:
        self.kind = kind
        self.guilty = guilty
        self.since = since


ENDS: Final[list[Side]] = [Side.CLIENT, Side.SERVER]
"""By the number that `Flow.side_of` gives."""


def started_timer(flow: Flow, end: Endpoint, kind: TimerKind, started: i64, lasts: i64) -> Timer:
    """Return the timer that ``end`` has started."""
    return Timer(kind, ENDS[flow.side_of(end)], started, plus(started, lasts))


def timer(flow: Flow, now: i64) -> Timer | None:
    """Return the timer that runs in one of the endpoints at ``now`` and would end first."""
    first = timer_of(flow, flow.client)
    if first is not None and first.would_end <= now:
        first = None
    other = timer_of(flow, flow.server)
    if other is None or other.would_end <= now:
        return first
    return other if first is None or other.would_end < first.would_end else first


def timer_of(flow: Flow, end: Endpoint) -> Timer | None:
    """Return the timer at one end, whether or not it has run out."""
    if end.state == TIME_WAIT:
        return started_timer(flow, end, TimerKind.TIME_WAIT, end.state_since, TIME_WAIT_TIME)
    if end.state == FIN_WAIT_2:
        return started_timer(flow, end, TimerKind.FIN_WAIT_2, end.state_since, FIN_TIMEOUT)
    if end.state == SYN_SENT and end.peer.state == LISTEN:
        if end.unanswered_tries == 0:
            return started_timer(flow, end, TimerKind.SYN_RETRY, end.state_since, FIRST_RTO)
        return started_timer(
            flow, end, TimerKind.SYN_RETRY, end.repeated_at, plus(end.repeat_gap, end.repeat_gap)
        )
    if end.unanswered_tries > 0 and end.state != CLOSED:
        if end.has(PROBING):
            return started_timer(flow, end, TimerKind.KEEP_ALIVE, end.repeated_at, end.repeat_gap)
        return started_timer(
            flow,
            end,
            TimerKind.RETRANSMISSION,
            end.repeated_at,
            plus(end.repeat_gap, end.repeat_gap),
        )
    return None


def hang(flow: Flow) -> Hang | None:
    """Return who keeps the connection waiting now, or None if nobody does."""
    found = hang_of(flow, flow.client)
    return found if found is not None else hang_of(flow, flow.server)


def hang_of(flow: Flow, end: Endpoint) -> Hang | None:
    """Return what ``end`` waits for from its peer, or None if it does not wait."""
    peer = end.peer
    if end.state == SYN_SENT and peer.state == LISTEN:
        return Hang(HangKind.SYN_UNANSWERED, ENDS[flow.side_of(peer)], end.state_since)
    if end.state == FIN_WAIT_2 and peer.state == CLOSE_WAIT:
        since = peer.state_since if peer.state_since > peer.next_exp_time else peer.next_exp_time
        return Hang(HangKind.NOT_CLOSED, ENDS[flow.side_of(peer)], since)
    if end.unanswered_tries > 0 and end.state != CLOSED:
        probing = end.has(PROBING)
        if probing and end.unanswered_tries < 2:
            return None
        kind = HangKind.KEEP_ALIVE_UNANSWERED if probing else HangKind.DATA_UNANSWERED
        since = peer.last_time if peer.last_time != 0 else end.state_since
        return Hang(kind, ENDS[flow.side_of(peer)], since)
    return None


class TimerQueue:
    """Flows in the order in which their moment comes: all wait equally long (``lasts``, ns)."""

    def __init__(self, lasts: i64) -> None:
        self.lasts: i64 = lasts
        self.flow: vec[i32] = vec[i32]()
        self.since: vec[i64] = vec[i64]()
        self.head: i64 = 0

    def add_flow(self, flow: i64, since: i64) -> None:
        """Remember a flow whose wait begins at ``since``."""
        if self.head > MOST_PASSED and self.head * 2 > i64(len(self.flow)):
            self.flow = self.flow[self.head :]
            self.since = self.since[self.head :]
            self.head = 0
        self.flow = append(self.flow, i32(flow))
        self.since = append(self.since, since)

    def due(self) -> i64:
        """Return when the first wait is over, or NEVER if nobody waits."""
        if self.head < i64(len(self.since)):
            return plus(self.since[self.head], self.lasts)
        return NEVER

    def take_flow(self) -> i64:
        """Remove the first flow, which waits no longer, and return its number."""
        self.head += 1
        return i64(self.flow[self.head - 1])


class TimerClock:
    """Reports in ``events`` which timers have run out and which connections hang.

    Only flows that came into such a state are touched, each once it is due. ``due`` is the
    earliest moment at which :meth:`tick` has anything to do; ``jumps`` are those of the capture's
    clock.
    """

    def __init__(self, events: Events) -> None:
        self.events: Events = events
        self.closing: TimerQueue = TimerQueue(TIME_WAIT_TIME)
        self.orphans: TimerQueue = TimerQueue(FIN_TIMEOUT)
        self.waiting: TimerQueue = TimerQueue(HANG_AFTER)
        self.jumps: ClockJumps = ClockJumps()
        self.due: i64 = NEVER

    def begin(self, time: i64) -> None:
        """Begin with the time (ns) of the first packet."""
        self.jumps.begin(time)
        self.due = self.jumps.due

    def watch_flow(self, flow: Flow, time: i64) -> None:
        """Watch a flow whose states have changed, or of which a side repeats itself."""
        flow.hang_told = False
        self.watch_endpoint(flow, flow.client, time)
        self.watch_endpoint(flow, flow.server, time)

    def watch_endpoint(self, flow: Flow, end: Endpoint, time: i64) -> None:
        """Queue the flow for the timer that ``end`` has started, and for a hang."""
        state = i64(end.state)
        if end.state_since == time and state == TIME_WAIT:
            self.queue_flow(self.closing, flow, time)
        elif end.state_since == time and state == FIN_WAIT_2:
            self.queue_flow(self.orphans, flow, time)
        if end.unanswered_tries > 0 or state in (SYN_SENT, FIN_WAIT_2):
            self.queue_flow(self.waiting, flow, time)

    def queue_flow(self, queue: TimerQueue, flow: Flow, time: i64) -> None:
        """Let the flow wait from ``time`` on: what comes of it is decided when it is due."""
        queue.add_flow(i64(flow.index), time)
        due = plus(time, queue.lasts)
        if due < self.due:
            self.due = due

    def tick(self, flows: list[Flow], row: i64, before: i64, now: i64) -> bool:
        """Report what has run out from ``before`` until ``now`` (ns on the packets' clock), where
        ``row`` is the next one, and return whether the clock jumps there.

        Timers run while the clock jumps, but nobody sees what hangs meanwhile.
        """
        jumps = now >= self.jumps.due and self.jumps.note_time(row, before, now)
        seen_until = before if jumps else now
        moment = self.next_moment()
        while moment <= now and moment != NEVER:
            if self.closing.due() == moment:
                flow = flows[self.closing.take_flow()]
                self.report_timer(flow, moment, self.closing.lasts, TIME_WAIT, TimerKind.TIME_WAIT)
            elif self.orphans.due() == moment:
                flow = flows[self.orphans.take_flow()]
                self.report_timer(
                    flow, moment, self.orphans.lasts, FIN_WAIT_2, TimerKind.FIN_WAIT_2
                )
            elif self.waiting.due() == moment:
                flow = flows[self.waiting.take_flow()]
                if moment <= seen_until:
                    self.report_hang(flow, moment)
            moment = self.next_moment()
        self.due = moment if moment < self.jumps.due else self.jumps.due
        return jumps

    def next_moment(self) -> i64:
        """Return when the first wait of all is over, or NEVER if nobody waits."""
        due = self.closing.due()
        if self.orphans.due() < due:
            due = self.orphans.due()
        if self.waiting.due() < due:
            due = self.waiting.due()
        return due

    def report_timer(
        self, flow: Flow, moment: i64, lasts: i64, state: i64, kind: TimerKind
    ) -> None:
        """Report that an endpoint's timer has run out, if it is still that timer."""
        for end in (flow.client, flow.server):
            if end.state == state and plus(end.state_since, lasts) == moment:
                self.add_event(flow, moment, EventKind.TIMER, ENDS[flow.side_of(end)], int(kind))

    def report_hang(self, flow: Flow, moment: i64) -> None:
        """Report once that a connection hangs, if it has waited long enough."""
        if flow.hang_told:
            return
        found = hang(flow)
        if found is None or plus(found.since, self.waiting.lasts) > moment:
            return
        flow.hang_told = True
        self.add_event(flow, moment, EventKind.HANG, found.guilty, int(found.kind))

    def add_event(self, flow: Flow, time: i64, kind: EventKind, side: Side, value: i64) -> None:
        """Add an event about ``side`` behind the flow's last row."""
        self.events.add(time, i64(flow.index), i64(flow.last_row), int(kind), int(side), value)
