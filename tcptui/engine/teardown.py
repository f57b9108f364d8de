"""The rules of closing: FIN, its acknowledgment, and FINs that were not captured."""

from mypy_extensions import i16, i32, i64

from tcptui.engine.facts import (
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
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.machine import Machine, has_hole, sent_end
from tcptui.engine.notes import Note
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, gt, lt, s32
from tcptui.engine.states import (
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
from tcptui.engine.transitions import ACKS_FIN, ACKS_FIN_AND_ACK, FIN_ACKED, SENDS_FIN
from tcptui.engine.wire import FIN


def acknowledge_fin(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """The sender acknowledges its peer's FIN: it has received it."""
    if (i64(rev.facts) & FIN_OUT) == 0 or lt(seg.ack, i64(rev.fin_end) & MASK32):
        return
    if gt(seg.ack, i64(rev.fin_end) & MASK32):
        m.note(flow, fwd, seg, Note.ACK_OF_NOTHING_SENT, 0, seg.ack)
    facts = i64(fwd.facts)
    if (facts & FIN_IN) != 0:
        if fwd.state == TIME_WAIT:
            fwd.since = seg.time
        return
    fwd.facts = i16(facts | FIN_IN)
    fwd.doubts = i16(i64(fwd.doubts) & ~DEFERRED)
    if (facts & FIN_OUT) == 0 and (seg.flags & FIN) == 0:
        guess_first_fin(m, flow, fwd, rev, seg)
    known = INFERRED if (i64(fwd.facts | rev.facts) & FIN_GUESSED) != 0 else SEEN
    if (i64(rev.facts) & FIN_BRINGS_ACK) != 0:
        m.move(fwd, ACKS_FIN_AND_ACK, known, seg.time)
    m.move(fwd, ACKS_FIN, known, seg.time)
    if (i64(rev.facts) & FIN_BRINGS_ACK) == 0 and (i64(fwd.facts) & FIN_DONE) != 0:
        m.move_unproven(fwd, FIN_ACKED, seg, i64(rev.fin_end))


def guess_first_fin(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """All that answers the peer's FIN is an ACK, whose number is one behind the captured
    end: the sender's own FIN went before it and was not captured."""
    skipped = seg.seq == (sent_end(fwd) + 1) & MASK32
    if not fwd.base_known or not skipped or seg.length > 0:
        return
    fwd.fin_end = i32(s32(seg.seq))
    fwd.facts = i16(i64(fwd.facts) | FIN_OUT | FIN_GUESSED)
    m.move(fwd, SENDS_FIN, INFERRED, seg.time)
    wrong = i64(rev.state)
    if (i64(rev.facts) & ACK_OUT) == 0 or i64(rev.acked) & MASK32 != seg.seq:
        flow.facts = i16(i64(flow.facts) | CROSSED_FINS)
    elif wrong == FIN_WAIT_1:
        fwd.facts = i16(i64(fwd.facts) | FIN_DONE)
        rev.state = i16(ESTABLISHED)
        m.move(rev, ACKS_FIN, INFERRED, seg.time)
        m.move(rev, SENDS_FIN, INFERRED, seg.time)
        rev.facts = i16(i64(rev.facts) | FIN_IN | FIN_BRINGS_ACK)
        m.correct(flow, rev, seg, wrong, i64(rev.state))


def guess_second_fin(m: Machine, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """The side that closed first acknowledges one number behind the captured end."""
    if (i64(fwd.facts) & FIN_OUT) == 0 or (i64(rev.facts) & FIN_OUT) != 0:
        return
    if rev.state < ESTABLISHED or not lacks_fin(rev, fwd):
        return
    fwd.facts = i16(i64(fwd.facts) | FIN_DONE)
    rev.fin_end = fwd.acked
    rev.facts = i16(i64(rev.facts) | FIN_IN | FIN_OUT | FIN_BRINGS_ACK | FIN_GUESSED)
    m.move(rev, ACKS_FIN, INFERRED, seg.time)
    m.move(rev, SENDS_FIN, INFERRED, seg.time)


def fins_crossed(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> bool:
    """Whether an ACK behind a guessed FIN is all that answers the peer's FIN: the two crossed,
    and the sender waits in TIME-WAIT, not CLOSED."""
    facts = i64(fwd.facts)
    guessed = FIN_GUESSED | FIN_BRINGS_ACK
    if (facts & guessed) != guessed or rev.tries > 0 or fwd.otherwise != LAST_ACK:
        return False
    if seg.seq != i64(fwd.fin_end) & MASK32 or seg.ack != i64(rev.fin_end) & MASK32:
        return False
    flow.facts = i16(i64(flow.facts) | CROSSED_FINS)
    fwd.facts = i16(facts & ~FIN_BRINGS_ACK)
    fwd.otherwise = i16(CLOSING)
    fwd.state = i16(TIME_WAIT)
    fwd.since = seg.time
    m.correct(flow, fwd, seg, CLOSED, TIME_WAIT)
    return True


def lacks_fin(end: Endpoint, peer: Endpoint) -> bool:
    """Whether exactly one number that ``peer`` acknowledged was not captured."""
    return has_hole(end, peer) and i64(peer.acked) & MASK32 == (sent_end(end) + 1) & MASK32


def take_back_guess(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """It was data: the side that was thought closed sends more."""
    fwd.facts = i16(i64(fwd.facts) & ~(FIN_OUT | FIN_DONE | FIN_GUESSED | FIN_BRINGS_ACK))
    rev.facts = i16(i64(rev.facts) & ~(FIN_IN | FIN_BRINGS_ACK))
    restore(m, flow, rev, seg, FIN_WAIT_2)
    restore(m, flow, fwd, seg, CLOSE_WAIT)


def restore(m: Machine, flow: Flow, end: Endpoint, seg: Segment, right: i64) -> None:
    wrong = i64(end.state)
    end.state = i16(right)
    end.known = i16(INFERRED)
    end.since = seg.time
    end.doubts = i16(i64(end.doubts) & ~UNPROVEN)
    m.correct(flow, end, seg, wrong, right)


def take_fin(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """A FIN: the sender closes, or repeats that it did."""
    end = (seg.seq + (seg.length if seg.length > 0 else 0) + 1) & MASK32
    if (i64(fwd.facts) & FIN_GUESSED) != 0 and gt(end, i64(fwd.fin_end) & MASK32):
        take_back_guess(m, flow, fwd, rev, seg)
    facts = i64(fwd.facts)
    if (facts & FIN_OUT) != 0:
        repeat_fin(m, flow, fwd, seg, end)
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
        leave_inside(fwd, rev)
    fwd.facts = i16(facts)
    fwd.doubts = i16(i64(fwd.doubts) & ~(BLOCKED | SKIPPED))
    m.move(fwd, SENDS_FIN, SEEN, seg.time)


def repeat_fin(m: Machine, flow: Flow, fwd: Endpoint, seg: Segment, end: i64) -> None:
    """A FIN again: the ACK that was taken for its end did not arrive."""
    if end != i64(fwd.fin_end) & MASK32:
        m.note(flow, fwd, seg, Note.FIN_MOVED, 0, end)
        if gt(end, i64(fwd.fin_end) & MASK32):
            fwd.fin_end = i32(s32(end))
    if (i64(fwd.doubts) & UNPROVEN) != 0 and (
        fwd.otherwise == FIN_WAIT_1 or fwd.otherwise == LAST_ACK or fwd.otherwise == CLOSING
    ):
        m.go_back(flow, fwd, seg)


def leave_inside(fwd: Endpoint, rev: Endpoint) -> None:
    """Both have sent something: neither had closed before the capture began."""
    fwd.doubts = i16(i64(fwd.doubts) & ~INSIDE)
    rev.doubts = i16(i64(rev.doubts) & ~INSIDE)
