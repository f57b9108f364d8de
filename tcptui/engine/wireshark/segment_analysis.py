"""Takes a segment through the rules once its flow and its sender are known.

The engine takes each segment through here when it comes, and a replay takes it through again: this
is the one home of the order.
"""

from typing import Final

from mypy_extensions import i16, i32, i64, u8

from tcptui.engine.flow import AGREED, AGREED_BY_SERVER, ASKED_BY_CLIENT, NOBODY, Endpoint, Flow
from tcptui.engine.packets import (
    BOGUS_HEADER,
    COMPLETENESS_SHIFT,
    ECN_COUNTER,
    FAST_OPEN_COOKIE,
    FAST_OPEN_IGNORED,
    FAST_OPEN_SHIFT,
    FAST_OPEN_TAKEN,
    HEADER_CUT,
    MSS_EXCEEDED,
    RAW_EDGES,
    RAW_NUMBERS,
    SCPS,
)
from tcptui.engine.saturation import elapsed
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import MASK32, s32
from tcptui.engine.tcp_header import ACK, AE, CWR, ECE, ECN_BITS, FIN, SYN, TCP_MIN_HEADER
from tcptui.engine.tcp_options import (
    Options,
    has_only_time_stamps,
    scale_bits,
    settle_scaling,
)
from tcptui.engine.wireshark.analysis import OutstandingPool, analyse, learn_bases
from tcptui.engine.wireshark.flags import REUSED_PORTS
from tcptui.engine.wireshark.recorder import FIRED, OWN_LAST, THIS
from tcptui.engine.wireshark.rules import Rules

ACCURATE_ECN_ANSWERS: Final = (CWR, CWR | ECE, AE, AE | CWR)
"""What a SYN+ACK says of the codepoint that the SYN came with (RFC 9768, section 3.1.1)."""


