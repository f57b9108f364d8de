"""Sends only the changed cells of a line, and of their looks only what changes.

Textual 8 paints a changed part of a line from the left edge of its widget on ("TODO: crop to x
extents" in ``textual._compositor``), and gives each piece of text all of its style and takes it
away again. Over a slow link that is most of what a key costs.

To do better, :func:`install` replaces a private method of Textual for the whole process. Where
Textual is not as this module knows it, its own method stays: the screen is the same, only slower.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from inspect import signature
from typing import Final, NamedTuple, Protocol

import textual
from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

KNOWN_VERSION: Final = "8"
"""Textual's major version that this was written for."""
KNOWN_SIGNATURES: Final = {
    "__init__": ["self", "chops", "spans", "chop_ends"],
    "render_segments": ["self", "console"],
}
"""The methods of Textual's update that :func:`render_segments` relies on, with their parameters."""

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


class Pen:
    """Writes segments one after the other, and remembers the terminal's present look."""

    def __init__(self, system: ColorSystem) -> None:
        self.system = system
        self.look = PLAIN

    def write(self, segments: Iterable[Segment]) -> str:
        """Return the segments as a terminal takes them."""
        parts: list[str] = []
        for text, style, _ in segments:
            wanted = look_of(style._make_ansi_codes(self.system)) if style else PLAIN
            if text.isspace() and not wanted.attributes & VISIBLE_ON_BLANKS:
                kept = self.look.attributes - VISIBLE_ON_BLANKS
                wanted = CellLook(kept, self.look.colour, wanted.ground)
            parts += (shortest_change(self.look, wanted), text)
            self.look = wanted
        return "".join(parts)

    def lift(self) -> str:
        """Return the sequence that leads back to plain text."""
        before, self.look = self.look, PLAIN
        return "" if before == PLAIN else "\x1b[0m"


class CellUpdate(Protocol):
    """Mirrors Textual's ``ChopsUpdate``: strips of each line by their first cell, the cells where
    they end, and the spans to send as (line, first cell, cell after the last)."""

    chops: Sequence[Mapping[int, Strip | None]]
    spans: list[tuple[int, int, int]]
    chop_ends: list[list[int]]


def render_segments(self: CellUpdate, console: Console) -> str:
    """Return the terminal sequences for the spans of an update, cropped on both sides."""
    pen = Pen(console._color_system or ColorSystem.TRUECOLOR)
    sequences: list[str] = []
    for y, first, stop in self.spans:
        for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
            if strip is None or x >= stop or end <= first:
                continue
            start = max(x, first)
            sequences.append(Control.move_to(start, y).segment.text)
            sequences.append(pen.write(strip.crop(start - x, min(end, stop) - x)))
    sequences.append(pen.lift())
    return "".join(sequences)


def is_known(update: type, version: str) -> bool:
    """Return whether Textual's class of updates, and Rich's of styles, are as this module knows
    them."""
    if version.partition(".")[0] != KNOWN_VERSION or not hasattr(Style, "_make_ansi_codes"):
        return False
    methods = {name: getattr(update, name, None) for name in KNOWN_SIGNATURES}
    return all(
        method is not None and list(signature(method).parameters) == KNOWN_SIGNATURES[name]
        for name, method in methods.items()
    )


def install() -> bool:
    """Make Textual render its updates this way, if it is a known version; return whether it
    does."""
    try:
        from textual._compositor import ChopsUpdate
    except ImportError:
        return False
    known = is_known(ChopsUpdate, textual.__version__)
    if known:
        ChopsUpdate.render_segments = render_segments  # type: ignore[method-assign]
    return known
