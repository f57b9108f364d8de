"""Finds the captures that a flow runs over: where they lie, whether they are as they were when they
were swept, and whether they lie where captures may be opened without asking."""

import os
import stat
from collections.abc import Callable, Sequence
from glob import has_magic
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from tcptui.capture.errors import CaptureError, cannot_open
from tcptui.data_set.columns import CAPTURES
from tcptui.data_set.swept import Swept, SweptCapture
from tcptui.data_set.swept_rows import SweptRows
from tcptui.escapes import visible

MOST_CAPTURES: Final = 1000
"""Over which a flow may run."""
CHANGED: Final = "it has changed since it was swept"
SWEEP_AGAIN: Final = "go on with `tcptui sweep --resume`"

Fetch = Callable[[SweptCapture], str]
"""Copies a capture from elsewhere to the spool folder, and returns the copy's path. Raises
CaptureError."""


class WantedFlow(NamedTuple):
    """A flow to be found again in its captures: by when it began (ns) and its ends."""

    first: int | None
    client: tuple[str, int]
    server: tuple[str, int]


def captures_of(swept: Swept, rows: SweptRows, row: int) -> list[SweptCapture]:
    """Return the captures that a flow runs over, by the manifest. Raises CaptureError."""
    part = rows.part_of(row)
    names = rows.values(row, (CAPTURES,))[CAPTURES] or [part.capture.name]
    if len(names) > MOST_CAPTURES or names[0] != part.capture.name:
        raise CaptureError("this flow names other captures", visible(part.file.path), SWEEP_AGAIN)
    found = [swept.captures.get(name) for name in names]
    for name, one in zip(names, found, strict=True):
        if one is None:
            raise CaptureError("the manifest does not name it", visible(name), SWEEP_AGAIN)
    return [one for one in found if one is not None]


def is_elsewhere(capture: SweptCapture) -> bool:
    """Return whether a capture has an address, not a path."""
    return "://" in capture.name and not capture.name.startswith("/")


def checked_path(capture: SweptCapture) -> str:
    """Return the path of a local capture that is as it was, with no link left in it. Raises
    CaptureError."""
    try:
        path = os.path.realpath(capture.name)
        status = Path(path).stat()
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", 0) or 0
        raise cannot_open(capture.name, number) from error
    if not stat.S_ISREG(status.st_mode):
        raise CaptureError("this is not a file", visible(capture.name), SWEEP_AGAIN)
    check_unchanged(capture, status.st_size, status.st_mtime, None)
    return path


def check_unchanged(
    capture: SweptCapture, size: int | None, mtime: float | None, etag: str | None
) -> None:
    """Check that a capture is as it was when it was swept. Raises CaptureError."""
    if (capture.size, capture.mtime, capture.etag) != (size, mtime, etag):
        raise CaptureError(CHANGED, visible(capture.name), SWEEP_AGAIN)


def roots_of(root: str, sources: Sequence[str]) -> list[str]:
    """Return the files and folders below which captures may be opened without asking: the one that
    was named, else what was swept."""
    words = [root] if root else [one for one in sources if "://" not in one]
    return [os.path.realpath(fixed_part(one)) for one in words if "\0" not in one]


def fixed_part(word: str) -> str:
    """Return the folder of a glob, or the word itself where it is none."""
    if not has_magic(word):
        return word
    parts = PurePath(word).parts
    fixed = next(at for at, part in enumerate(parts) if has_magic(part))
    return str(PurePath(*parts[:fixed]))


def is_below(path: str, roots: Sequence[str]) -> bool:
    """Return whether a path without links is one of the roots, or in one of them."""
    return any(PurePath(path).is_relative_to(root) for root in roots)
