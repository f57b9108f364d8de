"""Says in a sentence what a segment without any flag does."""

from tcptui.diagnosis.trail import SegmentContext, TrailSegment
from tcptui.engine import row_search
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import HAS_RECORD
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.text.amounts import amount, span
from tcptui.text.durations import duration


def sentence(trail: SegmentContext) -> str:
    """SYN, reset, data, FIN or pure ACK: what it does, and what it answers."""
    this = trail.this
    if this.length < 0:
        return f"From the {trail.who}; its length is not known, so nothing is said of it."
    if this.has_header_flag(SYN):
        return opening(trail)
    if this.has_header_flag(RST):
        return reset(trail)
    parts = [part for part in (data(trail), closing(trail)) if part]
    acknowledged = acknowledgment(trail)
    if parts:
        return f"The {trail.who} {' and '.join(parts)}{acknowledged and f'; it {acknowledged}'}."
    return f"The {trail.who} {acknowledged or 'says nothing new'}."


def opening(trail: SegmentContext) -> str:
    this = trail.this
    carried = f", with {amount(this.length, 'byte')} of data already" if this.length else ""
    if not this.has_header_flag(ACK):
        return (
            f"The {trail.who} asks to open a connection; its numbers count from {this.seq} (raw)"
            f"{carried}."
        )
    asked = next(trail.earlier(not trail.server, row_search.OPENS), None)
    answer = f", {duration(this.time - asked.time)} after {asked.name}" if asked else ""
    if asked and not acknowledges(this, asked):
        return (
            f"The {trail.who} answers{answer}, but with the acknowledgment of another SYN "
            f"({this.ack} raw, where {(asked.seq + 1) & MASK32} would be right); its numbers count "
            f"from {this.seq} (raw){carried}."
        )
    return (
        f"The {trail.who} accepts{answer}, and opens its own direction; its numbers count from "
        f"{this.seq} (raw){carried}."
    )


def acknowledges(answer: TrailSegment, syn: TrailSegment) -> bool:
    """Return whether a SYN+ACK acknowledges a SYN, or of its data what it accepts (RFC 9293,
    section 3.10.7.3)."""
    return (answer.ack - syn.seq - 1) & MASK32 <= max(syn.length, 0)


def reset(trail: SegmentContext) -> str:
    """Say what a reset answers: the segment before it."""
    this = trail.this
    cause = trail.last_of_peer()
    if cause is None:
        return (
            f"Reset: the {trail.who} ends the connection; nothing of the {trail.whom} came before."
        )
    after = f"{duration(this.time - cause.time)} after {cause.name}"
    if trail.counted(LedgerKind.RST_BY_MIDDLEBOX):
        return f"Reset in the {trail.who}'s name, {after}: something on the path sent it."
    if cause.is_syn:
        return f"Refused: the {trail.who} answers the SYN with a reset, {after}."
    if cause.length > 0 and (this.seq == cause.ack or not this.has_header_flag(ACK)):
        return f"Reset: the {trail.who} ends the connection, {after} ({trail.span(cause)})."
    return f"Reset: the {trail.who} ends the connection, {after}."


def data(trail: SegmentContext) -> str:
    this = trail.this
    if this.length <= 0:
        return ""
    start = trail.seq(this.seq)
    text = f"sends {span(start, start + this.length)} ({amount(this.length, 'byte')})"
    flying = trail.packets.in_flight(this.row)
    if this.has_attribute(HAS_RECORD) and flying > this.length:
        text += f", with {amount(flying, 'byte')} in flight then"
    return text


def closing(trail: SegmentContext) -> str:
    if not trail.this.has_header_flag(FIN):
        return ""
    other = next(trail.earlier(not trail.server, row_search.CLOSES), None)
    after = f" too, {duration(trail.this.time - other.time)} after {other.name}" if other else ""
    return f"closes its direction{after}"


def acknowledgment(trail: SegmentContext) -> str:
    """Return ``acknowledges up to 4001, 40 ms after #9``; empty where it repeats itself."""
    this = trail.this
    if not this.has_header_flag(ACK):
        return ""
    acked = trail.packets.acks(this.row)
    before = next((sent for sent in trail.earlier(trail.server) if sent.has_header_flag(ACK)), None)
    if not acked or not trail.packets.holds(acked):
        if before is not None and before.ack == this.ack:
            return ""
        return f"acknowledges up to {trail.ack(this.ack)}"
    then = trail.sent(trail.packets.row_of(acked))
    what = (
        "the FIN" if then.has_header_flag(FIN) else "the SYN" if then.has_header_flag(SYN) else ""
    )
    number = trail.ack((this.ack - bool(what)) & MASK32) if what else trail.ack(this.ack)
    what = f"{what} of #{acked}" if what else f"up to {number}"
    where = "" if "of #" in what else f" after #{acked}"
    return f"acknowledges {what}, {duration(this.time - then.time)}{where or ' later'}"
