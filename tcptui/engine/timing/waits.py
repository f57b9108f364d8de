"""Waits: why a flow did not go on between two segments with new data.

The other side's turn to send may have been its application's time to think. Where the same side
goes on, an acknowledgment released it (a full window, or Nagle's algorithm and a delayed ACK), or
its application had nothing to send.
"""

from typing import Final

from mypy_extensions import i16, i32, i64

from tcptui.engine.flow import CLIENT, Endpoint, Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.row_search import PUSHES, first_within, previous
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.sequence import MASK32, ge, lt
from tcptui.engine.tcp_header import ACK, PSH
from tcptui.engine.tcp_state.states import FIN_OUT
from tcptui.engine.timing.held import watch_held
from tcptui.engine.timing.ip_identification import possible_losses
from tcptui.engine.timing.last_piece import smallest_full_segment, was_more_left
from tcptui.engine.timing.lookback import (
    ROUND_FRAMES,
    acknowledged_before,
    first_full_ack,
    last_data_row,
    last_partial_ack,
)
from tcptui.engine.timing.loss import count_unseen_loss
from tcptui.engine.timing.round_trips import (
    longest_release,
    rtt_to,
    shortest_release,
)
from tcptui.engine.timing.step import TimingStep
from tcptui.engine.timing.thresholds import (
    LONGEST_DELAYED_ACK,
    MILLISECOND,
    MOST_MICROS,
    SHORTEST_DELAYED_ACK,
    SHORTEST_HOLD,
    SHORTEST_WAIT,
    TINY_RUN,
    TYPING_WAIT,
    UNASKED_WAIT,
    USUAL_DELAYED_ACK,
)
from tcptui.engine.timing.turns import acknowledges_no_more, first_byte_of
from tcptui.engine.timing.windows import (
    filled_last_round,
    had_room,
    is_window_below_segment,
    was_window_below_segment,
)
from tcptui.engine.wireshark.flags import RESENT

# Kinds as numbers: asking a member of an enumeration for its value is slow.
DELAYED_ACK_NAGLE: Final = int(LedgerKind.STALL_DELAYED_ACK_NAGLE)
LATE_ACK: Final = int(LedgerKind.STALL_LATE_ACK)
SENDER_IDLE: Final = int(LedgerKind.STALL_SENDER_IDLE)
SERVER_THINK: Final = int(LedgerKind.STALL_SERVER_THINK)
SYN_RETRY: Final = int(LedgerKind.HANDSHAKE_RETRY)
TINYGRAMS: Final = int(LedgerKind.TINYGRAMS)
WINDOW_LIMITED: Final = int(LedgerKind.STALL_WINDOW_LIMITED)
WRITE_WRITE_READ: Final = int(LedgerKind.WRITE_WRITE_READ)


def account_syn(step: TimingStep) -> None:
    """Account for the handshake: a SYN that was sent again, and the time from SYN to SYN+ACK."""
    flow = step.flow
    segment = step.segment
    if segment.is_copy:
        return
    if segment.length > 0 and (segment.flags & ACK) == 0:
        flow.last_data_side = i16(flow.side_of(step.sender))  # a request in the SYN (Fast Open)
    is_other_packet = step.skipped_ids >= 0 or step.recent_headers.number(step.row) == 0
    if (segment.analysis & RESENT) != 0 and is_other_packet:
        wait = step.time_since(flow.last_progress)
        step.count_cause(step.sender, SYN_RETRY, wait, 0)
    elif (segment.flags & ACK) != 0 and flow.syn_to_synack < 0 and flow.syn_time != 0:
        micros = elapsed(segment.time, flow.syn_time) // 1000
        if micros == 0:
            micros = 1
        if 0 < micros < MOST_MICROS:
            flow.syn_to_synack = i32(micros)
        asker = step.receiver
        if asker.bytes > 0 and segment.ack == (i64(asker.isn) + 1) & MASK32:
            # The data of its SYN was not accepted (TCP Fast Open): it comes again, and is not lost.
            step.begin_pending(step.sender).refused_below = i64(asker.next_exp) & MASK32
    flow.last_progress = segment.time


