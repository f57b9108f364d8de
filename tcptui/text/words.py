"""Numbers in sentences: durations, amounts, ranges and frames."""

from collections.abc import Sequence
from typing import Final

from mypy_extensions import i64

UNITS: Final = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"))
MOST_IN_INTEGERS: Final = 10_000_000_000_000
"""ns; below it a quotient is exact enough to be rounded as its fraction is."""
MOST_LISTED: Final = 8


def duration(ns: int) -> str:
    """``201.3 ms``, ``35 µs``, ``4.1 s``: four digits at most, no zeros behind the point."""
    if 1_000 <= ns < MOST_IN_INTEGERS:
        return digits_and_unit(ns)
    for unit, name in UNITS:
        if abs(ns) >= unit:
            digits = max(0, 4 - len(str(abs(ns) // unit)))
            text = f"{ns / unit:.{min(digits, 3)}f}"
            return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {name}"
    return f"{ns} ns"


def digits_and_unit(ns: i64) -> str:
    """The same of a positive number, in integers: reports do it for every flow."""
    unit: i64 = 1_000 if ns < 1_000_000 else 1_000_000 if ns < 1_000_000_000 else 1_000_000_000
    name = "µs" if unit == 1_000 else "ms" if unit == 1_000_000 else "s"
    whole = ns // unit
    scale: i64 = 1_000 if whole < 10 else 100 if whole < 100 else 10 if whole < 1_000 else 1
    step = unit // scale
    rest = ns % step
    parts = ns // step
    if rest * 2 == step:
        # A tie goes where the binary fraction lies.
        parts = i64(round(float(f"{int(ns) / int(unit):.{len(str(scale)) - 1}f}") * float(scale)))
    elif rest * 2 > step:
        parts += 1
    if parts % scale == 0:
        return f"{parts // scale} {name}"
    fraction = str(scale + parts % scale)[1:].rstrip("0")
    return f"{parts // scale}.{fraction} {name}"


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
