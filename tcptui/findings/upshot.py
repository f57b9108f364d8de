"""An upshot is what was found of a flow, as one number: whether there was trouble, whether
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


def upshot_of(found: list[Finding]) -> i64:
    """Return the upshot of a flow with these findings."""
    if len(found) == 0:
        return 0
    upshot: i64 = 0
    vain = waited_in_vain(found)
    if vain is not None:
        lasted: i64 = vain.lasted
        upshot = (lasted if lasted < LONGEST_VAIN else LONGEST_VAIN) << VAIN_SHIFT
    if verdict_of(found) is Verdict.TROUBLE:
        upshot |= TROUBLE
    for finding in found:
        if is_cut(finding):
            return upshot | CUT
    return upshot


class Upshots:
    """Keeps the upshots of flows, each for as long as nothing more has come."""

    def __init__(self) -> None:
        self.upshots: vec[i64] = vec[i64]()
        self.moments: vec[i64] = vec[i64]()

    def note(self, flow: i64, moment: i64, upshot: i64) -> None:
        """Keep the upshot of the flow with this number, as of this moment."""
        while i64(len(self.upshots)) <= flow:
            self.upshots = append(self.upshots, NOT_KNOWN)
            self.moments = append(self.moments, NOT_KNOWN)
        self.upshots[flow] = upshot
        self.moments[flow] = moment

    def of(self, flow: i64, moment: i64) -> i64:
        """Return the upshot of a flow at a moment, or NOT_KNOWN."""
        if flow >= i64(len(self.upshots)) or self.moments[flow] != moment:
            return NOT_KNOWN
        return self.upshots[flow]

    def clear(self) -> None:
        """Forget all."""
        self.upshots = vec[i64]()
        self.moments = vec[i64]()