def account_turn(step: TimingStep, wait: i64) -> None:
    """Account for the other side beginning to send after ``wait`` ns. All but the round trip to it
    was its application's time, if what came before passed the capture point.

    Data of the server that was on its way before the request came there goes on with what it sent
    before, and answers nothing.
    """
    flow = step.flow
    sender = step.sender
    is_server = sender is flow.server
    if is_server and flow.last_data_side == CLIENT and answers_nothing(step):
        if wait > SHORTEST_WAIT:
            account_wait(step, wait)
        return
    closed = closed_since(step)
    if closed > 0:
        # Who reads to the end is asked by the FIN: until then the other side's application wrote.
        add_application_time(flow, step.receiver, elapsed(wait, closed))
        wait = closed
    think: i64 = 0
    if step.receiver.packets != 0:
        think = elapsed(wait, rtt_to(flow, sender))
    stalled = think > step.stall_threshold()
    if stalled:
        # It cannot think about what it has not got: data that it acknowledged only in part was
        # still arriving.
        arriving = last_partial_ack(step.scan, flow, step.row, is_server)
        if arriving > 0 and step.time_since(arriving) < think:
            think = step.time_since(arriving)
            stalled = think > step.stall_threshold()
    if stalled and count_unseen_loss(step, wait):
        think = 0
        stalled = False
    if is_server and flow.last_data_side == CLIENT:
        flow.answered_requests += 1
        end_request(step)
    silence = think
    if stalled:
        think = think_since_ack(step, wait, think)
        stalled = think > step.stall_threshold()
    if think > 0:
        add_application_time(flow, sender, think)
    if stalled:
        cause = SERVER_THINK if is_server else SENDER_IDLE
        step.count_cause(sender, cause, think, possible_losses(sender))
    if silence > SHORTEST_HOLD:
        watch_held(step, silence, think)
    flow.last_data_side = i16(flow.side_of(sender))
    sender.tiny_run = 0


def answers_nothing(step: TimingStep) -> bool:
    """Return whether the server's data acknowledges no more of the client's than its new data
    before did: it cannot be the answer to what the client has sent meanwhile."""
    segment = step.segment
    asker = step.receiver
    if (segment.flags & ACK) == 0 or not asker.highest_known:
        return False
    asked = i64(asker.highest) & MASK32
    if ge(segment.ack, asked):
        return False
    known = acknowledged_before(step.scan, step.flow, step.row)
    return known >= 0 and acknowledges_no_more(segment.ack, first_byte_of(asker), asked, known)


def think_since_ack(step: TimingStep, wait: i64, think: i64) -> i64:
    """Return how much of ``think`` ns was the application's: where an acknowledgment alone came
    before the answer, later than any host delays it, what is since then. What it answers, or the
    acknowledgment, was on its way until then, and is counted as that."""
    flow = step.flow
    sender = step.sender
    receiver = step.receiver
    way = rtt_to(flow, sender)
    if flow.last_data_side != flow.side_of(receiver) or is_close(sender, way):
        return think
    end = i64(receiver.next_exp) & MASK32
    first = first_full_ack(step.scan, flow, step.row, sender is flow.server, end)
    if first <= 0:
        return think
    since = step.time_since(first)
    late = elapsed(elapsed(wait, since), way)
    if late <= USUAL_DELAYED_ACK:
        return think
    if late > step.stall_threshold():
        step.count_cause(sender, LATE_ACK, late, 0)
    return since


def is_close(end: Endpoint, way: i64) -> bool:
    """Return whether an endpoint is so close to the capture point, ``way`` ns there and back, that
    nothing is held between."""
    return 0 < way < MILLISECOND or 0 <= i64(end.fastest_ack) * 1000 < MILLISECOND


def closed_since(step: TimingStep) -> i64:
    """Return how long ago the receiver sent its FIN, if nothing has passed since; else 0."""
    receiver = step.receiver
    if not receiver.has(FIN_OUT) or receiver.next_exp_time <= step.flow.last_progress:
        return 0
    return step.time_since(receiver.next_exp_time)


def end_request(step: TimingStep) -> None:
    """Count what a request lost when its answer begins, if it was written in pieces that waited for
    delayed ACKs."""
    asker = step.receiver
    pending = step.find_pending(asker)
    if pending is not None and pending.nagle_wait != 0:
        step.count_cause(asker, WRITE_WRITE_READ, pending.nagle_wait, 0)
        pending.nagle_wait = 0


