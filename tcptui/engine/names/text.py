"""Bytes of a capture as a name: harmless to a terminal, and not too long."""

from typing import Final

from librt.strings import read_i64_be
from mypy_extensions import i64

from tcptui.engine.eight_bytes import EACH, HIGHEST_OF_EACH
from tcptui.escapes import visible

SPACE: Final = 0x20
DELETE: Final = 0x7F
LONGEST: Final = 255
"""Characters of a name; what is longer is cut."""
MOST_KEPT: Final = 50_000


def name_text(data: bytes) -> str:
    """Return bytes as a text; those that are no UTF-8, or do not print, as escapes. Nearly all are
    plain ASCII, which is quick."""
    if len(data) <= LONGEST and prints(data):
        return data.decode("ascii")
    if len(data) > LONGEST:
        data = data[: 4 * LONGEST]
    return visible(data.decode(errors="backslashreplace"))[:LONGEST]


def prints(data: bytes) -> bool:
    """Return whether all bytes are ASCII letters, digits, signs or spaces.

    Of eight bytes at once: taking a space from each sets the highest bit of those below it, and
    adding one that of a delete.
    """
    size: i64 = len(data)
    at: i64 = 0
    while at + 8 <= size:
        eight = read_i64_be(data, at)
        if (eight | eight - SPACE * EACH | eight + EACH) & HIGHEST_OF_EACH != 0:
            return False
        at += 8
    while at < size:
        if not SPACE <= i64(data[at]) < DELETE:
            return False
        at += 1
    return True


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
