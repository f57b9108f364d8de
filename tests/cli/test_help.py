"""`--help` says what the table of options says, for each command."""

import shlex
from collections.abc import Iterator

import pytest

from tcptui.cli.help import WIDTH, obeyed_by
from tcptui.cli.options import COMMAND_WORDS, COMMANDS, EVERY, OPTIONS, Option
from tcptui.cli.parser import parse
from tcptui.cli.request import Request
from tests.cli.running import run


def help_of(command: str) -> str:
    """What `tcptui COMMAND --help` prints; of the program itself for `open`."""
    ended = run(*([] if command == "open" else [command]), "--help")
    assert (ended.code, ended.stderr) == (0, "")
    return ended.stdout.decode()


def example_lines() -> Iterator[tuple[str, str]]:
    """Each example of the help, with the command that it is for."""
    for command, about in COMMANDS.items():
        for line, _ in about.examples:
            yield command, line


@pytest.mark.parametrize("command", EVERY)
def test_a_command_lists_what_it_obeys_and_nothing_else(command: str) -> None:
    listed = {
        name.strip()
        for line in help_of(command).splitlines()
        if line.startswith("  -")
        for name in line.removeprefix("  ").split("  ")[0].replace(",", " ").split()
        if name.startswith("-")
    }
    assert listed == {name for option in obeyed_by(command) for name in option.names}


def test_letters_of_tcpdump_stand_in_one_paragraph() -> None:
    said = " ".join(help_of("report").split())
    assert "tcpdump's, accepted without effect (docs/tcpdump.md): -A, -a, -b, -e, -E SECRET" in said
    assert "tcpdump's, accepted" not in help_of("compare")


@pytest.mark.parametrize("command", EVERY)
def test_it_fits_a_small_terminal_and_begins_with_the_usage(command: str) -> None:
    lines = help_of(command).splitlines()
    assert lines[0] == f"usage: tcptui {COMMANDS[command].usage[0]}"
    assert max(map(len, lines)) <= WIDTH
    assert "examples:" in lines


def test_the_overview_names_every_command() -> None:
    lines = help_of("open").splitlines()
    for word in COMMAND_WORDS:
        assert f"  {word:<12}{COMMANDS[word].summary}" in lines


@pytest.mark.parametrize("words", ["report --help", "--help report", "-h report F", "report F -h"])
def test_help_is_about_the_command_wherever_it_stands(words: str) -> None:
    assert run(*words.split()).stdout.decode() == help_of("report")


@pytest.mark.parametrize(("command", "line"), list(example_lines()))
def test_examples_are_command_lines(command: str, line: str) -> None:
    assert parse(shlex.split(line)).command == command


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.names[-1])
def test_a_row_has_a_place_for_its_value(option: Option) -> None:
    stored = vars(option.part())
    assert option.field in stored if option.field else option.part is Request
    assert set(option.commands) <= set(EVERY)
