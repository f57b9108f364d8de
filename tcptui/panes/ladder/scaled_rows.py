"""A list whose rows may be drawn to scale: a row takes as many lines as its time."""

from tcptui.drawing.cells import Line, Run
from tcptui.panes.ladder.timeline import BEFORE
from tcptui.theme import Look
from tcptui.widgets.canvas import Row
from tcptui.widgets.rows import RowList


class ScaledRows(RowList):
    """Moves and scrolls as lists do, whether its rows are lines or drawn to scale."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.owners: list[int] = []  # to scale: the row that begins on each line, or -1

    @property
    def to_scale(self) -> bool:
        """Whether the rows are drawn to scale."""
        raise NotImplementedError

    def lines_to_scale(self, first: int, stop: int) -> list[tuple[int, Line]]:
        """Return the lines of some rows, each with the row that begins there, or -1."""
        raise NotImplementedError

    def begins_to_scale(self, first: int, stop: int) -> list[int]:
        """Return the line on which each of some rows begins."""
        raise NotImplementedError

    def rows(self, width: int, height: int) -> list[Row]:
        if not self.to_scale:
            return super().rows(width, height)
        lines = self.lines_to_scale(max(0, self.top - BEFORE), self.top + height)
        start = next(y for y, (index, _) in enumerate(lines) if index == self.top)
        shown = lines[start : start + height - self.HEAD]
        rows = self.head(width)[: self.HEAD]
        self.owners = [index for index, _ in shown]
        for index, line in shown:
            here = index == self.cursor
            row = [Run("▌" if here else " "), *line]
            rows.append(Row(row, self.ground(index) if here else ""))
        return rows

    def show_cursor(self) -> None:
        super().show_cursor()
        if not self.to_scale or self.size.height <= self.HEAD:
            return
        page = self.size.height - self.HEAD
        if self.cursor - self.top > page or not 0 <= self.line_of_cursor(page) < page:
            self.top = max(self.top, self.cursor - page)
            lowest = page // 2 if self.look.calm else page - 1
            while (line := self.line_of_cursor(page)) > lowest:
                self.top += 1
            if line < 0:
                self.top = self.cursor

    def line_of_cursor(self, page: int) -> int:
        """Return how many lines below the first shown row the cursor's begins."""
        first = max(0, self.top - BEFORE)
        begins = self.begins_to_scale(first, self.top + page + 1)
        return begins[self.cursor - first] - begins[self.top - first]

    def index_at(self, y: int) -> int | None:
        if not self.to_scale:
            return super().index_at(y)
        begun = [index for index in self.owners[: max(0, y - self.HEAD + 1)] if index >= 0]
        return begun[-1] if y >= self.HEAD and begun else None

    def lines_of_rows(self) -> dict[int, int]:
        """Return the line below the titles on which each visible row begins."""
        owners = self.owners if self.to_scale else range(*self.shown)
        return {index: y for y, index in enumerate(owners) if index >= 0}

    @property
    def shown(self) -> tuple[int, int]:
        """The rows that are visible: the first, and the one after the last."""
        if self.to_scale:
            return self.top, max([*self.owners, self.top]) + 1
        return self.top, min(self.top + self.page, self.count)
