"""The rows of a sweep are those of the library, and so of `report`."""

import json
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import tcptui
from tests.cli.running import run
from tests.fleet.swept import SAMPLES, WEB_LOSS, manifest, plain, rows, sweep, table

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Two hosts with captures."""
    for number, sample in enumerate(SAMPLES):
        folder = tmp_path / "in" / f"host{number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(sample, folder)
    return tmp_path / "in"


def test_flows_and_findings_are_those_of_the_library(fleet: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert sweep(out, fleet, "--rules", "4.6").code == 0
    flows, findings = table(out, "flows"), table(out, "findings")
    for path in fleet.rglob("*.pcapng"):
        with tcptui.read(path, rules="4.6") as capture:
            for swept, told in ((flows, capture.flows), (findings, capture.findings)):
                here = [name == str(path) for name in swept["capture"].to_pylist()]
                expected = told.to_arrow()
                found = swept.filter(here).select(expected.column_names)
                assert sorted(map(repr, plain(found))) == sorted(map(repr, plain(expected)))


def test_captures_say_what_report_says(fleet: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep(out, fleet)
    told = rows(out, "captures")
    assert [row["capture"] for row in told] == sorted(map(str, fleet.rglob("*.pcapng")))
    for row in told:
        facts = json.loads(run("report", row["capture"]).stdout, parse_float=Decimal)
        about = facts["capture"]
        names = ("format", "packets", "tcp_packets", "dropped", "verdict", "warnings")
        assert {name: row[name] for name in names} == {name: about[name] for name in names}
        assert row["flows"] == len(facts["flows"])
        assert [row["first"], row["last"]] == [about[name] * 10**9 for name in ("first", "last")]
        assert row["host"] == Path(row["capture"]).parent.name
        assert row["date"] == datetime.fromtimestamp(float(about["first"]), UTC).date().isoformat()


def test_tables_tell_their_schema(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert sweep(out, WEB_LOSS, "--rules", "4.0").code == 0
    told = {str(table(out, name).schema.metadata) for name in ("captures", "flows", "findings")}
    assert len(told) == 1
    assert "'tcptui.rules': b'4.0'" in told.pop()


def test_each_capture_is_read_once(fleet: Path, tmp_path: Path) -> None:
    one = fleet / "host0" / SAMPLES[0].name
    out = tmp_path / "out"
    assert sweep(out, one, fleet / "host0" / "*.pcapng", one, fleet / "host0").code == 0
    assert len(rows(out, "captures")) == len(list((fleet / "host0").iterdir()))


def test_the_manifest_says_how(tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep(out, WEB_LOSS, "--host-from", "/([^/]+)[.]pcapng$", "--rules", "4.4")
    told = manifest(out)
    assert told["version"] == tcptui.__version__
    assert told["rules"] == "4.4"
    assert told["options"] == {"sources": [str(WEB_LOSS)], "host_from": "/([^/]+)[.]pcapng$"}
    (one,) = told["captures"]
    assert (one["capture"], one["host"], one["state"]) == (str(WEB_LOSS), "web-loss", "done")
    assert one["size"] == WEB_LOSS.stat().st_size
    assert one["mtime"] == WEB_LOSS.stat().st_mtime
    assert all((out / file).is_file() for file in one["files"])
