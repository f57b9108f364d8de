"""Strings that grow letter by letter, shared by all flows that have come to the same one."""

from typing import Final

from mypy_extensions import i64

LETTERS: Final = "SsHhAaDdFfRrWwTtGgIiQq^"
"""Each letter by its number: of the originator, then of the responder."""


class Letters:
    """A string, and those that are one letter longer."""

    def __init__(self, text: str) -> None:
        self.text: str = text
        self.longer: list[Letters | None] = [None] * len(LETTERS)

    def then(self, letter: i64) -> "Letters":
        """The string with one of `LETTERS` behind it."""
        grown = self.longer[letter]
        if grown is None:
            grown = Letters(self.text + LETTERS[letter])
            self.longer[letter] = grown
        return grown


NO_LETTERS: Final = Letters("")
