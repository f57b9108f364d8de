"""Tells captures from the other files of a folder."""

import re
from pathlib import Path
from typing import Final

from tcptui.capture.formats.registry import FORMATS, MAGIC_LENGTH, format_of

ENDINGS: Final = "|".join(re.escape(one) for form in FORMATS for one in form.endings)
COMPRESSIONS: Final = "gz|zst|xz|lz4|bz2"
CAPTURE_NAME: Final = re.compile(rf"({ENDINGS})[0-9]*(\.({COMPRESSIONS}))?\Z", re.IGNORECASE)
"""How the names of captures end, also of those that tcpdump -C has numbered."""


def looks_like_capture(path: str) -> bool:
    """Return whether a local file is a capture by its name, or by its first bytes."""
    if CAPTURE_NAME.search(path):
        return True
    try:
        with Path(path).open("rb") as file:
            return format_of(file.read(MAGIC_LENGTH)) is not None
    except OSError:
        return False
