"""Lets an engine that is fed parts of a capture analyse one flow of it, by the number that it has
there."""

from collections.abc import Sequence

from tcptui.engine.eviction import GONE
from tcptui.engine.flow import Flow, reversed_key
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.share import Share


class OneFlow(Share):
    """The share of an engine that takes the segments between two ports and no others.

    ``key`` is that of one direction; ``wanted`` are the numbers in the whole capture of the flows
    on these ports that the engine will meet first, in order. ``flows`` is the engine's list: as in
    a capture whose earlier flows were evicted, the others between these are gone.
    """

    def __init__(self, key: bytes, wanted: Sequence[int], flows: list[Flow]) -> None:
        super().__init__(0, 1)
        self.key: bytes = key
        self.back: bytes = reversed_key(key)
        self.wanted: list[int] = list(wanted)
        self.flows: list[Flow] = flows
        self.leave_out_others()

    def takes(self, at: HeaderLocation) -> bool:
        """Return whether the next TCP header is of these ports."""
        self.met += 1
        key = at.key
        return key == self.key or key == self.back

    def note_flow(self) -> None:
        """Note that the header opens a flow."""
        self.leave_out_others()

    def leave_out_others(self) -> None:
        """Let the next flow have the next number that is wanted."""
        if len(self.wanted) > 0:
            self.flows.extend([GONE] * (self.wanted.pop(0) - len(self.flows)))
