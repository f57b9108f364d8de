"""Bytes of a capture as a name: harmless to a terminal, and not too long."""

from typing import Final

from tcptui.escapes import visible

LONGEST: Final = 255
"""Characters of a name; what is longer is cut."""
MOST_KEPT: Final = 50_000


class NameTexts:
    """Makes texts of bytes; flows that have the same name share its text."""

    def __init__(self) -> None:
        self.known: dict[bytes, str] = {}

    def text(self, data: bytes) -> str:
        """Return bytes as a text; those that are no UTF-8, or do not print, as escapes."""
        found = self.known.get(data)
        if found is None:
            found = visible(data[: 4 * LONGEST].decode(errors="backslashreplace"))[:LONGEST]
            if len(self.known) == MOST_KEPT:
                self.known.clear()
            self.known[data] = found
        return found
