"""Finds rotated captures: a run is read as one capture, to see which flows go on over its files.

Captures are of one series where they are of one host and in one folder, and their names differ in
digits alone. In a series the next one joins the run if it begins when the one before has ended, an
hour later at most.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os.path import commonprefix
from pathlib import PurePosixPath
from typing import Final

from tcptui.capture.capture_names import COMPRESSIONS
from tcptui.fleet.outline import Outline
from tcptui.fleet.sources import SourceFile

Run = list[SourceFile]
"""Captures in the order of time."""
Key = tuple[str, str, str]

LONGEST_GAP: Final = 3600 * 1_000_000_000
"""ns."""
MOST_OPEN: Final = 64
"""Runs that are looked at for one to continue, the latest."""
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


class OpenRun:
    """A run to which the next capture may be joined; ``end`` is when it ended (ns)."""

    def __init__(self) -> None:
        self.files: Run = []
        self.end = 0

    def takes(self, one: SourceFile, first: int) -> bool:
        """Return whether a capture that begins then (ns) continues it."""
        fits = size_of(self.files) + (one.size or 0) <= MOST_TOGETHER
        return fits and 0 <= first - self.end <= LONGEST_GAP

    def likeness(self, one: SourceFile) -> tuple[int, int]:
        """Return how much a capture is its next one by their names, and then by its time."""
        names = [self.files[-1].name, one.name]
        return len(commonprefix(names)), self.end  # noqa: RUF071 - letters are meant


def runs_of(series: Sequence[SourceFile], outlines: Mapping[str, Outline]) -> Iterator[Run]:
    """Yield the runs of a series; a capture of which nothing is known is one alone.

    Where several run side by side, a capture continues the one whose name is most like its own.
    """
    timed: list[tuple[int, int, SourceFile]] = []
    for one in series:
        outline = outlines.get(one.name)
        if outline is None or not outline.first_ns or outline.last_ns is None:
            yield [one]
        else:
            timed.append((outline.first_ns, outline.last_ns, one))
    runs: list[OpenRun] = []
    for first, last, one in sorted(timed, key=lambda each: (each[0], each[1], each[2].name)):
        fitting = [run for run in runs[-MOST_OPEN:] if run.takes(one, first)]
        if fitting:
            run = max(fitting, key=lambda run: run.likeness(one))
        else:
            run = OpenRun()
            runs.append(run)
        run.files.append(one)
        run.end = last
    yield from (run.files for run in runs)
