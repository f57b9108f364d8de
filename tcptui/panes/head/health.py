"""Says how far the capture itself can be trusted: the line below the head."""

from collections.abc import Generator

from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.flags import ACK_LOST_SEGMENT, ANALYSIS_FLAGS, LOST_SEGMENT
from tcptui.findings.cost import (
    is_midstream,
    is_refused,
    is_reset,
    is_unanswered,
    trouble_cost,
)
from tcptui.findings.sides import is_one_sided
from tcptui.text.amounts import amount, count

SLICE = 512
MIDSTREAM_SHARE = 0.5


class CaptureTotals:
    """Counts over all flows how far the capture can be trusted."""

    def __init__(self, now: int = 0) -> None:
        self.now = now
        self.flows = 0
        self.troubled = 0
        self.refused = 0
        self.unanswered = 0
        self.reset = 0
        self.one_sided = 0
        self.midstream = 0
        self.segments = 0
        self.flags: dict[int, int] = {}

    def add_flow(self, flow: Flow) -> None:
        """Add one flow to the counts."""
        self.flows += 1
        self.segments += flow.packets
        bits = flow.bits
        for flag in ANALYSIS_FLAGS if bits else ():
            if bits & flag.bit:
                self.flags[flag.bit] = self.flags.get(flag.bit, 0) + flow.count_of(flag.bit)
        self.refused += is_refused(flow)
        self.unanswered += is_unanswered(flow)
        self.reset += is_reset(flow)
        self.one_sided += is_one_sided(flow)
        self.midstream += is_midstream(flow)
        self.troubled += bool(trouble_cost(flow, self.now))


def count_flows(flows: list[Flow], number: int, now: int) -> Generator[float, None, CaptureTotals]:
    """Count the first ``number`` flows, yielding after each slice how far it is."""
    result = CaptureTotals(now)
    for index in range(number):
        if index % SLICE == SLICE - 1:
            yield index / number
        if flows[index].index >= 0:
            result.add_flow(flows[index])
    return result


def health_line(found: CaptureTotals, dropped: int | None, warnings: list[str]) -> tuple[str, str]:
    """Return the capture-health line and its style: what makes the other figures doubtful."""
    doubts: list[str] = list(warnings)
    if dropped:
        doubts.append(f"{amount(dropped, 'packet')} dropped while capturing")
    unseen = found.flags.get(ACK_LOST_SEGMENT, 0)
    if unseen:
        share = unseen / max(found.segments, 1)
        doubts.append(f"{amount(unseen, 'segment')} acknowledged but never captured ({share:.1%})")
    if found.one_sided:
        doubts.append(f"{amount(found.one_sided, 'flow')} seen from one side only")
    if found.flows and found.midstream / found.flows > MIDSTREAM_SHARE:
        doubts.append(f"{amount(found.midstream, 'flow')} without a handshake: scale unknown")
    if not doubts:
        return "Capture looks complete: no drops reported, no acknowledged segment missing", "dim"
    tail = "; do not trust loss counts" if unseen or dropped else ""
    return "Capture: " + "; ".join(doubts) + tail, "warning"


def leading_trouble(found: CaptureTotals) -> list[str]:
    """Return what leads: the kinds of trouble in the capture, with their counts."""
    words: list[str] = []
    if found.refused:
        words.append(f"{count(found.refused)} refused")
    if found.unanswered:
        words.append(f"{count(found.unanswered)} unanswered")
    if found.reset:
        words.append(f"{count(found.reset)} reset")
    for flag in sorted(ANALYSIS_FLAGS, key=lambda flag: -found.flags.get(flag.bit, 0)):
        number = found.flags.get(flag.bit, 0)
        if number and flag.bit not in (ACK_LOST_SEGMENT, LOST_SEGMENT):
            words.append(f"{count(number)} {flag.title} ({flag.letter})")
    return words[:6]
