"""Finds the segments that carry a text: those of one flow in the ladder, or of all flows."""

from collections.abc import Callable, Generator
from typing import Final, NamedTuple

from tcptui.drawing.cells import clean
from tcptui.drawing.names import flags_of, header_flags
from tcptui.engine.decode.header_search import payload_of
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS
from tcptui.text.amounts import amount, count

ALL_FLOWS: Final = "//"
"""What begins so is searched for in all flows."""
NAMED: Final = 5
"""So many frames are named of those where a text was found."""

ReadPacket = Callable[[int], bytes]


class TextFound(NamedTuple):
    """A text, and the packet rows where it was found by the numbers of their flows."""

    text: str
    rows: dict[int, list[int]]

    def in_words(self, engine: Engine, searched: str) -> str:
        """Return in how many segments it was found, in which frames first; else what was
        ``searched``."""
        rows = sorted(row for found in self.rows.values() for row in found)
        if not rows:
            return clean(f"{self.text} in none of {searched}")
        frames = ", ".join(f"#{count(engine.packets.frame(row))}" for row in rows[:NAMED])
        more = ", …" if len(rows) > NAMED else ""
        where = f" of {amount(len(self.rows), 'flow')}" if len(self.rows) > 1 else ""
        return clean(
            f"{self.text} in {amount(len(rows), 'segment')}{where}: {frames}{more}; > goes on"
        )


def finder(engine: Engine, read: ReadPacket, text: str) -> Callable[[int], bool]:
    """Return the test for a row: whether a text is said of it or carried by it, in upper or lower
    case; or, for the letter of a flag alone, whether it has the flag."""
    bits = [flag.bit for flag in ANALYSIS_FLAGS if flag.letter == text]
    if bits:
        return lambda row: engine.packets.has_flag(row, bits[0])
    wanted = text.casefold()
    return lambda row: wanted in said_of(engine, row, read).casefold()


def said_of(engine: Engine, row: int, read: ReadPacket) -> str:
    """Return all that a text is looked for in: number, flags, payload."""
    packets = engine.packets
    titles = " ".join(flag.title for flag in flags_of(packets.analysis(row)))
    carries = packets.length(row) > 0
    payload = payload_of(engine, row, read(row)) if carries else b""
    return (
        f"#{packets.frame(row)} {header_flags(packets, row)} {titles} "
        f"{payload.decode('utf-8', 'replace')}"
    )


def found_in_all(engine: Engine, read: ReadPacket, text: str) -> Generator[float, None, TextFound]:
    """Find the segments of all flows that carry a text, in whatever letters of ASCII; yield how far
    the search has come."""
    packets, wanted = engine.packets, text.encode().lower()
    rows = range(packets.first, packets.count)
    found: dict[int, list[int]] = {}
    for row in rows:
        if packets.length(row) > 0:
            packet = read(row)
            carries = wanted in packet.lower()
            if carries and wanted in payload_of(engine, row, packet).lower():
                found.setdefault(packets.flow(row), []).append(row)
        yield (row - rows.start) / len(rows)
    return TextFound(text, found)
