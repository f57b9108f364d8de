"""Writes the report as Markdown, to paste into a ticket."""

from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nlargest
from typing import Any, Final

from tcptui.diagnosis.capture_causes import CaptureCauses, TopCause, markdown_causes
from tcptui.diagnosis.trust import CaptureTrust
from tcptui.engine.engine import Engine
from tcptui.filters.ticket import cell, file_lines
from tcptui.findings.findings import RANKS
from tcptui.findings.jumps import extent_text, tells_damage
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.report.capture_facts import Facts
from tcptui.report.flow_accounts import MOST_FLOWS, FlowAccount, FlowAccounts, WorstFlow
from tcptui.report.flow_formats import Find, WholeFormat
from tcptui.text.amounts import amount
from tcptui.text.durations import clock, duration

MOST_CAUSES: Final = 6
"""How many causes are described in detail."""
NOTE: Final = RANKS["note"]


class FlowTotals:
    """Counts what the flows of a report come to."""

    def __init__(self) -> None:
        self.causes = CaptureCauses()
        self.trust = CaptureTrust()
        self.flags: Counter[str] = Counter()
        self.troubled = 0

    def take(self, told: FlowAccount) -> None:
        """Count one flow."""
        self.trust.take(told.trust)
        self.causes.take_findings(told.pair, told.number, told.findings)
        self.flags.update(told.flags)
        self.troubled += told.is_in_trouble


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
    here = FlowAccounts(engine, facts["files"], findings)
    totals = FlowTotals()
    for number in numbers:
        totals.take(here.account(engine.flows[number]))
    yield from told_of(facts, engine, len(engine.flows), totals, [*here.worst()], judged)


def divided_markdown(
    facts: Facts,
    engine: Engine,
    flows: int,
    accounts: Iterable[FlowAccount],
    worst: list[WorstFlow],
    judged: bool,
) -> Iterator[str]:
    """Yield the same parts of a capture with so many flows, of which other processes have made the
    accounts, and told the ``worst`` of each share."""
    totals = FlowTotals()
    for account in accounts:
        totals.take(account)
    yield from told_of(facts, engine, flows, totals, worst, judged)


def told_of(
    facts: Facts,
    engine: Engine,
    in_capture: int,
    totals: FlowTotals,
    found: list[WorstFlow],
    judged: bool,
) -> Iterator[str]:
    """Yield the parts of the text; ``in_capture`` is the number of all its flows."""
    worst, told = chosen(found)
    files = ", ".join(f"`{cell(name)}`" for name in facts["files"])
    flows = totals.trust.flows
    damaged = tells_damage(facts["warnings"]) or bool(facts["dropped"])
    title = headline(told, totals.troubled, flows, damaged) if judged else f"TCP report: {files}"
    if in_capture and not flows:
        title = "No flow has a segment that the filter selects"
    yield f"# {title}\n\n"
    yield from file_lines(facts["files"], facts.paths)
    yield f"- {extent(engine, facts, flows)}\n\n"
    yield from section("Can the capture be trusted?", trusted(facts, totals.trust))
    yield from causes_and_flags(totals)
    if worst:
        yield "## Flows with most trouble\n"
        for one in worst:
            yield "\n"
            yield from one.lines(is_first=one is told)


def chosen(found: list[WorstFlow]) -> tuple[list[WorstFlow], WorstFlow | None]:
    """Return the flows that are told, and the one of which the headline tells: the worst of those
    in trouble, or else of all."""
    worst = nlargest(MOST_FLOWS, found, key=WorstFlow.order)
    troubled = max((one for one in found if one.is_in_trouble), key=WorstFlow.order, default=None)
    if troubled is not None and troubled not in worst:
        worst[-1] = troubled
    return worst, troubled or next(iter(worst), None)


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


def section(title: str, lines: Iterable[str], level: str = "##") -> Iterator[str]:
    """Yield a heading and a list."""
    yield f"{level} {title}\n\n"
    for line in lines:
        yield f"- {line}\n"
    yield "\n"


def headline(first: WorstFlow | None, troubled: int, flows: int, damaged: bool) -> str:
    """Return the answer of the capture: its verdict, and the claim of the first flow that has the
    same."""
    if not flows:
        return "No TCP flow"
    if first is not None and troubled:
        return f"Trouble in {troubled:,} of {amount(flows, 'flow')}. {claim_of(first)}"
    if first is not None and first.is_note:
        return f"Note: no trouble in {amount(flows, 'flow')}. {claim_of(first)}"
    if damaged:
        return (
            f"Note: the capture is not whole; no trouble in what it has of {amount(flows, 'flow')}"
        )
    return f"Nothing is wrong in {amount(flows, 'flow')}, as far as TCP can tell"


def claim_of(first: WorstFlow) -> str:
    """Return the claim of a flow."""
    return f"First is flow {first.number}: {cell(first.claim)}."


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
    when = f", {span} ({extent_text(engine)})" if flows else ""
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


MARKDOWN: Final = WholeFormat(markdown, divided_markdown)