def account_wait(step: TimingStep, wait: i64) -> None:
    """Account for the same side going on after ``wait`` ns: an acknowledgment released it, or its
    application had nothing to send."""
    flow = step.flow
    sender = step.sender
    receiver = step.receiver
    heard = receiver.last_time
    is_released = heard > flow.last_progress and (
        step.time_since(heard) <= longest_release(flow, sender)
    )
    if is_released:
        late = elapsed(flow.time_between(flow.last_progress, heard), rtt_to(flow, receiver))
        in_time = step.time_since(heard) >= shortest_release(flow, sender)
        if in_time and is_held_by_nagle(step) and is_delayed_ack(flow, receiver, late):
            step.count_cause(sender, DELAYED_ACK_NAGLE, late, 0)
            pending = step.begin_pending(sender)
            pending.nagle_wait = plus(pending.nagle_wait, late)
        elif wait > step.stall_threshold() and was_window_below_segment(step):
            step.count_cause(receiver, WINDOW_LIMITED, wait, 0)
        elif filled_last_round(step) and not had_room(step, wait):
            step.add_to_ledger(receiver, WINDOW_LIMITED, wait, 0)
    elif wait > step.stall_threshold() and is_window_below_segment(step):
        step.count_cause(receiver, WINDOW_LIMITED, wait, 0)
    elif wait > step.stall_threshold() and not count_unseen_loss(step, wait):
        account_silence(step, wait)
    elif SHORTEST_HOLD < wait <= step.stall_threshold():
        watch_held(step, wait, 0)


def account_silence(step: TimingStep, wait: i64) -> None:
    """Account for the same side going on after a stall of ``wait`` ns that nothing explains: its
    application had nothing to send, unless it had left more to send before, or the way to it is as
    late as it is itself."""
    flow = step.flow
    sender = step.sender
    if is_way_late(step) or had_more_to_send(step, wait):
        watch_held(step, wait, 0)
        return
    step.count_cause(sender, SENDER_IDLE, wait, possible_losses(sender))
    watch_held(step, wait, wait)
    add_application_time(flow, sender, wait)
    if wait > UNASKED_WAIT:
        step.ledger().note_unasked(flow.side_of(sender))


def is_way_late(step: TimingStep) -> bool:
    """Return whether the segment acknowledges less than its receiver has sent, all of that before
    the wait: that is still on its way, in a queue perhaps that its own transfer fills, or was
    lost; and the ACKs that were to release the sender came behind it."""
    segment = step.segment
    receiver = step.receiver
    if (segment.flags & ACK) == 0 or not receiver.highest_known:
        return False
    begins = first_byte_of(receiver)
    return ge(segment.ack, begins) and lt(segment.ack, i64(receiver.highest) & MASK32)


def had_more_to_send(step: TimingStep, wait: i64) -> bool:
    """Return whether the sender had more to send when its last segment with data left, ``wait`` ns
    ago: what held it back, a queue or the way of the ACKs, is not to be seen here."""
    packets = step.scan.packets
    sender = step.sender
    server = sender is step.flow.server
    last = last_data_row(step.scan, step.flow, step.row, server)
    if last == NO_ROW:
        return False
    pushed = (packets.flags(last) & PSH) != 0
    if not was_more_left(sender, packets.length(last), pushed, wait):
        return False
    if pushed:
        return True
    first = first_within(packets, step.flow, step.row, ROUND_FRAMES)
    index = i64(step.flow.index)
    return previous(packets, index, server, step.row, first, PUSHES) != NO_ROW


def add_application_time(flow: Flow, end: Endpoint, time: i64) -> None:
    """Add ``time`` ns in which the flow waited for the application of ``end``."""
    if end is flow.server:
        flow.server_time = plus(flow.server_time, time)
    else:
        flow.client_time = plus(flow.client_time, time)


def is_held_by_nagle(step: TimingStep) -> bool:
    """Return whether Nagle's algorithm (RFC 1122, section 4.2.3.4) may have held the segment back:
    it is less than a full one, and was sent once all before it was acknowledged."""
    sender = step.sender
    return (
        step.segment.length < smallest_full_segment(sender)
        and i64(step.receiver.last_ack) & MASK32 == step.segment.first_byte()
        and not sender.nagle_off
    )


def is_delayed_ack(flow: Flow, end: Endpoint, late: i64) -> bool:
    """Return whether ``end`` delayed an acknowledgment that came ``late`` ns after the data, not
    counting the round trip. Where the round trip is not known, only the usual delays of 40 and 200
    ms count."""
    if not SHORTEST_DELAYED_ACK <= late <= LONGEST_DELAYED_ACK:
        return False
    if rtt_to(flow, end) > 0:
        return True
    ms = late // MILLISECOND
    return 35 <= ms <= 60 or 180 <= ms <= 230


def count_tiny_segment(step: TimingStep, wait: i64) -> None:
    """Count tiny segments that follow each other: neither a question and its answer, nor a person
    who types."""
    sender = step.sender
    length = step.segment.length
    if wait > TYPING_WAIT:
        sender.tiny_run = 0
    sender.tiny_run += 1
    if sender.tiny_run > 1 and step.segment.in_flight > length:
        sender.nagle_off = True
    if sender.tiny_run >= TINY_RUN:
        step.add_to_ledger(sender, TINYGRAMS, 0, length)
