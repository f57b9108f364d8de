"""The rules of closing: FIN, its acknowledgment, and FINs that were not captured.

A FIN that was not captured leaves a gap of one number. Where an acknowledgment covers just that
number, a FIN is guessed (FIN_GUESSED); a single byte of data looks the same until its sender goes
on, and then the guess is taken back.
"""

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import Endpoint
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, gt, lt, s32
from tcptui.engine.tcp_header import FIN
from tcptui.engine.tcp_state.machine import (
    Machine,
    has_hole,
    sent_end,
    set_state_past_table,
)
from tcptui.engine.tcp_state.states import (
    ACK_OUT,
    BLOCKED,
    CLOSE_WAIT,
    CLOSED,
    CLOSING,
    CROSSED_FINS,
    DEFERRED,
    ESTABLISHED,
    FIN_BRINGS_ACK,
    FIN_BROUGHT_FIRST_ACK,
    FIN_DONE,
    FIN_GUESSED,
    FIN_IN,
    FIN_OUT,
    FIN_WAIT_1,
    FIN_WAIT_2,
    INFERRED,
    INSIDE,
    LAST_ACK,
    SEEN,
    SKIPPED,
    TIME_WAIT,
    UNPROVEN,
)
from tcptui.engine.tcp_state.table import ACKS_FIN, ACKS_FIN_AND_ACK, FIN_ACKED, SENDS_FIN


