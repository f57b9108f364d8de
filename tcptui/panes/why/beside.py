"""Shows what the Why pane says in another place: below a short list of flows."""

from tcptui.drawing.cells import Run, fit_line
from tcptui.panes.why.widget import Why
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row


class WhyBelow(Canvas):
    """Draws the Why pane with the room that it has itself."""

    def __init__(self, look: Look, why: "MovableWhy", *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.why = why

    def rows(self, width: int, height: int) -> list[Row]:
        rows = self.why.rows(width - 1, height)
        rows += [Row([])] * (height - len(rows))
        return [Row([*fit_line(row.line, width - 1), Run("│", "rule")], row.ground) for row in rows]


class MovableWhy(Why):
    """The Why pane at the bottom of the screen, or in ``below`` where that is shown."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.below = WhyBelow(look, self, id="why-below")

    def repaint(self) -> None:
        """Draw it wherever it stands."""
        super().repaint()
        self.below.repaint()
