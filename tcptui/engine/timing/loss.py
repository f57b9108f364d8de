"""A segment was lost before the capture point, after it, or not at all: this tells which.

A range of bytes that is passed over is a *hole*. What fills it later was reordered, or is the
repair of a loss before the capture point. What passed here and is sent again was lost after the
capture point, unless it is proved later that it was not lost.
"""

from typing import Final

from mypy_extensions import i64, u8

from tcptui.engine.flow import NUMBERED_REPAIRS, OTHER_REPAIRS, SHARED_IDS
from tcptui.engine.header_fields import NO_STAMP, time_stamp_echo_of, time_stamp_of
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.sequence import HALF, MASK32, ge, gt, le, lt
from tcptui.engine.tcp_state.states import ACK_OUT, BEGAN_INSIDE, SYN_SENT
from tcptui.engine.timing.held import check_held_copy, tell_spurious
from tcptui.engine.timing.ip_identification import is_numbered_next
from tcptui.engine.timing.lookback import ROUND_FRAMES, first_data, last_copy_time
from tcptui.engine.timing.pending import Pending
from tcptui.engine.timing.repairs import RACK, TAIL_PROBE, reason_of
from tcptui.engine.timing.round_trips import rtt_to, shortest_repair, shortest_repetition
from tcptui.engine.timing.step import TimingStep
from tcptui.engine.timing.thresholds import (
    BACKWARD_ID_STEP,
    CAPTURE_BEGINNING,
    LONGEST_BACK_OFF,
    LONGEST_FIRST_TIMER,
    LONGEST_RTT,
    LONGEST_TIMER,
    REORDERING_SPAN,
    SAME_PACKET_SPAN,
)
from tcptui.engine.timing.windows import resend_refused
from tcptui.engine.wireshark.flags import OUT_OF_ORDER, RESENT, SPURIOUS_RETRANSMISSION

UNKNOWN: Final = 0
"""No cause: what happened was before the capture began."""

# Kinds as numbers: asking a member of an enumeration for its value is slow.
CHALLENGED: Final = int(LedgerKind.CHALLENGED)
SYN_ACK_CHANGED: Final = int(LedgerKind.SYN_ACK_CHANGED)
FORGED: Final = int(LedgerKind.RST_BY_MIDDLEBOX)
CAPTURED_TWICE: Final = int(LedgerKind.CAPTURED_TWICE)
CAPTURE_LOST: Final = int(LedgerKind.CAPTURE_LOSS)
LOST_AFTER: Final = int(LedgerKind.LOSS_AFTER_CAPTURE)
LOST_BEFORE: Final = int(LedgerKind.LOSS_BEFORE_CAPTURE)
NOT_LOST: Final = int(LedgerKind.NOT_LOST)
REORDERED: Final = int(LedgerKind.REORDERED)
RTO: Final = int(LedgerKind.STALL_RTO)
SPURIOUS_TIMEOUT: Final = int(LedgerKind.SPURIOUS_TIMEOUT)


def add_hole(step: TimingStep, start: i64, end: i64) -> None:
    """Add a hole: the sender must have sent the range before this segment, but it did not pass."""
    pending = step.begin_pending(step.sender)
    # What the receiver acknowledged without its having passed was lost by the capture alone.
    if pending.unseen_since != 0 and gt(pending.unseen_end, start):
        start = pending.unseen_end
    if lt(start, end):
        pending.add_hole(start, end, step.segment.time)


def count_unseen(step: TimingStep) -> None:
    """Count data that never passed though its receiver acknowledges it: the capture lost it."""
    receiver = step.receiver
    ack = step.segment.ack
    if receiver.state == SYN_SENT:
        return  # the number is one of an older connection on these ports
    pending = step.begin_pending(receiver)
    size = pending.close_holes(ack)
    highest = i64(receiver.next_exp) & MASK32
    if pending.unseen_since != 0 and gt(pending.unseen_end, highest):
        highest = pending.unseen_end
    if gt(ack, highest):
        size += (ack - highest) & MASK32
    if size > 0:
        if not may_acknowledge_older(step):
            step.count_cause(receiver, CAPTURE_LOST, 0, size)
        pending.unseen_end = ack
        pending.unseen_since = step.segment.time


def may_acknowledge_older(step: TimingStep) -> bool:
    """Return whether what the segment acknowledges may have passed before the capture began: the
    capture has just begun, or this is its sender's first acknowledgment and the receiver has sent
    nothing, or only what it repeats."""
    flow = step.flow
    sender = step.sender
    if (i64(flow.facts) & BEGAN_INSIDE) == 0:
        return False
    if elapsed(sender.last_time, flow.first_time) < CAPTURE_BEGINNING:
        return True
    if sender.fastest_ack >= 0:
        return False
    return not step.receiver.highest_known or (i64(flow.bits) & RESENT) != 0


