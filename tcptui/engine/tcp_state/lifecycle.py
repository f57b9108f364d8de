"""The lifecycle is what each segment does to both endpoints' states: the order of the rules.

The text of :mod:`tcptui.engine.tcp_state` tells when an effect shows and how sure it is.
``sender`` sent the segment, ``receiver`` is its peer.
"""

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import UNKNOWN_TTL, Endpoint, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, ge, gt, lt, s32
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.engine.tcp_state.handshake import (
    finish_handshake,
    place_endpoints,
    take_syn,
    take_syn_ack,
)
from tcptui.engine.tcp_state.machine import Machine, has_hole, remember_ack, sent_end
from tcptui.engine.tcp_state.reset import shows_life, take_rst
from tcptui.engine.tcp_state.states import (
    ASSUMED,
    BEGAN_INSIDE,
    BLOCKED,
    BOTH_STATES,
    CHANGED,
    CLOSE_WAIT,
    CLOSED,
    DEFERRED,
    ESTABLISHED,
    FIN_DONE,
    FIN_GUESSED,
    FIN_IN,
    FIN_OUT,
    FIN_WAIT_1,
    HOLE,
    INSIDE,
    LISTEN,
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
    SYN_RECEIVED,
    UNPROVEN,
    pack_states,
)
from tcptui.engine.tcp_state.table import FIN_ACKED, SYN_ACKED
from tcptui.engine.tcp_state.teardown import (
    acknowledge_fin,
    correct_crossed_fins,
    guess_second_fin,
    leave_inside,
    take_back_guessed_fin,
    take_fin,
)
from tcptui.engine.tcp_state.zeek import LETTER_ACK, LETTER_DATA, follow_segment
from tcptui.engine.wireshark.flags import (
    KEEP_ALIVE,
    RESENT,
    RETRANSMISSION,
    ZERO_WINDOW,
    ZERO_WINDOW_PROBE,
)


