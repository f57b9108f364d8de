"""How a connection ended, from what the state machines remember."""

from enum import StrEnum

from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.facts import CROSSED_FINS, FIN_BROUGHT_FIRST_ACK, FIN_OUT, WAS_RESET


class Closing(StrEnum):
    """The words of the report; the first that fits."""

    RESET = "reset"
    SIMULTANEOUS = "simultaneous"
    THREE_WAY = "three-way"
    FOUR_WAY = "four-way"
    HALF_CLOSED = "half-closed"
    OPEN = "open"

    @property
    def label(self) -> str:
        return str(self.value)


def closing(flow: Flow) -> Closing:
    """How ``flow`` ended, as far as its segments tell up to now."""
    facts = i64(flow.facts)
    if (facts & WAS_RESET) != 0:
        return Closing.RESET
    client = (i64(flow.client.facts) & FIN_OUT) != 0
    server = (i64(flow.server.facts) & FIN_OUT) != 0
    if not client and not server:
        return Closing.OPEN
    if client != server:
        return Closing.HALF_CLOSED
    if (facts & CROSSED_FINS) != 0:
        return Closing.SIMULTANEOUS
    return Closing.THREE_WAY if (facts & FIN_BROUGHT_FIRST_ACK) != 0 else Closing.FOUR_WAY
