"""Seals bytes that are kept: before them stand a digest, and what they were made of.

A file that was cut, changed or made of something else is told from a whole one by these.
"""

from hashlib import blake2b
from typing import Final

DIGEST: Final = 32
"""Bytes of a digest, and of what tells where sealed ones come from."""


def sealed(body: bytes, made_of: bytes) -> bytes:
    """Return bytes under a seal; ``made_of`` are 32 bytes that tell of what they were made."""
    whole = made_of + body
    return digest_of(whole) + whole


def unsealed(data: bytes, made_of: bytes) -> bytes | None:
    """Return the bytes under a seal; None where it is broken, or they were made of something
    else."""
    digest, whole = data[:DIGEST], data[DIGEST:]
    if digest_of(whole) != digest or whole[:DIGEST] != made_of:
        return None
    return whole[DIGEST:]


def digest_of(whole: bytes) -> bytes:
    return blake2b(whole, digest_size=DIGEST).digest()