def acknowledge_fin(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Acknowledge the peer's FIN for the sender, which proves that the sender has received it."""
    if not receiver.has(FIN_OUT) or lt(seg.ack, i64(receiver.fin_end) & MASK32):
        return
    if gt(seg.ack, i64(receiver.fin_end) & MASK32):
        m.note_observation(sender, seg, LedgerKind.ACK_OF_NOTHING_SENT, 0, seg.ack)
    if sender.has(FIN_IN):
        if sender.state == TIME_WAIT:
            # "Acknowledge it, and restart the 2 MSL timeout" (RFC 9293, section 3.10.7.4).
            sender.state_since = seg.time
        return
    sender.add(FIN_IN)
    sender.drop_doubt(DEFERRED)
    if not sender.has(FIN_OUT) and (seg.flags & FIN) == 0:
        guess_first_fin(m, sender, receiver, seg)
    guessed = sender.has(FIN_GUESSED) or receiver.has(FIN_GUESSED)
    certainty = INFERRED if guessed else SEEN
    brings_ack = receiver.has(FIN_BRINGS_ACK)
    if brings_ack:
        m.follow_arrow(sender, ACKS_FIN_AND_ACK, certainty, seg.time)
    m.follow_arrow(sender, ACKS_FIN, certainty, seg.time)
    if not brings_ack and sender.has(FIN_DONE):
        # An ACK of its FIN came behind the peer's FIN: it takes effect with that FIN.
        m.follow_arrow_unproven(sender, FIN_ACKED, seg, i64(receiver.fin_end))


def guess_first_fin(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Guess that the sender's own FIN was not captured, if all that answers its peer's FIN is an
    ACK whose number is one behind the captured end.

    Unless the two crossed, the peer had received it and was in CLOSE-WAIT, not ESTABLISHED, when
    it sent its own FIN, which was taken for the first one.
    """
    skipped = seg.seq == (sent_end(sender) + 1) & MASK32
    if not sender.base_known or not skipped or seg.length > 0:
        return
    sender.fin_end = i32(s32(seg.seq))
    sender.add(FIN_OUT | FIN_GUESSED)
    m.follow_arrow(sender, SENDS_FIN, INFERRED, seg.time)
    wrong = i64(receiver.state)
    if not receiver.has(ACK_OUT) or i64(receiver.highest_ack) & MASK32 != seg.seq:
        sender.flow.add(CROSSED_FINS)
    elif wrong == FIN_WAIT_1:
        sender.add(FIN_DONE)
        set_state_past_table(receiver, ESTABLISHED, INFERRED, seg.time)
        m.follow_arrow(receiver, ACKS_FIN, INFERRED, seg.time)
        m.follow_arrow(receiver, SENDS_FIN, INFERRED, seg.time)
        receiver.add(FIN_IN | FIN_BRINGS_ACK)
        m.report_correction(receiver, seg, wrong, i64(receiver.state))


def guess_second_fin(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Guess that the peer's FIN was not captured, if the side that closed first acknowledges
    exactly one number behind the peer's captured end."""
    if not sender.has(FIN_OUT) or receiver.has(FIN_OUT):
        return
    if receiver.state < ESTABLISHED or not lacks_fin(receiver, sender):
        return
    sender.add(FIN_DONE)
    receiver.fin_end = sender.highest_ack
    receiver.add(FIN_IN | FIN_OUT | FIN_BRINGS_ACK | FIN_GUESSED)
    m.follow_arrow(receiver, ACKS_FIN, INFERRED, seg.time)
    m.follow_arrow(receiver, SENDS_FIN, INFERRED, seg.time)


def correct_crossed_fins(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> bool:
    """Return whether an ACK behind a guessed FIN is all that answers the peer's FIN, and correct
    the sender's state if so.

    Then the two FINs crossed, and the sender waits in TIME-WAIT: it was thought to be CLOSED.
    """
    guessed = sender.has(FIN_GUESSED) and sender.has(FIN_BRINGS_ACK)
    if not guessed or receiver.unanswered_tries > 0 or sender.state_if_lost != LAST_ACK:
        return False
    if seg.seq != i64(sender.fin_end) & MASK32 or seg.ack != i64(receiver.fin_end) & MASK32:
        return False
    sender.flow.add(CROSSED_FINS)
    sender.drop(FIN_BRINGS_ACK)
    sender.state_if_lost = i16(CLOSING)
    set_state_past_table(sender, TIME_WAIT, i64(sender.certainty_without_doubts), seg.time)
    m.report_correction(sender, seg, CLOSED, TIME_WAIT)
    return True


def lacks_fin(end: Endpoint, peer: Endpoint) -> bool:
    """Return whether exactly one number that ``peer`` acknowledged was not captured."""
    return has_hole(end, peer) and i64(peer.highest_ack) & MASK32 == (sent_end(end) + 1) & MASK32


def take_back_guessed_fin(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take back a guessed FIN that was a byte of data: the side that was thought closed sends
    more."""
    sender.drop(FIN_OUT | FIN_DONE | FIN_GUESSED | FIN_BRINGS_ACK)
    receiver.drop(FIN_IN | FIN_BRINGS_ACK)
    restore_state(m, receiver, seg, FIN_WAIT_2)
    restore_state(m, sender, seg, CLOSE_WAIT)


def restore_state(m: Machine, end: Endpoint, seg: Segment, right: i64) -> None:
    """Put an endpoint back where it was before a FIN was guessed."""
    wrong = i64(end.state)
    set_state_past_table(end, right, INFERRED, seg.time)
    end.drop_doubt(UNPROVEN)
    m.report_correction(end, seg, wrong, right)


def take_fin(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take a FIN: it closes its sender's direction, or repeats that it did."""
    flow = sender.flow
    end = (seg.seq + (seg.length if seg.length > 0 else 0) + 1) & MASK32
    if sender.has(FIN_GUESSED) and gt(end, i64(sender.fin_end) & MASK32):
        take_back_guessed_fin(m, sender, receiver, seg)
    if sender.has(FIN_OUT):
        repeat_fin(m, sender, seg, end)
        return
    sender.fin_end = i32(s32(end))
    sender.add(FIN_OUT)
    if receiver.has(FIN_OUT):
        if not sender.has(FIN_IN):
            flow.add(CROSSED_FINS)
        else:
            sender.add(FIN_BRINGS_ACK)
            if not receiver.has(FIN_DONE):
                flow.add(FIN_BROUGHT_FIRST_ACK)
        leave_inside(sender, receiver)
    sender.drop_doubt(BLOCKED | SKIPPED)
    m.follow_arrow(sender, SENDS_FIN, SEEN, seg.time)


def repeat_fin(m: Machine, sender: Endpoint, seg: Segment, end: i64) -> None:
    """Take a repeated FIN: the ACK that was taken for its end did not arrive."""
    if end != i64(sender.fin_end) & MASK32:
        m.note_observation(sender, seg, LedgerKind.FIN_MOVED, 0, end)
        if gt(end, i64(sender.fin_end) & MASK32):
            sender.fin_end = i32(s32(end))
    if sender.has_doubt(UNPROVEN) and sender.state_if_lost in (FIN_WAIT_1, LAST_ACK, CLOSING):
        m.take_back_unproven_state(sender, seg)


def leave_inside(sender: Endpoint, receiver: Endpoint) -> None:
    """Note that neither side had closed before the capture began: both have sent something."""
    sender.drop_doubt(INSIDE)
    receiver.drop_doubt(INSIDE)
