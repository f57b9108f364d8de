"""Tells what looks the cells of a terminal have, and the shortest change from one to another."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment

LENGTHS: Final = {"5": 3, "2": 5}
"""How many numbers a colour takes after 38 or 48: one of 256, or red, green and blue."""
VISIBLE_ON_BLANKS: Final = {"4", "7", "9", "21"}
"""Attributes (ECMA-48, SGR) that show on spaces: lines and reversed colours."""
ENDED_BY: Final = {
    "1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "7": "27", "9": "29",
}  # fmt: skip
"""What takes an attribute away, some two together. The others go with all of the look."""


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


@lru_cache(maxsize=4096)
def shortest_change(before: CellLook, after: CellLook) -> str:
    """Return the shortest sequence that leads from one look to another."""
    if before == after:
        return ""
    anew = ["", *added_codes(PLAIN, after)]  # no number is 0: nothing of what was
    gone = before.attributes - after.attributes
    ways = [anew]
    if gone <= ENDED_BY.keys():
        ended = {ENDED_BY[code] for code in gone}
        left = frozenset(code for code in before.attributes if ENDED_BY.get(code) not in ended)
        ways.append([*sorted(ended), *added_codes(before._replace(attributes=left), after)])
    return min(("\x1b[" + ";".join(codes) + "m" for codes in ways), key=len)


def added_codes(before: CellLook, after: CellLook) -> list[str]:
    """Return the SGR codes that lead from one look to another, where no attribute goes away."""
    colour = "" if after.colour == before.colour else after.colour or "39"
    ground = "" if after.ground == before.ground else after.ground or "49"
    new = [*sorted(after.attributes - before.attributes), colour, ground]
    return [code for code in new if code]


Cell = tuple[str, CellLook]
"""A character with what combines with it, and its look; the second cell of a wide one is empty."""


def is_empty(look: CellLook) -> bool:
    """Return whether a blank with this look is what a terminal erases a cell to."""
    return not look.ground and not look.attributes & VISIBLE_ON_BLANKS


@lru_cache(maxsize=16384)
def cells_of(text: str, codes: str) -> tuple[Cell, ...]:
    """Return the cells that a text with the SGR codes of its style takes."""
    look = look_of(codes)
    blank = (" ", look if look.attributes & VISIBLE_ON_BLANKS else CellLook(ground=look.ground))
    cells: list[Cell] = []
    for character in text:
        size = 1 if character.isascii() else cell_len(character)
        if size == 0 and cells:
            before, _ = cells[-1]
            cells[-1] = before + character, look
            continue
        cells.append(blank if character == " " else (character, look))
        if size == 2:
            cells.append(("", look))
    return tuple(cells)


def cells_in(segments: Iterable[Segment], system: ColorSystem) -> list[Cell]:
    """Return the cells of a line, or of a part of it."""
    cells: list[Cell] = []
    for text, style, _ in segments:
        cells += cells_of(text, style._make_ansi_codes(system) if style else "")
    return cells
