"""Sends only the changed cells of a line, and of their looks only what changes.

Textual 8 paints a changed part of a line from the left edge of its widget on ("TODO: crop to x
extents" in ``textual._compositor``), and gives each piece of text all of its style and takes it
away again. Over a slow link that is most of what a key costs.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from textual._compositor import ChopsUpdate

LENGTHS: Final = {"5": 3, "2": 5}
"""How many numbers a colour of 256, or of red, green and blue, takes after 38 or 48."""
VISIBLE_ON_BLANKS: Final = {"4", "7", "9", "21"}
"""Attributes (ECMA-48, SGR) that show without a character: lines and reversed colours."""


class CellLook(NamedTuple):
    """SGR codes (ECMA-48) by what they set; an empty colour is the terminal's own."""

    attributes: frozenset[str] = frozenset()
    colour: str = ""
    ground: str = ""


PLAIN: Final = CellLook()


@lru_cache(maxsize=4096)
def look_of(style: str) -> CellLook:
    """What the codes of a style set: ``1;38;2;216;222;230``."""
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


def change(before: CellLook, after: CellLook) -> str:
    """The shortest sequence that leads from one look to another."""
    if before == after:
        return ""
    ways = ["\x1b[" + ";".join(["0", *codes(PLAIN, after)]) + "m"]
    if before.attributes <= after.attributes:
        ways.append("\x1b[" + ";".join(codes(before, after)) + "m")
    return min(ways, key=len)


def codes(before: CellLook, after: CellLook) -> list[str]:
    """What is to be set, where no attribute goes away."""
    colour = "" if after.colour == before.colour else after.colour or "39"
    ground = "" if after.ground == before.ground else after.ground or "49"
    new = [*sorted(after.attributes - before.attributes), colour, ground]
    return [code for code in new if code]


class Pen:
    """Writes segments one after the other; the look of the last one stays until the next."""

    def __init__(self, system: ColorSystem) -> None:
        self.system = system
        self.look = PLAIN

    def write(self, segments: Iterable[Segment]) -> str:
        """The segments as a terminal takes them."""
        parts: list[str] = []
        for text, style, _ in segments:
            wanted = look_of(style._make_ansi_codes(self.system)) if style else PLAIN
            if text.isspace() and not wanted.attributes & VISIBLE_ON_BLANKS:
                kept = self.look.attributes - VISIBLE_ON_BLANKS
                wanted = CellLook(kept, self.look.colour, wanted.ground)
            parts += (change(self.look, wanted), text)
            self.look = wanted
        return "".join(parts)

    def lift(self) -> str:
        """Back to plain text."""
        before, self.look = self.look, PLAIN
        return "" if before == PLAIN else "\x1b[0m"


def render_segments(self: ChopsUpdate, console: Console) -> str:
    """The terminal sequences for the spans of an update, cropped on both sides."""
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


def install() -> None:
    """Let Textual's updates be rendered so."""
    ChopsUpdate.render_segments = render_segments  # type: ignore[method-assign]
