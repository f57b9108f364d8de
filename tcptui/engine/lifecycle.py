"""Both endpoints' state machines, moved by each segment."""

from mypy_extensions import i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.segment import Segment


class Lifecycle:
    """Moves the states of a flow's endpoints."""

    def advance(self, flow: Flow, fwd: Endpoint, rev: Endpoint, seg: Segment) -> i64:
        """Take ``seg``, sent by ``fwd``; both states after it, packed as in the columns."""
        return 0
