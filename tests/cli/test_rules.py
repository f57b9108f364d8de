"""Which rule set analyses: the command line's, the configuration's, the default, tshark's."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.report.compare import FIELDS
from tcptui.report.tshark import nearest_rules
from tests.cli.running import run
from tests.corpus.made import ACK, Sent, capture_of, client, handshake, odds, reused_ports, server

SAMPLE = str(Path(__file__).parents[2] / "samples" / "openings.pcapng")


def rules_used(*arguments: str) -> str:
    return str(json.loads(run("report", *arguments, SAMPLE).stdout)["capture"]["rules"])


@pytest.mark.parametrize(
    ("configured", "arguments", "used"),
    [
        (None, [], "4.6"),
        ('rules = "4.0"', [], "4.0"),
        ('rules = "4.4"', [], "4.4"),
        ('rules = "4.4"', ["--rules", "4.0"], "4.0"),
        (None, ["--rules", "4.4"], "4.4"),
        ("palette = 1", [], "4.6"),
        ("rules = ", [], "4.6"),
    ],
)
def test_the_command_line_goes_before_the_configuration(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    configured: str | None,
    arguments: list[str],
    used: str,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if configured is not None:
        (tmp_path / "tcptui").mkdir()
        (tmp_path / "tcptui" / "config.toml").write_text(configured)
    assert rules_used(*arguments) == used


def test_rules_that_do_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = run("report", "--rules", "3.6", SAMPLE)
    assert (wrong.code, wrong.stderr) == (2, "tcptui: --rules 3.6: one of 4.0, 4.4, 4.6\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tcptui").mkdir()
    (tmp_path / "tcptui" / "config.toml").write_text("rules = [4]")
    told = run("report", SAMPLE)
    assert told.code == 0
    assert "rules is not one of 4.0, 4.4, 4.6; using 4.6" in told.stderr


@pytest.mark.parametrize("command", ["report", "packets"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"rules = ", "none of it is used: Invalid value (at end of document); using 4.6"),
        (b'rules = "4.0"\nrules = "4.4"\n', "none of it is used: Cannot overwrite a value"),
        (b"\xff\xfe", "none of it is used: 'utf-8' codec can't decode byte 0xff"),
        (None, "none of it is used: Is a directory; using 4.6"),
    ],
)
def test_a_configuration_that_is_of_no_use(
    content: bytes | None, said: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = tmp_path / "tcptui" / "config.toml"
    file.parent.mkdir()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    told = run(command, SAMPLE)
    assert (told.code, told.stderr.count("\n")) == (0, 1)
    assert f"tcptui: {file}: {said}" in told.stderr
    chosen = run(command, SAMPLE, "--rules", "4.4")
    assert (chosen.code, chosen.stderr) == (0, "")


@pytest.mark.parametrize(
    ("version", "rules", "has_its_own"),
    [
        ("TShark (Wireshark) 4.0.17 (Git v4.0.17).", "4.0", True),
        ("TShark (Wireshark) 4.4.19.", "4.4", True),
        ("TShark (Wireshark) 4.6.9.", "4.6", True),
        ("TShark (Wireshark) 5.0.0.", "4.6", True),
        ("TShark (Wireshark) 4.2.5 (Git).", "4.4", False),
        ("TShark (Wireshark) 3.6.2.", "4.0", False),
    ],
)
def test_compare_takes_the_rules_of_the_tshark_here(
    version: str, rules: str, has_its_own: bool
) -> None:
    nearest, note = nearest_rules(version)
    assert (nearest.name, note == "") == (rules, has_its_own)


TSHARK = """#!/bin/sh
case $1 in
--version) echo "TShark (Wireshark) {version} (Git).";;
-G) ;;
*) for frame in 1 2 3; do printf '%d{tabs}\\n' $frame; done;;
esac
"""
"""A tshark that knows three segments without flags."""


@pytest.mark.parametrize(
    ("version", "asked", "first_line", "rules"),
    [
        (
            "4.2.5",
            [],
            "Wireshark 4.2 has no rule set of its own here; using that of 4.4\n",
            "4.4",
        ),
        ("4.2.5", ["--rules", "4.0"], "", "4.0"),
        (
            "3.6.2",
            [],
            "Wireshark 3.6 has no rule set of its own here; using that of 4.0\n",
            "4.0",
        ),
        ("4.4.19", [], "", "4.4"),
        ("4.8.0", [], "", "4.6"),
    ],
)
def test_compare_says_whose_rules_it_takes(
    version: str,
    asked: list[str],
    first_line: str,
    rules: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tshark = tmp_path / "tshark"
    tshark.write_text(TSHARK.format(version=version, tabs=r"\t" * (len(FIELDS) - 1)))
    tshark.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    capture = tmp_path / "made.pcap"
    capture.write_bytes(capture_of(handshake()))
    done = run("compare", *asked, str(capture))
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.decode() == (
        f"{first_line}{rules} rules compared with TShark (Wireshark) {version} (Git), "
        "application decoders off\n3 TCP packets, 3 with exactly the same flags: 100.00000%\n"
    )


def test_compare_says_what_it_could_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tshark = tmp_path / "tshark"
    tshark.write_text(TSHARK.format(version="4.6.0", tabs=r"\t" * (len(FIELDS) - 1)))
    tshark.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    cut, empty = tmp_path / "cut.pcap", tmp_path / "empty.pcap"
    cut.write_bytes(capture_of(handshake())[:-4])
    empty.write_bytes(capture_of(iter(())))
    done = run("compare", str(cut), str(empty))
    damage, nothing = done.stderr.splitlines()
    assert damage.startswith(f"tcptui: {cut}, byte ")
    assert nothing == f"tcptui: {empty}: the capture has no packets"


def test_explain_shows_where_the_releases_differ() -> None:
    """A SYN comes again after 20 ms, but 1 ms after the peer's: only 4.6 asks for that."""
    told = run("explain", "--rules", "all", "--format", "json", SAMPLE, "13")
    verdicts = json.loads(told.stdout)
    assert [one["rules"] for one in verdicts] == ["4.0", "4.4", "4.6"]
    assert [set(one) for one in verdicts] == [{"rules", "analysis", "rule", "because", "not"}] * 3
    assert [one["rule"] for one in verdicts] == ["retransmission", "retransmission", "out_of_order"]
    assert [[refused["rule"] for refused in one["not"]] for one in verdicts] == [
        ["spurious_retransmission", "fast_retransmission", "out_of_order"],
        ["spurious_retransmission", "fast_retransmission", "out_of_order"],
        ["spurious_retransmission", "fast_retransmission"],
    ]
    assert {number["name"] for number in verdicts[2]["because"]} >= {"reorder_limit"}
    text = run("explain", "--rules", "all", SAMPLE, "13").stdout.decode()
    assert text.startswith("#13: the releases differ\nWireshark 4.0: retransmission\n")
    assert "Not out_of_order: comes too late (time since the highest end was reached" in text


