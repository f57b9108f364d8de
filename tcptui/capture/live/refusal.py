"""Why a capture cannot begin, in the words that reach the person who asked."""

from enum import StrEnum


class Reason(StrEnum):
    """What kind of trouble it is: decides the advice, and the exit code."""

    PERMISSION = "permission"
    INTERFACE = "interface"
    EXPRESSION = "expression"
    OUTPUT = "output"
    OTHER = "other"


class Refusal(Exception):
    """The capture did not begin; the text is one line."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
