"""Which rule set analyses: the command line's, the configuration's, the default, tshark's."""

import json
from pathlib import Path

import pytest

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
