"""Sweeps captures into a data set: finds them, has the workers analyse them, keeps the manifest."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

from distributed import as_completed

from tcptui.capture.errors import CaptureError, WrongOption
from tcptui.fleet.analysis import Order, RunOutcome, analyse_run
from tcptui.fleet.data_set import writing_to
from tcptui.fleet.manifest import BROKEN, DONE, Manifest, SweepSettings, load
from tcptui.fleet.outline import Outline, outline_at
from tcptui.fleet.partitions import remove_others
from tcptui.fleet.pools import pool
from tcptui.fleet.progress import Progress
from tcptui.fleet.runs import Run, runs_of, series_of, size_of
from tcptui.fleet.sources import SourceFile, find_sources
from tcptui.fleet.urls import without_credentials
from tcptui.fleet.versions import versions
from tcptui.stderr import say, show_progress
from tcptui.text.amounts import amount, count, size

FINISHED: Final = "finished"
BETWEEN_SAVES: Final = 2.0
"""Seconds; a sweep that is killed loses what was done in them."""
BYTES_A_PACKET: Final = 80
SMALL_PACKET: Final = 200
"""Bytes that a packet has in a capture at least, on average; a guess on the safe side."""
COMPRESSED: Final = (".gz", ".zst", ".xz", ".lz4")
UNPACKED: Final = 4
BASE_MEMORY: Final = 150_000_000
"""Bytes of a worker that has read nothing yet."""


@dataclass(frozen=True)
class SweepRequest:
    """Says what to sweep, where its rows go, and by which rules."""

    words: Sequence[str]
    out: Path
    rules: str
    host_from: str
    resume: bool


Connect = Callable[[], AbstractContextManager[Any]]
"""Opens the client of a cluster, whose workers are all of this version."""


class Plan(NamedTuple):
    """Holds the captures that were found, and the manifest of what was done before."""

    sources: list[SourceFile]
    manifest: Manifest


def plan(asked: SweepRequest) -> Plan:
    """Find the captures, and what is known of them. Raises CaptureError."""
    settings = SweepSettings(asked.rules, asked.host_from)
    known = Manifest(settings)
    if not is_empty(asked.out):
        if not asked.resume:
            what = "the folder is not empty"
            raise WrongOption(what, str(asked.out), "choose another one, or add --resume")
        known = load(asked.out)
    manifest = known if known.settings == settings else Manifest(settings)
    manifest.sources = [without_credentials(word) for word in asked.words]
    found = find_sources(asked.words, asked.host_from)
    if found.left_out:
        files = amount(found.left_out, "file")
        say(f"{files} in these folders: no capture by name or first bytes, left out")
    if not found.sources:
        raise CaptureError("no captures there", " ".join(manifest.sources), "name others")
    if manifest is not known:
        check_none_lost(known, found.sources, asked.out)
    return Plan(found.sources, manifest)


def check_none_lost(known: Manifest, sources: Sequence[SourceFile], out: Path) -> None:
    """Check that all captures of a data set, whose rows other settings make anew, are among those
    to be read. Raises WrongOption."""
    lost = known.entries.keys() - {one.name for one in sources}
    if lost:
        rows = f"the rows of {amount(len(lost), 'capture')} that this does not read"
        what = f"it has {rows}, by other --rules, --host-from or another version"
        raise WrongOption(what, str(out), "choose another folder, or name all captures")


def is_empty(out: Path) -> bool:
    """Return whether a folder has nothing in it. Raises Unwritable where it cannot be looked
    into."""
    with writing_to(out):
        return not any(out.iterdir())


def sweep(connect: Connect, asked: SweepRequest, plan: Plan) -> None:
    """Analyse what was not analysed before; the manifest says all that was done. Raises
    CaptureError where nothing could be read or written."""
    sources, manifest = plan
    outlines = manifest.outlines(sources)
    unseen = unseen_of_series(sources, outlines)
    if not (unseen or unknown_runs(sources, outlines, manifest) or manifest.poolings()):
        say("nothing to do: all captures were read and are as they were")
        tidy(asked.out, manifest)
        return
    with connect() as client:
        outlines |= outlined(client, unseen)
        runs = unknown_runs(sources, outlines, manifest)
        begin(asked, manifest, runs)
        try:
            pool_all(client, asked, manifest)
            if runs:
                tell_memory(runs)
                analyse_all(client, asked, runs, outlines, manifest)
                pool_all(client, asked, manifest)
        finally:
            manifest.save(asked.out)
    tell_broken(manifest, [one.name for one in sources])


def begin(asked: SweepRequest, manifest: Manifest, runs: Sequence[Run]) -> None:
    """Note what is to be read, and remove what is left of it from before. Raises Unwritable."""
    for run in runs:
        manifest.begin(run)
    with writing_to(asked.out):
        manifest.save(asked.out)
    tidy(asked.out, manifest)


def tidy(out: Path, manifest: Manifest) -> None:
    """Remove files of which the manifest knows nothing. Raises Unwritable."""
    with writing_to(out):
        remove_others(out, manifest.files)


def unknown_runs(
    sources: Sequence[SourceFile], outlines: Mapping[str, Outline], manifest: Manifest
) -> list[Run]:
    """Return the runs that were not read as they are now, the largest first."""
    there = {one.name for one in sources}
    runs = [run for series in series_of(sources) for run in runs_of(series, outlines)]
    return sorted(
        (run for run in runs if not manifest.knows(run, there)), key=size_of, reverse=True
    )


def unseen_of_series(
    sources: Sequence[SourceFile], outlines: Mapping[str, Outline]
) -> list[SourceFile]:
    """Return the captures of which is to be known when they began and ended: those that are not
    alone in their series."""
    several = [series for series in series_of(sources) if len(series) > 1]
    return [one for series in several for one in series if one.name not in outlines]


def outlined(client: Any, unknown: Sequence[SourceFile]) -> dict[str, Outline]:
    """Have the workers look when captures began and ended. Raises CaptureError."""
    keys = new_keys("outline", len(unknown))
    name_of = {key: one.name for key, one in zip(keys, unknown, strict=True)}
    found: dict[str, Outline] = {}
    for number, (future, outline) in enumerate(results(client.map(outline_at, unknown, key=keys))):
        if future.status == FINISHED and outline is not None:
            found[name_of[future.key]] = outline
        show_progress(f"when they began and ended: {number + 1} of {amount(len(keys), 'capture')}")
    show_progress("")
    return found


def analyse_all(
    client: Any,
    asked: SweepRequest,
    runs: Sequence[Run],
    outlines: Mapping[str, Outline],
    manifest: Manifest,
) -> None:
    """Have the workers analyse runs, and note what came of them. Raises CaptureError."""
    order = Order(str(asked.out.absolute()), asked.rules, versions())
    known = [[outlines.get(one.name) for one in run] for run in runs]
    keys = new_keys("run", len(runs))
    futures = client.map(analyse_run, runs, known, order=order, key=keys)
    run_of = dict(zip(keys, runs, strict=True))
    progress = Progress(one for run in runs for one in run)
    saved = time.monotonic()
    try:
        for future, came in results(futures):
            for outcome in came if future.status == FINISHED else lost(future, run_of[future.key]):
                if outcome.fatal:
                    raise CaptureError(outcome.fatal, "sweep", "go on with --resume then")
                manifest.take(outcome)
                progress.take(outcome.name, outcome.error is not None)
            if time.monotonic() - saved > BETWEEN_SAVES:
                manifest.save(asked.out)
                saved = time.monotonic()
    finally:
        progress.end()


def pool_all(client: Any, asked: SweepRequest, manifest: Manifest) -> None:
    """Have the workers put together what captures with few flows have, and remove what they had
    alone once the manifest says so. Raises CaptureError."""
    poolings = manifest.poolings()
    keys = new_keys("pool", len(poolings))
    pooling_of = dict(zip(keys, poolings, strict=True))
    for future, why in results(client.map(pool, poolings, out=str(asked.out.absolute()), key=keys)):
        if future.status != FINISHED or why:
            raise CaptureError(why or "a worker ended", "sweep", "go on with --resume then")
        manifest.take_pooled(pooling_of[future.key])
    if poolings:
        manifest.save(asked.out)
        tidy(asked.out, manifest)


def new_keys(what: str, count: int) -> list[str]:
    """Return keys for so many tasks that no other sweep of the same scheduler has; they tell
    nothing of the captures."""
    sweep = uuid4().hex
    return [f"{what}-{sweep}-{number}" for number in range(count)]


def results(futures: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield tasks as they end, with what they return. Raises CaptureError where the cluster
    ends."""
    for future, result in as_completed(futures, with_results=True, raise_errors=False):
        if future.status not in (FINISHED, "error"):
            raise CaptureError("the cluster is gone", "sweep", "start it, and go on with --resume")
        yield future, result


