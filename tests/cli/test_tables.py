"""Formats that are no text go to files and pipes, and say what they need."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import run

SAMPLE = str(Path(__file__).parents[2] / "samples" / "web-loss.pcapng")
FORMATS = (("packets", "parquet"), ("packets", "arrow"), ("report", "parquet"))


@pytest.mark.parametrize(("command", "form"), FORMATS)
def test_without_pyarrow_the_line_says_what_to_install(
    command: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ended = run(command, SAMPLE, "--format", form)
    said = f"tcptui: --format {form} needs pyarrow: pip install 'tcptui[data]'\n"
    assert ended == (2, b"", said)


@pytest.mark.parametrize(("command", "form"), FORMATS)
def test_a_terminal_is_refused(command: str, form: str) -> None:
    master, slave = pty.openpty()
    words = [sys.executable, "-m", "tcptui", command, SAMPLE, "--format", form]
    ended = subprocess.run(words, stdout=slave, stderr=subprocess.PIPE, check=False, text=True)
    os.close(slave)
    os.close(master)
    said = f"tcptui: --format {form}: this is a terminal; redirect it: > FILE.{form}\n"
    assert (ended.returncode, ended.stderr) == (2, said)


@pytest.mark.parametrize("arguments", [["--evidence"], ["--by", "server"]])
def test_what_a_table_has_no_place_for(arguments: list[str]) -> None:
    assert run("report", SAMPLE, "--format", "parquet", *arguments).code == 2


@pytest.mark.parametrize(("command", "form"), FORMATS)
def test_a_pipe_that_nobody_reads_is_no_fault(command: str, form: str) -> None:
    pytest.importorskip("pyarrow", reason="tables need pyarrow: pip install '.[test]'")
    line = f"'{sys.executable}' -m tcptui {command} '{SAMPLE}' --format {form}; echo $? >&2"
    ended = subprocess.run(
        ["bash", "-c", f"({line}) | true"], capture_output=True, check=False, text=True
    )
    assert ended.stderr == "0\n"
