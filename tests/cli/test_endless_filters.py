"""A filter that would take for ever ends by itself, and at an interrupt at once."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.filters.samples import BOMB, BOMB_TEXT, frames_of, write_capture

ROOT = Path(__file__).parents[2]
PATIENT = """
from tcptui.filters.search import Channel, Searcher
from tcptui.start import run

ask = Channel.ask
Searcher.seconds_per_block = 600.0

def told(channel, *rest):
    print("searching", channel.process.pid, flush=True)
    return ask(channel, *rest)

Channel.ask = told
run()
"""
"""The program with a budget that the test does not live to see the end of."""


@pytest.fixture
def bomb(tmp_path: Path) -> str:
    return str(write_capture(tmp_path / "bomb.pcap", frames_of(BOMB_TEXT)))


@pytest.mark.parametrize("command", ["packets", "report"])
@pytest.mark.parametrize("text", [BOMB, f"tcp.len > 0 and not {BOMB}"])
def test_it_is_wrong_use_with_the_frame_and_the_expression(
    command: str, text: str, bomb: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tcptui.cli", command, bomb, "-Y", text],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"tcptui: frame 3: {BOMB} was given up after 1 s of computing; write it with fewer repeats"
    ]


@pytest.mark.parametrize("command", ["packets", "report"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_an_interrupt_ends_the_search(
    command: str, number: signal.Signals, code: int, bomb: str
) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PATIENT, command, bomb, "-Y", BOMB],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert program.stdout is not None
    line = next(line for line in program.stdout if "searching" in line)
    try:
        program.send_signal(number)
        assert program.wait(30) == code
    finally:
        with suppress(ProcessLookupError):
            os.kill(int(line.split()[-1]), signal.SIGKILL)
        program.kill()
        program.communicate()


@pytest.mark.parametrize(
    "text",
    [
        b'tcp.payload contains "\xff"',
        b'tcp.payload matches "\xff\xfe"',
        b"\xff",
        b"flow.state == \xc3",
        b'tcp.payload contains "\\x"',
        b'tcp.payload matches "a{99999999999}"',
        b"tcp.port in {" + b"1," * 60_000 + b"1}",
        b"(" * 60_000,
    ],
    ids=lambda text: text[:30].decode("ascii", "backslashreplace"),
)
def test_a_strange_filter_is_wrong_use(text: bytes, bomb: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tcptui.cli", "packets", bomb, "-Y", text],
        capture_output=True, check=False, cwd=ROOT,
    )  # fmt: skip
    said = done.stderr.decode()
    expected = 0 if b"1,1," in text else 2
    assert done.returncode == expected
    assert "bug" not in said
    assert "Traceback" not in said
    assert len(said) < 1000
