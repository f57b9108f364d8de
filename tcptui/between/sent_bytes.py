"""Finds the segments that carried some of the same bytes, among all that one side sent."""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.engine.lower_bound import first_not_below

JOURNEY_BITS: Final = 31
JOURNEY_MASK: Final = (1 << JOURNEY_BITS) - 1
HALF: Final = 1 << 31
WHOLE: Final = 1 << 32


class SentBytes:
    """The first bytes of segments in the order of their numbers, each with its journey.

    A number is between -2**31 and 2**31, as :func:`~tcptui.engine.sequence.s32` returns it.
    """

    def __init__(self, segments: list[tuple[int, int, int]]) -> None:
        """Take first byte, length and journey of each segment."""
        self.longest: i64 = 0
        keys: list[int] = []
        for start, length, journey in segments:
            keys.append(start + HALF << JOURNEY_BITS | journey)
            if length > self.longest:
                self.longest = length
        keys.sort()
        self.keys: vec[i64] = vec[i64]()
        for key in keys:
            self.keys = append(self.keys, i64(key))

    def beginning_near(self, start: i64, length: i64, most: i64) -> list[int]:
        """Return the journeys, ``most`` of them, of segments that may have some of these bytes:
        those which begin no further before them than the longest segment reaches."""
        found: list[int] = []
        stop = i64(len(self.keys))
        for shift in (0, WHOLE, -WHOLE):
            low = max(start + shift + HALF - self.longest + 1, i64(0))
            high = min(start + shift + HALF + length, i64(WHOLE))
            at = first_not_below(self.keys, low << JOURNEY_BITS) if low < high else stop
            while at < stop and self.keys[at] >> JOURNEY_BITS < high:
                if len(found) == most:
                    return found
                found.append(int(self.keys[at] & JOURNEY_MASK))
                at += 1
        return found
