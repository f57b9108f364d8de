"""Rotated captures are read as one: a flow that goes on in the next one is one row."""

from pathlib import Path
from struct import pack_into, unpack_from

import pytest

import tcptui
from tcptui.fleet.outline import Outline
from tcptui.fleet.runs import LONGEST_GAP, MOST_TOGETHER, runs_of, series_of
from tcptui.fleet.sources import SourceFile
from tests.cli.running import run
from tests.fleet.swept import WEB_LOSS, plain, rows, sweep


def source(name: str, size: int = 1) -> SourceFile:
    return SourceFile(name, name, name, None, "host", size, 0.0, None)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("/a/x.pcap", "/a/x.pcap1", True),
        ("/a/x00.pcap", "/a/x01.pcap", True),
        ("/a/x_00001_20260101.pcapng", "/a/x_00002_20260102.pcapng", True),
        ("/a/x1.pcap.gz", "/a/x2.pcap", True),
        ("/a/x1.pcap", "/a/y2.pcap", False),
        ("/a/x1.pcap", "/b/x2.pcap", False),
        ("/a/x1.pcap", "/a/x2.pcapng", False),
    ],
)
def test_what_is_a_series(first: str, second: str, together: bool) -> None:
    assert len(series_of([source(first), source(second)])) == (1 if together else 2)


@pytest.mark.parametrize(
    ("times", "sizes", "expected"),
    [
        ([(1, 5), (5, 9), (9, 12)], [1, 1, 1], ["abc"]),
        ([(5, 9), (1, 5), (9, 12)], [1, 1, 1], ["bac"]),
        ([(1, 5), (4, 9), (9, 12)], [1, 1, 1], ["a", "bc"]),
        ([(1, 5), (1, 5), (1, 5)], [1, 1, 1], ["a", "b", "c"]),
        ([(1, 5), (5 + LONGEST_GAP, 5 + LONGEST_GAP)], [1, 1], ["ab"]),
        ([(1, 5), (6 + LONGEST_GAP, 6 + LONGEST_GAP)], [1, 1], ["a", "b"]),
        ([(1, 5), (5, 9), (9, 12)], [MOST_TOGETHER - 1, 1, 1], ["ab", "c"]),
        ([(1, 5), None, (5, 9)], [1, 1, 1], ["b", "ac"]),
        ([(None, None), (0, 5), (5, 9)], [1, 1, 1], ["a", "b", "c"]),
    ],
)
def test_which_captures_follow_one_another(
    times: list[tuple[int, int] | None], sizes: list[int], expected: list[str]
) -> None:
    series = [source(name, size) for name, size in zip("abc", sizes, strict=False)]
    outlines = {
        one.name: Outline(*each, 1, "pcap", None, [])
        for one, each in zip(series, times, strict=True)
        if each is not None
    }
    assert ["".join(one.name for one in run) for run in runs_of(series, outlines)] == expected


