"""Writes the report as Markdown, to paste into a ticket."""

from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nlargest
from typing import Any, Final

from tcptui.diagnosis.capture_causes import CaptureCauses, TopCause, markdown_causes
from tcptui.diagnosis.course import course_of, is_interactive
from tcptui.diagnosis.trust import CaptureTrust
from tcptui.diagnosis.work_slices import at_once
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tcptui.filters.subjects import OpenCapture
from tcptui.filters.ticket import cell, file_lines, flow_ticket
from tcptui.findings.findings import RANKS
from tcptui.findings.judgement import Judgement
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.findings.verdict import Verdict
from tcptui.report.flow_formats import Facts, Find, WholeFormat
from tcptui.report.ticket_graph import ticket_graph
from tcptui.text.amounts import amount
from tcptui.text.durations import brief_duration, clock, duration

MOST_CAUSES: Final = 6
"""How many causes are described in detail."""
MOST_FLOWS: Final = 20
NOTE: Final = RANKS["note"]


class FlowTotals:
    """Counts what the flows of a report come to."""

    def __init__(self) -> None:
        self.causes = CaptureCauses()
        self.trust = CaptureTrust()
        self.flags: Counter[str] = Counter()
        self.troubled = 0
        self.worst: Judgement | None = None
        """Of those in trouble."""

    def judgements(
        self, engine: Engine, numbers: Iterable[int], findings: Find
    ) -> Iterator[Judgement]:
        """Count each flow, and yield the judgement of those with findings."""
        for number in numbers:
            flow = engine.flows[number]
            told = Judgement(engine, flow, findings(flow))
            self.trust.take_flow(flow)
            self.causes.take_findings(flow, told.found)
            self.flags.update(flag_counts(flow))
            if told.found:
                if told.verdict() is Verdict.TROUBLE:
                    self.troubled += 1
                    self.worst = max(self.worst or told, told, key=standing)
                yield told


def markdown(
    facts: Facts,
    engine: Engine,
    numbers: Iterable[int],
    findings: Find,
    judged: bool = True,
) -> Iterator[str]:
    """Yield the parts of the text: the answer, which file it is about, how far to trust it, the
    causes with the flows behind them, and the worst flows, in the order of the list.

    ``facts`` is what :func:`~tcptui.report.capture_facts.capture_facts` says, ``numbers`` are
    those of the flows that are meant; without ``judged`` findings were not asked for.
    """
    totals = FlowTotals()
    worst = nlargest(MOST_FLOWS, totals.judgements(engine, numbers, findings), key=standing)
    files = ", ".join(f"`{cell(name)}`" for name in facts["files"])
    flows, damaged = totals.trust.flows, bool(facts["warnings"] or facts["dropped"])
    if totals.worst is not None and totals.worst not in worst:
        worst[-1] = totals.worst
    told = totals.worst or next(iter(worst), None)
    title = headline(told, totals.troubled, flows, damaged) if judged else f"TCP report: {files}"
    if engine.flows and not flows:
        title = "No flow has a segment that the filter selects"
    yield f"# {title}\n\n"
    yield from file_lines(facts["files"])
    yield f"- {extent(engine, facts, flows)}\n\n"
    yield from section("Can the capture be trusted?", trusted(facts, totals.trust))
    yield from causes_and_flags(totals)
    if worst:
        yield from worst_flows(OpenCapture(engine, tuple(facts["files"])), worst, told)


def causes_and_flags(totals: FlowTotals) -> Iterator[str]:
    """Yield the table of the causes, the counts of the flags, and the gravest causes in detail."""
    ranked = totals.causes.ranked()
    if ranked:
        yield "## Causes\n\n"
        yield from markdown_causes(ranked)
        yield "\n"
    if totals.flags:
        counts = ", ".join(f"{name} {count:,}" for name, count in totals.flags.most_common())
        yield f"Segments by `tcp.analysis`: {counts}.\n\n"
    for cause in ranked[:MOST_CAUSES]:
        if RANKS[cause.severity] > NOTE:
            yield from section(f"`{cause.kind}`: {meaning(cause)}", cause_lines(cause), "###")


