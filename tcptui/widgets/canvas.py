"""The canvas is the base of all panes: it draws lines as text, and sends only changed cells.

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
from tcptui.theme import Look, blank, style

NEAR = 16
"""Up to so many equal cells are cheaper to send than to skip."""


class Row(NamedTuple):
    """A line of the canvas and the background under it, or under so many of its cells only."""

    line: Line
    ground: str = ""
    grounded: int | None = None


class Canvas(Widget):
    """A widget whose content is a list of lines; subclasses say which in :meth:`rows`."""

    DEFAULT_CSS = "Canvas { height: 1; overflow: hidden; }"

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.look = look
        self.painted: list[Row] = []
        self.strips: list[Strip] = []

    def rows(self, width: int, height: int) -> list[Row]:
        """Return the lines to show, ``width`` cells wide, at most ``height`` of them."""
        raise NotImplementedError

    def needed_lines(self, width: int, lines: int) -> int | None:
        """Return how many of so many lines the content needs; None where it takes them all."""
        return None

    def repaint(self) -> None:
        """Draw again; only what differs from before is painted."""
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
                for first, stop in self.differences(old[y], row, width):
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
        """Return the row as Textual paints it: a segment for each run of a look; spaces go with the
        run before them where that makes no difference."""
        if row.grounded is not None:
            whole, bare = (
                self.strip(Row(row.line, row.ground), width),
                self.strip(Row(row.line), width),
            )
            return Strip.join([whole.crop(0, row.grounded), bare.crop(row.grounded, width)])
        palette = self.look.palette
        segments: list[Segment] = []
        last = ""
        used = sum(width_of(run.text) for run in row.line)
        for text, name in [*row.line, Run(" " * (width - used))]:
            shown = to_ascii(text) if self.look.ascii else text
            blank = text.isspace() and not self.blank(name, row) and not self.blank(last, row)
            if segments and (name == last or blank):
                segments[-1] = Segment(segments[-1].text + shown, segments[-1].style)
            elif text:
                segments.append(Segment(shown, style(palette, name, row.ground)))
                last = name
        return Strip(segments).crop(0, width)

    def blank(self, name: str, row: Row) -> str:
        """Return what tells spaces of one style from those of another."""
        return blank(self.look.palette, name or "text", row.ground)

    def differences(self, old: Row, new: Row, width: int) -> list[tuple[int, int]]:
        """Return the parts that differ, as the first cell and the one after the last: parts with
        less than `NEAR` equal cells between them are joined, and the whole line is one where widths
        are uneven."""
        if (old.ground, old.grounded) != (new.ground, new.grounded):
            return [(0, width)]
        before, after = self.cells(old, width), self.cells(new, width)
        if before is None or after is None:
            return [(0, width)]
        parts: list[tuple[int, int]] = []
        for x in range(width):
            if before[x] == after[x]:
                continue
            if parts and x - parts[-1][1] < NEAR:
                parts[-1] = parts[-1][0], x + 1
            else:
                parts.append((x, x + 1))
        return parts

    def cells(self, row: Row, width: int) -> list[tuple[str, str]] | None:
        """Return each cell's character and style; None with characters that take two cells."""
        result: list[tuple[str, str]] = []
        for text, name in [*row.line, Run(" " * width)]:
            if width_of(text) != len(text):
                return None
            space = self.blank(name, row)
            result.extend((character, space if character == " " else name) for character in text)
        return result[:width]

    def on_resize(self) -> None:
        self.repaint_all()

    def render_line(self, y: int) -> Strip:
        if y < len(self.strips):
            return self.strips[y]
        return Strip.blank(self.size.width, style(self.look.palette, "text", ""))