def count_unseen_loss(step: TimingStep, wait: i64) -> bool:
    """Return whether data that looks new was sent before; if so, count the loss and the time-out.

    The first copy never passed, but its IP identification is missing: the sender numbers its
    packets one by one, skipped some, and was then silent as long as a retransmission timer.
    """
    sender = step.sender
    ids = i64(sender.ip_ids)
    if step.skipped_ids <= 0 or (ids & SHARED_IDS) != 0:
        return False
    if wait > longest_silence(step):
        sender.ip_ids = u8(ids | SHARED_IDS)
        return False
    if owes_ack(step):
        return False
    count_lost_before(step, step.segment.length)
    step.count_cause(sender, RTO, wait, step.skipped_ids)
    return True


def count_lost_before(step: TimingStep, size: i64) -> None:
    """Count a loss before the capture point, and whether the number of the repair tells of it."""
    sender = step.sender
    step.count_cause(sender, LOST_BEFORE, 0, size)
    how = NUMBERED_REPAIRS if is_numbered_next(step) else OTHER_REPAIRS
    sender.ip_ids = u8(i64(sender.ip_ids) | how)


def longest_silence(step: TimingStep) -> i64:
    """Return how long (ns) retransmission timers that run out one after the other keep a sender
    silent, one for each number that it skipped: each takes twice as long as the one before. After
    a longer silence its application had nothing to send, and the numbers went elsewhere."""
    irtt = step.flow.irtt
    first = plus(LONGEST_FIRST_TIMER, plus(irtt, irtt))
    silence = first
    timers: i64 = 1
    while timers < step.skipped_ids and silence < LONGEST_BACK_OFF:
        silence = plus(plus(silence, silence), first)
        timers += 1
    return silence if silence < LONGEST_BACK_OFF else LONGEST_BACK_OFF


def owes_ack(step: TimingStep) -> bool:
    """Return whether the sender had not acknowledged all that its peer had sent: the number that is
    missing may be that of a pure ACK, which the capture or the path has lost, and no data's.

    Where nothing of the peer was captured, what this segment acknowledges tells what it had sent.
    """
    receiver = step.receiver
    sent = i64(receiver.highest) & MASK32 if receiver.highest_known else step.segment.ack
    scan = step.scan
    packets = scan.packets
    is_server = step.sender is step.flow.server
    scan.start_before(step.flow, step.row, ROUND_FRAMES)
    while scan.step_back():
        if packets.is_from_server(scan.row) == is_server:
            return lt(packets.ack(scan.row), sent)
    return True


def account_repetition(step: TimingStep) -> bool:
    """Return whether the segment, or what it fills, was sent before; if so, count what became of
    the first copy, and the wait for the retransmission timer."""
    flow = step.flow
    sender = step.sender
    segment = step.segment
    age: i64 = -1
    space = segment.length + segment.virt
    senders = step.find_pending(sender)
    if senders is not None and space > 0:
        if segment.length > 0:
            start = segment.first_byte()
            age = senders.fill_holes(start, (start + segment.length) & MASK32, segment.time)
        if age < 0 and not step.repeats_bytes and came_after_its_ack(step, senders):
            step.ledger().take_back_case(CAPTURE_LOST, flow.side_of(sender), space)
            return True
    if age < 0 and (segment.analysis & (RESENT | OUT_OF_ORDER)) == 0:
        return False
    highest = i64(sender.highest) & MASK32
    if age < 0 and was_forged(step) and segment.length > 0 and not step.repeats_bytes:
        return False  # a forged segment has moved the number that Wireshark expects
    if segment.length <= 0 and sender.highest_known and lt(segment.seq, highest):
        return True
    receivers = step.find_pending(step.receiver)
    if (
        receivers is not None
        and receivers.refused_below >= 0
        and (lt(segment.seq, receivers.refused_below))
    ):
        resend_refused(step, receivers)
        return True
    cause = where_lost(step, age)
    size = max(segment.length, 0)
    if cause == UNKNOWN and age >= 0:
        flow.last_progress = segment.time
        return True
    if cause in (REORDERED, CAPTURED_TWICE):
        step.add_to_ledger(sender, cause, 0, size)
        if cause == REORDERED:
            flow.last_progress = segment.time
        else:
            step.scan.packets.mark_same_packet(step.row)
        return True
    if cause == LOST_BEFORE:
        count_lost_before(step, size)
    elif cause != UNKNOWN:
        step.count_cause(sender, cause, 0, size)
    if cause == NOT_LOST and senders is not None and senders.held_row != NO_ROW:
        check_held_copy(step, senders)
    if cause in (LOST_AFTER, LOST_BEFORE) and size > 0:
        remember_resent(step, cause)
    wait = step.time_since(flow.last_progress)
    threshold = step.stall_threshold()
    if wait > threshold:
        wait = since_first_copy(step, age, wait)
    reason = reason_of(step)
    if reason == RACK:
        step.add_to_ledger(sender, RACK, 0, size)
    elif reason == TAIL_PROBE:
        step.count_cause(sender, TAIL_PROBE, wait, size)
    elif threshold < wait <= LONGEST_TIMER:
        tries: i64 = i64(sender.unanswered_tries) if sender.unanswered_tries > 0 else 1
        step.count_cause(sender, RTO, wait, tries)
    flow.last_progress = segment.time
    return True


