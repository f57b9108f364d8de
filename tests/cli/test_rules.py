"""Which rule set analyses: the command line's, the configuration's, the default, tshark's."""

import json
from pathlib import Path

import pytest

from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.report.tshark import nearest_rules
from tests.cli.running import run

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
    assert "rules is none of 4.0, 4.4, 4.6: 4.6 then" in told.stderr


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
            assert (done.code, done.stderr) == (0, "")
        else:
            said = f"{field}: Wireshark {release} has no such field; {since} is the first"
            assert done.code == 2
            assert said in done.stderr
