"""The whole capture: which causes lead, how many flows each stands behind, and where."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from heapq import nlargest
from typing import Final, Protocol

from tcptui.engine.addresses import address_text, with_port
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.capture_findings import weight
from tcptui.findings.findings import RANKS
from tcptui.findings.judgement import Judge
from tcptui.findings.verdict import Verdict, verdict_of
from tcptui.text.durations import duration

SLICE: Final = 256
MOST_NAMED_PAIRS: Final = 5
MOST_FLOWS: Final = 10
MOST_PAIRS: Final = 20_000
"""Places that are counted at a time. With more, those of fewest flows are counted anew."""

ANY_TROUBLE: Final = "any_trouble"
"""Stands for the finding kind where all flows with trouble are counted together."""

Pair = tuple[bytes, bytes, int]
"""Both addresses, the client's first, and the server's port."""


class Weighed(Protocol):
    """A finding, or what another process tells of one."""

    @property
    def kind(self) -> str: ...

    @property
    def severity(self) -> str: ...

    @property
    def count(self) -> int: ...

    @property
    def cost(self) -> int | None: ...


def pair_of(flow: Flow) -> Pair:
    """Return between whom a flow was."""
    return flow.client.address, flow.server.address, flow.server.port


class TopCause:
    """One kind of finding over all flows: how often, what it cost in ns, in which flows, between
    which hosts and on which of the server's ports."""

    def __init__(self, kind: str, severity: str) -> None:
        self.kind = kind
        self.severity = severity
        self.count = 0
        self.cost = 0
        self.flows = 0
        self.pairs: Counter[Pair] = Counter()
        self.ports: Counter[int] = Counter()
        self.worst: list[tuple[int, int]] = []

    def take_finding(self, pair: Pair, number: int, finding: Weighed) -> None:
        """Count one flow's finding of this kind; the cause is as bad as its worst."""
        count, cost = finding.count, finding.cost or 0
        if RANKS[finding.severity] > RANKS[self.severity]:
            self.severity = finding.severity
        self.count += count
        self.cost += cost
        self.flows += 1
        self.pairs[pair] += 1
        if len(self.pairs) > MOST_PAIRS:
            self.pairs = Counter(dict(self.pairs.most_common(MOST_PAIRS // 2)))
        self.ports[pair[2]] += 1
        self.worst.append((cost or count, number))
        if len(self.worst) > 20 * MOST_FLOWS:
            self.worst = nlargest(MOST_FLOWS, self.worst)

    def worst_flows(self) -> list[int]:
        """Return the indices of the flows that it cost most, the worst first."""
        return [index for _, index in nlargest(MOST_FLOWS, self.worst)]

    def worst_pairs(self) -> list[tuple[str, int]]:
        """Return the host pairs behind most of its flows: ``10.0.0.1 → 10.0.0.2:80``, flows."""
        return [
            (pair_text(pair), flows) for pair, flows in self.pairs.most_common(MOST_NAMED_PAIRS)
        ]


def pair_text(pair: Pair) -> str:
    client, server, port = pair
    return f"{address_text(client)} → {with_port(address_text(server), port)}"


class CaptureCauses:
    """The causes of all flows taken so far."""

    def __init__(self) -> None:
        self.found: dict[str, TopCause] = {}

    def take_findings(self, pair: Pair, number: int, findings: Iterable[Weighed]) -> None:
        """Count the findings of the flow with this number."""
        for finding in findings:
            cause = self.found.get(finding.kind)
            if cause is None:
                cause = self.found[finding.kind] = TopCause(finding.kind, finding.severity)
            cause.take_finding(pair, number, finding)

    def ranked(self) -> list[TopCause]:
        """Return the causes, the worst first."""
        return sorted(self.found.values(), key=standing, reverse=True)


def causes(judge: Judge, number: int) -> Generator[float, None, list[TopCause]]:
    """Yield how far it is, after each slice, and return the causes of the first ``number`` flows,
    worst first; before them, where there are several, their flows with any trouble together."""
    found, trouble = CaptureCauses(), TopCause(ANY_TROUBLE, Severity.WARNING.value)
    judge.renew()
    for index in range(number):
        if index % SLICE == SLICE - 1:
            yield index / number
        flow = judge.engine.flows[index]
        findings = judge.findings(flow)
        found.take_findings(pair_of(flow), flow.index, findings)
        if verdict_of(findings) is Verdict.TROUBLE:
            trouble.take_finding(pair_of(flow), flow.index, findings[0])
    trouble.count = trouble.flows
    together = [trouble] if trouble.flows and len(found.found) > 1 else []
    return together + found.ranked()


def standing(cause: TopCause) -> tuple[int, bool, int, int]:
    """Return where a cause stands among others, as in the report's findings of the capture."""
    return weight(cause.kind, cause.severity, cause.cost, cause.flows)


def markdown_causes(found: list[TopCause]) -> Iterator[str]:
    """Return a table of the causes: something to paste into a ticket."""
    if not found:
        return
    yield "| cause | severity | times | flows | time | mostly |\n|---|---|--:|--:|--:|---|\n"
    for cause in found:
        time = duration(cause.cost) if cause.cost else ""
        where, flows = cause.worst_pairs()[0]
        yield (
            f"| {cause.kind} | {cause.severity} | {cause.count:,} | {cause.flows:,} | {time} "
            f"| {where} ({flows:,}) |\n"
        )
