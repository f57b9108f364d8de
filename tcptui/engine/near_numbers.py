"""Columns of 64-bit numbers that lie so near to each other that half the bits tell them."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i32, i64, mypyc_attr

REACH: Final = 0x7FFFFFFF
"""The furthest from the first number that 32 bits can tell."""


@mypyc_attr(acyclic=True)
class NearNumbers:
    """A column of 64-bit numbers, of which number 0 is put first.

    ``near`` has how far each is from ``first``, until one is out of `REACH`: then ``far`` has all.
    """

    def __init__(self, near: vec[i32]) -> None:
        """Make a column with as much room as ``near`` has, which are zeros."""
        self.first: i64 = 0
        self.near: vec[i32] = near
        self.far: vec[i64] = vec[i64]()

    def at(self, i: i64) -> i64:
        """Return number ``i``."""
        near = self.near  # held: the analysis may widen the column meanwhile
        if len(near) > 0:
            return self.first + i64(near[i])
        return self.far[i]

    def put(self, i: i64, number: i64) -> None:
        """Let number ``i`` be this one."""
        if i == 0:
            self.first = number
        if len(self.near) > 0:
            # Where it leaves 64 bits it wraps, and the sum that gives the number back does too.
            distance = number - self.first
            if -REACH <= distance <= REACH:
                self.near[i] = i32(distance)
                return
            self.widen()
        self.far[i] = number

    def widen(self) -> None:
        """Keep all numbers as they are from now on."""
        far = vec[i64]([0] * len(self.near))
        i: i64 = 0
        while i < i64(len(far)):
            far[i] = self.first + i64(self.near[i])
            i += 1
        self.far = far
        self.near = vec[i32]()
