"""Shows a list to choose from: how to sort, which columns, what to copy, which colours."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen

from tcptui.drawing.cells import Line, Run, fit, line_width, width_of
from tcptui.panes.why.widget import Why
from tcptui.screens.frame import BORDER, Below, frame
from tcptui.theme import Look
from tcptui.widgets.lines import LineList, NumberedList
from tcptui.widgets.rows import RowList

WIDEST, SHARE = 78, 0.98
"""Cells of the frame, and the part of a screen's width that it may take (choice.tcss)."""
PREVIEW = 4
"""Lines of what is shown in full."""


class Choice(NamedTuple):
    """An option to choose: what is returned, its name, what it means."""

    id: str
    name: str
    meaning: str


class ChoiceScreen(Screen[str | None]):
    """Returns the option chosen, or None."""

    CSS_PATH = "choice.tcss"
    AUTO_FOCUS = "#choices"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,left,h", "dismiss(None)", "back", key_display="Esc", id="choice.back",
                tooltip="Change nothing"),
    ]  # fmt: skip

    def __init__(
        self, look: Look, title: str, options: Sequence[Choice], current: str = ""
    ) -> None:
        super().__init__()
        self.look = look
        self.title_text = title
        self.options = options
        self.current = current

    def compose(self) -> ComposeResult:
        self.list = NumberedList(self.look, self.title_text, id="choices")
        self.whole = Why(self.look, "In full", "", id="preview")
        with Container(id="both"):
            yield self.list
            yield self.whole

    def on_mount(self) -> None:
        self.list.lines = [self.option_line(option) for option in self.options]
        ids = [option.id for option in self.options]
        self.list.cursor = ids.index(self.current) if self.current in ids else 0
        self.list.repaint_all()

    def on_resize(self) -> None:
        """Show in full below the list what is cut in it."""
        widest = max(line_width(line) for line in map(self.option_line, self.options))
        room = min(WIDEST, int(self.size.width * SHARE)) - BORDER
        is_cut = widest + NumberedList.NUMBER >= room
        below = [Below(self.whole, PREVIEW if is_cut else 0)]
        lines = self.list.HEAD + len(self.options)
        frame(self, self.query_one("#both"), self.look, lines, below)
        self.show_whole()

    @on(RowList.Moved)
    def show_whole(self) -> None:
        self.whole.show_text(self.options[self.list.cursor].meaning)

    def option_line(self, option: Choice) -> Line:
        mark = "●" if option.id == self.current else " "
        name = fit(option.name, max(width_of(one.name) for one in self.options))
        return [Run(f" {mark} {name}  ", "key"), Run(option.meaning, "dim")]

    @on(RowList.Chosen)
    def option_chosen(self) -> None:
        self.dismiss(self.options[self.list.cursor].id)


class ColumnsScreen(Screen[list[str] | None]):
    """The columns of the flow list and their order, to be chosen."""

    CSS_PATH = "choice.tcss"
    AUTO_FOCUS = "#choices"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "flip", "show or hide", id="columns.toggle",
                tooltip="Show or hide the column"),
        Binding("K,shift+up", "shift(-1)", "earlier", key_display="K", id="columns.earlier",
                tooltip="Move the column to the left"),
        Binding("J,shift+down", "shift(1)", "later", key_display="J", id="columns.later",
                tooltip="Move the column to the right"),
        Binding("escape,q,left,h", "dismiss(None)", "cancel", key_display="Esc",
                id="columns.back", tooltip="Change nothing"),
    ]  # fmt: skip

    def __init__(self, look: Look, options: Sequence[Choice], shown: Sequence[str]) -> None:
        super().__init__()
        self.look = look
        self.shown = set(shown)
        order = [*shown, *(option.id for option in options if option.id not in shown)]
        by_id = {option.id: option for option in options}
        self.options = [by_id[id] for id in order]

    def compose(self) -> ComposeResult:
        self.list = LineList(self.look, "Columns ─ Space shows or hides, J K move, Enter accepts",
                             id="choices")  # fmt: skip
        yield self.list

    def on_mount(self) -> None:
        self.show_options()

    def on_resize(self) -> None:
        frame(self, self.list, self.look, self.list.HEAD + len(self.options))

    def show_options(self) -> None:
        self.list.show_lines([self.option_line(option) for option in self.options])

    def option_line(self, option: Choice) -> Line:
        mark = "[x]" if option.id in self.shown else "[ ]"
        return [Run(f" {mark} {fit(option.name, 14)} ", "key"), Run(option.meaning, "dim")]

    def action_flip(self) -> None:
        self.shown ^= {self.options[self.list.cursor].id}
        self.show_options()

    def action_shift(self, step: int) -> None:
        at, to = self.list.cursor, self.list.cursor + step
        if 0 <= to < len(self.options):
            self.options[at], self.options[to] = self.options[to], self.options[at]
            self.list.cursor = to
            self.show_options()

    @on(RowList.Chosen)
    def option_chosen(self) -> None:
        self.dismiss([option.id for option in self.options if option.id in self.shown])
