"""Work in small pieces: generators that yield how far they are (0 to 1) and return what they
found, so that a screen may go on between the pieces."""

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")


def at_once(work: Generator[float, None, Result]) -> Result:
    """Do all slices of a work in one go, and return what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
