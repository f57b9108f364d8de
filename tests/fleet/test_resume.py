"""A sweep that was ended goes on where it was, and ends with the same rows."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fleet.swept import SAMPLES, files_of, manifest, rows, sweep

SMALL = [one for one in SAMPLES if one.stat().st_size < 20_000]


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    folder = tmp_path / "in" / "web1"
    folder.mkdir(parents=True)
    for sample in SMALL:
        shutil.copy(sample, folder)
    return folder


def everything(out: Path) -> list[object]:
    return [rows(out, name) for name in ("captures", "flows", "findings")]


@pytest.mark.usefixtures("in_process")
def test_what_is_done_and_unchanged_is_left(captures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert sweep(out, captures).code == 0
    written, told = files_of(out), manifest(out)
    ended = sweep(out, captures, "--resume")
    assert (ended.code, files_of(out), manifest(out)) == (0, written, told)
    assert "nothing to do" in ended.stderr


def rewrite(path: Path) -> None:
    shutil.copy(SMALL[1], path)


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("change", [rewrite, touch])
def test_what_has_changed_is_read_again(
    change: Callable[[Path], None], captures: Path, tmp_path: Path
) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    sweep(out, captures)
    before = files_of(out)
    change(captures / SMALL[0].name)
    assert sweep(out, captures, "--resume").code == 0
    sweep(fresh, captures)
    assert everything(out) == everything(fresh)
    same = [path for path, written in files_of(out).items() if before.get(path) == written]
    assert len(same) == 3 * (len(SMALL) - 1)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("option", ["--rules 4.0", "--host-from /(in)/"])
def test_other_settings_make_all_rows_anew(option: str, captures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep(out, captures, "--rules", "4.6")
    before = files_of(out)
    sweep(out, captures, "--resume", "--rules", "4.6", *option.split())
    assert not set(before.items()) & set(files_of(out).items())
    assert len(rows(out, "captures")) == len(SMALL)


@pytest.mark.usefixtures("in_process")
def test_other_settings_do_not_lose_rows_that_cannot_be_made_again(
    captures: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    sweep(out, captures)
    before = files_of(out)
    ended = sweep(out, captures / SMALL[0].name, "--resume", "--rules", "4.6")
    assert (ended.code, files_of(out)) == (2, before)
    assert f"the rows of {len(SMALL) - 1} captures that this does not read" in ended.stderr


@pytest.mark.usefixtures("in_process")
def test_a_broken_capture_is_read_once_it_is_whole(captures: Path, tmp_path: Path) -> None:
    out, late = tmp_path / "out", captures / "late.pcapng"
    late.write_bytes(SMALL[0].read_bytes()[:3])
    assert "1 of" in sweep(out, captures).stderr
    shutil.copy(SMALL[0], late)
    assert "could not be read" not in sweep(out, captures, "--resume").stderr
    assert [row["error"] for row in rows(out, "captures")] == [None] * (len(SMALL) + 1)


@pytest.mark.usefixtures("in_process")
def test_what_was_half_written_is_removed(captures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep(out, captures)
    expected = everything(out)
    flows = next((out / "flows").rglob("*.parquet"))
    flows.rename(flows.with_name(f".{flows.name}.unfinished"))
    next((out / "captures").rglob(flows.name)).unlink()
    sweep(out, captures, "--resume")
    assert everything(out) == expected
    assert list(out.rglob(".*")) == []


@pytest.mark.parametrize(
    "content", [None, "", "[]", "{}", '{"captures": [1], "options": {}, "rules": 1}', "\xff"]
)
def test_a_folder_that_is_no_data_set_is_not_resumed(content: str | None, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ("manifest.json" if content is not None else "x")).write_text(content or "", "latin-1")
    ended = sweep(out, SMALL[0], "--resume")
    assert ended.code == 2
    assert "no manifest.json of a sweep to resume; choose an empty folder" in ended.stderr