STREAMS = "#7 begins a stream in 4.6, not in 4.0: a SYN behind a FIN or RST"
BEGINNINGS = "the stream begins with #1 in 4.0, with #7 in 4.6"
EXACT_ENDS = "4.0 takes only a segment that ends exactly where this one acknowledges"
NOTHING_ELSE = "4.0 tells nothing else of the analysis here, without which it is not shown"
FIRST_ACK = "4.6 counts from the peer's first acknowledgment on, and none has come"
AT_ONCE = "4.0 counts a SYN on ports used before at once"
AFTER_PSH = "tcp.analysis.push_bytes_sent"


def one_sided() -> Iterator[Sent]:
    """What the client sends alone, from the middle of a connection; then the server's ACK."""
    for i in range(2):
        yield client(i, ACK, 1001 + 100 * i, 5001, 500, 100)
    yield server(2, ACK, 5001, 1201, 500)
    yield client(3, ACK, 1201, 5001, 500, 100)


@pytest.mark.parametrize(
    ("make", "frame", "lines"),
    [
        (reused_ports, 9, [
            f"tcp.stream: 0 (4.0), 1 (4.4, 4.6): {STREAMS}",
            f"tcp.completeness: 23 (4.0), 3 (4.4, 4.6): {BEGINNINGS}",
            f"tcp.time_relative: 120 ms (4.0), 20.0 ms (4.4, 4.6): {BEGINNINGS}",
        ]),
        (reused_ports, 13, [
            f"tcp.stream: 1 (4.0), 3 (4.4, 4.6): {STREAMS}",
            f"tcp.completeness: 1 (4.0), 0 (4.4, 4.6): {AT_ONCE}",
        ]),
        (odds, 7, [
            f"tcp.analysis.acks_frame: none (4.0), 4 (4.4, 4.6): {EXACT_ENDS}",
            f"tcp.analysis.ack_rtt: none (4.0), 3.00 ms (4.4, 4.6): {EXACT_ENDS}",
            f"tcp.analysis.initial_rtt: none (4.0), 20.0 ms (4.4, 4.6): {NOTHING_ELSE}",
        ]),
        (one_sided, 2, [
            "tcp.completeness: 0 (4.0), 8 (4.4, 4.6): "
            "4.0 does not count what the stream's first segment, #1, shows",
            f"tcp.analysis.bytes_in_flight: 200 (4.0, 4.4), none (4.6): {FIRST_ACK}",
            f"{AFTER_PSH}: 200 (4.0, 4.4), none (4.6): {FIRST_ACK}",
        ]),
        (one_sided, 4, [f"{AFTER_PSH}: 300 (4.0, 4.4), 100 (4.6)"]),
    ],
)  # fmt: skip
def test_explain_shows_what_else_the_releases_give(
    tmp_path: Path, make: Callable[[], Iterator[Sent]], frame: int, lines: list[str]
) -> None:
    capture = tmp_path / "made.pcap"
    capture.write_bytes(capture_of(make()))
    text = run("explain", "--rules", "all", str(capture), str(frame)).stdout.decode()
    assert [line for line in text.splitlines() if line.startswith("tcp.")] == lines
    assert text.startswith((f"#{frame}: all releases give the same flags, but", f"#{frame}: the"))


