"""The rule set of Wireshark 4.4 has what that release decides in its own way (4.4.19)."""

from typing import Final

from mypy_extensions import i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.packets import AMBIGUOUS_ACK, PARTIAL_ACK
from tcptui.engine.saturation import elapsed, is_below
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, s32
from tcptui.engine.tcp_header import ACK, SYN
from tcptui.engine.wireshark.completeness import COMPLETE_END, bits_of, opening_bits
from tcptui.engine.wireshark.flags import (
    ACK_LOST_SEGMENT,
    DUPLICATE_ACK,
    WINDOW_UPDATE,
    ZERO_WINDOW_PROBE,
    ZERO_WINDOW_PROBE_ACK,
)
from tcptui.engine.wireshark.outstanding_chunks import frame_number
from tcptui.engine.wireshark.recorder import (
    ASKS_FOR_OTHERS,
    ENDS_AT_HIGHEST,
    FEW_DUPLICATES,
    FIRED,
    OWN_HIGHEST,
    OWN_LAST,
    PEER_LAST,
    SACK_SAYS_DUPLICATE,
    SEEN_BEFORE,
    THIS,
    TOO_LATE,
    WINDOW_BEHIND_PROBE,
)
from tcptui.engine.wireshark.rules import Rules


class Release44(Rules):
    """The rules of 4.4: a connection's end makes room for the ports' next one, partial
    acknowledgments count, what was seen before is never out of order."""

    def __init__(self) -> None:
        super().__init__("4.4")

    def begins_stream(self, sender: Endpoint, seg: Segment) -> bool:
        """Return whether a SYN begins a stream: with another number, or behind a FIN or RST, as a
        SYN+ACK does."""
        if seg.seq != i64(sender.base) & MASK32:
            return True
        return (i64(sender.flow.completeness) & COMPLETE_END) != 0

    def completeness(self, flow: Flow, seg: Segment, created: bool, base_known: bool) -> i64:
        """Return `tcp.completeness`: all that a flow's first packet has counts; a side's first SYN
        starts it anew."""
        bits = bits_of(seg)
        if (seg.flags & (SYN | ACK)) == SYN and (created or not base_known):
            return opening_bits(seg) | bits
        return i64(flow.completeness) | bits

    def duplicates(self, counted: i64) -> i64:
        return (counted + 1) & MASK32

    def judge_pure_ack(self, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
        """Decide `zero_window_probe_ack` too where the receiver took the probe's byte."""
        if (
            seg.window != 0
            or sender.last_window != 0
            or (i64(receiver.last_flags) & ZERO_WINDOW_PROBE) == 0
            or seg.seq != i64(sender.next_exp) & MASK32
            or not self.acknowledges_one_more(sender, seg)
        ):
            return
        seg.analysis |= ZERO_WINDOW_PROBE_ACK
        if seg.recorder is not None:
            seg.recorder.number("ack", seg.ack, THIS)
            seg.recorder.number("ack_before", i64(sender.last_ack) & MASK32, OWN_LAST)
            seg.recorder.decide(ZERO_WINDOW_PROBE_ACK, FIRED)
        self.take_probe(receiver, seg)

    def acknowledges_one_more(self, sender: Endpoint, seg: Segment) -> bool:
        """Return whether it acknowledges one byte more than the sender's segment before."""
        return (seg.ack - i64(sender.last_ack)) & MASK32 == 1

    def take_probe(self, receiver: Endpoint, seg: Segment) -> None:
        """Make the byte of a zero window probe a part of the data."""
        receiver.next_exp = i32(s32(seg.ack))
        receiver.ack_limit = i32(s32(seg.ack))

    def judge_ack_beyond(
        self, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> None:
        """Decide `ack_lost_segment`: it is said each time.

        The limit moves to the acknowledgment, or to the end of what was seen from there on. A
        window that opens right behind a probe is an update.
        """
        before = i64(receiver.ack_limit) & MASK32
        if (
            self.acknowledges_one_more(sender, seg)
            and seg.seq == next_exp
            and (i64(receiver.last_flags) & ZERO_WINDOW_PROBE) != 0
        ):
            self.take_probe(receiver, seg)
            seg.analysis |= WINDOW_UPDATE
            if seg.recorder is not None:
                self.record_ack_beyond(seg, before, WINDOW_BEHIND_PROBE, seg.recorder)
                seg.recorder.number("ack", seg.ack, THIS)
                seg.recorder.number("ack_before", i64(sender.last_ack) & MASK32, OWN_LAST)
                seg.recorder.decide(WINDOW_UPDATE, FIRED)
            return
        waiting = receiver.outstanding
        limit = seg.ack if waiting is None else waiting.end_of_run(seg.ack)
        receiver.ack_limit = i32(s32(limit))
        seg.analysis |= ACK_LOST_SEGMENT
        if seg.recorder is not None:
            self.record_ack_beyond(seg, before, FIRED, seg.recorder)

    def is_fast(self, receiver: Endpoint, seg: Segment) -> bool:
        """Return whether the peer asked for it, and spoke a moment ago."""
        since = self.since_peer(receiver, seg)
        reason = FIRED
        if not 0 <= since < self.fast_limit:
            reason = TOO_LATE
        elif (i64(receiver.dup_count) & MASK32) < 2:
            reason = FEW_DUPLICATES
        elif not self.is_asked_for(receiver, seg):
            reason = ASKS_FOR_OTHERS
        if seg.recorder is not None:
            self.record_fast(receiver, seg, since, reason, seg.recorder)
        return reason == FIRED

    def since_peer(self, receiver: Endpoint, seg: Segment) -> i64:
        """Return the time since the peer's last packet, in ns."""
        return elapsed(seg.time, receiver.last_time)

    def is_asked_for(self, receiver: Endpoint, seg: Segment) -> bool:
        """Return whether the duplicate ACKs asked for exactly this segment, or their SACK blocks
        left it out."""
        if i64(receiver.last_ack) & MASK32 == seg.seq:
            return True
        blocks = receiver.sack_blocks
        if blocks is None or blocks.count == 0:
            return False
        return blocks.covering(seg.seq, (seg.seq + seg.length) & MASK32) == 0

    def is_reordered(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> bool:
        """Return whether it comes too soon to be sent again for its loss, and is not among what was
        seen and is still unacknowledged."""
        waiting = sender.outstanding
        late = self.lateness(sender, receiver, seg)
        limit = self.limit_of_reordering(flow.irtt)
        at_end = next_exp == seg.end()
        reason = FIRED
        if waiting is not None and waiting.mark_covering(seg.seq, (seg.seq + seg.length) & MASK32):
            reason = SEEN_BEFORE
        elif not is_below(late, limit):
            reason = TOO_LATE
        elif at_end and not sender.end_without_payload:
            reason = ENDS_AT_HIGHEST
        if seg.recorder is not None:
            self.record_reordered(flow, seg, next_exp, reason, seg.recorder)
        return reason == FIRED

    def lateness(self, sender: Endpoint, receiver: Endpoint, seg: Segment) -> i64:
        """Return the time since the segment with the highest end, or since the peer's last, in
        ns."""
        if self.late_since_peer:
            late = self.since_peer(receiver, seg)
            if seg.recorder is not None:
                seg.recorder.number("since_peer", late, PEER_LAST)
            return late
        late = elapsed(seg.time, sender.next_exp_time)
        if seg.recorder is not None:
            seg.recorder.number("since_highest", late, OWN_HIGHEST)
        return late

    def measure_rto(self, sender: Endpoint, seg: Segment) -> None:
        """Measure `rto`: since the oldest unacknowledged segment that does not begin
        below this one."""
        waiting = sender.outstanding
        at: i64 = -1
        if waiting is not None:
            at = waiting.oldest_from(seg.seq)
        if waiting is None or at < 0:
            seg.reference_frame = i64(sender.next_exp_frame)
            seg.reference_value = elapsed(seg.time, sender.next_exp_time)
        else:
            seg.reference_frame = waiting.frame_at(at)
            seg.reference_value = elapsed(seg.time, waiting.time_at(at))

    def measure_ack(self, receiver: Endpoint, seg: Segment) -> None:
        """Find `acks_frame`: a segment that is acknowledged in part counts too, the oldest of
        all."""
        waiting = receiver.outstanding
        if waiting is None:
            return
        frame = waiting.matched_frame
        partial = waiting.partial_frame
        if partial != 0 and (frame == 0 or frame_number(partial) < frame_number(frame)):
            frame = partial
            seg.attributes |= PARTIAL_ACK
        if frame == 0:
            return
        if frame < 0:
            frame = -frame
            if self.tells_ambiguous_acks:
                seg.attributes |= AMBIGUOUS_ACK
        seg.acks_frame = frame
        seg.has_record = True

    def judge_sack(self, sender: Endpoint, seg: Segment) -> None:
        """Make what looked like a window update a duplicate ACK."""
        if (seg.analysis & WINDOW_UPDATE) == 0:
            return
        number = self.duplicates(i64(sender.dup_count) & MASK32)
        sender.dup_count = i32(s32(number))
        seg.analysis = seg.analysis & ~WINDOW_UPDATE | DUPLICATE_ACK
        seg.reference_frame = i64(sender.dup_ref_frame)
        seg.reference_value = number
        if seg.recorder is not None:
            seg.recorder.withdraw(WINDOW_UPDATE, SACK_SAYS_DUPLICATE)
            seg.recorder.number("ack", seg.ack, THIS)
            seg.recorder.number("repeats", seg.reference_frame, OWN_LAST)
            seg.recorder.number("number", number, THIS).decide(DUPLICATE_ACK, FIRED)

    def settle_mss(self, sender: Endpoint, receiver: Endpoint) -> None:
        pass


WIRESHARK_4_4: Final = Release44()
