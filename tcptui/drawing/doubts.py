"""Says what a capture leaves unknown of a flow's graphs."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from tcptui.engine.flow import SCALE_UNKNOWN, Endpoint, Flow

WINDOW: Final = ("window", "window_edge")


class Doubt(NamedTuple):
    """Says what is not known of a direction, in words, and which of its levels are dotted."""

    words: str
    dotted: tuple[str, ...]

    def words_for(self, names: Iterable[str]) -> str:
        """Return the words where these series are drawn; none where they are of others."""
        return self.words if not self.dotted or set(names) & set(self.dotted) else ""


Doubts = Mapping[str, Doubt]
"""What is not known of each direction, by the first letter of the side that sent the data; behind
`BOTH` what is not known of the flow."""
BOTH: Final = ""
KNOWN: Final = Doubt("", ())
ALL_KNOWN: Final[Doubts] = {}


def doubts_of(flow: Flow) -> Doubts:
    """Return what is not known of a flow, and of the data of each side."""
    found = {}
    for letter, sender, name, peer in (
        ("c", flow.client, "client", "server"),
        ("s", flow.server, "server", "client"),
    ):
        doubt = doubt_of(sender, name, peer)
        if sender.packets == 0:
            found[BOTH] = Doubt(f"only the {peer} is in the capture", ())
        if doubt.words:
            found[letter] = doubt
    return found


def doubt_of(sender: Endpoint, name: str, peer: str) -> Doubt:
    """Return what is not known of what an endpoint sent."""
    receiver = sender.peer
    if sender.packets == 0:
        return Doubt(f"dotted: only the {peer} is in the capture", ("ack", *WINDOW))
    if receiver.packets == 0:
        return Doubt(f"no ACKs: only the {name} is in the capture", ())
    if receiver.scale == SCALE_UNKNOWN:
        return Doubt(f"dotted: window scale unknown (no SYN of the {peer})", WINDOW)
    return KNOWN