def since_first_copy(step: TimingStep, age: i64, wait: i64) -> i64:
    """Return for how long a timer can have run before the segment was sent again: since the copy
    that it repeats passed, or since its hole was seen. ``wait``, since the flow last went on, may
    begin in a time in which the application was idle."""
    segment = step.segment
    flow = step.flow
    if 0 <= age < wait:
        wait = age
    elif 0 < segment.reference_value < wait and (segment.analysis & RESENT) != 0:
        wait = segment.reference_value  # Wireshark's own reckoning
    copied = last_copy_time(step.scan, flow, step.row, step.sender is flow.server)
    if copied != 0 and 0 < step.time_since(copied) < wait:
        wait = step.time_since(copied)
    return wait


def was_forged(step: TimingStep) -> bool:
    """Return whether a segment in the sender's name was not of this connection: a RST by a box on
    the way, the ACK of an older connection, another SYN+ACK."""
    ledger = step.flow.ledger
    if ledger is None:
        return False
    side = step.flow.side_of(step.sender)
    return (
        ledger.find_entry(FORGED, side) >= 0
        or ledger.find_entry(CHALLENGED, side) >= 0
        or ledger.find_entry(SYN_ACK_CHANGED, side) >= 0
    )


def came_after_its_ack(step: TimingStep, senders: Pending) -> bool:
    """Return whether the segment was acknowledged a moment before it passed: the capture mixed up
    the order of the two directions."""
    segment = step.segment
    end = (segment.seq + segment.length) & MASK32
    if senders.unseen_since == 0 or gt(end, senders.unseen_end):
        return False
    irtt = step.flow.irtt
    patience = irtt if irtt > REORDERING_SPAN else REORDERING_SPAN
    if elapsed(segment.time, senders.unseen_since) >= patience:
        return False
    return not step.copies.passed_within(step.flow, step.row, patience)


def where_lost(step: TimingStep, age: i64) -> i64:
    """Return what became of the first copy of a segment, or `UNKNOWN` where the capture cannot
    tell.

    ``age`` is that of the hole which the segment fills, in ns; -1 if it fills none. Answers:
    `LOST_BEFORE` and `LOST_AFTER` the capture point, `REORDERED` (there is no first copy, this is
    it), `CAPTURED_TWICE`, `NOT_LOST` (sent again for nothing).
    """
    if age >= 0:
        return reordered_or_lost(step, age)
    segment = step.segment
    # Bytes below the first ones that this capture has: the first copy passed, or was lost, before
    # the capture began.
    if is_older_than_capture(step):
        return UNKNOWN
    if passed_twice(step):
        return CAPTURED_TWICE
    # Wireshark's name for bytes that the receiver had acknowledged already, here: the first copy
    # arrived. Its acknowledgment was lost or late.
    if (segment.analysis & SPURIOUS_RETRANSMISSION) != 0 or was_acknowledged(step):
        return NOT_LOST
    # None of its bytes passed before, but it fills no hole that is remembered: that was closed by
    # an acknowledgment, or there were too many. So the age is unknown and Wireshark's flag
    # decides: a retransmission, or out of order.
    if not step.repeats_bytes and segment.length > 0:
        if step.id_step >= BACKWARD_ID_STEP:
            return REORDERED
        is_repair = (segment.analysis & RESENT) != 0 or is_numbered_next(step)
        return LOST_BEFORE if is_repair else REORDERED
    # The first copy passed here, so it was lost behind the capture point. That is the sender's
    # belief: a D-SACK or an echoed time stamp may still disprove it (`check_resent`).
    return LOST_AFTER


