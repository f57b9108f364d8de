"""An outcome is what was found of a flow, as one number: whether there was trouble, whether
something was cut, and how long somebody waited in vain. Those of all flows are a column."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.findings.finding import Finding
from tcptui.findings.verdict import Verdict, is_cut, verdict_of, waited_in_vain

NOT_KNOWN: Final[i64] = -1
CUT: Final[i64] = 1
TROUBLE: Final[i64] = 2
VAIN_SHIFT: Final[i64] = 2
"""The other bits are how long somebody waited in vain, in ns."""
LONGEST_VAIN: Final[i64] = (1 << 60) - 1


def outcome_of(found: list[Finding]) -> i64:
    """Return the outcome of a flow with these findings."""
    if len(found) == 0:
        return 0
    outcome: i64 = 0
    vain = waited_in_vain(found)
    if vain is not None:
        lasted: i64 = vain.lasted
        outcome = (lasted if lasted < LONGEST_VAIN else LONGEST_VAIN) << VAIN_SHIFT
    if verdict_of(found) is Verdict.TROUBLE:
        outcome |= TROUBLE
    for finding in found:
        if is_cut(finding):
            return outcome | CUT
    return outcome


class Outcomes:
    """Keeps the outcomes of flows, each for as long as nothing more has come."""

    def __init__(self) -> None:
        self.outcomes: vec[i64] = vec[i64]()
        self.moments: vec[i64] = vec[i64]()

    def note(self, flow: i64, moment: i64, outcome: i64) -> None:
        """Keep the outcome of the flow with this number, as of this moment."""
        while i64(len(self.outcomes)) <= flow:
            self.outcomes = append(self.outcomes, NOT_KNOWN)
            self.moments = append(self.moments, NOT_KNOWN)
        self.outcomes[flow] = outcome
        self.moments[flow] = moment

    def of(self, flow: i64, moment: i64) -> i64:
        """Return the outcome of a flow at a moment, or NOT_KNOWN."""
        if flow >= i64(len(self.outcomes)) or self.moments[flow] != moment:
            return NOT_KNOWN
        return self.outcomes[flow]

    def clear(self) -> None:
        """Forget all."""
        self.outcomes = vec[i64]()
        self.moments = vec[i64]()
