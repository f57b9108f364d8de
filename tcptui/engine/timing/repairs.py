"""A repair has its reason: a retransmission timer, a probe of the tail, or a report of later data.

A timer sends the first segment again that nobody has acknowledged. A tail loss probe (RFC 8985,
section 7) comes earlier, about two round trips after the last sign of life, and sends the *last*
one again. RACK (section 6) takes a segment for lost soon after one that was sent later has arrived;
it needs no three duplicate acknowledgments, and is seen for certain where there could not be three.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.ledger import LedgerKind
from tcptui.engine.sequence import MASK32, gt
from tcptui.engine.tcp_state.states import ACK_OUT
from tcptui.engine.timing.lookback import ROUND_FRAMES
from tcptui.engine.timing.round_trips import longest_release, rtt_to
from tcptui.engine.timing.step import TimingStep
from tcptui.engine.timing.thresholds import SHORTEST_DELAYED_ACK, STALL, UNASKED_WAIT
from tcptui.engine.wireshark.flags import DUPLICATE_ACK

# Kinds as numbers: asking a member of an enumeration for its value is slow.
RACK: Final = int(LedgerKind.RACK_REPAIR)
RTO: Final = int(LedgerKind.STALL_RTO)
TAIL_PROBE: Final = int(LedgerKind.TAIL_LOSS_PROBE)

DUPLICATES: Final = 3
"""Duplicate acknowledgments, and so later segments, that a fast retransmission needs (RFC 5681)."""


def reason_of(step: TimingStep) -> i64:
    """Return what made the sender send the segment again: `TAIL_PROBE`, `RACK`, or else a timer,
    `RTO`, if it waited for one."""
    sender = step.sender
    receiver = step.receiver
    segment = step.segment
    if segment.length <= 0 or not receiver.has(ACK_OUT) or not sender.highest_known:
        return RTO
    highest = i64(sender.highest) & MASK32
    end = segment.end()
    if end == highest:
        return TAIL_PROBE if is_probe(step) else RTO
    behind = (highest - end) & MASK32
    if gt(highest, end) and behind < DUPLICATES * i64(sender.largest_payload):
        return RACK if follows_report(step) else RTO
    return RTO


def is_probe(step: TimingStep) -> bool:
    """Return whether the last segment is sent again though it is not the first that is missing, in
    a silence of about two round trips, which vary, and the time for a delayed acknowledgment: a
    timer begins with the first."""
    sender = step.sender
    receiver = step.receiver
    segment = step.segment
    if not gt(segment.seq, i64(receiver.highest_ack) & MASK32) or sender.unanswered_tries > 1:
        return False
    last = sender.next_exp_time
    if receiver.last_time > last:
        last = receiver.last_time
    silence = step.time_since(last)
    here, there = rtt_to(step.flow, sender), rtt_to(step.flow, receiver)
    if here <= 0 or there <= 0:
        return SHORTEST_DELAYED_ACK <= silence <= UNASKED_WAIT
    round_trip = here + there
    return round_trip + round_trip // 2 <= silence <= 4 * round_trip + STALL


def follows_report(step: TimingStep) -> bool:
    """Return whether the receiver has just reported later data, by a duplicate acknowledgment: the
    repair follows within the quarter of a round trip that RACK allows for reordering."""
    flow = step.flow
    sender = step.sender
    receiver = step.receiver
    round_trip = rtt_to(flow, sender) + rtt_to(flow, receiver)
    waited = step.time_since(receiver.last_time)
    if waited > longest_release(flow, sender) + round_trip // 4:
        return False
    scan = step.scan
    packets = scan.packets
    is_server = sender is flow.server
    scan.start_before(flow, step.row, ROUND_FRAMES)
    while scan.step_back():
        if packets.is_from_server(scan.row) != is_server:
            return (packets.analysis(scan.row) & DUPLICATE_ACK) != 0
    return False
