"""Numbers in sentences: durations, amounts, ranges and frames."""

from collections.abc import Sequence
from typing import Final

UNITS: Final = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"))
MOST_LISTED: Final = 8


def duration(ns: int) -> str:
    """``201.3 ms``, ``35 µs``, ``4.1 s``: four digits at most, no zeros behind the point."""
    for unit, name in UNITS:
        if abs(ns) >= unit:
            digits = max(0, 4 - len(str(abs(ns) // unit)))
            text = f"{ns / unit:.{min(digits, 3)}f}"
            return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {name}"
    return f"{ns} ns"


def amount(number: int, word: str) -> str:
    """``1 byte``, ``4,380 bytes``."""
    digits = f"{number:,}" if number >= 1000 else str(number)
    return f"{digits} {word}" if number == 1 else f"{digits} {word}s"


def span(start: int, end: int) -> str:
    """``5793:7241``: from the first byte to the one behind the last."""
    return f"{start}:{end}"


def frames(numbers: Sequence[int]) -> str:
    """``#9, #11 and #13``; long lists are cut in the middle."""
    named = [f"#{number}" for number in numbers]
    if len(named) > MOST_LISTED:
        named = [*named[:3], "…", *named[-2:]]
    if len(named) < 2:
        return "".join(named)
    return f"{', '.join(named[:-1])} and {named[-1]}"
