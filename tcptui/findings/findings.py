"""All findings of a flow, worst first: what `report` lists and the screens show."""

from typing import TYPE_CHECKING, Final

from tcptui.engine.causes import Cause
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.saturation import plus
from tcptui.engine.tcp_state.states import CLOSE_WAIT
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.cause_findings import Counted, counted_finding
from tcptui.findings.finding import Finding
from tcptui.findings.loss import LOSSES
from tcptui.findings.small_segments import SMALL
from tcptui.findings.stalls import STALLS
from tcptui.findings.state_findings import lifecycle_findings
from tcptui.findings.unfinished import unfinished

if TYPE_CHECKING:
    from tcptui.findings.checksums import Read

COUNTED: Final[dict[Cause, Counted]] = {**LOSSES, **STALLS, **SMALL}
SHORTEST_RETRY: Final = 10_000_000
"""ns; no timer is shorter."""
TIMED: Final = frozenset(("stall_syn_retry", "syn_ack_repeated", "keep_alive_unanswered"))
"""What timers repeat."""
RANKS: Final = {severity.value: rank for rank, severity in enumerate(Severity)}


def findings_of(engine: Engine, flow: Flow, read: "Read | None" = None) -> list[Finding]:
    """What is worth knowing about ``flow``, one finding for each kind.

    With ``read``, which gives the captured bytes of a row, the checksums of what was ignored are
    looked at too.
    """
    if read is None and not has_findings(flow):
        return []
    found = counted(flow)
    for finding in lifecycle_findings(engine, flow):
        if not is_echo(finding):
            found.append(finding)
    if read is not None:
        from tcptui.findings.checksums import bad_checksums

        bad = bad_checksums(engine, flow, read)
        if bad is not None:
            found.append(bad)
    if len(found) > 1:
        found.sort(key=badness, reverse=True)
    return found


def is_echo(finding: Finding) -> bool:
    """What came again sooner than any timer runs out was captured twice."""
    return finding.kind in TIMED and (finding.cost or 0) < finding.count * SHORTEST_RETRY


def has_findings(flow: Flow) -> bool:
    """Whether it is worth looking: for most flows this is the whole work."""
    return (
        flow.notes is not None
        or flow.totals is not None
        or flow.server.packets == 0
        or flow.client.state == CLOSE_WAIT
        or flow.server.state == CLOSE_WAIT
    )


def counted(flow: Flow) -> list[Finding]:
    """The findings of the running totals; both sides' joined in one."""
    totals = flow.totals
    if totals is None:
        return []
    found: dict[str, Finding] = {}
    for tally in unfinished(flow, totals.tallies()):
        how = COUNTED.get(tally.cause)
        if how is None or not how.worth(flow, tally):
            continue
        finding = counted_finding(flow, tally, how)
        first = found.setdefault(how.kind, finding)
        if first is not finding:
            join(first, finding)
    return list(found.values())


def join(one: Finding, other: Finding) -> None:
    """The same kind again: on the other side, or still going on."""
    one.count += other.count
    one.first_frame = min(one.first_frame, other.first_frame)
    one.last_frame = max(one.last_frame, other.last_frame)
    if one.cost is not None:
        one.cost = None if other.cost is None else int(plus(one.cost, other.cost))
    if one.side != other.side:
        one.side = None
    one.text = f"{one.text}; {other.text}"


def badness(finding: Finding) -> tuple[int, int, int]:
    """By severity, then by what it cost, then by how often."""
    return RANKS[finding.severity], finding.cost or 0, finding.count
