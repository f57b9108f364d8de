"""What tcptui prints for each capture, recorded as digests: a change that nobody meant shows.

`python -m tests.corpus.recording check` compares what is printed now with `recording.tsv` and names
each output that differs; `write` records it anew. With `--keep DIR` the outputs themselves are
stored, for `diff -r` between two checkouts. The captures are those of `samples/`, and those of the
corpus beside the project where there is one.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir, contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.cli.running import Ended, run
from tests.corpus.oracles import CORPUS

SAMPLES: Final = Path(__file__).parents[2] / "samples"
RECORDING: Final = Path(__file__).with_suffix(".tsv")

FOLDERS: Final = {
    "samples": (SAMPLES, "*.pcapng"),
    "captures": (CORPUS / "captures", "*/*"),
    "hostile": (CORPUS / "hostile", "*"),
}
"""Where captures are, and which files are some; the name of a capture begins with the first."""

RULES: Final = ("--rules", "4.0")
COMMANDS: Final = {
    "packets": ("packets", *RULES, "{file}"),
    "report.json": ("report", *RULES, "{file}"),
    "report.csv": ("report", *RULES, "{file}", "--format", "csv"),
    "report.md": ("report", *RULES, "{file}", "--format", "md"),
    "evidence.json": ("report", *RULES, "{file}", "--evidence"),
}
EXPLANATIONS: Final = {
    "explain.text": ("explain", *RULES, "{file}", "{frame}"),
    "explain.json": ("explain", *RULES, "{file}", "{frame}", "--format", "json"),
}
"""Printed for some frames of each capture, one after the other."""

OUTPUTS: Final = (*COMMANDS, *EXPLANATIONS)
OF_THE_BUILD: Final = re.compile(rb'"(engine|version)": "[^"]*"')
"""What the first line of a report as JSON says of the program that made it."""
VERSION: Final = re.compile(rb"\btcptui [0-9]+(\.[0-9]+)+")
"""What a report as Markdown says of it."""
DIGITS: Final = 16

Row = dict[str, str]
"""The digest of each output of one capture."""


# -- captures ------------------------------------------------------------------------------------


def captures() -> dict[str, Path]:
    """The captures that this machine has, by name."""
    return {
        f"{folder}/{path.relative_to(root).as_posix()}": path
        for folder, (root, pattern) in FOLDERS.items()
        for path in sorted(root.glob(pattern))
    }


def is_present(name: str) -> bool:
    """Whether this machine has the folder of a capture."""
    return FOLDERS[name.partition("/")[0]][0].is_dir()


# -- outputs -------------------------------------------------------------------------------------


def outputs(path: Path) -> dict[str, bytes]:
    """What each command prints for a capture, with the capture's folder as the current one."""
    with chdir(path.parent), in_utc():
        printed = {name: told(run(*filled(words, path))) for name, words in COMMANDS.items()}
        frames = explained_frames(printed["packets"])
        for name, words in EXPLANATIONS.items():
            printed[name] = b"".join(told(run(*filled(words, path, frame))) for frame in frames)
    return printed


@contextmanager
def in_utc() -> Iterator[None]:
    """Some formats have their times in the local zone, which must be the same everywhere."""
    zone = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if zone is not None:
            os.environ["TZ"] = zone
        time.tzset()


def filled(words: Sequence[str], path: Path, frame: str = "") -> list[str]:
    """The words of a command for a capture in the current folder."""
    return [word.format(file=path.name, frame=frame) for word in words]


def told(ended: Ended) -> bytes:
    """All that a run printed, without the version and the build."""
    first, newline, rest = VERSION.sub(b"tcptui", ended.stdout).partition(b"\n")
    lines = [f"stderr: {line}\n" for line in ended.stderr.splitlines()]
    lines += [f"exit code {ended.code}\n"] if ended.code else []
    said = "".join(lines).encode(errors="backslashreplace")
    return OF_THE_BUILD.sub(rb'"\1": ""', first) + newline + rest + said


