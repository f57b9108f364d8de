"""Eight bytes that are looked at as one number: what is asked of each is asked of all at once."""

from typing import Final

from mypy_extensions import i64

EACH: Final = 0x0101010101010101
"""One in each byte; times a byte, that byte in each."""
HIGHEST_OF_EACH: Final[i64] = i64(-0x7F7F7F7F7F7F7F80)
"""The highest bit of each byte."""
