"""The base of the screens that open over another one, and close with Escape."""

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcptui.theme import Look
from tcptui.widgets.keys_line import KeyHint, KeysLine

PAGES: Final[tuple[KeyHint, ...]] = (
    ("rows.page-down", "next page"),
    ("rows.page-up", "page before"),
    ("rows.first", "first"),
    ("rows.last", "last"),
    ("side.back", "back"),
    ("side.quit", "quit"),
)
"""The keys of a page that is only read."""


class SideScreen(Screen[None]):
    """A screen with a line of keys; Escape leads back to where it was opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,left,h", "dismiss", "back", key_display="Esc", id="side.back",
                tooltip="Back to the flows"),
        Binding("q", "app.quit", "quit", id="side.quit", tooltip="Quit at once"),
        Binding("question_mark", "app.help", "help", key_display="?", show=False,
                id="side.help", tooltip="What the focused pane shows, and all keys"),
    ]  # fmt: skip

    HINTS: ClassVar[tuple[KeyHint, ...]] = ()
    """What the line of keys shows; without any, all bindings that are worth showing."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.keys = KeysLine(look, id="keys")

    def on_mount(self) -> None:
        self.call_after_refresh(self.show_keys)

    def show_keys(self) -> None:
        if self.HINTS:
            self.keys.show_hints(self.HINTS)
        else:
            self.keys.show_active()
