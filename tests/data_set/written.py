"""Data sets as a sweep writes them, made without a cluster."""

from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="data sets need it: pip install '.[test]'")
pytest.importorskip("fsspec", reason="sweeps need it: pip install '.[test]'")

from tcptui.data_set.files import find_files
from tcptui.data_set.swept import read_manifest
from tcptui.data_set.swept_rows import SweptRows
from tcptui.fleet.analysis import Order, analyse_run
from tcptui.fleet.manifest import Manifest, SweepSettings
from tcptui.fleet.pools import pool
from tcptui.fleet.sources import find_sources
from tcptui.fleet.versions import versions

SAMPLES = Path(__file__).parents[2] / "samples"


def write_data_set(out: Path, *sources: Path, together: bool = False) -> Path:
    """Analyse captures, each alone or all as one, into a data set; return its folder."""
    words = [str(one) for one in sources]
    manifest = Manifest(SweepSettings("4.6", ""))
    manifest.sources = words
    out.mkdir(parents=True, exist_ok=True)
    manifest.save(out)
    found = find_sources(words, "").sources
    for run in [found] if together else [[one] for one in found]:
        manifest.begin(run)
        for outcome in analyse_run(run, [None] * len(run), Order(str(out), "4.6", versions())):
            manifest.take(outcome)
    for pooling in manifest.poolings():
        assert pool(pooling, str(out)) == ""
        manifest.take_pooled(pooling)
    manifest.save(out)
    return out


def read_rows(out: Path) -> SweptRows:
    """The flows of a data set; what was left out is in its notes."""
    found = find_files(read_manifest(out))
    rows = SweptRows(found.files, lambda part: True)
    rows.notes[:0] = found.notes
    return rows


def parquet_files(out: Path, table: str = "flows") -> list[Path]:
    """The files of a table, in the order of their names."""
    return sorted((out / table).rglob("*.parquet"))
