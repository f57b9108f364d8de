"""Evidence for what came again, or late: the four members of the retransmission family."""

from typing import Final

from tcptui.diagnosis.evidence_facts import Facts
from tcptui.diagnosis.trail import SegmentContext, TrailSegment
from tcptui.engine import row_search
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import SAME_PACKET
from tcptui.engine.sequence import MASK32, ge, lt
from tcptui.engine.tcp_header import ACK, SYN
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

SAMPLES: Final = 16
SAMPLED_ACKS: Final = 200
SHORTEST_TIMER: Final = 200_000_000
"""ns; Linux' TCP_RTO_MIN. RFC 6298 says a second, and hardly any host keeps to it."""
MOST_FRAMES: Final = 64


def retransmission(trail: SegmentContext, facts: Facts) -> str:
    copies = add_copies(trail, facts)
    add_position(trail, facts)
    asked = add_duplicates(trail, facts)
    add_timer(trail, facts)
    if not copies:
        return f"Retransmission of {trail.span(trail.this)}. {fate_of_copy(trail, copies)}"
    text = f"Retransmission of {trail.span(trail.this)}, {history(trail, copies)}"
    if trail.this.has_attribute(SAME_PACKET):
        return f"{text}. {fate_of_copy(trail, copies)}"
    waited = trail.this.time - copies[0].time
    reason = (
        f"{amount(asked, 'duplicate ACK')} had asked for it"
        if asked
        else "no duplicate ACK asked for it, and the capture's clock jumps in between"
        if trail.flow.skipped_between(copies[0].time, trail.this.time)
        else "no duplicate ACK asked for it, so the timer ran out"
        if waited >= SHORTEST_TIMER
        else "no duplicate ACK asked for it"
        if waited < 0
        else f"no duplicate ACK asked for it, yet {duration(waited)} is soon for a timer"
    )
    return f"{text}; {reason}{timer_words(facts)}. {fate_of_copy(trail, copies)}"


def fast_retransmission(trail: SegmentContext, facts: Facts) -> str:
    copies = add_copies(trail, facts)
    add_position(trail, facts)
    asked = add_duplicates(trail, facts)
    add_limits(trail, facts)
    text = f"Fast Retransmission of {trail.span(trail.this)}"
    if copies:
        text += f", {history(trail, copies)}"
    text += f": after {asked_by(trail, asked)}"
    since, asked_for = trail.told("since_peer"), trail.told("acknowledged")
    if since is not None and asked_for is not None:
        text += (
            f", {duration(since.value)} after #{since.frame} asked for {trail.seq(asked_for.value)}"
        )
    return f"{text}. {fate_of_copy(trail, copies)}"


def spurious_retransmission(trail: SegmentContext, facts: Facts) -> str:
    copies = add_copies(trail, facts)
    this = trail.this
    text = f"Spurious Retransmission of {trail.span(this)}"
    if copies:
        text += f", {history(trail, copies)}"
    first = trail.acknowledged_since()
    acknowledged = trail.told("acknowledged")
    if first is None or acknowledged is None:
        return f"{text}: already acknowledged."
    facts["acknowledged"] = trail.seq(acknowledged.value)
    facts["acknowledged_raw"] = acknowledged.value
    facts["acknowledged_by"] = first.frame
    facts["acknowledged_before"] = this.time - first.time
    return (
        f"{text}: {first.name} had acknowledged up to {trail.seq(first.ack)} "
        f"{duration(this.time - first.time)} before."
    )


def out_of_order(trail: SegmentContext, facts: Facts) -> str:
    copies = add_copies(trail, facts)
    highest = add_position(trail, facts)
    limit = add_limits(trail, facts)
    text = f"Out-Of-Order: {trail.span(trail.this)}"
    known = "the initial RTT" if "initial_rtt" in facts else "the limit where no RTT is known"
    since_highest, since_peer = trail.told("since_highest"), trail.told("since_peer")
    soon = f"{known} is {duration(limit)}: too soon to be sent again{was_lost(trail)}."
    if since_highest is not None and highest is not None:
        facts["since_highest"] = since_highest.value
        text += (
            f" comes {duration(since_highest.value)} after {highest.name}, which had reached "
            f"{trail.seq(highest.end)}; {soon}"
        )
    elif since_peer is not None:
        text += (
            f" comes {duration(since_peer.value)} after #{since_peer.frame}, the last segment of "
            f"the {trail.whom}; {soon}"
        )
    else:
        text += f" begins below the highest end seen; {soon}"
    if copies:
        text += f" But bytes of it had passed in {copies[0].name}."
    return text