def test_captures_side_by_side_are_told_apart_by_their_names() -> None:
    times = {"a1-0": (1, 5), "a2-0": (2, 6), "a1-1": (7, 9), "a2-1": (7, 9), "a1-2": (9, 12)}
    outlines = {name: Outline(*each, 1, "pcap", None, []) for name, each in times.items()}
    runs = [[one.name for one in run] for run in runs_of(list(map(source, times)), outlines)]
    assert runs == [["a1-0", "a1-1", "a1-2"], ["a2-0", "a2-1"]]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A capture as classic pcap, whose records can be cut apart."""
    path = tmp_path / "whole.pcap"
    assert run("report", "-r", str(WEB_LOSS), "-w", str(path)).code == 0
    return path


def cut(path: Path, folder: Path, records: int) -> list[Path]:
    """Write a capture as several, each with so many packets."""
    folder.mkdir(parents=True)
    data, at, parts = path.read_bytes(), 24, [b""]
    number = 0
    while at < len(data):
        size = 16 + unpack_from("<I", data, at + 8)[0]
        if number and number % records == 0:
            parts.append(b"")
        parts[-1] += data[at : at + size]
        at, number = at + size, number + 1
    names = [folder / f"part{number:02}.pcap" for number in range(len(parts))]
    for name, part in zip(names, parts, strict=True):
        name.write_bytes(data[:24] + part)
    return names


@pytest.mark.usefixtures("in_process")
def test_flows_go_on_over_rotated_captures(whole: Path, tmp_path: Path) -> None:
    parts, out = cut(whole, tmp_path / "in" / "web1", 100), tmp_path / "out"
    assert sweep(out, tmp_path / "in", "--rules", "4.6").code == 0
    captures, flows = rows(out, "captures"), rows(out, "flows")
    with tcptui.read(whole, rules="4.6") as capture:
        expected = plain(capture.flows.to_arrow())
        found = [{name: flow[name] for name in expected[0]} for flow in flows]
        assert sorted(found, key=lambda flow: int(flow["index"])) == expected
        assert sum(row["tcp_packets"] for row in captures) == capture.facts["tcp_packets"]
    assert [row["packets"] for row in captures] == [100, 100, 100, 100, 6]
    assert [row["joined"] for row in captures] == [list(map(str, parts))] * len(parts)
    assert [(flow["index"], flow["capture"], flow["captures"]) for flow in flows] == [
        (0, str(parts[0]), [str(parts[0])]),
        (1, str(parts[0]), [str(parts[0]), str(parts[1])]),
        (2, str(parts[1]), list(map(str, parts[1:]))),
    ]


@pytest.mark.usefixtures("in_process")
def test_captures_over_which_no_flow_runs_are_read_apart(whole: Path, tmp_path: Path) -> None:
    parts, out = cut(whole, tmp_path / "in" / "web1", 100), tmp_path / "out"
    for part in parts[1:]:
        move_ports(part, 1)
    assert sweep(out, tmp_path / "in", "--rules", "4.6").code == 0
    joined = [[Path(name).name for name in row["joined"]] for row in rows(out, "captures")]
    assert joined == [["part00.pcap"], *[[part.name for part in parts[1:]]] * 4]
    for row in rows(out, "flows"):
        together = parts[:1] if row["capture"] == str(parts[0]) else parts[1:]
        with tcptui.read(*together, rules="4.6") as capture:
            told = plain(capture.flows.to_arrow())[row["index"]]
            assert {name: row[name] for name in told} == told
    assert "nothing to do" in sweep(out, tmp_path / "in", "--rules", "4.6", "--resume").stderr


def move_ports(path: Path, by: int) -> None:
    """Change the client's port in each packet of a capture: its flows are others then."""
    data = bytearray(path.read_bytes())
    at = 24
    while at < len(data):
        size = unpack_from("<I", data, at + 8)[0]
        ports = at + 16 + 14 + 20
        client = ports if unpack_from(">H", data, ports)[0] != 8080 else ports + 2
        pack_into(">H", data, client, unpack_from(">H", data, client)[0] + by)
        at += 16 + size
    path.write_bytes(data)


@pytest.mark.usefixtures("in_process")
def test_a_new_capture_is_joined_to_its_run(whole: Path, tmp_path: Path) -> None:
    parts, out = cut(whole, tmp_path / "in" / "web1", 100), tmp_path / "out"
    late = tmp_path / "late"
    parts[-1].rename(late)
    sweep(out, tmp_path / "in")
    late.rename(parts[-1])
    sweep(out, tmp_path / "in", "--resume")
    sweep(tmp_path / "fresh", tmp_path / "in")
    for name in ("captures", "flows", "findings"):
        assert rows(out, name) == rows(tmp_path / "fresh", name)


@pytest.mark.usefixtures("in_process")
def test_what_was_joined_and_is_gone_stays(whole: Path, tmp_path: Path) -> None:
    parts, out = cut(whole, tmp_path / "in" / "web1", 100), tmp_path / "out"
    sweep(out, tmp_path / "in")
    before = rows(out, "flows")
    parts[0].unlink()
    assert "nothing to do" in sweep(out, tmp_path / "in", "--resume").stderr
    assert rows(out, "flows") == before


@pytest.mark.usefixtures("in_process")
def test_a_broken_capture_parts_a_run(whole: Path, tmp_path: Path) -> None:
    parts, out = cut(whole, tmp_path / "in" / "web1", 100), tmp_path / "out"
    parts[2].write_bytes(b"no capture")
    assert sweep(out, tmp_path / "in").code == 0
    errors = [row["error"] is not None for row in rows(out, "captures")]
    assert errors == [False, False, True, False, False]
