"""Sums and differences of times and costs that stay in 64 bits.

A capture may claim any time, so a difference of two or a sum of many may leave the numbers that
compiled code can hold. Then it is the largest one, or the same below zero.
"""

from typing import Final

from mypy_extensions import i64

LARGEST: Final = (1 << 63) - 1
SAFE: Final = (1 << 62) - 1
"""Two such numbers fit in one; small enough to stay unboxed in compiled code."""


def plus(a: i64, b: i64) -> i64:
    """Return ``a + b``, between -`LARGEST` and `LARGEST`."""
    if -SAFE <= a <= SAFE and -SAFE <= b <= SAFE:
        return a + b
    return saturated(a, b)


def saturated(a: i64, b: i64) -> i64:
    """Return ``a + b`` for any two numbers, between -`LARGEST` and `LARGEST`."""
    if b > 0:
        return a + b if a <= LARGEST - b else LARGEST
    return a + b if a >= -LARGEST - b else -LARGEST


def elapsed(time: i64, since: i64) -> i64:
    """Return ``time - since``, between -`LARGEST` and `LARGEST`."""
    if -SAFE <= time <= SAFE and -SAFE <= since <= SAFE:
        return time - since
    return saturated(time, -since)


def waited_since(time: i64, since: i64) -> i64:
    """Return how long somebody waited: never negative, also where the capture's clock went back."""
    span = elapsed(time, since)
    if span < 0:
        return 0
    return span


def is_below(span: i64, limit: i64) -> bool:
    """Return whether a time is below a limit, both read as unsigned numbers."""
    if span < 0 or limit < 0:
        return limit < 0 and (span >= 0 or span < limit)
    return span < limit
