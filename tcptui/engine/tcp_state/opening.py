"""How a connection began, from what the state machines remember."""

from enum import StrEnum

from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.facts import (
    BEGAN_INSIDE,
    CROSSED_SYNS,
    SHOOK_HANDS,
    WAS_REFUSED,
)


class Opening(StrEnum):
    """The words of the report; the first that fits."""

    MIDSTREAM = "midstream"
    SIMULTANEOUS = "simultaneous"
    REFUSED = "refused"
    THREE_WAY = "three-way"
    UNANSWERED = "unanswered"
    INCOMPLETE = "incomplete"

    @property
    def label(self) -> str:
        return str(self.value)


def opening(flow: Flow) -> Opening:
    """How ``flow`` began, as far as its segments tell up to now."""
    facts = i64(flow.facts)
    if (facts & BEGAN_INSIDE) != 0:
        return Opening.MIDSTREAM
    if (facts & CROSSED_SYNS) != 0:
        return Opening.SIMULTANEOUS
    if (facts & WAS_REFUSED) != 0:
        return Opening.REFUSED
    if (facts & SHOOK_HANDS) != 0:
        return Opening.THREE_WAY
    return Opening.UNANSWERED if flow.server.packets == 0 else Opening.INCOMPLETE
