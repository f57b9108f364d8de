"""The base of all panes: lines drawn as text, and only changed cells sent to the terminal.

Textual repaints the regions that are marked dirty, whether their content changed or not. Over a
slow link that is what costs, so a canvas keeps what it painted and marks the cells that differ.
"""

from typing import NamedTuple, Self

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tcptui.drawing.cells import Line, Run, width_of
from tcptui.glyphs import to_ascii
from tcptui.theme import Look, style


class Row(NamedTuple):
    """A line of the canvas and the ground that lies under it."""

    line: Line
    ground: str = ""


class Canvas(Widget):
    """A widget whose content is a list of lines; subclasses say which in :meth:`rows`."""

    DEFAULT_CSS = "Canvas { height: 1; overflow: hidden; }"

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.look = look
        self.painted: list[Row] = []
        self.strips: list[Strip] = []

    def rows(self, width: int, height: int) -> list[Row]:
        """The lines to show, ``width`` cells wide, at most ``height`` of them."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw again; what differs from before is painted."""
        width, height = self.size
        if not self.is_mounted or width == 0 or height == 0:
            return
        rows = self.rows(width, height)[:height]
        rows += [Row([])] * (height - len(rows))
        old, self.painted = self.painted, rows
        if len(old) != height or len(self.strips) != height:
            self.strips = [self.strip(row, width) for row in rows]
            super().refresh()
            return
        for y, row in enumerate(rows):
            if row != old[y]:
                self.strips[y] = self.strip(row, width)
                first, stop = difference(old[y], row, width)
                if stop > first:
                    self.refresh(Region(first, y, stop - first, 1))

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Paint regions. Without any, Textual means a change of focus or style, which changes
        nothing here that :meth:`repaint` does not see."""
        if regions or layout or recompose or not repaint or not self.strips:
            super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def repaint_all(self) -> None:
        """Draw everything anew: the size, the palette or the glyphs have changed."""
        self.painted = []
        self.repaint()

    def strip(self, row: Row, width: int) -> Strip:
        """The row as Textual paints it: a segment for each run of a style."""
        palette = self.look.palette
        segments = []
        used = 0
        for text, name in row.line:
            shown = to_ascii(text) if self.look.ascii else text
            segments.append(Segment(shown, style(palette, name, row.ground)))
            used += width_of(text)
        if used < width:
            segments.append(Segment(" " * (width - used), style(palette, "text", row.ground)))
        return Strip(segments).crop(0, width)

    def on_resize(self) -> None:
        self.repaint_all()

    def render_line(self, y: int) -> Strip:
        if y < len(self.strips):
            return self.strips[y]
        return Strip.blank(self.size.width, style(self.look.palette, "text", ""))


def difference(old: Row, new: Row, width: int) -> tuple[int, int]:
    """The first cell that differs and the one after the last; all where widths are uneven."""
    if old.ground != new.ground:
        return 0, width
    before, after = cells(old.line, width), cells(new.line, width)
    if before is None or after is None:
        return 0, width
    first = 0
    while first < width and before[first] == after[first]:
        first += 1
    stop = width
    while stop > first and before[stop - 1] == after[stop - 1]:
        stop -= 1
    return first, stop


def cells(line: Line, width: int) -> list[tuple[str, str]] | None:
    """Each cell's character and style; None with characters that take two cells."""
    result: list[tuple[str, str]] = []
    for run in [*line, Run(" " * width)]:
        if width_of(run.text) != len(run.text):
            return None
        result.extend((character, run.style) for character in run.text)
    return result[:width]
