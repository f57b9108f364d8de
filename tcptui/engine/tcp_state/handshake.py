"""The rules of opening: SYN, SYN+ACK and what proves that they arrived."""

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.tcp_header import ACK, FIN, SYN
from tcptui.engine.tcp_state.machine import (
    Machine,
    remember_ack,
    sent_end,
    set_state_past_table,
)
from tcptui.engine.tcp_state.states import (
    ACK_OUT,
    ASSUMED,
    BEGAN_INSIDE,
    CLOSED,
    CROSSED_SYNS,
    ESTABLISHED,
    FIN_OUT,
    INFERRED,
    INSIDE,
    LAST_ACK,
    LISTEN,
    RST_IN,
    RST_OUT,
    SEEN,
    SHOOK_HANDS,
    SILENT,
    SPOKEN,
    SYN_ACK_OUT,
    SYN_DATA,
    SYN_DONE,
    SYN_OUT,
    SYN_RECEIVED,
    SYN_SENT,
    TIME_WAIT,
    UNPROVEN,
    WAS_REFUSED,
    WAS_RESET,
)
from tcptui.engine.tcp_state.table import ACKS_SYN, SENDS_SYN, SENDS_SYN_ACK, SYN_ACKED
from tcptui.engine.wireshark.flags import REUSED_PORTS


def has_ended(end: Endpoint) -> bool:
    """Return whether this side has closed and heard of the other's close."""
    return end.state in (CLOSED, TIME_WAIT, LAST_ACK)


def forget_connection(flow: Flow) -> None:
    """Forget all facts: the four-tuple carries a new connection whose SYN was not captured."""
    flow.facts = 0
    for end in (flow.client, flow.server):
        end.facts = 0
        end.doubts = 0
        end.unanswered_tries = 0


