"""Tells how this tcptui was built: with a compiled engine, or why without."""

import os
from importlib.util import find_spec
from typing import Final

SLOW_INTERPRETED: Final = 16 << 20
"""Bytes of a capture that take an interpreted engine several seconds."""
NOT_COMPILED: Final = f"{os.path.dirname(__file__)}/not_compiled.txt"  # noqa: PTH120
"""Written by the build hook where it could not compile: the reason, in a line."""


def build() -> str:
    """Say whether the engine that runs is compiled, without loading it."""
    engine = find_spec("tcptui.engine.engine")
    return "compiled" if engine and (engine.origin or "").endswith(".so") else "interpreted"


def why_interpreted() -> str:
    """Return why the engine that runs is not compiled, or an empty text where it is."""
    if build() == "compiled":
        return ""
    try:
        with open(NOT_COMPILED, errors="replace") as file:  # noqa: PTH123 - pathlib costs 3 ms at start
            reason = file.read().strip()
    except OSError:
        reason = ""
    return reason or "it was installed or copied without being compiled"


def is_slow(size: int) -> bool:
    """Return whether a capture of so many bytes makes it felt that the engine is interpreted."""
    return size >= SLOW_INTERPRETED and build() != "compiled"
