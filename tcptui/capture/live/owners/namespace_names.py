"""Names network namespaces as `ip netns` does."""

import os
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from tcptui.engine.names.text import name_text

FOLDER: Final = Path("/run/netns")
MOST_NAMES: Final = 4096


def namespace_name(number: int, folder: Path = FOLDER) -> str:
    """Return the name that `ip netns` has of a network namespace, else its number, as in the links
    /proc/PID/ns/net."""
    with suppress(OSError):
        changed = folder.stat().st_mtime_ns  # numbers are used again, so names are not kept longer
        return names_by_number(folder, changed).get(number, str(number))
    return str(number)


@lru_cache(1)
def names_by_number(folder: Path, changed: int) -> dict[int, str]:
    """Return all names, of a folder as it was changed last, in nanoseconds. Raises OSError."""
    names: dict[int, str] = {}
    with os.scandir(folder) as entries:
        for entry in islice(entries, MOST_NAMES):
            with suppress(OSError):
                names[entry.stat().st_ino] = name_text(os.fsencode(entry.name))
    return names
