"""Tells which tcptui this is."""

from tcptui import __version__
from tcptui.build import build


def version() -> str:
    """Name the version and the build: ``0.1.0 (compiled)`` or ``0.1.0 (interpreted)``."""
    return f"{__version__} ({build()})"
