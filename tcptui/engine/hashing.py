"""Mixes numbers into places of tables."""

from typing import Final

FACTOR: Final = 0x9E3779B1
"""Knuth's multiplicative hash: the upper bits of the lower 32 of a product are well mixed."""
