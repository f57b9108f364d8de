"""The machine moves an endpoint along the table's arrows, and reports what it noticed."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.events import EventKind, Events
from tcptui.engine.flow import Endpoint
from tcptui.engine.ledger import FIRST_ODDITY, Ledger, LedgerKind
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, gt, s32
from tcptui.engine.tcp_state.servers import Servers
from tcptui.engine.tcp_state.states import (
    ACK_OUT,
    DEFERRED,
    FIN_DONE,
    FIN_OUT,
    INFERRED,
    RST_IN,
    SEEN,
    SYN_DONE,
    SYN_RECEIVED,
    UNPROVEN,
)
from tcptui.engine.tcp_state.table import TRIGGERS, next_states
from tcptui.engine.tcp_state.timers import TimerClock
from tcptui.engine.voices import Voices

MOST_TRIES: Final = 32_000
"""Counted at most: the field has 16 bits."""


def sent_end(end: Endpoint) -> i64:
    """Return the number behind the last thing that this side sent, as far as captured."""
    last = (i64(end.base) + 1) & MASK32
    if end.highest_known:
        last = i64(end.highest) & MASK32
    if end.has(FIN_OUT):
        fin_end = i64(end.fin_end) & MASK32
        if gt(fin_end, last):
            return fin_end
    return last


def has_hole(end: Endpoint, peer: Endpoint) -> bool:
    """Return whether ``peer`` acknowledged something behind the end of what ``end`` was seen to
    send."""
    if not peer.has(ACK_OUT) or end.has(FIN_OUT) or not end.base_known:
        return False
    return gt(i64(peer.highest_ack) & MASK32, sent_end(end))


def remember_ack(sender: Endpoint, seg: Segment) -> None:
    """Keep the sender's furthest acknowledgment."""
    if not sender.has(ACK_OUT) or gt(seg.ack, i64(sender.highest_ack) & MASK32):
        sender.highest_ack = i32(s32(seg.ack))
        sender.add(ACK_OUT)


def set_state_past_table(end: Endpoint, state: i64, certainty: i64, time: i64) -> None:
    """Put an endpoint into a state to which no arrow of the table leads it.

    Who may call it is listed in the text of :mod:`tcptui.engine.tcp_state`, with the reasons.
    """
    end.state = i16(state)
    end.certainty_without_doubts = i16(certainty)
    end.state_since = time


class Machine:
    """The machine follows the arrows; observations go to the flow's ledger and to ``events``."""

    def __init__(self, events: Events, voices: Voices) -> None:
        self.events: Final[Events] = events
        self.voices: Final[Voices] = voices
        self.clock: Final[TimerClock] = TimerClock(events)
        self.servers: Final[Servers] = Servers()
        self.table: vec[i16] = next_states()

    def follow_arrow(self, end: Endpoint, trigger: i64, certainty: i64, time: i64) -> None:
        """Move an endpoint along the arrow of ``trigger``; without one it stays.

        While its state is unproven, so does the state that it has if the unproven segment was
        lost; where both come to the same state, the doubt is over.
        """
        state = i64(end.state)
        new = i64(self.table[state * TRIGGERS + trigger])
        if end.has_doubt(UNPROVEN):
            other = i64(self.table[i64(end.state_if_lost) * TRIGGERS + trigger])
            end.state_if_lost = i16(other)
            if other == new:
                end.drop_doubt(UNPROVEN)
        if new != state:
            end.state = i16(new)
            end.certainty_without_doubts = i16(certainty)
            end.state_since = time

    def follow_arrow_unproven(self, end: Endpoint, trigger: i64, seg: Segment, beyond: i64) -> None:
        """Move an endpoint by a segment that nobody answers (a pure ACK, a RST).

        An acknowledgment beyond the number ``beyond`` will prove that the segment arrived.
        """
        before = i64(end.state)
        self.follow_arrow(end, trigger, SEEN, seg.time)
        if i64(end.state) != before:
            end.state_if_lost = i16(before)
            end.add_doubt(UNPROVEN)
            end.proven_by_ack_beyond = i32(s32(beyond))

    def take_back_unproven_state(self, end: Endpoint, seg: Segment) -> None:
        """Return an endpoint to its state before a segment that, a repetition shows, was lost."""
        wrong = i64(end.state)
        right = i64(end.state_if_lost)
        # A repetition that passes within a round trip of the segment may have crossed it on the
        # way: it is no certain sign that the segment was lost.
        seen = elapsed(seg.time, end.state_since) > end.flow.irtt
        set_state_past_table(end, right, SEEN if seen else INFERRED, seg.time)
        end.drop_doubt(UNPROVEN | DEFERRED)
        end.drop(RST_IN | (SYN_DONE if right == SYN_RECEIVED else FIN_DONE))
        self.report_correction(end, seg, wrong, right)

    def report_correction(self, end: Endpoint, seg: Segment, wrong: i64, right: i64) -> None:
        """Add the event that a state shown before was not the right one."""
        self.add_event(end, seg.time, EventKind.CORRECTION.value, wrong << 4 | right)

    def add_event(self, end: Endpoint, time: i64, kind: i64, value: i64) -> None:
        """Add an event about ``end`` behind the flow's last row."""
        flow = end.flow
        side = flow.side_of(end)
        self.events.add(time, i64(flow.index), i64(flow.last_row), kind, side, value)

    def note_observation(
        self, end: Endpoint, seg: Segment, kind: LedgerKind, cost: i64, value: i64
    ) -> None:
        """Count something noticed about ``end``; an oddity is an event too, the first time."""
        flow = end.flow
        ledger = flow.ledger
        if ledger is None:
            ledger = Ledger()
            flow.ledger = ledger
        number: i64 = int(kind)  # quicker than its value, which is Python's own property
        first = ledger.add_case(number, flow.side_of(end), seg.frame, cost, value)
        if first and number >= FIRST_ODDITY:
            self.add_event(end, seg.time, EventKind.ODDITY.value, number)

    def count_try(self, end: Endpoint, time: i64, before: i64) -> i64:
        """Count that ``end`` repeats itself.

        Returns the gap (ns) since it last said the same, or since ``before``, without time in
        which the capture's clock jumped.
        """
        counters = end.own_repeat_counters()
        if end.unanswered_tries > 0:
            before = counters.tried
        counters.gap = end.flow.elapsed_between(before, time)
        counters.tried = time
        if end.unanswered_tries < MOST_TRIES:
            end.unanswered_tries += 1
        # A hang is told from the first repetitions on; more of them say nothing new.
        if end.unanswered_tries <= 2:
            self.clock.watch_flow(end.flow, time)
        return counters.gap
