"""Sweeps in a test, and reads what they wrote."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyarrow import Table, dataset, int64
from pyarrow.types import is_timestamp

from tests.cli.running import Ended, run

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.pcapng"))
WEB_LOSS = ROOT / "samples" / "web-loss.pcapng"


def sweep(out: Path, *arguments: object) -> Ended:
    """The command, with these arguments."""
    return run("sweep", *map(str, arguments), "-o", str(out))


def table(out: Path, name: str) -> Any:
    """A table of the data set, as readers of partitions see it, ordered."""
    whole = dataset.dataset(out / name, partitioning="hive").to_table()
    order = [one for one in ("capture", "index", "flow") if one in whole.column_names]
    return whole.sort_by([(one, "ascending") for one in order])


def rows(out: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table of the data set."""
    return plain(table(out, name))


def plain(rows: Any) -> list[dict[str, Any]]:
    """The rows of a table, their times as nanoseconds."""
    whole = {
        name: rows[name].cast(int64()) if is_timestamp(rows[name].type) else rows[name]
        for name in rows.column_names
    }
    found: list[dict[str, Any]] = Table.from_pydict(whole).to_pylist()
    return found


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "manifest.json").read_text())
    return found


def check_bucket(tmp_path: Path, samples: list[Path], folder: str, words: Sequence[str]) -> None:
    """A bucket with captures in a folder has the rows of that folder on this machine, whichever of
    these words asks for them, and an ETag of each; ``tmp_path/0`` has what the first one asked."""
    local = tmp_path / "web1"
    local.mkdir()
    for sample in samples:
        shutil.copy(sample, local)
    assert sweep(tmp_path / "local", local).code == 0
    for number, word in enumerate(words):
        out = tmp_path / str(number)
        assert sweep(out, word).code == 0
        for name in ("captures", "flows", "findings"):
            here = repr(rows(tmp_path / "local", name)).replace(str(local), folder)
            assert repr(rows(out, name)) == here
        assert all(one["etag"] for one in manifest(out)["captures"])


def files_of(out: Path) -> dict[Path, int]:
    """All Parquet files of a data set, and when they were written."""
    return {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
