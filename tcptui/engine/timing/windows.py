"""Receive windows that delay a sender: full, closed (zero), and too small to be useful (silly)."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import SCALE_UNKNOWN, Endpoint
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import ACK, RST
from tcptui.engine.timing.lookback import bytes_sent_since, first_room, window_before
from tcptui.engine.timing.pending import Pending
from tcptui.engine.timing.round_trips import longest_release, rtt_to, shortest_repair
from tcptui.engine.timing.step import TimingStep
from tcptui.engine.timing.thresholds import (
    LARGEST_SEGMENT,
    MOST_ROUND_SEGMENTS,
    SMALL_WINDOW,
    TINY_SEGMENT,
)

# Kinds as numbers: asking a member of an enumeration for its value is slow.
CLOSED_WINDOW: Final = int(LedgerKind.STALL_ZERO_WINDOW)
SILLY_WINDOW: Final = int(LedgerKind.SILLY_WINDOW)
WINDOW_LIMITED: Final = int(LedgerKind.STALL_WINDOW_LIMITED)


def window_of(end: Endpoint) -> i64:
    """Return the window that an endpoint offered last, in bytes."""
    if end.scale > 0 and not end.no_scale_yet:
        return i64(end.last_window) << i64(end.scale)
    return i64(end.last_window)


def filled_last_round(step: TimingStep) -> bool:
    """Return whether the sender filled the receiver's window in the round trip before this segment.

    Counted over a round because the window never looks full near the receiver: there the ACKs
    pass the capture point long before the sender has them.
    """
    flow = step.flow
    sender = step.sender
    receiver = step.receiver
    largest = i64(sender.largest_payload)
    if receiver.scale == SCALE_UNKNOWN or receiver.last_window < 0 or largest < TINY_SEGMENT:
        return False
    window = window_of(receiver)
    if window > MOST_ROUND_SEGMENTS * largest:
        return False
    since = elapsed(flow.last_progress, shortest_repair(flow))
    sent = bytes_sent_since(step.scan, flow, step.row, sender is flow.server, since)
    return sent + largest > window


def is_window_below_segment(step: TimingStep) -> bool:
    """Return whether the receiver's window was open, but by less than the sender's largest segment.

    The sender holds back then, as before a closed window, until its persist timer runs out (RFC
    1122, section 4.2.3.4, "SWS avoidance").
    """
    receiver = step.receiver
    if receiver.scale == SCALE_UNKNOWN or receiver.last_window <= 0:
        return False
    largest = i64(step.sender.largest_payload)
    return largest >= SMALL_WINDOW and window_of(receiver) < largest


def was_window_below_segment(step: TimingStep) -> bool:
    """Return whether the receiver's window was open by less than a segment until the
    acknowledgment that has just released the sender."""
    receiver = step.receiver
    largest = i64(step.sender.largest_payload)
    if receiver.scale == SCALE_UNKNOWN or largest < SMALL_WINDOW:
        return False
    flow = step.flow
    window = window_before(step.scan, flow, step.row, receiver is flow.server)
    return 0 <= window < largest and window < window_of(receiver)


def watch_filled_window(step: TimingStep) -> None:
    """Remember that another segment of the largest size would exceed the receiver's window."""
    receiver = step.receiver
    segment = step.segment
    if receiver.scale == SCALE_UNKNOWN or receiver.last_window < 0 or segment.in_flight <= 0:
        return
    if segment.in_flight + i64(step.sender.largest_payload) > window_of(receiver):
        step.begin_pending(step.sender).window_filled_since = segment.time


