"""Lets an engine that is fed parts of a capture analyse one flow of it, by the number that it has
there."""

from collections.abc import Sequence

from mypy_extensions import i64

from tcptui.engine.eviction import GONE
from tcptui.engine.flow import Flow, reversed_key
from tcptui.engine.share import Share


class OneFlow(Share):
    """The share of an engine that takes the segments between two ports and no others.

    ``key`` is that of one direction; ``wanted`` are the numbers in the whole capture of the flows
    on these ports that the engine will meet first, in order. In the engine's list the others
    between these are gone, as in a capture whose earlier flows were evicted.
    """

    def __init__(self, key: bytes, wanted: Sequence[int]) -> None:
        super().__init__(0, 1)
        self.sees_all = False
        self.key: bytes = key
        self.back: bytes = reversed_key(key)
        self.wanted: list[int] = list(wanted)

    def takes(self, data: bytes, key: i64, size: i64, quoted: bool) -> bool:
        """Return whether the next TCP header is of these ports."""
        self.met += 1
        found = data[key : key + size]
        return found == self.key or found == self.back

    def note_flow(self, flows: list[Flow]) -> None:
        """Let the flow that is to come have the next number that is wanted."""
        if len(self.wanted) > 0:
            flows.extend([GONE] * (self.wanted.pop(0) - len(flows)))
