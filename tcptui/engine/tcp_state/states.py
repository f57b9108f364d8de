"""The states of a TCP endpoint (RFC 9293, section 3.3.2) and how sure we are of them."""

from enum import IntEnum
from typing import Final

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
    """How sure a state is.

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
        return self.name.lower()
