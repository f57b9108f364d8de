"""Writes parts of lines to a terminal in few bytes: their order, what changes of their looks, and
the ways from one to the next.

The ways are what all terminals take (ECMA-48: CUP, CUU, CUD, CUF, CUB), a backspace or a return.
Where a terminal may have put the cursor elsewhere, behind the last cell of a line and behind
characters to which terminals give different widths, the next way begins at the upper left corner.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from tcptui.widgets.cell_looks import (
    PLAIN,
    VISIBLE_ON_BLANKS,
    Cell,
    CellLook,
    is_empty,
    shortest_change,
)

ERASED: Final = re.compile(r"( {12,}| {6,}\Z)")
"""So many blanks take fewer bytes to erase (ECH, EL), and to pass by where more follows."""
BRIDGE_BYTES: Final = 4
"""To pass by fewer than ten cells takes as many bytes; by one cell, a byte less."""
NEAR: Final = 6
"""So many backspaces take no more bytes than any other way back."""
ONE_CELL: Final = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u25ff\u2800-\u28ff]*"
)
"""Characters that take one cell everywhere, but for those that take two."""


class Stroke(NamedTuple):
    """Cells side by side that are written in one look."""

    y: int
    x: int
    cells: Sequence[Cell]
    look: CellLook

    @property
    def text(self) -> str:
        """The characters."""
        return text_of(self.cells)


def text_of(cells: Iterable[Cell]) -> str:
    """Return the characters of cells."""
    return "".join(character for character, _ in cells)


def fits(cell: Cell, look: CellLook) -> bool:
    """Return whether a cell is as it is meant to be when it is written in a look."""
    character, wanted = cell
    if wanted == look:
        return True
    is_blank = character == " " and not wanted.attributes
    return is_blank and wanted.ground == look.ground and not look.attributes & VISIBLE_ON_BLANKS


def strokes_of(y: int, cells: Sequence[Cell], changed: Sequence[int]) -> Iterator[Stroke]:
    """Yield the strokes of a line in which its changed cells lie."""
    for first, stop in stretches_of(cells, changed):
        if not cells[first][0]:
            first -= 1  # the second cell of a wide character goes with the first
        yield from in_looks(Stroke(y, first, cells[first:stop], cells[first][1]))


def stretches_of(cells: Sequence[Cell], changed: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first cell of each stretch that is to be written, and the one behind its last."""
    first = stop = -1
    for at in changed:
        if at > stop and not (stop > 0 and is_bridge(cells[stop - 1 : at + 1])):
            if stop > 0:
                yield first, stop
            first = at
        stop = at + 1
    if stop > 0:
        yield first, stop


def is_bridge(cells: Sequence[Cell]) -> bool:
    """Return whether the cells between the first and the last take no more bytes than to pass by
    them."""
    look, between = cells[0][1], cells[1:-1]
    if not all(fits(cell, look) for cell in between):
        return False
    if is_empty(look) and text_of(cells).isspace() and fits(cells[-1], look):
        return True
    return size(text_of(between)) <= BRIDGE_BYTES - (len(between) == 1)


def in_looks(stroke: Stroke) -> Iterator[Stroke]:
    """Yield a stroke in parts of one look; blanks go with what stands before or behind them."""
    y, x, cells, look = stroke
    first = at = 0
    for wanted, run in groupby(cells, itemgetter(1)):
        part = list(run)
        if wanted != look and not all(fits(cell, look) for cell in part):
            before = cells[first:at]
            if not (text_of(before).isspace() and all(fits(cell, wanted) for cell in before)):
                yield Stroke(y, x + first, before, look)
                first = at
            look = wanted
        at += len(part)
    yield Stroke(y, x + first, cells[first:], look)


class Pen:
    """Writes strokes, and remembers the terminal's present look and where its cursor is. ``ends``
    says how many cells of each line are known."""

    def __init__(self, ends: Mapping[int, int]) -> None:
        self.ends = ends
        self.look = PLAIN
        self.place: tuple[int, int] | None = None  # line and cell, where they are known

    def write(self, stroke: Stroke) -> str:
        """Return the sequence that writes a stroke in its place."""
        text, look, end = stroke.text, stroke.look, stroke.x + len(stroke.cells)
        if text.isspace() and not look.attributes & VISIBLE_ON_BLANKS:
            look = CellLook(self.look.attributes - VISIBLE_ON_BLANKS, self.look.colour, look.ground)
        sent = self.way_to(stroke.y, stroke.x) + shortest_change(self.look, look)
        self.look = look
        is_known = len(text) == len(stroke.cells) and ONE_CELL.fullmatch(text) is not None
        is_last = end == self.ends[stroke.y]
        parts = ERASED.split(text) if is_empty(look) else [text]
        for number, part in enumerate(parts):
            if number % 2 == 0:
                sent += part
            elif parts[number + 1]:
                sent += f"\x1b[{len(part)}X\x1b[{len(part)}C"
            else:
                sent += "\x1b[K" if is_last else f"\x1b[{len(part)}X"
                end -= len(part)
                is_last = False
        self.place = (stroke.y, end) if is_known and not is_last else None
        return sent

    def way_to(self, y: int, x: int) -> str:
        """Return the shortest sequence that leads the cursor to a cell."""
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
        if self.place is not None:
            line, at = self.place
            down = moved(y - line, "B", "A")
            ways += [down + moved(x - at, "C", "D"), down + "\r" + moved(x, "C", "D")]
            if 0 < at - x <= NEAR:
                ways.append(down + "\b" * (at - x))
        return min(ways, key=len)

    def lift(self) -> str:
        """Return the sequence that leads back to plain text."""
        return shortest_change(self.look, PLAIN)


def moved(by: int, onwards: str, back: str) -> str:
    """Return the sequence that moves the cursor, on or back."""
    if not by:
        return ""
    return f"\x1b[{abs(by) if abs(by) > 1 else ''}{onwards if by > 0 else back}"


def size(sequence: str) -> int:
    """Return the bytes of a sequence."""
    return len(sequence) if sequence.isascii() else len(sequence.encode())


def by_look(strokes: Iterable[Stroke]) -> Iterator[Stroke]:
    """Yield all strokes of a look before those of the look that then takes the fewest bytes."""
    groups: dict[CellLook, list[Stroke]] = {}
    for stroke in strokes:
        groups.setdefault(stroke.look, []).append(stroke)
    look = PLAIN
    while groups:
        look = min(groups, key=lambda other: len(shortest_change(look, other)))
        yield from groups.pop(look)


def written(strokes: Sequence[Stroke], ends: Mapping[int, int]) -> str:
    """Return the sequence that writes strokes, each of other cells, in the order that takes fewer
    bytes: that of the lines, or that of the looks."""
    found: list[str] = []
    for order in (strokes, by_look(strokes)):
        pen = Pen(ends)
        found.append("".join(map(pen.write, order)) + pen.lift())
    return min(found, key=size)
