"""`-w` where files are read: what is written, when it appears, and what is left alone."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tcptui.capture.source import open_source
from tests.capture.reading import rows
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "openings.pcapng"
FRAMES = 19
PROGRAM = [sys.executable, "-m", "tcptui.cli"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
PATIENCE = 10.0


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command line of bash in `folder`; `tcptui` is the one under test."""
    line = f'tcptui() {{ "{sys.executable}" -m tcptui.cli "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, check=False, cwd=folder, env=ENVIRONMENT
    )


def count(path: Path) -> int:
    source = open_source([str(path)])
    found = len(rows(source))
    source.close()
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a capture, a hard link to it, and a file that is precious."""
    shutil.copy(SAMPLE, tmp_path / "v.pcapng")
    (tmp_path / "link").hardlink_to(tmp_path / "v.pcapng")
    (tmp_path / "old").write_bytes(b"precious")
    (tmp_path / "broken").write_bytes(b"This is a text, and no capture at all.")
    return tmp_path


ONTO_ITSELF = [
    "tcptui packets - -c 3 -w v.pcapng < v.pcapng",
    "tcptui packets -r - -w v.pcapng < v.pcapng",
    "tcptui packets - -w link < v.pcapng",
    "tcptui packets /dev/stdin -w v.pcapng < v.pcapng",
    "tcptui packets /dev/fd/9 -w v.pcapng 9< v.pcapng",
    "tcptui packets v.pcapng -w /dev/stdin < v.pcapng",
    "tcptui packets v.pcapng -w /dev/fd/9 9<> v.pcapng",
    "tcptui packets v.pcapng -w - 1<> v.pcapng",
    "tcptui packets v.pcapng -w /dev/stdout 1<> v.pcapng",
    "tcptui packets - -w $PWD/./v.pcapng < v.pcapng",
    "tcptui packets --follow - -w v.pcapng < v.pcapng",
]


@pytest.mark.parametrize("command", ONTO_ITSELF)
def test_the_capture_that_is_read_is_not_written_over(folder: Path, command: str) -> None:
    done = shell(command, folder)
    assert b"this is the capture being read; name another file" in done.stderr
    assert done.returncode == 3
    assert (folder / "v.pcapng").read_bytes() == SAMPLE.read_bytes()


WRONG = [
    ("tcptui packets broken", 3, "not a"),
    ("tcptui packets -", 3, "the file is empty"),
    ("tcptui packets nowhere", 3, "no such file"),
    ("tcptui packets v.pcapng nowhere", 3, "no such file"),
    ("tcptui packets -r v.pcapng tcp prt 80", 2, "syntax error"),
    ("tcptui packets v.pcapng -Y tcp.prt", 2, "tcp.p"),
    ("tcptui packets v.pcapng -e tcp.prt", 2, "tcp.p"),
    ("tcptui packets v.pcapng -c x", 2, "a number"),
    ("tcptui packets v.pcapng -C 5", 2, "-C only works"),
    ("tcptui explain v.pcapng 999", 2, "frames 1 to 19"),
    ("tcptui packets -r v.pcapng -w", 2, "-w"),
]


@pytest.mark.parametrize(("command", "code", "words"), WRONG)
@pytest.mark.parametrize("name", ["old", "new.pcapng"])
def test_nothing_is_touched_where_something_is_wrong(
    folder: Path, command: str, code: int, words: str, name: str
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    option = "" if command.endswith("-w") else f"-w {name}"
    done = shell(f"{command} {option} < /dev/null", folder)
    assert words in done.stderr.decode()
    assert done.returncode == code
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


NAMES = [
    ("''", 2, "-w needs the name of a file"),
    (".", 3, ".: is a directory; name a file in it"),
    ("new/", 3, "new/: is a directory"),
    ("no/new", 3, "no/new: no such file or directory"),
    ("old/new", 3, "old/new: not a directory"),
    ("$(printf a%.0s {1..256})", 3, "file name too long"),
    ("$'no/\\e]0;x\\a'", 3, r"no/\x1b]0;x\x07: no such file"),
    ("/dev/fd/77", 3, "bad file descriptor"),
    ("/dev/full", 3, "no space left on device; make room"),
    ("old > old", 3, "old: tcptui writes its output there already"),
]


@pytest.mark.parametrize(("name", "code", "words"), NAMES)
def test_a_file_that_cannot_be(folder: Path, name: str, code: int, words: str) -> None:
    names = {path.name for path in folder.iterdir()}
    done = shell(f"tcptui packets v.pcapng -w {name}", folder)
    lines = done.stderr.decode().splitlines()
    assert words in lines[0]
    assert len(lines) == 1
    assert done.returncode == code
    assert {path.name for path in folder.iterdir()} == names


@pytest.mark.parametrize(
    ("command", "frames"),
    [
        ("tcptui packets v.pcapng -w new", FRAMES),
        ("tcptui packets v.pcapng -c 3 -w new", 3),
        ("tcptui packets - -c 3 -w new < v.pcapng", 3),
        ("tcptui explain v.pcapng 2 -w new", FRAMES),
        ("tcptui report v.pcapng -w new", FRAMES),
        ("tcptui -r v.pcapng -w new", FRAMES),
        ("tcptui packets v.pcapng -w $'\\xff' && mv $'\\xff' new", FRAMES),
        ("tcptui packets v.pcapng -w - > new", FRAMES),
        ("tcptui report v.pcapng -w /dev/stdout > new", FRAMES),
        ("tcptui -r v.pcapng -w - > new", FRAMES),
        ("tcptui packets v.pcapng -w /dev/fd/9 9> new", FRAMES),
        ("tcptui -r v.pcapng -w - | cat > new", FRAMES),
        ("tcptui packets v.pcapng -w >(cat > new); sleep 1", FRAMES),
        ("ln -s new there; tcptui packets v.pcapng -w there", FRAMES),
        ("tcptui packets v.pcapng -w old; mv old new", FRAMES),
        ("head -c 900 v.pcapng > cut; tcptui packets cut -w new", 5),
        ("tcptui packets v.pcapng -w new | true", FRAMES),
        ("cat v.pcapng | tcptui packets - -w new | true", FRAMES),
    ],
)
def test_written(folder: Path, command: str, frames: int) -> None:
    done = shell(command, folder)
    assert done.returncode == 0, done.stderr
    assert count(folder / "new") == frames
    assert not list(folder.glob(".tcptui-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("given", ["stream", "followed"])
def test_an_interrupt_is_the_end_of_what_goes_on_by_itself(
    folder: Path, number: signal.Signals, given: str
) -> None:
    words = ["-"] if given == "stream" else ["--follow", "v.pcapng"]
    process = start(["packets", *words, "-w", "old"], folder)
    assert process.stdin
    assert process.stdout
    process.stdin.write(SAMPLE.read_bytes())
    process.stdin.flush()
    while b"\n19\t" not in b"\n" + process.stdout.readline():
        assert process.poll() is None
    assert (folder / "old").read_bytes() == b"precious"
    process.send_signal(number)
    process.stdout.read()
    assert process.wait(PATIENCE) == 0
    assert count(folder / "old") == FRAMES
    assert not list(folder.glob(".tcptui-*"))


def test_an_interrupt_of_a_file_leaves_what_was_there(folder: Path) -> None:
    """It comes as soon as there is a temporary file, and so at any place from there on."""
    many = [str(SAMPLE)] * 100
    process = start(["packets", *many, "-w", "old"], folder)
    wait_until(lambda: list(folder.glob(".tcptui-*")))
    process.send_signal(signal.SIGINT)
    assert process.stdout
    process.stdout.read()
    assert process.wait(PATIENCE) == 130
    assert (folder / "old").read_bytes() == b"precious"
    assert not list(folder.glob(".tcptui-*"))


def start(arguments: Sequence[str], folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=folder, env=ENVIRONMENT,
    )  # fmt: skip
