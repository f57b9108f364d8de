"""Evidence for what the two sides tell each other: duplicate ACKs, windows, keep-alives, ports."""

from typing import Final

from tcptui.diagnosis.evidence_facts import Facts
from tcptui.diagnosis.trail import SegmentContext, TrailSegment
from tcptui.engine import row_search
from tcptui.engine.packets import DSACK
from tcptui.engine.sequence import MASK32, gt, le
from tcptui.engine.tcp_header import ACK
from tcptui.engine.timing.thresholds import STALL
from tcptui.engine.wireshark.flags import (
    KEEP_ALIVE,
    KEEP_ALIVE_ACK,
    ZERO_WINDOW_PROBE,
)
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

MOST_CLOSED: Final = 1_000
"""Segments of one side that are looked back at for the first with a closed window."""


def duplicate_ack(trail: SegmentContext, facts: Facts) -> str:
    found = trail.packets.reference_at(trail.this.row)
    if found is None:
        facts["unknown"] = "its number"
        return "Repeats an earlier ACK."
    facts["repeats"], facts["number"] = repeats, number = found
    facts["ack"], facts["ack_raw"] = trail.ack(trail.this.ack), trail.this.ack
    waits = trail.ack(trail.this.ack)
    text = f"Dup ACK {repeats}#{number}: still waits for {waits}, as in #{repeats}"
    cause = next(trail.earlier(not trail.server, row_search.TAKES_SPACE), None)
    if cause is None:
        return f"{text}."
    facts["caused_by"] = cause.frame
    there = trail.span(cause)
    if gt(cause.seq, trail.this.ack):
        return f"{text}, though {there} came in {cause.name}: what is between has not arrived."
    if le(cause.end, trail.this.ack):
        return f"{text}; {came_before(trail, cause, repeats)}."
    return f"{text}; {there} of {cause.name} had not reached it when it said so."


def came_before(trail: SegmentContext, cause: TrailSegment, repeats: int) -> str:
    """Return why the receiver acknowledges once more what came last here: as it had that already,
    if the ACK repeated or an earlier copy had come before; else what is known of it."""
    there = trail.span(cause)
    copies = trail.overlapping(not trail.server, cause.seq, cause.end)
    if repeats < cause.frame or len(copies) > 1:
        return f"{cause.name} brought {there}, which it already had"
    if trail.this.has_attribute(DSACK):
        return (
            f"it reports that something came to it twice, and {there} of {cause.name} passed here "
            "once: the other copy did not, or the report is of what came before"
        )
    return f"it had got {there} of {cause.name} by then"


def window_update(trail: SegmentContext, facts: Facts) -> str:
    before = next(trail.earlier(trail.server), None)
    facts["window"] = trail.this.window
    if before is None:
        return f"Window Update: {amount(trail.this.window, 'byte')}."
    facts["window_before"] = before.window
    return (
        f"Window Update: {before.window:,} to {amount(trail.this.window, 'byte')}, "
        f"nothing new acknowledged since {before.name}."
    )


def window_full(trail: SegmentContext, facts: Facts) -> str:
    this = trail.this
    end = (this.seq + this.length) & MASK32
    facts["edge"] = trail.seq(end)
    peer = trail.last_of_peer()
    if peer is None or (peer.ack + peer.window) & MASK32 != end:
        facts["unknown"] = "the window that the rule compared with"
        return f"Window Full: ends at {trail.seq(end)}, the edge of the window offered."
    facts["edge_from"], facts["window"] = peer.frame, peer.window
    return (
        f"Window Full: ends at {trail.seq(end)} = {trail.seq(peer.ack)} + {peer.window:,}, the "
        f"edge that {peer.name} offered; the {trail.who} may send no more until the {trail.whom} "
        "makes room."
    )


def zero_window(trail: SegmentContext, facts: Facts) -> str:
    facts["window"] = 0
    closed = closed_since(trail, trail.server)
    text = f"Zero Window: the {trail.who} has no room"
    if closed is not None and closed.row != trail.this.row:
        facts["closed_by"] = closed.frame
        text += f", as it said first in {closed.name}, {ago(trail, closed)}"
    since = closed.time if closed is not None else trail.this.time
    opened = next((sent for sent in trail.later(trail.server) if sent.window), None)
    if opened is None:
        return f"{text}; it never opens again in this capture: its application does not read."
    # The clock may jump meanwhile: that time nobody was waiting.
    lasted = int(trail.flow.time_between(since, opened.time))
    left = int(trail.flow.time_between(trail.this.time, opened.time))
    facts["opened_by"], facts["closed_for"] = opened.frame, lasted
    why = "its application does not read" if lasted > STALL else "for a moment"
    text += f": {why}; {opened.name} opens the window again {duration(left)} later"
    if trail.flow.skipped_between(since, opened.time):
        text += ", without the time in which the capture's clock jumps"
    return f"{text}, after {duration(lasted)} in all." if "closed_by" in facts else f"{text}."


