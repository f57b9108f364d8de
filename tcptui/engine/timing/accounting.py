"""Time accounting: where each flow's time goes and where its segments were lost, in one pass.

A flow *goes on* when new data passes, or data is sent again. Between two such moments it waits,
and each wait has one cause: a timer, a closed or small window, a delayed acknowledgment, or an
application. The ordinary segment, data or acknowledgment in order, costs a few comparisons;
everything else is in functions of its own. What is not over yet is kept in
:class:`~tcptui.engine.timing.pending.Pending`, and the flow is marked by ``has_pending`` meanwhile.
"""

from typing import Final

from mypy_extensions import i32, i64

from tcptui.engine.flow import UNKNOWN_TTL, Endpoint, Flow
from tcptui.engine.ledger import Journal
from tcptui.engine.packets import NO_ROW, Packets
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.tcp_header import ACK, RARE, SYN
from tcptui.engine.tcp_options import Options
from tcptui.engine.timing.ecn import check_codepoint, count_marks, watch_ecn
from tcptui.engine.timing.held import check_held
from tcptui.engine.timing.ip_identification import follow_ip_id
from tcptui.engine.timing.loss import account_repetition, add_hole, check_resent, count_unseen
from tcptui.engine.timing.round_trips import measure_ack
from tcptui.engine.timing.step import TimingStep
from tcptui.engine.timing.thresholds import (
    LATEST_SYN_COPY,
    LONGEST_RTT,
    SAME_PACKET_SPAN,
    SHORTEST_WAIT,
    TINY_SEGMENT,
)
from tcptui.engine.timing.waits import account_syn, account_turn, account_wait, count_tiny_segment
from tcptui.engine.timing.windows import (
    begin_closed_window,
    count_closed_window,
    count_silly_window,
    count_window_probe,
    end_closed_window,
    end_filled_window,
    watch_filled_window,
)
from tcptui.engine.voices import Voices
from tcptui.engine.wireshark.flags import (
    ACK_LOST_SEGMENT,
    KEEP_ALIVE,
    UNUSUAL,
    WINDOW_FULL,
    ZERO_WINDOW,
    ZERO_WINDOW_PROBE,
)


class TimeAccounting:
    """Accounts for the time and the losses of all flows, segment by segment.

    The engine calls :meth:`add_hole` if a segment leaves a hole before it, and then
    :meth:`note_voice` and :meth:`account_segment`. Causes are counted in each flow's ledger and
    written in ``journal``.
    """

    def __init__(
        self, packets: Packets, segment: Segment, options: Options, voices: Voices
    ) -> None:
        self.voices: Final[Voices] = voices
        self.step: Final[TimingStep] = TimingStep(packets, segment, options)
        self.journal: Final[Journal] = self.step.journal

    def add_hole(self, flow: Flow, sender: Endpoint, start: i64, end: i64) -> None:
        """Add the hole from ``start`` to ``end`` (raw numbers) that the current segment leaves."""
        step = self.step
        step.flow = flow
        step.sender = sender
        add_hole(step, start, end)

    def is_copy(self, sender: Endpoint, row: i64) -> bool:
        """Return whether the packet of a SYN has passed before: a second SYN is one that its sender
        sends again. What comes sooner than any timer runs out was not sent again, though one copy
        may have no checksum yet."""
        if sender.packets == 0:
            return False
        step = self.step
        copies = step.copies
        flow = sender.flow
        span = LONGEST_RTT if step.recent_headers.number(row) != 0 else LATEST_SYN_COPY
        if copies.packet_passed(flow, row, SAME_PACKET_SPAN, span, False):
            return True
        # Where the clock has gone back, nobody knows how soon it came.
        gone_back = elapsed(flow.last_time, step.segment.time)
        return gone_back <= SAME_PACKET_SPAN and copies.passed_within(flow, row, SAME_PACKET_SPAN)

    def note_voice(self, sender: Endpoint, ttl: i64) -> None:
        """Note the current segment, whose TTL is not that of its sender's first one, if that one
        had any."""
        if sender.first_ttl != UNKNOWN_TTL:
            self.voices.note_other_ttl(sender, self.step.segment, ttl)

    def account_segment(
        self,
        flow: Flow,
        sender: Endpoint,
        header: HeaderLocation,
        repeats_bytes: bool,
        row: i64,
    ) -> None:
        """Account for the current segment; the order of the calls is the specification.

        1. What its IP identification says of those before it.
        2. If it is unusual or its flow has something pending: :func:`account_unusual`, which may
           find that it brings nothing new.
        3. If it brings new data: the wait before it (:func:`account_data`).
        4. If it acknowledges the latest data: how fast.

        ``repeats_bytes``: some of its bytes passed here before.
        """
        step = self.step
        segment = step.segment
        receiver = sender.peer
        follow_ip_id(step, sender, header)
        is_unusual = (
            flow.has_pending or (segment.analysis & UNUSUAL) != 0 or (segment.flags & RARE) != 0
        )
        if is_unusual or segment.length > 0:
            step.begin(flow, sender, header, row, repeats_bytes)
        if is_unusual:
            brings_new = account_unusual(step)
            step.settle_pending()
            if not brings_new:
                return
        if segment.length > 0:
            account_data(step)
        acks_frame = segment.acks_frame
        if acks_frame != 0 and acks_frame == i64(receiver.next_exp_frame):
            delay = elapsed(segment.time, receiver.next_exp_time)
            measure_ack(sender, segment.length > 0, delay)


