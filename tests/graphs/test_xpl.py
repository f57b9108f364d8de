"""The time–sequence graph has what tcptrace draws into its .xpl files."""

import csv
import re
import shutil
import subprocess
from collections import defaultdict
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.running import run

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = ("web-loss", "fast-retransmission", "zero-window", "unseen-segment", "both-ends-client")
TITLE = re.compile(r"(\S+):(\d+)_==>_(\S+):(\d+) ")

SENT = ("white", "red")
"""What passed for the first time, and what was sent again."""

Moment = str
"""Epoch seconds with six decimals: tcptrace cuts off the rest."""
Bar = tuple[Moment, int, int]
Point = tuple[Moment, int]


class Drawn(NamedTuple):
    """What one direction shows, its sequence numbers counted from the SYN."""

    bars: set[Bar]
    acks: set[Point]
    edges: set[Point]


def read_xpl(path: Path) -> tuple[tuple[str, ...], Drawn] | None:
    """The four words of the direction and what tcptrace draws, or None without a SYN."""
    lines = path.read_text().splitlines()
    title = TITLE.match(lines[2])
    color, bars, acks, edges, begin = "", set[Bar](), set[Point](), set[Point](), None
    for before, line in zip(["", *lines], lines, strict=False):
        words = line.split()
        if line == "SYN" and begin is None:
            begin = int(before.split()[2]) - 1
        if len(words) == 1:
            color = line
        elif words and words[0] == "line" and words[1] == words[3]:
            start, end = int(words[2]), int(words[4])
            if color in SENT:
                bars.add((words[1], start, end))
            elif color == "green":
                acks.add((words[1], end))
            elif color == "yellow":
                edges.add((words[1], end))
        elif words and words[0] in ("dtick", "utick"):
            (acks if words[0] == "dtick" else edges).add((words[1], int(words[2])))
    if title is None or begin is None:
        return None

    def relative(number: int) -> int:
        return number - begin & 0xFFFFFFFF

    return title.groups(), Drawn(
        {(time, relative(start), relative(end)) for time, start, end in bars if start != begin},
        {(time, relative(value)) for time, value in acks},
        {(time, relative(value)) for time, value in edges},
    )


def ours(sample: Path, flow: str) -> dict[str, Drawn]:
    """What each direction of a flow shows, by the letter of its side."""
    ended = run("graph", str(sample), flow, "--kind", "time-sequence", "--points")
    points: dict[str, list[Point]] = defaultdict(list)
    for row in csv.DictReader(StringIO(ended.stdout.decode()), delimiter="\t"):
        points[row["series"]].append((row["time"][:-3], int(row["value"])))
    found = {}
    for side in "cs":
        starts = points[f"{side}.segment_start"] + points[f"{side}.repeat_start"]
        ends = points[f"{side}.segment_end"] + points[f"{side}.repeat_end"]
        found[side] = Drawn(
            {(time, start, end) for (time, start), (_, end) in zip(starts, ends, strict=True)},
            set(points[f"{side}.ack"]),
            set(points[f"{side}.window_edge"]),
        )
    return found


@pytest.mark.parametrize("name", NAMES)
def test_tcptrace_draws_the_same(name: str, tmp_path: Path) -> None:
    if not shutil.which("tcptrace") or not shutil.which("editcap"):
        pytest.skip("tcptrace and editcap are not installed")
    sample, copied = SAMPLES / f"{name}.pcapng", tmp_path / "sample.pcap"
    subprocess.run(["editcap", "-F", "pcap", sample, copied], check=True)
    subprocess.run(["tcptrace", "-Sn", copied], cwd=tmp_path, check=True, capture_output=True)
    flows: dict[tuple[str, ...], tuple[str, str]] = {}
    for row in csv.DictReader(
        StringIO(run("report", "--format", "csv", str(sample)).stdout.decode())
    ):
        client = row["client_address"], row["client_port"]
        server = row["server_address"], row["server_port"]
        flows[(*client, *server)] = row["index"], "c"
        flows[(*server, *client)] = row["index"], "s"
    compared = 0
    for path in tmp_path.glob("*_tsg.xpl"):
        theirs = read_xpl(path)
        if theirs is None:
            continue
        direction, drawn = theirs
        flow, side = flows[direction]
        found = ours(sample, flow)[side]
        # tcptrace draws the FIN's number as a byte, and no line to the first ACK.
        assert {bar for bar in drawn.bars if bar not in found.bars} <= fins(drawn.bars, found.bars)
        assert found.bars <= drawn.bars | fins(found.bars, drawn.bars)
        assert drawn.acks <= found.acks
        assert drawn.edges <= found.edges
        assert found.acks - drawn.acks <= {min(found.acks)}
        compared += 1
    assert compared


def fins(some: set[Bar], others: set[Bar]) -> set[Bar]:
    """Those bars that others lack, and that differ from one of theirs, or are empty, by a byte."""
    return {
        (time, start, end)
        for time, start, end in some
        if end - start == 1 or (time, start, end - 1) in others or (time, start, end + 1) in others
    }
