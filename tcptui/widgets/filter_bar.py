"""The filter bar: one line to type in, and below it what is wrong with the filter."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from tcptui.drawing.cells import Run, fit_line
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row

HINT = "words, port:443, state:time-wait, flag:R; Enter filters, empty shows all, Up: earlier ones"


class Complaint(Canvas):
    """What is wrong, or how to write a filter."""

    text = ""

    def rows(self, width: int, height: int) -> list[Row]:
        run = Run(f" {self.text}", "error") if self.text else Run(f" {HINT}", "dim")
        return [Row(fit_line([run], width))]


class FilterBar(Container):
    """Closed until asked for; posts what is typed and what is entered."""

    class Typed(Message):
        """The text has changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Entered(Typed):
        """The text is to be used."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.look = look
        self.history: list[str] = []
        self.at = 0

    def compose(self) -> ComposeResult:
        yield Input(select_on_focus=False, id="filter")
        yield Complaint(self.look, id="complaint")

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    @property
    def input(self) -> Input:
        return self.query_one(Input)

    def open(self, text: str) -> None:
        """Show the bar with a text to change."""
        self.add_class("-open")
        self.input.cursor_blink = False
        self.input.value = text
        self.input.cursor_position = len(text)
        self.at = len(self.history)
        self.input.focus()

    def close(self) -> None:
        self.remove_class("-open")

    @property
    def complaint(self) -> str:
        """What is wrong with the text now."""
        return self.query_one(Complaint).text

    def complain(self, text: str) -> None:
        complaint = self.query_one(Complaint)
        complaint.text = text
        complaint.repaint()

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() and event.value not in self.history[-1:]:
            self.history.append(event.value)
        self.post_message(self.Entered(event.value))

    def on_key(self, event: events.Key) -> None:
        """Up and Down go through the filters used before."""
        step = {"up": -1, "down": 1}.get(event.key)
        if step is None or not self.history:
            return
        event.stop()
        self.at = max(0, min(self.at + step, len(self.history)))
        self.input.value = self.history[self.at] if self.at < len(self.history) else ""
        self.input.cursor_position = len(self.input.value)