def account_data(step: TimingStep) -> None:
    """Account for new data: the flow goes on, after a wait whose cause is looked for."""
    flow = step.flow
    sender = step.sender
    segment = step.segment
    wait = step.time_since(flow.last_progress)
    if flow.last_data_side != flow.side_of(sender):
        account_turn(step, wait)
    elif wait > SHORTEST_WAIT:
        account_wait(step, wait)
    flow.last_progress = segment.time
    if segment.length > i64(sender.largest_payload):
        sender.largest_payload = i32(segment.length)
    if segment.length < TINY_SEGMENT:
        count_tiny_segment(step, wait)
    elif sender.tiny_run != 0:
        sender.tiny_run = 0
    watch_filled_window(step)


def account_unusual(step: TimingStep) -> bool:
    """Account for a segment that is not ordinary, or in whose flow something is pending, and return
    whether it may bring new data all the same. The order of the calls is the specification.

    1. A SYN belongs to the handshake alone.
    2. Its sender's window: closed, or opened again.
    3. A probe or keep-alive only probes the receiver's window.
    4. Its acknowledgment: of what never passed, or the proof that something was not lost.
    5. Its data: a silly segment; a repetition; else the end of a wait for the receiver's window.
    """
    segment = step.segment
    if (segment.flags & SYN) != 0:
        account_syn(step)
        watch_ecn(step)
        return False
    if (segment.flags & RARE) != 0:
        count_marks(step)
    if (segment.analysis & ZERO_WINDOW) != 0:
        begin_closed_window(step)
    senders = step.find_pending(step.sender)
    receivers = step.find_pending(step.receiver)
    if senders is not None:
        end_closed_window(step, senders)
        if senders.held_row != NO_ROW:
            check_held(step, senders)
        if senders.unmarked_left > 0 and segment.length > 0:
            check_codepoint(step, senders)
    if (segment.analysis & (KEEP_ALIVE | ZERO_WINDOW_PROBE)) != 0:
        count_window_probe(receivers)
        return False
    if (segment.analysis & ACK_LOST_SEGMENT) != 0:
        count_unseen(step)
    elif receivers is not None and (segment.flags & ACK) != 0:
        if len(receivers.hole_since) > 0:
            count_unseen(step)
        if len(receivers.resent_time) > 0:
            check_resent(step, receivers)
    if segment.length > 0 and (segment.analysis & WINDOW_FULL) != 0:
        count_silly_window(step)
    if account_repetition(step):
        return False
    if segment.length <= 0:
        return True
    if receivers is not None and receivers.window_closed_for != 0:
        count_closed_window(step, receivers)
    if senders is not None and senders.window_filled_since != 0:
        end_filled_window(step, senders)
    return True
