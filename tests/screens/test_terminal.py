"""The terminal is as before after any exit: tried in a pseudo-terminal."""

import os
import pty
import select
import signal
import sys
import termios
import time

import pytest

from tests.screens.opened import LOSSY

PROGRAM = """
import os, sys
from tcptui.captures import Captures
from tcptui.app import run
captures = Captures({})
code = run(captures, captures.files([sys.argv[1]]))
os._exit(code)
"""
ALTERNATE_SCREEN_ON, ALTERNATE_SCREEN_OFF = b"\x1b[?1049h", b"\x1b[?1049l"
CURSOR_ON = b"\x1b[?25h"
PATIENCE = 20.0


def read_until(fd: int, wanted: bytes) -> bytes:
    """What the program writes, until something comes."""
    got = b""
    end = time.monotonic() + PATIENCE
    while wanted not in got and time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                got += os.read(fd, 65536)
            except OSError:
                break
    return got


@pytest.mark.parametrize("way", ["q", signal.SIGTERM, signal.SIGHUP], ids=str)
def test_terminal_is_restored(way: str | signal.Signals) -> None:
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM, str(LOSSY)])
    before = termios.tcgetattr(fd)[3]
    assert ALTERNATE_SCREEN_ON in read_until(fd, b"Flows")
    if isinstance(way, str):
        os.write(fd, way.encode())
    else:
        os.kill(pid, way)
    rest = read_until(fd, ALTERNATE_SCREEN_OFF)
    rest += read_until(fd, CURSOR_ON) if CURSOR_ON not in rest else b""
    assert ALTERNATE_SCREEN_OFF in rest
    assert CURSOR_ON in rest
    _, status = os.waitpid(pid, 0)
    expected = 0 if isinstance(way, str) else 128 + way
    assert os.waitstatus_to_exitcode(status) == expected
    assert before & termios.ECHO
    os.close(fd)
