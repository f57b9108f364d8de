"""Tells which tcptui this is."""

import os
from collections.abc import Iterator

from tcptui import __version__
from tcptui.build import build


def version() -> str:
    """Name the version and the build: ``0.1.0 (compiled)`` or ``0.1.0 (interpreted)``."""
    return f"{__version__} ({build()})"


def exact_version() -> str:
    """Tell this tcptui from one of the same version with other modules, by their sizes and when
    they were written."""
    from hashlib import blake2b

    package = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - the start has no pathlib
    modules = repr(sorted(modules_in(package)))
    return f"{version()} {blake2b(modules.encode(), digest_size=16).hexdigest()}"


def modules_in(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield the files of a folder and those below: name, size, and when it was written (ns)."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                status = entry.stat()
                yield entry.path, status.st_size, status.st_mtime_ns
            elif entry.name != "__pycache__":
                yield from modules_in(entry.path)
