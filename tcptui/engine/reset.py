"""The rules of RST: whether it counts, whom it closes, why it was sent."""

from typing import Final

from mypy_extensions import i16, i32, i64

from tcptui.engine.facts import (
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
from tcptui.engine.flags import KEEP_ALIVE, RESENT
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.handshake import acknowledges_syn
from tcptui.engine.machine import Machine, has_hole, sent_end
from tcptui.engine.notes import Note
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.states import CLOSED, LISTEN, SEEN, SYN_RECEIVED, SYN_SENT
from tcptui.engine.transitions import GETS_RST, REFUSED, SENDS_RST
from tcptui.engine.wire import ACK, FIN, SYN

LARGEST_WINDOW: Final = 1 << 16
"""What is believed of a window whose scale was not captured."""


def take_rst(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """A RST: it ends the connection where its numbers fit what the receiver expects."""
    if (seg.flags & (SYN | FIN)) != 0:
        m.note(flow, fwd, seg, Note.ODD_FLAGS, 0, seg.flags)
    state = i64(rev.state)
    foreign = is_foreign(fwd, seg)
    if foreign:
        m.note(flow, fwd, seg, Note.RST_BY_MIDDLEBOX, 0, seg.ttl << 8 | i64(fwd.ttl))
    if state == CLOSED:
        if not foreign:
            close_by_rst(m, fwd, seg)
    elif state == LISTEN:
        if is_own(fwd, seg):
            m.note(flow, fwd, seg, Note.OPENER_GONE, 0, 0)
            flow.facts = i16(i64(flow.facts) | WAS_RESET)
            close_by_rst(m, fwd, seg)
    elif not fits(fwd, rev, seg):
        m.note(flow, fwd, seg, Note.RST_OUTSIDE_WINDOW, 0, seg.seq)
        if (i64(fwd.facts) & FIN_OUT) != 0 and is_own(fwd, seg):
            close_by_rst(m, fwd, seg)
    elif foreign:
        end_receiver(m, flow, fwd, rev, seg)
    else:
        kind = kind_of_reset(flow, fwd, rev, seg)
        was_reset = (i64(fwd.facts) & (RST_OUT | RST_IN)) != 0
        if flow.packets > 0 and not was_reset:
            m.note(flow, fwd, seg, kind, 0, 0)
        if kind == Note.REFUSED:
            flow.facts = i16(i64(flow.facts) | WAS_REFUSED)
        if kind == Note.RST_AFTER_FIN and flow.notes is not None:
            flow.notes.remove(Note.HALF_CLOSE_USED.value)
        own = fwd.state != SYN_SENT or is_own(fwd, seg)
        end_receiver(m, flow, fwd, rev, seg)
        if own:
            close_by_rst(m, fwd, seg)


def end_receiver(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> None:
    """The RST is valid: its receiver is closed, if it arrives."""
    if (i64(fwd.facts) & FIN_DONE) == 0 or (i64(rev.facts) & FIN_DONE) == 0:
        flow.facts = i16(i64(flow.facts) | WAS_RESET)
    active = rev.state == SYN_SENT or (
        rev.state == SYN_RECEIVED and (i64(rev.facts) & SYN_OUT) != 0
    )
    m.move_unproven(rev, REFUSED if active else GETS_RST, seg, seg.seq)
    fwd.rst_seq = i32(s32(seg.seq))
    if rev.state == CLOSED:
        rev.facts = i16(i64(rev.facts) | RST_IN)


def is_foreign(fwd: Endpoint, seg: Segment) -> bool:
    """Whether the RST came a different way than the sender's other segments; not judged behind
    a FIN, where a load balancer often answers for the endpoint."""
    if (i64(fwd.facts) & FIN_OUT) != 0 or seg.ttl < 0 or fwd.ttl < 0:
        return False
    return not -1 <= seg.ttl - i64(fwd.ttl) <= 1


def close_by_rst(m: Machine, fwd: Endpoint, seg: Segment) -> None:
    """Who sends a RST has no connection any more."""
    fwd.facts = i16(i64(fwd.facts) | RST_OUT)
    fwd.doubts = 0
    fwd.rst_seq = i32(s32(seg.seq))
    if fwd.state == CLOSED:
        fwd.known = i16(SEEN)
    m.move(fwd, SENDS_RST, SEEN, seg.time)


def is_own(fwd: Endpoint, seg: Segment) -> bool:
    """Whether the number lies in what the sender has sent on this connection."""
    if not fwd.base_known:
        return True
    return ge(seg.seq, i64(fwd.base) & MASK32) and not gt(seg.seq, sent_end(fwd))


def fits(fwd: Endpoint, rev: Endpoint, seg: Segment) -> bool:
    """Whether the receiver takes the RST (RFC 9293, section 3.5.3)."""
    if rev.state == SYN_SENT:
        return (seg.flags & ACK) != 0 and acknowledges_syn(rev, seg)
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


def kind_of_reset(flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> Note:
    """Why the sender reset: see the kinds of findings. Where the end of what it sent was not
    captured, its FIN may have been there. Of a RST before all else nobody can tell."""
    if rev.state == SYN_SENT and (i64(fwd.facts) & SYN_ACK_OUT) == 0:
        return Note.REFUSED
    if rev.state == SYN_RECEIVED or fwd.state == SYN_SENT:
        return Note.OPENER_GONE
    if (i64(fwd.facts) & FIN_OUT) != 0:
        return Note.RST_AFTER_FIN
    answers = rev.last_time >= fwd.tried and rev.last_time >= flow.last_time
    if (seg.flags & ACK) == 0 and answers and flow.packets > 0:
        return Note.RST_AFTER_FIN if has_hole(fwd, rev) else Note.HALF_OPEN_RESET
    peer_asked = ((i64(flow.facts) & SERVER_SPOKE_FIRST) != 0) == (rev is flow.server)
    if (i64(flow.facts) & BEGAN_INSIDE) != 0:
        peer_asked = False  # nobody knows who spoke first
    if rev.bytes > 0 and peer_asked and rev.next_exp_time >= fwd.next_exp_time:
        return Note.ABORT_UNREAD_DATA
    return Note.ABORT


def lives_on(m: Machine, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> bool:
    """A segment of a closed endpoint: whether it shows that it is not closed."""
    facts = i64(fwd.facts)
    if (i64(fwd.doubts) & UNPROVEN) != 0 and (facts & RST_IN) != 0:
        repeated = (seg.analysis & (RESENT | KEEP_ALIVE)) != 0
        beyond = (seg.flags & ACK) != 0 and gt(seg.ack, (i64(rev.rst_seq) & MASK32) + 1)
        if repeated or beyond:
            m.go_back(flow, fwd, seg)
            flow.facts = i16(i64(flow.facts) & ~WAS_RESET)
            return True
        return False
    if (facts & RST_OUT) != 0:
        if seg.length > 0:
            m.note(flow, fwd, seg, Note.DATA_AFTER_RST, 0, seg.length)
        if (seg.flags & FIN) != 0:
            m.note(flow, fwd, seg, Note.FIN_AFTER_RST, 0, 0)
        return False
    return (seg.flags & FIN) != 0 or seg.length > 0
