"""The rule set of Wireshark 4.0 has what that release decides in its own way (4.0.17)."""

from typing import Final

from mypy_extensions import i32, i64

from tcptui.engine.flow import DUP_MARK, Endpoint, Flow
from tcptui.engine.saturation import elapsed, is_below
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, lt, s32
from tcptui.engine.tcp_header import ACK, SYN
from tcptui.engine.wireshark.completeness import bits_of, opening_bits
from tcptui.engine.wireshark.flags import (
    ACK_LOST_SEGMENT,
)
from tcptui.engine.wireshark.outstanding_chunks import frame_number
from tcptui.engine.wireshark.recorder import (
    ALREADY_SAID,
    ASKS_FOR_OTHERS,
    ENDS_AT_HIGHEST,
    FEW_DUPLICATES,
    FIRED,
    OWN_HIGHEST,
    TOO_LATE,
)
from tcptui.engine.wireshark.rules import Rules


class Release40(Rules):
    """The rules of 4.0: a SYN+ACK never begins a stream, SACK decides nothing but bytes in
    flight."""

    def __init__(self) -> None:
        super().__init__("4.0")
        self.sack_blocks = 3
        self.knows_mptcp = True
        self.counts_without_length = False
        self.shows_reuse = True

    def begins_stream(self, sender: Endpoint, seg: Segment) -> bool:
        """Return whether a SYN begins a stream: only one with another number does."""
        return (seg.flags & ACK) == 0 and seg.seq != i64(sender.base) & MASK32

    def completeness(self, flow: Flow, seg: Segment, created: bool, base_known: bool) -> i64:
        """Return `tcp.completeness`: the first packet of a flow counts only if it is a SYN."""
        seen = i64(flow.completeness)
        if created and seen == 0:
            return opening_bits(seg) if (seg.flags & (SYN | ACK)) == SYN else 0
        return seen | bits_of(seg)

    def duplicates(self, counted: i64) -> i64:
        """Count one more: the mark of an ACKed unseen segment counts as none."""
        return 1 if counted == DUP_MARK else (counted + 1) & MASK32

    def judge_pure_ack(self, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
        pass

    def judge_ack_beyond(
        self, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> None:
        """Decide `ack_lost_segment`: it is said once until the other side moves on."""
        seg.has_record = True
        limit = i64(receiver.ack_limit) & MASK32
        if lt(limit, i64(receiver.next_exp) & MASK32):
            receiver.ack_limit = receiver.next_exp
            seg.analysis |= ACK_LOST_SEGMENT
            if seg.recorder is not None:
                self.record_ack_beyond(seg, limit, FIRED, seg.recorder)
            return
        if receiver.dup_count == 0:
            seg.analysis |= ACK_LOST_SEGMENT
        if seg.recorder is not None:
            reason = FIRED if receiver.dup_count == 0 else ALREADY_SAID
            self.record_ack_beyond(seg, limit, reason, seg.recorder)
        receiver.dup_count = i32(s32(DUP_MARK))

    def is_fast(self, receiver: Endpoint, seg: Segment) -> bool:
        """Return whether two duplicate ACKs asked for exactly this segment, and the last was a
        moment ago."""
        since = elapsed(seg.time, receiver.last_time)
        reason = FIRED
        if (i64(receiver.dup_count) & MASK32) < 2:
            reason = FEW_DUPLICATES
        elif i64(receiver.last_ack) & MASK32 != seg.seq:
            reason = ASKS_FOR_OTHERS
        elif not 0 <= since < self.fast_limit:
            reason = TOO_LATE
        if seg.recorder is not None:
            self.record_fast(receiver, seg, since, reason, seg.recorder)
        return reason == FIRED

    def is_reordered(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> bool:
        """Return whether it comes too soon after the segment with the highest end to be sent again
        for its loss."""
        late = elapsed(seg.time, sender.next_exp_time)
        limit = self.limit_of_reordering(flow.irtt)
        reason = FIRED
        if next_exp == seg.end():
            reason = ENDS_AT_HIGHEST
        elif not is_below(late, limit):
            reason = TOO_LATE
        if seg.recorder is not None:
            seg.recorder.number("since_highest", late, OWN_HIGHEST)
            self.record_reordered(flow, seg, next_exp, reason, seg.recorder)
        return reason == FIRED

    def measure_rto(self, sender: Endpoint, seg: Segment) -> None:
        """Measure `rto`: since the oldest segment that nobody has acknowledged."""
        waiting = sender.outstanding
        if waiting is None:
            seg.reference_frame = i64(sender.next_exp_frame)
            seg.reference_value = elapsed(seg.time, sender.next_exp_time)
        else:
            seg.reference_frame = waiting.oldest_frame()
            seg.reference_value = elapsed(seg.time, waiting.oldest_time())

    def measure_ack(self, receiver: Endpoint, seg: Segment) -> None:
        """Find `acks_frame`: only a segment that ends exactly where this one acknowledges
        counts."""
        waiting = receiver.outstanding
        if waiting is not None and waiting.matched_frame != 0:
            seg.acks_frame = frame_number(waiting.matched_frame)
            seg.has_record = True

    def judge_sack(self, sender: Endpoint, seg: Segment) -> None:
        pass

    def settle_mss(self, sender: Endpoint, receiver: Endpoint) -> None:
        pass


WIRESHARK_4_0: Final = Release40()
