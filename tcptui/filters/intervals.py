"""Represents sets of numbers as lists of closed intervals, ascending and disjoint."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

Pairs = list[tuple[int, int]]

LOWEST: Final = -(1 << 63) + 1
HIGHEST: Final = (1 << 128) - 1
"""No value is larger: times are signed 64-bit numbers, IPv6 addresses have 128 bits."""


def union(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """Return the numbers in any of these intervals."""
    merged: Pairs = []
    for low, high in sorted(pairs):
        if low > high:
            continue
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def complement(pairs: Pairs) -> Pairs:
    """Return the numbers in none of these intervals, which are as :func:`union` returns them."""
    outside: Pairs = []
    low = LOWEST
    for first, last in pairs:
        if low < first:
            outside.append((low, first - 1))
        low = last + 1
    if low <= HIGHEST:
        outside.append((low, HIGHEST))
    return outside


def has(pairs: Pairs, value: int) -> bool:
    """Return whether a number is in one of these intervals."""
    at = bisect_right(pairs, (value, HIGHEST)) - 1
    return at >= 0 and value <= pairs[at][1]
