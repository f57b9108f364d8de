"""The panes that only say something: the head, the Why line and the line of keys."""

from textual import events

from tcptui.drawing.cells import Line, Run, fit_line, line_width, rule, spread, wrap
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row


class Head(Canvas):
    """What is open, what leads, and how far loading has come; below it the capture's health."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.left: Line = []
        self.right: Line = []
        self.health: Run = Run("", "dim")

    def say(self, left: Line, right: Line, health: Run) -> None:
        self.left, self.right, self.health = left, right, health
        self.repaint()

    def rows(self, width: int, height: int) -> list[Row]:
        first = spread(self.left, self.right, width)
        return [Row(first), Row(fit_line([Run(" "), self.health], width))][:height]


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


Shown = tuple[str, str, str]
"""A key as it is written, what it does in a word, and its action."""


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
                key = self.app.get_key_display(binding)
                shown[binding.action] = (key, binding.description, binding.action)
        self.keys = list(shown.values())
        self.repaint()

    def rows(self, width: int, height: int) -> list[Row]:
        line: Line = []
        for key, description, _ in self.keys:
            piece = [Run(f" {key}", "key"), Run(f" {description} ", "dim")]
            if line_width(line) + line_width(piece) > width:
                break
            line.extend(piece)
        return [Row(line)]

    async def on_click(self, event: events.Click) -> None:
        x = 0
        for key, description, action in self.keys:
            x += len(key) + len(description) + 3
            if event.x < x:
                await self.screen.run_action(action)
                return
