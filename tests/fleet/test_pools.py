"""Captures with few flows share a file, and whenever a sweep is ended, each row is there once."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.data_set.written import parquet_files, read_rows
from tests.fleet.swept import SAMPLES, manifest, rows, sweep

pytestmark = pytest.mark.usefixtures("in_process")
TABLES = ("captures", "flows", "findings")
FIRST, SECOND, THIRD, FOURTH = [one for one in SAMPLES if one.stat().st_size < 20_000][:4]
"""They begin on the same day."""


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    folder = tmp_path / "in" / "web1"
    folder.mkdir(parents=True)
    for sample in (FIRST, SECOND, THIRD):
        shutil.copy(sample, folder)
    return folder


def swept(out: Path, *arguments: object) -> None:
    """Sweep, and say why where that cannot be done."""
    ended = sweep(out, *arguments)
    assert ended.code == 0, ended.stderr


def change(captures: Path) -> None:
    """One capture becomes another one, and one is added."""
    shutil.copy(FOURTH, captures / FIRST.name)
    shutil.copy(FOURTH, captures)


def everything(out: Path) -> dict[str, list[dict[str, Any]]]:
    return {table: rows(out, table) for table in TABLES}


def files(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())


def test_captures_with_few_flows_share_a_file(captures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    swept(out, captures)
    assert [len(parquet_files(out, table)) for table in TABLES] == [1, 1, 1]
    named = {file for one in manifest(out)["captures"] for file in one["files"]}
    assert files(out) == sorted([*named, "manifest.json"])


def test_a_capture_with_many_has_its_own(
    captures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    swept(together, captures)
    monkeypatch.setattr("tcptui.fleet.analysis.FEW_FLOWS", 0)
    swept(alone, captures)
    assert len(parquet_files(alone)) == 3
    assert everything(alone) == everything(together)


def test_what_grows_leaves_the_pool(
    captures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    swept(out, captures)
    change(captures)
    monkeypatch.setattr("tcptui.fleet.analysis.FEW_FLOWS", 0)
    swept(out, captures, "--resume")
    swept(fresh, captures)
    assert len(parquet_files(out)) == 3
    assert everything(out) == everything(fresh)


def test_a_pool_of_which_nothing_is_left_is_removed(captures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    swept(out, captures / FIRST.name)
    (pool,) = parquet_files(out)
    (captures / FIRST.name).write_bytes(b"\n\r\r")
    assert sweep(out, captures / FIRST.name, "--resume").code == 3
    assert not pool.exists()
    assert len(parquet_files(out, "captures")) == 1


# Ended at any moment


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Path], list[Path]]:
    """Keeps the data set as it is whenever a file is about to be put in its place or removed."""

    def watch(out: Path) -> list[Path]:
        kept: list[Path] = []

        def keep() -> None:
            kept.append(tmp_path / "moments" / str(len(kept)))
            shutil.copytree(out, kept[-1])

        def before(function: Callable[..., Any]) -> Callable[..., Any]:
            def called(*arguments: Any, **options: Any) -> Any:
                if str(arguments[0]).startswith(str(out)):
                    keep()
                return function(*arguments, **options)

            return called

        monkeypatch.setattr(os, "replace", before(os.replace))
        monkeypatch.setattr(Path, "unlink", before(Path.unlink))
        return kept

    return watch


def told_by_capture(table: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name in {row["capture"] for row in table}:
        yield name, [row for row in table if row["capture"] == name]


@pytest.fixture
def ended(
    captures: Path, tmp_path: Path, moments: Callable[[Path], list[Path]]
) -> tuple[list[Path], dict[str, Any], dict[str, Any]]:
    """A data set as it was at each moment while it was resumed; its rows before and after."""
    out = tmp_path / "out"
    swept(out, captures)
    before = everything(out)
    change(captures)
    kept = moments(out)
    assert sweep(out, captures, "--resume").code == 0
    assert len(kept) > 10
    return kept.copy(), before, everything(out)


def test_readers_see_each_row_once(
    ended: tuple[list[Path], dict[str, Any], dict[str, Any]],
) -> None:
    kept, before, after = ended
    for moment in kept:
        for table in TABLES:
            known = [dict(told_by_capture(one[table])) for one in (before, after)]
            for name, told in told_by_capture(rows(moment, table)):
                assert told in [one.get(name) for one in known], (moment.name, table)
        listed = read_rows(moment)
        counts = Counter(part.capture.name for part in listed.parts)
        assert set(counts.values()) <= {1}
        assert listed.notes == []


@pytest.mark.slow
def test_it_can_be_resumed(
    captures: Path, ended: tuple[list[Path], dict[str, Any], dict[str, Any]]
) -> None:
    kept, _, after = ended
    for moment in kept:
        swept(moment, captures, "--resume")
        assert everything(moment) == after, moment.name
        assert [file for file in files(moment) if "/." in file] == []


@pytest.mark.parametrize("damage", [b"", b"xx", None], ids=["empty", "other bytes", "in its pages"])
def test_a_damaged_pool_is_named_and_made_again_once_it_is_removed(
    captures: Path, tmp_path: Path, damage: bytes | None
) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    swept(out, captures)
    (pool,) = parquet_files(out)
    whole = pool.read_bytes()
    pool.write_bytes(whole[:4] + bytes(2000) + whole[2004:] if damage is None else damage)
    change(captures)
    ended = sweep(out, captures, "--resume")
    assert ended.code == 3
    assert f"{pool}: it is damaged; remove it, so that its captures are read again" in ended.stderr
    pool.unlink()
    assert sweep(out, captures, "--resume").code == 0
    swept(fresh, captures)
    assert everything(out) == everything(fresh)