def explained_frames(rows: bytes) -> list[str]:
    """The first, the middle and the last frame with a flag; of all frames where none has one."""
    lines = [line.split("\t") for line in rows.decode().splitlines() if "\t" in line]
    if len(lines) < 2:
        return []
    frame, analysis = (lines[0].index(name) for name in ("frame", "analysis"))
    flagged = [line[frame] for line in lines[1:] if line[analysis]]
    frames = flagged or [line[frame] for line in lines[1:]]
    return list(dict.fromkeys([frames[0], frames[len(frames) // 2], frames[-1]]))


def digests(name: str, path: Path, keep: Path | None = None) -> tuple[str, Row]:
    """The row of a capture; ``keep`` is the folder that its outputs are stored in."""
    printed = outputs(path)
    if keep:
        folder = keep / name
        folder.mkdir(parents=True, exist_ok=True)
        for output, content in printed.items():
            (folder / output).write_bytes(content)
    row = {output: sha256(printed[output]).hexdigest()[:DIGITS] for output in OUTPUTS}
    return name, row


def made(chosen: Mapping[str, Path], keep: Path | None = None, jobs: int = 1) -> dict[str, Row]:
    """The rows of these captures, made by so many processes; by this one, if one is enough."""
    make = partial(digests, keep=keep)
    if jobs == 1:
        return dict(map(make, chosen.keys(), chosen.values()))
    with ProcessPoolExecutor(jobs) as processes:
        return dict(processes.map(make, chosen.keys(), chosen.values(), chunksize=4))


# -- the recording -------------------------------------------------------------------------------


def recorded() -> dict[str, Row]:
    """The rows of the recording, by the capture's name."""
    lines = (line.split("\t") for line in RECORDING.read_text().splitlines())
    names = next(lines)[1:]
    return {name: dict(zip(names, row, strict=True)) for name, *row in lines}


def record(rows: Mapping[str, Row]) -> None:
    """Write the recording."""
    lines = [("capture", *OUTPUTS)]
    lines += [(name, *(rows[name][output] for output in OUTPUTS)) for name in sorted(rows)]
    RECORDING.write_text("".join("\t".join(line) + "\n" for line in lines))


def differences(found: Mapping[str, Row], expected: Mapping[str, Row]) -> Iterator[str]:
    """A line for each output that is not as recorded, and for each capture in one of both alone."""
    for name in sorted({*found, *expected}):
        if name not in expected:
            yield f"{name}: not recorded"
        elif name not in found:
            yield f"{name}: recorded, but the capture is gone"
        else:
            before, now = expected[name], found[name]
            changed = [output for output in OUTPUTS if before.get(output) != now[output]]
            yield from (f"{name}: {output} differs" for output in changed)


def write(found: dict[str, Row]) -> int:
    """Record what was found; rows of captures that this machine lacks stay as they are."""
    before = recorded() if RECORDING.exists() else {}
    absent = {name: row for name, row in before.items() if not is_present(name)}
    record(absent | found)
    print(f"{len(found)} captures recorded in {RECORDING}")
    if absent:
        print(f"{len(absent)} left as they were: no corpus at {CORPUS}")
    return 0


def check(found: dict[str, Row]) -> int:
    """Compare what was found with what is recorded; 1 where they differ."""
    expected = {name: row for name, row in recorded().items() if is_present(name)}
    lines = list(differences(found, expected))
    print(*lines, f"{len(found)} captures, {len(lines)} differences", sep="\n")
    return 1 if lines else 0


ACTIONS: Final[dict[str, Callable[[dict[str, Row]], int]]] = {"write": write, "check": check}


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.recording")
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="store the outputs here too")
    asked = parser.parse_args(None if arguments is None else list(arguments))
    keep = asked.keep.absolute() if asked.keep else None
    return ACTIONS[asked.action](made(captures(), keep, asked.jobs))


if __name__ == "__main__":
    sys.exit(main())
