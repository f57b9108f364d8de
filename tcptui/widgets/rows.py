"""A list with a cursor over any number of rows draws only what is visible."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tcptui.drawing.cells import Line
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row

WHEEL = 3
"""How many rows a step of the mouse wheel scrolls."""


class RowList(Canvas, can_focus=True):
    """A list with a cursor; subclasses say how many rows there are and draw one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", id="rows.up", show=False, tooltip="One row up"),
        Binding("down,j", "move(1)", "down", id="rows.down", show=False, tooltip="One row down"),
        Binding(
            "pageup,ctrl+b", "page(-1)", "page up", id="rows.page-up", show=False,
            tooltip="One page up",
        ),
        Binding(
            "pagedown,ctrl+f", "page(1)", "page down", id="rows.page-down", show=False,
            tooltip="One page down",
        ),
        Binding("home,g", "jump(0)", "first", id="rows.first", show=False, tooltip="First row"),
        Binding("end,G", "jump(-1)", "last", id="rows.last", show=False, tooltip="Last row"),
        Binding("enter", "choose", "open", key_display="Enter", id="rows.open",
                tooltip="Open what is under the cursor"),
    ]  # fmt: skip

    HEAD = 2
    """Lines above the rows: the pane's title and the columns' titles."""

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, rows: "RowList") -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> "RowList":
            return self.rows

    class Chosen(Moved):
        """The row under the cursor is to be opened."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.top = 0
        self.cursor = 0
        self.following = False  # the cursor stays with the newest row, until the user moves it

    @property
    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def needed_lines(self, width: int, lines: int) -> int | None:
        needed = self.HEAD + max(1, self.count)
        return needed if needed < lines else None

    def head(self, width: int) -> list[Row]:
        """Return the `HEAD` lines above the rows."""
        raise NotImplementedError

    def row(self, index: int, width: int) -> Line:
        """Return one row's line."""
        raise NotImplementedError

    def ground(self, index: int) -> str:
        """Return what lies under a row."""
        if index == self.cursor:
            return "cursor" if self.has_focus else "resting"
        return ""

    def nothing(self) -> Line:
        """Return what to say where there are no rows."""
        return []

    @property
    def page(self) -> int:
        """How many rows are visible at once."""
        return max(1, self.size.height - self.HEAD)

    def rows(self, width: int, height: int) -> list[Row]:
        head = self.head(width)[: self.HEAD]
        visible = range(self.top, min(self.top + height - self.HEAD, self.count))
        if not visible:
            return [*head, Row(self.nothing())]
        return head + [Row(self.row(index, width), self.ground(index)) for index in visible]

    def show_cursor(self) -> None:
        """Scroll so that the cursor is visible: in calm mode by half a page at a time, because
        a scroll repaints the pane."""
        page = self.page
        step = page // 2 if self.look.calm else 0
        if self.cursor < self.top:
            self.top = max(0, self.cursor - step)
        elif self.cursor >= self.top + page:
            self.top = self.cursor - page + 1 + step
        self.top = max(0, min(self.top, self.count - page))

    def move_to(
        self, index: int, *, announce: bool = True, centred: bool = False, following: bool = False
    ) -> None:
        """Put the cursor on a row, and post that it has moved unless told not to ``announce`` it.

        ``centred`` shows what is around the row, unless it is visible; a ``following`` cursor
        stays with the newest row."""
        index = max(0, min(index, self.count - 1))
        moved = index != self.cursor
        self.following = following or (self.following and not moved)
        self.cursor = index
        if centred and not self.top <= index < self.top + self.page:
            self.top = max(0, index - self.page // 2)
        self.show_cursor()
        self.repaint()
        if moved and announce:
            self.post_message(self.Moved(self))

    def action_move(self, step: int) -> None:
        self.move_to(self.cursor + step)

    def action_page(self, pages: int) -> None:
        """Move by a page less one row, with the cursor at the same height."""
        step = pages * max(1, self.page - 1)
        target = max(0, min(self.cursor + step, self.count - 1))
        self.top = max(0, min(self.top + step, self.count - self.page))
        self.move_to(target)

    def action_jump(self, index: int) -> None:
        self.move_to(index if index >= 0 else self.count + index)

    def action_choose(self) -> None:
        if self.count:
            self.post_message(self.Chosen(self))

    def on_resize(self) -> None:
        if self.cursor == self.top:
            self.top = max(0, self.cursor - self.page // 2)
        self.show_cursor()
        self.repaint_all()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.repaint()

    def index_at(self, y: int) -> int | None:
        """Return the row that is drawn on a line of the pane."""
        index = self.top + y - self.HEAD
        return index if y >= self.HEAD and index < self.count else None

    def on_click(self, event: events.Click) -> None:
        index = self.index_at(event.y)
        if index is None:
            return
        self.move_to(index)
        if event.chain == 2:
            self.action_choose()

    def scroll_rows(self, step: int) -> None:
        """Scroll without the cursor, which stays visible."""
        self.top = max(0, min(self.top + step, self.count - self.page))
        inside = max(self.top, min(self.cursor, self.top + self.page - 1))
        self.move_to(inside)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-WHEEL)
