"""Shells complete the command line by the scripts that `tcptui completion` prints."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import run

NAMES = "1.eth0 [Up, Running]\n2.any (Pseudo-device) [Up]\n"
"""What the stand-in for `tcptui -D` prints."""

COMPLETED = [
    ("tcptui re", {"report"}),
    ("tcptui report --format ", {"json", "jsonl", "csv", "md", "conn.log", "parquet"}),
    ("tcptui packets --format j", {"json"}),
    ("tcptui report --form", {"--format"}),
    ("tcptui compare --", {"--help", "--rules", "--threshold"}),
    ("tcptui -i ", {"eth0", "any"}),
    ("tcptui report -i e", {"eth0"}),
    ("tcptui -Q ", {"in", "out", "inout"}),
    ("tcptui explain --rules ", {"4.0", "4.4", "4.6", "all"}),
    ("tcptui graph --kind r", {"rtt", "refused", "reset"}),
    ("tcptui completion ", {"bash", "zsh", "fish"}),
    ("tcptui doctor ", {"clear-cache"}),
    ("tcptui report a", {"a b.pcap"}),
    ("tcptui -r a", {"a b.pcap"}),
]
"""A line, and what may stand where it ends."""

BASH = """
source ./script
COMP_WORDS=("$@"); COMP_CWORD=$(($#-1))
_tcptui
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = "source ./script; complete -C $argv[1]"
ZSH = """
compdef() { true }
_arguments() { print -rl -- "${@[3,-1]}" }
source ./script
words=("$@"); CURRENT=$#
_tcptui
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a capture, and with a tcptui that knows two interfaces."""
    (tmp_path / "a b.pcap").touch()
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "tcptui"
    program.write_text(f"#!/bin/sh\nprintf '%s' '{NAMES}'\n")
    program.chmod(0o755)
    return tmp_path


def ask(shell: str, folder: Path, *arguments: str) -> list[str]:
    """What a shell prints that has the script for it."""
    (folder / "script").write_bytes(run("completion", shell).stdout)
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    ended = subprocess.run(
        [shell, *arguments],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert ended.stderr == ""
    return [line for line in ended.stdout.splitlines() if line]


@pytest.mark.parametrize(("line", "expected"), COMPLETED, ids=[line for line, _ in COMPLETED])
def test_bash(folder: Path, line: str, expected: set[str]) -> None:
    words = line.split(" ")
    assert set(ask("bash", folder, "-c", BASH, "bash", *words)) >= expected
    if line[-1:] == " " or "=" in line:
        assert set(ask("bash", folder, "-c", BASH, "bash", *words)) == expected


def test_bash_completes_behind_an_equals_sign(folder: Path) -> None:
    words = ["tcptui", "report", "--format", "=", "c"]
    assert ask("bash", folder, "-c", BASH, "bash", *words) == ["csv", "conn.log"]


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
@pytest.mark.parametrize(("line", "expected"), COMPLETED, ids=[line for line, _ in COMPLETED])
def test_fish(folder: Path, line: str, expected: set[str]) -> None:
    offered = {
        row.split("\t")[0].replace("\\", "") for row in ask("fish", folder, "-c", FISH, line)
    }
    assert offered >= expected


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
def test_zsh_is_told_of_each_option_and_word(folder: Path) -> None:
    told = ask("zsh", folder, "-f", "-c", ZSH, "zsh", "tcptui", "report", "")
    assert "*--format=[write in this format]:FORMAT:(json csv md jsonl conn.log parquet)" in told
    assert any(row.startswith("*-i+[capture on NAME") for row in told)
    assert not any("--threshold" in row for row in told)
    assert told[-1] == "*:word:_files"


@pytest.mark.parametrize("words", [["completion"], ["completion", "tcsh"]])
def test_a_shell_must_be_named(words: list[str]) -> None:
    ended = run(*words)
    assert (ended.code, ended.stdout) == (2, b"")
    assert "completion needs a shell: tcptui completion bash|zsh|fish" in ended.stderr
