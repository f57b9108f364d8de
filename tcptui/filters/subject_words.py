"""Describes a subject in words, for a ticket, and as JSON."""

import json
from collections.abc import Callable
from typing import Final

from tcptui.engine.addresses import endpoint_text
from tcptui.engine.timing.lookback import row_left
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tcptui.fields.field import json_object
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.filters.display_filter_text import CopiedText, display_filter
from tcptui.filters.subjects import OpenCapture, SegmentSubject, Subject
from tcptui.filters.ticket import file_lines, flow_ticket
from tcptui.findings.judgement import Judge
from tcptui.text.amounts import amount

ExplainRow = Callable[[int], str]
"""Tells why a segment, given by its row, has its flags."""

MOST_SEGMENTS: Final = 20
MOST_FLOWS: Final = 20
MOST_OBJECTS: Final = 10_000
HARMFUL: Final = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#"})


def markdown(capture: OpenCapture, subject: Subject, why: ExplainRow | None = None) -> CopiedText:
    """Return the flows with their findings and flagged segments, and the filter that shows them."""
    flows = subject.flows(capture)
    judge = Judge(capture.engine, None)
    told = [judge.judge(capture.engine.flows[index]) for index in flows[:MOST_FLOWS]]
    parts = ["".join(flow_ticket(capture, judged)) for judged in told]
    if len(flows) > MOST_FLOWS:
        parts.append(f"… and {amount(len(flows) - MOST_FLOWS, 'more flow')}.\n")
    if why is not None:
        parts.append(segment_words(capture, subject, why))
    parts.append("".join(file_lines(capture.names, capture.names)))
    parts.append(f"{capture.engine.rules.title}: `{display_filter(capture, subject).text}`\n")
    return CopiedText("\n".join(filter(None, parts)))


def segment_words(capture: OpenCapture, subject: Subject, why: ExplainRow) -> str:
    """Return a line for each flagged segment, or for the one that is meant."""
    packets = capture.engine.packets
    rows = subject.rows(capture)
    told = [row for row in rows if packets.analysis(row) or isinstance(subject, SegmentSubject)]
    lines = [
        f"- #{packets.frame(row)} {titles(packets.analysis(row))}: {without_markup(why(row))}"
        for row in told[:MOST_SEGMENTS]
    ]
    if len(told) > MOST_SEGMENTS:
        lines.append(f"- … and {amount(len(told) - MOST_SEGMENTS, 'more segment')}")
    return "\n".join(lines) + "\n" if lines else ""


def titles(analysis: int) -> str:
    return ", ".join(flag.title for flag in ANALYSIS_FLAGS if analysis & flag.bit) or "segment"


def without_markup(text: str) -> str:
    """Return a text in one line that no Markdown reader takes for markup."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable.translate(HARMFUL)


def json_text(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return the flows' fields, and the segments as `packets --format json` has them."""
    view = View(capture.engine)
    rows = subject.rows(capture)
    flows = ",\n".join(flow_object(view, index) for index in subject.flows(capture))
    told = rows[:MOST_OBJECTS]
    segments = ",\n".join(json_object(SCHEMA.default_columns, view, row) for row in told)
    left = len(rows) - len(told)
    caveat = f"without the last {amount(left, 'segment')}" if left else ""
    rules = capture.engine.rules.name
    text = f'{{"rules": "{rules}", "flows": [\n{flows}\n], "segments": [\n{segments}\n]}}\n'
    return CopiedText(text, caveat)


def flow_object(view: View, index: int) -> str:
    """Return a flow's number, ends and `flow.` fields."""
    flow = view.engine.flows[index]
    client, server = (json.dumps(endpoint_text(end)) for end in (flow.client, flow.server))
    row = row_left(view.packets, flow)
    told = f", {json_object(SCHEMA.flow_fields, view, row)[1:]}" if row >= 0 else "}"
    return f'{{"tcp.stream": {index}, "flow.client": {client}, "flow.server": {server}{told}'