def was_lost(trail: SegmentContext) -> str:
    """Return what the rule cannot know of a segment that was sent again all the same."""
    if not trail.counted(LedgerKind.LOSS_BEFORE_CAPTURE):
        return ""
    return (
        f", by the rule; yet it was: the first copy was lost between the {trail.who} and here, or "
        "the capture missed it"
    )


def add_copies(trail: SegmentContext, facts: Facts) -> list[TrailSegment]:
    """Add where it begins and what of it passed before; return the earlier segments with bytes of
    it, the latest first."""
    facts["actual"], facts["actual_raw"] = trail.seq(trail.this.seq), trail.this.seq
    copies = trail.copies()
    if copies:
        facts["first_copy"] = copies[-1].frame
        facts["first_copy_before"] = trail.this.time - copies[-1].time
        facts["last_copy"] = copies[0].frame
        facts["last_copy_before"] = trail.this.time - copies[0].time
        facts["copies"] = [copy.frame for copy in copies[:MOST_FRAMES]][::-1]
    missing = trail.missing(trail.this.seq, trail.this.end, trail.server)
    new = sum((high - low) & MASK32 for low, high in missing)
    facts["repeated"] = ((trail.this.end - trail.this.seq) & MASK32) - new
    return copies


def add_position(trail: SegmentContext, facts: Facts) -> TrailSegment | None:
    """Add where it stands against the highest end seen; return the segment that reached that."""
    highest = trail.highest(trail.server)
    if highest is not None:
        facts["expected"], facts["expected_raw"] = trail.seq(highest.end), highest.end
        facts["expected_from"] = highest.frame
        facts["overlap"] = (highest.end - trail.this.seq) & MASK32
    return highest


def add_duplicates(trail: SegmentContext, facts: Facts) -> int:
    """Add how often the receiver had asked for exactly this byte, and return it."""
    found = trail.duplicate_acks()
    if found and found[0].ack != trail.this.seq:
        found = []
    last = trail.packets.reference_at(found[0].row) if found else None
    asked = last[1] if last else 0
    facts["duplicate_acks"] = asked
    if found:
        facts["duplicate_ack_frames"] = [sent.frame for sent in reversed(found)]
    return asked


def add_timer(trail: SegmentContext, facts: Facts) -> None:
    """Add tshark's `rto`, and what a sender's timer would be by the round trips seen."""
    found = trail.packets.reference_at(trail.this.row)
    if found:
        facts["rto_frame"], facts["rto"] = found
    samples = round_trips(trail)
    if samples:
        facts["rtt_frame"], facts["rtt"] = samples[0]
        facts["rto_estimate"] = timer([rtt for _, rtt in reversed(samples)])
    if trail.flow.irtt > 0 and trail.flow.irtt_row < trail.this.row:
        facts["initial_rtt"] = int(trail.flow.irtt)


def add_limits(trail: SegmentContext, facts: Facts) -> int:
    """Add the limits that the rules compare with at this segment; return that for reordering, in
    ns."""
    rules = trail.engine.rules
    facts["fast_limit"] = int(rules.fast_limit)
    since = trail.told("since_peer")
    if since is not None:
        facts["since_peer"] = since.value
    initial_rtt = int(trail.flow.irtt) if trail.flow.irtt_row < trail.this.row else 0
    if initial_rtt:
        facts["initial_rtt"] = initial_rtt
    facts["reorder_limit"] = limit = int(rules.limit_of_reordering(initial_rtt))
    return limit


def round_trips(trail: SegmentContext) -> list[tuple[int, int]]:
    """Return (frame of the acknowledgment, ns) of the receiver's latest acknowledgments, latest
    first."""
    packets = trail.packets
    rows = row_search.measuring(
        packets, trail.index, not trail.server, trail.this.row, trail.first, SAMPLED_ACKS, SAMPLES
    )
    return [
        (
            int(packets.frame(row)),
            int(packets.time(row)) - int(packets.time(packets.row_of(packets.acks(row)))),
        )
        for row in map(int, rows)
        if packets.holds(packets.acks(row))
    ]


