"""`tcptui report`: what it says of the samples, in each format."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.capture.source import open_source
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.fields.columns.texts import without_formula
from tcptui.fields.reported import REPORTED
from tcptui.filters.language import parse
from tcptui.report.flow_formats import capture_json
from tcptui.report.report import Contents, print_report

ALL_FLOWS = Contents(WIRESHARK_4_0)

SAMPLES = Path(__file__).parents[2] / "samples"

END_NAMES = ["address", "port", "packets", "bytes", "unique_bytes", "state", "certainty"]
FLOW_NAMES = [
    "index", "client", "server", "first", "last", "initial_rtt", "completeness", "opening",
    "closing", "analysis", "findings", "timer", "conn_state", "history", "time", "limits",
    "sentence", "worst_stall", "capture_point", "turns", "verdict", "cost", "waited_in_vain",
    "names", "tls",
]  # fmt: skip
CAPTURE_NAMES = [
    "files", "format", "link_types", "packets", "tcp_packets", "first", "last", "dropped",
    "skipped", "folded", "warnings", "rules", "engine", "version", "schema", "verdict", "findings",
]  # fmt: skip


def printed(name: str, form: str, contents: Contents = ALL_FLOWS) -> str:
    return report_of(SAMPLES / name, form, contents)


def report_of(capture: Path, form: str, contents: Contents = ALL_FLOWS) -> str:
    """What `tcptui report` prints of a capture."""
    path = str(capture)
    source = open_source([path], seekable=False)
    out = io.BytesIO()
    try:
        print_report(source, out, [path], form, "interpreted", contents)
    finally:
        source.close()
    return out.getvalue().decode()


def report(name: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(printed(name, "json"), parse_float=Decimal)
    return parsed


def test_names_and_their_order_are_the_contract() -> None:
    said = report("openings.pcapng")
    assert list(said) == ["capture", "flows"]
    assert list(said["capture"]) == CAPTURE_NAMES
    for index, flow in enumerate(said["flows"]):
        assert list(flow) == FLOW_NAMES
        assert list(flow["client"]) == list(flow["server"]) == END_NAMES
        assert flow["index"] == index


def test_times_have_nine_decimals() -> None:
    text = printed("openings.pcapng", "json")
    first = json.loads(text, parse_float=str)["flows"][0]["first"]
    assert len(first.partition(".")[2]) == 9


@pytest.mark.parametrize(
    ("flow", "opening", "closing"),
    [
        (0, "three-way", "open"),
        (1, "refused", "reset"),
        (2, "unanswered", "open"),
        (3, "simultaneous", "open"),
        (4, "three-way", "open"),
    ],
)
def test_openings(flow: int, opening: str, closing: str) -> None:
    said = report("openings.pcapng")["flows"][flow]
    assert (said["opening"], said["closing"]) == (opening, closing)


def test_bytes_count_each_payload_and_unique_bytes_each_byte() -> None:
    flow = report("fast-retransmission.pcapng")["flows"][0]
    server = flow["server"]
    assert flow["analysis"]["fast_retransmission"] == 1
    assert flow["analysis"]["retransmission"] == 1
    assert 0 < server["unique_bytes"] <= server["bytes"]


def test_times_before_1970_are_numbers_too() -> None:
    said = capture_json({"first": "-994.500000000", "last": "0.500000000", "files": ["-1"]})
    assert said == '{"first": -994.500000000, "last": 0.500000000, "files": ["-1"]}'


def test_csv_has_the_evidence_as_json() -> None:
    contents = Contents(WIRESHARK_4_0, evidence=True)
    rows = csv.DictReader(io.StringIO(printed("web-loss.pcapng", "csv", contents)))
    flows = json.loads(printed("web-loss.pcapng", "json", contents))["flows"]
    assert [json.loads(row["evidence"]) for row in rows] == [flow["evidence"] for flow in flows]


def test_csv_names_its_columns_where_no_flow_is_meant() -> None:
    nothing = Contents(WIRESHARK_4_0, parse("tcp.port == 9"))
    (header,) = printed("openings.pcapng", "csv", nothing).splitlines()
    assert header.split(",") == REPORTED.column_names()


def test_csv_has_a_line_for_each_flow_and_no_formulas() -> None:
    rows = list(csv.DictReader(io.StringIO(printed("openings.pcapng", "csv"))))
    flows = report("openings.pcapng")["flows"]
    assert [row["client_address"] for row in rows] == [flow["client"]["address"] for flow in flows]
    assert [row["opening"] for row in rows] == [flow["opening"] for flow in flows]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("cell", "written"), [("=1+1", "'=1+1"), ("-5", "'-5"), ("@x", "'@x"), ("10.0.0.1", "10.0.0.1")]
)
def test_harmless(cell: str, written: str) -> None:
    assert without_formula(cell) == written


def test_markdown_is_a_ticket() -> None:
    """Headline, how far to trust the capture, causes, flows behind them."""
    text = printed("zero-window.pcapng", "md")
    assert text.startswith(
        "# Trouble in 1 of 1 flow. First is flow 0: the server waited 1.60 s for the client's"
    )
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert [heading.partition(":")[0] for heading in headings] == [
        "# Trouble in 1 of 1 flow. First is flow 0",
        "## Can the capture be trusted?",
        "## Causes",
        "### `stall_zero_window`",
        "## Flows with most trouble",
        "### Trouble",
    ]
    assert "- between 192.0.2.1 → 192.0.2.2:80 (1)" in text
    assert "- on port 80 (1)" in text
    assert "- It took 1.69 s: client's window closed ×1 1.60 s" in text


def test_markdown_of_a_capture_without_trouble() -> None:
    typing = Contents(WIRESHARK_4_0, only=parse("tcp.stream == 0"))
    assert "# Nothing is wrong in 1 flow, as far as" in printed(
        "ssh-keystrokes.pcapng", "md", typing
    )
    no_findings = printed("zero-window.pcapng", "md", Contents(WIRESHARK_4_0, findings=False))
    assert "Nothing is wrong" not in no_findings
    assert "Flows with most trouble" not in no_findings


def test_a_filter_that_selects_nothing_is_no_capture_without_tcp() -> None:
    nothing = Contents(WIRESHARK_4_0, only=parse("tcp.stream == 99"))
    text = printed("openings.pcapng", "md", nothing)
    assert text.startswith("# No flow has a segment that the filter selects\n")


NOTE_AND_WARNING = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
flow C 10.0.0.1:1112 D 10.0.0.2:80
 1    0 A S     0    0 64000    0 ts=100,0
 2   20 B SA 5000    1 64000    0 ts=4920,100
 3   22 A A     1 5001 64000    0 ts=122,4920
 4  100 A PA    1 5001 64000  100 ts=200,5000
 5  120 B PA 5001  101 64000 1000 ts=5020,200
 6  121 B A  6001  101 64000 1000 ts=5021,200
 7  123 A A   101 7001 64000    0 ts=223,5021
 8  821 B A  7001  101 64000 1000 ts=5023,200
 9  822 B A  8001  101 64000 1000 ts=5023,200
10  823 A A   101 9001 64000    0 ts=923,5023
11  850 B A  9001  101 64000 1000 ts=5752,923
12  900 C S     0    0 64000    0
13  920 D SA 9000    7 64000    0
14  921 C R     7    0     0    0
"""


