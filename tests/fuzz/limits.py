"""How long an input may take and how much memory it may want, watched from inside the process."""

import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

MOST_SECONDS: Final = 2.0
"""Of processor time, all threads together: other work on the machine does not count."""
MOST_GROWTH: Final = 300 << 20
"""Bytes."""
ADDRESS_SPACE: Final = 4 << 30
"""Bytes that a process may map at most: what grows without limit fails before the machine does."""
UNIT: Final = 1 if sys.platform == "darwin" else 1024
STATM: Final = Path("/proc/self/statm")


class TooSlow(BaseException):
    """An input took more than `MOST_SECONDS`; no handler of `Exception` catches it."""


class TooBig(AssertionError):
    """The process grew by more than `MOST_GROWTH` over an input."""


def stop(number: int, frame: FrameType | None) -> None:
    raise TooSlow(f"more than {MOST_SECONDS:g} s")


def limit_memory() -> None:
    if sys.platform == "linux":
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        space = ADDRESS_SPACE if most == resource.RLIM_INFINITY else min(ADDRESS_SPACE, most)
        resource.setrlimit(resource.RLIMIT_AS, (space, most))


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def held() -> int:
    """The memory that this process holds, in bytes; where the system does not tell, its peak."""
    try:
        return int(STATM.read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return peak()


@contextmanager
def limits() -> Iterator[None]:
    """TooSlow while an input runs on and on, TooBig after one that swelled.

    Code that never comes back to the interpreter is not stopped here: whoever watches the process
    from outside ends it.
    """
    before, before_peak = held(), peak()
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    after = peak()
    if after > before_peak and after - before > MOST_GROWTH:
        raise TooBig(f"grew by {after - before >> 20} MB")