def place_endpoints(sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Put both endpoints where they stand before the flow's first segment.

    The arrows of that segment itself follow, so a sender of a SYN begins in CLOSED.
    """
    syn = seg.flags & (SYN | ACK)
    sender.state_since = seg.time
    if syn == SYN:
        # Whether anybody listens only the answer tells, and a listener sends nothing.
        set_state_past_table(receiver, LISTEN, ASSUMED, seg.time)
    elif syn == (SYN | ACK):
        # It answers a SYN that was not captured, whose number it acknowledges.
        set_state_past_table(sender, LISTEN, SEEN, seg.time)
        set_state_past_table(receiver, SYN_SENT, INFERRED, seg.time)
        receiver.facts = i16(SYN_OUT)
        receiver.isn = i32(s32(seg.ack - 1))
    else:
        # Either side may have closed already: INSIDE keeps that doubt until both have sent
        # something (`leave_inside`).
        sender.flow.facts = i16(BEGAN_INSIDE)
        set_state_past_table(sender, ESTABLISHED, INFERRED, seg.time)
        set_state_past_table(receiver, ESTABLISHED, INFERRED, seg.time)
        sender.doubts = i16(INSIDE)
        receiver.doubts = i16(INSIDE)


def take_syn(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take a SYN without ACK: it opens, or repeats that it does."""
    flow = sender.flow
    if (seg.flags & FIN) != 0:
        m.note_observation(sender, seg, LedgerKind.ODD_FLAGS, 0, seg.flags)
    if (seg.analysis & REUSED_PORTS) != 0:
        before = i64(flow.states_before_reuse)
        m.note_observation(sender, seg, LedgerKind.PORT_REUSE, 0, before)
    if not sender.has(SYN_OUT):
        sender.isn = i32(s32(seg.seq))
        sender.add(SYN_OUT)
        if seg.length > 0:
            sender.add(SYN_DATA)
            flow.add(SPOKEN)
        # Simultaneous open (RFC 9293, figure 7): neither side has answered the other's SYN.
        if receiver.has(SYN_OUT) and not receiver.has(SYN_ACK_OUT) and not sender.has(SYN_ACK_OUT):
            flow.add(CROSSED_SYNS)
        m.follow_arrow(sender, SENDS_SYN, SEEN, seg.time)
        return
    if sender.state == CLOSED and not sender.has(FIN_OUT):
        # The same SYN after a refusal: the application, or its kernel, tries again.
        sender.drop(RST_IN | RST_OUT)
        flow.drop(WAS_RESET)
        sender.drop_doubt(UNPROVEN)
        m.follow_arrow(sender, SENDS_SYN, SEEN, seg.time)
    if seg.is_copy:
        return
    if sender.state == SYN_SENT:
        sender.certainty_without_doubts = i16(SEEN)
        count_syn_retry(m, sender, seg)
    elif sender.state == CLOSED or sender.has(FIN_OUT):
        m.note_observation(sender, seg, LedgerKind.SYN_AFTER_CLOSE, 0, 0)
    elif sender.state != SYN_RECEIVED:
        m.note_observation(sender, seg, LedgerKind.SYN_IN_CONNECTION, 0, 0)


def count_syn_retry(m: Machine, sender: Endpoint, seg: Segment) -> None:
    """Count that a SYN is repeated, and the time that its sender waited."""
    before = sender.state_since
    if before == seg.time and not sender.flow.has(WAS_REFUSED):
        # It has given up in between, behind the challenge of an older connection.
        before = sender.repeated_at if sender.repeated_at != 0 else sender.flow.first_time
    elif sender.repeated_at > before:
        before = sender.repeated_at  # the answer in between has not reached it
    gap = m.count_try(sender, seg.time, before)
    m.note_observation(sender, seg, LedgerKind.STALL_SYN_RETRY, gap, gap)


def take_syn_ack(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take a SYN+ACK: it answers a SYN, or is one side of a simultaneous open."""
    flow = sender.flow
    is_other = False
    if sender.has(SYN_ACK_OUT) and seg.seq != i64(sender.isn) & MASK32:
        if has_ended(sender) and has_ended(receiver):
            # Both have closed: this answers the SYN of a new connection on the same ports, which
            # was not captured.
            m.note_observation(receiver, seg, LedgerKind.PORT_REUSE, 0, i64(flow.states))
            forget_connection(flow)
            place_endpoints(sender, receiver, seg)
        else:
            m.note_observation(sender, seg, LedgerKind.SYN_ACK_CHANGED, 0, 0)
            is_other = True
    sender.isn = i32(s32(seg.seq))
    if seg.is_copy:
        return
    if sender.state not in (LISTEN, SYN_SENT, CLOSED):
        if not is_other:
            repeat_syn_ack(m, sender, receiver, seg)
        if sender.state != SYN_RECEIVED:
            return
    if receiver.state == LISTEN:
        receiver.add(SYN_OUT)
        receiver.isn = i32(s32(seg.ack - 1))
        m.follow_arrow(receiver, SENDS_SYN, INFERRED, seg.time)
    m.follow_arrow(sender, SENDS_SYN_ACK, SEEN, seg.time)
    sender.add(SYN_ACK_OUT)
    if not acknowledges_syn(receiver, seg):
        m.note_observation(sender, seg, LedgerKind.ACK_OF_NOTHING_SENT, 0, seg.ack)
        return
    if not sender.has(ACK_OUT):
        m.servers.note_answer(sender, seg.time)
    remember_ack(sender, seg)
    acknowledge_syn(m, sender, receiver, seg)


def acknowledge_syn(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take the acknowledgment in a SYN+ACK: it is for the SYN of the SYN+ACK's receiver.

    In a simultaneous open that ends the handshake: both SYNs have passed before. Otherwise its
    receiver's own ACK does.
    """
    accepted = (seg.ack - i64(receiver.isn) - 1) & MASK32
    if receiver.has(SYN_DATA) and not receiver.has(SYN_DONE):
        if accepted > 0:
            m.note_observation(receiver, seg, LedgerKind.FAST_OPEN, 0, accepted)
        else:
            m.note_observation(receiver, seg, LedgerKind.FAST_OPEN_REFUSED, 0, receiver.bytes)
    receiver.add(SYN_DONE)
    if receiver.state == SYN_RECEIVED:
        m.follow_arrow_unproven(receiver, SYN_ACKED, seg, seg.seq)
        sender.flow.add(SHOOK_HANDS)
    if sender.has(SYN_DONE):
        m.follow_arrow_unproven(sender, SYN_ACKED, seg, i64(receiver.isn))


def repeat_syn_ack(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take a repeated SYN+ACK: the ACK that was to answer it was lost, or never sent."""
    since = sender.state_since
    if sender.repeated_at > since:
        since = sender.repeated_at
    if sender.has_doubt(UNPROVEN) and sender.state_if_lost == SYN_RECEIVED:
        m.take_back_unproven_state(sender, seg)
    gap = m.count_try(sender, seg.time, since)
    if receiver.last_time < sender.flow.moment_before(seg.time, gap):
        receiver.add_doubt(SILENT)
    m.note_observation(sender, seg, LedgerKind.SYN_ACK_REPEATED, gap, gap)


def acknowledges_syn(receiver: Endpoint, seg: Segment) -> bool:
    """Return whether the ACK fits the SYN that ``receiver`` sent, with the data that it carried."""
    if not receiver.has(SYN_OUT | SYN_ACK_OUT):
        return True
    first = (i64(receiver.isn) + 1) & MASK32
    last = sent_end(receiver) if receiver.has(SYN_DATA) else first
    return ge(seg.ack, first) and not gt(seg.ack, last)


def finish_handshake(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Finish the handshake as far as this segment shows that it is finished."""
    state = i64(sender.state)
    if state == SYN_SENT:
        finish_active_open(m, sender, receiver, seg)
    elif state == LISTEN:
        infer_syn_ack(m, sender, receiver, seg)
    elif state == SYN_RECEIVED and receiver.has(SYN_ACK_OUT):
        m.follow_arrow(sender, ACKS_SYN, SEEN, seg.time)
    elif state == SYN_RECEIVED:
        # It sends data, or acknowledges some: then it is not waiting for the ACK any more, which
        # was not captured. With TCP Fast Open it may do both before (RFC 7413, section 3).
        more = gt(seg.ack, (i64(receiver.isn) + 1) & MASK32)
        if not receiver.has(SYN_DATA) and (seg.length > 0 or more):
            m.follow_arrow(sender, SYN_ACKED, INFERRED, seg.time)
            infer_ack_of_syn_ack(m, sender, receiver, seg)


def finish_active_open(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take the opener's first ACK: it proves that the SYN+ACK arrived, captured or not."""
    if not receiver.has(SYN_OUT | SYN_ACK_OUT):
        receiver.isn = i32(s32(seg.ack - 1))
        m.follow_arrow(receiver, SENDS_SYN_ACK, INFERRED, seg.time)
        receiver.add(SYN_ACK_OUT)
        sender.add(SYN_DONE)
        m.follow_arrow(sender, ACKS_SYN, INFERRED, seg.time)
    elif lt(seg.ack, (i64(receiver.isn) + 1) & MASK32):
        m.note_observation(sender, seg, LedgerKind.ACK_OF_NOTHING_SENT, 0, seg.ack)
    elif not receiver.has(SYN_ACK_OUT):
        m.follow_arrow(receiver, SENDS_SYN_ACK, INFERRED, seg.time)
        receiver.add(SYN_ACK_OUT)
        m.follow_arrow(sender, ACKS_SYN, INFERRED, seg.time)
    else:
        m.follow_arrow(sender, ACKS_SYN, SEEN, seg.time)


def infer_syn_ack(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Infer a SYN+ACK that was not captured: the target of the SYN goes on."""
    first = (i64(receiver.isn) + 1) & MASK32
    if lt(seg.ack, first) or gt(seg.ack, sent_end(receiver)):
        # A challenge: the target still holds an older connection on these ports, and tells what
        # it expects there (RFC 9293, section 3.5.1, figure 10). No arrow leads into that one.
        m.note_observation(sender, seg, LedgerKind.CHALLENGED, 0, seg.ack)
        set_state_past_table(sender, ESTABLISHED, INFERRED, seg.time)
    elif seg.length > 0 or (seg.flags & FIN) != 0 or gt(seg.ack, first):
        sender.isn = i32(s32(seg.seq - 1))
        sender.add(SYN_ACK_OUT)
        m.follow_arrow(sender, SENDS_SYN_ACK, INFERRED, seg.time)
        m.follow_arrow(sender, SYN_ACKED, INFERRED, seg.time)
        infer_ack_of_syn_ack(m, sender, receiver, seg)


def infer_ack_of_syn_ack(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Infer that the opener acknowledged the SYN+ACK: its sender went on."""
    receiver.add(SYN_DONE)
    sender.add(SYN_DONE)
    sender.flow.add(SHOOK_HANDS)
    if receiver.state == SYN_SENT:
        m.follow_arrow(receiver, ACKS_SYN, INFERRED, seg.time)
