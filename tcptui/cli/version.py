"""Tells which tcptui this is."""

from importlib.util import find_spec

from tcptui import __version__


def version() -> str:
    """Name the version and the build: ``0.1.0 (compiled)`` or ``0.1.0 (interpreted)``."""
    return f"{__version__} ({build()})"


def build() -> str:
    """Say whether the engine that runs is compiled, without loading it."""
    engine = find_spec("tcptui.engine.engine")
    return "compiled" if engine and (engine.origin or "").endswith(".so") else "interpreted"
