"""Explains the row under the cursor, in one or two sentences with their numbers."""

import re
from collections.abc import Iterable
from typing import Final

from tcptui.diagnosis.course import Course
from tcptui.diagnosis.replays import Replays
from tcptui.drawing.cells import clean
from tcptui.drawing.names import flags_of
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.tcp_state.states import Certainty, state_shown, states_shown
from tcptui.findings.capture_point import Sureness, Where, capture_point_of
from tcptui.findings.finding import Finding
from tcptui.findings.judgement import Judgement, as_sentence
from tcptui.text.amounts import amount, count, size
from tcptui.text.durations import delta, duration

CLAUSE: Final = re.compile(r"; |(?<=[.)]) (?=[A-Z])")
"""What stands between the clauses of an explanation."""


def of_segment(replays: Replays, row: int) -> list[str]:
    """Explain one segment: a sentence, both states then, and its points."""
    points = [as_point(clean(point)) for point in CLAUSE.split(replays.why(row)) if point]
    return [*points[:1], states_then(replays.engine, row), *points[1:]]


def states_then(engine: Engine, row: int) -> str:
    """Return in which states both endpoints are after a segment, and how sure that is."""
    told = [
        shown.state.label
        + ("" if shown.certainty is Certainty.SEEN else f" ({shown.certainty.label})")
        for shown in states_shown(engine.packets.states(row))
    ]
    if told[0] == told[1]:
        return f"Then: both {told[0]}."
    return f"Then: client {told[0]}, server {told[1]}."


def as_point(text: str) -> str:
    """Return a clause as a line of its own."""
    return as_sentence(text.removesuffix("."))


def state_words(end: Endpoint) -> str:
    """Return the endpoint's state, with its certainty where it is not seen."""
    state, certainty = state_shown(end.state, end.certainty)
    return state.label if certainty is Certainty.SEEN else f"{state.label} ({certainty.label})"


def of_flow(
    judged: Judgement,
    told: Where | None = None,
    more: Iterable[str] = (),
    kernel: Iterable[str] = (),
) -> list[str]:
    """Explain a whole flow: the answer, then its points, where its time went, how much it was,
    where it was captured.

    ``more`` is what a walk over its rows told, ``kernel`` what this host's kernel says.
    """
    flow = judged.flow
    points = (
        judged.headline(),
        *judged.points(),
        judged.time_went(),
        *map(as_sentence, more),
        of_owner(judged),
        *kernel,
        of_sizes(flow),
        of_capture_point(flow, told),
    )
    return [clean(point) for point in points if point]


def flow_sections(
    judged: Judgement, course: Course, told: Where | None = None, kernel: Iterable[str] = ()
) -> list[list[str]]:
    """Return all that is known about a flow, section by section; the first is the answer."""
    flow = judged.flow
    first = int(judged.leading() is not None)
    others = [of_finding(finding) for finding in judged.found[first:]]
    figures = [of_flags(flow), of_sizes(flow), of_capture_point(flow, told)]
    sections = (
        [judged.headline(), *judged.reasons(), *map(kind_of, judged.found[:first])],
        others,
        [judged.time_went(), *map(as_sentence, course.sentences())],
        figures,
        [of_owner(judged), *kernel],
    )
    return [[clean(line) for line in section if line] for section in sections if any(section)]


def kind_of(finding: Finding) -> str:
    """Return the finding's name in reports and filters, and how bad it is."""
    return f"Finding {finding.kind}, {finding.severity}."


def of_finding(finding: Finding) -> str:
    """Return all that a finding tells."""
    where = f", {finding.frames}" if finding.frames else ""
    return f"{finding.severity.capitalize()}, {finding.kind}{where}: {finding.text}."


def name_of(judged: Judgement) -> str:
    """Return the flow's number, the rules that gave it, its ends, and its process."""
    flow = judged.flow
    ends = f"{endpoint_text(flow.client)} → {endpoint_text(flow.server)}"
    owner = judged.engine.owner_of(flow)
    process = f", {owner.name} ({owner.pid})" if owner is not None and owner.pid else ""
    return clean(f"Flow {flow.index} ({judged.engine.rules.name}), {ends}{process}")


def of_capture_point(flow: Flow, told: Where | None) -> str:
    """Return where the capture was taken; nothing where neither this flow nor the user tells."""
    point = capture_point_of(flow, told)
    return as_sentence(point.text) if point.sureness is not Sureness.NONE else ""


def of_owner(judged: Judgement) -> str:
    """Return which process the flow belongs to; nothing where it is not known."""
    owner = judged.engine.owner_of(judged.flow)
    if owner is None:
        return ""
    whose = f"The {owner.side}" if owner.side else "This host's end"
    told = [f"pid {owner.pid}"] if owner.pid else []
    told += [f"user {owner.user}"] if owner.user else []
    told += [owner.unit] if owner.unit else []
    told += [f"container {owner.container}"] if owner.container else []
    told += [f"network namespace {owner.namespace}"] if owner.namespace else []
    return f"{whose} is {owner.name or 'a process of another user'} ({', '.join(told)})."


def of_flags(flow: Flow) -> str:
    """Return how many segments carry which flag."""
    return ", ".join(
        f"{count(flow.count_of(flag.bit))} × {flag.title} ({flag.letter})"
        for flag in flags_of(flow.bits)
    )


def of_sizes(flow: Flow) -> str:
    """Return how much was sent, how long it took, and both states at the end."""
    client, server = flow.client, flow.server
    text = (
        f"{amount(flow.packets, 'segment')} in "
        f"{duration(int(flow.lasted()))}; "
        f"{size(client.bytes)} sent, {size(server.bytes)} received"
    )
    if flow.irtt > 0:
        text += f"; round trip {duration(flow.irtt)}"
    ends = [state_words(side) for side in (client, server)]
    return f"{text}; last seen client {ends[0]}, server {ends[1]}."


def of_run(engine: Engine, rows: tuple[int, int], what: str) -> list[str]:
    """Explain a folded run of segments."""
    packets = engine.packets
    first, last = rows
    frames = f"#{count(packets.frame(first))} to #{count(packets.frame(last))}"
    took = delta(packets.time(last) - packets.time(first))
    return [f"{frames}, {took}: {what}.", "Enter shows each segment."]
