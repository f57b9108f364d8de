"""A rule set is what one Wireshark release decides in its own way, behind one object.

What all releases have in common is in :mod:`tcptui.engine.wireshark.analysis`; each release has a
module beside this one, and :mod:`tcptui.engine.wireshark.rule_sets` the table of them.
"""

from mypy_extensions import i64

from tcptui.engine.flow import DUP_MARK, Endpoint, Flow
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import TCP_READABLE
from tcptui.engine.wireshark.flags import (
    ACK_LOST_SEGMENT,
    FAST_RETRANSMISSION,
    OUT_OF_ORDER,
    RETRANSMISSION,
)
from tcptui.engine.wireshark.recorder import (
    FIRED,
    HANDSHAKE,
    LIMIT,
    OWN_HIGHEST,
    PEER_LAST,
    PEER_LIMIT,
    PEER_MARK,
    THIS,
    Recorder,
)


class Rules:
    """The limits, switches and questions in which the releases differ.

    ``sender`` sent the segment, ``receiver`` is its peer. Sequence numbers are raw, times in ns.
    """

    def __init__(self, name: str) -> None:
        self.name: str = name
        """As in `--rules`: 4.0."""
        self.fast_limit: i64 = 20_000_000
        """ns since the peer's last packet within which a repetition is a fast one."""
        self.reorder_limit: i64 = 3_000_000
        """ns within which a late segment is out of order, where no initial RTT is known: ask
        `limit_of_reordering`."""
        self.sack_blocks: i64 = 4
        """How many blocks of a SACK option count."""
        self.knows_mptcp: bool = False
        """Whether a new kind of Multipath TCP option excuses a duplicate ACK."""
        self.counts_without_length: bool = True
        """Whether numbers are relative too where the segment's length is not known."""
        self.shows_reuse: bool = False
        """Whether a SYN on ports used before shows itself in `tcp.completeness` at once."""
        self.counts_in_flight_at_once: bool = True
        """Whether bytes in flight are told before the peer's first acknowledgment."""
        self.late_since_peer: bool = False
        """Whether the peer's last packet says how late a segment is, not the highest end's."""
        self.tells_ambiguous_acks: bool = False
        """Whether an acknowledgment of what was sent more than once is told."""
        self.quoted_from: i64 = TCP_READABLE
        """How many bytes of a segment an ICMP error must quote to be a packet of its stream."""
        self.first_has_no_delta: bool = False
        """Whether the capture's first packet has no time since the packet before, instead of 0."""
        self.tells_exceeded_mss: bool = False
        """Whether payload longer than the sender's MSS is told."""

    @property
    def title(self) -> str:
        """The release as people call it."""
        return f"Wireshark {self.name}"

    def limit_of_reordering(self, initial_rtt: i64) -> i64:
        """Return within how many ns a late segment is out of order; an initial RTT of 0 is
        unknown."""
        return initial_rtt if initial_rtt != 0 else self.reorder_limit

    def begins_stream(self, sender: Endpoint, seg: Segment) -> bool:
        """Return whether a SYN of a known sender belongs to the ports' next connection."""
        raise NotImplementedError

    def completeness(self, flow: Flow, seg: Segment, created: bool, base_known: bool) -> i64:
        """Return `tcp.completeness` behind this segment; ``base_known``: the sender's numbers had a
        base before it."""
        raise NotImplementedError

    def duplicates(self, counted: i64) -> i64:
        """Return the count of duplicate ACKs with one more."""
        raise NotImplementedError

    def judge_pure_ack(self, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
        """Decide what else there is to say of a pure ACK: `zero_window_probe_ack`, or a record."""
        raise NotImplementedError

    def judge_ack_beyond(
        self, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> None:
        """Decide `ack_lost_segment`: it acknowledges beyond the contiguous data seen."""
        raise NotImplementedError

    def judge_repetition(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> None:
        """Decide `fast_retransmission`, `out_of_order` or `retransmission`: the first that fits a
        segment that begins below the highest end.

        Wireshark can ask for reordering first, by the preference tcp.fastrt_supersedes_ooo.
        """
        if self.is_fast(receiver, seg):
            seg.analysis |= FAST_RETRANSMISSION
        elif self.is_reordered(flow, sender, receiver, seg, next_exp):
            seg.analysis |= OUT_OF_ORDER
        else:
            seg.analysis |= RETRANSMISSION
            self.measure_rto(sender, seg)
            if seg.recorder is not None:
                self.record_retransmission(seg, next_exp, seg.recorder)

    def is_fast(self, receiver: Endpoint, seg: Segment) -> bool:
        """Return whether the peer asked for the repetition, and spoke a moment ago."""
        raise NotImplementedError

    def is_reordered(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> bool:
        """Return whether the segment comes too soon to be sent again for its loss."""
        raise NotImplementedError

    def measure_rto(self, sender: Endpoint, seg: Segment) -> None:
        """Measure `rto` of a retransmission, and find `rto_frame`."""
        raise NotImplementedError

    def measure_ack(self, receiver: Endpoint, seg: Segment) -> None:
        """Find `acks_frame` and what goes with it, in what the acknowledgment has just taken
        off."""
        raise NotImplementedError

    def judge_sack(self, sender: Endpoint, seg: Segment) -> None:
        """Change a flag that has already been given, as a SACK option asks for."""
        raise NotImplementedError

    def settle_mss(self, sender: Endpoint, receiver: Endpoint) -> None:
        """Settle the MSS of a stream whose first segment has been read to its end."""
        raise NotImplementedError

    def record_ack_beyond(self, seg: Segment, limit: i64, reason: str, recorder: Recorder) -> None:
        """Record what was acknowledged, and how far the data was contiguous before."""
        recorder.number("ack", seg.ack, THIS).number("ack_limit", limit, PEER_LIMIT)
        recorder.decide(ACK_LOST_SEGMENT, reason)

    def record_fast(
        self, receiver: Endpoint, seg: Segment, since: i64, reason: str, recorder: Recorder
    ) -> None:
        """Record what the peer asked for, how often and when."""
        counted = i64(receiver.dup_count) & MASK32
        if counted == DUP_MARK:
            recorder.segment("enough_since", PEER_MARK)
        else:
            recorder.number("counted_duplicates", counted, PEER_LAST)
        recorder.number("acknowledged", i64(receiver.last_ack) & MASK32, PEER_LAST)
        recorder.number("since_peer", since, PEER_LAST)
        recorder.number("fast_limit", self.fast_limit, LIMIT)
        recorder.decide(FAST_RETRANSMISSION, reason)

    def record_reordered(
        self, flow: Flow, seg: Segment, next_exp: i64, reason: str, recorder: Recorder
    ) -> None:
        """Record how late it may be, and where it ends; how late it is has been told."""
        if flow.irtt != 0:
            recorder.number("initial_rtt", flow.irtt, HANDSHAKE)
        else:
            recorder.number("reorder_limit", self.reorder_limit, LIMIT)
        recorder.number("segment_end", seg.end(), THIS)
        recorder.number("expected", next_exp, OWN_HIGHEST)
        recorder.decide(OUT_OF_ORDER, reason)

    def record_retransmission(self, seg: Segment, next_exp: i64, recorder: Recorder) -> None:
        """Record where it begins, and since when something has been waiting for its
        acknowledgment."""
        recorder.number("actual", seg.seq, THIS).number("expected", next_exp, OWN_HIGHEST)
        recorder.number_from("rto", seg.reference_value, seg.reference_frame)
        recorder.decide(RETRANSMISSION, FIRED)
