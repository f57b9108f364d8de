"""Sends only the cells that are not yet on the terminal.

Textual 8 paints a changed part of a line from the left edge of its widget on ("TODO: crop to x
extents" in ``textual._compositor``), all of the screen where the layout changes, and again as each
of its widgets is drawn; and it gives each piece of text all of its style and takes it away again.
Over a slow link that is most of what a key costs.

To do better, :func:`install` replaces a private method of Textual's updates for the whole process,
and remembers what the terminal shows. Where Textual is not as this module knows it, its own method
stays: the screen is the same, only slower.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import signature
from itertools import chain, zip_longest
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary

import textual
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import _compositor
from textual.geometry import Region
from textual.strip import Strip

from tcptui.widgets.cell_looks import Cell, CellLook, cells_in
from tcptui.widgets.pen import Stroke, strokes_of, written

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

UNKNOWN: Final[Cell] = ("\0", CellLook(frozenset("\0")))
"""Is like nothing that may be shown."""


class ShownCells:
    """Remembers what a terminal shows, line by line, as far as it is known."""

    def __init__(self) -> None:
        self.lines: dict[int, list[Cell]] = {}

    def forget(self) -> None:
        """Know nothing more of what the terminal shows: all is sent again."""
        self.lines.clear()

    def take(self, parts: Iterable[tuple[int, int, Sequence[Cell]]]) -> list[Stroke]:
        """Return the strokes that change where parts of lines (line, first cell, what is there) are
        shown; from now on they are."""
        before: dict[int, list[Cell]] = {}
        for y, x, cells in parts:
            line = self.lines.setdefault(y, [])
            before.setdefault(y, line.copy())
            line += [UNKNOWN] * (x + len(cells) - len(line))
            line[x : x + len(cells)] = cells
        return [stroke for y, old in before.items() for stroke in self.strokes(y, old)]

    def strokes(self, y: int, before: Sequence[Cell]) -> Iterator[Stroke]:
        """Yield the strokes of a line that are other than before."""
        line = self.lines[y]
        pairs = zip_longest(before, line, fillvalue=UNKNOWN)
        changed = [at for at, (old, new) in enumerate(pairs) if old != new]
        return strokes_of(y, line, changed)


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
    strokes = shown.take((y, x, cells_in(segments, system)) for y, x, segments in parts)
    return written(strokes, {y: len(line) for y, line in shown.lines.items()})


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