def passed_twice(step: TimingStep) -> bool:
    """Return whether the packet itself has passed before.

    A mirror port that sees a packet enter and leave, or a capture on all interfaces, has it twice
    within microseconds: no sender can know of a loss so soon. Its number again says the same with
    more certainty, so it may be later: however late, if a router has lowered the TTL between, or
    the sender counts its packets and this is a number from before.
    """
    # A number of its own, right behind its sender's last, is another packet's.
    if is_numbered_next(step):
        return False
    flow = step.flow
    soon = shortest_repetition(flow)
    counted = False
    if step.recent_headers.number(step.row) != 0:
        is_from_before = step.skipped_ids < 0 or step.id_step >= BACKWARD_ID_STEP
        if is_from_before and soon < SAME_PACKET_SPAN:
            soon = SAME_PACKET_SPAN
        counted = is_from_before and step.counts_ids
    span = soon
    if counted or step.recent_headers.ttl(step.row) != i64(step.sender.first_ttl):
        span = LONGEST_RTT
    return step.copies.packet_passed(flow, step.row, soon, span, counted)


def was_acknowledged(step: TimingStep) -> bool:
    """Return whether the receiver has acknowledged all of the segment, its FIN too, in one that
    passed here: that acknowledgment was lost further on."""
    receiver = step.receiver
    segment = step.segment
    if not receiver.has(ACK_OUT):
        return False
    length = max(segment.length, 0)
    end = (segment.seq + length + segment.virt) & MASK32
    return ge(i64(receiver.highest_ack) & MASK32, end)


def reordered_or_lost(step: TimingStep, age: i64) -> i64:
    """Return `REORDERED` if a segment that fills a hole of ``age`` ns is the first copy, which was
    overtaken, or `LOST_BEFORE` if it is a second one, because the first was lost."""
    # The sender numbered the packet before others that have passed already: it was sent before
    # them, so it is not the answer to a loss among them.
    if step.id_step >= BACKWARD_ID_STEP:
        return REORDERED
    # A repair takes a round trip: the segment behind the hole must reach the receiver, its
    # duplicate ACK or SACK the sender, and the repair this point. What is faster was reordered.
    patience = shortest_repair(step.flow)
    # Wireshark's own rules (duplicate ACKs before it, or a time-out) speak for a retransmission:
    # half of the time is enough then, as round trips are not always as long as the measured one.
    if (step.segment.analysis & RESENT) != 0:
        patience = patience // 2
    if age >= patience:
        return LOST_BEFORE
    return lost_a_moment_ago(step, age) if is_numbered_next(step) else REORDERED


def lost_a_moment_ago(step: TimingStep, age: i64) -> i64:
    """Return what became of the first copy of a segment that fills a hole of ``age`` ns, sooner
    than the round trips allow, and was sent after what is beyond it: that was not reordered.

    Round trips may be shorter than those measured: the receiver's word since then tells that it
    was asked for. Some applications send their second piece first, to get past a filter; so where
    the receiver has said nothing that passed here, only time tells.
    """
    receiver = step.receiver
    since = elapsed(step.segment.time, age)
    asked = receiver.last_time > since and le(
        i64(receiver.last_ack) & MASK32, step.segment.first_byte()
    )
    return LOST_BEFORE if asked or age >= REORDERING_SPAN or receiver.packets == 0 else UNKNOWN


def is_older_than_capture(step: TimingStep) -> bool:
    """Return whether the segment begins below the first data of its side that the capture has: what
    passed before the capture began is not known."""
    flow = step.flow
    sender = step.sender
    segment = step.segment
    if (segment.seq - i64(sender.base)) & MASK32 >= HALF:
        return True
    if (i64(flow.facts) & BEGAN_INSIDE) == 0 or segment.length <= 0:
        return False
    if sender.bytes == segment.length:
        return True
    first = first_data(step.scan.packets, flow, sender is flow.server)
    return first >= 0 and lt(segment.seq, first)


def remember_resent(step: TimingStep, cause: i64) -> None:
    """Keep what could still prove that the first copy of a resent segment had arrived: its range,
    and its time stamp if it is the next that the receiver waits for. For other segments an ACK may
    echo the time stamp of an older one, the first that it acknowledges (RFC 7323, section 4.3). Of
    a copy that did not pass here a D-SACK alone tells."""
    segment = step.segment
    start = segment.first_byte()
    stamp: i64 = NO_STAMP
    if cause == LOST_AFTER and ge(i64(step.receiver.last_ack) & MASK32, start):
        stamp = time_stamp_of(step.header)
    pending = step.begin_pending(step.sender)
    doubted = doubt_spurious(step, pending) if cause == LOST_AFTER else NO_ROW
    end = start + segment.length
    pending.add_resent(start, end, cause, stamp, segment.time, step.row, doubted)


