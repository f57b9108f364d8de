"""Finds the values that Wireshark's releases give differently for one segment, and why.

Flags are not among them, nor the values that only a flag has: those are told as decisions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.packets import (
    COMPLETENESS_MASK,
    COMPLETENESS_SHIFT,
    HAS_RECORD,
    NO_ROW,
    PARTIAL_ACK,
    RAW_NUMBERS,
)
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, lt
from tcptui.engine.tcp_header import ACK, SYN
from tcptui.engine.timing.lookback import rows_of_flow
from tcptui.engine.wireshark.completeness import COMPLETE_END, bits_of
from tcptui.engine.wireshark.flags import (
    ANALYSIS_FLAGS,
    DUPLICATE_ACK,
    RETRANSMISSION,
    REUSED_PORTS,
)
from tcptui.fields.field import Field, value_text
from tcptui.fields.segment_fields import ANALYSIS_FIELDS, TCP_FIELDS
from tcptui.fields.value_kind import Value, ValueKind
from tcptui.fields.view import View
from tcptui.text.durations import duration

FLAG_FIELDS: Final = {
    "tcp.analysis",
    "tcp.analysis.flags",
    *(f"tcp.analysis.{one.name}" for one in ANALYSIS_FLAGS),
}
"""The flags, and what says only that there is something."""
OF_FLAGS: Final = {
    "tcp.analysis.duplicate_ack_num": DUPLICATE_ACK,
    "tcp.analysis.duplicate_ack_frame": DUPLICATE_ACK,
    "tcp.analysis.rto": RETRANSMISSION,
    "tcp.analysis.rto_frame": RETRANSMISSION,
}
"""The values that only a flag has."""
COMPARED: Final = tuple(
    field
    for field in (*TCP_FIELDS, *ANALYSIS_FIELDS)
    if not field.since
    and field.kind not in (ValueKind.BYTES, ValueKind.TEXT)
    and field.name not in FLAG_FIELDS
)
"""The fields that all releases have."""


class ReleaseRow:
    """A segment's row under the rules of one release."""

    def __init__(self, engine: Engine, row: int) -> None:
        self.engine = engine
        self.row = row
        self.rules = engine.rules.name
        self.view = View(engine)
        self.packets = engine.packets
        self.attributes = int(engine.packets.attributes(row))
        self.flow: Flow = engine.flows[engine.packets.flow(row)]
        self.first_row = int(self.flow.first_row)

    def value(self, field: Field) -> Value:
        return field.get(self.view, self.row)

    def has_flag(self, flag: int) -> bool:
        return self.packets.analysis(self.row) & flag != 0

    def completeness(self) -> int:
        return self.attributes >> COMPLETENESS_SHIFT & COMPLETENESS_MASK

    def first_frame(self) -> int:
        """Return the frame with which the segment's stream begins."""
        return int(self.packets.frame(self.first_row))


@dataclass(frozen=True)
class OtherValue:
    """A field of which not all releases give the same value: a value for each, in their order, and
    why a release does not give the newest one's; empty where that is not known."""

    field: Field
    values: tuple[Value, ...]
    reasons: tuple[str, ...]

    def text_of(self, value: Value) -> str:
        if value is None:
            return "none"
        if self.field.kind is ValueKind.SECONDS and isinstance(value, int):
            return duration(value)
        return value_text(self.field.kind, value)

    def why_not(self, at: int) -> str | None:
        """Return what the newest release gives and why this one does not; None where both give the
        same."""
        newest = self.values[-1]
        if self.values[at] == newest:
            return None
        return ": ".join(filter(None, (f"not {self.text_of(newest)}", self.reasons[at])))

    def line(self, releases: Sequence[str]) -> str:
        """Return ``tcp.stream: 0 (4.0), 1 (4.4, 4.6): why``."""
        groups: dict[str, list[str]] = {}
        for release, value in zip(releases, self.values, strict=True):
            groups.setdefault(self.text_of(value), []).append(release)
        told = ", ".join(f"{text} ({', '.join(said)})" for text, said in groups.items())
        why = "; ".join(dict.fromkeys(filter(None, self.reasons)))
        return ": ".join(filter(None, (self.field.name, told, why)))


def other_values(rows: Sequence[ReleaseRow]) -> Iterator[OtherValue]:
    """Yield the fields in which the releases differ, ``rows`` in the order of the releases."""
    newest = rows[-1]
    for field in COMPARED:
        flag = OF_FLAGS.get(field.name)
        if flag is not None and not all(one.has_flag(flag) for one in rows):
            continue
        values = tuple(one.value(field) for one in rows)
        if any(value != values[-1] for value in values):
            reason = REASONS.get(field.name, unknown)
            reasons = tuple(
                "" if value == values[-1] else reason(one, newest)
                for one, value in zip(rows, values, strict=True)
            )
            yield OtherValue(field, values, reasons)


# -- why: each says what it has looked at, or nothing ---------------------------------------------


def unknown(_old: ReleaseRow, _new: ReleaseRow) -> str:
    return ""


