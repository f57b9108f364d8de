"""Runs `tcptui between`: opens the captures of each point, compares them, shows or prints what
happened."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from glob import glob, has_magic
from pathlib import Path
from typing import Final, NamedTuple

from tcptui.between.leg import BEYOND, NOWHERE
from tcptui.capture.capture_names import looks_like_capture
from tcptui.capture.errors import cannot_open
from tcptui.capture.live.remote_address import is_remote, short_name
from tcptui.cli.exit_codes import DONE
from tcptui.cli.live_points import captured_points, check_live_points
from tcptui.cli.reading import chosen_rules, printed, reading, say_what_is_missing
from tcptui.cli.request import InputOptions, Request, UsageError
from tcptui.cli.screen import comes_up, prepare_terminal
from tcptui.escapes import decoded
from tcptui.shortage import give_back_freed
from tcptui.stderr import say
from tcptui.text.amounts import amount

LEAST_POINTS: Final = 2
NAMED: Final = re.compile("([^/=]+)=(.+)", re.DOTALL)
"""A word that names its point: ``NAME=SOURCE``; a file with such a name is ``./NAME=SOURCE``."""


class PointFiles(NamedTuple):
    """A capture point as the command line has it: its name, and the files that were taken there."""

    name: str
    files: list[str]


def between(request: Request) -> int:
    """Compare the captures of two points or more, on the screen or, where a format is asked for or
    stdout is no terminal, printed; return the exit code."""
    asked = read_points(request.input.files)
    check_live_points(request, [one.files for one in asked])
    urls = [source for one in asked for source in one.files if is_remote(source)]
    with captured_points(request, urls) as captured:
        points = [
            one._replace(files=[captured.get(name, name) for name in one.files]) for one in asked
        ]
        if comes_up(request):
            return show(request, points)
        return print_comparison(request, points, {path: url for url, path in captured.items()})


def show(request: Request, asked: Sequence[PointFiles]) -> int:
    """Show the comparison until the user leaves; return the exit code."""
    attach = prepare_terminal(request)
    from tcptui.screens.between_points import PointSession, PointSessions

    rules = chosen_rules(request)
    points = PointSessions([])
    try:
        for one in asked:
            points.points.append(PointSession(one.name, one.files, rules, request.input.spool))
        calm, ascii = attach()
        from tcptui.between_app import run

        code = run(points, calm=calm, ascii=ascii)
    finally:
        points.stop()
    if points.error is not None:
        raise points.error
    return code


def print_comparison(
    request: Request, asked: Sequence[PointFiles], captured: Mapping[str, str]
) -> int:
    """Print the comparison, in which files that were ``captured`` just now have the names of their
    sources; return the exit code."""
    from tcptui.between.comparison import compare
    from tcptui.report import points
    from tcptui.report.between import comparison_facts
    from tcptui.report.output_formats import BETWEEN_FORMATS, writer_of

    def to_read(one: PointFiles) -> points.PointToRead:
        options = InputOptions(files=one.files, spool=request.input.spool)
        opened = partial(reading, Request(request.command, read=options))
        return points.PointToRead(one.name, opened, size_of(one.files))

    read = points.read_points([to_read(one) for one in asked], chosen_rules(request))
    warnings = [f"{one.name}: {text}" for one, texts in read for text in texts]
    comparison = compare([point for point, _ in read])
    for point in comparison.points:
        say_what_is_missing(point.engine, f"{point.name}: ")
        point.keep_frames()
    give_back_freed()
    files = {one.name: [decoded(captured.get(name, name)) for name in one.files] for one in asked}
    warnings += comparison.warnings()
    for warning in warnings:
        say(warning)
    named = [files[point.name] for point in comparison.points]
    facts = comparison_facts(comparison, named, warnings)
    out = printed(request)
    writer_of(BETWEEN_FORMATS, request.output.format)(out, facts)
    out.flush()
    return DONE


def size_of(files: Sequence[str]) -> int:
    """Return how many bytes some files have; 0 where one is none or a stream."""
    whole = all(map(os.path.isfile, files))
    return sum(Path(name).stat().st_size for name in files) if whole else 0


def read_points(words: Sequence[str]) -> list[PointFiles]:
    """Read the words of the command line: each is a point. Raises UsageError."""
    points = [read_point(word) for word in words]
    if len(points) < LEAST_POINTS:
        raise UsageError("between compares two capture points or more: tcptui between A B")
    if [file for point in points for file in point.files].count("-") > 1:
        raise UsageError("between -: standard input cannot be read twice; name it once")
    return list(with_distinct_names(points))


def read_point(word: str) -> PointFiles:
    """Read a word: a file, a quoted glob, a folder of rotated files, ``-``, or ``NAME=`` and such,
    separated by commas. Raises UsageError."""
    named = NAMED.fullmatch(word)
    if named is not None:
        files = [file for source in named[2].split(",") for file in files_of(source)]
        return PointFiles(named[1], files)
    return PointFiles(name_of(word), files_of(word))


def files_of(source: str) -> list[str]:
    """Return the files that a source stands for, in the order of their names. Raises UsageError,
    CaptureError."""
    if not source:
        raise UsageError("between: the name of a file is empty")
    if is_remote(source):
        return [source]
    if "://" in source:
        raise UsageError(
            f"between {source}: a point is a file, a folder or ssh://host/interface, "
            "pod://namespace/name or docker://name"
        )
    if source != "-" and os.path.isdir(source):  # noqa: PTH112 - raises nothing
        return captures_in(source)
    if has_magic(source) and not os.path.lexists(source):
        found = sorted(glob(source))  # noqa: PTH207 - an absolute pattern too
        if not found:
            raise UsageError(f"between {source}: no file matches")
        return found
    return [source]


def captures_in(folder: str) -> list[str]:
    """Return the captures in a folder, in the order of their names; say how many other files are
    left out. Raises UsageError, CaptureError."""
    try:
        files = sorted(str(path) for path in Path(folder).iterdir() if path.is_file())
    except OSError as error:
        raise cannot_open(folder, error.errno or 0) from error
    found = [path for path in files if looks_like_capture(path)]
    if not found:
        raise UsageError(f"between {folder}: the folder has no captures")
    if others := len(files) - len(found):
        said = amount(others, "file")
        say(f"{folder}: {said} there: no capture by name or first bytes, left out")
    return found


def name_of(source: str) -> str:
    """Return how a point without a name is called: as its file, without folder and suffixes, or as
    its host, pod or container."""
    if is_remote(source):
        return short_name(source)
    return decoded(Path(source).name.split(".")[0] or source)


def with_distinct_names(points: Sequence[PointFiles]) -> Iterator[PointFiles]:
    """Yield the points with a number after each name that there is already, or that stands for no
    point."""
    taken = {BEYOND, NOWHERE}
    for name, files in points:
        distinct, number = name, 1
        while distinct in taken:
            number += 1
            distinct = f"{name} ({number})"
        taken.add(distinct)
        yield PointFiles(distinct, files)
