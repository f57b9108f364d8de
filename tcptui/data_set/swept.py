"""Reads the manifest of a data set: which captures were swept, and what they were like then."""

import json
import os
from pathlib import Path
from typing import Any, Final, NamedTuple

from tcptui.capture.errors import CaptureError
from tcptui.escapes import visible

MANIFEST: Final = "manifest.json"
MOST_BYTES: Final = 1 << 29
"""Bytes of a manifest: that of a million captures has fewer."""
SWEEP_AGAIN: Final = "sweep the captures again"


class SweptCapture(NamedTuple):
    """A capture as the manifest tells of it: ``name`` is its path or its address, ``mtime`` in
    seconds since 1970; what its place did not tell is None. ``error`` is why it was not read."""

    name: str
    size: int | None
    mtime: float | None
    etag: str | None
    error: str


class Swept(NamedTuple):
    """The captures of a data set by their names and by the files with their flows, what was asked
    for, and by the rules of which release they were analysed."""

    folder: Path
    captures: dict[str, SweptCapture]
    by_file: dict[str, SweptCapture]
    sources: list[str]
    rules: str


def is_data_set(folder: str) -> bool:
    """Return whether a folder has the manifest of a sweep."""
    return os.path.isfile(Path(folder) / MANIFEST)  # noqa: PTH113 - raises nothing


def read_manifest(folder: Path) -> Swept:
    """Read the manifest of a data set. Raises CaptureError."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CaptureError("too large for a manifest", visible(str(path)), SWEEP_AGAIN)
        return swept_from(folder, json.loads(path.read_text("utf-8")))
    except OSError as error:
        what = (error.strerror or "cannot be read").lower()
        raise CaptureError(what, visible(str(path)), "check its rights") from error
    except (
        ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError
    ) as error:  # fmt: skip
        what = "this is not the manifest of a sweep"
        raise CaptureError(what, visible(str(path)), SWEEP_AGAIN) from error


def swept_from(folder: Path, told: dict[str, Any]) -> Swept:
    """Return what a manifest says. Raises ValueError, TypeError, KeyError, AttributeError."""
    swept = Swept(folder, {}, {}, [], text(told["rules"]))
    swept.sources.extend(map(text, told["options"]["sources"]))
    for entry in told["captures"]:
        size, mtime, etag = entry["size"], entry["mtime"], entry["etag"]
        one = SweptCapture(
            text(entry["capture"]),
            None if size is None else int(size),
            None if mtime is None else float(mtime),
            None if etag is None else text(etag),
            text(entry["error"] or ""),
        )
        swept.captures[one.name] = one
        swept.by_file.update((text(file), one) for file in entry["files"])
    return swept


def text(value: object) -> str:
    """Return a value that must be a text, without halves of characters. Raises TypeError,
    ValueError."""
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()
    return value
