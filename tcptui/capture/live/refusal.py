"""Says why a capture cannot begin, in words for the user who asked for it."""

from enum import StrEnum


class Reason(StrEnum):
    """The kind of trouble, which decides the advice and the exit code."""

    PERMISSION = "permission"
    INTERFACE = "interface"
    EXPRESSION = "expression"
    LINK_TYPE = "link type"
    OUTPUT = "output"
    PRIVILEGES = "privileges"
    OTHER = "other"


class Refusal(Exception):
    """The capture did not begin, or does not go on as asked; the text is one line.

    column: where a filter is wrong, from 1; 0 for anything else.
    """

    def __init__(self, reason: Reason, text: str, column: int = 0) -> None:
        super().__init__(text)
        self.reason = reason
        self.column = column
