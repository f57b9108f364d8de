"""Entries of several numbers each, one behind the other in a single row of numbers."""

from librt.vecs import vec
from mypy_extensions import i64


def with_room(numbers: vec[i64], width: i64) -> vec[i64]:
    """The same with one more entry of zeros, and no room for others: few flows have many."""
    grown = vec[i64]([0] * (len(numbers) + int(width)))
    at: i64 = 0
    while at < i64(len(numbers)):
        grown[at] = numbers[at]
        at += 1
    return grown
