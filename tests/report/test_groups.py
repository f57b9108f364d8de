"""`report --by`: what the flows of a server, a pair, a port … come to."""

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.capture_files import Record, block, option, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.filters.language import parse
from tcptui.findings.flow_groups import WAITED_FOR
from tcptui.report.grouping import GROUPINGS, Grouping
from tcptui.report.groups.keys import subnet_text
from tcptui.report.output_formats import GROUP_FORMATS, GROUPING_NAMES, names
from tcptui.report.report import Contents
from tests.cli.running import run
from tests.report.test_report import report_of

Json = dict[str, Any]

NAMES: Final = [
    "key", "flows", "bytes", "failed", "retransmission_share", "waited", "worst_rtt", "first",
    "last",
]  # fmt: skip
TWO_SERVERS: Final = """
flow A 10.0.1.1:1111 B 10.0.0.7:80
flow C 10.0.1.1:1112 D 10.0.0.8:80
flow E 10.0.1.2:1113 F 10.0.0.7:81
flow G 10.0.1.1:1114 H 10.0.9.8:80
 1    0 A S     0    0 64000    0
 2   20 B RA    0    1     0    0
 3  100 E S     0    0 64000    0
 4 1100 E S     0    0 64000    0
 5 3100 E S     0    0 64000    0
 6 4000 C S     0    0 64000    0
 7 4020 D SA    0    1 64000    0
 8 4040 C A     1    1 64000    0
 9 4050 C PA    1    1 64000  100
10 4080 D PA    1  101 64000  200
11 4100 C A   101  201 64000    0
12 4200 G S     0    0 64000    0
13 4250 H SA    0    1 64000    0
14 4251 G A     1    1 64000    0
"""
"""Flow 0 is refused and flow 1 unanswered, both by 10.0.0.7; flows 2 and 3 are fine."""


def written(path: Path, script: str) -> Path:
    packets = parse_script(script).packets
    path.write_bytes(pcap([Record(packet.time, frame(packet)) for packet in packets]))
    return path


@pytest.fixture
def two_servers(tmp_path: Path) -> Path:
    return written(tmp_path / "a.pcap", TWO_SERVERS)


def contents(by: str, prefix: int | None = None, only: str = "") -> Contents:
    wanted = parse(only) if only else None
    return Contents(WIRESHARK_4_0, only=wanted, grouping=Grouping(by, prefix))


def groups_of(capture: Path, asked: Contents) -> list[Json]:
    whole = json.loads(report_of(capture, "json", asked), parse_float=Decimal)
    assert list(whole) == ["capture", "groups"]
    groups: list[Json] = whole["groups"]
    return groups


def flows_of(capture: Path) -> list[Json]:
    flows: list[Json] = json.loads(report_of(capture, "json"), parse_float=Decimal)["flows"]
    return flows


@pytest.mark.parametrize(
    ("by", "prefix", "keys"),
    [
        ("server", None, [("10.0.0.7", 2), ("10.0.0.8", 1), ("10.0.9.8", 1)]),
        ("client", None, [("10.0.1.2", 1), ("10.0.1.1", 3)]),
        (
            "pair",
            None,
            [
                ("10.0.0.7 ⇄ 10.0.1.2", 1),
                ("10.0.0.8 ⇄ 10.0.1.1", 1),
                ("10.0.1.1 ⇄ 10.0.9.8", 1),
                ("10.0.0.7 ⇄ 10.0.1.1", 1),
            ],
        ),
        ("subnet", None, [("10.0.0.0/24", 3), ("10.0.9.0/24", 1)]),
        ("subnet", 16, [("10.0.0.0/16", 4)]),
        ("subnet", 64, [("10.0.0.7/32", 2), ("10.0.0.8/32", 1), ("10.0.9.8/32", 1)]),
        ("port", None, [(81, 1), (80, 3)]),
        ("name", None, [("unknown", 4)]),
        ("process", None, [("unknown", 4)]),
        ("path", None, [("unknown", 4)]),
        ("interface", None, [("0", 4)]),
        ("vlan", None, [("none", 4)]),
    ],
)
def test_keys(two_servers: Path, by: str, prefix: int | None, keys: list[object]) -> None:
    groups = groups_of(two_servers, contents(by, prefix))
    assert [(one["key"], one["flows"]) for one in groups] == keys


@pytest.mark.parametrize(
    ("address", "prefix", "text"),
    [
        ([10, 1, 2, 3], None, "10.1.2.0/24"),
        ([10, 1, 2, 3], 0, "0.0.0.0/0"),
        ([10, 1, 2, 3], 31, "10.1.2.2/31"),
        ([0x20, 1, *[0] * 5, 9, *[7] * 8], None, "2001:0:0:9::/64"),
        ([0x20, 1, *[0] * 5, 9, *[7] * 8], 128, "2001::9:707:707:707:707/128"),
    ],
)
def test_subnets(address: Sequence[int], prefix: int | None, text: str) -> None:
    assert subnet_text(bytes(address), prefix) == text


