"""Tells Escape and a key typed after it from a key pressed with Alt.

A terminal sends both as the same two bytes. Textual 8 takes them for Alt, or for a sequence whose
end is still to come, and so loses the Escape where keys are pasted, sent by tmux, or come in one
piece over a slow link. :func:`install` puts a parser in place of Textual's that hands on one key,
``alt+…``; the application knows whether anything is bound to it. Where Textual is not as this
module knows it, its own parser stays.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import textual
from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import _character_to_key
from textual.message import Message

KNOWN_VERSION: Final = "8"
"""Textual's major version that this was written for."""
ESCAPE: Final = "\x1b"
AFTER_ESCAPE: Final = re.compile(r"(\x1b[^\x1b\[O\]PX^_])")
"""Finds Escape with a character that begins no sequence of a terminal (ECMA-48, 5.3; SS3)."""
PASTE: Final = re.compile(r"(\x1b\[20[01]~)")
PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"


def with_alt(character: str) -> events.Key:
    """Return the key of a character that came after Escape."""
    name = character if character.isalnum() else _character_to_key(character)
    name = {"\r": "enter", "\t": "tab", "\x7f": "backspace"}.get(character, name)
    return events.Key(f"alt+{name}", character)


class KeyParser(XTermParser):
    """Parses what the terminal sends, with Escape and the next character as one key."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self.pasting = False
        self.escape_is_last = False

    def feed(self, data: str) -> Iterable[Message]:
        if not data:
            yield from super().feed(data)
            return
        if self.escape_is_last and not re.match(r"[\x1b\[O\]PX^_]", data):
            yield from self.end_sequence()
        self.escape_is_last = data.endswith(ESCAPE)
        for part in PASTE.split(data):
            if part in (PASTE_BEGINS, PASTE_ENDS):
                self.pasting = part == PASTE_BEGINS
            whole = self.pasting or part == PASTE_ENDS
            for piece in [part] if whole else AFTER_ESCAPE.split(part):
                if not whole and AFTER_ESCAPE.fullmatch(piece):
                    yield from self.end_sequence()
                    yield with_alt(piece[1])
                elif piece:
                    yield from super().feed(piece)

    def end_sequence(self) -> Iterable[Message]:
        """Yield the keys of a sequence that was begun and is not one."""
        if self._timeout_time is not None:
            self._timeout_time = 0.0
            yield from self.tick()

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if alt and len(sequence) == 1:
            return [with_alt(sequence)]
        return super()._sequence_to_key_events(sequence, alt)


def install() -> bool:
    """Make Textual's driver parse keys this way, if it is a known version; return whether it
    does."""
    try:
        from textual.drivers import linux_driver
    except ImportError:
        return False
    driver: Any = linux_driver
    known = textual.__version__.partition(".")[0] == KNOWN_VERSION
    known = known and hasattr(driver, "XTermParser") and hasattr(XTermParser, "tick")
    if known:
        driver.XTermParser = KeyParser
    return known
