"""Strings that grow letter by letter, shared by the flows that have come to the same one."""

from typing import Final

from mypy_extensions import i64

LETTERS: Final = "SsHhAaDdFfRrWwTtGgIiQq^"
"""Each letter by its number: of the originator, then of the responder."""
MOST_LETTERS: Final = 256
"""In one string; what comes behind is left out."""
MOST_SHARED: Final = 10_000
"""Strings that are kept to be found again: those of other connections belong to one flow each."""


class Letters:
    """A string, and those that are one letter longer, as far as they are shared."""

    def __init__(self, text: str) -> None:
        self.text: str = text
        self.longer: list[Letters | None] = []

    def then(self, letter: i64) -> "Letters":
        """The string with one of `LETTERS` behind it; itself if it is long enough."""
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
    """How many strings are found from `NO_LETTERS`."""

    def __init__(self) -> None:
        self.count: i64 = 0


SHARED: Final = Shared()
NO_LETTERS: Final = Letters("")
