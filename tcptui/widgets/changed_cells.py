"""Sends only the cells that are not yet on the terminal, and of their looks only what changes.

Textual 8 paints a changed part of a line from the left edge of its widget on ("TODO: crop to x
extents" in ``textual._compositor``), all of the screen where the layout changes, and again as each
of its widgets is drawn; and it gives each piece of text all of its style and takes it away again.
Over a slow link that is most of what a key costs.

To do better, :func:`install` replaces a private method of Textual's updates for the whole process,
and remembers what the terminal shows. Where Textual is not as this module knows it, its own method
stays: the screen is the same, only slower.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from inspect import signature
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol
from weakref import WeakKeyDictionary

import textual
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual import _compositor
from textual.geometry import Region
from textual.strip import Strip

KNOWN_VERSION: Final = "8"
"""Textual's major version that this was written for."""
KNOWN_METHODS: Final = {
    "ChopsUpdate": {
        "__init__": ["self", "chops", "spans", "chop_ends"],
        "render_segments": ["self", "console"],
    },
    "LayoutUpdate": {
        "__init__": ["self", "strips", "region"],
        "render_segments": ["self", "console"],
    },
}
"""The methods of Textual's updates that this module relies on, with their parameters."""

LENGTHS: Final = {"5": 3, "2": 5}
"""How many numbers a colour takes after 38 or 48: one of 256, or red, green and blue."""
VISIBLE_ON_BLANKS: Final = {"4", "7", "9", "21"}
"""Attributes (ECMA-48, SGR) that show on spaces: lines and reversed colours."""


class CellLook(NamedTuple):
    """Holds SGR codes (ECMA-48) by what they set; an empty colour is the terminal's own."""

    attributes: frozenset[str] = frozenset()
    colour: str = ""
    ground: str = ""


PLAIN: Final = CellLook()


@lru_cache(maxsize=4096)
def look_of(style: str) -> CellLook:
    """Return the look that a style's codes set, such as ``1;38;2;216;222;230``."""
    attributes: set[str] = set()
    colour = ground = ""
    left = style.split(";") if style else []
    while left:
        number = int(left[0])
        length = LENGTHS.get(left[1], 1) if number in (38, 48) else 1
        code, left = ";".join(left[:length]), left[length:]
        if 30 <= number < 40 or 90 <= number < 98:
            colour = code
        elif 40 <= number < 50 or 100 <= number < 108:
            ground = code
        else:
            attributes.add(code)
    return CellLook(frozenset(attributes), colour, ground)


def shortest_change(before: CellLook, after: CellLook) -> str:
    """Return the shortest sequence that leads from one look to another."""
    if before == after:
        return ""
    ways = ["\x1b[" + ";".join(["0", *added_codes(PLAIN, after)]) + "m"]
    if before.attributes <= after.attributes:
        ways.append("\x1b[" + ";".join(added_codes(before, after)) + "m")
    return min(ways, key=len)


def added_codes(before: CellLook, after: CellLook) -> list[str]:
    """Return the SGR codes that lead from one look to another, where no attribute goes away."""
    colour = "" if after.colour == before.colour else after.colour or "39"
    ground = "" if after.ground == before.ground else after.ground or "49"
    new = [*sorted(after.attributes - before.attributes), colour, ground]
    return [code for code in new if code]


Cell = tuple[str, CellLook]
"""A character with what combines with it, and its look; the second cell of a wide one is empty."""

UNKNOWN: Final[Cell] = ("\0", PLAIN)
CHEAPER_SENT: Final = 6
"""So many cells between changed ones are sent again: to go on behind them takes as many bytes."""


MANY_BLANKS: Final = re.compile("( {12,})")
"""So many take fewer bytes to erase and to pass by (ECMA-48, ECH and CUF)."""


def is_empty(look: CellLook) -> bool:
    """Return whether a blank with this look is what a terminal erases a cell to."""
    return not look.ground and not look.attributes & VISIBLE_ON_BLANKS


@lru_cache(maxsize=16384)
def cells_of(text: str, codes: str) -> tuple[Cell, ...]:
    """Return the cells that a text with the SGR codes of its style takes."""
    look = look_of(codes)
    if text.isspace() and not look.attributes & VISIBLE_ON_BLANKS:
        look = CellLook(ground=look.ground)
    cells: list[Cell] = []
    for character in text:
        size = 1 if character.isascii() else cell_len(character)
        if size == 0 and cells:
            before, _ = cells[-1]
            cells[-1] = (before + character, look)
            continue
        cells.append((character, look))
        if size == 2:
            cells.append(("", look))
    return tuple(cells)


def cells_in(segments: Iterable[Segment], system: ColorSystem) -> list[Cell]:
    """Return the cells of a line, or of a part of it."""
    cells: list[Cell] = []
    for text, style, _ in segments:
        cells += cells_of(text, style._make_ansi_codes(system) if style else "")
    return cells


