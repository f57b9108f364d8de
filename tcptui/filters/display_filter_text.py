"""Writes display filters for Wireshark that select exactly what is meant, or say what else."""

from typing import Final, NamedTuple

from tcptui.engine.addresses import address_text
from tcptui.engine.flow import Endpoint
from tcptui.engine.timing.lookback import rows_held
from tcptui.filters import subjects
from tcptui.filters.group_filter_text import filters_of
from tcptui.filters.language import parse
from tcptui.filters.selection import Selection, matching_rows, runs
from tcptui.filters.subjects import (
    OpenCapture,
    Subject,
    frame_ranges,
    same_both_ends,
    same_ends,
    shows_addresses,
    without_a_row,
)
from tcptui.text.amounts import amount
from tcptui.text.digits import seconds_text

MOST_SPELLED: Final = 8
"""More flows than these are named by their numbers instead of their addresses."""

MOST_RANGES: Final = 2000
"""Ranges of flow numbers in a filter; Wireshark takes long for more."""

FILE_ONLY: Final = "the numbers hold for this file only"
REUSED: Final = "the ports were used again, so first and last frame tell the flows apart"


SEGMENTS: Final = "tcp.stream >= 0 && !icmp && !icmpv6"
"""Selects what has rows: neither ICMP errors that quote a segment, nor what is too short to be
one."""


class TooManyFlows(Exception):
    """The flows have nothing in common that a filter finds, and are too many to be named."""

    def __init__(self, number: int) -> None:
        super().__init__(f"nothing that these flows alone have, and {number:,} numbers to name")


class CopiedText(NamedTuple):
    """A text to copy, and what to know about it (empty: it says exactly what is meant)."""

    text: str
    caveat: str = ""