def lost(future: Any, run: Run) -> list[RunOutcome]:
    """Return what is said of a run that has ended its workers."""
    why = f"the worker ended over it ({type(future.exception()).__name__}), for want of memory?"
    return [RunOutcome(one.name, [one.name], [], None, why) for one in run]


def tell_memory(runs: Sequence[Run]) -> None:
    """Say what there is to do, and how much memory a worker may need for it."""
    captures = amount(sum(map(len, runs)), "capture")
    most = size(BASE_MEMORY + max(map(memory_of, runs)))
    say(f"{captures}, {size(sum(map(size_of, runs)))}; memory: about {most} per worker")


def memory_of(run: Run) -> int:
    """Return about how much memory the packets of a run take."""
    unpacked = sum(
        (one.size or 0) * (UNPACKED if one.name.lower().endswith(COMPRESSED) else 1) for one in run
    )
    return unpacked * BYTES_A_PACKET // SMALL_PACKET


def tell_broken(manifest: Manifest, names: Sequence[str]) -> None:
    """Say how many captures could not be read. Raises CaptureError where none could."""
    states = [manifest.entries[name].state for name in names]
    broken = states.count(BROKEN)
    if DONE not in states:
        error = manifest.entries[names[0]].error
        raise CaptureError("no capture could be read", "sweep", f"the first of them: {error}")
    if broken:
        captures = amount(len(states), "capture")
        say(f"{count(broken)} of {captures} could not be read; captures/ and manifest.json say why")
