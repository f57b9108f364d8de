"""The states of a TCP endpoint (RFC 9293, section 3.3.2) and how sure we are of them."""

from enum import IntEnum


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
    """How sure a state is."""

    SEEN = 0
    INFERRED = 1
    ASSUMED = 2
