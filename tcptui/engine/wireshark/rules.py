"""A rule set is what one Wireshark release decides in its own way, behind one object.

What all releases have in common is in :mod:`tcptui.engine.wireshark.analysis`; each release has a
module beside this one, and :mod:`tcptui.engine.wireshark.rule_sets` the table of them.
"""

from mypy_extensions import i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.segment import Segment


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
        """ns within which a late segment is out of order, where no initial RTT is known."""
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
        self.tells_ambiguous_acks: bool = False
        """Whether an acknowledgment of what was sent more than once is told."""
        self.tells_exceeded_mss: bool = False
        """Whether payload longer than the sender's MSS is told."""

    @property
    def title(self) -> str:
        """The release as people call it."""
        return f"Wireshark {self.name}"

    def begins_stream(self, sender: Endpoint, seg: Segment) -> bool:
        """Whether a SYN of a known sender belongs to the ports' next connection."""
        raise NotImplementedError

    def completeness(self, flow: Flow, seg: Segment, created: bool, base_known: bool) -> i64:
        """`tcp.completeness` behind this segment; ``base_known``: the sender's numbers had a base
        before it."""
        raise NotImplementedError

    def duplicates(self, counted: i64) -> i64:
        """The count of duplicate ACKs with one more."""
        raise NotImplementedError

    def judge_pure_ack(self, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
        """What else there is to say of a pure ACK: `zero_window_probe_ack`, or a record."""
        raise NotImplementedError

    def judge_ack_beyond(
        self, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> None:
        """`ack_lost_segment`: it acknowledges beyond the contiguous data seen."""
        raise NotImplementedError

    def judge_repetition(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
    ) -> None:
        """`fast_retransmission`, `out_of_order` or `retransmission`: the first that fits a segment
        that begins below the highest end."""
        raise NotImplementedError

    def note_acknowledged(self, receiver: Endpoint, seg: Segment) -> None:
        """`acks_frame` and what goes with it, from what the acknowledgment has just taken off."""
        raise NotImplementedError

    def judge_sack(self, sender: Endpoint, seg: Segment) -> None:
        """What a SACK option makes of a flag that has already been given."""
        raise NotImplementedError

    def settle_mss(self, sender: Endpoint, receiver: Endpoint) -> None:
        """The MSS of a stream whose first segment has been read to its end."""
        raise NotImplementedError
