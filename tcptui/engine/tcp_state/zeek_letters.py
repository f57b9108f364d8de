"""Zeek's history strings: their letters, and how flows share the strings that they have grown.

`history` of Zeek's conn.log has a letter for each first thing of its kind: upper case for the
originator, lower case for the responder. Most flows of a capture come to one of a few strings, so
a string is made once and shared. What one flow can grow is bounded (a sweep of RSTs adds a letter
for each), and so is what is shared.
"""

from typing import Final

from mypy_extensions import i64

LETTERS: Final = "SsHhAaDdFfRrWwTtGgIiQq^"
"""Each letter by its number: of the originator, then of the responder."""
MOST_LETTERS: Final = 256
"""In one string; what comes behind is left out: no flow's history fills the memory."""
MOST_SHARED: Final = 10_000
"""Strings that are kept to be found again: those of other connections belong to one flow each."""

# The numbers of the originator's letters in LETTERS; the responder's is one more.
S: Final = 0
H: Final = 2
A: Final = 4
D: Final = 6
F: Final = 8
R: Final = 10
W: Final = 12
T: Final = 14
G: Final = 16
I: Final = 18  # noqa: E741 - it is Zeek's letter
Q: Final = 20
TURNED: Final = 22
"""``^``, which has no responder's letter."""


class Letters:
    """A string, and those that are one letter longer, as far as they are shared."""

    def __init__(self, text: str) -> None:
        self.text: str = text
        self.longer: list[Letters | None] = []

    def with_letter(self, letter: i64) -> "Letters":
        """Return the string with one of `LETTERS` added, or the string itself if it is long
        enough."""
        if len(self.longer) > 0:
            found = self.longer[letter]
            if found is not None:
                return found
        if len(self.text) >= MOST_LETTERS:
            return self
        grown = Letters(self.text + LETTERS[letter])
        if SHARED.count < MOST_SHARED:
            SHARED.count += 1
            if len(self.longer) == 0:
                self.longer = [None] * len(LETTERS)
            self.longer[letter] = grown
        return grown


class Shared:
    """The number of strings that are found from `NO_LETTERS`."""

    def __init__(self) -> None:
        self.count: i64 = 0


SHARED: Final = Shared()
NO_LETTERS: Final = Letters("")