class Lifecycle(Machine):
    """Moves the states of all flows' endpoints."""

    def take_segment(self, sender: Endpoint, receiver: Endpoint, seg: Segment) -> i64:
        """Move both endpoints by ``seg``.

        Returns both states after it, packed as in the packet columns. Most segments are plain
        ones of settled flows: they only move the furthest acknowledgment.
        """
        flow = sender.flow
        if flow.settled and seg.analysis == 0 and (seg.flags & (SYN | FIN | RST | ACK)) == ACK:
            letter = LETTER_DATA if seg.length > 0 else LETTER_ACK
            if (i64(sender.zeek_letters) & letter) != 0:
                if gt(seg.ack, i64(sender.highest_ack) & MASK32):
                    if gt(seg.ack, i64(receiver.highest) & MASK32):
                        return self.apply_rules(flow, sender, receiver, seg)
                    sender.highest_ack = i32(s32(seg.ack))
                return i64(flow.states)
        return self.apply_rules(flow, sender, receiver, seg)

    def apply_rules(self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> i64:
        """Move both endpoints by a segment that may change something."""
        follow_segment(flow, sender, receiver, seg)
        if flow.packets == 0:
            place_endpoints(sender, receiver, seg)
        if sender.first_ttl == UNKNOWN_TTL:
            sender.first_ttl = i16(seg.ttl)
            if (seg.flags & (SYN | RST)) == 0 and flow.has(BEGAN_INSIDE):
                self.servers.note_heard(sender, seg.time)
        if (seg.flags & RST) != 0:
            # It is no sign of life: a middlebox may have sent it, or a host after a crash.
            take_rst(self, sender, receiver, seg)
        else:
            end_silence(sender, receiver)
            if (seg.flags & SYN) == 0:
                take_segment_without_syn(self, sender, receiver, seg)
            elif (seg.flags & ACK) != 0:
                take_syn_ack(self, sender, receiver, seg)
            else:
                take_syn(self, sender, receiver, seg)
        return self.settle_states(flow, seg.time)

    def settle_states(self, flow: Flow, time: i64) -> i64:
        """Decide both certainties and whether the short cut may be taken next time.

        Returns both states, packed as in the packet columns.
        """
        client = flow.client
        server = flow.server
        hole = has_hole(client, server) or has_hole(server, client)
        decide_certainty(client, hole)
        decide_certainty(server, hole)
        states = pack_states(
            i64(client.state), i64(server.state), i64(client.certainty), i64(server.certainty)
        )
        flow.settled = (
            client.state == ESTABLISHED
            and server.state == ESTABLISHED
            and client.doubts == 0
            and server.doubts == 0
            and client.unanswered_tries == 0
            and server.unanswered_tries == 0
        )
        if states == i64(flow.states):
            return states
        if (states ^ i64(flow.states)) & BOTH_STATES != 0:
            self.clock.watch_flow(flow, time)
        flow.states = i32(states)
        return states | CHANGED


def end_silence(sender: Endpoint, receiver: Endpoint) -> None:
    """End the silence of ``sender``: it is alive, and its peer's repetitions are answered."""
    sender.drop_doubt(SILENT)
    receiver.unanswered_tries = 0
    receiver.drop(PROBING)


def take_segment_without_syn(
    m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """Take a segment without SYN and RST: its ACK first, then its data, then its FIN.

    The order is that of RFC 9293, section 3.10.7.4. What the segment shows of its sender comes
    before what it does to its receiver.
    """
    if sender.state == CLOSED and not (
        shows_life(m, sender, receiver, seg) or correct_crossed_fins(m, sender, receiver, seg)
    ):
        return
    if (seg.flags & ACK) == 0:
        m.note_observation(sender, seg, LedgerKind.NO_ACK, 0, seg.flags)
    else:
        finish_handshake(m, sender, receiver, seg)
        prove_state(sender, receiver, seg)
        acknowledges_more = gt(seg.ack, i64(sender.highest_ack) & MASK32)
        remember_ack(sender, seg)
        if acknowledges_more and seg.length <= 0:
            guess_second_fin(m, sender, receiver, seg)
        acknowledge_fin(m, sender, receiver, seg)
        if seg.length <= 0:
            doubt_skipped_number(sender, seg)
    if seg.length > 0:
        take_data(m, sender, receiver, seg)
    if (seg.flags & FIN) != 0:
        take_fin(m, sender, receiver, seg)
    if (seg.flags & ACK) != 0:
        deliver_ack(m, sender, receiver, seg)
    if (seg.analysis & ZERO_WINDOW) != 0 and (
        receiver.state == ESTABLISHED or receiver.state == CLOSE_WAIT
    ):
        receiver.add_doubt(BLOCKED)
    if (seg.analysis & (RETRANSMISSION | KEEP_ALIVE)) != 0:
        count_repetition(m, sender, receiver, seg)


def prove_state(sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Prove the sender's state, if this segment shows that it is the right one although it was in
    doubt.

    Its acknowledgment covers something that was sent behind the segment that changed the state.
    Data does too where the state without that segment is SYN-RECEIVED, in which nobody sends
    data unless the SYN carried some (TCP Fast Open).
    """
    if not sender.has_doubt(UNPROVEN) or sender.state == CLOSED:
        return
    spoke = sender.state_if_lost == SYN_RECEIVED and seg.length > 0
    beyond = gt(seg.ack, i64(sender.proven_by_ack_beyond) & MASK32)
    if beyond or (spoke and not receiver.has(SYN_DATA)):
        sender.drop_doubt(UNPROVEN)


def doubt_skipped_number(sender: Endpoint, seg: Segment) -> None:
    """Let it stand against the sender's state that it is further than was captured."""
    sender.drop_doubt(SKIPPED)
    if sender.base_known and not sender.has(FIN_OUT) and gt(seg.seq, sent_end(sender)):
        sender.add_doubt(SKIPPED)


def take_data(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take data, which shows that its sender has not closed yet."""
    flow = sender.flow
    end = (seg.seq + seg.length) & MASK32
    if sender.has(FIN_GUESSED) and gt(end, i64(sender.fin_end) & MASK32):
        take_back_guessed_fin(m, sender, receiver, seg)
    elif sender.has(FIN_OUT) and ge(end, i64(sender.fin_end) & MASK32):
        m.note_observation(sender, seg, LedgerKind.DATA_AFTER_FIN, 0, seg.length)
    if not flow.has(SPOKEN):
        flow.add(SPOKEN if sender is flow.client else SPOKEN | SERVER_SPOKE_FIRST)
    if (seg.analysis & (RESENT | KEEP_ALIVE | ZERO_WINDOW_PROBE)) != 0:
        return  # nothing new: the doubts about what it sent last still stand
    sender.drop_doubt(SKIPPED)
    if sender.has_doubt(BLOCKED) and receiver.last_window != 0:
        sender.drop_doubt(BLOCKED)
    if sender.has_doubt(INSIDE) and receiver.bytes > 0:
        leave_inside(sender, receiver)
    if sender.state == CLOSE_WAIT:
        m.note_observation(sender, seg, LedgerKind.HALF_CLOSE_USED, 0, seg.length)


def deliver_ack(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Move the receiver by an ACK of its SYN or FIN, if the ACK arrives."""
    opens = not receiver.has(SYN_DONE) and receiver.has(SYN_OUT | SYN_ACK_OUT)
    opens = opens and sender.has(SYN_OUT | SYN_ACK_OUT)  # else it challenges the SYN
    if opens and sender.state >= ESTABLISHED and ge(seg.ack, (i64(receiver.isn) + 1) & MASK32):
        receiver.add(SYN_DONE)
        sender.flow.add(SHOOK_HANDS)
        if receiver.state == SYN_RECEIVED:
            m.follow_arrow_unproven(receiver, SYN_ACKED, seg, arrival_number(sender, seg))
    if not receiver.has(FIN_OUT) or lt(seg.ack, i64(receiver.fin_end) & MASK32):
        return
    first = not receiver.has(FIN_DONE)
    receiver.add(FIN_DONE)
    if not sender.has(FIN_OUT) or receiver.has(FIN_IN):
        if first:
            m.follow_arrow_unproven(receiver, FIN_ACKED, seg, arrival_number(sender, seg))
    elif (seg.flags & FIN) == 0 and receiver.state == FIN_WAIT_1:
        # The sender's FIN passed before this ACK, and the receiver has not acknowledged it yet.
        # If that FIN arrives, the receiver passes CLOSING; if it is lost, FIN-WAIT-2. Its own ACK
        # of the FIN decides (`acknowledge_fin`).
        receiver.add_doubt(DEFERRED)


def arrival_number(sender: Endpoint, seg: Segment) -> i64:
    """Return the number beyond which an acknowledgment proves that ``seg``, or something sent
    later, was received."""
    return sent_end(sender) if (seg.analysis & RESENT) != 0 else seg.seq


def count_repetition(m: Machine, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Count how often and at what gaps ``sender`` repeats data or a FIN.

    A peer that has said nothing meanwhile is in doubt.
    """
    if (seg.analysis & KEEP_ALIVE) != 0:
        sender.add(PROBING)
        gap = m.count_try(sender, seg.time, seg.time)
        if sender.unanswered_tries < 2:
            return
        # A probe of a closed window may stay unanswered: Linux does not answer two within half a
        # second.
        if receiver.last_window != 0:
            m.note_observation(sender, seg, LedgerKind.KEEP_ALIVE_UNANSWERED, gap, 0)
    else:
        gap = m.count_try(sender, seg.time, elapsed(seg.time, seg.reference_value))
    if receiver.last_time < sender.flow.moment_before(seg.time, gap):
        receiver.add_doubt(SILENT)


def decide_certainty(end: Endpoint, hole: bool) -> None:
    """Decide how sure an endpoint's state is, with all doubts that stand against it."""
    end.drop_doubt(HOLE)
    # In CLOSED and LISTEN there is no connection whose end a missing FIN could change.
    if hole and end.state != CLOSED and end.state != LISTEN:
        end.add_doubt(HOLE)
    end.certainty = i16(ASSUMED) if end.doubts != 0 else end.certainty_without_doubts
