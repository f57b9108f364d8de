"""Half of a capture's flows, where two engines that are fed the same packets share the work."""

from typing import Final, Protocol

from librt.strings import read_i32_be, read_i64_be
from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import IPV4_KEY
from tcptui.engine.segment import HeaderLocation

FACTOR: Final = 0x9E3779B1
"""Knuth's multiplicative hash. Bit 31 of the product depends on all that is multiplied; a lower
one would not do, as many hosts use only even ports."""


def half_of(at: HeaderLocation) -> i64:
    """Return 0 or 1, the same for both directions of a connection and all later ones on its
    ports."""
    data = at.key_data
    start = at.key_start
    size = at.key_size
    if size == IPV4_KEY:
        ends = i64(read_i64_be(data, start))
        both = ends ^ ends >> 32 ^ i64(read_i32_be(data, start + 8))
    else:
        both = i64(read_i32_be(data, start + 12)) ^ i64(read_i32_be(data, start + 28))
        both ^= i64(read_i32_be(data, start + 32))
    return (((both ^ both >> 16) & 0xFFFF) * FACTOR >> 31) & 1


class Share:
    """The half of its capture that an engine takes: the segments of its flows.

    ``opened[i]`` is which of the capture's TCP headers, from 1, opened flow ``i`` of this engine:
    it tells the order of both engines' flows, and ``numbers`` has their numbers in the whole
    capture, once the other engine has told what it opened. ``elsewhere`` counts the segments that
    have no row here.
    """

    def __init__(self, half: int) -> None:
        self.half: i64 = half
        self.met: i64 = 0
        self.elsewhere: i64 = 0
        self.opened: vec[i32] = vec[i32]()
        self.numbers: vec[i32] = vec[i32]()

    def number_of(self, flow: i64) -> i64:
        """Return the number of a flow in the whole capture once it is known, else its own."""
        return i64(self.numbers[flow]) if flow < i64(len(self.numbers)) else flow

    def takes(self, at: HeaderLocation) -> bool:
        """Return whether the next TCP header of the capture is of this half."""
        self.met += 1
        if half_of(at) == self.half:
            return True
        if not at.quoted:
            self.elsewhere += 1
        return False

    def note_flow(self) -> None:
        """Note that the header opens a flow."""
        self.opened = append(self.opened, i32(self.met))


class OpeningHeaders(Protocol):
    """The headers that opened the flows of a half: a :class:`Share` has them, or a copy of it."""

    @property
    def opened(self) -> vec[i32]: ...


def numbers_of(half: OpeningHeaders, other_half: OpeningHeaders) -> vec[i32]:
    """Return the numbers that the flows of one half have in the whole capture."""
    own = half.opened
    other = other_half.opened
    numbers: vec[i32] = vec[i32]()
    others: i64 = 0
    for n in range(len(own)):
        while others < i64(len(other)) and other[others] < own[n]:
            others += 1
        numbers = append(numbers, i32(n + others))
    return numbers
