"""The rules of closing: FIN, its acknowledgment, and FINs that were not captured."""

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, gt, lt, s32
from tcptui.engine.tcp_header import FIN
from tcptui.engine.tcp_state.facts import (
    ACK_OUT,
    BLOCKED,
    CROSSED_FINS,
    DEFERRED,
    FIN_BRINGS_ACK,
    FIN_BROUGHT_FIRST_ACK,
    FIN_DONE,
    FIN_GUESSED,
    FIN_IN,
    FIN_OUT,
    INSIDE,
    SKIPPED,
    UNPROVEN,
)
from tcptui.engine.tcp_state.machine import Machine, has_hole, sent_end
from tcptui.engine.tcp_state.states import (
    CLOSE_WAIT,
    CLOSED,
    CLOSING,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    INFERRED,
    LAST_ACK,
    SEEN,
    TIME_WAIT,
)
from tcptui.engine.tcp_state.table import ACKS_FIN, ACKS_FIN_AND_ACK, FIN_ACKED, SENDS_FIN


def acknowledge_fin(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """The sender acknowledges its peer's FIN: it has received it."""
    if (i64(receiver.facts) & FIN_OUT) == 0 or lt(seg.ack, i64(receiver.fin_end) & MASK32):
        return
    if gt(seg.ack, i64(receiver.fin_end) & MASK32):
        m.note(flow, sender, seg, LedgerKind.ACK_OF_NOTHING_SENT, 0, seg.ack)
    facts = i64(sender.facts)
    if (facts & FIN_IN) != 0:
        if sender.state == TIME_WAIT:
            sender.since = seg.time
        return
    sender.facts = i16(facts | FIN_IN)
    sender.doubts = i16(i64(sender.doubts) & ~DEFERRED)
    if (facts & FIN_OUT) == 0 and (seg.flags & FIN) == 0:
        guess_first_fin(m, flow, sender, receiver, seg)
    known = INFERRED if (i64(sender.facts | receiver.facts) & FIN_GUESSED) != 0 else SEEN
    if (i64(receiver.facts) & FIN_BRINGS_ACK) != 0:
        m.move(sender, ACKS_FIN_AND_ACK, known, seg.time)
    m.move(sender, ACKS_FIN, known, seg.time)
    if (i64(receiver.facts) & FIN_BRINGS_ACK) == 0 and (i64(sender.facts) & FIN_DONE) != 0:
        m.move_unproven(sender, FIN_ACKED, seg, i64(receiver.fin_end))


def guess_first_fin(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """All that answers the peer's FIN is an ACK, whose number is one behind the captured
    end: the sender's own FIN went before it and was not captured."""
    skipped = seg.seq == (sent_end(sender) + 1) & MASK32
    if not sender.base_known or not skipped or seg.length > 0:
        return
    sender.fin_end = i32(s32(seg.seq))
    sender.facts = i16(i64(sender.facts) | FIN_OUT | FIN_GUESSED)
    m.move(sender, SENDS_FIN, INFERRED, seg.time)
    wrong = i64(receiver.state)
    if (i64(receiver.facts) & ACK_OUT) == 0 or i64(receiver.acked) & MASK32 != seg.seq:
        flow.facts = i16(i64(flow.facts) | CROSSED_FINS)
    elif wrong == FIN_WAIT_1:
        sender.facts = i16(i64(sender.facts) | FIN_DONE)
        receiver.state = i16(ESTABLISHED)
        m.move(receiver, ACKS_FIN, INFERRED, seg.time)
        m.move(receiver, SENDS_FIN, INFERRED, seg.time)
        receiver.facts = i16(i64(receiver.facts) | FIN_IN | FIN_BRINGS_ACK)
        m.correct(flow, receiver, seg, wrong, i64(receiver.state))


def guess_second_fin(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """The side that closed first acknowledges one number behind the captured end."""
    if (i64(sender.facts) & FIN_OUT) == 0 or (i64(receiver.facts) & FIN_OUT) != 0:
        return
    if receiver.state < ESTABLISHED or not lacks_fin(receiver, sender):
        return
    sender.facts = i16(i64(sender.facts) | FIN_DONE)
    receiver.fin_end = sender.acked
    receiver.facts = i16(i64(receiver.facts) | FIN_IN | FIN_OUT | FIN_BRINGS_ACK | FIN_GUESSED)
    m.move(receiver, ACKS_FIN, INFERRED, seg.time)
    m.move(receiver, SENDS_FIN, INFERRED, seg.time)


def fins_crossed(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> bool:
    """Whether an ACK behind a guessed FIN is all that answers the peer's FIN: the two crossed,
    and the sender waits in TIME-WAIT, not CLOSED."""
    facts = i64(sender.facts)
    guessed = FIN_GUESSED | FIN_BRINGS_ACK
    if (facts & guessed) != guessed or receiver.tries > 0 or sender.otherwise != LAST_ACK:
        return False
    if seg.seq != i64(sender.fin_end) & MASK32 or seg.ack != i64(receiver.fin_end) & MASK32:
        return False
    flow.facts = i16(i64(flow.facts) | CROSSED_FINS)
    sender.facts = i16(facts & ~FIN_BRINGS_ACK)
    sender.otherwise = i16(CLOSING)
    sender.state = i16(TIME_WAIT)
    sender.since = seg.time
    m.correct(flow, sender, seg, CLOSED, TIME_WAIT)
    return True


def lacks_fin(end: Endpoint, peer: Endpoint) -> bool:
    """Whether exactly one number that ``peer`` acknowledged was not captured."""
    return has_hole(end, peer) and i64(peer.acked) & MASK32 == (sent_end(end) + 1) & MASK32


def take_back_guess(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """It was data: the side that was thought closed sends more."""
    sender.facts = i16(i64(sender.facts) & ~(FIN_OUT | FIN_DONE | FIN_GUESSED | FIN_BRINGS_ACK))
    receiver.facts = i16(i64(receiver.facts) & ~(FIN_IN | FIN_BRINGS_ACK))
    restore(m, flow, receiver, seg, FIN_WAIT_2)
    restore(m, flow, sender, seg, CLOSE_WAIT)


def restore(m: Machine, flow: Flow, end: Endpoint, seg: Segment, right: i64) -> None:
    wrong = i64(end.state)
    end.state = i16(right)
    end.known = i16(INFERRED)
    end.since = seg.time
    end.doubts = i16(i64(end.doubts) & ~UNPROVEN)
    m.correct(flow, end, seg, wrong, right)


def take_fin(m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """A FIN: the sender closes, or repeats that it did."""
    end = (seg.seq + (seg.length if seg.length > 0 else 0) + 1) & MASK32
    if (i64(sender.facts) & FIN_GUESSED) != 0 and gt(end, i64(sender.fin_end) & MASK32):
        take_back_guess(m, flow, sender, receiver, seg)
    facts = i64(sender.facts)
    if (facts & FIN_OUT) != 0:
        repeat_fin(m, flow, sender, seg, end)
        return
    sender.fin_end = i32(s32(end))
    facts |= FIN_OUT
    if (i64(receiver.facts) & FIN_OUT) != 0:
        if (facts & FIN_IN) == 0:
            flow.facts = i16(i64(flow.facts) | CROSSED_FINS)
        else:
            facts |= FIN_BRINGS_ACK
            if (i64(receiver.facts) & FIN_DONE) == 0:
                flow.facts = i16(i64(flow.facts) | FIN_BROUGHT_FIRST_ACK)
        leave_inside(sender, receiver)
    sender.facts = i16(facts)
    sender.doubts = i16(i64(sender.doubts) & ~(BLOCKED | SKIPPED))
    m.move(sender, SENDS_FIN, SEEN, seg.time)


def repeat_fin(m: Machine, flow: Flow, sender: Endpoint, seg: Segment, end: i64) -> None:
    """A FIN again: the ACK that was taken for its end did not arrive."""
    if end != i64(sender.fin_end) & MASK32:
        m.note(flow, sender, seg, LedgerKind.FIN_MOVED, 0, end)
        if gt(end, i64(sender.fin_end) & MASK32):
            sender.fin_end = i32(s32(end))
    if (i64(sender.doubts) & UNPROVEN) != 0 and (
        sender.otherwise == FIN_WAIT_1
        or sender.otherwise == LAST_ACK
        or sender.otherwise == CLOSING
    ):
        m.go_back(flow, sender, seg)


def leave_inside(sender: Endpoint, receiver: Endpoint) -> None:
    """Both have sent something: neither had closed before the capture began."""
    sender.doubts = i16(i64(sender.doubts) & ~INSIDE)
    receiver.doubts = i16(i64(receiver.doubts) & ~INSIDE)
