"""Says what a capture leaves unknown of a flow's graphs."""

from tcptui.engine.flow import SCALE_UNKNOWN, Endpoint, Flow
from tcptui.panes.graph.drawing import Doubt

WINDOW: tuple[str, ...] = ("window", "window_edge")


def doubts_of(flow: Flow) -> dict[str, Doubt]:
    """Return what is not known of the data of each side, by the side's letter."""
    found = {}
    for letter, sender, name, peer in (
        ("c", flow.client, "client", "server"),
        ("s", flow.server, "server", "client"),
    ):
        doubt = doubt_of(sender, name, peer)
        if doubt.words:
            found[letter] = doubt
    return found


def doubt_of(sender: Endpoint, name: str, peer: str) -> Doubt:
    """Return what is not known of what an endpoint sent."""
    receiver = sender.peer
    if sender.packets == 0:
        return Doubt(f"dotted: only the {peer} was captured", ("ack", *WINDOW))
    if receiver.packets == 0:
        return Doubt(f"no ACKs: only the {name} was captured", ())
    if receiver.scale == SCALE_UNKNOWN:
        return Doubt(f"dotted: the {peer}'s window, scale unknown without its SYN", WINDOW)
    return Doubt("", ())
