"""Files that hold the same packets are told from those that one point wrote one after the other."""

import json
from pathlib import Path
from typing import Any

import pytest

from samples.capture_files import Record, pcap
from tests.between.way import Fates, Play, Way, download
from tests.cli.running import run

PLAY = download(Way(), 60, Fates(lost={4, 30}, beyond={12}))
TOLD = "captured_at_two_points"


def sorted_records(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.time)


def halves(play: Play) -> tuple[list[Record], list[Record]]:
    """Return what A captured as two files, of which the second begins where the first ends."""
    records = sorted_records(play.at_a)
    return records[:40], records[40:]


FILES = {
    "two points": ((PLAY.at_a, PLAY.at_b), True),
    "the same file twice": ((PLAY.at_a, PLAY.at_a), True),
    "rotated": (halves(PLAY), False),
    "one point": ((PLAY.at_a,), False),
}


def reported(folder: Path, files: tuple[list[Record], ...]) -> tuple[dict[str, Any], str]:
    """Return the report of captures that are opened together, and what stderr says."""
    names = []
    for number, records in enumerate(files):
        names.append(str(folder / f"{number}.pcap"))
        Path(names[-1]).write_bytes(pcap(sorted_records(records)))
    ended = run("report", *names)
    return json.loads(ended.stdout), ended.stderr


@pytest.mark.parametrize("name", FILES)
def test_what_two_points_saw_is_no_loss(name: str, tmp_path: Path) -> None:
    files, at_two_points = FILES[name]
    report, said = reported(tmp_path, files)
    (flow,) = report["flows"]
    kinds = {finding["kind"] for finding in flow["findings"]}
    warnings = [text for text in report["capture"]["warnings"] if "tcptui between" in text]
    assert (TOLD in kinds, len(warnings), "tcptui between" in said) == (
        (True, 1, True) if at_two_points else (False, 0, False)
    )
    losses = kinds & {"loss_after_capture", "loss_before_capture", "stall_rto", "not_lost"}
    assert bool(losses) is not at_two_points
    assert "retransmission" in flow["analysis"]
