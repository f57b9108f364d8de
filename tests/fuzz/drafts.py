"""A capture before it is written: packets, and where one looks for trouble in a number."""

from random import Random
from typing import NamedTuple

MASK32 = 0xFFFFFFFF


class Packet(NamedTuple):
    """A packet to be written: ns since the epoch, its bytes, its length on the wire (None: all
    of it), its link type."""

    time: int
    data: bytes
    original: int | None = None
    link_type: int = 1


Draft = list[Packet]


def near(random: Random, old: int, size: int) -> int:
    """A number of ``size`` bytes at which programs fail: an edge of its type, or beside ``old``."""
    most = (1 << 8 * size) - 1
    kind = random.randrange(10)
    if kind < 4:
        return random.choice((0, 1, 2, most, most - 1, most >> 1, (most >> 1) + 1, (most >> 1) - 1))
    if kind < 6:
        return (old + random.choice((-1, 1))) & most
    if kind < 7:
        return (old + random.randint(-64, 64)) & most
    if kind < 8:
        return old ^ 1 << random.randrange(8 * size)
    if kind < 9:
        return random.choice((old * 2, old // 2, -old, ~old)) & most
    return random.getrandbits(8 * size)


def patched(random: Random, data: bytes, at: int, size: int, big: bool = True) -> bytes:
    """``data`` with another number at ``at``; as it is where the number would not fit."""
    if at < 0 or at + size > len(data):
        return data
    order = "big" if big else "little"
    old = int.from_bytes(data[at : at + size], order)  # type: ignore[arg-type]
    new = near(random, old, size).to_bytes(size, order)  # type: ignore[arg-type]
    return data[:at] + new + data[at + size :]


def damaged(random: Random, data: bytes) -> bytes:
    """``data`` without any regard for what it means: bytes changed, removed, put in, cut off."""
    if not data:
        return data
    at = random.randrange(len(data))
    span = random.choice((1, 1, 2, 4, 8, 16, random.randrange(1, 200)))
    kind = random.randrange(7)
    if kind < 2:
        return patched(random, data, at, random.choice((1, 2, 4, 8)), bool(random.getrandbits(1)))
    if kind == 2:
        return data[:at]
    if kind == 3:
        return data[:at] + data[at + span :]
    if kind == 4:
        return data[:at] + data[at : at + span] + data[at:]
    if kind == 5:
        return data[:at] + random.randbytes(span) + data[at:]
    return data[:at] + random.randbytes(span) + data[at + span :]
