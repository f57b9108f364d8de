"""The screen finds its terminal, and leaves it as it was after any exit: in a pseudo-terminal."""

import os
import pty
import re
import select
import signal
import sys
import termios
import time
from pathlib import Path

import pytest

from tcptui.capture.spool import is_alive
from tests.screens.opened import LOSSY
from tests.waiting import wait_until

PROGRAM = """
import os, sys
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.app import run
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
captures = Captures(CaptureOptions(), WIRESHARK_4_0)
code = run(captures, captures.open_files([sys.argv[1]]))
os._exit(code)
"""
ALTERNATE_SCREEN_ON, ALTERNATE_SCREEN_OFF = b"\x1b[?1049h", b"\x1b[?1049l"
CURSOR_ON = b"\x1b[?25h"
PATIENCE = 20.0

ENDS = " ".join(f"samples/both-ends-{end}.pcapng" for end in ("client", "server"))


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


ROOT = Path(__file__).parents[2]
COMMAND = f"{sys.executable} -m tcptui"


class Shell:
    """A shell in a terminal of its own that runs one line; ``drawn`` is what came from it."""

    def __init__(self, line: str) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.environ["TERM"] = "xterm-256color"
            os.execvp("bash", ["bash", "-c", f"{line}; echo code=$?"])
        self.drawn = b""

    def await_text(self, wanted: bytes) -> bytes:
        if wanted not in self.drawn:
            self.drawn += read_until(self.fd, wanted)
        assert wanted in self.drawn, self.drawn[-2000:]
        return self.drawn

    def press(self, keys: bytes) -> None:
        os.write(self.fd, keys)

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


SGR = re.compile(rb"\x1b\[([0-9;]*)m")
COLORS = {str(code).encode() for code in (*range(30, 39), *range(40, 49), *range(90, 108))}


def test_no_color_sends_none() -> None:
    """Nor greys; what is bold or reversed stays so, like the title of the pane with the focus."""
    shell = Shell(f"NO_COLOR=1 {COMMAND} {LOSSY}")
    shell.await_text(b"Flows")
    shell.press(b"q")
    sent = shell.await_text(b"code=0")
    codes = {code for found in SGR.findall(sent) for code in found.split(b";")}
    assert codes & COLORS == set()
    assert {b"1", b"7"} <= codes
    shell.end()


@pytest.mark.parametrize(
    "streams",
    ["", "2>/dev/null", "2>&-", "</dev/null", "<&-", "<&- 2>&-", "</dev/null 2>/dev/null"],
)
def test_the_screen_draws_and_reads_keys_whatever_its_streams_are(streams: str) -> None:
    shell = Shell(f"{COMMAND} {LOSSY} {streams}")
    shell.await_text(ALTERNATE_SCREEN_ON)
    shell.await_text(b"Flows")
    shell.press(b"q")
    assert ALTERNATE_SCREEN_OFF in shell.await_text(b"code=0")
    shell.end()


def test_without_any_terminal_to_draw_on_nothing_begins(tmp_path: Path) -> None:
    said = tmp_path / "said"
    shell = Shell(f"setsid -w {COMMAND} {LOSSY} 2>{said}")
    assert ALTERNATE_SCREEN_ON not in shell.await_text(b"code=2")
    assert said.read_text().startswith("tcptui: stderr is not a terminal, and /dev/tty cannot be")
    shell.end()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no capture at all, but a text\n", b"not a capture"),
        (b"", b"the file is empty"),
        (LOSSY.read_bytes()[:10], b"the file ends in the middle of"),
        (bytes.fromhex("1f8b08000000000000ff") + b"no deflate", b"damaged"),
        (None, b"no such file"),
    ],
    ids=["text", "empty", "truncated", "gzip", "missing"],
)
@pytest.mark.parametrize("beside", [[], [LOSSY]], ids=["alone", "second"])
def test_what_is_no_capture_opens_no_screen(
    tmp_path: Path, content: bytes | None, said: bytes, beside: list[Path]
) -> None:
    path = tmp_path / "x.pcap"
    if content is not None:
        path.write_bytes(content)
    elif beside:
        path = tmp_path
        said = b"directory"
    damaged = beside and said in (b"the file ends in the middle of", b"damaged")
    shell = Shell(f"{COMMAND} {' '.join(map(str, [*beside, path]))}")
    if damaged:  # the other one can be read
        shell.await_text(b"Flows")
        shell.press(b"q")
        shell.await_text(b"code=0")
    else:
        drawn = shell.await_text(b"code=3")
        assert ALTERNATE_SCREEN_ON not in drawn
        assert said in drawn
    shell.end()


