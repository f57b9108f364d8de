"""The head of the screen shows what is open and what leads, and the capture's health below it."""

from collections.abc import Sequence
from enum import Enum

from tcptui.drawing.cells import Line, Run, line_width, spread, wrap
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row


class HealthRoom(Enum):
    """The room there is for the capture's health."""

    ALL = "all"
    BAD = "bad news only"
    NONE = "none"


MOST_HEALTH_LINES = {HealthRoom.ALL: 2, HealthRoom.BAD: 1}
"""Most lines for the capture's health."""


class Head(Canvas):
    """Shows what is open, what leads, and how far loading has come; below it the capture's
    health."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.left: Sequence[Line] = [[]]
        self.right: Line = []
        self.health: Run = Run("", "dim")
        self.width = 80
        self.room = HealthRoom.ALL

    def show_head(self, left: Sequence[Line], right: Line, health: Run) -> None:
        """Show the head line and the health; ``left`` has forms of the same line, from long to
        short."""
        self.left, self.right, self.health = left, right, health
        self.make_room(self.width, self.room)
        self.repaint()

    def make_room(self, width: int, room: HealthRoom) -> None:
        """Take as many lines as the health needs on a screen so wide."""
        self.width, self.room = width, room
        if self.styles.height is None or self.styles.height.value != self.wanted_height:
            self.styles.height = self.wanted_height

    @property
    def wanted_height(self) -> int:
        """How many lines the head line and the health need."""
        return 1 + len(self.health_lines(self.width))

    def health_lines(self, width: int) -> list[str]:
        """Return the health in lines of that width; none where it has no room."""
        good = self.health.style == "dim"
        if self.room is HealthRoom.NONE or (good and self.room is HealthRoom.BAD):
            return []
        return wrap(self.health.text, width - 1, MOST_HEALTH_LINES[self.room]) or [""]

    def rows(self, width: int, height: int) -> list[Row]:
        room = width - line_width(self.right)
        left = next((line for line in self.left if line_width(line) <= room), self.left[-1])
        first = Row(spread(left, self.right, width))
        return [
            first,
            *(Row([Run(f" {line}", self.health.style)]) for line in self.health_lines(width)),
        ]
