"""The outcome is how a connection opened and closed, from what the state machines remember of it.

Both may change with every segment: they tell of the flow as far as it was captured.
"""

from enum import StrEnum

from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.states import (
    BEGAN_INSIDE,
    CROSSED_FINS,
    CROSSED_SYNS,
    FIN_BROUGHT_FIRST_ACK,
    FIN_OUT,
    SHOOK_HANDS,
    WAS_REFUSED,
    WAS_RESET,
)


class Opening(StrEnum):
    """The ways in which a connection began, in the report's words; the first that fits is taken."""

    MIDSTREAM = "midstream"
    SIMULTANEOUS = "simultaneous"
    REFUSED = "refused"
    THREE_WAY = "three-way"
    UNANSWERED = "unanswered"
    INCOMPLETE = "incomplete"

    @property
    def label(self) -> str:
        """The word as a plain string."""
        return str(self.value)


class Closing(StrEnum):
    """The ways in which a connection ended, in the report's words; the first that fits is taken."""

    RESET = "reset"
    SIMULTANEOUS = "simultaneous"
    THREE_WAY = "three-way"
    FOUR_WAY = "four-way"
    HALF_CLOSED = "half-closed"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The word as a plain string."""
        return str(self.value)


def opening(flow: Flow) -> Opening:
    """Return how ``flow`` began."""
    if flow.has(BEGAN_INSIDE):
        return Opening.MIDSTREAM
    if flow.has(CROSSED_SYNS):
        return Opening.SIMULTANEOUS
    if flow.has(WAS_REFUSED):
        return Opening.REFUSED
    if flow.has(SHOOK_HANDS):
        return Opening.THREE_WAY
    return Opening.UNANSWERED if flow.server.packets == 0 else Opening.INCOMPLETE


def closing(flow: Flow) -> Closing:
    """Return how ``flow`` ended."""
    # First: a RST that came before both FINs were acknowledged is what ended the connection,
    # whatever FINs there were.
    if flow.has(WAS_RESET):
        return Closing.RESET
    client = flow.client.has(FIN_OUT)
    server = flow.server.has(FIN_OUT)
    if not client and not server:
        return Closing.OPEN
    if client != server:
        return Closing.HALF_CLOSED
    if flow.has(CROSSED_FINS):
        return Closing.SIMULTANEOUS
    return Closing.THREE_WAY if flow.has(FIN_BROUGHT_FIRST_ACK) else Closing.FOUR_WAY
