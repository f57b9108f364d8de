"""Flows of which only one direction was captured."""

from typing import Final

from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.wireshark.flags import KEEP_ALIVE, RESENT, ZERO_WINDOW_PROBE

FEW: Final = 2
"""So many segments alone may be the end of a connection, or its beginning."""
REPETITIONS: Final = RESENT | KEEP_ALIVE | ZERO_WINDOW_PROBE


def is_one_sided(flow: Flow) -> bool:
    """Several segments, all from one side, that are more than calls without an answer: the other
    direction took another path, or was filtered out."""
    silent = flow.client.packets == 0 or flow.server.packets == 0
    if not silent or flow.packets <= FEW or opening(flow) is Opening.UNANSWERED:
        return False
    return int(flow.packets) - flow.count_of_any(REPETITIONS) > FEW
