"""The line of keys stands at the foot of a screen."""

from collections.abc import Iterable
from typing import NamedTuple

from textual import events
from textual.binding import ActiveBinding
from textual.dom import DOMNode

from tcptui.drawing.cells import Line, Run, line_width
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row

KeyHint = tuple[str, str]
"""The id of a binding that is to stand in the line of keys, and what it does there in a word."""


class ShownKey(NamedTuple):
    """A key as it is written, what it does in a word, and its action with whose it is."""

    key: str
    word: str
    action: str
    node: DOMNode


class KeysLine(Canvas):
    """Shows the keys that matter now; a click presses them."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.keys: list[ShownKey] = []

    def show_active(self) -> None:
        """Show the bindings of the screen that are worth showing, each once."""
        shown: dict[str, ShownKey] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.action not in shown:
                shown[binding.action] = self.shown_key(active, binding.description)
        self.keys = list(shown.values())
        self.repaint()

    def show_hints(self, hints: Iterable[KeyHint]) -> None:
        """Show those of the hints whose bindings are active, in their order."""
        active = {one.binding.id: one for one in self.screen.active_bindings.values()}
        self.keys = [self.shown_key(active[id], word) for id, word in hints if id in active]
        self.repaint()

    def shown_key(self, active: ActiveBinding, word: str) -> ShownKey:
        key = self.app.get_key_display(active.binding)
        return ShownKey(key, word, active.binding.action, active.node)

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
