"""Finds when the receiver is known to have had a segment: its first ACK that covers it."""

from typing import Final

from tcptui.engine.packets import Packets
from tcptui.engine.sequence import MASK32, ge
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.panes.ladder.model.fold import Fold
from tcptui.text.amounts import count
from tcptui.text.durations import delta

MOST: Final = 2_000
"""So many segments of the flow are looked at."""


def acknowledgement(packets: Packets, fold: Fold, ordinal: int) -> str:
    """Return ``acked by #31, +35 µs`` for a segment of a flow; nothing for one that
    takes no sequence number, or whose ACK is not among the next ones.
    """
    row = fold.row_at(ordinal)
    flags, length = packets.flags(row), max(0, packets.length(row))
    taken = length + bool(flags & SYN) + bool(flags & FIN)
    if not taken or flags & RST:
        return ""
    end = (packets.seq(row) + taken) & MASK32
    from_server = packets.is_from_server(row)
    for later in range(ordinal + 1, min(len(fold.rows), ordinal + MOST)):
        other = fold.row_at(later)
        if packets.is_from_server(other) == from_server or not packets.flags(other) & ACK:
            continue
        if ge(packets.ack(other), end):
            took = delta(packets.time(other) - packets.time(row))
            return f"acked by #{count(packets.frame(other))}, {took}"
    return ""
