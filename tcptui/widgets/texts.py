"""The panes that only say something: the head, the Why line and the line of keys."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from textual import events
from textual.binding import ActiveBinding
from textual.dom import DOMNode

from tcptui.drawing.cells import Line, Run, line_width, rule, spread, wrap
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row


class Health(Enum):
    """How much of the capture's health has room."""

    ALL = "all"
    BAD = "bad news only"
    NONE = "none"


MOST_HEALTH = {Health.ALL: 2, Health.BAD: 1}
"""Lines for the capture's health."""


class Head(Canvas):
    """What is open, what leads, and how far loading has come; below it the capture's health."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.left: Sequence[Line] = [[]]
        self.right: Line = []
        self.health: Run = Run("", "dim")
        self.width = 80
        self.room = Health.ALL

    def say(self, left: Sequence[Line], right: Line, health: Run) -> None:
        """``left`` are forms of the same, from long to short."""
        self.left, self.right, self.health = left, right, health
        self.make_room(self.width, self.room)
        self.repaint()

    def make_room(self, width: int, room: Health) -> None:
        """Take as many lines as there is to say on a screen so wide."""
        self.width, self.room = width, room
        if self.styles.height is None or self.styles.height.value != self.wanted:
            self.styles.height = self.wanted

    @property
    def wanted(self) -> int:
        """Lines for all of it."""
        return 1 + len(self.told(self.width))

    def told(self, width: int) -> list[str]:
        """The health in lines."""
        good = self.health.style == "dim"
        if self.room is Health.NONE or (good and self.room is Health.BAD):
            return []
        return wrap(self.health.text, width - 1, MOST_HEALTH[self.room]) or [""]

    def rows(self, width: int, height: int) -> list[Row]:
        room = width - line_width(self.right)
        left = next((line for line in self.left if line_width(line) <= room), self.left[-1])
        first = Row(spread(left, self.right, width))
        return [first, *(Row([Run(f" {line}", self.health.style)]) for line in self.told(width))]


class Why(Canvas):
    """One or two sentences about the row under the cursor, below a title; ``hint`` stands right
    of the title."""

    def __init__(
        self, look: Look, title: str = "Why", hint: str = "e more", *, id: str | None = None
    ) -> None:
        super().__init__(look, id=id)
        self.title_text = title
        self.hint = hint
        self.text = ""
        self.notice = ""

    def explain(self, text: str) -> None:
        """Say something about the row under the cursor; if it is new, an older notice goes."""
        if text != self.text:
            self.text, self.notice = text, ""
        self.repaint()

    def tell(self, notice: str) -> None:
        """Answer to a key in the title line, without a window that covers anything."""
        self.notice = notice
        self.repaint()

    def rows(self, width: int, height: int) -> list[Row]:
        right = self.notice or self.hint
        title = rule([Run(self.title_text, "title")], right, width)
        lines = wrap(self.text, width - 2, height - 1)
        return [Row(title), *(Row([Run(f" {line}")]) for line in lines)]


Hint = tuple[str, str]
"""The id of a binding that is to stand in the line of keys, and what it does there in a word."""


class Shown(NamedTuple):
    """A key as it is written, what it does in a word, and its action with whose it is."""

    key: str
    word: str
    action: str
    node: DOMNode


class Keys(Canvas):
    """The keys that matter now; a click presses them."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.keys: list[Shown] = []

    def show_active(self) -> None:
        """The bindings of the screen that are worth showing, each once."""
        shown: dict[str, Shown] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.action not in shown:
                shown[binding.action] = self.shown(active, binding.description)
        self.keys = list(shown.values())
        self.repaint()

    def show_hints(self, hints: Iterable[Hint]) -> None:
        """Those of the hints whose bindings are active, in their order."""
        active = {one.binding.id: one for one in self.screen.active_bindings.values()}
        self.keys = [self.shown(active[id], word) for id, word in hints if id in active]
        self.repaint()

    def shown(self, active: ActiveBinding, word: str) -> Shown:
        key = self.app.get_key_display(active.binding)
        return Shown(key, word, active.binding.action, active.node)

    def rows(self, width: int, height: int) -> list[Row]:
        line: Line = []
        for key, word, *_ in self.keys:
            piece = [Run(f" {key}", "key"), Run(f" {word} ", "dim")]
            if line_width(line) + line_width(piece) > width:
                break
            line.extend(piece)
        return [Row(line)]

    async def on_click(self, event: events.Click) -> None:
        x = 0
        for key, word, action, node in self.keys:
            x += len(key) + len(word) + 3
            if event.x < x:
                await self.app.run_action(action, node)
                return
