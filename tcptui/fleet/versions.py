"""Tells which tcptui and which Python a process runs: all that work together must be the same."""

import sys
from typing import NamedTuple

from tcptui import __version__


class Versions(NamedTuple):
    """Holds the version of tcptui and the release of Python."""

    tcptui: str
    python: str

    def __str__(self) -> str:
        return f"tcptui {self.tcptui} under Python {self.python}"


def versions() -> Versions:
    """Return the versions of this process."""
    return Versions(__version__, f"{sys.version_info.major}.{sys.version_info.minor}")
