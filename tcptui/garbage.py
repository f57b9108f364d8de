"""Frees circular garbage without looking at a million flows each time.

Python's collector looks at every object that it knows, again and again: seconds for a large
capture. Here it looks at the new ones once, a second's worth, and then leaves them alone; while
thousands of flows come in, it does not look at all. Now and then, while there are few flows, it
looks at everything: what became garbage later, a capture that was left for instance, is freed.
"""

import gc
from typing import Final

SECONDS: Final = 1.0
"""How often to call :meth:`Garbage.collect`, in seconds."""
MANY: Final = 4000
"""With more flows than these, looking through all takes too long."""
ROUND: Final = 300
"""After so many calls it looks at everything."""


class Garbage:
    """Replaces Python's automatic collector."""

    def __init__(self, calls_in_round: int = ROUND) -> None:
        self.calls_in_round = calls_in_round
        self.flows = 0
        self.calls = 0
        gc.disable()

    def collect(self, flows: int) -> None:
        """Collect what has become garbage lately; there are ``flows`` flows now."""
        self.calls += 1
        if self.calls % self.calls_in_round == 0 and flows < MANY:
            gc.unfreeze()
        if abs(flows - self.flows) < MANY:
            gc.collect()
        gc.freeze()
        self.flows = flows
