"""Strings that grow letter by letter, shared by all flows that have come to the same one."""

from typing import Final


class Letters:
    """A string, and those that are one letter longer."""

    def __init__(self, text: str) -> None:
        self.text: str = text
        self.longer: dict[str, Letters] = {}

    def then(self, letter: str) -> "Letters":
        """The string with ``letter`` behind it."""
        grown = self.longer.get(letter)
        if grown is None:
            grown = Letters(self.text + letter)
            self.longer[letter] = grown
        return grown


NO_LETTERS: Final = Letters("")
