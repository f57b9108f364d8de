"""Sweeps in a test, and reads what they wrote."""

import json
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


def files_of(out: Path) -> dict[Path, int]:
    """All Parquet files of a data set, and when they were written."""
    return {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
