"""What the screen sends to the terminal: bytes per key in a pseudo-terminal of 160×48.

    python benchmarks/screen_bytes.py CAPTURE [--local]

Starts the screen in calm mode (``--local``: as on the user's own machine), presses keys and counts
what comes out: at once, and until nothing more comes.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

COLUMNS, LINES = 160, 48
PROGRAM = """
import os, sys
calm = sys.argv[2] == "calm"
if calm:
    os.environ.update(TEXTUAL_ANIMATIONS="none", TEXTUAL_FPS="15")
from tcptui.engine.engine import Engine
from tcptui.session import Session
session = Session([sys.argv[1]], Engine())
from tcptui.app import run
run(session, files=[sys.argv[1]], calm=calm)
os._exit(0)
"""


class Terminal:
    """The screen in a pseudo-terminal."""

    def __init__(self, capture: str, mode: str) -> None:
        pid, self.fd = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(sys.executable, [sys.executable, "-c", PROGRAM, capture, mode])
        self.pid = pid
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def read_for(self, seconds: float) -> bytes:
        """What comes within a time."""
        got = b""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.fd], [], [], left)[0]:
                try:
                    got += os.read(self.fd, 65536)
                except OSError:  # the program has ended
                    break
        return got

    def first_frame(self) -> float:
        """Seconds until the first picture."""
        began = time.monotonic()
        got = b""
        while b"tcptui" not in got:
            got += os.read(self.fd, 65536)
        return time.monotonic() - began

    def press(self, key: bytes, wait: float = 0.0) -> None:
        os.write(self.fd, key)
        if wait:
            time.sleep(wait)


def say(what: str, amount: int) -> None:
    print(f"{what:<52} {amount:>8,} B")


def measure(terminal: Terminal) -> None:
    """The keys, one line each."""
    print(f"{'first frame after':<52} {terminal.first_frame():>8.2f} s")
    while terminal.read_for(6.0):
        pass
    say("idle, 3 s", len(terminal.read_for(3.0)))
    at_once, after = 0.09, 1.2
    terminal.press(b"j")
    say("flow list, one row down: at once", len(terminal.read_for(at_once)))
    say("  … and the panes that follow", len(terminal.read_for(after)))
    for _ in range(10):
        terminal.press(b"j", 0.03)
    say("flow list, ten keys in 300 ms, with what follows", len(terminal.read_for(after)))
    terminal.press(b"\x1b[6~")
    say("flow list, a page: at once", len(terminal.read_for(at_once)))
    say("  … and the panes that follow", len(terminal.read_for(after)))
    terminal.press(b"g")
    terminal.read_for(after)
    terminal.press(b"3")
    say("to the ladder", len(terminal.read_for(after)))
    terminal.press(b"g")
    terminal.read_for(after)
    for name in ("ladder, one row down with State and Why", "the next", "the next", "the next"):
        terminal.press(b"j")
        say(name, len(terminal.read_for(after)))
    terminal.press(b"n")
    say("next problem", len(terminal.read_for(after)))
    terminal.press(b"\x1b[6~")
    say("ladder, a page with State and Why", len(terminal.read_for(after)))
    terminal.press(b"q")
    say("quit", len(terminal.read_for(0.5)))


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    measure(Terminal(sys.argv[1], "local" if "--local" in sys.argv else "calm"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
