"""Makes pipes hold more, so that whoever writes to one is stopped less often."""

import sys
from contextlib import suppress
from typing import Final

PIPE_SIZE: Final = 1 << 20
"""Bytes, the most that Linux gives everybody: how far the process at the other end may be ahead."""


def enlarge(end: int) -> None:
    """Have a pipe hold `PIPE_SIZE` bytes, given either end of it, where the system allows that; it
    holds 64 KiB by itself."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, PIPE_SIZE)


def pipe_size(end: int) -> int:
    """Return how many bytes a pipe holds, given either end of it."""
    import fcntl

    return fcntl.fcntl(end, fcntl.F_GETPIPE_SZ)
