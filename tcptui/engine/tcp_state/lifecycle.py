"""Both endpoints' state machines, moved by each segment.

The arrows are those of :mod:`tcptui.engine.tcp_state.table`; here is what a tap can tell of the
causes, and when:

* a segment changes its sender's state in its own row;
* a SYN, SYN+ACK or FIN changes the receiver's state in the row of the receiver's first later
  segment that acknowledges it;
* a pure ACK and a RST, which nobody answers, take effect in their own row. The state is then
  unproven: a repetition that shows that they did not arrive takes it back, a later
  acknowledgment that shows that they did makes it certain;
* what was not captured and is proven by what follows is put in as an inferred step.

``sender`` sent the segment, ``receiver`` is its peer.
"""

from typing import Final

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import UNKNOWN_TTL, Endpoint, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import CHANGED
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.engine.tcp_state.facts import (
    BLOCKED,
    DEFERRED,
    FIN_DONE,
    FIN_GUESSED,
    FIN_IN,
    FIN_OUT,
    HOLE,
    INSIDE,
    PROBING,
    SERVER_SPOKE_FIRST,
    SHOOK_HANDS,
    SILENT,
    SKIPPED,
    SPOKEN,
    SYN_ACK_OUT,
    SYN_DATA,
    SYN_DONE,
    SYN_OUT,
    UNPROVEN,
)
from tcptui.engine.tcp_state.handshake import begin, take_syn, take_syn_ack, wake
from tcptui.engine.tcp_state.machine import Machine, has_hole, remember_ack, sent_end
from tcptui.engine.tcp_state.reset import lives_on, take_rst
from tcptui.engine.tcp_state.states import (
    ASSUMED,
    CLOSE_WAIT,
    CLOSED,
    ESTABLISHED,
    FIN_WAIT_1,
    LISTEN,
    SYN_RECEIVED,
)
from tcptui.engine.tcp_state.table import FIN_ACKED, SYN_ACKED
from tcptui.engine.tcp_state.teardown import (
    acknowledge_fin,
    fins_crossed,
    guess_second_fin,
    leave_inside,
    take_back_guess,
    take_fin,
)
from tcptui.engine.tcp_state.zeek import LETTER_ACK, LETTER_DATA, follow
from tcptui.engine.wireshark.flags import (
    KEEP_ALIVE,
    RESENT,
    RETRANSMISSION,
    ZERO_WINDOW,
    ZERO_WINDOW_PROBE,
)

CONTROL: Final = SYN | FIN | RST | ACK