def doubt_spurious(step: TimingStep, pending: Pending) -> i64:
    """Tell a time-out no longer as one for nothing if the segment, which is sent again behind it,
    was on its way before it: other data was lost than that whose copy had arrived. Return the row
    of that copy, or `NO_ROW`."""
    flow = step.flow
    side = flow.side_of(step.sender)
    row = pending.last_doubted()
    is_told = row == NO_ROW
    if is_told:
        if step.ledger().find_entry(SPURIOUS_TIMEOUT, side) < 0:
            return NO_ROW
        row = step.last_case(SPURIOUS_TIMEOUT, side)
        if row == NO_ROW:
            return NO_ROW
    copied = last_copy_time(step.scan, flow, step.row, step.sender is flow.server)
    if copied == 0 or copied >= step.scan.packets.time(row):
        return NO_ROW
    if is_told:
        step.retell_wait(step.sender, row, SPURIOUS_TIMEOUT, RTO, -1)
    return row


def soonest_answer(step: TimingStep) -> i64:
    """Return how long (ns) after the second copy its own acknowledgment comes at the earliest, or 0
    where that is not known for sure: round trips vary, and acknowledgments may be delayed."""
    if step.flow.syn_to_synack < 0 or step.sender.fastest_ack < 0:
        return 0
    soonest = rtt_to(step.flow, step.sender) * 3 // 4
    return soonest if soonest > REORDERING_SPAN else 0


def disprove_loss(step: TimingStep, row: i64, cause: i64, size: i64) -> None:
    """Tell the copy in ``row``, of ``size`` bytes, as one that was sent for nothing. If the first
    one is said to have been lost before it came here, ``cause``, the capture lacks it."""
    flow = step.flow
    side = flow.side_of(step.receiver)
    step.ledger().take_back_case(cause, side, size)
    step.add_to_ledger(step.receiver, NOT_LOST, 0, size)
    if cause == LOST_BEFORE:
        step.add_to_ledger(step.receiver, CAPTURE_LOST, 0, size)
    step.journal.retell_case(i64(flow.index), row, cause << 1 | side, NOT_LOST, -1)
    tell_spurious(step, row)


def check_resent(step: TimingStep, receivers: Pending) -> None:
    """Take back the losses that this acknowledgment disproves.

    A D-SACK block (RFC 2883) reports a range that arrived twice: so the first copy was not lost.
    An ACK that echoes a time stamp from before the second copy answers the first one (the Eifel
    detection algorithm, RFC 3522), and so does one that comes sooner than any round trip.
    """
    receiver = step.receiver
    segment = step.segment
    options = step.options
    base = i64(receiver.base)
    echo: i64 = NO_STAMP
    soonest = soonest_answer(step)
    told: i64 = -1  # a block reports one copy too many, however often its range was sent again
    n: i64 = 0
    while n < i64(len(receivers.resent_time)):
        start = i64(receivers.resent_start[n]) & MASK32
        end = i64(receivers.resent_end[n]) & MASK32
        arrived_twice = (
            options.dsack
            and start != told
            and le(options.first_left, (start - base) & MASK32)
            and ge(options.first_right, (end - base) & MASK32)
        )
        is_acked = ge(segment.ack, end)
        stamp = receivers.resent_stamp[n]
        cause = receivers.resent_cause[n]
        if is_acked and not arrived_twice and stamp != NO_STAMP and echo == NO_STAMP:
            echo = time_stamp_echo_of(step.header)
        answers_first = is_acked and stamp != NO_STAMP and echo != NO_STAMP and lt(echo, stamp)
        if is_acked and not answers_first and soonest > 0 and cause == LOST_AFTER:
            answers_first = elapsed(segment.time, receivers.resent_time[n]) < soonest
        if arrived_twice or answers_first:
            if arrived_twice:
                told = start
            size = (end - start) & MASK32
            disprove_loss(step, i64(receivers.resent_row[n]), cause, size)
            doubted = receivers.drop_resent(n)
            if doubted != NO_ROW:
                tell_spurious(step, doubted)
        elif is_acked and elapsed(segment.time, receivers.resent_time[n]) > step.stall_threshold():
            # A D-SACK comes with the second copy's ACK: nothing more will be said of it.
            receivers.confirm_resent(n)
        else:
            n += 1