def stream(old: ReleaseRow, new: ReleaseRow) -> str:
    """Name the first stream that begins under the rules of one of both only."""
    begins = zip_longest(
        *([int(flow.first_row) for flow in one.engine.flows] for one in (old, new))
    )
    for index, (here, there) in enumerate(begins):
        if here != there:
            known = [row for row in (here, there) if row is not None and row != NO_ROW]
            if index > max(old.flow.index, new.flow.index) or not known:
                return ""
            first = min(known)
            one, other = (old, new) if here == first else (new, old)
            frame = one.packets.frame(first)
            return f"#{frame} begins a stream in {one.rules}, not in {other.rules}" + (
                beginning(one.engine.flows[index], one)
            )
    return ""


def beginning(flow: Flow, one: ReleaseRow) -> str:
    """Return by which rule a stream begins on ports used before, where its first segment shows
    it."""
    first = int(flow.first_row)
    flags, seq = one.packets.flags(first), one.packets.seq(first)
    if flow.before < 0 or not flags & SYN:
        return ""
    before = one.engine.flows[flow.before]
    sender = flow.server if one.packets.is_from_server(first) else flow.client
    side = before.server if before.server.key == sender.key else before.client
    name = "SYN+ACK" if flags & ACK else "SYN"
    if int(side.base) & MASK32 != seq:
        return f": a {name} with another initial number"
    ended = int(before.completeness) & COMPLETE_END
    return f": a {name} behind a FIN or RST" if ended else ""


def time_in_stream(old: ReleaseRow, new: ReleaseRow) -> str:
    here, there = old.first_frame(), new.first_frame()
    if here == there:
        return ""
    return f"the stream begins with #{here} in {old.rules}, with #{there} in {new.rules}"


def relative_number(old: ReleaseRow, new: ReleaseRow) -> str:
    if old.attributes & RAW_NUMBERS:
        return f"{old.rules} has no relative numbers where the segment's length is not known"
    return time_in_stream(old, new)


def completeness(old: ReleaseRow, new: ReleaseRow) -> str:
    """Tell whether the stream's first segment makes the difference."""
    first = new.first_row
    if old.first_row != first:
        return time_in_stream(old, new)
    if first == new.row and old.has_flag(REUSED_PORTS) and old.engine.rules.shows_reuse:
        return f"{old.rules} counts a SYN on ports used before at once"
    seg = Segment()
    seg.flags = new.packets.flags(first)
    seg.length = new.packets.length(first)
    if old.completeness() | bits_of(seg) == new.completeness():
        frame = new.first_frame()
        return f"{old.rules} does not count what the stream's first segment, #{frame}, shows"
    return ""


def acknowledged(old: ReleaseRow, new: ReleaseRow) -> str:
    if new.attributes & PARTIAL_ACK and not old.attributes & PARTIAL_ACK:
        return f"{old.rules} takes only a segment that ends exactly where this one acknowledges"
    return ""


def initial_rtt(old: ReleaseRow, new: ReleaseRow) -> str:
    one, other = (old, new) if old.attributes & HAS_RECORD else (new, old)
    if one.attributes & HAS_RECORD and not other.attributes & HAS_RECORD:
        return (
            f"{other.rules} tells nothing else of the analysis here, without which it is not shown"
        )
    return time_in_stream(old, new)


def in_flight(old: ReleaseRow, new: ReleaseRow) -> str:
    """Tell whether the peer has not acknowledged anything yet."""
    rules = new.engine.rules
    if old.first_row != new.first_row or rules.counts_in_flight_at_once:
        return ""
    packets = new.packets
    from_server = packets.is_from_server(new.row)
    row: int
    for row in rows_of_flow(packets, int(new.flow.index), new.first_row, new.row):
        if packets.is_from_server(row) != from_server and packets.flags(row) & ACK:
            return ""
    return f"{new.rules} counts from the peer's first acknowledgment on, and none has come"


def rto(old: ReleaseRow, new: ReleaseRow) -> str:
    """Tell whether the older release counts from a segment that begins below this one."""
    found = old.packets.reference_at(old.row)
    if found is None or not old.packets.holds(found[0]):
        return ""
    counted = old.packets.row_of(found[0])
    if lt(old.packets.seq(counted), old.packets.seq(old.row)):
        return f"{old.rules} also counts from a segment that begins below this one"
    return ""


Reason = Callable[[ReleaseRow, ReleaseRow], str]

REASONS: Final[dict[str, Reason]] = {
    "tcp.stream": stream,
    "tcp.time_relative": time_in_stream,
    "tcp.seq": relative_number,
    "tcp.ack": relative_number,
    "tcp.nxtseq": relative_number,
    "tcp.completeness": completeness,
    "tcp.analysis.acks_frame": acknowledged,
    "tcp.analysis.ack_rtt": acknowledged,
    "tcp.analysis.initial_rtt": initial_rtt,
    "tcp.analysis.bytes_in_flight": in_flight,
    "tcp.analysis.push_bytes_sent": in_flight,
    "tcp.analysis.rto": rto,
    "tcp.analysis.rto_frame": rto,
}
"""By field; of the others it is not known."""
