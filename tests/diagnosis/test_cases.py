"""Captures whose story is known because it was made: what must and what must not be said.

The cases lie beside the project where they are at hand; `cases.tsv` has a line for each.
"""

import csv
import json
from pathlib import Path
from typing import Any, Final

import pytest

from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.report.report import Contents
from tests.report.test_report import report_of

CASES: Final = Path(__file__).parents[3] / "shared" / "cases"
TABLE: Final = CASES / "cases.tsv"
WAITED_IN_VAIN: Final = (
    "hole-never-filled.pcap",
    "hole-and-only-the-last-small-segment.pcap",
    "lab-never-answered-c.pcap",
    "lab-pmtu-black-hole-c.pcap",
)
"""Where a side waited for what never came, it was not idle."""


def cases() -> list[Any]:
    """The lines of the table."""
    if not TABLE.exists():
        return []
    with TABLE.open() as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [
        pytest.param(
            row,
            id=row["file"],
        )
        for row in rows
    ]


def alternatives(cell: str) -> set[str]:
    """The kinds in a cell of the table, with or without a side."""
    return set(filter(None, cell.split("|")))


@pytest.mark.parametrize("rules", RULE_SETS)
@pytest.mark.parametrize("case", cases())
def test_what_must_and_must_not_be_said(case: dict[str, str], rules: str) -> None:
    contents = Contents(RULE_SETS[rules])
    told = report_of(CASES / case["file"], "json", contents)
    found = json.loads(told)
    said = [finding for flow in found["flows"] for finding in flow["findings"]]
    kinds = {one["kind"] for one in said} | {f"{one['kind']}:{one['side']}" for one in said}
    wanted = alternatives(case["must_have"])
    assert not wanted or kinds & wanted
    assert not kinds & alternatives(case["must_not"])
    assert found["capture"]["verdict"] in alternatives(case["verdict"])
    quiet = "Nothing is wrong" in report_of(CASES / case["file"], "md", contents)
    assert quiet == (found["capture"]["verdict"] == "ok")
    assert "nothing is wrong" not in told.lower()
    if case["file"] in WAITED_IN_VAIN:
        assert not [one for one in found["flows"] if "idle" in one["sentence"]]
