"""Each command line of the table comes to what the table says."""

import pytest

from tests.cli.command_lines import command_lines, outcome_of, words_of


def test_the_table_is_long_and_says_nothing_twice() -> None:
    lines = [arguments for arguments, _ in command_lines()]
    assert len(lines) >= 200
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize(("arguments", "outcome"), list(command_lines()))
def test_command_line(arguments: str, outcome: str) -> None:
    assert outcome_of(arguments) == outcome


def test_a_byte_that_is_no_text_is_one_argument() -> None:
    assert words_of(r"report 'caf\xe9' 'a\x0ab'") == ["report", "caf\udce9", "a\nb"]