class SegmentAnalysis:
    """One rule set at work: the rules in their order, and what they share between flows."""

    def __init__(self, rules: Rules) -> None:
        self.rules: Final[Rules] = rules
        self.pool: Final[OutstandingPool] = OutstandingPool()
        self.options: Final[Options] = Options(rules)

    def meet_syn(self, sender: Endpoint, seg: Segment) -> None:
        """Take a SYN that stays in its flow: with another number, relative ones count from there
        now; repeated, it goes back to the contiguous end."""
        base = i64(sender.base) & MASK32
        if seg.seq != base:
            sender.base = i32(s32(seg.seq))
            seg.analysis |= REUSED_PORTS
            if seg.recorder is not None:
                seg.recorder.number("actual_raw", seg.seq, THIS)
                seg.recorder.number("base_before", base, OWN_LAST).decide(REUSED_PORTS, FIRED)
        elif (seg.flags & ACK) == 0:
            sender.next_exp = sender.ack_limit
            seg.has_record = True

    def analyse_segment(
        self,
        at: HeaderLocation,
        header_length: i64,
        flow: Flow,
        sender: Endpoint,
        seg: Segment,
        created: bool,
    ) -> i64:
        """Take the segment whose header is ``at`` through the rules; ``created``: it is its flow's
        first. Returns the bits of `attributes` that stand for how it came.
        """
        rules = self.rules
        options = self.options
        receiver = sender.peer
        attributes = i64(flow.completeness) << COMPLETENESS_SHIFT | scale_bits(sender, seg)
        base_known = sender.base_known
        blocks = sender.sack_blocks
        if blocks is not None:
            blocks.count = 0
        if seg.length >= 0:
            analyse(rules, self.pool, flow, sender, receiver, seg)
        elif not rules.counts_without_length:
            attributes |= RAW_NUMBERS
        elif not at.quoted:
            learn_bases(sender, receiver, seg)
        options.dsack = False
        options.fast_open = False
        options.mptcp_subtypes = 0
        if header_length < TCP_MIN_HEADER:
            options.aborted = True
            return attributes | BOGUS_HEADER
        flow.completeness = i16(rules.completeness(flow, seg, created, base_known))
        if (seg.flags & SYN) != 0:
            follow_accurate_ecn(flow, seg)
        elif i64(flow.accurate_ecn) >= AGREED:
            attributes |= ECN_COUNTER
        if (seg.flags & FIN) != 0 and flow.first_fin == NOBODY:
            flow.first_fin = i16(flow.side_of(sender))
        if flow.irtt == 0 or (seg.flags & (SYN | ACK)) != ACK or sender.no_scale_yet:
            self.follow_handshake(flow, sender, seg)
        options.aborted = at.captured < TCP_MIN_HEADER
        if options.aborted:
            attributes |= HEADER_CUT
        if not options.aborted:
            if header_length > TCP_MIN_HEADER and not has_only_time_stamps(at, header_length):
                options.read(at, header_length, flow, sender, receiver, seg)
                blocks = sender.sack_blocks
                if not receiver.base_known and blocks is not None and blocks.count > 0:
                    attributes |= RAW_EDGES
            if (seg.flags & SYN) != 0 and not options.aborted:
                settle_scaling(sender, receiver, seg.flags)
                self.follow_scps(sender, seg)
            if options.mptcp_subtypes != 0:
                self.remember_options(flow)
            if rules.tells_exceeded_mss and not options.aborted:
                if created or (not base_known and (seg.flags & (SYN | ACK)) == SYN):
                    rules.settle_mss(sender, receiver)
                if sender.mss < seg.length:
                    seg.attributes |= MSS_EXCEEDED
        if (seg.flags & SYN) != 0:
            attributes |= self.fast_open(flow, sender, seg) << FAST_OPEN_SHIFT
        return attributes

    def follow_handshake(self, flow: Flow, sender: Endpoint, seg: Segment) -> None:
        """Learn when the SYN came, and the initial RTT with the first ACK that is no SYN."""
        if (seg.flags & SYN) != 0:
            sender.no_scale_yet = True
            if (seg.flags & ACK) == 0:
                flow.syn_time = seg.time
        elif (seg.flags & ACK) != 0:
            sender.no_scale_yet = False
            if flow.irtt == 0 and flow.syn_time != 0:
                flow.irtt = elapsed(seg.time, flow.syn_time)
                if flow.irtt != 0:
                    flow.irtt_row = i32(seg.row)

    def fast_open(self, flow: Flow, sender: Endpoint, seg: Segment) -> i64:
        """Return what a SYN or SYN+ACK says of TCP Fast Open, whatever stops the walk of its
        options."""
        if (seg.flags & ACK) == 0:
            if not self.options.fast_open:
                return 0
            flow.has_fast_open_data = flow.has_fast_open_data or seg.length > 0
            return FAST_OPEN_COOKIE
        if (seg.ack - i64(sender.peer.base)) & MASK32 > 1:
            return FAST_OPEN_TAKEN
        return FAST_OPEN_IGNORED if flow.has_fast_open_data else 0

    def follow_scps(self, sender: Endpoint, seg: Segment) -> None:
        """Tell of a SYN+ACK whether both sides have offered SCPS; else none of both has."""
        receiver = sender.peer
        if (seg.flags & ACK) == 0:
            return
        if sender.offers_scps and receiver.offers_scps:
            seg.attributes |= SCPS
        else:
            sender.offers_scps = receiver.offers_scps = False

    def remember_options(self, flow: Flow) -> None:
        """Give the kinds of Multipath TCP options that the segment has to its connection."""
        mptcp = flow.mptcp
        if mptcp is not None and not self.options.aborted:
            mptcp.subtypes |= self.options.mptcp_subtypes
        self.options.mptcp_subtypes = 0


def follow_accurate_ecn(flow: Flow, seg: Segment) -> None:
    """Learn from a SYN or SYN+ACK whether both sides use accurate ECN (RFC 9768); a later one
    counts instead."""
    bits = seg.flags & ECN_BITS
    known = i64(flow.accurate_ecn)
    if (seg.flags & ACK) == 0:
        known &= ~ASKED_BY_CLIENT
        if bits == ECN_BITS:
            known |= ASKED_BY_CLIENT
    else:
        known &= ~AGREED_BY_SERVER
        if bits in ACCURATE_ECN_ANSWERS:
            known |= AGREED_BY_SERVER
    flow.accurate_ecn = u8(known)
