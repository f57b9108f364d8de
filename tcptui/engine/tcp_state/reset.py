"""The rules of RST: whether it counts, whom it closes, and why it was sent."""

from typing import Final

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import SCALE_UNKNOWN, Endpoint
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.tcp_header import ACK, FIN, SYN
from tcptui.engine.tcp_state.handshake import acknowledges_syn
from tcptui.engine.tcp_state.machine import Machine, has_hole, sent_end
from tcptui.engine.tcp_state.states import (
    ACK_OUT,
    BEGAN_INSIDE,
    CLOSED,
    FIN_DONE,
    FIN_OUT,
    LISTEN,
    RST_IN,
    RST_OUT,
    SEEN,
    SERVER_SPOKE_FIRST,
    SHOOK_HANDS,
    SYN_ACK_OUT,
    SYN_OUT,
    SYN_RECEIVED,
    SYN_SENT,
    UNPROVEN,
    WAS_REFUSED,
    WAS_RESET,
)
from tcptui.engine.tcp_state.table import GETS_RST, REFUSED, SENDS_RST
from tcptui.engine.wireshark.flags import KEEP_ALIVE, RESENT

MOMENT: Final = 1_000_000
"""ns; where round trips are shorter, a quarter of one is less."""
LARGEST_WINDOW: Final = 1 << 16
"""What is believed of a window whose scale was not captured."""