class Pen:
    """Writes cells one after the other, and remembers the terminal's present look."""

    def __init__(self) -> None:
        self.look = PLAIN

    def write(self, cells: Sequence[Cell]) -> str:
        """Return the cells as a terminal takes them; many blanks without a ground are erased."""
        sent = ""
        erased = 0  # cells before the cursor's next place
        for look, run in groupby(cells, itemgetter(1)):
            text = "".join(character for character, _ in run)
            for piece in MANY_BLANKS.split(text) if is_empty(look) else [text]:
                if not piece:
                    continue
                wanted = look
                if piece.isspace() and not look.attributes & VISIBLE_ON_BLANKS:
                    kept = self.look.attributes - VISIBLE_ON_BLANKS
                    wanted = CellLook(kept, self.look.colour, look.ground)
                sent += f"\x1b[{erased}C" if erased else ""
                sent += shortest_change(self.look, wanted)
                self.look = wanted
                erased = len(piece) if is_empty(look) and MANY_BLANKS.fullmatch(piece) else 0
                sent += f"\x1b[{erased}X" if erased else piece
        return sent

    def lift(self) -> str:
        """Return the sequence that leads back to plain text."""
        before, self.look = self.look, PLAIN
        return "" if before == PLAIN else "\x1b[0m"


class ShownCells:
    """Remembers what a terminal shows, line by line, as far as it is known."""

    def __init__(self) -> None:
        self.lines: dict[int, list[Cell]] = {}

    def forget(self) -> None:
        """Know nothing more of what the terminal shows: all is sent again."""
        self.lines.clear()

    def changes(self, y: int, x: int, cells: list[Cell]) -> Iterator[tuple[int, list[Cell]]]:
        """Yield where a part of a line changes, and to which cells; from now on it shows them."""
        line = self.lines.setdefault(y, [])
        stop = x + len(cells)
        line += [UNKNOWN] * (stop - len(line))
        before = line[x:stop]
        line[x:stop] = cells
        changed = [at for at, cell in enumerate(cells) if cell != before[at]]
        while changed:
            count = 1
            while count < len(changed) and changed[count] - changed[count - 1] <= CHEAPER_SENT:
                count += 1
            first, last = changed[0], changed[count - 1] + 1
            if first and not cells[first][0]:
                first -= 1  # the second cell of a wide character goes with the first
            yield x + first, cells[first:last]
            changed = changed[count:]


SHOWN: Final[WeakKeyDictionary[Console, ShownCells]] = WeakKeyDictionary()
"""By the application's console."""


def forget(console: Console) -> None:
    """Know nothing more of what the console's terminal shows: its size has changed, or another
    program has written there."""
    if console in SHOWN:
        SHOWN[console].forget()


def sent(parts: Iterable[tuple[int, int, Iterable[Segment]]], console: Console) -> str:
    """Return the terminal sequences for parts of lines (line, first cell, what is there), as far as
    they are not shown yet."""
    system = console._color_system or ColorSystem.TRUECOLOR
    shown = SHOWN.setdefault(console, ShownCells())
    pen = Pen()
    sequences: list[str] = []
    for y, x, segments in parts:
        for at, cells in shown.changes(y, x, cells_in(segments, system)):
            sequences += (Control.move_to(at, y).segment.text, pen.write(cells))
    sequences.append(pen.lift())
    return "".join(sequences)


class CellUpdate(Protocol):
    """Mirrors Textual's ``ChopsUpdate``: strips of each line by their first cell, the cells where
    they end, and the spans to send as (line, first cell, cell after the last)."""

    chops: Sequence[Mapping[int, Strip | None]]
    spans: list[tuple[int, int, int]]
    chop_ends: list[list[int]]


def render_cells(self: CellUpdate, console: Console) -> str:
    """Return the terminal sequences for the spans of an update, cropped on both sides."""
    return sent(cropped(self), console)


def cropped(update: CellUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield what stands in the spans of an update."""
    for y, first, stop in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < stop and end > first:
                start = max(x, first)
                yield y, start, strip.crop(start - x, min(end, stop) - x)


class WholeUpdate(Protocol):
    """Mirrors Textual's ``LayoutUpdate``: the strips of each line of a region."""

    strips: list[Iterable[Strip]]
    region: Region


def render_whole(self: WholeUpdate, console: Console) -> str:
    """Return the terminal sequences for a whole region."""
    x, first = self.region.x, self.region.y
    lines = enumerate(self.strips, first)
    return sent(((y, x, chain.from_iterable(strips)) for y, strips in lines), console)


RENDERED_BY: Final[dict[str, Callable[[Any, Console], str]]] = {
    "ChopsUpdate": render_cells,
    "LayoutUpdate": render_whole,
}


def is_known(update: type, name: str, version: str) -> bool:
    """Return whether Textual's class of updates with this name, and Rich's of styles, are as this
    module knows them."""
    if version.partition(".")[0] != KNOWN_VERSION or not hasattr(Style, "_make_ansi_codes"):
        return False
    methods = {method: getattr(update, method, None) for method in KNOWN_METHODS[name]}
    return all(
        method is not None and list(signature(method).parameters) == KNOWN_METHODS[name][called]
        for called, method in methods.items()
    )


def install() -> bool:
    """Make Textual render its updates this way, if it is a known version; return whether it
    does."""
    updates: dict[str, Any] = {name: getattr(_compositor, name, object) for name in RENDERED_BY}
    known = all(is_known(update, name, textual.__version__) for name, update in updates.items())
    if known:
        for name, update in updates.items():
            update.render_segments = RENDERED_BY[name]
    return known
