"""Shows lists of ready lines: of fields, of a stream, of choices, of explanations."""

from collections.abc import Sequence
from typing import Final

from textual import events

from tcptui.drawing import hexdump
from tcptui.drawing.cells import Line, Run, fit_line, plain, rule
from tcptui.text.amounts import count
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row
from tcptui.widgets.rows import RowList

MOST_NUMBERED: Final = 9


class LineList(RowList):
    """Shows lines below a title."""

    HEAD = 1

    def __init__(self, look: Look, title: str = "", *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.title_text = title
        self.lines: Sequence[Line] = []
        self.empty = ""

    @property
    def count(self) -> int:
        return len(self.lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Replace the lines; the cursor stays where it can."""
        self.lines = lines
        self.cursor = max(0, min(self.cursor, len(lines) - 1))
        self.show_cursor()
        self.repaint()

    def head(self, width: int) -> list[Row]:
        style = "title-focus" if self.has_focus else "title"
        where = f"{count(min(self.cursor + 1, self.count))}/{count(self.count)}"
        return [Row(rule([Run(self.title_text, style)], where, width))]

    def row(self, index: int, width: int) -> Line:
        front = "▌" if index == self.cursor else " "
        return fit_line([Run(front), *self.lines[index]], width)

    def nothing(self) -> Line:
        return [Run(f" {self.empty}", "dim")]

    def find_line(self, text: str, start: int, step: int) -> int | None:
        """Return the next line with a text, from ``start`` on."""
        wanted = text.lower()
        at = start
        while 0 <= at < len(self.lines):
            if wanted in plain(self.lines[at]).lower():
                return at
            at += step
        return None


class NumberedList(LineList):
    """Shows options of which the first nine have a number, whose key chooses them."""

    NUMBER = 2
    """Cells of a number and the space after it."""

    def row(self, index: int, width: int) -> Line:
        front = "▌" if index == self.cursor else " "
        number = f"{index + 1}" if index < MOST_NUMBERED else " "
        return fit_line([Run(front), Run(f"{number} ", "dim"), *self.lines[index]], width)

    def on_key(self, event: events.Key) -> None:
        digit = event.character or ""
        if digit in "123456789" and digit and int(digit) <= self.count:
            event.stop()
            self.move_to(int(digit) - 1)
            self.action_choose()


class HexPane(Canvas):
    """Shows a packet's bytes, with those of the selected field highlighted."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.data = b""
        self.first = 0
        self.stop = 0

    def show_span(self, data: bytes, first: int, stop: int) -> None:
        self.data, self.first, self.stop = data, first, stop
        self.repaint()

    def rows(self, width: int, height: int) -> list[Row]:
        per_line = 16 if width >= 74 else 8
        body = height - 1
        lines = hexdump.lines_of(self.data, per_line)
        top = max(0, min(self.first // per_line - body // 3, lines - body))
        title = rule([Run("Bytes", "title")], f"{count(len(self.data))} captured", width)
        shown = range(top, min(top + body, lines))
        return [Row(title)] + [
            Row([Run(" "), *hexdump.line(self.data, number, self.first, self.stop, per_line)])
            for number in shown
        ]