@pytest.mark.parametrize(
    ("words", "code", "drawn", "has_screen"),
    [
        (f"{ENDS}", 0, b"Beyond", True),
        (f"--format md {ENDS}", 0, b"**Between", False),
        (f"{ENDS} nowhere.pcap", 3, b"no such file", False),
    ],
)
def test_two_points_have_a_screen_unless_a_format_is_asked_for(
    words: str, code: int, drawn: bytes, has_screen: bool
) -> None:
    shell = Shell(f"{COMMAND} between {words}")
    shell.await_text(drawn)
    if has_screen:
        shell.press(b"q")
    said = shell.await_text(b"code=%d" % code)
    assert (ALTERNATE_SCREEN_ON in said) == has_screen
    shell.end()


def test_a_stream_that_is_no_capture_ends_the_screen() -> None:
    shell = Shell(f"echo no capture at all | {COMMAND} -")
    drawn = shell.await_text(b"code=3")
    before, _, after = drawn.partition(ALTERNATE_SCREEN_OFF)
    assert ALTERNATE_SCREEN_ON in before
    assert b"tcptui: standard input: this is not a capture" in after
    shell.end()


def test_a_pipe_that_nobody_writes_to_does_not_keep_the_screen_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    shell = Shell(f"{COMMAND} {tmp_path / 'pipe'}")
    shell.await_text(b"Flows")
    shell.press(b"q")
    shell.await_text(b"code=0")
    shell.end()


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, None], ids=str)
def test_the_spool_goes_with_the_screen(tmp_path: Path, way: signal.Signals | None) -> None:
    """Also where the terminal itself is closed."""
    shell = Shell(f"cat {LOSSY} - </dev/tty | exec {COMMAND} --spool {tmp_path} -")
    shell.await_text(b"Flows")
    (spool,) = tmp_path.iterdir()
    pid = int(spool.name.split("-")[1])
    if way is None:
        os.close(shell.fd)
    else:
        os.kill(pid, way)
        shell.await_text(ALTERNATE_SCREEN_OFF)
    wait_until(lambda: not is_alive(pid))
    assert list(tmp_path.iterdir()) == []
    if way is None:
        os.waitpid(shell.pid, 0)
    else:
        shell.end()


FROZEN = """
import sys, time
from pathlib import Path
from tcptui.app import TcptuiApp
from tcptui.start import run

def hang(app):
    Path(__file__).with_name("hangs").touch()
    time.sleep(60)

TcptuiApp.collect_garbage = hang
run()
"""


def test_the_second_signal_gives_the_terminal_back_where_the_screen_hangs(tmp_path: Path) -> None:
    program = tmp_path / "frozen.py"
    program.write_text(FROZEN)
    line = f"PYTHONPATH={ROOT} {sys.executable} {program} {LOSSY} & echo pid=$!; fg"
    shell = Shell(f"set -m; {line}")
    pid = int(shell.await_text(b"Flows").split(b"pid=")[1].split()[0])
    wait_until((tmp_path / "hangs").exists)
    for _ in range(2):
        os.kill(pid, signal.SIGTERM)
        time.sleep(0.2)  # two at once are one
    drawn = shell.await_text(b"code=143")
    assert ALTERNATE_SCREEN_OFF in drawn
    assert CURSOR_ON in drawn
    shell.end()


WITHOUT_A_THREAD = """
import sys, threading
from tcptui.start import run
class Thread(threading.Thread):
    def start(self):
        if self.name == {name!r}:
            raise RuntimeError("can't start new thread")
        super().start()
threading.Thread = Thread
run()
"""


@pytest.mark.parametrize("name", ["session", "textual-output", "textual-input"])
def test_a_screen_that_lacks_a_thread_is_one_line(tmp_path: Path, name: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(WITHOUT_A_THREAD.format(name=name))
    shell = Shell(f"PYTHONPATH={ROOT} {sys.executable} {program} {LOSSY}")
    drawn = shell.await_text(b"code=1")
    assert drawn.count(b"tcptui: the system starts no more threads") == 1
    assert b"Traceback" not in drawn
    assert drawn.rfind(ALTERNATE_SCREEN_ON) <= drawn.rfind(ALTERNATE_SCREEN_OFF)
    shell.end()
