"""Asks a question that is answered by yes or no."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcptui.drawing.cells import Run, wrap
from tcptui.theme import Look
from tcptui.widgets.keys_line import KeyHint, KeysLine
from tcptui.widgets.lines import LineList

MOST_LINES: Final = 1000
"""Of one text."""


class AskScreen(Screen[bool]):
    """Asks a question about what is shown in full below it, and returns whether the answer was
    yes."""

    CSS_PATH = "ask.tcss"
    AUTO_FOCUS = "#question"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes", id="question.yes", tooltip="Yes, open it"),
        Binding("n,escape,q", "dismiss(False)", "no", key_display="n", id="question.no",
                tooltip="No, back to the list"),
    ]  # fmt: skip

    HINTS: Final[tuple[KeyHint, ...]] = (("question.yes", "yes"), ("question.no", "no"))

    def __init__(self, look: Look, question: str, about: Sequence[str]) -> None:
        super().__init__()
        self.about = about
        self.list = LineList(look, question, id="question")
        self.line = KeysLine(look, id="keys")

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.line

    def on_mount(self) -> None:
        self.call_after_refresh(self.line.show_hints, self.HINTS)

    def on_resize(self) -> None:
        width = self.size.width - 2
        self.list.show_lines(
            [[Run(line)] for text in self.about for line in wrap(text, width, MOST_LINES)]
        )
