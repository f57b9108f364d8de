"""Reads the SACK blocks of a side's segments from their packets, as few as it can."""

from mypy_extensions import i64

from tcptui.engine.decode.header_search import read_header
from tcptui.engine.engine import Engine
from tcptui.engine.packets import Packets
from tcptui.engine.tcp_header import SYN
from tcptui.findings.finding import Read


class HeaderLength:
    """The shortest headers of some segments so far, from the link layer on; and whether they were
    seen to have no blocks."""

    def __init__(self) -> None:
        self.least: i64 = 0
        self.is_without_blocks: bool = False


class SackBlockReader:
    """Returns the blocks of one side's segments, one after the other.

    The option makes headers longer, and what else is in them is the same in all segments of a side:
    so a segment with the shortest headers has no blocks if another one had none. What carries data
    is measured apart, as Ethernet fills up short packets.
    """

    def __init__(self, engine: Engine, read: Read | None) -> None:
        self.engine: Engine = engine
        self.packets: Packets = engine.packets
        self.read: Read | None = read
        self.of_bare: HeaderLength = HeaderLength()
        self.of_data: HeaderLength = HeaderLength()

    def blocks(self, row: i64) -> list[tuple[int, int]]:
        """Return the edges of a segment's blocks, in raw numbers."""
        if self.read is None or (self.packets.flags(row) & SYN) != 0:
            return []
        payload = self.packets.length(row)
        shortest = self.of_data if payload > 0 else self.of_bare
        length = self.packets.original(row) - (payload if payload > 0 else 0)
        if length == shortest.least and shortest.is_without_blocks:
            return []
        header = read_header(self.engine, int(row), self.read(int(row)))
        if header is None:
            return []
        if shortest.least == 0 or length <= shortest.least:
            shortest.least = length
            shortest.is_without_blocks = not header.sack
        return list(header.sack)
