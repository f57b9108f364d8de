"""The rules of RST: whether it counts, whom it closes, why it was sent."""

from typing import Final

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.tcp_header import ACK, FIN, SYN
from tcptui.engine.tcp_state.facts import (
    ACK_OUT,
    BEGAN_INSIDE,
    FIN_DONE,
    FIN_OUT,
    RST_IN,
    RST_OUT,
    SERVER_SPOKE_FIRST,
    SYN_ACK_OUT,
    SYN_OUT,
    UNPROVEN,
    WAS_REFUSED,
    WAS_RESET,
)
from tcptui.engine.tcp_state.handshake import acknowledges_syn
from tcptui.engine.tcp_state.machine import Machine, has_hole, sent_end
from tcptui.engine.tcp_state.states import CLOSED, LISTEN, SEEN, SYN_RECEIVED, SYN_SENT
from tcptui.engine.tcp_state.table import GETS_RST, REFUSED, SENDS_RST
from tcptui.engine.wireshark.flags import KEEP_ALIVE, RESENT

LARGEST_WINDOW: Final = 1 << 16
"""What is believed of a window whose scale was not captured."""


def take_rst(m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """A RST: it ends the connection where its numbers fit what the receiver expects."""
    if (seg.flags & (SYN | FIN)) != 0:
        m.note(flow, sender, seg, LedgerKind.ODD_FLAGS, 0, seg.flags)
    state = i64(receiver.state)
    foreign = is_foreign(sender, seg)
    if foreign:
        m.note(flow, sender, seg, LedgerKind.RST_BY_MIDDLEBOX, 0, seg.ttl << 8 | i64(sender.ttl))
    if state == CLOSED:
        if not foreign:
            close_by_rst(m, sender, seg)
    elif state == LISTEN:
        if is_own(sender, seg):
            m.note(flow, sender, seg, LedgerKind.OPENER_GONE, 0, 0)
            flow.facts = i16(i64(flow.facts) | WAS_RESET)
            close_by_rst(m, sender, seg)
    elif not fits(sender, receiver, seg):
        m.note(flow, sender, seg, LedgerKind.RST_OUTSIDE_WINDOW, 0, seg.seq)
        if (i64(sender.facts) & FIN_OUT) != 0 and is_own(sender, seg):
            close_by_rst(m, sender, seg)
    elif foreign:
        end_receiver(m, flow, sender, receiver, seg)
    else:
        kind = kind_of_reset(flow, sender, receiver, seg)
        was_reset = (i64(sender.facts) & (RST_OUT | RST_IN)) != 0
        if flow.packets > 0 and not was_reset:
            m.note(flow, sender, seg, kind, 0, 0)
        if kind == LedgerKind.REFUSED:
            flow.facts = i16(i64(flow.facts) | WAS_REFUSED)
        if kind == LedgerKind.RST_AFTER_FIN and flow.ledger is not None:
            flow.ledger.remove_kind(LedgerKind.HALF_CLOSE_USED.value)
        own = sender.state != SYN_SENT or is_own(sender, seg)
        end_receiver(m, flow, sender, receiver, seg)
        if own:
            close_by_rst(m, sender, seg)


def end_receiver(
    m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """The RST is valid: its receiver is closed, if it arrives."""
    if (i64(sender.facts) & FIN_DONE) == 0 or (i64(receiver.facts) & FIN_DONE) == 0:
        flow.facts = i16(i64(flow.facts) | WAS_RESET)
    active = receiver.state == SYN_SENT or (
        receiver.state == SYN_RECEIVED and (i64(receiver.facts) & SYN_OUT) != 0
    )
    m.move_unproven(receiver, REFUSED if active else GETS_RST, seg, seg.seq)
    sender.rst_seq = i32(s32(seg.seq))
    if receiver.state == CLOSED:
        receiver.facts = i16(i64(receiver.facts) | RST_IN)


def is_foreign(sender: Endpoint, seg: Segment) -> bool:
    """Whether the RST came a different way than the sender's other segments; not judged behind
    a FIN, where a load balancer often answers for the endpoint."""
    if (i64(sender.facts) & FIN_OUT) != 0 or seg.ttl < 0 or sender.ttl < 0:
        return False
    return not -1 <= seg.ttl - i64(sender.ttl) <= 1


def close_by_rst(m: Machine, sender: Endpoint, seg: Segment) -> None:
    """Who sends a RST has no connection any more."""
    sender.facts = i16(i64(sender.facts) | RST_OUT)
    sender.doubts = 0
    sender.rst_seq = i32(s32(seg.seq))
    if sender.state == CLOSED:
        sender.known = i16(SEEN)
    m.move(sender, SENDS_RST, SEEN, seg.time)


def is_own(sender: Endpoint, seg: Segment) -> bool:
    """Whether the number lies in what the sender has sent on this connection."""
    if not sender.base_known:
        return True
    return ge(seg.seq, i64(sender.base) & MASK32) and not gt(seg.seq, sent_end(sender))


def fits(sender: Endpoint, receiver: Endpoint, seg: Segment) -> bool:
    """Whether the receiver takes the RST (RFC 9293, section 3.5.3)."""
    if receiver.state == SYN_SENT:
        return (seg.flags & ACK) != 0 and acknowledges_syn(receiver, seg)
    if (i64(receiver.facts) & ACK_OUT) == 0:
        return True
    low = i64(receiver.acked) & MASK32
    if lt(seg.seq, low):
        return False
    window = i64(receiver.last_window)
    if receiver.scale > 0:
        window = window << i64(receiver.scale)
    elif receiver.scale == -1 and window < LARGEST_WINDOW:
        window = LARGEST_WINDOW
    return not gt(seg.seq, (low + window) & MASK32) or not gt(seg.seq, sent_end(sender))


def kind_of_reset(flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> LedgerKind:
    """Why the sender reset: see the kinds of findings. Where the end of what it sent was not
    captured, its FIN may have been there. Of a RST before all else nobody can tell."""
    if receiver.state == SYN_SENT and (i64(sender.facts) & SYN_ACK_OUT) == 0:
        return LedgerKind.REFUSED
    if receiver.state == SYN_RECEIVED or sender.state == SYN_SENT:
        return LedgerKind.OPENER_GONE
    if (i64(sender.facts) & FIN_OUT) != 0:
        return LedgerKind.RST_AFTER_FIN
    answers = receiver.last_time >= sender.tried and receiver.last_time >= flow.last_time
    if (seg.flags & ACK) == 0 and answers and flow.packets > 0:
        return (
            LedgerKind.RST_AFTER_FIN if has_hole(sender, receiver) else LedgerKind.HALF_OPEN_RESET
        )
    peer_asked = ((i64(flow.facts) & SERVER_SPOKE_FIRST) != 0) == (receiver is flow.server)
    if (i64(flow.facts) & BEGAN_INSIDE) != 0:
        peer_asked = False  # nobody knows who spoke first
    if receiver.bytes > 0 and peer_asked and receiver.next_exp_time >= sender.next_exp_time:
        return LedgerKind.ABORT_UNREAD_DATA
    return LedgerKind.ABORT


def lives_on(m: Machine, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> bool:
    """A segment of a closed endpoint: whether it shows that it is not closed."""
    facts = i64(sender.facts)
    if (i64(sender.doubts) & UNPROVEN) != 0 and (facts & RST_IN) != 0:
        repeated = (seg.analysis & (RESENT | KEEP_ALIVE)) != 0
        beyond = (seg.flags & ACK) != 0 and gt(seg.ack, (i64(receiver.rst_seq) & MASK32) + 1)
        if repeated or beyond:
            m.go_back(flow, sender, seg)
            flow.facts = i16(i64(flow.facts) & ~WAS_RESET)
            return True
        return False
    if (facts & RST_OUT) != 0:
        if seg.length > 0:
            m.note(flow, sender, seg, LedgerKind.DATA_AFTER_RST, 0, seg.length)
        if (seg.flags & FIN) != 0:
            m.note(flow, sender, seg, LedgerKind.FIN_AFTER_RST, 0, 0)
        return False
    return (seg.flags & FIN) != 0 or seg.length > 0
