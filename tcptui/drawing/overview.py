"""Draws the overview: which causes lead in the capture, and how many flows each affects."""

from collections.abc import Sequence
from typing import Final

from tcptui.diagnosis.capture_causes import ANY_TROUBLE, TopCause
from tcptui.drawing.cells import Line, Run, fit, line_width
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.text.amounts import amount, count
from tcptui.text.durations import duration

SHORT: Final = {"rto", "syn", "ack", "rst", "fin", "icmp"}
LEADING: Final = 3
TROUBLE: Final = (Severity.WARNING.value, Severity.ERROR.value)
NAME_WIDTH: Final = 26


def title(kind: str) -> str:
    """Return a finding kind as it is spoken, like ``stall RTO``."""
    return " ".join(word.upper() if word in SHORT else word for word in kind.split("_"))


def lead(causes: Sequence[TopCause]) -> list[str]:
    """Return what the head says: the first causes that are trouble, or else that there are only
    notes, of which a capture that goes on may still make something else."""
    causes = [cause for cause in causes if cause.kind != ANY_TROUBLE]
    worth = [cause for cause in causes if cause.severity in TROUBLE][:LEADING]
    noted = sum(cause.severity == Severity.NOTE.value for cause in causes)
    if not worth and noted:
        return [f"no trouble, {amount(noted, 'kind')} of notes"]
    return [
        f"{title(cause.kind)} {duration(cause.cost) if cause.cost else f'×{count(cause.count)}'}"
        f" in {amount(cause.flows, 'flow')}"
        for cause in worth
    ]


def line(cause: TopCause, width: int) -> Line:
    """Return the line of one cause; where there is room, with the pair of hosts where it is mostly
    found."""
    style = cause.severity
    time = duration(cause.cost) if cause.cost else ""
    pair, flows = cause.worst_pairs()[0]
    told = [
        Run(f"{cause.severity:8} {fit(title(cause.kind), NAME_WIDTH)}", style),
        Run(f"{count(cause.count):>8}× in {amount(cause.flows, 'flow'):<13}{time:>8}"),
    ]
    where = Run(f"  {pair} ({count(flows)})", "dim")
    return [*told, where] if line_width([*told, where]) <= width else told


def details(cause: TopCause, rules: str) -> str:
    """Return what the cause means, where it is found, and in which flows first, by the numbers
    that ``rules`` give them."""
    known = FINDING_KINDS.get(cause.kind)
    meaning = known.meaning if known is not None else "all flows with trouble, whatever it is"
    pairs = ", ".join(f"{pair} ({count(flows)})" for pair, flows in cause.worst_pairs())
    ports = ", ".join(f"{port} ({count(flows)})" for port, flows in cause.ports.most_common(5))
    worst = ", ".join(str(flow) for flow in cause.worst_flows())
    return f"{meaning}. Between {pairs}. Ports: {ports}. Worst flows ({rules}): {worst}."
