"""Hands keys on one at a time, so that each goes where it was meant.

Several keys may come in one read: pasted, sent by a script, or late over a slow link. A key can
open a screen, move the focus or put the flows in another order, and the next one is meant for what
it leads to. Textual gives every key to what has the focus at once.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from time import monotonic
from typing import Final, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widgets import Input

PATIENCE: Final = 2.0
"""Seconds that keys wait for what the one before them asked for; then they do without it."""
ENDS_WORK: Final = {"escape": 0.3}
"""Keys that may be meant to end it wait less."""
LOOK_AGAIN: Final = 0.005
ROUND_SECONDS: Final = 0.1
"""How long one round through all queues may take: a widget that is going away answers none."""
WORD_KEYS: Final = {
    "alt+b": "ctrl+left",
    "alt+f": "ctrl+right",
    "alt+d": "ctrl+f",
    "alt+backspace": "ctrl+w",
}
"""What keys with Alt do in a line to type in, as in a shell."""


@runtime_checkable
class TakesKeys(Protocol):
    """A screen that knows which of its work the next key is to come after; other screens want all
    of it done."""

    @property
    def awaits_work(self) -> bool:
        """Whether what the last key asked for is not shown yet."""
        ...


class KeyTurns:
    """Keeps the keys of an application that wait for their turn."""

    def __init__(self, app: App[None]) -> None:
        self.app = app
        self.waiting: deque[events.Event] = deque()
        self.due: events.Event | None = None  # the key whose turn it is
        self.handing: asyncio.Task[None] | None = None
        self.gave_up = False  # on work that still goes on
        self.round_done = asyncio.Event()
        self.unanswered = 0  # queues of this round

    @property
    def is_idle(self) -> bool:
        """Whether no key waits."""
        return not self.waiting and self.due is None

    def take_event(self, event: events.Event) -> bool:
        """Let a key wait for its turn; return True where it has come."""
        if event is self.due:
            self.due = None
            return True
        if getattr(self.app.screen, "tells_of_work", False):
            self.gave_up = True  # the key was pressed in view of it
        self.waiting.extend(self.meant(event))
        if self.handing is None or self.handing.done():
            self.handing = asyncio.create_task(self.hand_on())
        return False

    def meant(self, event: events.Event) -> Iterator[events.Event]:
        """Yield the keys that were pressed: Escape and a key may come as one with Alt."""
        name = event.key if isinstance(event, events.Key) else ""
        if (
            not isinstance(event, events.Key)
            or not name.startswith("alt+")
            or event.character is None
            or name in self.app.screen.active_bindings
        ):
            yield event
        elif isinstance(self.app.focused, Input) and name in WORD_KEYS and not self.waiting:
            yield events.Key(WORD_KEYS[name], None)
        else:
            yield events.Key("escape", "\x1b")
            yield events.Key(name.removeprefix("alt+"), event.character)

    async def hand_on(self) -> None:
        """Give every key to the application once the one before it has done what it does."""
        while self.waiting:
            await self.until_handled()
            await self.until_shown()
            if not self.pumps():
                self.waiting.clear()
                return
            self.due = self.waiting.popleft()
            if not self.app.post_message(self.due):
                self.due = None

    async def until_shown(self) -> None:
        """Wait until the screen shows what the last key asked for, or has had enough time."""
        began = monotonic()
        while self.awaits_work():
            first = self.waiting[0]
            patience = ENDS_WORK.get(first.key if isinstance(first, events.Key) else "", PATIENCE)
            if self.gave_up or monotonic() - began > patience:
                self.gave_up = True
                return
            await asyncio.sleep(LOOK_AGAIN)
            await self.until_handled()
        self.gave_up = False

    async def until_handled(self) -> None:
        """Wait until no message is left that a key has led to."""
        began = monotonic()
        pumps = self.pumps()
        while pumps and monotonic() - began < PATIENCE:
            await self.go_round(pumps)
            pumps = self.pumps()
            if not any(pump.message_queue_size for pump in pumps):
                return

    async def go_round(self, pumps: list[MessagePump]) -> None:
        """Wait until each queue has been worked through as far as it is filled now."""
        self.round_done.clear()
        self.unanswered = sum(pump.call_later(self.answer) for pump in pumps)
        try:
            await asyncio.wait_for(self.round_done.wait(), ROUND_SECONDS)
        except TimeoutError:
            return

    def answer(self) -> None:
        """Take the answer of one queue; those of a round that took too long end a later one, which
        another follows."""
        self.unanswered -= 1
        if self.unanswered <= 0:
            self.round_done.set()

    def pumps(self) -> list[MessagePump]:
        """Return all that has a queue of messages and is seen; nothing once the program ends."""
        app = self.app
        if app._exit or not app.is_running or not app.screen_stack:
            return []
        seen: list[MessagePump] = [app, *app.screen.walk_children(with_self=True)]
        return [pump for pump in seen if pump.is_running]

    def awaits_work(self) -> bool:
        """Return whether the screen is not yet what the last key has asked for."""
        screen = self.app.screen
        if isinstance(screen, TakesKeys):
            return screen.awaits_work
        return any(w.node is screen and not w.is_finished for w in self.app.workers)