def test_other_values_stand_behind_the_rules_in_json(tmp_path: Path) -> None:
    capture = tmp_path / "made.pcap"
    capture.write_bytes(capture_of(odds()))
    told = run("explain", "--rules", "all", "--format", "json", str(capture), "7")
    old, _, new = json.loads(told.stdout)
    assert set(old) == set(new) == {"rules", "analysis", "rule", "because", "not"}
    assert old["because"] == []
    assert old["not"] == [
        {"rule": "tcp.analysis.acks_frame", "why": f"not 4: {EXACT_ENDS}"},
        {"rule": "tcp.analysis.ack_rtt", "why": f"not 3.00 ms: {EXACT_ENDS}"},
        {"rule": "tcp.analysis.initial_rtt", "why": f"not 20.0 ms: {NOTHING_ELSE}"},
    ]
    assert new["because"] == [
        {"frame": 7, "name": "tcp.analysis.acks_frame", "value": 4},
        {"frame": 7, "name": "tcp.analysis.ack_rtt", "value": 0.003},
        {"frame": 7, "name": "tcp.analysis.initial_rtt", "value": 0.02},
    ]
    assert new["not"] == []


@pytest.mark.parametrize("command", ["report", "packets", "compare"])
def test_only_explain_shows_all_rules(command: str) -> None:
    refused = run(command, "--rules", "all", SAMPLE)
    assert (refused.code, refused.stdout) == (2, b"")
    assert "only explain shows all rules side by side" in refused.stderr


@pytest.mark.parametrize(
    ("field", "since"),
    [
        ("tcp.stream.pnum", "4.4"),
        ("tcp.completeness.str", "4.4"),
        ("tcp.completeness.syn-ack", "4.4"),
        ("tcp.analysis.partial_ack", "4.4"),
        ("tcp.analysis.scps_capable", "4.4"),
        ("tcp.analysis.ambiguous_ack", "4.6"),
        ("tcp.options.mss.exceeded", "4.6"),
        ("tcp.stream.client.contiguity_count", "4.6"),
        ("tcp.stream.server.contiguity_count", "4.6"),
    ],
)
@pytest.mark.parametrize("release", RULE_SETS)
def test_a_field_is_there_from_its_release_on(field: str, since: str, release: str) -> None:
    for asked in ("-e", "-Y"):
        done = run("packets", "--rules", release, asked, field, SAMPLE)
        if release >= since:
            assert done.code == 0
            assert done.stderr in ("", "tcptui: no segment matches the display filter\n")
        else:
            said = f"{field}: Wireshark {release} has no such field; {since} is the first"
            assert done.code == 2
            assert said in done.stderr
