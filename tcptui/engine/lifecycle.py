"""Both endpoints' state machines, moved by each segment.

The arrows are those of :mod:`tcptui.engine.transitions`; here is what a tap can tell of the
causes, and when:

* a segment changes its sender's state in its own row;
* a SYN, SYN+ACK or FIN changes the receiver's state in the row of the receiver's first later
  segment that acknowledges it;
* a pure ACK and a RST, which nobody answers, take effect in their own row. The state is then
  unproven: a repetition that shows that they did not arrive takes it back, a later
  acknowledgment that shows that they did makes it certain;
* what was not captured and is proven by what follows is put in as an inferred step.

``fwd`` sent the segment, ``rev`` is its peer.
"""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.columns import CHANGED
from tcptui.engine.events import EventKind, Events, Side
from tcptui.engine.facts import (
    ACK_OUT,
    BEGAN_INSIDE,
    BLOCKED,
    CROSSED_FINS,
    CROSSED_SYNS,
    DEFERRED,
    FIN_BRINGS_ACK,
    FIN_BROUGHT_FIRST_ACK,
    FIN_DONE,
    FIN_GUESSED,
    FIN_IN,
    FIN_OUT,
    HOLE,
    INSIDE,
    PROBING,
    RST_IN,
    RST_OUT,
    SERVER_SPOKE_FIRST,
    SHOOK_HANDS,
    SILENT,
    SPOKEN,
    SYN_ACK_OUT,
    SYN_DATA,
    SYN_DONE,
    SYN_OUT,
    UNPROVEN,
    WAS_REFUSED,
    WAS_RESET,
)
from tcptui.engine.flags import (
    KEEP_ALIVE,
    RESENT,
    RETRANSMISSION,
    REUSED_PORTS,
    ZERO_WINDOW,
    ZERO_WINDOW_PROBE,
)
from tcptui.engine.flow import UNKNOWN_TTL, Endpoint, Flow
from tcptui.engine.notes import FIRST_ODDITY, Note, Notes
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.states import (
    ASSUMED,
    CLOSE_WAIT,
    CLOSED,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    INFERRED,
    LAST_ACK,
    LISTEN,
    SEEN,
    SYN_RECEIVED,
    SYN_SENT,
    TIME_WAIT,
)
from tcptui.engine.timers import Clock
from tcptui.engine.transitions import (
    ACKS_FIN,
    ACKS_FIN_AND_ACK,
    ACKS_SYN,
    CAUSES,
    FIN_ACKED,
    GETS_RST,
    REFUSED,
    SENDS_FIN,
    SENDS_RST,
    SENDS_SYN,
    SENDS_SYN_ACK,
    SYN_ACKED,
    next_states,
)
from tcptui.engine.wire import ACK, FIN, RST, SYN
from tcptui.engine.zeek import LETTER_ACK, LETTER_DATA, follow

CONTROL: Final = SYN | FIN | RST | ACK
MOST_TRIES: Final = 32_000
LARGEST_WINDOW: Final = 1 << 16
"""What is believed of a window whose scale was not captured."""


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


def has_ended(end: Endpoint) -> bool:
    return end.state in (CLOSED, TIME_WAIT, LAST_ACK)


def flow_ended(fwd: Endpoint, rev: Endpoint) -> bool:
    """Whether nothing but a new connection can follow."""
    return has_ended(fwd) and has_ended(rev)


def start_again(end: Endpoint) -> None:
    """Forget the connection: its four-tuple carries a new one whose SYN was not captured."""
    end.facts = 0
    end.doubts = 0
    end.tries = 0


