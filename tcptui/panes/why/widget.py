"""The Why pane explains the row under the cursor."""

from collections.abc import Sequence
from typing import Final

from tcptui.drawing.cells import Run, rule, width_of, wrap
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row

BULLET: Final = "· "
LEAST_TITLE: Final = 10
"""Cells that a notice leaves to the title and the lines around it."""


class Why(Canvas):
    """Says in a line what is under the cursor, and its points below; ``hint`` stands right of the
    title. A point is shown whole or not at all, and the hint says how many are left out."""

    def __init__(
        self, look: Look, title: str = "Why", hint: str = "e more", *, id: str | None = None
    ) -> None:
        super().__init__(look, id=id)
        self.title_text = title
        self.hint = hint
        self.points: Sequence[str] = ()
        self.notice = ""

    @property
    def text(self) -> str:
        """All that is said, a line each."""
        return "\n".join(self.points)

    def show_text(self, text: str) -> None:
        """Show one text about the row under the cursor."""
        self.show_points([text] if text else [])

    def show_points(self, points: Sequence[str], title: str | None = None) -> None:
        """Show a headline and what stands below it."""
        if title is not None:
            self.title_text = title
        self.points = points
        self.repaint()

    def show_notice(self, notice: str) -> None:
        """Show the answer to a key until the next one: in the title line, where it covers nothing,
        or below it where that is too short."""
        self.notice = notice
        self.repaint()

    def end_notice(self) -> None:
        """Take the answer to the last key away, as another key was pressed."""
        if self.notice:
            self.show_notice("")

    def rows(self, width: int, height: int) -> list[Row]:
        short = width_of(self.notice) <= width - LEAST_TITLE
        told = [] if short else wrap(self.notice, width - 2, height - 1)
        lines, left = self.lines(width - 2, height - 1 - len(told))
        more = f"{self.hint} ({left})" if left and self.hint else self.hint
        title = rule(
            [Run(self.title_text, "title")], self.notice if short and self.notice else more, width
        )
        lines = [*((line, "key") for line in told), *lines]
        return [Row(title), *(Row([Run(f" {line}", style)]) for line, style in lines)]

    def lines(self, width: int, height: int) -> tuple[list[tuple[str, str]], int]:
        """Return the lines that fit with their styles, and how many points do not."""
        shown: list[tuple[str, str]] = []
        several = len(self.points) > 1
        for number, point in enumerate(self.points):
            room = height - len(shown)
            style, bullet = ("key", "") if not number and several else ("text", BULLET)
            if not several:
                bullet = ""
            wrapped = wrap(point, width - len(bullet), room + 1 if number else room)
            if len(wrapped) > room:
                return shown, len(self.points) - number
            for line in wrapped:
                shown.append((bullet + line, style))
                bullet = " " * len(bullet)
        return shown, 0
