"""Goes to a frame or a flow by its number."""

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from tcptui.text.amounts import amount, count

if TYPE_CHECKING:
    from tcptui.screens.triage import TriageScreen

NUMBERED: Final = re.compile(r"#\s*(f(?:low)?)?\s*([\d,]+)\s*", re.IGNORECASE)
BEGUN: Final = re.compile(r"#\s*f?\s*", re.IGNORECASE)
HOW: Final = "#412 goes to a frame, #f412 to a flow, #10:42:07 to what went wrong then"


class Target(NamedTuple):
    """The flow, or else the frame, that is asked for."""

    number: int
    is_flow: bool

    @property
    def name(self) -> str:
        return f"flow {self.number}" if self.is_flow else f"frame {count(self.number)}"


def target(text: str) -> Target | None:
    """Return what ``#412`` or ``#f412`` asks for; None where a text asks for nothing."""
    found = NUMBERED.fullmatch(text.strip())
    digits = found[2].replace(",", "") if found is not None else ""
    return Target(int(digits), bool(found and found[1])) if digits else None


class Jump:
    """Moves list and ladder to a frame; one that the ladder has not read yet is waited for."""

    def __init__(self, screen: "TriageScreen") -> None:
        self.screen = screen
        self.flow = -1  # to go to as soon as the list shows it
        self.row = -1  # of a packet, to go to as soon as the ladder has it

    def refusal(self, wanted: Target) -> str:
        """Return why there is no way to a target; nothing where there is one."""
        engine = self.screen.panes.engine
        if wanted.is_flow:
            flows = engine.flows
            if wanted.number >= len(flows):
                return f"there are {amount(len(flows), 'flow')}, numbered from #f0"
            gone = flows[wanted.number].index < 0
            return f"{wanted.name} has ended, and is no longer kept" if gone else ""
        if not 0 < wanted.number <= engine.frames:
            return f"there are {amount(engine.frames, 'frame')}, numbered from #1"
        return "" if self.row_of(wanted.number) >= 0 else f"{wanted.name} has no TCP segment"

    def row_of(self, frame: int) -> int:
        """Return the packet row of a frame, -1 where it has none."""
        packets = self.screen.panes.engine.packets
        row = packets.row_of(frame)
        return row if row < packets.count and packets.frame(row) == frame else -1

    def go_to_target(self, wanted: Target) -> bool:
        """Go to a target; return False where there is none. A filter that hides it is taken
        away."""
        screen, panes = self.screen, self.screen.panes
        if refusal := self.refusal(wanted):
            panes.why.show_notice(refusal)
            return False
        self.row = -1 if wanted.is_flow else self.row_of(wanted.number)
        flow = wanted.number if wanted.is_flow else panes.engine.packets.flow(self.row)
        self.flow = flow
        if panes.flows.row_of(flow) is None:
            screen.flow_order.use_filter("")
        self.go_on()
        return True

    def go_on(self) -> None:
        """Go to the flow once the list shows it, to the segment once the ladder has it."""
        ladder = self.screen.panes.ladder
        if self.flow >= 0 and self.screen.follower.go_to_flow(self.flow):
            self.flow = -1
            self.screen.action_show("flows" if self.row < 0 else "ladder")
        if self.flow < 0 <= self.row and ladder.complete and ladder.strands:
            ladder.show_packet(self.row)
            self.row = -1
            self.screen.follower.follow_segment()
