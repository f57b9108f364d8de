"""`tcptui graph` from the command line: formats, sizes, and what is refused."""

from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from samples.capture_files import Record, pcap, pcapng
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.cli.graph import asked_graph, tell_without_effect
from tcptui.cli.parser import parse
from tcptui.graphs.kinds import CAPTURE_GRAPHS, FLOW_GRAPHS
from tests.cli.running import run

SAMPLE = str(Path(__file__).parents[2] / "samples" / "fast-retransmission.pcapng")


def test_a_picture_has_the_size_that_is_asked_for() -> None:
    size = ("--width", "70", "--height", "20")
    ended = run("graph", SAMPLE, "0", "--rules", "4.6", "--kind", "time-sequence", *size)
    lines = ended.stdout.decode().splitlines()
    assert (ended.code, ended.stderr) == (0, "")
    assert lines[0].endswith("(Wireshark 4.6): time-sequence")
    assert max(map(len, lines[1:])) <= 70
    assert len(lines[1:]) <= 20


def test_points_are_a_table_in_the_order_of_time() -> None:
    ended = run("graph", SAMPLE, "0", "--kind", "time-sequence", "--points")
    header, *rows = ended.stdout.decode().splitlines()
    assert header == "frame\ttime\tseries\tvalue"
    times = [row.split("\t")[1] for row in rows]
    assert times == sorted(times)
    assert all(len(time.partition(".")[2]) == 9 for time in times)


def test_a_capture_without_tcp_has_no_points(tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_bytes(pcap([]))
    ended = run("graph", str(tmp_path / "a.pcap"), "capture", "--kind", "packets", "--points")
    assert (ended.code, ended.stdout) == (0, b"frame\ttime\tseries\tvalue\n")


def test_a_picture_can_be_svg() -> None:
    ended = run("graph", SAMPLE, "capture", "--kind", "bytes", "--format", "svg")
    assert ElementTree.fromstring(ended.stdout).tag.endswith("svg")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("0",), "graph needs --kind: of a flow there are time-sequence, rtt, throughput,"),
        (("capture", "--kind", "rtt"), "--kind rtt: of the capture there are packets, bytes,"),
        (("0", "--kind", "packets"), "--kind packets: of a flow there are time-sequence,"),
        (("--kind", "rtt"), "graph needs a file, and a flow's number or capture"),
        (("x", "--kind", "rtt"), "graph needs a file, and a flow's number or capture"),
        (("99", "--kind", "rtt"), "flow 99 does not exist: the capture has only flow 0"),
        (("0", "--kind", "rtt", "--bin", "0"), "--bin 0: seconds, like 0.1 or 10"),
        (("0", "--kind", "rtt", "--bin", "nan"), "--bin nan: seconds, like 0.1 or 10"),
        (("0", "--kind", "rtt", "--width", "3"), "--width 3: a number, from 30 to 1000"),
        (("0", "--kind", "rtt", "--format", "json"), "--format json: graph writes text, svg"),
        (("0", "--kind", "time", "--bin", "0.000001"), None),
        (("0", "--kind", "rtt", "-c", "3"), "graph draws a whole flow or capture: it takes no -c"),
        (
            ("0", "--kind", "rtt", "--follow"),
            "graph draws a whole flow or capture: it takes no --f",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(words: tuple[str, ...], told: str | None) -> None:
    ended = run("graph", SAMPLE, *words)
    if told is None:
        assert ended.code == 0
    else:
        assert ended.code == 2
        assert told in ended.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "0 --kind rtt --points --width 70 --format svg",
            ["--format, --width: without effect where the points are printed, not a picture"],
        ),
        (
            "0 --kind window --bin 3",
            ["--bin: without effect on --kind window, which has a point for each segment"],
        ),
        (
            "0 --kind time --format svg --ascii",
            ["--ascii: without effect on a picture that is SVG"],
        ),
        ("0 --kind throughput --bin 3 --width 70 --ascii", []),
        ("capture --kind bytes --bin 3 --points", []),
    ],
)
def test_who_types_is_told_what_a_graph_does_not_obey(
    line: str, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("tcptui.cli.graph.hint", said.append)
    request = parse(["graph", SAMPLE, *line.split()])
    tell_without_effect(request, asked_graph(request))
    assert said == told


def test_bins_too_short_for_the_capture_are_refused() -> None:
    sample = str(Path(SAMPLE).with_name("keep-alive-half-open.pcapng"))
    ended = run("graph", sample, "capture", "--kind", "packets", "--bin", "0.000001")
    assert ended.code == 2
    assert "bins are too many to draw: --bin" in ended.stderr


MOST = 2**63 - 1
PING = """
1 0 A S 100 0 64000 0
2 1 B SA 500 101 64000 0
3 2 A A 101 501 64000 0
4 3 A PA 101 501 64000 100
5 4 B A 501 201 64000 0
"""
CLOCKS = {
    "back by steps": [9_000, 8_000, 7_000, 6_000, 5_000],
    "far ahead": [0, 0, 0, MOST, MOST],
    "far back": [MOST, MOST, MOST, 0, 0],
    "before 1970 and far ahead": [2**63, MOST, 0, MOST, 2**63],
    "at once": [7, 7, 7, 7, 7],
}


@pytest.fixture(params=CLOCKS.values(), ids=list(CLOCKS))
def odd_clock(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A flow whose packets bear odd times."""
    packets = parse_script(PING).packets
    records = [Record(at, frame(one)) for at, one in zip(request.param, packets, strict=True)]
    path = tmp_path / "odd.pcapng"
    path.write_bytes(pcapng(records))
    return str(path)


@pytest.mark.parametrize("kind", [one.name for one in (*FLOW_GRAPHS, *CAPTURE_GRAPHS)])
def test_any_clock_is_drawn_or_refused(odd_clock: str, kind: str) -> None:
    is_of_flow = kind in {one.name for one in FLOW_GRAPHS}
    words = ("graph", odd_clock, "0" if is_of_flow else "capture", "--kind", kind)
    narrow = run(*words, "--width", "30", "--ascii")
    assert narrow.code == 0 or "bins are too many to draw: --bin" in narrow.stderr
    assert narrow.stdout.isascii()
    assert max(map(len, narrow.stdout.decode().splitlines()[1:]), default=0) <= 30
    times = [row.split("\t")[1] for row in run(*words, "--points").stdout.decode().splitlines()[1:]]
    assert times == sorted(times, key=Decimal)
