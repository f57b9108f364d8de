"""What the screen sends to the terminal: bytes per key in a pseudo-terminal of 160×48.

    python benchmarks/screen_bytes.py CAPTURE [--local] [--growing] [--slow]

Starts the screen in calm mode (``--local``: as on the user's own machine), presses keys and counts
what comes out: at once, and until nothing more comes. ``--growing``: the capture (a pcap file) is
written while it is shown, and the bytes a second are counted. ``--slow``: the terminal takes
20 kB/s, 100 ms late, and how long keys take to show is measured.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

COLUMNS, LINES = 160, 48
PROGRAM = "from tcptui.start import run; run()"


class Terminal:
    """The screen in a pseudo-terminal."""

    def __init__(self, *arguments: str, size: tuple[int, int] = (COLUMNS, LINES)) -> None:
        columns, lines = size
        pid, self.fd = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(sys.executable, [sys.executable, "-c", PROGRAM, *arguments])
        self.pid = pid
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

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

    def read_until_quiet(self, seconds: float) -> bytes:
        """What comes until nothing has come for so long."""
        got = b""
        while more := self.read_for(seconds):
            got += more
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
    measure_graph(terminal)
    terminal.press(b"q")
    say("quit", len(terminal.read_for(0.5)))


def measure_graph(terminal: Terminal) -> None:
    """The keys of the graph; what is drawn is told by how many cells have dots."""
    terminal.press(b"4")
    say("to the graph", len(terminal.read_for(1.2)))
    for key, name in (
        (b"t", "graph, the next kind"), (b"t", "the next"), (b"t", "the next"),
        (b"+", "graph, half the time"), (b"0", "graph, all of it"),
        (b"l", "graph, one column with the panes that follow"), (b"l", "the next"),
    ):  # fmt: skip
        terminal.press(key)
        sent = terminal.read_for(1.2)
        dots = sum(0x2800 < ord(char) < 0x2900 for char in sent.decode("utf-8", "replace"))
        say(f"{name} ({dots:,} cells of dots)", len(sent))


HEADER_BYTES = 24
GROWTH_SECONDS = 0.05


def grow(source: Path, target: Path, bytes_a_second: int) -> None:
    """Write a capture as if it were being captured."""
    data = source.read_bytes()
    with target.open("wb", buffering=0) as file:
        file.write(data[:HEADER_BYTES])
        step = int(bytes_a_second * GROWTH_SECONDS)
        for at in range(HEADER_BYTES, len(data), step):
            file.write(data[at : at + step])
            time.sleep(GROWTH_SECONDS)


def measure_growing(capture: str, calm: str) -> None:
    """Bytes a second while packets come in."""
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "growing.pcap"
        writer = threading.Thread(target=grow, args=(Path(capture), target, 500_000), daemon=True)
        writer.start()
        time.sleep(0.3)
        terminal = Terminal(str(target), calm, "--follow")
        terminal.first_frame()
        terminal.read_for(3.0)
        for keys, what in (
            (b"", "flow list"), (b"3", "ladder"), (b"f", "ladder, following"),
            (b"1f", "flow list, following"),
        ):  # fmt: skip
            terminal.press(keys)
            terminal.read_for(1.0)
            say(f"{what}, growing: a second", len(terminal.read_for(8.0)) // 8)
        terminal.press(b"q")
        terminal.read_for(0.5)


RATE, LATENCY, STEP = 20_000, 0.1, 0.01


def slow_read(terminal: Terminal, quiet: float) -> tuple[int, float]:
    """Read at `RATE` until nothing came for so long; how much, and until when it came."""
    began = last = time.monotonic()
    total = 0
    while time.monotonic() - last < quiet:
        if select.select([terminal.fd], [], [], STEP)[0]:
            got = len(os.read(terminal.fd, int(RATE * STEP)))
            total += got
            time.sleep(got / RATE)
            last = time.monotonic()
    return total, last - began + LATENCY


def measure_slow(terminal: Terminal) -> None:
    """How long keys take over a slow link, from the key to the last byte."""
    terminal.first_frame()
    slow_read(terminal, 4.0)
    for keys, times, what in (
        (b"j", 1, "flow list, one row"), (b"j", 20, "flow list, 20 rows held"),
        (b"3", 1, "to the ladder"), (b"j", 1, "ladder, one row"),
        (b"j", 20, "ladder, 20 rows held"), (b"\x1b[6~", 1, "ladder, a page"),
        (b"n", 1, "next problem"), (b"T", 1, "to scale"),
    ):  # fmt: skip
        for _ in range(times):
            terminal.press(keys, 0.033 if times > 1 else 0)
        total, seconds = slow_read(terminal, 1.2)
        print(f"{what + ', slow link':<52} {total:>8,} B {seconds:>6.2f} s")
    terminal.press(b"q")
    terminal.read_for(0.5)


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    capture, calm = sys.argv[1], "--no-calm" if "--local" in sys.argv else "--calm"
    if "--growing" in sys.argv:
        measure_growing(capture, calm)
    elif "--slow" in sys.argv:
        measure_slow(Terminal(capture, calm))
    else:
        measure(Terminal(capture, calm))
    return 0


if __name__ == "__main__":
    sys.exit(main())
