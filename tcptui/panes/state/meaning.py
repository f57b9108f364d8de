"""Says what the two states mean for who looks at them: who waits for what, and who has to act."""

from typing import Final

from tcptui.drawing.cells import Line, Run, cut
from tcptui.engine.tcp_state.states import State
from tcptui.panes.state.history import Moment

MEANINGS: Final = {
    State.CLOSED: "has no connection, or no longer one",
    State.LISTEN: "waits for a SYN",
    State.SYN_SENT: "waits for a SYN ACK, else sends its SYN again",
    State.SYN_RECEIVED: "waits for the ACK of its SYN, else sends again",
    State.ESTABLISHED: "can send and receive",
    State.FIN_WAIT_1: "waits for the ACK of its FIN, else sends again",
    State.FIN_WAIT_2: "has closed; now the {peer}'s application must",
    State.CLOSE_WAIT: "its application must close, as the {peer} has",
    State.CLOSING: "waits for the ACK of its FIN, else sends again",
    State.LAST_ACK: "waits for the ACK of its FIN, else sends again",
    State.TIME_WAIT: "is done, and keeps the port until its timer ends",
}
"""What an endpoint waits for in a state, and what comes next (RFC 9293, 3.3.2)."""


def meaning(at: Moment, width: int) -> list[Line]:
    """Return a line for each endpoint, or one for both where they are in the same state."""
    if at.client is at.server:
        said = MEANINGS[at.client].format(peer="peer")
        return [[Run(cut(f"both {at.client.label}: each {said}", width), "dim")]]
    return [
        [Run(f"{letter} ", f"{side}-state"),
         Run(cut(f"{state.label}: {MEANINGS[state].format(peer=peer)}", width - 2), "dim")]
        for letter, side, state, peer in (
            ("C", "client", at.client, "server"), ("S", "server", at.server, "client"),
        )
    ]  # fmt: skip
