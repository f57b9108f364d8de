"""The Why pane explains the row under the cursor."""

from tcptui.drawing.cells import Run, rule, wrap
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row


class Why(Canvas):
    """Shows one or two sentences about the row under the cursor, below a title; ``hint`` stands
    right of the title."""

    def __init__(
        self, look: Look, title: str = "Why", hint: str = "e more", *, id: str | None = None
    ) -> None:
        super().__init__(look, id=id)
        self.title_text = title
        self.hint = hint
        self.text = ""
        self.notice = ""

    def show_text(self, text: str) -> None:
        """Show a text about the row under the cursor; if it is new, an older notice goes away."""
        if text != self.text:
            self.text, self.notice = text, ""
        self.repaint()

    def show_notice(self, notice: str) -> None:
        """Show the answer to a key in the title line, where it covers nothing."""
        self.notice = notice
        self.repaint()

    def rows(self, width: int, height: int) -> list[Row]:
        right = self.notice or self.hint
        title = rule([Run(self.title_text, "title")], right, width)
        lines = wrap(self.text, width - 2, height - 1)
        return [Row(title), *(Row([Run(f" {line}")]) for line in lines)]
