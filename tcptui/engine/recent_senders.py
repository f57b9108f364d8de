"""The endpoints that sent lately, found by a packet's own bytes: making and hashing a key for
each packet would cost a sixth of the whole analysis."""

from typing import Final

from librt.strings import read_i32_be, read_i64_be
from mypy_extensions import i64

from tcptui.engine.flow import IPV4_KEY, Endpoint
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32

SLOT_BITS: Final = 14
FACTOR: Final = 0x9E3779B1
"""Knuth's multiplicative hash: the upper bits of the product are well mixed."""


def ends_of(data: bytes, start: i64, size: i64) -> i64:
    """Return both addresses of the key in ``data[start:start + size]``, as one number."""
    if size == IPV4_KEY:
        return i64(read_i64_be(data, start))
    source = read_i64_be(data, start) ^ read_i64_be(data, start + 8)
    target = read_i64_be(data, start + 16) ^ read_i64_be(data, start + 24)
    return source ^ target >> 1


def slot_of(ends: i64, ports: i64) -> i64:
    low = (ends & MASK32) * FACTOR ^ ends >> 32 & MASK32
    return ((low + ports) * FACTOR & MASK32) >> (32 - SLOT_BITS)


class RecentSenders:
    """One endpoint for each slot; a newer one takes the place of the one before."""

    def __init__(self) -> None:
        self.nobody: Endpoint = Endpoint(b"")
        self.slots: list[Endpoint] = [self.nobody] * (1 << SLOT_BITS)

    def forget_all(self) -> None:
        """Let go of all."""
        self.slots = [self.nobody] * (1 << SLOT_BITS)

    def remember(self, end: Endpoint) -> None:
        key = end.key
        size = i64(len(key))
        ends = ends_of(key, 0, size)
        self.slots[slot_of(ends, i64(read_i32_be(key, size - 4)))] = end

    def find(self, at: HeaderLocation) -> Endpoint | None:
        """Return the endpoint that sent what was found at ``at``, or None if it is not among
        them."""
        data = at.key_data
        start = at.key_start
        size = at.key_size
        ports = i64(read_i32_be(data, start + size - 4))
        if size != IPV4_KEY:
            end = self.slots[slot_of(ends_of(data, start, size), ports)]
            return end if end.key == at.key else None
        ends = i64(read_i64_be(data, start))
        end = self.slots[slot_of(ends, ports)]
        key = end.key
        if (
            i64(len(key)) != size
            or i64(read_i32_be(key, size - 4)) != ports
            or i64(read_i64_be(key, 0)) != ends
        ):
            return None
        return end
