"""Writes groups of flows: `tcptui report --by`, as JSON, CSV or Markdown."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import BinaryIO, Final

from mypy_extensions import i64

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.fields.columns.flow_values import FlowReader
from tcptui.fields.columns.flow_writers import FlowWriter, LineWriter
from tcptui.fields.columns.texts import cell_text
from tcptui.filters.ticket import cell, file_lines
from tcptui.findings.capture_findings import CaptureFindings
from tcptui.findings.flow_groups import (
    BETWEEN_NUMBERS,
    WAITED_FOR,
    FlowGroup,
    FlowGroups,
    FlowWeight,
)
from tcptui.findings.longest_rtt import LongestRtts
from tcptui.findings.upshot import upshot_of
from tcptui.report.capture_facts import Facts, judgement
from tcptui.report.flow_formats import TextFormat, capture_json
from tcptui.report.grouping import Grouping
from tcptui.report.groups.keys import UNKNOWN
from tcptui.report.output_formats import GROUP_FORMATS, writer_of
from tcptui.text.amounts import amount, percent, size
from tcptui.text.digits import SECOND, seconds_text
from tcptui.text.durations import clock, duration

MOST_IN_MARKDOWN: Final = 50
"""Rows of a table that somebody reads."""
HEADINGS: Final = {"tcp": "TCP", "in_vain": "in vain"}
Print = Callable[[BinaryIO, Facts, list[FlowGroup], Grouping], None]
"""Writes groups in their order."""


def grouped(form: str, grouping: Grouping, source: Source) -> TextFormat:
    """Return the format that writes the groups; ``form`` is the name of one of GROUP_FORMATS.

    A flow's text is its key and what it brings to its group, so that several processes can make
    them.
    """
    print_groups: Print = writer_of(GROUP_FORMATS, form)

    def print_texts(
        out: BinaryIO, facts: Facts, texts: Iterator[bytes], evidence: bool, is_judged: bool
    ) -> None:
        found, groups, weight = CaptureFindings(), FlowGroups(), FlowWeight()
        for text in texts:
            groups.take_text(found.without_short(text), weight)
        told = Facts(facts | judgement(facts, found), facts.paths)
        print_groups(out, told, ranked(groups), grouping)

    return TextFormat(partial(writer, grouping, source), print_texts, needs_findings=True)


def writer(grouping: Grouping, source: Source, engine: Engine, is_judged: bool) -> FlowWriter:
    """Return what writes a flow as its key and what it brings."""
    keys, weight = grouping.keys(engine, source), FlowWeight()
    rtts = LongestRtts(engine.packets, engine.jumps)
    rtts.take(engine.packets.count)

    def line(at: FlowReader) -> bytes:
        flow = at.here()
        weight.weigh(flow, upshot_of(at.findings()), rtts.of(i64(flow.index)))
        return keys.of(flow) + BETWEEN_NUMBERS + weight.text()

    return LineWriter(engine, is_judged, line)


def ranked(groups: FlowGroups) -> list[FlowGroup]:
    """Return the groups by the time that was waited, the longest first, then by their keys."""
    return sorted(groups.by_key.values(), key=standing)


def standing(group: FlowGroup) -> tuple[int, bool, int | str]:
    """Return where a group stands: numbers come before texts."""
    key = key_of(group)
    return -group.waited_in_all, isinstance(key, str), key


def key_of(group: FlowGroup) -> int | str:
    """Return the key as a value."""
    return value_of(group.key)


def value_of(key: bytes) -> int | str:
    """Return what the JSON of a key says."""
    value: int | str = json.loads(key)
    return value


def share(group: FlowGroup) -> str:
    """Return the part of all segments that was sent again."""
    return seconds_text(group.resent * SECOND // group.packets if group.packets else 0)


def numbers(group: FlowGroup) -> list[tuple[str, str]]:
    """Return the numbers of a group as text, by the names of their columns; what is not known is
    empty."""
    waited = zip(WAITED_FOR, group.waited, strict=True)
    return [
        ("flows", str(group.flows)),
        ("bytes", str(group.bytes)),
        ("failed", str(group.failed)),
        ("retransmission_share", share(group)),
        *((f"waited_{name}", long_seconds(ns)) for name, ns in waited),
        ("worst_rtt", seconds_text(group.longest_rtt) if group.longest_rtt else ""),
        ("first", seconds_text(group.first)),
        ("last", seconds_text(group.last)),
    ]


def long_seconds(ns: int) -> str:
    """Return a sum of times as seconds with nine decimals; it may have more than 64 bits."""
    return f"{ns // SECOND}.{ns % SECOND:09d}"


def object_text(group: FlowGroup) -> str:
    """Return a group as an object of JSON."""
    members = dict(numbers(group))
    waited = ", ".join(f'"{name}": {members.pop(f"waited_{name}")}' for name in WAITED_FOR)
    members["worst_rtt"] = members["worst_rtt"] or "null"
    head = ["flows", "bytes", "failed", "retransmission_share"]
    parts = [f'"key": {group.key.decode()}', *(f'"{name}": {members.pop(name)}' for name in head)]
    parts += [f'"waited": {{{waited}}}', *(f'"{name}": {one}' for name, one in members.items())]
    return "{" + ", ".join(parts) + "}"


def print_json(out: BinaryIO, facts: Facts, groups: list[FlowGroup], grouping: Grouping) -> None:
    """Print one object: the capture, then a group a line."""
    out.write(b'{"capture": ' + capture_json(facts).encode() + b', "groups": [')
    for number, group in enumerate(groups):
        out.write((b",\n" if number else b"\n") + object_text(group).encode())
    out.write(b"\n]}\n")


def print_csv(out: BinaryIO, facts: Facts, groups: list[FlowGroup], grouping: Grouping) -> None:
    """Print a line for each group below the names of the columns."""
    names = ["key", *(name for name, _ in numbers(FlowGroup(b"")))]
    out.write(",".join(names).encode() + b"\n")
    for group in groups:
        cells = [str(key_of(group)), *(value for _, value in numbers(group))]
        out.write(b",".join(map(cell_text, cells)) + b"\n")


def print_markdown(
    out: BinaryIO, facts: Facts, groups: list[FlowGroup], grouping: Grouping
) -> None:
    """Print what to paste into a ticket: how many flows failed and where, then the groups."""
    out.write("".join(f"{line}\n" for line in markdown_lines(facts, groups, grouping)).encode())


def markdown_lines(facts: Facts, groups: list[FlowGroup], grouping: Grouping) -> Iterator[str]:
    """Yield the lines of the Markdown."""
    yield f"# {cell(headline(groups, grouping))}"
    yield ""
    yield from (line.rstrip("\n") for line in file_lines(facts["files"], facts.paths))
    for warning in facts["warnings"]:
        yield f"- **{cell(warning)}**"
    yield ""
    if not groups:
        return
    yield (
        f"| {grouping.by} | flows | bytes | failed | sent again | "
        + " | ".join(HEADINGS.get(name, name) for name in WAITED_FOR)
        + " | worst RTT | first | last |"
    )
    yield "|---|" + "--:|" * (5 + len(WAITED_FOR)) + "---|---|"
    for group in groups[:MOST_IN_MARKDOWN]:
        yield markdown_row(group)
    if rest := groups[MOST_IN_MARKDOWN:]:
        yield ""
        failed = sum(one.failed for one in rest)
        yield f"{len(rest):,} more waited no longer; {failed:,} of their flows failed."


def markdown_row(group: FlowGroup) -> str:
    """Return a group as a row of the table."""
    cells = [
        cell(str(key_of(group))),
        f"{group.flows:,}",
        size(group.bytes),
        f"{group.failed:,}",
        percent(group.resent, group.packets),
        *(duration(ns) if ns else "" for ns in group.waited),
        duration(group.longest_rtt) if group.longest_rtt else "",
        clock(group.first, utc=True),
        clock(group.last, utc=True),
    ]
    return f"| {' | '.join(cells)} |"


def headline(groups: Sequence[FlowGroup], grouping: Grouping) -> str:
    """Return how many of the flows failed, and what sets them apart."""
    flows, failed = sum(one.flows for one in groups), sum(one.failed for one in groups)
    if not flows:
        return "No TCP flow"
    return f"{failed:,} of {amount(flows, 'flow')} failed{what_is_apart(groups, grouping)}"


def what_is_apart(groups: Sequence[FlowGroup], grouping: Grouping) -> str:
    """Return what sets the flows that failed apart, in brackets, where all of them are in one of
    several groups, and how many of that group's flows did not fail; empty where nothing does."""
    failing = [group for group in groups if group.failed]
    if len(failing) != 1 or len(groups) == 1 or failing[0].key == UNKNOWN:
        return ""
    (one,) = failing
    others = [group for group in groups if group is not one]
    rest = "none at the others" if any(other.troubled for other in others) else "all others fine"
    number = "the only failure" if one.failed == 1 else f"all {one.failed:,} failures"
    also = f", where {one.flows - one.failed:,} did not fail" if one.failed < one.flows else ""
    return f" ({number}: {grouping.by} {key_of(one)}{also}; {rest})"
