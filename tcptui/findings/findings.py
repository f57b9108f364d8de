"""All findings of a flow, worst first: what `report` lists and the screens show."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import KIND_NAMES
from tcptui.engine.saturation import plus
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, Read
from tcptui.findings.kinds import COUNTED_BY_TIMING, DETECTED, FINDING_KINDS
from tcptui.findings.signs import signs_of
from tcptui.findings.waits import entries_of

RANKS: Final = {severity.value: rank for rank, severity in enumerate(Severity)}


def findings_of(engine: Engine, flow: Flow, read: Read | None = None) -> list[Finding]:
    """Return what is worth knowing about ``flow``, one finding for each kind, the worst first.

    With ``read``, which gives the captured bytes of a row, the checksums of what was ignored are
    looked at too.
    """
    found = gather_findings(engine, flow, read)
    if len(found) > 1:
        found = unexplained(found)
        found.sort(key=badness, reverse=True)
    return found


def unexplained(found: list[Finding]) -> list[Finding]:
    """Return the findings without those that another one is the cause of."""
    causes = [one for one in found if FINDING_KINDS[one.kind].explains]
    if not causes:
        return found
    return [one for one in found if not any(is_explained(one, cause) for cause in causes)]


def is_explained(finding: Finding, cause: Finding) -> bool:
    """Return whether ``cause`` is what lies behind ``finding``: it is of the right kind, and does
    not come later."""
    return (
        finding.kind in FINDING_KINDS[cause.kind].explains
        and cause.first_frame <= finding.first_frame
        and finding.last_frame <= cause.explains_until
    )


def gather_findings(engine: Engine, flow: Flow, read: Read | None = None) -> list[Finding]:
    """Return what is worth knowing about ``flow``, in the order of the kinds, and within a kind as
    it came."""
    found = detected_findings(engine, flow, read)
    if flow.ledger is not None:
        found = counted_findings(flow) + found
    if len(found) > 1:
        found.sort(key=order)
    return found


def detected_findings(engine: Engine, flow: Flow, read: Read | None) -> list[Finding]:
    """Return the findings that functions detect: those of the kinds whose signs the flow has."""
    found: list[Finding] = []
    signs: i64 = 0
    if flow.ledger is not None:
        signs = flow.ledger.kinds()
    others = signs_of(engine, flow, read is not None)
    if (DETECTED.signs & signs | DETECTED.other_signs & others) == 0:
        return found
    for kind in DETECTED.kinds:
        detect = kind.detect
        if detect is not None and (kind.signs & signs | kind.other_signs & others) != 0:
            finding = detect(kind, engine, flow, read)
            if finding is not None:
                found.append(finding)
    return found


def counted_findings(flow: Flow) -> list[Finding]:
    """Return the findings of a flow's ledger, with those of both sides joined in one."""
    found: list[Finding] = []
    for entry in entries_of(flow):
        kind = FINDING_KINDS.get(KIND_NAMES[entry.number])
        if kind is None or kind.is_only_detected or not kind.is_worth_telling(flow, entry):
            continue
        finding = kind.finding_of(flow, entry)
        first = first_of_kind(found, finding.kind)
        if first is None:
            found.append(finding)
        else:
            join_findings(first, finding)
    return found


def first_of_kind(found: list[Finding], kind: str) -> Finding | None:
    """Return the first finding of a kind, or None if there is none."""
    for one in found:
        if one.kind == kind:
            return one
    return None


def join_findings(one: Finding, other: Finding) -> None:
    """Add another finding of the same kind to ``one``: of the other side, or still going on; what
    cost more is told first."""
    one.count += other.count
    one.first_frame = min(one.first_frame, other.first_frame)
    one.last_frame = max(one.last_frame, other.last_frame)
    if one.side != other.side:
        one.side = None
    # Sentences of timing have numbers, which differ; those of the state machines say the same.
    if FINDING_KINDS[one.kind].order == COUNTED_BY_TIMING:
        first, second = (other, one) if (other.cost or 0) > (one.cost or 0) else (one, other)
        one.text = f"{first.text}; {second.text}"
        if one.cost is not None:
            one.cost = None if other.cost is None else int(plus(one.cost, other.cost))


def order(finding: Finding) -> int:
    """Return where a finding stands among equally bad ones."""
    return FINDING_KINDS[finding.kind].order


def badness(finding: Finding) -> tuple[int, bool, int, int]:
    """Return how bad a finding is: by severity, then whether it is the cause of others, then by
    what it cost, then by how often."""
    leading = FINDING_KINDS[finding.kind].leading
    return RANKS[finding.severity], leading, finding.cost or 0, finding.count