def closed_since(trail: SegmentContext, server: bool) -> TrailSegment | None:
    """Return the segment with which one side closed its window, which was still closed when it last
    spoke up to this segment; None where it was open, or its segments are too many."""
    first = trail.this if server == trail.server else None
    if first is not None and first.window:
        return None
    for looked_at, sent in enumerate(trail.earlier(server)):
        if sent.window:
            return first
        if looked_at == MOST_CLOSED:
            return None
        first = sent
    return None if first is trail.this else first


def zero_window_probe(trail: SegmentContext, facts: Facts) -> str:
    at = trail.seq(trail.this.seq)
    facts["actual"], facts["actual_raw"] = at, trail.this.seq
    text = f"Zero Window Probe: one byte at {at}, to learn whether there is room"
    closed = trail.last_of_peer()
    if closed is None:
        return f"{text}."
    facts["edge_from"] = closed.frame
    return f"{text}: {closed.name} had closed the window {ago(trail, closed)}."


def zero_window_probe_ack(trail: SegmentContext, facts: Facts) -> str:
    probe = answered(trail, facts, ZERO_WINDOW_PROBE)
    return f"Zero Window Probe ACK: answers {probe}, still no room."


def keep_alive(trail: SegmentContext, facts: Facts) -> str:
    this = trail.this
    at, expected = trail.seq(this.seq), trail.seq((this.seq + 1) & MASK32)
    facts["actual"], facts["actual_raw"] = at, this.seq
    facts["expected"] = expected
    text = (
        f"Keep-Alive: {amount(this.length, 'byte')} at {at}, one below the next number {expected}"
    )
    closed = closed_since(trail, not trail.server)
    if closed is not None:
        facts["edge_from"] = closed.frame
        text += (
            f": a probe of the window, which {closed.name} had closed {ago(trail, closed)} (Linux "
            "sends no byte with it, so it looks like a keep-alive)"
        )
    heard = max(
        (sent.time for sent in (next(trail.earlier(s), None) for s in (True, False)) if sent),
        default=this.time,
    )
    facts["quiet"] = this.time - heard
    text += f", after {duration(this.time - heard)} without a segment"
    answer = next(trail.later(not trail.server), None)
    if answer is None:
        return f"{text}; no answer in this capture."
    if answer.has_flag(KEEP_ALIVE_ACK):
        facts["answered_by"] = answer.frame
        text += f"; {answer.name} answers {duration(answer.time - this.time)} later"
    return f"{text}."


def keep_alive_ack(trail: SegmentContext, facts: Facts) -> str:
    return f"Keep-Alive ACK: answers {answered(trail, facts, KEEP_ALIVE)}: still there."


def reused_ports(trail: SegmentContext, facts: Facts) -> str:
    facts["actual_raw"] = trail.this.seq
    if trail.this.has_header_flag(ACK):
        return (
            f"Port numbers reused: this SYN+ACK begins at {trail.this.seq} (raw), another number "
            f"than the {trail.who}'s before; its relative numbers count from here."
        )
    earlier = earlier_flow(trail)
    if earlier is None:
        facts["unknown"] = "which flow had these ports before"
        return "Port numbers reused: a new connection on ports that were used before."
    facts["earlier_flow"] = earlier
    ended = trail.this.time - int(trail.engine.flows[earlier].last_time)
    return (
        f"Port numbers reused: a new connection on the ports of flow {earlier}, whose last segment "
        f"came {duration(ended)} before."
    )


def earlier_flow(trail: SegmentContext) -> int | None:
    """Return the latest flow before this one between the same addresses and ports."""
    keys = {trail.sender.key, trail.receiver.key}
    flows = trail.engine.flows
    for index in range(trail.index - 1, -1, -1):
        if flows[index].client.key in keys:
            return index
    return None


def answered(trail: SegmentContext, facts: Facts, flag: int) -> str:
    """Return the peer's last segment, if it carries the flag: ``#7, 5 ms before``."""
    asked = trail.last_of_peer()
    if asked is None or not asked.analysis & flag:
        facts["unknown"] = "which segment it answers"
        return "an earlier one"
    facts["answers"] = asked.frame
    return f"{asked.name}, {ago(trail, asked)}"


def ago(trail: SegmentContext, sent: TrailSegment) -> str:
    return f"{duration(trail.this.time - sent.time)} before"