def test_what_a_group_says(two_servers: Path) -> None:
    first, second, third = groups_of(two_servers, contents("server"))
    assert list(first) == NAMES
    assert list(first["waited"]) == list(WAITED_FOR)
    assert (first["failed"], first["bytes"]) == (2, 0)
    assert first["waited"]["in_vain"] == Decimal("3.000000000")
    assert first["retransmission_share"] == Decimal("0.400000000")
    assert first["worst_rtt"] == Decimal("0.020000000")
    assert (second["failed"], second["bytes"]) == (0, 300)
    assert second["worst_rtt"] == Decimal("0.040000000")
    assert third["worst_rtt"] == Decimal("0.051000000")
    assert (first["first"], first["last"]) == (1_700_000_000, Decimal("1700000003.1"))


def test_a_filter_selects_the_flows_that_are_added_up(two_servers: Path) -> None:
    (group,) = groups_of(two_servers, contents("server", only="tcp.port == 1111"))
    assert (group["key"], group["flows"], group["failed"]) == ("10.0.0.7", 1, 1)


def test_vlans_and_interfaces_are_those_of_the_packets(tmp_path: Path) -> None:
    """Two interfaces, of which one has a hostile name; VLAN 42, and 7 inside of 42."""
    (syn,) = parse_script("1 0 A S 0 0 64000 0").packets
    plain = frame(syn)
    tag = bytes([0x81, 0, 0, 42])
    tags = [b"", tag, tag + bytes([0x81, 0, 0, 7])]
    frames = [
        plain[:12] + tags[at] + plain[12:34] + pack("!H", 2000 + at) + plain[36:] for at in range(3)
    ]
    capture = block(0x0A0D0D0A, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for name in (b"eth0", b"\x1b[2J\t\n"):
        capture += block(1, pack("<HHI", 1, 0, 262144) + option(2, name) + option(0, b""))
    for at, data in enumerate(frames):
        head = pack("<IIIII", at % 2, 0, at, len(data), len(data))
        capture += block(6, head + data + bytes(-len(data) % 4))
    path = tmp_path / "a.pcapng"
    path.write_bytes(capture)
    vlans = {one["key"]: one["flows"] for one in groups_of(path, contents("vlan"))}
    interfaces = {one["key"]: one["flows"] for one in groups_of(path, contents("interface"))}
    assert vlans == {"none": 1, 42: 1, "42.7": 1}
    assert interfaces == {"eth0": 2, r"\x1b[2J\t\n": 1}
    for form in ("csv", "md"):
        assert "\x1b" not in report_of(path, form, contents("interface"))


def test_csv_joins_the_names(two_servers: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(report_of(two_servers, "csv", contents("server")))))
    groups = groups_of(two_servers, contents("server"))
    assert list(rows[0]) == [
        *("key", "flows", "bytes", "failed", "retransmission_share"),
        *(f"waited_{name}" for name in WAITED_FOR),
        *("worst_rtt", "first", "last"),
    ]
    assert [row["key"] for row in rows] == [group["key"] for group in groups]
    assert Decimal(rows[0]["waited_in_vain"]) == groups[0]["waited"]["in_vain"]


@pytest.mark.parametrize(
    ("by", "title"),
    [
        ("server", "# 2 of 4 flows failed (all 2 failures: server 10.0.0.7; all others fine)"),
        ("port", "# 2 of 4 flows failed"),
        ("name", "# 2 of 4 flows failed"),
        (
            "subnet",
            "# 2 of 4 flows failed (all 2 failures: subnet 10.0.0.0/24, where 1 did not fail; "
            "all others fine)",
        ),
    ],
)
def test_markdown_says_what_sets_the_failures_apart(two_servers: Path, by: str, title: str) -> None:
    lines = report_of(two_servers, "md", contents(by)).splitlines()
    assert lines[0] == title
    assert f"| {by} | flows | bytes | failed " in lines[4]


def test_others_that_have_trouble_are_not_said_to_be_fine(tmp_path: Path) -> None:
    slow = "flow A 10.0.0.1:1 B 10.0.0.7:80\nflow C 10.0.0.1:2 D 10.0.0.8:80\n"
    slow += "1 0 A S 0 0 64000 0\n2 20 B RA 0 1 0 0\n"
    slow += "3 100 C S 0 0 64000 0\n4 120 D SA 0 1 64000 0\n5 140 C A 1 1 64000 0\n"
    slow += "6 150 C PA 1 1 64000 100\n7 400 C PA 1 1 64000 100\n8 1200 C PA 1 1 64000 100\n"
    slow += "9 3600 C PA 1 1 64000 100\n10 3620 D A 1 101 64000 0\n"
    text = report_of(written(tmp_path / "a.pcap", slow), "md", contents("server"))
    assert text.startswith("# 1 of 2 flows failed (the only failure: server 10.0.0.7; none at ")