def test_what_comes_first_in_the_title_is_what_makes_the_trouble(tmp_path: Path) -> None:
    """A note that cost more stands higher in the list."""
    path = tmp_path / "two.pcap"
    packets = parse_script(NOTE_AND_WARNING).packets
    path.write_bytes(pcap([Record(packet.time, frame(packet)) for packet in packets]))
    flows = json.loads(report_of(path, "json"))["flows"]
    assert [flow["verdict"] for flow in flows] == ["note", "trouble"]
    assert flows[0]["cost"] > (flows[1]["cost"] or 0)
    text = report_of(path, "md")
    assert text.startswith("# Trouble in 1 of 2 flows. First is flow 1: the server acknowledged")


@pytest.mark.parametrize("evidence", [False, True])
def test_json_lines_are_the_flows_of_the_json(evidence: bool) -> None:
    contents = Contents(WIRESHARK_4_0, evidence=evidence)
    lines = printed("openings.pcapng", "jsonl", contents).splitlines()
    head, *flows = printed("openings.pcapng", "json", contents).splitlines()
    assert head.startswith('{"capture": ')
    assert lines == [flow.removesuffix(",") for flow in flows[:-1]]


def test_markdown_names_the_flows() -> None:
    text = printed("openings.pcapng", "md")
    assert "unanswered" in text
    assert "# Trouble in 2 of 5 flows. First is flow 2: the client waited 7.00 s" in text


def test_without_findings() -> None:
    flows = json.loads(printed("openings.pcapng", "json", Contents(WIRESHARK_4_0, findings=False)))[
        "flows"
    ]
    assert all(flow["findings"] == [] for flow in flows)


def test_evidence_is_given_for_each_flagged_segment() -> None:
    contents = Contents(WIRESHARK_4_0, evidence=True)
    flow = json.loads(printed("fast-retransmission.pcapng", "json", contents))["flows"][0]
    flagged = [flag["flag"] for one in flow["evidence"] for flag in one["flags"]]
    assert flagged.count("duplicate_ack") == flow["analysis"]["duplicate_ack"]
    assert flagged.count("fast_retransmission") == 1
    assert all(one["checksum"] == "good" for one in flow["evidence"])
