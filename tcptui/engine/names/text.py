"""Bytes of a capture as a name: harmless to a terminal, and not too long."""

from typing import Final

from tcptui.escapes import visible

LONGEST: Final = 255
"""Characters of a name; what is longer is cut."""
MOST_KEPT: Final = 50_000


def name_text(data: bytes) -> str:
    """Return bytes as a text; those that are no UTF-8, or do not print, as escapes. Nearly all are
    plain ASCII, which is quick."""
    if len(data) <= LONGEST and data.isascii():
        text = data.decode("ascii")
        if text.isprintable():
            return text
    if len(data) > LONGEST:
        data = data[: 4 * LONGEST]
    return visible(data.decode(errors="backslashreplace"))[:LONGEST]


class SharedTexts:
    """Makes texts of bytes; flows that have the same name share its text."""

    def __init__(self) -> None:
        self.known: dict[bytes, str] = {}

    def text(self, data: bytes) -> str:
        """Return bytes as a text, as `name_text` does."""
        found = self.known.get(data)
        if found is None:
            found = name_text(data)
            if len(self.known) == MOST_KEPT:
                self.known.clear()
            self.known[data] = found
        return found
