"""Reads the SACK blocks (RFC 2018, RFC 2883) of the segments that the ladder shows.

The columns do not hold them: they are read from the packet for the lines that are drawn, and kept
for the next time these are drawn.
"""

from typing import Final

from tcptui.engine.decode.header_search import Block, read_header
from tcptui.engine.engine import Engine
from tcptui.engine.packets import DSACK
from tcptui.engine.tcp_header import ACK, SYN
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.findings.finding import Read

MOST_KEPT: Final = 4096


def unread(row: int) -> bytes:
    """Return no bytes, where no packet can be read."""
    return b""


class ReportedBlocks:
    """Finds the raw blocks of rows."""

    def __init__(self, engine: Engine, read: Read) -> None:
        self.engine = engine
        self.packets = engine.packets
        self.read = read
        self.known: dict[int, tuple[Block, ...]] = {}

    def of(self, row: int) -> tuple[Block, ...]:
        """Return the blocks of a segment; none for one that cannot have any."""
        if self.packets.flags(row) & (ACK | SYN) != ACK:
            return ()
        found = self.known.get(row)
        if found is None:
            if len(self.known) >= MOST_KEPT:
                self.known.clear()
            found = self.known[row] = self.read_blocks(row)
        return found

    def read_blocks(self, row: int) -> tuple[Block, ...]:
        header = read_header(self.engine, row, self.read(row))
        return header.sack if header else ()

    def texts(self, row: int, numbers: RelativeNumbers | None) -> list[str]:
        """Return ``SACK 4381-5841,7301-8761`` from long to short, relative by ``numbers``, raw
        without; the first block of a D-SACK reports what came twice."""
        blocks = self.of(row)
        if not blocks:
            return []
        edges = blocks
        if numbers is not None:
            edges = tuple(
                (numbers.of_receiver(row, left), numbers.of_receiver(row, right))
                for left, right in blocks
            )
        spans = [f"{left}-{right}" for left, right in edges]
        name = "D-SACK" if self.packets.has_attribute(row, DSACK) else "SACK"
        more = f" +{len(spans) - 1}" if len(spans) > 1 else ""
        texts = [f"{name} {','.join(spans)}", f"{name} {spans[0]}{more}"]
        return texts if more else texts[:1]
