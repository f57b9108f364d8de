"""The states of an endpoint, how sure they are, and the facts and doubts that decide it.

Both endpoints' states and certainties are one number in the packet columns; the functions at the
end pack it and take it apart.
"""

from enum import IntEnum
from typing import Final, NamedTuple

from mypy_extensions import i64

# The states as compiled code uses them: RFC 9293, section 3.3.2.
CLOSED: Final = 0
LISTEN: Final = 1
SYN_SENT: Final = 2
SYN_RECEIVED: Final = 3
ESTABLISHED: Final = 4
FIN_WAIT_1: Final = 5
FIN_WAIT_2: Final = 6
CLOSE_WAIT: Final = 7
CLOSING: Final = 8
LAST_ACK: Final = 9
TIME_WAIT: Final = 10

SEEN: Final = 0
INFERRED: Final = 1
ASSUMED: Final = 2


class State(IntEnum):
    """The eleven states; the value is what the packet columns hold."""

    CLOSED = 0
    LISTEN = 1
    SYN_SENT = 2
    SYN_RECEIVED = 3
    ESTABLISHED = 4
    FIN_WAIT_1 = 5
    FIN_WAIT_2 = 6
    CLOSE_WAIT = 7
    CLOSING = 8
    LAST_ACK = 9
    TIME_WAIT = 10

    @property
    def label(self) -> str:
        """The RFC's spelling: ``FIN-WAIT-1``."""
        return self.name.replace("_", "-")


class Certainty(IntEnum):
    """The degrees of knowledge about a state.

    SEEN      the segments that cause and prove the transition were captured
    INFERRED  a segment was not captured, but a later one proves it
    ASSUMED   nothing captured proves it: the capture began in the middle, or nobody answers
              such a segment
    """

    SEEN = 0
    INFERRED = 1
    ASSUMED = 2

    @property
    def label(self) -> str:
        """The word for it in reports: ``seen``."""
        return self.name.lower()


STATE_LABELS: Final[list[str]] = [state.label for state in State]
CERTAINTY_LABELS: Final[list[str]] = [certainty.label for certainty in Certainty]


# Facts of an endpoint: *out* is what it sent, *in* what it received for certain (it acknowledged
# it), *done* what its peer acknowledged.
SYN_OUT: Final = 1 << 0
SYN_ACK_OUT: Final = 1 << 1
FIN_OUT: Final = 1 << 2
RST_OUT: Final = 1 << 3
ACK_OUT: Final = 1 << 4
SYN_DONE: Final = 1 << 5
FIN_DONE: Final = 1 << 6
FIN_IN: Final = 1 << 7
RST_IN: Final = 1 << 8
SYN_DATA: Final = 1 << 9
"""Its SYN carried data (TCP Fast Open)."""
FIN_BRINGS_ACK: Final = 1 << 10
"""Its FIN acknowledged the peer's."""
FIN_GUESSED: Final = 1 << 11
"""Its FIN was not captured; what follows tells that there was one."""
PROBING: Final = 1 << 12
"""What it repeats are keep-alives."""

# Doubts about an endpoint's state: while one stands, the state is assumed.
UNPROVEN: Final = 1 << 0
"""Nobody answers the segment that changed the state; `state_if_lost` is the state without it."""
INSIDE: Final = 1 << 1
"""The capture began inside the connection."""
BLOCKED: Final = 1 << 2
"""The peer's window is closed: a FIN may wait behind the data."""
SILENT: Final = 1 << 3
"""It does not answer what the peer repeats: it may be gone."""
HOLE: Final = 1 << 4
"""Something at the end of one side's data was acknowledged but not captured: maybe a FIN."""
DEFERRED: Final = 1 << 5
"""An ACK of its FIN passed behind a FIN that it has not acknowledged yet."""
SKIPPED: Final = 1 << 6
"""Its last ACK has a number beyond all that was captured of it: maybe a FIN is missing."""

# Facts of a flow.
BEGAN_INSIDE: Final = 1 << 0
CROSSED_SYNS: Final = 1 << 1
WAS_REFUSED: Final = 1 << 2
SHOOK_HANDS: Final = 1 << 3
WAS_RESET: Final = 1 << 4
CROSSED_FINS: Final = 1 << 5
FIN_BROUGHT_FIRST_ACK: Final = 1 << 6
SERVER_SPOKE_FIRST: Final = 1 << 7
SPOKEN: Final = 1 << 8
"""Somebody sent data."""
NO_ECN: Final = 1 << 9
"""It was answered without ECN as in RFC 3168: the flag ECE reports no marks."""

# Both endpoints' states in one number:
#   bit 12 | 11 10            | 9 8              | 7 … 4        | 3 … 0
#   CHANGED| server certainty | client certainty | server state | client state
STATE_MASK: Final = 15
CERTAINTY_MASK: Final = 3
SERVER_STATE_SHIFT: Final = 4
CLIENT_CERTAINTY_SHIFT: Final = 8
SERVER_CERTAINTY_SHIFT: Final = 10
BOTH_STATES: Final = 0xFF
CHANGED: Final = 1 << 12
"""This segment changed a state of one of the endpoints, or its certainty."""


def pack_states(
    client_state: i64, server_state: i64, client_certainty: i64, server_certainty: i64
) -> i64:
    """Pack what the `states` column holds, without CHANGED."""
    return (
        client_state
        | server_state << SERVER_STATE_SHIFT
        | client_certainty << CLIENT_CERTAINTY_SHIFT
        | server_certainty << SERVER_CERTAINTY_SHIFT
    )


def client_state(packed: i64) -> i64:
    """Return the client's state in a number of the `states` column."""
    return packed & STATE_MASK


def server_state(packed: i64) -> i64:
    """Return the server's state in a number of the `states` column."""
    return packed >> SERVER_STATE_SHIFT & STATE_MASK


def client_certainty(packed: i64) -> i64:
    """Return the certainty of the client's state in a number of the `states` column."""
    return packed >> CLIENT_CERTAINTY_SHIFT & CERTAINTY_MASK


def server_certainty(packed: i64) -> i64:
    """Return the certainty of the server's state in a number of the `states` column."""
    return packed >> SERVER_CERTAINTY_SHIFT & CERTAINTY_MASK


class StateShown(NamedTuple):
    """One endpoint's state and how sure it is, as a row or a flow shows them."""

    state: State
    certainty: Certainty


EVERY_STATE_SHOWN: Final = [
    [StateShown(state, certainty) for certainty in Certainty] for state in State
]


def state_shown(state: int, certainty: int) -> StateShown:
    """Return the pair for the numbers of a state and a certainty, always the same object."""
    return EVERY_STATE_SHOWN[state][certainty]


def states_shown(packed: int) -> tuple[StateShown, StateShown]:
    """Return client's and server's state in a number of the `states` column."""
    return (
        state_shown(client_state(packed), client_certainty(packed)),
        state_shown(server_state(packed), server_certainty(packed)),
    )
