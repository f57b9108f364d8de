"""Finds when the receiver is known to have had a segment: its first ACK or SACK block that covers
it."""

from typing import Final, NamedTuple

from tcptui.engine.packets import DSACK, Packets
from tcptui.engine.sequence import MASK32, ge, le, lt
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.panes.ladder.model.fold import Fold
from tcptui.panes.ladder.sack_blocks import ReportedBlocks
from tcptui.text.amounts import count
from tcptui.text.durations import delta

MOST: Final = 2_000
"""So many segments of the flow are looked at …"""
MOST_READ: Final = 64
"""… and so many that may have SACK blocks are read."""


class Received(NamedTuple):
    """The packet rows that say so, -1 for none; ``looked_at`` is how many rows the flow had."""

    acked: int
    sacked: int
    looked_at: int


class Receptions:
    """Finds them for the segments of one flow, each once."""

    def __init__(self, packets: Packets, fold: Fold, sack: ReportedBlocks) -> None:
        self.packets = packets
        self.fold = fold
        self.sack = sack
        self.known: dict[int, Received] = {}

    def texts(self, ordinal: int) -> list[str]:
        """Return ``SACKed by #29, +20 µs, acked by #31, +35 µs`` for the segment with this ordinal
        of the flow, from long to short; nothing for one that takes no sequence number, or for which
        none of the next ones says so.
        """
        known = self.known.get(ordinal)
        if known is None or (known.acked < 0 and known.looked_at != len(self.fold.rows)):
            known = self.known[ordinal] = self.received(ordinal)
        sent = self.packets.time(self.fold.row_at(ordinal))
        told = [
            (f"{word} by #{count(self.packets.frame(row))}, {delta(self.packets.time(row) - sent)}")
            for word, row in (("SACKed", known.sacked), ("acked", known.acked))
            if row >= 0
        ]
        return [", ".join(told), told[0]] if told else []

    def received(self, ordinal: int) -> Received:
        packets, rows = self.packets, len(self.fold.rows)
        row = self.fold.row_at(ordinal)
        flags, length = packets.flags(row), max(0, packets.length(row))
        taken = length + bool(flags & SYN) + bool(flags & FIN)
        if not taken or flags & RST:
            return Received(-1, -1, rows)
        begin, end = packets.seq(row), (packets.seq(row) + taken) & MASK32
        from_server = packets.is_from_server(row)
        sacked, read = -1, 0
        for later in range(ordinal + 1, min(rows, ordinal + MOST)):
            other = self.fold.row_at(later)
            if packets.is_from_server(other) == from_server or not packets.flags(other) & ACK:
                continue
            if ge(packets.ack(other), end):
                return Received(other, sacked, rows)
            if sacked < 0 and read < MOST_READ:
                read += 1
                sacked = other if self.reports(other, begin, end) else -1
        return Received(-1, sacked, rows)

    def reports(self, row: int, begin: int, end: int) -> bool:
        """Return whether a SACK block beyond the acknowledgment number has all of the bytes."""
        blocks = self.sack.of(row)
        if self.packets.has_attribute(row, DSACK):
            blocks = blocks[1:]  # the first tells what came twice
        ack = self.packets.ack(row)
        return any(lt(ack, left) and le(left, begin) and ge(right, end) for left, right in blocks)
