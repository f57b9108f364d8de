"""Connections that hang, on the screen while they do: real kernels, the program in a terminal."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.network import PORT, Lab, possible
from tests.lab.scenarios import talk

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0
DEAF_PORT = 8081
"""The server discards what comes to this port."""

HANGS = {
    "FIN-WAIT-2": r"the server has not closed for \d",
    "half-open": r"nothing from the server for \d",
    "SYN time-out": r"client's next SYN in \d",
}


class Terminal:
    """A program in a terminal of 160×48."""

    def __init__(self, name: str, command: str) -> None:
        self.socket = f"tcptui-{name}"
        self.tmux("new-session", "-d", "-x", "160", "-y", "48", command)

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self.socket, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def text(self) -> str:
        """What stands there now."""
        return self.tmux("capture-pane", "-p")

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], capture_output=True)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    reason = possible() or ("" if shutil.which("tmux") else "no tmux")
    if reason:
        pytest.skip(reason)
    with Lab("live-screen", 99, tmp_path).running() as running:
        yield running


@pytest.fixture
def terminal(lab: Lab) -> Iterator[Terminal]:
    """The program, capturing at the client."""
    python = f"env -u COLUMNS -u LINES PYTHONPATH={ROOT} {sys.executable} -m tcptui.cli --no-calm"
    one = Terminal(str(os.getpid()), f"ip netns exec {lab.client.namespace} {python} -i wire tcp")
    try:
        await_text(one, "captured")
        yield one
    finally:
        one.close()


def await_text(terminal: Terminal, wanted: str) -> str:
    """What the terminal shows once that is among it."""
    deadline = time.monotonic() + PATIENCE
    while not re.search(wanted, text := terminal.text()):
        assert time.monotonic() < deadline, f"no {wanted!r} in\n{text}"
        time.sleep(0.2)
    return text


def test_hangs_are_on_the_screen_while_they_last(lab: Lab, terminal: Terminal) -> None:
    listener = lab.server.listen()
    close_one_side(lab, listener)
    leave_half_open(lab, listener)
    call_in_vain(lab)
    await_text(terminal, r"flows\b.* 3|\b3 flows")
    missing = dict(HANGS)
    deadline = time.monotonic() + PATIENCE
    while missing:
        assert time.monotonic() < deadline, f"{missing} not in\n{terminal.text()}"
        for key in ("Home", "Down", "Down"):
            terminal.tmux("send-keys", key)
            time.sleep(0.5)
            text = terminal.text()
            missing = {what: how for what, how in missing.items() if not re.search(how, text)}
    assert "FIN-WAIT-2" in text or "FIN-WAIT-2" in terminal.text()


def close_one_side(lab: Lab, listener: socket.socket) -> None:
    """The client is done, the server forgets to close: FIN-WAIT-2 and CLOSE-WAIT."""
    caller, callee = lab.connect(listener)
    talk(caller, callee)
    caller.shutdown(socket.SHUT_WR)


def leave_half_open(lab: Lab, listener: socket.socket) -> None:
    """The server is gone without a word, and the client goes on asking."""
    caller, callee = lab.connect(listener)
    talk(caller, callee)
    port = caller.getsockname()[1]
    lab.server.drop("output", f"tcp sport {PORT} tcp dport {port}")
    lab.server.drop("input", f"tcp dport {PORT} tcp sport {port}")
    caller.sendall(b"are you there?")


def call_in_vain(lab: Lab) -> None:
    """Nobody answers a SYN."""
    lab.server.drop("input", f"tcp dport {DEAF_PORT}")
    caller = lab.client.open_socket()
    caller.setblocking(False)
    caller.connect_ex((lab.server.address, DEAF_PORT))
