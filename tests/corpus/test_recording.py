"""What tcptui prints for real captures is what was recorded: see docs/architecture.md."""

from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from tests.cli.running import Ended
from tests.corpus import recording
from tests.corpus.recording import (
    OUTPUTS,
    captures,
    check,
    differences,
    explained_frames,
    is_present,
    made,
    record,
    recorded,
    told,
    write,
)
from tests.sampling import SEED

PARTS: Final = 4
ONE_OF: Final = 12
"""Of the corpus every twelfth capture is in the short comparison."""
LARGEST: Final = 100_000
"""Bytes of a capture there."""


def is_quick(name: str, path: Path) -> bool:
    """Whether a capture is in the short comparison: a sample, or by name and seed."""
    if name.startswith("samples/"):
        return True
    chosen = int(sha256(name.encode()).hexdigest(), 16) % ONE_OF == SEED % ONE_OF
    return chosen and path.stat().st_size <= LARGEST


def found_differences(chosen: dict[str, Path]) -> list[str]:
    """What differs from the recording among these captures."""
    expected = {name: row for name, row in recorded().items() if name in chosen}
    return list(differences(made(chosen), expected))


def test_the_recording_has_the_captures_that_are_here() -> None:
    assert {name for name in recorded() if is_present(name)} == captures().keys()


def test_some_captures_print_what_is_recorded() -> None:
    chosen = {name: path for name, path in captures().items() if is_quick(name, path)}
    assert len(chosen) >= 9
    lines = found_differences(chosen)
    assert not lines, "\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_all_captures_print_what_is_recorded(part: int) -> None:
    names = sorted(captures())[part::PARTS]
    assert names
    lines = found_differences({name: captures()[name] for name in names})
    assert not lines, "\n".join(lines)


def test_each_kind_of_difference_is_named() -> None:
    same = dict.fromkeys(OUTPUTS, "0")
    found = {"a": same, "b": same | {"packets": "1", "report.md": "1"}, "c": same}
    expected = {"a": same, "b": same, "d": same}
    assert list(differences(found, expected)) == [
        "b: packets differs",
        "b: report.md differs",
        "c: not recorded",
        "d: recorded, but the capture is gone",
    ]


def test_rows_of_captures_that_are_elsewhere_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recording, "RECORDING", tmp_path / "recording.tsv")
    monkeypatch.setitem(recording.FOLDERS, "captures", (tmp_path / "nowhere", "*"))
    before, now = dict.fromkeys(OUTPUTS, "0"), dict.fromkeys(OUTPUTS, "1")
    record({"captures/a": before, "samples/b": before, "samples/gone": before})
    assert check({"samples/b": now, "samples/gone": before}) == 1
    assert capsys.readouterr().out.endswith(f"2 captures, {len(OUTPUTS)} differences\n")
    write({"samples/b": now})
    assert recorded() == {"captures/a": before, "samples/b": now}
    assert check({"samples/b": now}) == 0


@pytest.mark.parametrize(
    ("ended", "kept"),
    [
        (Ended(0, b"# Report\n\npcap, tcptui 0.1.0.\n", ""), b"# Report\n\npcap, tcptui.\n"),
        (
            Ended(0, b'{"engine": "compiled", "version": "0.1.0"}\n{"version": "1.3"}\n', ""),
            b'{"engine": "", "version": ""}\n{"version": "1.3"}\n',
        ),
        (Ended(3, b"", "tcptui: x\n"), b"stderr: tcptui: x\nexit code 3\n"),
    ],
)
def test_the_build_is_left_out_and_the_end_is_told(ended: Ended, kept: bytes) -> None:
    assert told(ended) == kept


@pytest.mark.parametrize(
    ("rows", "frames"),
    [
        ("1 2* 3* 4*", "2 3 4"),
        ("1 2* 3", "2"),
        ("1 2* 3* 3*", "2 3"),
        ("1 2 3 4 5", "1 3 5"),
        ("", ""),
    ],
)
def test_the_explained_frames_are_flagged_ones_where_there_are_some(rows: str, frames: str) -> None:
    cells = [(row.rstrip("*"), "zero_window" if "*" in row else "") for row in rows.split()]
    table = "frame\tanalysis\n" + "".join(f"{frame}\t{flags}\n" for frame, flags in cells)
    assert explained_frames(table.encode()) == frames.split()
