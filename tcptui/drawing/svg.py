"""Draws lines of styled text as an SVG picture that needs nothing else; fonts are named only.

Text stays text; the lines, arrow heads and blocks of a terminal become strokes and shapes, so the
picture is whole in any font.
"""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from tcptui.drawing.cells import Line, width_of

CELL_WIDTH: Final = 8
CELL_HEIGHT: Final = 17
BASELINE: Final = 13
FONT_SIZE: Final = 13
FONTS: Final = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

ARMS: Final = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "rud", "┤": "lud",
    "┬": "lrd", "┴": "lru", "┼": "lrud", "═": "lr", "║": "ud",
}  # fmt: skip
"""The sides of its cell that a character reaches from the middle."""
DASHED: Final = {"┄": "lr", "┈": "lr", "╌": "lr", "┊": "ud", "┆": "ud", "╎": "ud"}
ROUND: Final = {"╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu"}
HEADS: Final = {
    "►": "0,0 1,.5 0,1", "◄": "1,0 0,.5 1,1", "▲": "0,1 .5,0 1,1", "▼": "0,0 .5,1 1,0",
}  # fmt: skip
BLOCKS: Final = {"█": 1.0, "▓": 0.75, "▒": 0.5, "░": 0.25, "▌": 1.0}
SHAPES: Final = "".join([*ARMS, *DASHED, *ROUND, *HEADS, *BLOCKS])


class Ink(NamedTuple):
    """Says how a text is drawn; colours are ``#rrggbb``, ``ground`` is empty where nothing lies
    below."""

    color: str
    ground: str = ""
    bold: bool = False
    italic: bool = False


InkedText = tuple[str, Ink]


