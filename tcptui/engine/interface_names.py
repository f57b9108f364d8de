"""Holds what a capture file says of an interface that its packets were captured on."""

from typing import Final


class InterfaceName:
    """An interface's number in its section of the file, its name and its description.

    The number is -1 where the file's format has none; texts are as in the file, and empty where it
    has none.
    """

    def __init__(self, number: int, name: str, description: str) -> None:
        self.number: int = number
        self.name: str = name
        self.description: str = description


NAMELESS: Final = InterfaceName(-1, "", "")
