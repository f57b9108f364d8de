"""The SACK blocks that a side's last SACK option had."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64, mypyc_attr

from tcptui.engine.sequence import s32

MOST_BLOCKS: Final = 4


@mypyc_attr(acyclic=True)
class SackBlocks:
    """At most four ranges, each edge relative to the initial number of the side that sent them."""

    def __init__(self) -> None:
        self.count: i64 = 0
        self.left: vec[i64] = vec[i64]([0] * MOST_BLOCKS)
        self.right: vec[i64] = vec[i64]([0] * MOST_BLOCKS)

    def covering(self, start: i64, end: i64) -> i64:
        """Return how many blocks cover the raw numbers from ``start`` to ``end``.

        Wireshark compares these raw numbers with its relative edges, and unsigned.
        """
        covering: i64 = 0
        n: i64 = 0
        while n < self.count:
            if start >= self.left[n] and end <= self.right[n]:
                covering += 1
            n += 1
        return covering

    def total(self) -> i64:
        """Return how many bytes all blocks have, as a signed 32-bit number."""
        total: i64 = 0
        n: i64 = 0
        while n < self.count:
            total += self.right[n] - self.left[n]
            n += 1
        return s32(total)
