"""Writes the report as Markdown, to paste into a ticket."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from heapq import nlargest
from typing import Any, Final, NamedTuple

from tcptui.diagnosis.capture_causes import CaptureCauses, TopCause, markdown_causes
from tcptui.diagnosis.course import course_of, is_interactive
from tcptui.diagnosis.trust import CaptureTrust
from tcptui.diagnosis.work_slices import at_once
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tcptui.escapes import visible
from tcptui.findings.capture_point import Sureness, place_of
from tcptui.findings.finding import Finding
from tcptui.findings.findings import RANKS
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.findings.limits import limits_of
from tcptui.findings.story import story_of
from tcptui.report.flow_formats import Facts, Find, WholeFormat
from tcptui.text.amounts import amount
from tcptui.text.durations import brief_duration, duration

MOST_CAUSES: Final = 6
"""How many causes are described in detail."""
MOST_FLOWS: Final = 20
MOST_TOLD: Final = 4
"""How many findings of one flow are listed."""
NOTE: Final = RANKS["note"]
SECOND: Final = 1_000_000_000

Found = list[Finding]


class FlowNotes(NamedTuple):
    """A flow with its findings, worst first."""

    flow: Flow
    findings: Found

    @property
    def trouble(self) -> tuple[int, int, int, int]:
        """How far up it belongs: by its worst finding, by what they cost, by their number; then
        the first."""
        serious = [one for one in self.findings if RANKS[one.severity] >= NOTE]
        worst = max((RANKS[one.severity] for one in serious), default=0)
        cost = sum(one.cost or 0 for one in serious if RANKS[one.severity] == worst)
        return worst, cost, len(serious), -self.flow.index


def markdown(
    facts: Facts,
    engine: Engine,
    numbers: Iterable[int],
    findings: Find,
    judged: bool = True,
) -> Iterator[str]:
    """Yield the parts of the text: the headline, how far to trust the capture, the causes with the
    flows behind them, and the flows with most trouble.

    ``facts`` is what :func:`~tcptui.report.capture_facts.capture_facts` says, ``numbers`` are
    those of the flows that are meant; without ``judged`` findings were not asked for.
    """
    causes, trust, troubled = CaptureCauses(), CaptureTrust(), 0
    flags: Counter[str] = Counter()

    def counted() -> Iterator[FlowNotes]:
        nonlocal troubled
        for number in numbers:
            flow = engine.flows[number]
            found = findings(flow)
            trust.take(flow)
            causes.take(flow, found)
            flags.update(flag_counts(flow))
            if found:
                troubled += any(RANKS[one.severity] > NOTE for one in found)
                yield FlowNotes(flow, found)

    worst = nlargest(MOST_FLOWS, counted(), key=lambda told: told.trouble)
    ranked = causes.ranked()
    files = ", ".join(f"`{cell(name)}`" for name in facts["files"])
    yield f"# TCP report: {files}\n\n"
    if judged:
        damaged = bool(facts["warnings"] or facts["dropped"])
        yield f"{headline(ranked, troubled, trust.flows, damaged)}\n\n"
    yield f"{extent(engine, facts, trust.flows)}\n\n"
    yield from section("Can the capture be trusted?", trusted(facts, trust))
    if ranked:
        yield "## Causes\n\n"
        yield from markdown_causes(ranked)
        yield "\n"
    if flags:
        counts = ", ".join(f"{name} {count:,}" for name, count in flags.most_common())
        yield f"Segments by `tcp.analysis`: {counts}.\n\n"
    for cause in ranked[:MOST_CAUSES]:
        if RANKS[cause.severity] > NOTE:
            yield from section(f"`{cause.kind}`: {meaning(cause)}", cause_lines(cause), "###")
    if worst:
        yield "## Flows with most trouble\n"
        for told in worst:
            yield from flow_lines(engine, told)


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


def headline(ranked: list[TopCause], troubled: int, flows: int, damaged: bool) -> str:
    """Return what is wrong, in a sentence or two."""
    if not flows:
        return "**No TCP flow.**"
    serious = [cause for cause in ranked if RANKS[cause.severity] > NOTE]
    if not serious:
        notes = [cause for cause in ranked if RANKS[cause.severity] == NOTE]
        return quiet_headline(notes, flows, damaged)
    worst = serious[0]
    has = "has" if troubled == 1 else "have"
    text = (
        f"**{troubled:,} of {amount(flows, 'flow')} {has} trouble.** "
        f"Worst: {meaning(worst)} (`{worst.kind}`: {weight_of(worst)})"
    )
    costly = max(serious, key=lambda cause: cause.cost)
    if costly is not worst and costly.cost:
        text += f". Most time: {meaning(costly)} (`{costly.kind}`: {weight_of(costly)})"
    return f"{text}."


def quiet_headline(notes: list[TopCause], flows: int, damaged: bool) -> str:
    """Return what is said where nothing is serious: that nothing is wrong only if there is no note
    either, and the capture is whole."""
    if notes:
        worst = notes[0]
        text = f"{meaning(worst)} (`{worst.kind}`: {weight_of(worst)})"
        return f"**No trouble found in {amount(flows, 'flow')}, but something to note:** {text}."
    if damaged:
        return (
            f"**The capture is not whole**: no trouble in what it has of {amount(flows, 'flow')}."
        )
    return f"**Nothing is wrong in {amount(flows, 'flow')}**, as far as TCP can tell."


def meaning(cause: TopCause) -> str:
    return FINDING_KINDS[cause.kind].meaning


def weight_of(cause: TopCause) -> str:
    """Return ``12 flows, 40 times, 3.2 s, mostly 10.0.0.1 → 10.0.0.2:80``."""
    parts = [amount(cause.flows, "flow")]
    if cause.count > cause.flows:
        parts.append(amount(cause.count, "time"))
    if cause.cost:
        parts.append(duration(cause.cost))
    place, flows = cause.places()[0]
    parts.append(f"{'all' if flows == cause.flows else 'mostly'} {place}")
    return ", ".join(parts)


def extent(engine: Engine, facts: dict[str, Any], flows: int) -> str:
    """Return what was read, and over what time."""
    first, last = engine.first_time, engine.last_time
    when = f", {moment(first)} to {moment(last)} ({brief_duration(last - first)})" if flows else ""
    return (
        f"{amount(facts['packets'], 'packet')}, {facts['tcp_packets']:,} TCP, "
        f"{amount(flows, 'flow')}{when}; {facts['format']}, tcptui {facts['version']}. "
        f"Flow numbers (`tcp.stream`) and flags are those of {engine.rules.title}."
    )


def moment(ns: int) -> str:
    """Return ``2026-11-22 20:00:00 UTC``; seconds since the epoch where no calendar reaches."""
    try:
        return f"{datetime.fromtimestamp(ns // SECOND, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, OSError, ValueError):
        return f"{ns // SECOND} s"


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
    yield "between " + ", ".join(f"{place} ({flows:,})" for place, flows in cause.places())
    ports = ", ".join(f"{port} ({flows:,})" for port, flows in cause.ports.most_common(5))
    yield f"on port {ports}"
    numbers = ", ".join(map(str, cause.worst_flows()))
    yield f"worst flows: `tcp.stream in {{{numbers}}}`"


def flow_lines(engine: Engine, told: FlowNotes) -> Iterator[str]:
    """Yield the lines of a flow: who, how it went, where its time went, and what was found."""
    flow = told.flow
    yield (
        f"\n**{flow.index}** {endpoint_text(flow.client)} → {endpoint_text(flow.server)}, "
        f"{size(flow.client.bytes)} ↑ {size(flow.server.bytes)} ↓, "
        f"opened {opening(flow).value}, closed {closing(flow).value}\n\n"
    )
    yield f"- time: {story_of(flow)}\n"
    place = place_of(flow)
    if place.sureness is not Sureness.NONE:
        yield f"- {place.text}\n"
    limits = limits_of(engine, flow)
    if limits is not None:
        yield f"- {limits.text}\n"
    for finding in told.findings[:MOST_TOLD]:
        frames = f" (#{finding.first_frame})" if finding.first_frame else ""
        yield f"- {finding.severity} `{finding.kind}`{frames}: {cell(finding.text)}\n"
    if len(told.findings) > MOST_TOLD:
        yield f"- and {len(told.findings) - MOST_TOLD} more\n"
    if is_interactive(flow):
        for line in at_once(course_of(engine, flow)).interactive():
            yield f"- {line}\n"


def size(number: int) -> str:
    return amount(number, "byte")


def cell(text: str) -> str:
    """Return a text that does not break Markdown's tables and code, and shows what does not
    print."""
    return visible(text).replace("|", "\\|").replace("`", "'")


MARKDOWN: Final = WholeFormat(markdown)
