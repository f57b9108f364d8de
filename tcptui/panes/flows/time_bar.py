"""Draws the bar of where a flow's time went: a letter and a colour for each part."""

from collections.abc import Sequence
from typing import Final

from tcptui.drawing.cells import Line, Run
from tcptui.engine.flow import Flow
from tcptui.findings.time_split import time_split

PARTS: Final = (
    ("C", "client"),
    ("S", "server"),
    ("T", "error"),
    ("N", "note"),
    ("·", "dim"),
)
"""Letter and style of each part, in the order of TimeSplit: client, server, TCP, network, idle."""
MEANING: Final = "C client, S server, T TCP, N network, · idle at the end"


def bar(flow: Flow, width: int) -> Line:
    """Return the flow's time as ``width`` cells; nothing where no time passed."""
    split = time_split(flow)
    if not split.total:
        return []
    sizes = cells_of(split.parts(), width)
    return [Run(letter * size, style) for (letter, style), size in zip(PARTS, sizes, strict=True)]


def cells_of(shares: Sequence[int], width: int) -> list[int]:
    """Return ``width`` cells given to the parts by their sizes: the largest remainders get the
    rest."""
    total = sum(shares)
    sizes = [share * width // total for share in shares]
    rests = sorted(range(len(shares)), key=lambda at: shares[at] * width % total, reverse=True)
    for at in rests[: width - sum(sizes)]:
        sizes[at] += 1
    return sizes


def active(flow: Flow) -> int:
    """Return the flow's time in ns up to its last data: what the bar shows without the idle end."""
    return int(flow.active_time())


def server_wait(flow: Flow) -> int:
    """Return the time in ns that the server's application took."""
    return int(flow.server_time)


def client_wait(flow: Flow) -> int:
    """Return the time in ns that the client's application took."""
    return int(flow.client_time)