def display_filter(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return the filter by addresses, ports and whatever else makes it exact."""
    match subject:
        case subjects.SegmentSubject():
            return frames_filter(capture, subject)
        case subjects.FilteredSubject():
            return of_expression(capture, subject)
        case subjects.SpanSubject():
            return of_span(capture, subject)
        case subjects.GroupSubject():
            return of_group(capture, subject)
        case subjects.FlaggedSubject(around=0):
            return exact(capture, subject, "tcp.analysis.flags")
        case subjects.FlaggedSubject():
            return frames_filter(capture, subject)
    return exact(capture, subject)


def stream_filter(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return the filter by `tcp.stream`, which is short and good for this file only."""
    flows = subject.flows(capture)
    text = one_of("tcp.stream", ranges_of(flows))
    if isinstance(subject, subjects.DirectionSubject):
        rows = subject.rows(capture)
        if same_both_ends(capture.engine, subject.index) or not shows_addresses(capture, rows):
            return frames_filter(capture, subject)
        text += f" && {source(sender(capture, subject))}"
    elif isinstance(subject, subjects.FlaggedSubject):
        text += " && tcp.analysis.flags"
    return CopiedText(text, "; ".join([FILE_ONLY, *quoted(capture, flows)]))


def exact(capture: OpenCapture, subject: Subject, also: str = "") -> CopiedText:
    """Return a filter by addresses and ports, and by frame or stream numbers where these are not
    enough."""
    flows = subject.flows(capture)
    if len(flows) > MOST_SPELLED:
        return with_part(stream_filter(capture, subject), also)
    wanted = subject.rows(capture)
    if not shows_addresses(capture, wanted):
        return frames_filter(capture, subject)
    for text, caveat in candidates(capture, subject, flows):
        whole = f"{text} && {also}" if also else text
        if list(matching_rows(parse(whole), capture.engine)) == wanted:
            more = [*quoted(capture, flows), *without_a_row(capture, subjects.TOO_SHORT)]
            return CopiedText(whole, "; ".join([*caveat, *more]))
    return frames_filter(capture, subject)


def with_part(copy: CopiedText, also: str) -> CopiedText:
    return (
        copy if not also or also in copy.text else CopiedText(f"{copy.text} && {also}", copy.caveat)
    )


def candidates(
    capture: OpenCapture, subject: Subject, flows: list[int]
) -> list[tuple[str, list[str]]]:
    """Yield filters by addresses, the simplest first, each with its caveats.

    Trying them does not reveal what other flows had in packets that are gone.
    """
    spelled = [spelled_flow(capture, subject, flow) for flow in flows]
    bounded = [
        f"({text} && {frames_of(capture, flow)})" if same_ends(capture.engine, flow) else text
        for text, flow in zip(spelled, flows, strict=True)
    ]
    all_bounded = [
        f"({text} && {frames_of(capture, flow)})" for text, flow in zip(spelled, flows, strict=True)
    ]
    found: list[tuple[str, list[str]]] = [
        (any_of(spelled), []),
        (any_of(bounded), [REUSED, *numbered(bounded)]),
        (any_of(all_bounded), numbered(all_bounded)),
    ]
    gone = capture.engine.packets.first > 0
    return found[1:] if gone and bounded != spelled else found


def numbered(texts: list[str]) -> list[str]:
    """Return what to know about filters with frame numbers."""
    return [FILE_ONLY] if any("frame.number" in text for text in texts) else []


def spelled_flow(capture: OpenCapture, subject: Subject, index: int) -> str:
    """Return a filter for a flow, or one direction of it, by addresses and ports."""
    if isinstance(subject, subjects.DirectionSubject):
        return one_way(sender(capture, subject))
    client = capture.engine.flows[index].client
    return f"({one_way(client)} || {one_way(client.peer)})"


def sender(capture: OpenCapture, subject: subjects.DirectionSubject) -> Endpoint:
    flow = capture.engine.flows[subject.index]
    return flow.server if subject.from_server else flow.client


def source(end: Endpoint) -> str:
    ip = "ip" if len(end.address) == 4 else "ipv6"
    return f"{ip}.src == {address_text(end.address)} && tcp.srcport == {end.port}"


def one_way(end: Endpoint) -> str:
    """Return a filter for what ``end`` sends to its peer."""
    ip = "ip" if len(end.address) == 4 else "ipv6"
    to = end.peer
    return f"({source(end)} && {ip}.dst == {address_text(to.address)} && tcp.dstport == {to.port})"


def any_of(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({' || '.join(texts)})"


def one_of(field: str, ranges: list[tuple[int, int]]) -> str:
    """Return ``field == 5`` or ``field in {1, 5..9}``."""
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return f"{field} == {ranges[0][0]}"
    items = (str(low) if low == high else f"{low}..{high}" for low, high in ranges)
    return f"{field} in {{{', '.join(items)}}}"


def ranges_of(numbers: list[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as closed ranges."""
    return [(first, behind - 1) for first, behind in runs(numbers)]


def frames_of(capture: OpenCapture, index: int) -> str:
    """Return a filter for the frames from a flow's first to its last, or for the times where some
    are gone."""
    packets = capture.engine.packets
    flow = capture.engine.flows[index]
    rows = rows_held(packets, flow)
    if flow.first_row < rows.start:
        return between(flow.first_time, flow.last_time)
    first, last = packets.frame(rows.start), packets.frame(rows.stop - 1)
    return f"frame.number >= {first} && frame.number <= {last}"


def between(first: int, last: int) -> str:
    """Return a filter for the time between two moments (ns since the epoch, both included)."""
    low, high = seconds_text(first), seconds_text(last)
    return f"frame.time_epoch >= {low} && frame.time_epoch <= {high}"


def frames_filter(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return a filter for the frames by their numbers."""
    ranges = frame_ranges(capture, subject.rows(capture))
    text = one_of("frame.number", ranges) if ranges else "frame.number == 0"
    return CopiedText(text, FILE_ONLY)


def of_expression(capture: OpenCapture, subject: subjects.FilteredSubject) -> CopiedText:
    """Return a filter as it was written where Wireshark understands it; by numbers otherwise."""
    expression = subject.expression
    if expression.wireshark:
        return CopiedText(expression.source or "tcp", "")
    why = "Wireshark does not know all of this filter"
    if expression.only_flows:
        flows = subject.flows(capture)
        copy = CopiedText(one_of("tcp.stream", ranges_of(flows)) if flows else "!frame")
    else:
        copy = frames_filter(capture, subject)
    return CopiedText(
        copy.text, f"{why}, so it is written with numbers, which hold for this file only"
    )


def of_span(capture: OpenCapture, subject: subjects.SpanSubject) -> CopiedText:
    """Return a filter by time stamps, which hold in every file with these packets."""
    text = between(subject.first, subject.last)
    if subject.index is None:
        return CopiedText(f"{SEGMENTS} && {text}", "")
    flow = display_filter(capture, subjects.FlowSubject(subject.index))
    return CopiedText(f"{flow.text} && {text}", flow.caveat)


def of_group(capture: OpenCapture, subject: subjects.GroupSubject) -> CopiedText:
    """Return a filter by what the flows of a group have in common, where no other flow has it;
    else one that names them."""
    engine = capture.engine
    flows = subject.flows(capture)
    size = sum(engine.flows[flow].packets for flow in flows)
    for text in filters_of(engine, subject) if not engine.packets.first else ():
        selection = Selection(parse(text), engine)
        if selection.flows() == flows and len(selection.rows(0, engine.packets.count)) == size:
            more = [*quoted(capture, flows), *without_a_row(capture, subjects.TOO_SHORT)]
            return CopiedText(f"tcp && {text}", "; ".join(more))
    if (number := len(ranges_of(flows))) > MOST_RANGES:
        raise TooManyFlows(number)
    return exact(capture, subject)


def quoted(capture: OpenCapture, flows: list[int]) -> list[str]:
    """Say that Wireshark shows ICMP errors that quote a segment as part of its flow."""
    count = subjects.quoting_errors(capture.engine, flows)
    return [f"also matches {amount(count, 'ICMP error')} that quote it"] if count else []
