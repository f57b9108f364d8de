"""Evidence for what is missing: holes, and acknowledgments of data that was never captured."""

from tcptui.diagnosis.evidence_facts import Facts
from tcptui.diagnosis.trail import SegmentContext
from tcptui.engine import row_search
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.sequence import MASK32, ge, gt, le, lt
from tcptui.engine.tcp_header import ACK
from tcptui.engine.wireshark.flags import ACK_LOST_SEGMENT
from tcptui.text.amounts import amount, span
from tcptui.text.durations import duration


def lost_segment(trail: SegmentContext, facts: Facts) -> str:
    """Say how large the hole is, and whether something fills it later."""
    this = trail.this
    facts["actual"], facts["actual_raw"] = trail.seq(this.seq), this.seq
    highest = trail.highest(trail.server)
    if highest is None:
        facts["unknown"] = "where the last segment ended"
        return f"Begins at {trail.seq(this.seq)}, beyond the last segment seen."
    facts["expected"], facts["expected_raw"] = trail.seq(highest.end), highest.end
    facts["expected_from"] = highest.frame
    hole = (this.seq - highest.end) & MASK32
    facts["hole"] = hole
    text = (
        f"Previous segment not captured: {highest.name} ends at {trail.seq(highest.end)}, this "
        f"begins at {trail.seq(this.seq)}: {amount(hole, 'byte')} from the {trail.who} "
        "are missing here."
    )
    return f"{text} {fate_of_hole(trail, facts, highest.end)}".rstrip()


def fate_of_hole(trail: SegmentContext, facts: Facts, start: int) -> str:
    """Say whether the first missing byte comes later, or is acknowledged without having passed."""
    peer = trail.last_of_peer()
    if peer is not None and peer.has_header_flag(ACK) and ge(peer.ack, trail.this.seq):
        facts["acknowledged_by"] = peer.frame
        return f"{peer.name} had acknowledged them already: lost by the capture only."
    for sent in trail.later(trail.server, row_search.TAKES_SPACE):
        if le(sent.seq, start) and gt(sent.end, start):
            facts["filled_by"] = sent.frame
            after = duration(sent.time - trail.this.time)
            return f"{sent.name} brings them {after} later."
    for sent in trail.later(not trail.server):
        if sent.has_flag(ACK_LOST_SEGMENT) and gt(sent.ack, start):
            facts["acknowledged_by"] = sent.frame
            return f"{sent.name} acknowledges them all the same: lost by the capture only."
    return ""


def ack_lost_segment(trail: SegmentContext, facts: Facts) -> str:
    """Say which bytes are acknowledged that this capture never had."""
    this = trail.this
    facts["ack"], facts["ack_raw"] = trail.ack(this.ack), this.ack
    highest = trail.highest(not trail.server)
    if highest is None:
        facts["unknown"] = "where the other side's data ended"
        return f"Acknowledges {trail.ack(this.ack)}, beyond all that was captured."
    facts["expected"], facts["expected_raw"] = trail.ack(highest.end), highest.end
    facts["expected_from"] = highest.frame
    if trail.counted(LedgerKind.CHALLENGED):
        return (
            f"ACKed unseen segment: {trail.ack(this.ack)} is acknowledged, a number of the old "
            "connection on these ports, which answers the SYN; nothing of this one is missing."
        )
    before = trail.acknowledged_before()
    start = before if before is not None and lt(before, this.ack) else highest.end
    gaps = trail.missing(start, this.ack, not trail.server)
    shown = [(trail.ack(low), trail.ack(high)) for low, high in gaps]
    size = sum((high - low) & MASK32 for low, high in gaps)
    facts["missing"] = ", ".join(span(low, high) for low, high in shown)
    facts["missing_bytes"] = size
    if not gaps or not lt(start, this.ack):
        del facts["missing"], facts["missing_bytes"]
        return (
            f"Acknowledges {trail.ack(this.ack)}: what is new in it was captured, but a hole "
            "below it is still open, so the rule says it again."
        )
    ranges = " and ".join(f"{low} to {high}" for low, high in shown)
    length = max(highest.length, 0)
    where = (
        f"{highest.name} ends at {trail.ack(highest.seq)} + {length} = {trail.ack(highest.end)}"
        if highest.end == (highest.seq + length) & MASK32
        else f"{highest.name} ends at {trail.ack(highest.end)}"
    )
    return (
        f"ACKed unseen segment: {where}, then {trail.ack(this.ack)} is acknowledged: {ranges} "
        f"({amount(size, 'byte')}) was never captured."
    )