def end_filled_window(step: TimingStep, senders: Pending) -> None:
    """End a round in which the sender had filled the receiver's window: it was limited by the
    window if an ACK has just allowed it to go on."""
    flow = step.flow
    receiver = step.receiver
    time = step.segment.time
    since = senders.window_filled_since
    if flow.last_progress >= since:
        since = flow.last_progress
    senders.window_filled_since = 0
    heard = receiver.last_time
    if heard < since or step.time_since(heard) > longest_release(flow, step.sender):
        return
    span = step.time_since(since)
    if had_room(step, span):
        return
    step.add_to_ledger(receiver, WINDOW_LIMITED, span, 0)
    # Full windows come by the thousand: only the long waits have a line in the journal.
    if span > step.stall_threshold():
        step.add_to_journal(receiver, WINDOW_LIMITED, span)
    flow.last_progress = time


def had_room(step: TimingStep, wait: i64) -> bool:
    """Return whether the receiver had made room for a whole segment long before the end of a
    ``wait`` of the sender (ns): then it was not the window that it waited for. An update of it may
    have been lost, or held, behind this point. Short waits are not looked into."""
    if wait <= step.stall_threshold():
        return False
    flow = step.flow
    need = min(i64(step.sender.largest_payload), LARGEST_SEGMENT)
    edge = (step.segment.first_byte() + need) & MASK32
    room = first_room(step.scan, flow, step.row, step.receiver is flow.server, edge)
    return room > 0 and step.time_since(room) > longest_release(flow, step.sender)


def begin_closed_window(step: TimingStep) -> None:
    """Begin a closed window: the sender of the segment closes its window, or says again that it is
    closed."""
    closed = step.begin_pending(step.sender)
    closed.refused_below = i64(step.receiver.next_exp) & MASK32
    if closed.window_closed_since == 0:
        closed.window_closed_since = step.segment.time


def end_closed_window(step: TimingStep, senders: Pending) -> None:
    """End the closed window of the segment's sender, if the segment offers room."""
    segment = step.segment
    since = senders.window_closed_since
    if since != 0 and segment.window != 0 and (segment.flags & (RST | ACK)) == ACK:
        span = step.time_since(since)
        senders.window_closed_for = plus(senders.window_closed_for, span)
        senders.window_closed_since = 0
        step.flow.last_progress = segment.time


def count_window_probe(receivers: Pending | None) -> None:
    """Count a probe, or a keep-alive that does as well, that asks whether the receiver's window is
    open."""
    if receivers is not None and receivers.window_closed_since != 0:
        receivers.window_probes += 1


def count_closed_window(step: TimingStep, receivers: Pending) -> None:
    """Count the wait of a sender that goes on after the receiver's window was closed. It had waited
    for the window if it probed it, or if it goes on as soon as it can hear that the window is
    open."""
    flow = step.flow
    receiver = step.receiver
    prompt = longest_release(flow, step.sender) + 2 * rtt_to(flow, receiver)
    probes = receivers.window_probes
    if probes != 0 or step.time_since(flow.last_progress) <= prompt:
        step.count_cause(receiver, CLOSED_WINDOW, receivers.window_closed_for, probes)
    receivers.window_closed_for = 0
    receivers.window_probes = 0


def resend_refused(step: TimingStep, receivers: Pending) -> None:
    """Take a segment that is sent again because the receiver had no room for it: it was not lost.
    While the window is closed that is a probe, and after that it is what the receiver had thrown
    away."""
    if receivers.window_closed_since != 0:
        receivers.window_probes += 1
        return
    flow = step.flow
    time = step.segment.time
    if receivers.window_closed_for != 0:
        span = step.time_since(flow.last_progress)
        receivers.window_closed_for = plus(receivers.window_closed_for, span)
        receivers.window_probes += 1
        count_closed_window(step, receivers)
    flow.last_progress = time


def count_silly_window(step: TimingStep) -> None:
    """Count a small segment that fills a small window: the silly window syndrome (RFC 1122,
    section 4.2.3.3)."""
    receiver = step.receiver
    length = step.segment.length
    if receiver.scale == SCALE_UNKNOWN or length >= SMALL_WINDOW:
        return
    if window_of(receiver) < SMALL_WINDOW:
        step.add_to_ledger(receiver, SILLY_WINDOW, 0, length)
