"""Counts what the flows of a capture will take in memory, before any of them is analysed.

That says into how many shares the capture is to be divided so that the largest one fits.
"""

from math import log
from typing import Final

from librt.strings import read_i16_be, read_i32_be
from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import IPV4_KEY
from tcptui.engine.hashing import FACTOR
from tcptui.engine.sequence import MASK32, s32
from tcptui.engine.share import BUCKETS, MOST_SHARES, Share, bucket_of, share_of

ROW_BYTES: Final = 80
"""What the analysis keeps for a segment: its row, and what few rows have."""
FLOW_BYTES: Final = 900
LITTLE: Final = 2
"""A share is too large by as little as its largest bucket, shifted by so many bits."""
WORD_BITS: Final = 5
SKETCH_BITS: Final = 22


class Census(Share):
    """A share of no flows, which counts those of all others.

    ``rows`` are the segments by bucket. A bit of ``sketch``, chosen by addresses and ports, is set
    for each connection: of how many are set follows how many connections there are, for a few
    per cent of what a set of them would take (linear counting).
    """

    def __init__(self) -> None:
        super().__init__(0, 1)
        self.rows: vec[i32] = vec[i32]([0] * BUCKETS)
        self.sketch: vec[i32] = vec[i32]([0] * (1 << SKETCH_BITS - WORD_BITS))
        self.set_bits: i64 = 0

    def takes(self, data: bytes, key: i64, size: i64, quoted: bool) -> bool:
        """Count the next TCP header of the capture, and leave it to others."""
        self.met += 1
        self.rows[bucket_of(data, key, size)] += 1
        bit = connection_of(data, key, size) >> 32 - SKETCH_BITS
        word = i64(self.sketch[bit >> WORD_BITS])
        mark: i64 = 1 << (bit & 31)
        if word & mark == 0:
            self.sketch[bit >> WORD_BITS] = i32(s32(word | mark))
            self.set_bits += 1
        if not quoted:
            self.elsewhere += 1
        return False

    def connections(self) -> int:
        """Return about how many pairs of addresses and ports there are."""
        bits = 1 << SKETCH_BITS
        return int(bits * log(bits / max(bits - self.set_bits, 1)))

    def shares_of(self, most: i64) -> int:
        """Return the fewest shares of which each takes at most so many bytes; where one bucket
        alone takes more, so few that the others add little to it."""
        each = i64(0) if self.met == 0 else self.connections() * FLOW_BYTES // self.met
        rows = most // (ROW_BYTES + each)
        indivisible = self.largest_share(BUCKETS)
        if rows < indivisible + (indivisible >> LITTLE):
            rows = indivisible + (indivisible >> LITTLE)
        shares = i64(1)
        while shares < MOST_SHARES and self.largest_share(shares) > rows:
            shares += 1
        return int(shares)

    def largest_share(self, shares: i64) -> i64:
        """Return how many segments the largest one of so many shares has."""
        rows = vec[i64]([0] * int(shares))
        most: i64 = 0
        bucket: i64 = 0
        while bucket < BUCKETS:
            share = share_of(bucket, shares)
            rows[share] += i64(self.rows[bucket])
            if rows[share] > most:
                most = rows[share]
            bucket += 1
        return most


def connection_of(data: bytes, start: i64, size: i64) -> i64:
    """Return a number of 32 bits for the connection of a segment, whose key stands at ``start``:
    the same for both directions."""
    half: i64 = 4 if size == IPV4_KEY else 16
    ports = start + 2 * half
    one = end_of(data, start, half, i64(read_i16_be(data, ports)))
    other = end_of(data, start + half, half, i64(read_i16_be(data, ports + 2)))
    return (one + other) * FACTOR & MASK32


def end_of(data: bytes, at: i64, size: i64, port: i64) -> i64:
    """Return a number of 32 bits for an address of so many bytes and a port."""
    mixed = port & 0xFFFF
    stop = at + size
    while at < stop:
        mixed = (mixed ^ i64(read_i32_be(data, at))) * FACTOR & MASK32
        mixed ^= mixed >> 15
        at += 4
    return mixed