def take_rst(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take a RST: it ends the connection if its numbers fit what the receiver expects."""
    if (seg.flags & (SYN | FIN)) != 0:
        m.note_observation(sender, seg, LedgerKind.ODD_FLAGS, 0, seg.flags)
    state = i64(receiver.state)
    foreign = is_foreign_rst(m, sender, seg)
    if foreign:
        ttls = seg.ttl << 8 | i64(sender.first_ttl)
        m.note_observation(sender, seg, LedgerKind.RST_BY_MIDDLEBOX, 0, ttls)
    elif crosses_other_rst(sender, receiver, seg):
        blame_box(m, sender, seg)
    if state == CLOSED:
        if not foreign:
            close_sender(m, sender, seg)
    elif state == LISTEN:
        # "An incoming RST should be ignored" by LISTEN (RFC 9293, section 3.10.7.2).
        if is_own_number(sender, seg):
            m.note_observation(sender, seg, LedgerKind.OPENER_GONE, 0, 0)
            sender.flow.add(WAS_RESET)
            close_sender(m, sender, seg)
    elif not is_acceptable(sender, receiver, seg):
        m.note_observation(sender, seg, LedgerKind.RST_OUTSIDE_WINDOW, 0, seg.seq)
        # Behind its FIN a sender answers what still comes with the number of that segment's
        # ACK, which its receiver may have left behind: the sender is closed all the same.
        if sender.has(FIN_OUT) and is_own_number(sender, seg):
            close_sender(m, sender, seg)
    elif foreign:
        # The endpoint that it pretends to come from knows nothing of it.
        close_receiver(m, sender, receiver, seg)
    else:
        take_valid_rst(m, sender, receiver, seg)


def take_valid_rst(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Close both endpoints by a RST of the endpoint itself that its receiver accepts."""
    flow = sender.flow
    kind = kind_of_reset(sender, receiver, seg)
    # In SYN-SENT a RST with a foreign number answers an older connection's segment (RFC 9293,
    # figure 10): its sender goes on opening.
    own = sender.state != SYN_SENT or is_own_number(sender, seg)
    # A second RST, or one that answers a RST, does not say why the connection ended.
    if flow.packets > 0 and own and not sender.has(RST_OUT | RST_IN) and not answers_forged(sender):
        value: i64 = 0
        if kind == LedgerKind.REFUSED:
            value = seg.ttl if seg.ttl > 0 else 0
            m.servers.note_heard(sender, seg.time)
        elif kind == LedgerKind.HALF_OPEN_RESET and seg.heard_before != 0:
            value = flow.time_between(seg.heard_before, seg.time)
        m.note_observation(sender, seg, kind, 0, value)
    if kind == LedgerKind.REFUSED:
        flow.add(WAS_REFUSED)
    if kind == LedgerKind.RST_AFTER_FIN and flow.ledger is not None:
        flow.ledger.remove_kind(LedgerKind.HALF_CLOSE_USED.value)
    close_receiver(m, sender, receiver, seg)
    if own:
        close_sender(m, sender, seg)


def crosses_other_rst(sender: Endpoint, receiver: Endpoint, seg: Segment) -> bool:
    """Return whether both sides reset within a moment, with no data on its way that the second one
    may answer: neither can have heard of the other's RST, which is not answered besides."""
    flow = sender.flow
    if not receiver.has(RST_OUT) or receiver.has(FIN_OUT) or sender.has(RST_OUT | FIN_OUT):
        return False
    if receiver.highest_known and gt(
        i64(receiver.highest) & MASK32, i64(sender.highest_ack) & MASK32
    ):
        return False  # it may answer data that had come before
    soon = flow.irtt // 4 if 0 < flow.irtt // 4 < MOMENT else MOMENT
    return flow.has(SHOOK_HANDS) and 0 <= elapsed(seg.time, receiver.state_since) <= soon


def blame_box(m: Machine, sender: Endpoint, seg: Segment) -> None:
    """Count both RSTs as those of a box on the way, and neither side's application as their
    reason."""
    ledger = sender.flow.ledger
    if ledger is not None:
        ledger.remove_kind(LedgerKind.ABORT.value)
        ledger.remove_kind(LedgerKind.ABORT_UNREAD_DATA.value)
    m.note_observation(sender, seg, LedgerKind.RST_BY_MIDDLEBOX, 0, 0)


def answers_forged(sender: Endpoint) -> bool:
    """Return whether the sender was closed by a RST that a box on the way forged, or its peer holds
    another SYN+ACK for its own: it knows nothing of what the peer takes for the connection."""
    flow = sender.flow
    ledger = flow.ledger
    if ledger is None:
        return False
    kind: i64 = LedgerKind.RST_BY_MIDDLEBOX.value
    if ledger.find_entry(kind, flow.side_of(sender.peer)) >= 0:
        return True
    kind = LedgerKind.SYN_ACK_CHANGED.value
    return ledger.find_entry(kind, flow.side_of(sender)) >= 0


def close_receiver(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Close the receiver of a valid RST, if the RST arrives."""
    if not sender.has(FIN_DONE) or not receiver.has(FIN_DONE):
        sender.flow.add(WAS_RESET)
    # "If this connection was initiated with a passive OPEN …, then return this connection to the
    # LISTEN state"; an active one was refused and is CLOSED (RFC 9293, section 3.10.7.4).
    active = receiver.state == SYN_SENT or (
        receiver.state == SYN_RECEIVED and receiver.has(SYN_OUT)
    )
    m.follow_arrow_unproven(receiver, REFUSED if active else GETS_RST, seg, seg.seq)
    sender.rst_seq = i32(s32(seg.seq))
    if receiver.state == CLOSED:
        receiver.add(RST_IN)


def close_sender(m: Machine, sender: Endpoint, seg: Segment) -> None:
    """Close the sender: whoever sends a RST has no connection any more."""
    sender.add(RST_OUT)
    sender.doubts = 0
    sender.rst_seq = i32(s32(seg.seq))
    if sender.state == CLOSED:
        sender.certainty_without_doubts = i16(SEEN)
    m.follow_arrow(sender, SENDS_RST, SEEN, seg.time)


def is_foreign_rst(m: Machine, sender: Endpoint, seg: Segment) -> bool:
    """Return whether the RST came by another way than the sender's other segments.

    It is not judged behind a FIN, where a load balancer often answers for the endpoint.
    """
    if sender.has(FIN_OUT) or seg.ttl < 0 or sender.first_ttl < 0:
        return False
    if -1 <= seg.ttl - i64(sender.first_ttl) <= 1:
        return False
    return not m.voices.has_spoken(sender, seg.ttl)


def is_own_number(sender: Endpoint, seg: Segment) -> bool:
    """Return whether the number lies in what the sender has sent on this connection."""
    if not sender.base_known:
        return True
    return ge(seg.seq, i64(sender.base) & MASK32) and not gt(seg.seq, sent_end(sender))


def is_acceptable(sender: Endpoint, receiver: Endpoint, seg: Segment) -> bool:
    """Return whether the receiver accepts the RST (RFC 9293, section 3.5.3)."""
    if receiver.state == SYN_SENT:
        # "the RST is acceptable if the ACK field acknowledges the SYN"
        return (seg.flags & ACK) != 0 and acknowledges_syn(receiver, seg)
    if not receiver.has(ACK_OUT):
        return True
    low = i64(receiver.highest_ack) & MASK32
    if lt(seg.seq, low):
        return False
    window = i64(receiver.last_window)
    if receiver.scale > 0:
        window = window << i64(receiver.scale)
    elif receiver.scale == SCALE_UNKNOWN and window < LARGEST_WINDOW:
        window = LARGEST_WINDOW
    return not gt(seg.seq, (low + window) & MASK32) or not gt(seg.seq, sent_end(sender))


def kind_of_reset(sender: Endpoint, receiver: Endpoint, seg: Segment) -> LedgerKind:
    """Return why the sender reset: the finding kinds say what each reason means."""
    flow = sender.flow
    if receiver.state == SYN_SENT and not sender.has(SYN_ACK_OUT):
        return LedgerKind.REFUSED
    if receiver.state == SYN_RECEIVED or sender.state == SYN_SENT:
        return LedgerKind.OPENER_GONE
    if sender.has(FIN_OUT):
        return LedgerKind.RST_AFTER_FIN
    # "If the incoming segment has an ACK field, the reset takes its sequence number from the ACK
    # field of the segment" and has no ACK itself (RFC 9293, section 3.5.2): its sender has no
    # such connection. Where the end of what it sent was not captured, its FIN may have been
    # there. Of a RST before all else nobody can tell.
    answers = receiver.last_time >= sender.repeated_at and receiver.last_time >= flow.last_time
    if (seg.flags & ACK) == 0 and answers and flow.packets > 0:
        return (
            LedgerKind.RST_AFTER_FIN if has_hole(sender, receiver) else LedgerKind.HALF_OPEN_RESET
        )
    # Linux sends a RST where an application closes before it has read all: a peer that asks, and
    # was heard last, is likely to have sent what was not read (RFC 2525, section 2.17).
    peer_asked = flow.has(SERVER_SPOKE_FIRST) == (receiver is flow.server)
    if flow.has(BEGAN_INSIDE):
        peer_asked = False  # nobody knows who spoke first
    if receiver.bytes > 0 and peer_asked and receiver.next_exp_time >= sender.next_exp_time:
        return LedgerKind.ABORT_UNREAD_DATA
    return LedgerKind.ABORT


def shows_life(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> bool:
    """Return whether a segment of an endpoint that was thought CLOSED shows that it is not."""
    if sender.has_doubt(UNPROVEN) and sender.has(RST_IN):
        repeated = (seg.analysis & (RESENT | KEEP_ALIVE)) != 0
        beyond = (seg.flags & ACK) != 0 and gt(seg.ack, (i64(receiver.rst_seq) & MASK32) + 1)
        if repeated or beyond:
            m.take_back_unproven_state(sender, seg)
            sender.flow.drop(WAS_RESET)
            return True
        return False
    if sender.has(RST_OUT):
        if seg.length > 0:
            m.note_observation(sender, seg, LedgerKind.DATA_AFTER_RST, 0, seg.length)
        if (seg.flags & FIN) != 0:
            m.note_observation(sender, seg, LedgerKind.FIN_AFTER_RST, 0, 0)
        return False
    return (seg.flags & FIN) != 0 or seg.length > 0