class Picture:
    """Collects shapes by colour, line by line."""

    def __init__(self) -> None:
        self.grounds: list[str] = []
        self.strokes: dict[tuple[str, bool], list[str]] = {}
        self.fills: dict[str, list[str]] = {}
        self.blocks: list[str] = []
        self.texts: list[str] = []

    def line(self, y: int, line: Iterable[InkedText]) -> None:
        """Draw a line of text whose upper edge is at ``y``."""
        column = 0
        for text, ink in line:
            width = width_of(text)
            if ink.ground:
                self.grounds.append(rectangle(column, y, width, ink.ground))
            at = column
            for kind, piece in pieces(text):
                if kind:
                    self.shapes(piece, at, y, ink.color)
                elif piece.strip():
                    self.text(piece, at, y, ink)
                at += width_of(piece)
            column += width

    def text(self, piece: str, column: int, y: int, ink: Ink) -> None:
        indent = len(piece) - len(piece.lstrip(" "))
        shown = piece.strip(" ")
        look = ' font-weight="bold"' if ink.bold else ""
        look += ' font-style="italic"' if ink.italic else ""
        self.texts.append(
            f'<text x="{(column + indent) * CELL_WIDTH}" y="{y + BASELINE}"'
            f' textLength="{width_of(shown) * CELL_WIDTH}" fill="{escape(ink.color)}"{look}>'
            f"{escape(printable(shown), quote=False)}</text>"
        )

    def shapes(self, piece: str, column: int, y: int, color: str) -> None:
        """Draw a repeated character of `SHAPES`."""
        character, x = piece[0], column * CELL_WIDTH
        if character in BLOCKS:
            width = 0.5 if character == "▌" else len(piece)
            self.blocks.append(rectangle(column, y, width, color, BLOCKS[character]))
        elif character in HEADS:
            for n in range(len(piece)):
                self.fills.setdefault(color, []).append(head(character, x + n * CELL_WIDTH, y))
        else:
            dashed = character in DASHED
            found = self.strokes.setdefault((color, dashed), [])
            found.extend(strokes(character, len(piece), x, y))

    def parts(self) -> Iterator[str]:
        yield from self.grounds
        yield from self.blocks
        for (color, dashed), found in self.strokes.items():
            dashes = ' stroke-dasharray="2 3"' if dashed else ""
            yield f'<path d="{"".join(found)}" fill="none" stroke="{color}"{dashes}/>'
        for color, found in self.fills.items():
            yield f'<path d="{"".join(found)}" fill="{color}"/>'
        yield from self.texts


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text in pieces: ``("─", "────")`` of a shape, ``("", "words")`` of the rest, which
    is split where two spaces stand."""
    for kind, same in groupby(text, key=lambda c: c if c in SHAPES else ""):
        piece = "".join(same)
        while not kind and "  " in piece.strip(" "):
            start = len(piece) - len(piece.lstrip(" "))
            at = piece.index("  ", start)
            yield "", piece[:at]
            piece = piece[at:]
        yield kind, piece


def strokes(character: str, times: int, x: int, y: int) -> Iterator[str]:
    """Yield a line-drawing character, ``times`` side by side, as path data."""
    right, below = x + times * CELL_WIDTH, y + CELL_HEIGHT
    level = y + CELL_HEIGHT / 2
    arms = ARMS.get(character) or DASHED.get(character)
    if arms == "lr":
        yield f"M{x} {level}H{right}"
        return
    for left in range(x, right, CELL_WIDTH):
        middle = left + CELL_WIDTH / 2
        ends = {
            "l": f"{left} {level}",
            "r": f"{left + CELL_WIDTH} {level}",
            "u": f"{middle:g} {y}",
            "d": f"{middle:g} {below}",
        }
        if character in ROUND:
            start, stop = (ends[arm] for arm in ROUND[character])
            yield f"M{start}Q{middle:g} {level} {stop}"
        else:
            for arm in arms or "":
                yield f"M{middle:g} {level}L{ends[arm]}"


def head(character: str, x: int, y: int) -> str:
    """Return an arrow head as path data."""
    size = CELL_WIDTH
    top = y + (CELL_HEIGHT - size) / 2
    points = [point.split(",") for point in HEADS[character].split()]
    corners = [f"{x + float(px) * size:g} {top + float(py) * size:g}" for px, py in points]
    return f"M{'L'.join(corners)}Z"


def rectangle(column: int, y: int, width: float, color: str, opacity: float = 1) -> str:
    shade = f' fill-opacity="{opacity}"' if opacity < 1 else ""
    return (
        f'<rect x="{column * CELL_WIDTH}" y="{y}" width="{width * CELL_WIDTH:g}"'
        f' height="{CELL_HEIGHT}" fill="{color}"{shade}/>'
    )


def printable(text: str) -> str:
    """Return the text without what XML 1.0 does not allow."""
    return "".join(c if c.isprintable() and c < "\ufffe" else "\ufffd" for c in text)


def picture(lines: list[list[InkedText]], columns: int, ground: str, title: str) -> str:
    """Return the lines as an SVG document over a ``ground`` colour; ``title`` says what it
    shows."""
    drawn = Picture()
    for number, line in enumerate(lines):
        drawn.line(number * CELL_HEIGHT, line)
    return document(drawn.parts(), columns, len(lines), ground, title)


def document(parts: Iterable[str], columns: int, lines: int, ground: str, title: str) -> str:
    """Return the parts of a drawing as an SVG document of so many columns and lines."""
    width, height = columns * CELL_WIDTH, lines * CELL_HEIGHT
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 {width + 16} {height + 16}"'
        f' width="{width + 16}" height="{height + 16}" font-family="{FONTS}"'
        f' font-size="{FONT_SIZE}" xml:space="preserve">'
    )
    whole = f'<rect x="-8" y="-8" width="{width + 16}" height="{height + 16}" fill="{ground}"/>'
    about = f"<title>{escape(printable(title), quote=False)}</title>"
    return "\n".join([opening, about, whole, *parts, "</svg>"]) + "\n"


def inked(line: Line, inks: dict[str, Ink]) -> list[InkedText]:
    """Return a line in the colours of its styles."""
    return [(run.text, inks[run.style]) for run in line]
