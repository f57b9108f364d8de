"""The points of graphs are the values that the rows of `packets` have, and sums of them."""

import csv
from collections import Counter, defaultdict
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.running import run

ROOT = Path(__file__).parents[2] / "samples"
SAMPLES = sorted(ROOT.glob("*.pcapng"))
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
FIELDS = (
    "frame.number", "tcp.stream", "ip.src", "tcp.srcport", "tcp.len", "tcp.window_size", "tcp.ack",
    "tcp.analysis.ack_rtt", "tcp.analysis.bytes_in_flight", "tcp.flags.reset", "tcp.flags.ack",
    "tcp.analysis.duplicate_ack_num", "tcp.seq",
)  # fmt: skip

Row = dict[str, str]
Points = dict[str, list[tuple[int, str]]]


def points(sample: Path, flow: int | str, kind: str, *more: str) -> Points:
    """By series, the frame and value of each point."""
    ended = run("graph", str(sample), str(flow), "--kind", kind, "--points", *more)
    assert ended.code == 0, ended.stderr
    found: Points = defaultdict(list)
    for row in csv.DictReader(StringIO(ended.stdout.decode()), delimiter="\t"):
        found[row["series"]].append((int(row["frame"]), row["value"]))
    return found


def rows(sample: Path) -> dict[int, list[Row]]:
    """The rows of each flow, as `packets` prints them."""
    chosen = [word for field in FIELDS for word in ("-e", field)]
    text = run("packets", *chosen, str(sample)).stdout.decode()
    found: dict[int, list[Row]] = defaultdict(list)
    for row in csv.DictReader(StringIO(text), delimiter="\t"):
        found[int(row["tcp.stream"])].append(row)
    return found


def reported(sample: Path, flow: int) -> Row:
    """What `report` says of a flow."""
    text = run("report", "--format", "csv", str(sample)).stdout.decode()
    return next(row for row in csv.DictReader(StringIO(text)) if int(row["index"]) == flow)


def client_end(sample: Path, flow: int) -> tuple[str, str]:
    row = reported(sample, flow)
    return row["client_address"], row["client_port"]


def unique_bytes(sample: Path, flow: int) -> dict[str, int]:
    """The payload of each side without what it sent again."""
    row = reported(sample, flow)
    return {"c": int(row["client_unique_bytes"]), "s": int(row["server_unique_bytes"])}


def sides(sample: Path, flow: int, of_flow: list[Row]) -> dict[str, list[Row]]:
    """The rows by the side that sent them."""
    client = client_end(sample, flow)
    found: dict[str, list[Row]] = {"c": [], "s": []}
    for row in of_flow:
        found["c" if (row["ip.src"], row["tcp.srcport"]) == client else "s"].append(row)
    return found


def values(of_side: list[Row], field: str) -> list[tuple[int, str]]:
    return [(int(row["frame.number"]), row[field]) for row in of_side if row[field]]


@each_sample
def test_windows_round_trips_and_bytes_in_flight_are_those_of_the_rows(sample: Path) -> None:
    for flow, of_flow in rows(sample).items():
        by_side = sides(sample, flow, of_flow)
        window, rtt = points(sample, flow, "window"), points(sample, flow, "rtt")
        for side, other in (("c", "s"), ("s", "c")):
            heard = [row for row in by_side[other] if row["tcp.flags.reset"] == "0"]
            assert window[f"{side}.window"] == values(heard, "tcp.window_size")
            in_flight = values(by_side[side], "tcp.analysis.bytes_in_flight")
            assert window[f"{side}.in_flight"] == in_flight
            assert rtt[f"{side}.rtt"] == values(by_side[other], "tcp.analysis.ack_rtt")


@each_sample
def test_sequence_numbers_are_those_of_the_rows(sample: Path) -> None:
    for flow, of_flow in rows(sample).items():
        by_side = sides(sample, flow, of_flow)
        found = points(sample, flow, "time-sequence")
        for side, other in (("c", "s"), ("s", "c")):
            sent = [row for row in by_side[side] if int(row["tcp.len"] or 0)]
            starts = sorted(found[f"{side}.segment_start"] + found[f"{side}.repeat_start"])
            assert starts == values(sent, "tcp.seq")
            ends = sorted(found[f"{side}.segment_end"] + found[f"{side}.repeat_end"])
            assert [int(end) - int(start) for (_, start), (_, end) in zip(starts, ends, strict=True)
                    ] == [int(row["tcp.len"]) for row in sent]  # fmt: skip
            heard = [
                row for row in by_side[other]
                if row["tcp.flags.ack"] == "1" and row["tcp.flags.reset"] == "0"
            ]  # fmt: skip
            assert found[f"{side}.ack"] == values(heard, "tcp.ack")
            duplicates = [frame for frame, _ in values(heard, "tcp.analysis.duplicate_ack_num")]
            assert [frame for frame, _ in found[f"{side}.duplicate_ack"]] == duplicates


@each_sample
def test_rates_add_up_to_the_payload(sample: Path) -> None:
    for flow, of_flow in rows(sample).items():
        by_side = sides(sample, flow, of_flow)
        found = points(sample, flow, "throughput", "--bin", "0.5")
        unique = unique_bytes(sample, flow)
        for side in "cs":
            total = sum(int(row["tcp.len"] or 0) for row in by_side[side])
            sent = sum(int(rate) for _, rate in found[f"{side}.throughput"])
            new = sum(int(rate) for _, rate in found[f"{side}.goodput"])
            assert sent == 2 * total
            assert new == 2 * unique[side]


@each_sample
def test_the_time_of_all_bins_is_the_time_of_the_flow(sample: Path) -> None:
    text = run("report", "--format", "csv", str(sample)).stdout.decode()
    for row in csv.DictReader(StringIO(text)):
        found = points(sample, row["index"], "time", "--bin", "0.05")
        spent = sum(float(value) for series in found.values() for _, value in series)
        assert spent == pytest.approx(float(row["last"]) - float(row["first"]), abs=1e-6)


@each_sample
def test_a_capture_has_as_many_packets_and_flags_as_its_rows(sample: Path) -> None:
    of_all = [row for of_flow in rows(sample).values() for row in of_flow]
    frames = {row["frame.number"] for row in of_all}
    found = points(sample, "capture", "packets", "--bin", "1")
    assert sum(int(value) for _, value in found["packets"]) == len(frames)
    outcomes = Counter[str]()
    text = run("report", "--format", "csv", str(sample)).stdout.decode()
    for row in csv.DictReader(StringIO(text)):
        outcomes["opened"] += row["opening"] in ("three-way", "simultaneous")
        outcomes["refused"] += row["opening"] == "refused"
        outcomes["reset"] += row["closing"] == "reset" and row["opening"] != "refused"
    for kind in ("opened", "refused", "reset"):
        drawn = points(sample, "capture", kind, "--bin", "1")[kind]
        assert sum(int(value) for _, value in drawn) == outcomes[kind]


def test_bins_begin_at_the_first_segment_and_leave_none_out() -> None:
    sample = ROOT / "ssh-keystrokes.pcapng"
    ended = run("graph", str(sample), "0", "--kind", "throughput", "--points")
    times = [
        float(row["time"])
        for row in csv.DictReader(StringIO(ended.stdout.decode()), delimiter="\t")
        if row["series"] == "c.throughput"
    ]
    assert all(after - before == pytest.approx(0.1, abs=1e-6) for before, after in pairwise(times))
