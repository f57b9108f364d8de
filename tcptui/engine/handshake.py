"""The rules of opening: SYN, SYN+ACK and what proves that they arrived."""

from mypy_extensions import i16, i32, i64

from tcptui.engine.facts import (
    BEGAN_INSIDE,
    CROSSED_SYNS,
    FIN_OUT,
    INSIDE,
    RST_IN,
    RST_OUT,
    SHOOK_HANDS,
    SILENT,
    SYN_ACK_OUT,
    SYN_DATA,
    SYN_DONE,
    SYN_OUT,
    UNPROVEN,
    WAS_RESET,
)
from tcptui.engine.flags import REUSED_PORTS
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.machine import Machine, remember_ack, sent_end
from tcptui.engine.notes import Note
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.states import (
    ASSUMED,
    CLOSED,
    ESTABLISHED,
    INFERRED,
    LAST_ACK,
    LISTEN,
    SEEN,
    SYN_RECEIVED,
    SYN_SENT,
    TIME_WAIT,
)
from tcptui.engine.transitions import ACKS_SYN, SENDS_SYN, SENDS_SYN_ACK, SYN_ACKED
from tcptui.engine.wire import ACK, FIN, SYN


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


def begin(flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
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


def take_syn(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """A SYN without ACK."""
    facts = i64(fwd.facts)
    if (seg.flags & FIN) != 0:
        m.note(flow, fwd, seg, Note.ODD_FLAGS, 0, seg.flags)
    if (seg.analysis & REUSED_PORTS) != 0:
        m.note(flow, fwd, seg, Note.PORT_REUSE, 0, i64(flow.reused))
    if (facts & SYN_OUT) == 0:
        fwd.isn = i32(s32(seg.seq))
        facts |= SYN_OUT
        if seg.length > 0:
            facts |= SYN_DATA
        if (i64(rev.facts) & (SYN_OUT | SYN_ACK_OUT)) == SYN_OUT and (facts & SYN_ACK_OUT) == 0:
            flow.facts = i16(i64(flow.facts) | CROSSED_SYNS)
        fwd.facts = i16(facts)
        m.move(fwd, SENDS_SYN, SEEN, seg.time)
        return
    if fwd.state == CLOSED and (facts & FIN_OUT) == 0:
        fwd.facts = i16(facts & ~(RST_IN | RST_OUT))
        flow.facts = i16(i64(flow.facts) & ~WAS_RESET)
        fwd.doubts = i16(i64(fwd.doubts) & ~UNPROVEN)
        m.move(fwd, SENDS_SYN, SEEN, seg.time)
    if fwd.state == SYN_SENT:
        fwd.known = i16(SEEN)
        count_syn_retry(m, flow, fwd, seg)
    elif fwd.state == CLOSED or (facts & FIN_OUT) != 0:
        m.note(flow, fwd, seg, Note.SYN_AFTER_CLOSE, 0, 0)
    elif fwd.state != SYN_RECEIVED:
        m.note(flow, fwd, seg, Note.SYN_IN_CONNECTION, 0, 0)


def count_syn_retry(m: Machine, flow: Flow, fwd: Endpoint, seg: Segment) -> None:
    gap = m.count_try(flow, fwd, seg.time, fwd.since)
    m.note(flow, fwd, seg, Note.SYN_RETRY, gap, gap)


def take_syn_ack(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """A SYN+ACK: the answer to a SYN, or one side of a simultaneous open."""
    if (i64(fwd.facts) & SYN_ACK_OUT) != 0 and seg.seq != i64(fwd.isn) & MASK32:
        if flow_ended(fwd, rev):
            m.note(flow, rev, seg, Note.PORT_REUSE, 0, i64(flow.states))
            start_again(fwd)
            start_again(rev)
            flow.facts = 0
            begin(flow, fwd, rev, seg)
        else:
            m.note(flow, fwd, seg, Note.SYN_ACK_CHANGED, 0, 0)
    fwd.isn = i32(s32(seg.seq))
    if fwd.state not in (LISTEN, SYN_SENT, CLOSED):
        repeat_syn_ack(m, flow, fwd, rev, seg)
        if fwd.state != SYN_RECEIVED:
            return
    if rev.state == LISTEN:
        rev.facts = i16(i64(rev.facts) | SYN_OUT)
        rev.isn = i32(s32(seg.ack - 1))
        m.move(rev, SENDS_SYN, INFERRED, seg.time)
    m.move(fwd, SENDS_SYN_ACK, SEEN, seg.time)
    fwd.facts = i16(i64(fwd.facts) | SYN_ACK_OUT)
    if not acknowledges_syn(rev, seg):
        m.note(flow, fwd, seg, Note.ACK_OF_NOTHING_SENT, 0, seg.ack)
        return
    remember_ack(fwd, seg)
    complete_syn(m, flow, fwd, rev, seg)


def complete_syn(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """A SYN+ACK acknowledges the peer's SYN: only in a simultaneous open it is the last."""
    accepted = (seg.ack - i64(rev.isn) - 1) & MASK32
    if (i64(rev.facts) & (SYN_DATA | SYN_DONE)) == SYN_DATA and accepted > 0:
        m.note(flow, rev, seg, Note.FAST_OPEN, 0, accepted)
    rev.facts = i16(i64(rev.facts) | SYN_DONE)
    if rev.state == SYN_RECEIVED:
        m.move_unproven(rev, SYN_ACKED, seg, seg.seq)
        flow.facts = i16(i64(flow.facts) | SHOOK_HANDS)
    if (i64(fwd.facts) & SYN_DONE) != 0:
        m.move_unproven(fwd, SYN_ACKED, seg, i64(rev.isn))


def repeat_syn_ack(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """SYN+ACK again: the ACK that was to answer it did not arrive, or never came."""
    since = fwd.since
    if (i64(fwd.doubts) & UNPROVEN) != 0 and fwd.otherwise == SYN_RECEIVED:
        m.go_back(flow, fwd, seg)
    gap = m.count_try(flow, fwd, seg.time, since)
    if rev.last_time < elapsed(seg.time, gap):
        rev.doubts = i16(i64(rev.doubts) | SILENT)
    m.note(flow, fwd, seg, Note.SYN_ACK_REPEATED, gap, gap)


def acknowledges_syn(rev: Endpoint, seg: Segment) -> bool:
    """Whether the ACK fits the SYN that ``rev`` sent, with the data that it carried."""
    if (i64(rev.facts) & (SYN_OUT | SYN_ACK_OUT)) == 0:
        return True
    first = (i64(rev.isn) + 1) & MASK32
    last = sent_end(rev) if (i64(rev.facts) & SYN_DATA) != 0 else first
    return ge(seg.ack, first) and not gt(seg.ack, last)


def wake(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """Finish the handshake as far as this segment shows that it is finished."""
    state = i64(fwd.state)
    if state == SYN_SENT:
        finish_active(m, flow, fwd, rev, seg)
    elif state == LISTEN:
        finish_unseen(m, flow, fwd, rev, seg)
    elif state == SYN_RECEIVED and (i64(rev.facts) & SYN_ACK_OUT) != 0:
        m.move(fwd, ACKS_SYN, SEEN, seg.time)
    elif state == SYN_RECEIVED:
        more = gt(seg.ack, (i64(rev.isn) + 1) & MASK32)
        if (i64(rev.facts) & SYN_DATA) == 0 and (seg.length > 0 or more):
            m.move(fwd, SYN_ACKED, INFERRED, seg.time)
            infer_ack(m, flow, fwd, rev, seg)


def finish_active(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """The opener sends its first ACK."""
    if (i64(rev.facts) & (SYN_OUT | SYN_ACK_OUT)) == 0:
        rev.isn = i32(s32(seg.ack - 1))
        m.move(rev, SENDS_SYN_ACK, INFERRED, seg.time)
        rev.facts = i16(i64(rev.facts) | SYN_ACK_OUT)
        fwd.facts = i16(i64(fwd.facts) | SYN_DONE)
        m.move(fwd, ACKS_SYN, INFERRED, seg.time)
    elif lt(seg.ack, (i64(rev.isn) + 1) & MASK32):
        m.note(flow, fwd, seg, Note.ACK_OF_NOTHING_SENT, 0, seg.ack)
    elif (i64(rev.facts) & SYN_ACK_OUT) == 0:
        m.move(rev, SENDS_SYN_ACK, INFERRED, seg.time)
        rev.facts = i16(i64(rev.facts) | SYN_ACK_OUT)
        m.move(fwd, ACKS_SYN, INFERRED, seg.time)
    else:
        m.move(fwd, ACKS_SYN, SEEN, seg.time)


def finish_unseen(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """The target of a SYN goes on without a SYN+ACK in the capture."""
    first = (i64(rev.isn) + 1) & MASK32
    if lt(seg.ack, first) or gt(seg.ack, sent_end(rev)):
        m.note(flow, fwd, seg, Note.CHALLENGED, 0, seg.ack)
        fwd.state = i16(ESTABLISHED)
        fwd.known = i16(INFERRED)
        fwd.since = seg.time
    elif seg.length > 0 or (seg.flags & FIN) != 0 or gt(seg.ack, first):
        fwd.isn = i32(s32(seg.seq - 1))
        fwd.facts = i16(i64(fwd.facts) | SYN_ACK_OUT)
        m.move(fwd, SENDS_SYN_ACK, INFERRED, seg.time)
        m.move(fwd, SYN_ACKED, INFERRED, seg.time)
        infer_ack(m, flow, fwd, rev, seg)


def infer_ack(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """The opener must have acknowledged the SYN+ACK."""
    rev.facts = i16(i64(rev.facts) | SYN_DONE)
    fwd.facts = i16(i64(fwd.facts) | SYN_DONE)
    flow.facts = i16(i64(flow.facts) | SHOOK_HANDS)
    if rev.state == SYN_SENT:
        m.move(rev, ACKS_SYN, INFERRED, seg.time)
