"""The strict view: where the packets prove that the compatible label of a segment is wrong.

The label stays what is listed and filtered; this says beside it what SACK, D-SACK (RFC 2883),
time stamps (RFC 7323) and the capture itself tell.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from tcptui.diagnosis.resent import SHORTEST_TIMER
from tcptui.diagnosis.trail import SegmentContext, TrailSegment
from tcptui.engine import row_search
from tcptui.engine.decode.header_search import Header, read_header
from tcptui.engine.sequence import ge, gt, le, lt
from tcptui.engine.wireshark.flags import OUT_OF_ORDER, RESENT, RETRANSMISSION
from tcptui.findings.checksums import is_damaged
from tcptui.findings.finding import Read
from tcptui.text.amounts import span
from tcptui.text.durations import duration

LOOKED_AT: Final = 64
"""Segments before or after whose packets are read for a proof."""
ASKING_ACKS: Final = 8
MOST_COPIES: Final = 4


class Proof(NamedTuple):
    """``claim`` is what is proved: ``damaged``, ``unneeded``, ``sack_asked``, ``reordered``,
    ``sent_again``, ``simultaneous_open`` or ``other_timer``; ``text`` says it with its frames."""

    claim: str
    text: str


def proofs(trail: SegmentContext, read: Read) -> Iterator[Proof]:
    """Yield what is proved of a segment that came again or late, or was damaged."""
    if trail.this.takes_space and is_damaged(trail.engine, trail.flow, read, trail.this.row):
        yield thrown_away(trail)
    if not trail.this.has_flag(RESENT | OUT_OF_ORDER):
        return
    copies = trail.copies()
    damaged = damaged_copies(trail, copies, read)
    if damaged is not None:
        yield damaged
    header = header_of(trail, trail.this, read)
    late = not copies or trail.this.has_flag(OUT_OF_ORDER)
    order = order_of_sending(trail, copies, header, read) if late else None
    again = bool(copies) or (order is not None and order.claim == "sent_again")
    for proof in (
        unneeded(trail, copies, read),
        sack_asked(trail, copies, read) if again else None,
        order
        if order and (order.claim == "reordered" or trail.this.has_flag(OUT_OF_ORDER))
        else None,
        repeated_bytes(trail, copies),
        simultaneous_open(trail, copies),
        other_timer(trail, copies),
    ):
        if proof is not None:
            yield proof


def thrown_away(trail: SegmentContext) -> Proof:
    """Tell what becomes of a segment whose checksum is wrong."""
    again = next(
        (
            sent
            for sent in islice(trail.later(trail.server, row_search.TAKES_SPACE), LOOKED_AT)
            if lt(sent.seq, trail.this.end) and gt(sent.end, trail.this.seq)
        ),
        None,
    )
    then = f"; {again.name} sends it again" if again is not None else ""
    return Proof(
        "damaged",
        f"its checksum is wrong, so the {trail.whom} throws it away without an ACK{then}.",
    )


def damaged_copies(trail: SegmentContext, copies: list[TrailSegment], read: Read) -> Proof | None:
    """Prove that an earlier copy was thrown away because its checksum is wrong."""
    for copy in copies[:MOST_COPIES]:
        if is_damaged(trail.engine, trail.flow, read, copy.row):
            return Proof(
                "damaged",
                f"the checksum of {copy.name} is wrong: the {trail.whom} threw it away, so it was "
                "damaged, not lost.",
            )
    return None


def header_of(trail: SegmentContext, sent: TrailSegment, read: Read) -> Header | None:
    return read_header(trail.engine, sent.row, read(sent.row))


def unneeded(trail: SegmentContext, copies: list[TrailSegment], read: Read) -> Proof | None:
    """Prove by a later D-SACK that bytes of this segment were received twice."""
    this = trail.this
    reports = row_search.reporting_twice(
        trail.packets, trail.index, not trail.server, this.row, trail.last, LOOKED_AT
    )
    for sent in map(trail.sent, map(int, reports)):
        header = header_of(trail, sent, read)
        if header is None or not header.sack:
            continue
        left, right = header.sack[0]
        if lt(left, this.end) and gt(right, this.seq):
            twice = span(trail.seq(left), trail.seq(right))
            which = "the copy before this one" if len(copies) == 1 else "another copy"
            return Proof(
                "unneeded",
                f"{sent.name} reports {twice} as received twice (D-SACK): {which} had arrived "
                f"too, so nothing of it was lost.",
            )
    return None


def sack_asked(trail: SegmentContext, copies: list[TrailSegment], read: Read) -> Proof | None:
    """Prove that SACK asked for it: data beyond it was reported, and no timer is as short as the
    time since."""
    this = trail.this
    since = this.time - (copies[0].time if copies else this.time)
    if not trail.this.has_flag(RETRANSMISSION) or since >= SHORTEST_TIMER:
        return None
    for sent in islice(trail.earlier(not trail.server), ASKING_ACKS):
        header = header_of(trail, sent, read)
        for left, right in header.sack if header else ():
            if ge(left, this.end) and le(sent.ack, this.seq):
                beyond = span(trail.seq(left), trail.seq(right))
                return Proof(
                    "sack_asked",
                    f"{sent.name} had reported {beyond} beyond it by SACK, "
                    f"{duration(this.time - sent.time)} before: sent again because of that "
                    "report, not because a timer ran out.",
                )
    return None


def order_of_sending(
    trail: SegmentContext, copies: list[TrailSegment], header: Header | None, read: Read
) -> Proof | None:
    """Tell by time stamps whether it was sent before or after what lies beyond it."""
    this = trail.this
    if header is None or header.times is None:
        return None
    own = header.times[0]
    before: Proof | None = None
    for sent in islice(trail.earlier(trail.server, row_search.TAKES_SPACE), LOOKED_AT):
        if lt(sent.seq, this.end):
            if not sent.analysis & (RESENT | OUT_OF_ORDER):
                break
            continue
        other = header_of(trail, sent, read)
        if other is None or other.times is None:
            continue
        stamp = other.times[0]
        if lt(own, stamp) and not copies:
            return Proof(
                "reordered",
                f"Its time stamp {own} is older than {stamp} of {sent.name}, which lies beyond "
                "it: it was sent first, overtaken on the way, and not sent again.",
            )
        if gt(own, stamp) and before is None:
            before = Proof(
                "sent_again",
                f"Its time stamp {own} is newer than {stamp} of {sent.name}, which lies beyond "
                "it: it was sent again, and not overtaken on the way.",
            )
    return before


def repeated_bytes(trail: SegmentContext, copies: list[TrailSegment]) -> Proof | None:
    """Prove that it was sent again: what passed here before cannot be merely late."""
    if not trail.this.has_flag(OUT_OF_ORDER) or not copies:
        return None
    return Proof(
        "sent_again",
        f"Bytes of it passed here in {copies[0].name}: a second copy, not a late first one.",
    )


def simultaneous_open(trail: SegmentContext, copies: list[TrailSegment]) -> Proof | None:
    """Prove a simultaneous open, whose SYN+ACK carries the number of the side's own SYN."""
    syn = copies[-1] if copies else None
    if syn is None or not syn.is_syn or not trail.this.is_syn_ack:
        return None
    return Proof(
        "simultaneous_open",
        f"It acknowledges the {trail.whom}'s SYN under the number of its own SYN {syn.name}: a "
        "simultaneous open, and no repetition.",
    )


def other_timer(trail: SegmentContext, copies: list[TrailSegment]) -> Proof | None:
    """Prove that tshark's `rto` counts from another segment than a copy: from the oldest
    waiting."""
    oldest = trail.packets.reference_at(trail.this.row)
    if not trail.this.has_flag(RETRANSMISSION) or oldest is None or not copies:
        return None
    if oldest[0] in (copy.frame for copy in copies):
        return None
    return Proof(
        "other_timer",
        f"rto counts from #{oldest[0]}, the oldest segment not acknowledged, which is none of its "
        f"copies; it was sent last in {copies[0].name}, "
        f"{duration(trail.this.time - copies[0].time)} before.",
    )
