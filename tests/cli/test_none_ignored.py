"""Every option with every command: what it asks for is kept, refused by its name, or said to do
nothing."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tcptui.cli.options import COMMANDS, LIVE, OPTIONS, options_beside, options_of
from tcptui.cli.parser import parse
from tcptui.cli.request import UsageError
from tcptui.cli.screen import comes_up
from tcptui.cli.tcpdump import Meaning

SAMPLE: Final = str(Path(__file__).parents[2] / "samples" / "web-loss.pcapng")
INPUTS: Final = {
    "open": "F", "report": "F", "packets": "F", "compare": "F", "explain": "F 7",
    "between": "F ssh://host/eth0", "graph": "F 0 --kind rtt", "sweep": "F -o out",
    "doctor": "", "completion": "bash",
}  # fmt: skip
"""What each command is given beside its options."""
VALUES: Final = {
    "--bin": "3", "-c": "9", "-C": "9", "--by": "server", "--fail-on": "note", "-G": "9",
    "--jobs": "9",
    "--height": "9", "--keep-flows": "9", "--keep-packets": "9", "--kind": "window",
    "--prefix": "9", "-Q": "in", "--direction": "in", "--rules": "4.0", "-s": "99",
    "--snapshot-length": "99", "--spool-size": "9m", "--threshold": "9", "-W": "9",
    "--width": "99", "-Z": "root", "--relinquish-privileges": "root", "-B": "9",
    "--buffer-size": "9", "--workers": "9", "--scheduler": "tcp://host:1", "--host-from": "(x)",
}  # fmt: skip
"""Values of the options that do not take every text."""
RULES: Final = ("-n", "-l", "-U", "--no-cache", "--packet-buffered", "--print")
"""Accepted because they ask for what is always so."""
NAMES: Final = sorted({name for one in OPTIONS for name in one.names if not one.command})
"""All but those that stand for a command, whatever else is asked for."""


def words_of(command: str, name: str) -> list[str]:
    """A command line with an option that a command takes, or that others do."""
    option = options_beside(command)[name]
    value = VALUES.get(name, __file__ if name in ("-F", "-V") else "x")
    if name == "--format":
        value = (COMMANDS[command].formats or ("json",))[-1]
    source = INPUTS[command]
    if option.live and command in option.commands:
        source = "-i lo"
    elif option.field == "files" or (option.field == "interfaces" and command in LIVE):
        source = source.removeprefix("F")
    elif name == "-F" and command in LIVE:
        source = "-r F"
    return [*line_of(command, source), name, *([value] if option.metavar else [])]


def line_of(command: str, source: str) -> list[str]:
    """A command line with what a command reads."""
    return [*([] if command == "open" else [command]), *source.split()]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", NAMES)
def test_no_option_is_ignored(command: str, name: str) -> None:
    words = words_of(command, name)
    option = options_of(command).get(name)
    if option is None or option.tcpdump is Meaning.REFUSED:
        with pytest.raises(UsageError) as refused:
            parse(words)
        assert name in str(refused.value)
        return
    asked = parse(words)
    without = parse(line_of(command, INPUTS[command]))
    assert asked.parts() != without.parts() or name in (*asked.unheeded, *RULES)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_value_that_shells_complete_is_taken(command: str) -> None:
    for name, option in options_of(command).items():
        for value in option.completes if isinstance(option.completes, tuple) else ():
            parse([*words_of(command, name)[:-1], value])


PRINTING: Final = [
    "--format json", "--evidence", "--no-findings", "--by server", "--prefix 9", "--fail-on note",
]  # fmt: skip


@pytest.mark.parametrize("options", PRINTING)
def test_no_screen_comes_where_something_printed_is_asked_for(
    options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert comes_up(parse(["F"]))
    assert not comes_up(parse(["F", *options.split()]))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--format csv --ascii F", "--ascii: of the screen, without effect where"),
        ("--format csv -tt --calm F", "-t, --calm: of the screen, without effect where"),
        ("--format csv --root x F", "--root: of the data set of a sweep, without effect on"),
        ("report -s 99 -p F", "-s, -p: accepted as tcpdump's, without effect here"),
    ],
)
def test_who_types_is_told_what_has_no_effect(line: str, said: str) -> None:
    words = [SAMPLE if word == "F" else word for word in line.split()]
    master, slave = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "tcptui.cli", *words],
        cwd=Path(__file__).parents[2], stdout=slave, stderr=slave, stdin=slave, check=True,
    )  # fmt: skip
    os.close(slave)
    told = os.read(master, 1 << 16).decode()
    os.close(master)
    assert told.count(said) == told.count("tcptui:") == 1
