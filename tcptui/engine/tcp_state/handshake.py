"""The rules of opening: SYN, SYN+ACK and what proves that they arrived."""

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.tcp_header import ACK, FIN, SYN
from tcptui.engine.tcp_state.facts import (
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
from tcptui.engine.tcp_state.machine import Machine, remember_ack, sent_end
from tcptui.engine.tcp_state.states import (
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
from tcptui.engine.tcp_state.table import ACKS_SYN, SENDS_SYN, SENDS_SYN_ACK, SYN_ACKED
from tcptui.engine.wireshark.flags import REUSED_PORTS


def has_ended(end: Endpoint) -> bool:
    return end.state in (CLOSED, TIME_WAIT, LAST_ACK)


def flow_ended(sender: Endpoint, receiver: Endpoint) -> bool:
    """Whether nothing but a new connection can follow."""
    return has_ended(sender) and has_ended(receiver)


def start_again(end: Endpoint) -> None:
    """Forget the connection: its four-tuple carries a new one whose SYN was not captured."""
    end.facts = 0
    end.doubts = 0
    end.tries = 0


def begin(flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Where both sides stand before the flow's first segment."""
    syn = seg.flags & (SYN | ACK)
    sender.since = seg.time
    receiver.since = seg.time
    if syn == SYN:
        receiver.state = i16(LISTEN)
        receiver.known = i16(ASSUMED)
    elif syn == (SYN | ACK):
        sender.state = i16(LISTEN)
        receiver.state = i16(SYN_SENT)
        receiver.known = i16(INFERRED)
        receiver.facts = i16(SYN_OUT)
        receiver.isn = i32(s32(seg.ack - 1))
    else:
        flow.facts = i16(BEGAN_INSIDE)
        sender.state = i16(ESTABLISHED)
        receiver.state = i16(ESTABLISHED)
        sender.known = i16(INFERRED)
        receiver.known = i16(INFERRED)
        sender.doubts = i16(INSIDE)
        receiver.doubts = i16(INSIDE)


def take_syn(m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """A SYN without ACK."""
    facts = i64(sender.facts)
    if (seg.flags & FIN) != 0:
        m.note(flow, sender, seg, LedgerKind.ODD_FLAGS, 0, seg.flags)
    if (seg.analysis & REUSED_PORTS) != 0:
        m.note(flow, sender, seg, LedgerKind.PORT_REUSE, 0, i64(flow.reused))
    if (facts & SYN_OUT) == 0:
        sender.isn = i32(s32(seg.seq))
        facts |= SYN_OUT
        if seg.length > 0:
            facts |= SYN_DATA
        if (i64(receiver.facts) & (SYN_OUT | SYN_ACK_OUT)) == SYN_OUT and (
            facts & SYN_ACK_OUT
        ) == 0:
            flow.facts = i16(i64(flow.facts) | CROSSED_SYNS)
        sender.facts = i16(facts)
        m.move(sender, SENDS_SYN, SEEN, seg.time)
        return
    if sender.state == CLOSED and (facts & FIN_OUT) == 0:
        sender.facts = i16(facts & ~(RST_IN | RST_OUT))
        flow.facts = i16(i64(flow.facts) & ~WAS_RESET)
        sender.doubts = i16(i64(sender.doubts) & ~UNPROVEN)
        m.move(sender, SENDS_SYN, SEEN, seg.time)
    if sender.state == SYN_SENT:
        sender.known = i16(SEEN)
        count_syn_retry(m, flow, sender, seg)
    elif sender.state == CLOSED or (facts & FIN_OUT) != 0:
        m.note(flow, sender, seg, LedgerKind.SYN_AFTER_CLOSE, 0, 0)
    elif sender.state != SYN_RECEIVED:
        m.note(flow, sender, seg, LedgerKind.SYN_IN_CONNECTION, 0, 0)


def count_syn_retry(m: Machine, flow: Flow, sender: Endpoint, seg: Segment) -> None:
    gap = m.count_try(flow, sender, seg.time, sender.since)
    m.note(flow, sender, seg, LedgerKind.STALL_SYN_RETRY, gap, gap)


def take_syn_ack(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """A SYN+ACK: the answer to a SYN, or one side of a simultaneous open."""
    if (i64(sender.facts) & SYN_ACK_OUT) != 0 and seg.seq != i64(sender.isn) & MASK32:
        if flow_ended(sender, receiver):
            m.note(flow, receiver, seg, LedgerKind.PORT_REUSE, 0, i64(flow.states))
            start_again(sender)
            start_again(receiver)
            flow.facts = 0
            begin(flow, sender, receiver, seg)
        else:
            m.note(flow, sender, seg, LedgerKind.SYN_ACK_CHANGED, 0, 0)
    sender.isn = i32(s32(seg.seq))
    if sender.state not in (LISTEN, SYN_SENT, CLOSED):
        repeat_syn_ack(m, flow, sender, receiver, seg)
        if sender.state != SYN_RECEIVED:
            return
    if receiver.state == LISTEN:
        receiver.facts = i16(i64(receiver.facts) | SYN_OUT)
        receiver.isn = i32(s32(seg.ack - 1))
        m.move(receiver, SENDS_SYN, INFERRED, seg.time)
    m.move(sender, SENDS_SYN_ACK, SEEN, seg.time)
    sender.facts = i16(i64(sender.facts) | SYN_ACK_OUT)
    if not acknowledges_syn(receiver, seg):
        m.note(flow, sender, seg, LedgerKind.ACK_OF_NOTHING_SENT, 0, seg.ack)
        return
    remember_ack(sender, seg)
    complete_syn(m, flow, sender, receiver, seg)


def complete_syn(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """A SYN+ACK acknowledges the peer's SYN: only in a simultaneous open it is the last."""
    accepted = (seg.ack - i64(receiver.isn) - 1) & MASK32
    if (i64(receiver.facts) & (SYN_DATA | SYN_DONE)) == SYN_DATA and accepted > 0:
        m.note(flow, receiver, seg, LedgerKind.FAST_OPEN, 0, accepted)
    receiver.facts = i16(i64(receiver.facts) | SYN_DONE)
    if receiver.state == SYN_RECEIVED:
        m.move_unproven(receiver, SYN_ACKED, seg, seg.seq)
        flow.facts = i16(i64(flow.facts) | SHOOK_HANDS)
    if (i64(sender.facts) & SYN_DONE) != 0:
        m.move_unproven(sender, SYN_ACKED, seg, i64(receiver.isn))


def repeat_syn_ack(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """SYN+ACK again: the ACK that was to answer it did not arrive, or never came."""
    since = sender.since
    if (i64(sender.doubts) & UNPROVEN) != 0 and sender.otherwise == SYN_RECEIVED:
        m.go_back(flow, sender, seg)
    gap = m.count_try(flow, sender, seg.time, since)
    if receiver.last_time < elapsed(seg.time, gap):
        receiver.doubts = i16(i64(receiver.doubts) | SILENT)
    m.note(flow, sender, seg, LedgerKind.SYN_ACK_REPEATED, gap, gap)


def acknowledges_syn(receiver: Endpoint, seg: Segment) -> bool:
    """Whether the ACK fits the SYN that ``receiver`` sent, with the data that it carried."""
    if (i64(receiver.facts) & (SYN_OUT | SYN_ACK_OUT)) == 0:
        return True
    first = (i64(receiver.isn) + 1) & MASK32
    last = sent_end(receiver) if (i64(receiver.facts) & SYN_DATA) != 0 else first
    return ge(seg.ack, first) and not gt(seg.ack, last)


def wake(m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Finish the handshake as far as this segment shows that it is finished."""
    state = i64(sender.state)
    if state == SYN_SENT:
        finish_active(m, flow, sender, receiver, seg)
    elif state == LISTEN:
        finish_unseen(m, flow, sender, receiver, seg)
    elif state == SYN_RECEIVED and (i64(receiver.facts) & SYN_ACK_OUT) != 0:
        m.move(sender, ACKS_SYN, SEEN, seg.time)
    elif state == SYN_RECEIVED:
        more = gt(seg.ack, (i64(receiver.isn) + 1) & MASK32)
        if (i64(receiver.facts) & SYN_DATA) == 0 and (seg.length > 0 or more):
            m.move(sender, SYN_ACKED, INFERRED, seg.time)
            infer_ack(m, flow, sender, receiver, seg)


def finish_active(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """The opener sends its first ACK."""
    if (i64(receiver.facts) & (SYN_OUT | SYN_ACK_OUT)) == 0:
        receiver.isn = i32(s32(seg.ack - 1))
        m.move(receiver, SENDS_SYN_ACK, INFERRED, seg.time)
        receiver.facts = i16(i64(receiver.facts) | SYN_ACK_OUT)
        sender.facts = i16(i64(sender.facts) | SYN_DONE)
        m.move(sender, ACKS_SYN, INFERRED, seg.time)
    elif lt(seg.ack, (i64(receiver.isn) + 1) & MASK32):
        m.note(flow, sender, seg, LedgerKind.ACK_OF_NOTHING_SENT, 0, seg.ack)
    elif (i64(receiver.facts) & SYN_ACK_OUT) == 0:
        m.move(receiver, SENDS_SYN_ACK, INFERRED, seg.time)
        receiver.facts = i16(i64(receiver.facts) | SYN_ACK_OUT)
        m.move(sender, ACKS_SYN, INFERRED, seg.time)
    else:
        m.move(sender, ACKS_SYN, SEEN, seg.time)


def finish_unseen(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """The target of a SYN goes on without a SYN+ACK in the capture."""
    first = (i64(receiver.isn) + 1) & MASK32
    if lt(seg.ack, first) or gt(seg.ack, sent_end(receiver)):
        m.note(flow, sender, seg, LedgerKind.CHALLENGED, 0, seg.ack)
        sender.state = i16(ESTABLISHED)
        sender.known = i16(INFERRED)
        sender.since = seg.time
    elif seg.length > 0 or (seg.flags & FIN) != 0 or gt(seg.ack, first):
        sender.isn = i32(s32(seg.seq - 1))
        sender.facts = i16(i64(sender.facts) | SYN_ACK_OUT)
        m.move(sender, SENDS_SYN_ACK, INFERRED, seg.time)
        m.move(sender, SYN_ACKED, INFERRED, seg.time)
        infer_ack(m, flow, sender, receiver, seg)


def infer_ack(m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """The opener must have acknowledged the SYN+ACK."""
    receiver.facts = i16(i64(receiver.facts) | SYN_DONE)
    sender.facts = i16(i64(sender.facts) | SYN_DONE)
    flow.facts = i16(i64(flow.facts) | SHOOK_HANDS)
    if receiver.state == SYN_SENT:
        m.move(receiver, ACKS_SYN, INFERRED, seg.time)