def timer(samples: list[int]) -> int:
    """Return the retransmission timeout of RFC 6298, section 2, after these round trips, all in
    ns."""
    smoothed, variation = samples[0], samples[0] // 2
    for sample in samples[1:]:
        variation = (3 * variation + abs(smoothed - sample)) // 4
        smoothed = (7 * smoothed + sample) // 8
    return smoothed + max(SHORTEST_TIMER, 4 * variation)


def timer_words(facts: Facts) -> str:
    rtt, estimate = facts.get("rtt"), facts.get("rto_estimate")
    if not isinstance(rtt, int) or not isinstance(estimate, int):
        return ""
    return f" (RTO ≈ {duration(estimate)}, RTT {duration(rtt)})"


def history(trail: SegmentContext, copies: list[TrailSegment]) -> str:
    """Return when it was sent before: ``first sent in #17, 201.3 ms earlier``."""
    first, last = copies[-1], copies[0]
    now = trail.this.time
    partly = lt(trail.this.seq, first.seq) or not ge(first.end, trail.this.end)
    sent = "of which a part was sent" if partly else "first sent"
    text = f"{sent} in {first.name}, {duration(now - first.time)} earlier"
    if first is last:
        return text
    return f"{text}, last in {last.name}, {duration(now - last.time)} earlier"


def fate_of_copy(trail: SegmentContext, copies: list[TrailSegment]) -> str:
    """Say what became of the earlier copy, and nothing else than the flow's findings do."""
    if not copies:
        if trail.counted(LedgerKind.REORDERED) and not trail.counted(
            LedgerKind.LOSS_BEFORE_CAPTURE
        ):
            return "No byte of it passed here before: what was sent after it overtook it."
        return (
            f"No byte of it passed here before: the earlier copy was lost between the {trail.who} "
            "and here, or the capture missed it."
        )
    if trail.this.has_attribute(SAME_PACKET):
        return (
            f"It is the packet of {copies[0].name} itself: captured once more, or doubled on the "
            "way, and not sent again."
        )
    if copies[-1].has_header_flag(SYN):
        return handshake_lost(trail, copies[-1])
    arrived = trail.counted(LedgerKind.NOT_LOST) or trail.counted(LedgerKind.SPURIOUS_TIMEOUT)
    if arrived and not trail.counted(LedgerKind.LOSS_AFTER_CAPTURE):
        return (
            "The first copy passed this point and was not lost: its acknowledgment was late, or "
            "lost on its way back."
        )
    return passed_here(trail)


def passed_here(trail: SegmentContext) -> str:
    return (
        f"The first copy passed this point: lost or thrown away after it, towards the "
        f"{trail.whom}, or its acknowledgment was lost."
    )


def handshake_lost(trail: SegmentContext, first: TrailSegment) -> str:
    """Say what became of a SYN or SYN+ACK, or of what came with it."""
    if not trail.this.has_header_flag(SYN):
        return "The first copy came with the SYN, and was not accepted (TCP Fast Open)."
    if trail.this.has_header_flag(ACK) and not first.has_header_flag(ACK):
        return "The SYN had the same number: both ends opened at once, and nothing was lost."
    answer = trail.acknowledged_since() if trail.this.has_header_flag(ACK) else None
    if answer is not None:
        return (
            f"{answer.name} had acknowledged it and passed this point: lost or ignored after it, "
            f"towards the {trail.who}."
        )
    return passed_here(trail)


def asked_by(trail: SegmentContext, asked: int) -> str:
    """Return what made it a fast one; ``asked``: the duplicate ACKs for exactly this byte."""
    unseen, counted = trail.told("enough_since"), trail.told("counted_duplicates")
    text = amount(asked, "duplicate ACK")
    if unseen is not None:
        return (
            f"{text}, but unseen data was acknowledged in #{unseen.frame}, after which the rule "
            "asks for no more"
        )
    if asked or counted is None:
        return text
    return f"{amount(counted.value, 'duplicate ACK')} whose SACK blocks leave it out"
