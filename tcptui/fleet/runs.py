"""Joins rotated captures: a run is read as one capture, so that its flows go on over its files.

Captures are of one series where they are of one host and in one folder, and their names differ in
digits alone. In a series the next one joins the run if it begins when the one before has ended, an
hour later at most.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from tcptui.fleet.outline import Outline
from tcptui.fleet.places import COMPRESSIONS
from tcptui.fleet.sources import SourceFile

Run = list[SourceFile]
"""Captures in the order of time."""
Key = tuple[str, str, str]

LONGEST_GAP: Final = 3600 * 1_000_000_000
"""ns."""
MOST_TOGETHER: Final = 2_000_000_000
"""Bytes of a run, so that a worker has the memory for it."""


def size_of(run: Run) -> int:
    """Return how many bytes a run has, so far as that is known."""
    return sum(one.size or 0 for one in run)


def series_key(source: SourceFile) -> Key:
    """Return what all captures of a series have in common."""
    path = PurePosixPath(re.sub(rf"\.({COMPRESSIONS})\Z", "", source.name, flags=re.IGNORECASE))
    return source.host, str(path.parent), re.sub("[0-9]+", "", path.name)


def series_of(sources: Iterable[SourceFile]) -> list[Run]:
    """Return the captures by series."""
    found: dict[Key, Run] = {}
    for one in sources:
        found.setdefault(series_key(one), []).append(one)
    return list(found.values())


def runs_of(series: Sequence[SourceFile], outlines: Mapping[str, Outline]) -> Iterator[Run]:
    """Yield the runs of a series; a capture of which nothing is known is one alone."""
    timed: list[tuple[int, int, SourceFile]] = []
    for one in series:
        outline = outlines.get(one.name)
        if outline is None or not outline.first_ns or outline.last_ns is None:
            yield [one]
        else:
            timed.append((outline.first_ns, outline.last_ns, one))
    run: Run = []
    size = end = 0
    for first, last, one in sorted(timed, key=lambda each: (each[0], each[1], each[2].name)):
        size += one.size or 0
        if run and not (0 <= first - end <= LONGEST_GAP and size <= MOST_TOGETHER):
            yield run
            run, size = [], one.size or 0
        run.append(one)
        end = last
    if run:
        yield run