def test_markdown_says_what_its_table_leaves_out(tmp_path: Path) -> None:
    drawn = [(1, f"10.0.{at}.7", 80, "data" if at < 55 else "refused") for at in range(60)]
    path = written(tmp_path / "a.pcap", script_of(drawn))
    lines = report_of(path, "md", contents("server")).splitlines()
    assert len([line for line in lines if line.startswith("| 10.")]) == 50
    assert lines[-1] == "10 more waited no longer; 5 of their flows failed."


def test_without_flows(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcap", "")
    assert groups_of(path, contents("server")) == []
    (header,) = report_of(path, "csv", contents("server")).splitlines()
    assert header.startswith("key,flows,bytes,failed,")
    assert report_of(path, "md", contents("server")).startswith("# No TCP flow\n")


FLOWS: Final = st.lists(
    st.tuples(
        st.integers(1, 3),  # the client's address
        st.sampled_from(["10.0.0.7", "10.0.0.8", "10.0.1.7", "[2001:db8::7]"]),
        st.sampled_from([80, 443]),
        st.sampled_from(["refused", "unanswered", "data", "midstream", "reset"]),
    ),
    max_size=12,
)
STORIES: Final = {
    "refused": "A S 0 0 0|B RA 0 1 0",
    "unanswered": "A S 0 0 0|A S 0 0 0",
    "data": "A S 0 0 0|B SA 0 1 0|A A 1 1 0|A PA 1 1 100|B PA 1 101 200|B PA 1 101 200",
    "midstream": "A PA 1 1 100|B A 1 101 0",
    "reset": "A S 0 0 0|B SA 0 1 0|A A 1 1 0|A PA 1 1 100|B RA 1 101 0",
}  # fmt: skip


def script_of(flows: Sequence[tuple[int, str, int, str]]) -> str:
    """One flow after the other, each with its own story."""
    lines, number = [], 0
    for at, (host, server, port, story) in enumerate(flows):
        family = "[2001:db8::%d]" if ":" in server else "10.9.0.%d"
        lines.append(f"flow A{at} {family % host}:{40000 + at} B{at} {server}:{port}")
        for step in STORIES[story].split("|"):
            who, flags, seq, ack, size = step.split()
            number += 1
            lines.append(f"{number} {number * 300} {who}{at} {flags} {seq} {ack} 64000 {size}")
    return "\n".join(lines)


@settings(max_examples=12, deadline=None)
@given(FLOWS)
def test_groups_add_up_to_the_flows_of_the_capture(drawn: list[tuple[int, str, int, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder) / "a.pcap", script_of(drawn))
        flows = flows_of(path)
        for by in GROUPING_NAMES:
            groups = groups_of(path, contents(by))
            assert len({str(group["key"]) for group in groups}) == len(groups)
            assert sum(group["flows"] for group in groups) == len(flows)
            assert sum(group["bytes"] for group in groups) == sum(
                flow[side]["bytes"] for flow in flows for side in ("client", "server")
            )
            for name in ("client", "server", "tcp", "network"):
                total = sum(flow["time"][name] for flow in flows)
                assert sum(group["waited"][name] for group in groups) == total
            assert sum(group["waited"]["in_vain"] for group in groups) == sum(
                flow["waited_in_vain"]["seconds"] for flow in flows if flow["waited_in_vain"]
            )
            assert sum(group["failed"] for group in groups) >= sum(
                flow["opening"] in ("refused", "unanswered") for flow in flows
            )
            for group, end in ((group, end) for group in groups for end in ("first", "last")):
                assert group[end] in [flow[end] for flow in flows]
            order = [
                -sum(group["waited"][name] for name in ("client", "server", "tcp", "network"))
                for group in groups
            ]
            assert order == sorted(order)


def test_each_name_has_its_key() -> None:
    assert tuple(GROUPINGS) == GROUPING_NAMES


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--by", "server"], 0, ""),
        (["--by", "server", "--fail-on", "error"], 4, ""),
        (["--by", "server", "--fail-on", "error", "-Y", "tcp.port == 1112"], 0, ""),
        (["--by", "subnet", "--prefix", "16"], 0, ""),
        (["--by", "host"], 2, "--by host: one of server, client, pair"),
        (["--by", "server", "--prefix", "16"], 2, "--prefix goes with --by subnet"),
        (["--by", "subnet", "--prefix", "129"], 2, "--prefix 129: a number, from 0 to 128"),
        (["--by", "port", "--format", "jsonl"], 2, "report --by writes json, csv, md"),
        (["--by", "port", "--no-findings"], 2, "--no-findings: groups (--by) are made with"),
        (["--by", "port", "--evidence"], 2, "--evidence: groups (--by) have no place"),
    ],
)
def test_command_line(two_servers: Path, arguments: list[str], code: int, said: str) -> None:
    ended = run("report", str(two_servers), *arguments)
    assert ended.code == code
    assert said in ended.stderr


@pytest.mark.parametrize("form", names(GROUP_FORMATS))
def test_who_fails_does_not_change_what_is_printed(two_servers: Path, form: str) -> None:
    asked = ("report", str(two_servers), "--by", "pair", "--format", form)
    assert run(*asked, "--fail-on", "note").stdout == run(*asked).stdout
