"""Says of flows what a report needs that looks at all: an account of each, and the worst.

An account is small and plain, so that processes that hold a part of the flows can send them; what
is told at length of the worst flows is made where these are held.
"""

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING, Final, NamedTuple

from tcptui.diagnosis.capture_causes import Pair, Weighed, pair_of
from tcptui.diagnosis.course import course_of, is_interactive
from tcptui.diagnosis.trust import FlowTrust, trust_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tcptui.filters.subjects import OpenCapture
from tcptui.filters.ticket import flow_ticket
from tcptui.findings.judgement import Judgement
from tcptui.findings.verdict import Verdict
from tcptui.report.ticket_graph import ticket_graph

if TYPE_CHECKING:
    from tcptui.report.flow_formats import Find

MOST_FLOWS: Final = 20
"""Flows that are told at length."""


@dataclass(frozen=True)
class FindingWeight:
    """The weight of a finding of another process; its cost in ns."""

    kind: str
    severity: str
    count: int
    cost: int | None


class FlowAccount(NamedTuple):
    """The account of one flow, which is all that the totals of a report need."""

    number: int
    trust: FlowTrust
    pair: Pair
    findings: Sequence[Weighed]
    flags: dict[str, int]
    is_in_trouble: bool

    def line(self) -> bytes:
        """Return the account as a line for another process, without a line end."""
        number, trust, (client, server, port), findings, *rest = self
        pair = client.hex(), server.hex(), port
        found = [(one.kind, one.severity, one.count, one.cost) for one in findings]
        return json.dumps((number, trust, pair, found, *rest)).encode()


def account_in(line: bytes) -> FlowAccount:
    """Return the account that :meth:`FlowAccount.line` made a line of."""
    number, trust, (client, server, port), found, *rest = json.loads(line)
    pair = bytes.fromhex(client), bytes.fromhex(server), port
    findings = [FindingWeight(*one) for one in found]
    return FlowAccount(number, FlowTrust(*trust), pair, findings, *rest)


class WorstFlow(NamedTuple):
    """One of the worst flows, as it is told: its place among all, its claim, its ticket and what a
    person at the keyboard felt; a graph only where no flow comes before it."""

    number: int
    standing: int
    is_in_trouble: bool
    is_note: bool
    claim: str
    ticket: str
    graph: str
    felt: str

    def order(self) -> tuple[int, int]:
        """Return how far up the flow belongs: as in the list; of equals the first stands first."""
        return self.standing, -self.number

    def lines(self, is_first: bool) -> Iterator[str]:
        """Yield what is told of it; with the graph where it is the first."""
        yield self.ticket
        if is_first:
            yield self.graph
        yield self.felt


class FlowAccounts:
    """Makes the accounts of an engine's flows, and keeps the worst of them.

    Of those in trouble it keeps the worst one too, which may not be among them.
    """

    def __init__(self, engine: Engine, names: Sequence[str], find: "Find") -> None:
        self.capture = OpenCapture(engine, tuple(names))
        self.find = find
        self.highest: list[tuple[tuple[int, int], Judgement]] = []
        self.troubled: tuple[tuple[int, int], Judgement] | None = None

    def account(self, flow: Flow) -> FlowAccount:
        """Return what the totals need of a flow."""
        told = Judgement(self.capture.engine, flow, self.find(flow))
        is_in_trouble = told.verdict() is Verdict.TROUBLE
        if told.found:
            self.keep(told, is_in_trouble)
        return FlowAccount(
            int(flow.index),
            trust_of(flow),
            pair_of(flow),
            told.found,
            flag_counts(flow),
            is_in_trouble,
        )

    def keep(self, told: Judgement, is_in_trouble: bool) -> None:
        """Keep a flow with findings if it is one of the worst so far."""
        placed = (told.standing(), -int(told.flow.index)), told
        push = heappush if len(self.highest) < MOST_FLOWS else heappushpop
        push(self.highest, placed)
        if is_in_trouble and (self.troubled is None or placed > self.troubled):
            self.troubled = placed

    def worst(self) -> Iterator[WorstFlow]:
        """Yield the worst flows, as they are told."""
        kept = dict(self.highest)
        if self.troubled is not None:
            kept.setdefault(*self.troubled)
        first = self.troubled or max(self.highest, default=None)
        for one in kept.values():
            yield self.told(one, first is not None and one is first[1])

    def told(self, judged: Judgement, is_first: bool) -> WorstFlow:
        """Return what is told of a flow."""
        verdict, felt = judged.verdict(), ""
        if is_interactive(judged.flow):
            course = course_of(self.capture.engine, judged.flow)
            felt = "".join(f"- {line}\n" for line in at_once(course).interactive())
        return WorstFlow(
            int(judged.flow.index),
            judged.standing(),
            verdict is Verdict.TROUBLE,
            verdict is Verdict.NOTE,
            judged.claim(),
            "".join(flow_ticket(self.capture, judged)),
            "".join(ticket_graph(self.capture, judged)) if is_first else "",
            felt,
        )


def worst_line(worst: Iterable[WorstFlow]) -> bytes:
    """Return the worst flows as a line for another process."""
    told = []
    gc.freeze()  # what there is are the flows, and stays
    for one in worst:
        told.append(one)
        gc.collect()  # a ticket leaves behind what searched all rows for its filter
    return json.dumps(told).encode()


def worst_in(line: bytes) -> list[WorstFlow]:
    """Return the flows that :func:`worst_line` made a line of."""
    return [WorstFlow(*one) for one in json.loads(line)]


def flag_counts(flow: Flow) -> dict[str, int]:
    """Return the number of segments by tshark's names; fast and spurious retransmissions count
    under their own names alone."""
    if not flow.bits:
        return {}
    return {flag.name: flow.count_of(flag.bit) for flag in ANALYSIS_FLAGS if flow.bits & flag.bit}
