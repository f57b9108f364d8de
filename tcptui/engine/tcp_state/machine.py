"""What moves an endpoint along the table's arrows, and says what was noticed on the way."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.events import EventKind, Events, Side
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import FIRST_ODDITY, Ledger, LedgerKind
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, gt, s32
from tcptui.engine.tcp_state.facts import (
    ACK_OUT,
    DEFERRED,
    FIN_DONE,
    FIN_OUT,
    RST_IN,
    SYN_DONE,
    UNPROVEN,
)
from tcptui.engine.tcp_state.states import INFERRED, SEEN, SYN_RECEIVED
from tcptui.engine.tcp_state.table import TRIGGERS, next_states
from tcptui.engine.tcp_state.timers import TimerClock

MOST_TRIES: Final = 32_000


def sent_end(end: Endpoint) -> i64:
    """The number behind the last thing that this side sent, as far as captured."""
    last = (i64(end.base) + 1) & MASK32
    if end.highest_known:
        last = i64(end.highest) & MASK32
    if (i64(end.facts) & FIN_OUT) != 0:
        fin_end = i64(end.fin_end) & MASK32
        if gt(fin_end, last):
            return fin_end
    return last


def has_hole(end: Endpoint, peer: Endpoint) -> bool:
    """Whether ``peer`` acknowledged something behind the end of what ``end`` was seen to send."""
    if (i64(peer.facts) & ACK_OUT) == 0 or (i64(end.facts) & FIN_OUT) != 0 or not end.base_known:
        return False
    return gt(i64(peer.acked) & MASK32, sent_end(end))


def remember_ack(sender: Endpoint, seg: Segment) -> None:
    """Keep the highest acknowledgment."""
    facts = i64(sender.facts)
    if (facts & ACK_OUT) == 0 or gt(seg.ack, i64(sender.acked) & MASK32):
        sender.acked = i32(s32(seg.ack))
        sender.facts = i16(facts | ACK_OUT)


class Machine:
    """Follows the arrows; what it notices goes to the flow's ledger and to ``events``."""

    def __init__(self, events: Events) -> None:
        self.events: Events = events
        self.clock: TimerClock = TimerClock(events)
        self.table: vec[i16] = next_states()

    def move(self, end: Endpoint, cause: i64, known: i64, time: i64) -> None:
        """Follow the arrow of ``cause``; if it leads to the same state whether or not the
        doubtful segment arrived, the doubt is over."""
        state = i64(end.state)
        new = i64(self.table[state * TRIGGERS + cause])
        if (i64(end.doubts) & UNPROVEN) != 0:
            other = i64(self.table[i64(end.otherwise) * TRIGGERS + cause])
            end.otherwise = i16(other)
            if other == new:
                end.doubts = i16(i64(end.doubts) & ~UNPROVEN)
        if new != state:
            end.state = i16(new)
            end.known = i16(known)
            end.since = time

    def move_unproven(self, end: Endpoint, cause: i64, seg: Segment, proof: i64) -> None:
        """The same by a segment that nobody answers; an acknowledgment beyond ``proof`` would
        show that it arrived."""
        before = i64(end.state)
        self.move(end, cause, SEEN, seg.time)
        if i64(end.state) != before:
            end.otherwise = i16(before)
            end.doubts = i16(i64(end.doubts) | UNPROVEN)
            end.proof = i32(s32(proof))

    def go_back(self, flow: Flow, end: Endpoint, seg: Segment) -> None:
        """A repetition shows that the doubtful segment did not arrive."""
        wrong = i64(end.state)
        right = i64(end.otherwise)
        end.state = i16(right)
        end.doubts = i16(i64(end.doubts) & ~(UNPROVEN | DEFERRED))
        lost = SYN_DONE if right == SYN_RECEIVED else FIN_DONE
        end.facts = i16(i64(end.facts) & ~(lost | RST_IN))
        end.known = i16(SEEN if elapsed(seg.time, end.since) > flow.irtt else INFERRED)
        end.since = seg.time
        self.correct(flow, end, seg, wrong, right)

    def correct(self, flow: Flow, end: Endpoint, seg: Segment, wrong: i64, right: i64) -> None:
        """Say in the events that a state shown before was not the right one."""
        self.event(flow, end, seg.time, EventKind.CORRECTION.value, wrong << 4 | right)

    def event(self, flow: Flow, end: Endpoint, time: i64, kind: i64, value: i64) -> None:
        side = Side.CLIENT.value if end is flow.client else Side.SERVER.value
        self.events.add(time, i64(flow.index), i64(flow.last_row), kind, side, value)

    def note(
        self, flow: Flow, end: Endpoint, seg: Segment, kind: LedgerKind, cost: i64, value: i64
    ) -> None:
        """Count something noticed about ``end``; an oddity is an event too, the first time."""
        ledger = flow.ledger
        if ledger is None:
            ledger = Ledger()
            flow.ledger = ledger
        side = Side.CLIENT.value if end is flow.client else Side.SERVER.value
        first = ledger.add_case(kind.value, side, seg.frame, cost, value)
        if first and kind.value >= FIRST_ODDITY:
            self.event(flow, end, seg.time, EventKind.ODDITY.value, kind.value)

    def count_try(self, flow: Flow, end: Endpoint, time: i64, before: i64) -> i64:
        """``end`` repeats itself; the gap since it last said the same, or since ``before``."""
        tally = end.own_repeat_counters()
        if end.tries > 0:
            before = tally.tried
        tally.gap = elapsed(time, before)
        tally.tried = time
        if end.tries < MOST_TRIES:
            end.tries += 1
        if end.tries <= 2:
            self.clock.watch(flow, time)
        return tally.gap