class Lifecycle(Machine):
    """Moves the states of all flows' endpoints."""

    def advance(self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> i64:
        """Take ``seg``, sent by ``sender``; both states after it, packed as in the columns."""
        if flow.settled and seg.analysis == 0 and (seg.flags & CONTROL) == ACK:
            letter = LETTER_DATA if seg.length > 0 else LETTER_ACK
            if (i64(sender.letters) & letter) != 0:
                if gt(seg.ack, i64(sender.acked) & MASK32):
                    if gt(seg.ack, i64(receiver.highest) & MASK32):
                        return self.take(flow, sender, receiver, seg)
                    sender.acked = i32(s32(seg.ack))
                return i64(flow.states)
        return self.take(flow, sender, receiver, seg)

    def take(self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> i64:
        """The same for a segment that may change something."""
        follow(flow, sender, receiver, seg)
        if flow.packets == 0:
            begin(flow, sender, receiver, seg)
        if sender.ttl == UNKNOWN_TTL:
            sender.ttl = i16(seg.ttl)
        if (seg.flags & RST) != 0:
            take_rst(self, flow, sender, receiver, seg)
        else:
            hear(sender, receiver)
            if (seg.flags & SYN) == 0:
                take_plain(self, flow, sender, receiver, seg)
            elif (seg.flags & ACK) != 0:
                take_syn_ack(self, flow, sender, receiver, seg)
            else:
                take_syn(self, flow, sender, receiver, seg)
        return self.settle(flow, sender, receiver, seg.time)

    def settle(self, flow: Flow, sender: Endpoint, receiver: Endpoint, time: i64) -> i64:
        """Decide both certainties and whether the short cut may be taken next time."""
        hole = has_hole(sender, receiver) or has_hole(receiver, sender)
        weigh(sender, hole)
        weigh(receiver, hole)
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


def hear(sender: Endpoint, receiver: Endpoint) -> None:
    """``sender`` is alive, and its peer's repetitions are answered."""
    sender.doubts = i16(i64(sender.doubts) & ~SILENT)
    receiver.tries = 0
    receiver.facts = i16(i64(receiver.facts) & ~PROBING)


def count_repetition(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """How often and at what gaps ``sender`` repeats data or a FIN; a peer that has said nothing
    meanwhile is in doubt. A probe of a closed window may stay unanswered: Linux does not answer
    two within half a second."""
    if (seg.analysis & KEEP_ALIVE) != 0:
        sender.facts = i16(i64(sender.facts) | PROBING)
        gap = m.count_try(flow, sender, seg.time, seg.time)
        if sender.tries < 2:
            return
        if receiver.last_window != 0:
            m.note(flow, sender, seg, LedgerKind.KEEP_ALIVE_UNANSWERED, gap, 0)
    else:
        gap = m.count_try(flow, sender, seg.time, elapsed(seg.time, seg.note_value))
    if receiver.last_time < elapsed(seg.time, gap):
        receiver.doubts = i16(i64(receiver.doubts) | SILENT)


def take_plain(m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """A segment without SYN and RST."""
    if sender.state == CLOSED and not (
        lives_on(m, flow, sender, receiver, seg) or fins_crossed(m, flow, sender, receiver, seg)
    ):
        return
    if (seg.flags & ACK) == 0:
        m.note(flow, sender, seg, LedgerKind.NO_ACK, 0, seg.flags)
    else:
        wake(m, flow, sender, receiver, seg)
        prove(sender, receiver, seg)
        says_more = gt(seg.ack, i64(sender.acked) & MASK32)
        remember_ack(sender, seg)
        if says_more and seg.length <= 0:
            guess_second_fin(m, sender, receiver, seg)
        acknowledge_fin(m, flow, sender, receiver, seg)
        if seg.length <= 0:
            note_skipped(sender, seg)
    if seg.length > 0:
        take_data(m, flow, sender, receiver, seg)
    if (seg.flags & FIN) != 0:
        take_fin(m, flow, sender, receiver, seg)
    if (seg.flags & ACK) != 0:
        acknowledged(m, flow, sender, receiver, seg)
    if (seg.analysis & ZERO_WINDOW) != 0 and (
        receiver.state == ESTABLISHED or receiver.state == CLOSE_WAIT
    ):
        receiver.doubts = i16(i64(receiver.doubts) | BLOCKED)
    if (seg.analysis & (RETRANSMISSION | KEEP_ALIVE)) != 0:
        count_repetition(m, flow, sender, receiver, seg)


def note_skipped(sender: Endpoint, seg: Segment) -> None:
    """Whether the sender is further than was captured."""
    doubts = i64(sender.doubts) & ~SKIPPED
    known = sender.base_known and (i64(sender.facts) & FIN_OUT) == 0
    if known and gt(seg.seq, sent_end(sender)):
        doubts |= SKIPPED
    sender.doubts = i16(doubts)


def prove(sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Whether this segment shows that the sender's state is the right one."""
    if (i64(sender.doubts) & UNPROVEN) == 0 or sender.state == CLOSED:
        return
    spoke = sender.otherwise == SYN_RECEIVED and seg.length > 0
    if gt(seg.ack, i64(sender.proof) & MASK32) or (spoke and (i64(receiver.facts) & SYN_DATA) == 0):
        sender.doubts = i16(i64(sender.doubts) & ~UNPROVEN)


def take_data(m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Payload."""
    facts = i64(sender.facts)
    end = (seg.seq + seg.length) & MASK32
    if (facts & FIN_GUESSED) != 0 and gt(end, i64(sender.fin_end) & MASK32):
        take_back_guess(m, flow, sender, receiver, seg)
    elif (facts & FIN_OUT) != 0 and ge(end, i64(sender.fin_end) & MASK32):
        m.note(flow, sender, seg, LedgerKind.DATA_AFTER_FIN, 0, seg.length)
    if (i64(flow.facts) & SPOKEN) == 0:
        said = SPOKEN if sender is flow.client else SPOKEN | SERVER_SPOKE_FIRST
        flow.facts = i16(i64(flow.facts) | said)
    if (seg.analysis & (RESENT | KEEP_ALIVE | ZERO_WINDOW_PROBE)) != 0:
        return
    sender.doubts = i16(i64(sender.doubts) & ~SKIPPED)
    if (i64(sender.doubts) & BLOCKED) != 0 and receiver.last_window != 0:
        sender.doubts = i16(i64(sender.doubts) & ~BLOCKED)
    if (i64(sender.doubts) & INSIDE) != 0 and receiver.bytes > 0:
        leave_inside(sender, receiver)
    if sender.state == CLOSE_WAIT:
        m.note(flow, sender, seg, LedgerKind.HALF_CLOSE_USED, 0, seg.length)


def acknowledged(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """What the segment acknowledges of its receiver's SYN and FIN."""
    facts = i64(receiver.facts)
    begun = (facts & SYN_DONE) == 0 and (facts & (SYN_OUT | SYN_ACK_OUT)) != 0
    if begun and sender.state >= ESTABLISHED and ge(seg.ack, (i64(receiver.isn) + 1) & MASK32):
        facts |= SYN_DONE
        receiver.facts = i16(facts)
        flow.facts = i16(i64(flow.facts) | SHOOK_HANDS)
        if receiver.state == SYN_RECEIVED:
            m.move_unproven(receiver, SYN_ACKED, seg, proof_of(sender, seg))
    if (facts & FIN_OUT) == 0 or lt(seg.ack, i64(receiver.fin_end) & MASK32):
        return
    receiver.facts = i16(facts | FIN_DONE)
    if (i64(sender.facts) & FIN_OUT) == 0 or (facts & FIN_IN) != 0:
        if (facts & FIN_DONE) == 0:
            m.move_unproven(receiver, FIN_ACKED, seg, proof_of(sender, seg))
    elif (seg.flags & FIN) == 0 and receiver.state == FIN_WAIT_1:
        receiver.doubts = i16(i64(receiver.doubts) | DEFERRED)


def proof_of(sender: Endpoint, seg: Segment) -> i64:
    """Who acknowledges beyond this number has received ``seg`` or something sent later."""
    return sent_end(sender) if (seg.analysis & RESENT) != 0 else seg.seq


def weigh(end: Endpoint, hole: bool) -> None:
    """How sure an endpoint's state is, with all doubts that stand against it."""
    doubts = i64(end.doubts) & ~HOLE
    if hole and end.state != CLOSED and end.state != LISTEN:
        doubts |= HOLE
    end.doubts = i16(doubts)
    end.certainty = i16(ASSUMED) if doubts != 0 else end.known
