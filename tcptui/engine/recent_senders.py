"""The endpoints that sent lately, found by a packet's own bytes: making and hashing a key for
each packet would cost a sixth of the whole analysis."""

from typing import Final

from librt.strings import read_i32_be, read_i64_be
from librt.vecs import vec
from mypy_extensions import i64

from tcptui.engine.flow import IPV4_KEY, IPV6_KEY, Endpoint
from tcptui.engine.hashing import FACTOR
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import PORTS

SLOT_BITS: Final = 14
LONG: Final = 1 << 32
"""Added to the ports of an IPv6 key, whose addresses are longer than what is compared of them."""
NO_PORTS: Final = -1
IPV6_ADDRESSES: Final = IPV6_KEY - PORTS
"""Bytes of both."""


def mixed_ends(data: bytes, start: i64) -> i64:
    """Return both addresses of the IPv6 key from ``start`` on as one number, which others may have
    too."""
    source = read_i64_be(data, start) ^ read_i64_be(data, start + 8)
    target = read_i64_be(data, start + 16) ^ read_i64_be(data, start + 24)
    return source ^ target >> 1


def ports_of(data: bytes, start: i64, size: i64) -> i64:
    """Return both ports of the key, as one number that says of which IP it is."""
    ports = i64(read_i32_be(data, start + size - PORTS)) & MASK32
    return ports if size == IPV4_KEY else ports | LONG


def slot_of(ends: i64, ports: i64) -> i64:
    low = (ends & MASK32) * FACTOR ^ ends >> 32 & MASK32
    return ((low + ports) * FACTOR & MASK32) >> (32 - SLOT_BITS)


class RecentSenders:
    """One endpoint for each slot; a newer one takes the place of the one before.

    ``keys`` has the addresses and the ports of each, as numbers: those of most packets are compared
    without a look at the endpoint.
    """

    def __init__(self) -> None:
        self.nobody: Endpoint = Endpoint(b"")
        self.slots: list[Endpoint] = [self.nobody] * (1 << SLOT_BITS)
        self.keys: vec[i64] = vec[i64]([NO_PORTS] * (2 << SLOT_BITS))

    def forget_all(self) -> None:
        """Let go of all."""
        self.slots = [self.nobody] * (1 << SLOT_BITS)
        self.keys = vec[i64]([NO_PORTS] * (2 << SLOT_BITS))

    def remember(self, end: Endpoint) -> None:
        key = end.key
        size = i64(len(key))
        ends = i64(read_i64_be(key, 0)) if size == IPV4_KEY else mixed_ends(key, 0)
        ports = ports_of(key, 0, size)
        slot = slot_of(ends, ports)
        self.slots[slot] = end
        self.keys[2 * slot] = ends
        self.keys[2 * slot + 1] = ports

    def find(self, at: HeaderLocation) -> Endpoint | None:
        """Return the endpoint that sent what was found at ``at``, or None if it is not among
        them."""
        data = at.key_data
        start = at.key_start
        size = at.key_size
        ports = ports_of(data, start, size)
        ends = i64(read_i64_be(data, start)) if size == IPV4_KEY else mixed_ends(data, start)
        slot = slot_of(ends, ports)
        keys = self.keys
        if keys[2 * slot] != ends or keys[2 * slot + 1] != ports:
            return None
        end = self.slots[slot]
        return end if size == IPV4_KEY or has_addresses(end.key, data, start) else None


def has_addresses(key: bytes, data: bytes, start: i64) -> bool:
    """Return whether the addresses of an IPv6 key stand in ``data`` from ``start`` on."""
    at: i64 = 0
    while at < IPV6_ADDRESSES:
        if read_i64_be(key, at) != read_i64_be(data, start + at):
            return False
        at += 8
    return True
