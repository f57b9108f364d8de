"""Arithmetic on 32-bit sequence numbers (RFC 9293, section 3.4).

Sequence numbers are carried as ``i64`` in the range 0 … 2**32-1 and compared by the sign of
their 32-bit difference, so that order survives the wrap. At a distance of exactly 2**31 both
:func:`lt` and :func:`gt` hold, as in Wireshark.
"""

from typing import Final

from mypy_extensions import i64

MASK32: Final = 0xFFFFFFFF
SIGN32: Final = 0x80000000
HALF: Final = 0x80000000
"""A number that is so far ahead, or farther, is behind."""


def s32(value: i64) -> i64:
    """Return ``value`` modulo 2**32 read as a signed 32-bit number: what an ``i32`` column can
    hold."""
    return ((value & MASK32) ^ SIGN32) - SIGN32


def u32(value: i64) -> i64:
    """Return ``value`` modulo 2**32, read as unsigned: the inverse of :func:`s32`."""
    return value & MASK32


def lt(a: i64, b: i64) -> bool:
    """Return whether ``a`` comes before ``b`` (modulo 2**32)."""
    return ((a - b) & SIGN32) != 0


def gt(a: i64, b: i64) -> bool:
    """Return whether ``a`` comes after ``b`` (modulo 2**32)."""
    return ((b - a) & SIGN32) != 0


def le(a: i64, b: i64) -> bool:
    """Return whether ``a`` comes before ``b`` or equals it (modulo 2**32)."""
    return a == b or ((a - b) & SIGN32) != 0


def ge(a: i64, b: i64) -> bool:
    """Return whether ``a`` comes after ``b`` or equals it (modulo 2**32)."""
    return a == b or ((b - a) & SIGN32) != 0
