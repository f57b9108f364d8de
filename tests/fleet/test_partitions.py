"""Folders of the data set are named by what others chose, and stay in it."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from tcptui.fleet.partitions import ABSENT, day_of, digest_of, escaped, partition_of, remove_others
from tests.fleet.swept import WEB_LOSS, rows, sweep

HOSTILE = [
    "web1", "..", ".", "../../etc", "a/b", "a=b", "host=x", "%2e%2e", "a b", "x\ny", "\x1b[31m",
    "été", "日本", "a\\b", "C:", "~", "-rf", "*", "'", "\u202e",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTILE)
def test_a_host_is_one_folder_and_can_be_read_back(host: str) -> None:
    folder, day = partition_of(host, 0).split("/")
    assert (unquote(folder), day) == (f"host={host}", "date=1970-01-01")
    assert folder.isascii()
    assert folder.isprintable()


def test_a_host_that_is_no_text_is_escaped() -> None:
    assert partition_of("\ud800", None) == f"host=%5Cud800/date={ABSENT}"


@pytest.mark.parametrize("host", ["x" * 5000, "é" * 300, "%" * 201])
def test_a_long_host_fits_into_a_file_system(host: str) -> None:
    assert len(escaped(host)) <= 200
    assert escaped(host) != escaped(host + "x")


@pytest.mark.parametrize(
    ("time", "day"),
    [
        (0, "1970-01-01"),
        (86_400 * 10**9 - 1, "1970-01-01"),
        (86_400 * 10**9, "1970-01-02"),
        (-1, "1969-12-31"),
        (2**63 - 1, "2262-04-11"),
        (10**27, None),
        (None, None),
    ],
)
def test_the_day_is_that_of_utc(time: int | None, day: str | None) -> None:
    assert day_of(time) == day
    assert partition_of("x", time) == f"host=x/date={day or ABSENT}"


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("name", ["..x", "a=b", "%2e%2e", "x\ny", "\udcff", "host=..", " "])
def test_a_folder_of_any_name_is_a_host(name: str, tmp_path: Path) -> None:
    folder, out = tmp_path / "in" / name, tmp_path / "out"
    folder.mkdir(parents=True)
    (folder / "a.pcapng").symlink_to(WEB_LOSS)
    assert sweep(out, tmp_path / "in").code == 0
    assert [row["host"] for row in rows(out, "captures")] == [name.replace("\udcff", "\\xff")]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in", "out"]


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    ("pattern", "host"),
    [("(web)-", "web"), ("no(t)hing", "samples"), ("()web", "samples"), ("(.*)", "A")],
)
def test_a_pattern_finds_the_host(pattern: str, host: str, tmp_path: Path) -> None:
    assert sweep(tmp_path / "out", WEB_LOSS, "--host-from", pattern).code == 0
    found = {row["host"] for row in rows(tmp_path / "out", "captures")}
    assert found == {str(WEB_LOSS) if host == "A" else host}


def test_what_a_sweep_did_not_write_stays(tmp_path: Path) -> None:
    ours, kept = f"{digest_of('a')}.parquet", f"{digest_of('b')}.parquet"
    folder = tmp_path / "flows" / "host=x" / "date=y"
    folder.mkdir(parents=True)
    for name in (ours, kept, f".{ours}.unfinished", "notes.txt", "other.parquet"):
        (folder / name).touch()
    remove_others(tmp_path, {f"flows/host=x/date=y/{kept}"})
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        [kept, "notes.txt", "other.parquet"]
    )
