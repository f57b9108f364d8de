"""Data sets as a sweep writes them, made without a cluster."""

from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="data sets need it: pip install '.[test]'")
pytest.importorskip("fsspec", reason="sweeps need it: pip install '.[test]'")

from tcptui.data_set.files import find_files
from tcptui.data_set.flow_rows import FlowRows
from tcptui.data_set.swept import read_manifest
from tcptui.fleet.analysis import Order, analyse_run
from tcptui.fleet.manifest import Manifest, SweepSettings
from tcptui.fleet.sources import find_sources
from tcptui.fleet.versions import versions

SAMPLES = Path(__file__).parents[2] / "samples"


def write_data_set(out: Path, *sources: Path, host_from: str = "") -> Path:
    """Analyse captures, each alone, into a data set; return its folder."""
    words = [str(one) for one in sources]
    manifest = Manifest(SweepSettings("4.6", host_from))
    manifest.sources = words
    out.mkdir(parents=True, exist_ok=True)
    manifest.save(out)
    for source in find_sources(words, host_from).sources:
        manifest.begin([source])
        for outcome in analyse_run([source], [None], Order(str(out), "4.6", versions())):
            manifest.take(outcome)
    manifest.save(out)
    return out


def read_rows(out: Path) -> FlowRows:
    """The flows of a data set; what was left out is in its notes."""
    found = find_files(read_manifest(out))
    rows = FlowRows(found.files, lambda part: True)
    rows.notes[:0] = found.notes
    return rows


def parquet_files(out: Path, table: str = "flows") -> list[Path]:
    """The files of a table, in the order of their names."""
    return sorted((out / table).rglob("*.parquet"))
