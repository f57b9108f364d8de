"""Finds the captures that a sweep is to read, each once, and whose they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from tcptui.escapes import decoded
from tcptui.fleet.places import FilePlace, places_of
from tcptui.fleet.urls import scrubbed, without_credentials

UNKNOWN: Final = "unknown"
MODIFIED: Final = ("mtime", "LastModified", "updated", "modified", "last_modified", "created")
"""Under which names file systems tell when a file was changed."""
ENTITY_TAG: Final = ("ETag", "etag")


@dataclass(frozen=True)
class SourceFile:
    """A capture to read: ``name`` is its path or its address without credentials.

    ``word`` is what was asked for, with credentials. ``file_system`` is None for a local file, and
    opens others by their ``path``. ``mtime`` is in seconds since 1970; what its place
    does not tell is None.
    """

    name: str
    word: str = field(repr=False)
    path: str = field(repr=False)
    file_system: Any = field(repr=False, compare=False)
    host: str
    size: int | None
    mtime: float | None
    etag: str | None

    def scrub(self, text: str) -> str:
        """Return a text without the credentials of this address."""
        return scrubbed(scrubbed(text, self.word), self.path)

    def named(self, text: str, copy: str) -> str:
        """Return a text about the copy that was read as one about this capture."""
        return text if self.file_system is None else text.replace(copy, self.name)


class Found(NamedTuple):
    """Holds the captures that were found, and counts the files of folders that are none."""

    sources: list[SourceFile]
    left_out: int


def find_sources(words: Iterable[str], host_from: str) -> Found:
    """Return the captures that words stand for, in the order of their names. Raises
    CaptureError."""
    found: dict[str, SourceFile] = {}
    others: set[str] = set()
    for asked, place in ((word, one) for word in words for one in places_of(word)):
        if place.is_capture:
            found[place.name] = source_at(place, asked, host_from)
        else:
            others.add(place.name)
    return Found([found[name] for name in sorted(found)], len(others - found.keys()))


def source_at(place: FilePlace, word: str, host_from: str) -> SourceFile:
    """Return the capture at one of the places of a word."""
    told = place.told
    changed = next((told[key] for key in MODIFIED if told.get(key) is not None), None)
    return SourceFile(
        place.name,
        word,
        place.path,
        place.file_system,
        host_of(place, host_from),
        told.get("size"),
        seconds_of(changed),
        next((str(told[key]) for key in ENTITY_TAG if told.get(key)), None),
    )


def host_of(place: FilePlace, host_from: str) -> str:
    """Return the host of a capture: what the first group of a pattern finds in its name, else the
    name of the folder that it is in."""
    match = re.search(host_from, place.name) if host_from else None
    folder = PurePosixPath(without_credentials(place.path)).parent.name
    return (match[1] if match else "") or decoded(folder) or UNKNOWN


def seconds_of(changed: object) -> float | None:
    """Return a time in seconds since 1970."""
    if isinstance(changed, datetime):
        return changed.timestamp()
    return float(changed) if isinstance(changed, (int, float)) else None
