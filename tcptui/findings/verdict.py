"""The verdict of a flow and of a capture, what somebody waited for in vain, and what that cost.

All three are made from the findings, so that none of them says what the others do not.
"""

from enum import StrEnum
from typing import Final

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.saturation import plus
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import CLOSE, Finding
from tcptui.findings.findings import RANKS
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.findings.sides import SIDES
from tcptui.findings.time_split import NEEDLESS_WAIT_BITS, TimeSplit
from tcptui.findings.waits import stalls_of

NOTE_RANK: Final = RANKS[Severity.NOTE.value]


class Verdict(StrEnum):
    """A first opinion of a flow or of a capture."""

    OK = "ok"
    NOTE = "note"
    TROUBLE = "trouble"

    @property
    def label(self) -> str:
        """The word as a plain string."""
        return str(self.value)


VERDICTS: Final = (Verdict.OK, Verdict.NOTE, Verdict.TROUBLE)


class WaitedInVain:
    """One side's wait (ns) for something that never came."""

    def __init__(self, side: str, lasted: int, what: str) -> None:
        self.side = side
        self.lasted = lasted
        self.what = what


def verdict_of_rank(rank: int) -> Verdict:
    """Return the verdict where the worst severity has this rank, or -1 where there is no
    finding."""
    if rank > NOTE_RANK:
        return Verdict.TROUBLE
    return Verdict.NOTE if rank == NOTE_RANK else Verdict.OK


def verdict_of(found: list[Finding]) -> Verdict:
    """Return the verdict of a flow with these findings."""
    if len(found) == 0:
        return Verdict.OK
    worst = -1
    for finding in found:
        worst = max(worst, RANKS[finding.severity])
    return verdict_of_rank(worst)


def is_cut(finding: Finding) -> bool:
    """Return whether something was refused or cut, or nobody answered: more than that it took
    long."""
    if RANKS[finding.severity] <= NOTE_RANK:
        return False
    vain = finding.vain
    return FINDING_KINDS[finding.kind].is_cut or (vain is not None and vain.what != CLOSE)


def waited_in_vain(found: list[Finding]) -> WaitedInVain | None:
    """Return the longest wait in vain among a flow's findings, or None where that is not
    certain."""
    longest: WaitedInVain | None = None
    for finding in found:
        vain = finding.vain or FINDING_KINDS[finding.kind].vain
        if vain is None or finding.side is None or not finding.cost:
            continue
        if RANKS[finding.severity] <= NOTE_RANK:
            continue
        if longest is None or finding.cost > longest.lasted:
            side = SIDES.index(finding.side)
            longest = WaitedInVain(
                SIDES[1 - side if vain.by_peer else side], finding.cost, vain.what
            )
    return longest


def cost_of(engine: Engine, flow: Flow, split: TimeSplit, vain: WaitedInVain | None) -> int:
    """Return how long (ns) an application waited in vain, or longer than needed; overlaps count
    once."""
    if vain is None:
        return int(split.waited if split.waited < split.total else split.total)
    total = int(split.total)
    if vain.lasted >= total:
        return total
    # Timers that ran out while somebody waited in vain are part of that wait.
    began = int(flow.moment_before(flow.last_time, vain.lasted))
    before = 0
    for stall in stalls_of(engine, flow) if split.waited > 0 else []:
        if NEEDLESS_WAIT_BITS >> int(stall.kind) & 1 and stall.end <= began:
            before = int(plus(before, stall.cost))
    return min(int(plus(before, vain.lasted)), total)