class Lifecycle:
    """Moves the states of all flows' endpoints; what it notices goes to the flow's notes and to
    ``events``."""

    def __init__(self, events: Events) -> None:
        self.events: Events = events
        self.clock: Clock = Clock(events)
        self.table: vec[i16] = next_states()

    def advance(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> i64:
        """Take ``seg``, sent by ``fwd``; both states after it, packed as in the columns."""
        if flow.settled and seg.analysis == 0 and (seg.flags & CONTROL) == ACK:
            letter = LETTER_DATA if seg.length > 0 else LETTER_ACK
            if (i64(fwd.letters) & letter) != 0:
                if gt(seg.ack, i64(fwd.acked) & MASK32):
                    fwd.acked = i32(s32(seg.ack))
                return i64(flow.states)
        return self.take(flow, fwd, rev, seg)

    def take(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> i64:
        """The same for a segment that may change something."""
        follow(flow, fwd, rev, seg)
        if flow.packets == 0:
            self.begin(flow, fwd, rev, seg)
        if fwd.ttl == UNKNOWN_TTL:
            fwd.ttl = i16(seg.ttl)
        if (seg.flags & RST) != 0:
            self.take_rst(flow, fwd, rev, seg)
        else:
            self.hear(fwd, rev)
            if (seg.flags & SYN) == 0:
                self.take_plain(flow, fwd, rev, seg)
            elif (seg.flags & ACK) != 0:
                self.take_syn_ack(flow, fwd, rev, seg)
            else:
                self.take_syn(flow, fwd, rev, seg)
        return self.settle(flow, fwd, rev, seg.time)

    def settle(self, flow: Flow, fwd: Endpoint, rev: Endpoint, time: i64) -> i64:
        """Decide both certainties and whether the short cut may be taken next time."""
        hole = has_hole(fwd, rev) or has_hole(rev, fwd)
        weigh(fwd, hole)
        weigh(rev, hole)
        client = flow.client
        server = flow.server
        states = (
            i64(client.state)
            | i64(server.state) << 4
            | i64(client.certainty) << 8
            | i64(server.certainty) << 10
        )
        flow.settled = (
            client.state == ESTABLISHED
            and server.state == ESTABLISHED
            and client.doubts == 0
            and server.doubts == 0
            and client.tries == 0
            and server.tries == 0
        )
        if states == i64(flow.states):
            return states
        if (states ^ i64(flow.states)) & 0xFF != 0:
            self.clock.watch(flow, time)
        flow.states = i32(states)
        return states | CHANGED

    # Moving

    def move(self, end: Endpoint, cause: i64, known: i64, time: i64) -> None:
        """Follow the arrow of ``cause``; if it leads to the same state whether or not the
        doubtful segment arrived, the doubt is over."""
        state = i64(end.state)
        new = i64(self.table[state * CAUSES + cause])
        if (i64(end.doubts) & UNPROVEN) != 0:
            other = i64(self.table[i64(end.otherwise) * CAUSES + cause])
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
        end.known = i16(SEEN if seg.time - end.since > flow.irtt else INFERRED)
        end.since = seg.time
        self.correct(flow, end, seg, wrong, right)

    def correct(self, flow: Flow, end: Endpoint, seg: Segment, wrong: i64, right: i64) -> None:
        """Say in the events that a state shown before was not the right one."""
        self.event(flow, end, seg.time, EventKind.CORRECTION.value, wrong << 4 | right)

    def event(self, flow: Flow, end: Endpoint, time: i64, kind: i64, value: i64) -> None:
        side = Side.CLIENT.value if end is flow.client else Side.SERVER.value
        self.events.add(time, i64(flow.index), i64(flow.last_row), kind, side, value)

    def note(
        self, flow: Flow, end: Endpoint, seg: Segment, kind: Note, cost: i64, value: i64
    ) -> None:
        """Count something noticed about ``end``; an oddity is an event too, the first time."""
        notes = flow.notes
        if notes is None:
            notes = Notes()
            flow.notes = notes
        side = Side.CLIENT.value if end is flow.client else Side.SERVER.value
        first = notes.add(kind.value, side, seg.frame, cost, value)
        if first and kind.value >= FIRST_ODDITY:
            self.event(flow, end, seg.time, EventKind.ODDITY.value, kind.value)

    # Beginning

    def begin(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """Where both sides stand before the flow's first segment."""
        syn = seg.flags & (SYN | ACK)
        fwd.since = seg.time
        rev.since = seg.time
        if syn == SYN:
            rev.state = i16(LISTEN)
            rev.known = i16(ASSUMED)
        elif syn == (SYN | ACK):
            fwd.state = i16(LISTEN)
            rev.state = i16(SYN_SENT)
            rev.known = i16(INFERRED)
            rev.facts = i16(SYN_OUT)
            rev.isn = i32(s32(seg.ack - 1))
        else:
            flow.facts = i16(BEGAN_INSIDE)
            fwd.state = i16(ESTABLISHED)
            rev.state = i16(ESTABLISHED)
            fwd.known = i16(INFERRED)
            rev.known = i16(INFERRED)
            fwd.doubts = i16(INSIDE)
            rev.doubts = i16(INSIDE)

    def hear(self, fwd: Endpoint, rev: Endpoint) -> None:
        """``fwd`` is alive, and its peer's repetitions are answered."""
        fwd.doubts = i16(i64(fwd.doubts) & ~SILENT)
        rev.tries = 0
        rev.facts = i16(i64(rev.facts) & ~PROBING)

    def count_try(self, flow: Flow, end: Endpoint, time: i64, before: i64) -> i64:
        """``end`` repeats itself; the gap since it last said the same, or since ``before``."""
        end.gap = time - (end.tried if end.tries > 0 else before)
        end.tried = time
        if end.tries < MOST_TRIES:
            end.tries += 1
        if end.tries <= 2:
            self.clock.watch(flow, time)
        return end.gap

    def count_repetition(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """How often and at what gaps ``fwd`` repeats data or a FIN; a peer that has said nothing
        meanwhile is in doubt."""
        if (seg.analysis & KEEP_ALIVE) != 0:
            fwd.facts = i16(i64(fwd.facts) | PROBING)
            gap = self.count_try(flow, fwd, seg.time, seg.time)
            if fwd.tries < 2:
                return
            self.note(flow, fwd, seg, Note.KEEP_ALIVE_UNANSWERED, gap, 0)
        else:
            gap = self.count_try(flow, fwd, seg.time, seg.time - seg.note_value)
        if rev.last_time < seg.time - gap:
            rev.doubts = i16(i64(rev.doubts) | SILENT)

    # Opening

    def take_syn(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """A SYN without ACK."""
        facts = i64(fwd.facts)
        if (seg.flags & FIN) != 0:
            self.note(flow, fwd, seg, Note.ODD_FLAGS, 0, seg.flags)
        if (seg.analysis & REUSED_PORTS) != 0:
            self.note(flow, fwd, seg, Note.PORT_REUSE, 0, i64(flow.reused))
        if (facts & SYN_OUT) == 0:
            fwd.isn = i32(s32(seg.seq))
            facts |= SYN_OUT
            if seg.length > 0:
                facts |= SYN_DATA
            if (i64(rev.facts) & (SYN_OUT | SYN_ACK_OUT)) == SYN_OUT and (facts & SYN_ACK_OUT) == 0:
                flow.facts = i16(i64(flow.facts) | CROSSED_SYNS)
            fwd.facts = i16(facts)
            self.move(fwd, SENDS_SYN, SEEN, seg.time)
            return
        if fwd.state == CLOSED and (facts & FIN_OUT) == 0:
            fwd.facts = i16(facts & ~(RST_IN | RST_OUT))
            flow.facts = i16(i64(flow.facts) & ~WAS_RESET)
            fwd.doubts = i16(i64(fwd.doubts) & ~UNPROVEN)
            self.move(fwd, SENDS_SYN, SEEN, seg.time)
        if fwd.state == SYN_SENT:
            fwd.known = i16(SEEN)
            self.count_syn_retry(flow, fwd, seg)
        elif fwd.state == CLOSED or (facts & FIN_OUT) != 0:
            self.note(flow, fwd, seg, Note.SYN_AFTER_CLOSE, 0, 0)
        elif fwd.state != SYN_RECEIVED:
            self.note(flow, fwd, seg, Note.SYN_IN_CONNECTION, 0, 0)

    def count_syn_retry(self, flow: Flow, fwd: Endpoint, seg: Segment) -> None:
        gap = self.count_try(flow, fwd, seg.time, fwd.since)
        self.note(flow, fwd, seg, Note.SYN_RETRY, gap, gap)

    def take_syn_ack(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """A SYN+ACK: the answer to a SYN, or one side of a simultaneous open."""
        if (i64(fwd.facts) & SYN_ACK_OUT) != 0 and seg.seq != i64(fwd.isn) & MASK32:
            if flow_ended(fwd, rev):
                self.note(flow, rev, seg, Note.PORT_REUSE, 0, i64(flow.states))
                start_again(fwd)
                start_again(rev)
                flow.facts = 0
                self.begin(flow, fwd, rev, seg)
            else:
                self.note(flow, fwd, seg, Note.SYN_ACK_CHANGED, 0, 0)
        fwd.isn = i32(s32(seg.seq))
        if fwd.state not in (LISTEN, SYN_SENT, CLOSED):
            self.repeat_syn_ack(flow, fwd, rev, seg)
            if fwd.state != SYN_RECEIVED:
                return
        if rev.state == LISTEN:
            rev.facts = i16(i64(rev.facts) | SYN_OUT)
            rev.isn = i32(s32(seg.ack - 1))
            self.move(rev, SENDS_SYN, INFERRED, seg.time)
        self.move(fwd, SENDS_SYN_ACK, SEEN, seg.time)
        fwd.facts = i16(i64(fwd.facts) | SYN_ACK_OUT)
        if not self.acknowledges_syn(rev, seg):
            self.note(flow, fwd, seg, Note.ACK_OF_NOTHING_SENT, 0, seg.ack)
            return
        self.remember_ack(fwd, seg)
        self.complete_syn(flow, fwd, rev, seg)

    def complete_syn(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """A SYN+ACK acknowledges the peer's SYN: only in a simultaneous open it is the last."""
        accepted = (seg.ack - i64(rev.isn) - 1) & MASK32
        if (i64(rev.facts) & (SYN_DATA | SYN_DONE)) == SYN_DATA and accepted > 0:
            self.note(flow, rev, seg, Note.FAST_OPEN, 0, accepted)
        rev.facts = i16(i64(rev.facts) | SYN_DONE)
        if rev.state == SYN_RECEIVED:
            self.move_unproven(rev, SYN_ACKED, seg, seg.seq)
            flow.facts = i16(i64(flow.facts) | SHOOK_HANDS)
        if (i64(fwd.facts) & SYN_DONE) != 0:
            self.move_unproven(fwd, SYN_ACKED, seg, i64(rev.isn))

    def repeat_syn_ack(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """SYN+ACK again: the ACK that was to answer it did not arrive, or never came."""
        since = fwd.since
        if (i64(fwd.doubts) & UNPROVEN) != 0 and fwd.otherwise == SYN_RECEIVED:
            self.go_back(flow, fwd, seg)
        gap = self.count_try(flow, fwd, seg.time, since)
        if rev.last_time < seg.time - gap:
            rev.doubts = i16(i64(rev.doubts) | SILENT)
        self.note(flow, fwd, seg, Note.SYN_ACK_REPEATED, gap, gap)

    def acknowledges_syn(self, rev: Endpoint, seg: Segment) -> bool:
        """Whether the ACK fits the SYN that ``rev`` sent, with the data that it carried."""
        if (i64(rev.facts) & (SYN_OUT | SYN_ACK_OUT)) == 0:
            return True
        first = (i64(rev.isn) + 1) & MASK32
        last = sent_end(rev) if (i64(rev.facts) & SYN_DATA) != 0 else first
        return ge(seg.ack, first) and not gt(seg.ack, last)

    # In use, and closing

    def take_plain(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """A segment without SYN and RST."""
        if fwd.state == CLOSED and not self.lives_on(flow, fwd, rev, seg):
            return
        if (seg.flags & ACK) == 0:
            self.note(flow, fwd, seg, Note.NO_ACK, 0, seg.flags)
        else:
            self.wake(flow, fwd, rev, seg)
            self.prove(fwd, rev, seg)
            self.remember_ack(fwd, seg)
            if seg.length <= 0:
                self.guess_second_fin(fwd, rev, seg)
            self.acknowledge_fin(flow, fwd, rev, seg)
        if seg.length > 0:
            self.take_data(flow, fwd, rev, seg)
        if (seg.flags & FIN) != 0:
            self.take_fin(flow, fwd, rev, seg)
        if (seg.flags & ACK) != 0:
            self.acknowledged(flow, fwd, rev, seg)
        if (seg.analysis & ZERO_WINDOW) != 0 and (
            rev.state == ESTABLISHED or rev.state == CLOSE_WAIT
        ):
            rev.doubts = i16(i64(rev.doubts) | BLOCKED)
        if (seg.analysis & (RETRANSMISSION | KEEP_ALIVE)) != 0:
            self.count_repetition(flow, fwd, rev, seg)

    def lives_on(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> bool:
        """A segment of a closed endpoint: whether it shows that it is not closed."""
        facts = i64(fwd.facts)
        if (i64(fwd.doubts) & UNPROVEN) != 0 and (facts & RST_IN) != 0:
            repeated = (seg.analysis & (RESENT | KEEP_ALIVE)) != 0
            beyond = (seg.flags & ACK) != 0 and gt(seg.ack, (i64(rev.rst_seq) & MASK32) + 1)
            if repeated or beyond:
                self.go_back(flow, fwd, seg)
                flow.facts = i16(i64(flow.facts) & ~WAS_RESET)
                return True
            return False
        if (facts & RST_OUT) != 0:
            if seg.length > 0:
                self.note(flow, fwd, seg, Note.DATA_AFTER_RST, 0, seg.length)
            if (seg.flags & FIN) != 0:
                self.note(flow, fwd, seg, Note.FIN_AFTER_RST, 0, 0)
            return False
        return (seg.flags & FIN) != 0 or seg.length > 0

    def wake(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """Finish the handshake as far as this segment shows that it is finished."""
        state = i64(fwd.state)
        if state == SYN_SENT:
            self.finish_active(flow, fwd, rev, seg)
        elif state == LISTEN:
            self.finish_unseen(flow, fwd, rev, seg)
        elif state == SYN_RECEIVED and (i64(rev.facts) & SYN_ACK_OUT) != 0:
            self.move(fwd, ACKS_SYN, SEEN, seg.time)
        elif state == SYN_RECEIVED:
            more = gt(seg.ack, (i64(rev.isn) + 1) & MASK32)
            if (i64(rev.facts) & SYN_DATA) == 0 and (seg.length > 0 or more):
                self.move(fwd, SYN_ACKED, INFERRED, seg.time)
                self.infer_ack(flow, fwd, rev, seg)

    def finish_active(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """The opener sends its first ACK."""
        if (i64(rev.facts) & (SYN_OUT | SYN_ACK_OUT)) == 0:
            rev.isn = i32(s32(seg.ack - 1))
            self.move(rev, SENDS_SYN_ACK, INFERRED, seg.time)
            rev.facts = i16(i64(rev.facts) | SYN_ACK_OUT)
            fwd.facts = i16(i64(fwd.facts) | SYN_DONE)
            self.move(fwd, ACKS_SYN, INFERRED, seg.time)
        elif ge(seg.ack, (i64(rev.isn) + 1) & MASK32):
            self.move(fwd, ACKS_SYN, SEEN, seg.time)
        else:
            self.note(flow, fwd, seg, Note.ACK_OF_NOTHING_SENT, 0, seg.ack)

    def finish_unseen(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """The target of a SYN goes on without a SYN+ACK in the capture."""
        first = (i64(rev.isn) + 1) & MASK32
        if lt(seg.ack, first) or gt(seg.ack, sent_end(rev)):
            self.note(flow, fwd, seg, Note.CHALLENGED, 0, seg.ack)
            fwd.state = i16(ESTABLISHED)
            fwd.known = i16(INFERRED)
            fwd.since = seg.time
        elif seg.length > 0 or (seg.flags & FIN) != 0 or gt(seg.ack, first):
            fwd.isn = i32(s32(seg.seq - 1))
            fwd.facts = i16(i64(fwd.facts) | SYN_ACK_OUT)
            self.move(fwd, SENDS_SYN_ACK, INFERRED, seg.time)
            self.move(fwd, SYN_ACKED, INFERRED, seg.time)
            self.infer_ack(flow, fwd, rev, seg)

    def infer_ack(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """The opener must have acknowledged the SYN+ACK."""
        rev.facts = i16(i64(rev.facts) | SYN_DONE)
        fwd.facts = i16(i64(fwd.facts) | SYN_DONE)
        flow.facts = i16(i64(flow.facts) | SHOOK_HANDS)
        if rev.state == SYN_SENT:
            self.move(rev, ACKS_SYN, INFERRED, seg.time)

    def prove(self, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """Whether this segment shows that the sender's state is the right one."""
        if (i64(fwd.doubts) & UNPROVEN) == 0 or fwd.state == CLOSED:
            return
        spoke = fwd.otherwise == SYN_RECEIVED and seg.length > 0
        if gt(seg.ack, i64(fwd.proof) & MASK32) or (spoke and (i64(rev.facts) & SYN_DATA) == 0):
            fwd.doubts = i16(i64(fwd.doubts) & ~UNPROVEN)

    def remember_ack(self, fwd: Endpoint, seg: Segment) -> None:
        """Keep the highest acknowledgment."""
        facts = i64(fwd.facts)
        if (facts & ACK_OUT) == 0 or gt(seg.ack, i64(fwd.acked) & MASK32):
            fwd.acked = i32(s32(seg.ack))
            fwd.facts = i16(facts | ACK_OUT)

    def acknowledge_fin(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """The sender acknowledges its peer's FIN: it has received it."""
        if (i64(rev.facts) & FIN_OUT) == 0 or lt(seg.ack, i64(rev.fin_end) & MASK32):
            return
        if gt(seg.ack, i64(rev.fin_end) & MASK32):
            self.note(flow, fwd, seg, Note.ACK_OF_NOTHING_SENT, 0, seg.ack)
        facts = i64(fwd.facts)
        if (facts & FIN_IN) != 0:
            if fwd.state == TIME_WAIT:
                fwd.since = seg.time
            return
        fwd.facts = i16(facts | FIN_IN)
        fwd.doubts = i16(i64(fwd.doubts) & ~DEFERRED)
        if (facts & FIN_OUT) == 0 and (seg.flags & FIN) == 0:
            self.guess_first_fin(flow, fwd, rev, seg)
        known = INFERRED if (i64(fwd.facts | rev.facts) & FIN_GUESSED) != 0 else SEEN
        if (i64(rev.facts) & FIN_BRINGS_ACK) != 0:
            self.move(fwd, ACKS_FIN_AND_ACK, known, seg.time)
        self.move(fwd, ACKS_FIN, known, seg.time)
        if (i64(rev.facts) & FIN_BRINGS_ACK) == 0 and (i64(fwd.facts) & FIN_DONE) != 0:
            self.move_unproven(fwd, FIN_ACKED, seg, i64(rev.fin_end))

    def guess_first_fin(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """All that answers the peer's FIN is an ACK, whose number is one behind the captured
        end: the sender's own FIN went before it and was not captured."""
        skipped = seg.seq == (sent_end(fwd) + 1) & MASK32
        if not fwd.base_known or not skipped or seg.length > 0:
            return
        fwd.fin_end = i32(s32(seg.seq))
        fwd.facts = i16(i64(fwd.facts) | FIN_OUT | FIN_GUESSED)
        self.move(fwd, SENDS_FIN, INFERRED, seg.time)
        wrong = i64(rev.state)
        if (i64(rev.facts) & ACK_OUT) == 0 or i64(rev.acked) & MASK32 != seg.seq:
            flow.facts = i16(i64(flow.facts) | CROSSED_FINS)
        elif wrong == FIN_WAIT_1:
            fwd.facts = i16(i64(fwd.facts) | FIN_DONE)
            rev.state = i16(ESTABLISHED)
            self.move(rev, ACKS_FIN, INFERRED, seg.time)
            self.move(rev, SENDS_FIN, INFERRED, seg.time)
            rev.facts = i16(i64(rev.facts) | FIN_IN | FIN_BRINGS_ACK)
            self.correct(flow, rev, seg, wrong, i64(rev.state))

    def guess_second_fin(self, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """The side that closed first acknowledges one number behind the captured end."""
        if (i64(fwd.facts) & FIN_OUT) == 0 or (i64(rev.facts) & FIN_OUT) != 0:
            return
        if not self.lacks_fin(rev, fwd):
            return
        fwd.facts = i16(i64(fwd.facts) | FIN_DONE)
        rev.fin_end = fwd.acked
        rev.facts = i16(i64(rev.facts) | FIN_IN | FIN_OUT | FIN_BRINGS_ACK | FIN_GUESSED)
        self.move(rev, ACKS_FIN, INFERRED, seg.time)
        self.move(rev, SENDS_FIN, INFERRED, seg.time)

    def lacks_fin(self, end: Endpoint, peer: Endpoint) -> bool:
        """Whether exactly one number that ``peer`` acknowledged was not captured."""
        return has_hole(end, peer) and i64(peer.acked) & MASK32 == (sent_end(end) + 1) & MASK32

    def take_back_guess(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """It was data: the side that was thought closed sends more."""
        fwd.facts = i16(i64(fwd.facts) & ~(FIN_OUT | FIN_DONE | FIN_GUESSED | FIN_BRINGS_ACK))
        rev.facts = i16(i64(rev.facts) & ~(FIN_IN | FIN_BRINGS_ACK))
        self.restore(flow, rev, seg, FIN_WAIT_2)
        self.restore(flow, fwd, seg, CLOSE_WAIT)

    def restore(self, flow: Flow, end: Endpoint, seg: Segment, right: i64) -> None:
        wrong = i64(end.state)
        end.state = i16(right)
        end.known = i16(INFERRED)
        end.since = seg.time
        end.doubts = i16(i64(end.doubts) & ~UNPROVEN)
        self.correct(flow, end, seg, wrong, right)

    def take_data(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """Payload."""
        facts = i64(fwd.facts)
        end = (seg.seq + seg.length) & MASK32
        if (facts & FIN_GUESSED) != 0 and gt(end, i64(fwd.fin_end) & MASK32):
            self.take_back_guess(flow, fwd, rev, seg)
        elif (facts & FIN_OUT) != 0 and ge(end, i64(fwd.fin_end) & MASK32):
            self.note(flow, fwd, seg, Note.DATA_AFTER_FIN, 0, seg.length)
        if (i64(flow.facts) & SPOKEN) == 0:
            said = SPOKEN if fwd is flow.client else SPOKEN | SERVER_SPOKE_FIRST
            flow.facts = i16(i64(flow.facts) | said)
        if (seg.analysis & (RESENT | KEEP_ALIVE | ZERO_WINDOW_PROBE)) != 0:
            return
        if (i64(fwd.doubts) & BLOCKED) != 0 and rev.last_window != 0:
            fwd.doubts = i16(i64(fwd.doubts) & ~BLOCKED)
        if (i64(fwd.doubts) & INSIDE) != 0 and rev.bytes > 0:
            self.leave_inside(fwd, rev)
        if fwd.state == CLOSE_WAIT:
            self.note(flow, fwd, seg, Note.HALF_CLOSE_USED, 0, seg.length)

    def leave_inside(self, fwd: Endpoint, rev: Endpoint) -> None:
        """Both have sent something: neither had closed before the capture began."""
        fwd.doubts = i16(i64(fwd.doubts) & ~INSIDE)
        rev.doubts = i16(i64(rev.doubts) & ~INSIDE)

    def take_fin(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """A FIN: the sender closes, or repeats that it did."""
        end = (seg.seq + (seg.length if seg.length > 0 else 0) + 1) & MASK32
        if (i64(fwd.facts) & FIN_GUESSED) != 0 and gt(end, i64(fwd.fin_end) & MASK32):
            self.take_back_guess(flow, fwd, rev, seg)
        facts = i64(fwd.facts)
        if (facts & FIN_OUT) != 0:
            self.repeat_fin(flow, fwd, seg, end)
            return
        fwd.fin_end = i32(s32(end))
        facts |= FIN_OUT
        if (i64(rev.facts) & FIN_OUT) != 0:
            if (facts & FIN_IN) == 0:
                flow.facts = i16(i64(flow.facts) | CROSSED_FINS)
            else:
                facts |= FIN_BRINGS_ACK
                if (i64(rev.facts) & FIN_DONE) == 0:
                    flow.facts = i16(i64(flow.facts) | FIN_BROUGHT_FIRST_ACK)
            self.leave_inside(fwd, rev)
        fwd.facts = i16(facts)
        fwd.doubts = i16(i64(fwd.doubts) & ~BLOCKED)
        self.move(fwd, SENDS_FIN, SEEN, seg.time)

    def repeat_fin(self, flow: Flow, fwd: Endpoint, seg: Segment, end: i64) -> None:
        """A FIN again: the ACK that was taken for its end did not arrive."""
        if end != i64(fwd.fin_end) & MASK32:
            self.note(flow, fwd, seg, Note.FIN_MOVED, 0, end)
            if gt(end, i64(fwd.fin_end) & MASK32):
                fwd.fin_end = i32(s32(end))
        if (i64(fwd.doubts) & UNPROVEN) != 0 and (
            fwd.otherwise == FIN_WAIT_1 or fwd.otherwise == LAST_ACK or fwd.otherwise == CLOSING
        ):
            self.go_back(flow, fwd, seg)

    def acknowledged(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """What the segment acknowledges of its receiver's SYN and FIN."""
        facts = i64(rev.facts)
        begun = (facts & SYN_DONE) == 0 and (facts & (SYN_OUT | SYN_ACK_OUT)) != 0
        if begun and fwd.state >= ESTABLISHED and ge(seg.ack, (i64(rev.isn) + 1) & MASK32):
            facts |= SYN_DONE
            rev.facts = i16(facts)
            flow.facts = i16(i64(flow.facts) | SHOOK_HANDS)
            if rev.state == SYN_RECEIVED:
                self.move_unproven(rev, SYN_ACKED, seg, self.proof_of(fwd, seg))
        if (facts & (FIN_OUT | FIN_DONE)) == FIN_OUT and ge(seg.ack, i64(rev.fin_end) & MASK32):
            rev.facts = i16(facts | FIN_DONE)
            if (i64(fwd.facts) & FIN_OUT) == 0 or (facts & FIN_IN) != 0:
                self.move_unproven(rev, FIN_ACKED, seg, self.proof_of(fwd, seg))
            elif (seg.flags & FIN) == 0:
                rev.doubts = i16(i64(rev.doubts) | DEFERRED)

    def proof_of(self, fwd: Endpoint, seg: Segment) -> i64:
        """Who acknowledges beyond this number has received ``seg`` or something sent later."""
        return sent_end(fwd) if (seg.analysis & RESENT) != 0 else seg.seq

    # Reset

    def take_rst(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """A RST: it ends the connection where its numbers fit what the receiver expects."""
        if (seg.flags & (SYN | FIN)) != 0:
            self.note(flow, fwd, seg, Note.ODD_FLAGS, 0, seg.flags)
        state = i64(rev.state)
        if state == CLOSED:
            self.close_by_rst(fwd, seg)
        elif state == LISTEN:
            if self.is_own(fwd, seg):
                self.note(flow, fwd, seg, Note.OPENER_GONE, 0, 0)
                flow.facts = i16(i64(flow.facts) | WAS_RESET)
                self.close_by_rst(fwd, seg)
        elif not self.fits(fwd, rev, seg):
            self.note(flow, fwd, seg, Note.RST_OUTSIDE_WINDOW, 0, seg.seq)
            if (i64(fwd.facts) & FIN_OUT) != 0 and self.is_own(fwd, seg):
                self.close_by_rst(fwd, seg)
        elif self.is_foreign(fwd, seg):
            value = seg.ttl << 8 | i64(fwd.ttl)
            self.note(flow, fwd, seg, Note.RST_BY_MIDDLEBOX, 0, value)
            self.end_receiver(flow, fwd, rev, seg)
        else:
            kind = self.kind_of_reset(flow, fwd, rev, seg)
            self.note(flow, fwd, seg, kind, 0, 0)
            if kind == Note.REFUSED:
                flow.facts = i16(i64(flow.facts) | WAS_REFUSED)
            if kind == Note.RST_AFTER_FIN and flow.notes is not None:
                flow.notes.remove(Note.HALF_CLOSE_USED.value)
            own = fwd.state != SYN_SENT or self.is_own(fwd, seg)
            self.end_receiver(flow, fwd, rev, seg)
            if own:
                self.close_by_rst(fwd, seg)

    def end_receiver(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
        """The RST is valid: its receiver is closed, if it arrives."""
        if (i64(fwd.facts) & FIN_DONE) == 0 or (i64(rev.facts) & FIN_DONE) == 0:
            flow.facts = i16(i64(flow.facts) | WAS_RESET)
        active = rev.state == SYN_SENT or (
            rev.state == SYN_RECEIVED and (i64(rev.facts) & SYN_OUT) != 0
        )
        self.move_unproven(rev, REFUSED if active else GETS_RST, seg, seg.seq)
        fwd.rst_seq = i32(s32(seg.seq))
        if rev.state == CLOSED:
            rev.facts = i16(i64(rev.facts) | RST_IN)

    def is_foreign(self, fwd: Endpoint, seg: Segment) -> bool:
        """Whether the RST came a different way than the sender's other segments."""
        if fwd.packets == 0 or seg.ttl < 0 or fwd.ttl < 0:
            return False
        return not -1 <= seg.ttl - i64(fwd.ttl) <= 1

    def close_by_rst(self, fwd: Endpoint, seg: Segment) -> None:
        """Who sends a RST has no connection any more."""
        fwd.facts = i16(i64(fwd.facts) | RST_OUT)
        fwd.doubts = 0
        fwd.rst_seq = i32(s32(seg.seq))
        if fwd.state == CLOSED:
            fwd.known = i16(SEEN)
        self.move(fwd, SENDS_RST, SEEN, seg.time)

    def is_own(self, fwd: Endpoint, seg: Segment) -> bool:
        """Whether the number lies in what the sender has sent on this connection."""
        if not fwd.base_known:
            return True
        return ge(seg.seq, i64(fwd.base) & MASK32) and not gt(seg.seq, sent_end(fwd))

    def fits(self, fwd: Endpoint, rev: Endpoint, seg: Segment) -> bool:
        """Whether the receiver takes the RST (RFC 9293, section 3.5.3)."""
        if rev.state == SYN_SENT:
            return (seg.flags & ACK) != 0 and self.acknowledges_syn(rev, seg)
        if (i64(rev.facts) & ACK_OUT) == 0:
            return True
        low = i64(rev.acked) & MASK32
        if lt(seg.seq, low):
            return False
        window = i64(rev.last_window)
        if rev.scale > 0:
            window = window << i64(rev.scale)
        elif rev.scale == -1 and window < LARGEST_WINDOW:
            window = LARGEST_WINDOW
        return not gt(seg.seq, (low + window) & MASK32) or not gt(seg.seq, sent_end(fwd))

    def kind_of_reset(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> Note:
        """Why the sender reset: see the kinds of findings."""
        if rev.state == SYN_SENT and (i64(fwd.facts) & SYN_ACK_OUT) == 0:
            return Note.REFUSED
        if rev.state == SYN_RECEIVED or fwd.state == SYN_SENT:
            return Note.OPENER_GONE
        if (i64(fwd.facts) & FIN_OUT) != 0:
            return Note.RST_AFTER_FIN
        if (seg.flags & ACK) == 0 and rev.last_time >= fwd.tried and flow.packets > 0:
            return Note.HALF_OPEN_RESET
        peer_began = ((i64(flow.facts) & SERVER_SPOKE_FIRST) != 0) == (rev is flow.server)
        if rev.bytes > 0 and peer_began and rev.next_exp_time >= fwd.next_exp_time:
            return Note.ABORT_UNREAD_DATA
        return Note.ABORT


def weigh(end: Endpoint, hole: bool) -> None:
    """How sure an endpoint's state is, with all doubts that stand against it."""
    doubts = i64(end.doubts) & ~HOLE
    if hole and end.state != CLOSED and end.state != LISTEN:
        doubts |= HOLE
    end.doubts = i16(doubts)
    end.certainty = i16(ASSUMED) if doubts != 0 else end.known
