"""The filter bar has one line to type in; below it stands what is wrong and where, and what may
follow."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from tcptui.drawing.cells import Line, Run, cut, fit_line, width_of
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row

if TYPE_CHECKING:
    from tcptui.filters.complete import Completion

HINT = "filter or words; /text searches payload; Tab completes, empty shows all"
CAPTURE_HINT = "capture filter, as for tcpdump: port 443 and host 10.0.0.1; empty captures all"
NO_FILTER = ("#", "/")
"""What a text begins with that goes to a number, or is searched for."""
MOST_OFFERS = 12


class Complaint(Canvas):
    """Shows what is wrong, under its place, or how the text is understood; then the completions."""

    def __init__(self, look: Look, hint: str, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.hint = hint
        self.text = ""
        self.note = ""
        self.column = 0
        self.offers: list[Completion] = []

    def rows(self, width: int, height: int) -> list[Row]:
        run = Run(f" {self.note or self.hint}", "dim")
        if self.text:
            run = Run(pointed(self.text, self.column, width), "error")
        return [Row(fit_line([run], width)), Row(fit_line(self.offered(), width))]

    def offered(self) -> Line:
        if not self.offers:
            return []
        first = self.offers[0]
        meaning = f" ({first.meaning})" if first.meaning else ""
        line = [Run(" Tab ", "key"), Run(first.text), Run(meaning, "dim")]
        others = "  ".join(offer.text for offer in self.offers[1:MOST_OFFERS])
        return [*line, Run(f"   {others}", "dim")]


def pointed(what: str, column: int, width: int) -> str:
    """Return the complaint with a mark under the column (from 1; 0: none), on the side with
    room."""
    if not column or column >= width:
        return " " + what
    after = " " * column + f"^ {what}"
    if width_of(after) <= width:
        return after
    before = cut(what, column - 1)
    if before == what:
        return " " * (column - 1 - width_of(what)) + f"{what} ^"
    return f" column {column}: {what}"


class FilterBar(Container):
    """The filter bar is closed until asked for; it posts what is typed and what is entered."""

    HINT = HINT

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "complete", key_display="Tab", id="filter.complete",
                tooltip="Complete the word at the cursor"),
        Binding("up", "earlier(-1)", "earlier filter", priority=True, id="filter.earlier",
                tooltip="The filter used before"),
        Binding("down", "earlier(1)", "later filter", priority=True, id="filter.later",
                tooltip="The filter used after it"),
    ]  # fmt: skip

    class Typed(Message):
        """The text has changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Entered(Typed):
        """The text is to be used."""

    def __init__(self, look: Look, release: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.look = look
        self.release = release  # of Wireshark, whose fields are completed
        self.history: list[str] = []
        self.at = 0

    def compose(self) -> ComposeResult:
        yield Input(select_on_focus=False, id="filter")
        yield Complaint(self.look, self.HINT, id="complaint")

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

    def complain(self, text: str, column: int = 0) -> None:
        """Say what is wrong, and at which column from 1 (0: nowhere in particular)."""
        self.show_state(text, column, "")

    def approve(self, note: str) -> None:
        """Say how the text is understood."""
        self.show_state("", 0, note)

    def show_state(self, text: str, column: int, note: str) -> None:
        complaint = self.query_one(Complaint)
        complaint.text, complaint.note = text, note
        complaint.column = column - self.input.scroll_offset.x if column else 0
        complaint.offers = self.completions()
        complaint.repaint()

    def completions(self) -> "list[Completion]":
        """Return what may follow at the cursor, once something is typed."""
        return self.offers() if self.input.value else []

    def offers(self) -> "list[Completion]":
        """Return what may follow at the cursor in a filter."""
        from tcptui.filters.complete import complete

        field = self.input
        is_filter = field.value.lstrip()[:1] not in NO_FILTER
        return (
            complete(field.value, field.cursor_position, self.release)
            if is_filter and field.value
            else []
        )

    def action_complete(self) -> None:
        """Put the first completion in place of the word at the cursor."""
        field, offers = self.input, self.offers()
        if offers:
            rest = field.value[field.cursor_position :]
            begun = field.value[: offers[0].start] + offers[0].text
            field.value = begun + rest
            field.cursor_position = len(begun)

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

    def action_earlier(self, step: int) -> None:
        """Go back through the filters used before."""
        if self.history:
            self.at = max(0, min(self.at + step, len(self.history)))
            self.input.value = self.history[self.at] if self.at < len(self.history) else ""
            self.input.cursor_position = len(self.input.value)


class CaptureFilterBar(FilterBar, inherit_bindings=False):
    """A bar for a capture filter: always open, without completions or a history."""

    HINT = CAPTURE_HINT

    def completions(self) -> "list[Completion]":
        return []