def worst_flows(
    capture: OpenCapture, worst: list[Judgement], first: Judgement | None
) -> Iterator[str]:
    """Yield a ticket of each flow, and what a person at the keyboard felt; with a graph of the
    ``first``, which the headline tells of."""
    yield "## Flows with most trouble\n"
    for told in worst:
        yield "\n"
        yield from flow_ticket(capture, told)
        if told is first:
            yield from ticket_graph(capture, told)
        if is_interactive(told.flow):
            for line in at_once(course_of(capture.engine, told.flow)).interactive():
                yield f"- {line}\n"


def standing(judged: Judgement) -> tuple[int, int]:
    """Return how far up a flow belongs: as in the list; of equals the first stands first."""
    return judged.standing(), -int(judged.flow.index)


def flag_counts(flow: Flow) -> dict[str, int]:
    """Return the number of segments by tshark's names; fast and spurious retransmissions count
    under their own names alone."""
    if not flow.bits:
        return {}
    return {flag.name: flow.count_of(flag.bit) for flag in ANALYSIS_FLAGS if flow.bits & flag.bit}


def section(title: str, lines: Iterable[str], level: str = "##") -> Iterator[str]:
    """Yield a heading and a list."""
    yield f"{level} {title}\n\n"
    for line in lines:
        yield f"- {line}\n"
    yield "\n"


def headline(first: Judgement | None, troubled: int, flows: int, damaged: bool) -> str:
    """Return the answer of the capture: its verdict, and the claim of the first flow that has the
    same."""
    if not flows:
        return "No TCP flow"
    if first is not None and troubled:
        return f"Trouble in {troubled:,} of {amount(flows, 'flow')}. {claim_of(first)}"
    if first is not None and first.verdict() is Verdict.NOTE:
        return f"Note: no trouble in {amount(flows, 'flow')}. {claim_of(first)}"
    if damaged:
        return (
            f"Note: the capture is not whole; no trouble in what it has of {amount(flows, 'flow')}"
        )
    return f"Nothing is wrong in {amount(flows, 'flow')}, as far as TCP can tell"


def claim_of(first: Judgement) -> str:
    """Return the claim of a flow."""
    return f"First is flow {first.flow.index}: {cell(first.claim())}."


def meaning(cause: TopCause) -> str:
    return FINDING_KINDS[cause.kind].meaning


def weight_of(cause: TopCause) -> str:
    """Return ``12 flows, 40 times, 3.2 s, mostly 10.0.0.1 → 10.0.0.2:80``."""
    parts = [amount(cause.flows, "flow")]
    if cause.count > cause.flows:
        parts.append(amount(cause.count, "time"))
    if cause.cost:
        parts.append(duration(cause.cost))
    pair, flows = cause.worst_pairs()[0]
    parts.append(f"{'all' if flows == cause.flows else 'mostly'} {pair}")
    return ", ".join(parts)


def extent(engine: Engine, facts: dict[str, Any], flows: int) -> str:
    """Return what was read, and over what time."""
    first, last = engine.first_time, engine.last_time
    span = f"{clock(first, utc=True)} to {clock(last, utc=True)}"
    when = f", {span} ({brief_duration(last - first)})" if flows else ""
    return (
        f"{amount(facts['packets'], 'packet')}, {facts['tcp_packets']:,} TCP, "
        f"{amount(flows, 'flow')}{when}; {facts['format']}, tcptui {facts['version']}. "
        f"Flow numbers (`tcp.stream`) and flags are those of {engine.rules.title}."
    )


def trusted(facts: dict[str, Any], trust: CaptureTrust) -> Iterator[str]:
    """Yield what to know before believing the rest."""
    for warning in facts["warnings"]:
        yield f"**{cell(warning)}**"
    yield from trust.lines(facts["dropped"])
    if facts["skipped"]:
        skipped = ", ".join(f"{cell(why)} {n:,}" for why, n in facts["skipped"].items())
        yield f"Not TCP, or not decoded: {skipped}."


def cause_lines(cause: TopCause) -> Iterator[str]:
    """Yield where a cause is found: host pairs, ports, flows."""
    yield f"in {weight_of(cause).partition(', mostly')[0].partition(', all')[0]}"
    yield "between " + ", ".join(f"{pair} ({flows:,})" for pair, flows in cause.worst_pairs())
    ports = ", ".join(f"{port} ({flows:,})" for port, flows in cause.ports.most_common(5))
    yield f"on port {ports}"
    numbers = ", ".join(map(str, cause.worst_flows()))
    yield f"worst flows: `tcp.stream in {{{numbers}}}`"


MARKDOWN: Final = WholeFormat(markdown)
