"""Keeps what became of each capture of a data set, so that a sweep can be resumed."""

import json
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from tcptui import __version__
from tcptui.capture.errors import WrongOption
from tcptui.capture.file_owner import invoker, new_file
from tcptui.data_set.swept import MANIFEST
from tcptui.fleet.analysis import RunOutcome
from tcptui.fleet.data_set import writing_to
from tcptui.fleet.outline import Outline
from tcptui.fleet.partitions import UNFINISHED, placed, pool_of
from tcptui.fleet.pools import Pooling
from tcptui.fleet.runs import Run
from tcptui.fleet.sources import SourceFile
from tcptui.report.capture_facts import SCHEMA

PENDING: Final = "pending"
DONE: Final = "done"
BROKEN: Final = "broken"


@dataclass
class CaptureEntry:
    """A capture in the manifest: as it was when it was found, and what became of it."""

    capture: str
    host: str
    size: int | None
    mtime: float | None
    etag: str | None
    state: str = PENDING
    error: str | None = None
    run: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    outline: Outline | None = None

    def is_about(self, source: SourceFile) -> bool:
        """Return whether a capture was read and is the same as it was then, as far as its place
        can tell."""
        now = (source.host, source.size, source.mtime, source.etag)
        told = source.mtime is not None or source.etag is not None
        return self.state == DONE and told and (self.host, self.size, self.mtime, self.etag) == now

    def take(self, outcome: RunOutcome) -> None:
        """Note what became of the capture."""
        self.state = BROKEN if outcome.error else DONE
        self.error = outcome.error
        self.joined, self.files, self.outline = outcome.joined, outcome.files, outcome.outline

    def read_again(self) -> None:
        """Note that the capture is still to be read."""
        self.state = PENDING


def entry_of(source: SourceFile, run: Run) -> CaptureEntry:
    """Return the entry of a capture that is still to be read."""
    return CaptureEntry(
        source.name,
        source.host,
        source.size,
        source.mtime,
        source.etag,
        run=[one.name for one in run],
    )


class SweepSettings(NamedTuple):
    """Holds what all rows of a data set have in common; others make other rows."""

    rules: str
    host_from: str
    version: str = __version__
    schema: int = SCHEMA


class Manifest:
    """The captures of a data set by their names."""

    def __init__(self, settings: SweepSettings, entries: Iterable[CaptureEntry] = ()) -> None:
        self.settings = settings
        self.sources: list[str] = []
        """What was asked for, without credentials."""
        self.entries = {one.capture: one for one in entries}

    def outlines(self, sources: Iterable[SourceFile]) -> dict[str, Outline]:
        """Return what is known of captures that are as they were."""
        found = ((one, self.entries.get(one.name)) for one in sources)
        return {
            one.name: entry.outline
            for one, entry in found
            if entry is not None and entry.outline is not None and entry.is_about(one)
        }

    def knows(self, run: Run, there: Collection[str]) -> bool:
        """Return whether a run was read as it is now; what was in it and is no longer ``there``
        does not count."""
        names = [one.name for one in run]
        found = [self.entries.get(name) for name in names]
        return all(
            entry is not None
            and entry.is_about(one)
            and [name for name in entry.run if name in there] == names
            for entry, one in zip(found, run, strict=True)
        )

    def begin(self, run: Run) -> None:
        """Note that the captures of a run are to be read; what rows they had in pools is still
        there."""
        for one in run:
            entry = entry_of(one, run)
            if former := self.entries.get(one.name):
                entry.files = [file for file in former.files if placed(file).is_pool]
            self.entries[one.name] = entry

    def take(self, outcome: RunOutcome) -> None:
        """Note what became of a capture."""
        self.entries[outcome.name].take(outcome)

    def poolings(self) -> list[Pooling]:
        """Return what is to be pooled: of all partitions in which rows wait, or whose pool has rows
        of captures that are to be read again."""
        found: dict[str, Pooling] = {}
        for entry in self.entries.values():
            for partition, is_pool, waits in {placed(file)[1:] for file in entry.files}:
                pooling = found.setdefault(partition, Pooling(partition, [], [], []))
                if entry.state == PENDING:
                    pooling.gone.append(entry.capture)
                elif waits:
                    pooling.waiting.append(entry.capture)
                elif is_pool:
                    pooling.kept.append(entry.capture)
        return [one for one in found.values() if one.waiting or one.gone]

    def take_pooled(self, pooling: Pooling) -> None:
        """Note that a partition was pooled."""
        for name in pooling.waiting:
            entry = self.entries[name]
            entry.files = [pool_of(placed(file).table, pooling.partition) for file in entry.files]
        for name in pooling.gone:
            self.entries[name].files = []

    @property
    def files(self) -> set[str]:
        """The files of all captures that were read."""
        return {file for one in self.entries.values() for file in one.files}

    def facts(self) -> dict[str, Any]:
        """Return what the file has."""
        settings = self.settings
        return {
            "version": settings.version,
            "schema": settings.schema,
            "rules": settings.rules,
            "options": {"sources": self.sources, "host_from": settings.host_from or None},
            "captures": [entry_facts(one) for _, one in sorted(self.entries.items())],
        }

    def save(self, out: Path) -> None:
        """Write the file, whole or not at all. Raises Unwritable."""
        path = out / MANIFEST
        unfinished = path.with_suffix(UNFINISHED)
        text = json.dumps(self.facts(), indent=1, ensure_ascii=False)
        with writing_to(out):
            with os.fdopen(new_file(str(unfinished), invoker()), "wb") as file:
                file.write(f"{text}\n".encode(errors="backslashreplace"))
            os.replace(unfinished, path)  # noqa: PTH105 - both are paths of ours


def entry_facts(entry: CaptureEntry) -> dict[str, Any]:
    """Return a capture as the file has it."""
    return vars(entry) | {"outline": entry.outline._asdict() if entry.outline else None}


def load(out: Path) -> Manifest:
    """Read the manifest of a data set. Raises WrongOption."""
    try:
        told = json.loads((out / MANIFEST).read_text("utf-8"))
        options = told["options"]
        settings = SweepSettings(
            told["rules"], options["host_from"] or "", told["version"], told["schema"]
        )
        return Manifest(settings, [entry_from(one, out) for one in told["captures"]])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        what = f"there is no {MANIFEST} of a sweep to resume"
        raise WrongOption(what, str(out), "choose an empty folder") from error


def entry_from(told: dict[str, Any], out: Path) -> CaptureEntry:
    """Return a capture of the file; one whose rows are gone is still to be read. Raises TypeError,
    KeyError, AttributeError."""
    outline = told.pop("outline")
    made = Outline(**outline) if outline else None
    texts = [told["capture"], *told["run"], *told["files"]]
    times: tuple[Any, ...] = made[:2] if made else ()
    if not all(isinstance(one, str) for one in texts):
        raise TypeError
    if not all(one is None or isinstance(one, int) for one in times):
        raise TypeError
    entry = CaptureEntry(**told, outline=made)
    if not all(os.path.isfile(out / file) for file in entry.files):  # noqa: PTH113 - raises nothing
        entry.read_again()
    return entry
