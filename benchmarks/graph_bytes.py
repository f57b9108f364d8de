"""What a key in the graph sends to a terminal of 200×50, where all panes are beside it.

    python -m benchmarks.graph_bytes CAPTURE [--calm]

Each key is pressed once the screen is quiet, and what comes out is counted until it is quiet again;
``!`` is more than is allowed: 1 kB for a step of the cursor, 24 kB for a graph.
"""

import sys

from benchmarks.screen_bytes import Terminal

SIZE = (200, 50)
QUIET = 0.7
"""Seconds without a byte: longer than the panes wait for the cursor to rest."""
STEP_BAR, GRAPH_BAR = 1000, 24_000
STEPS = (
    ("j", "next segment"), ("j", "next segment"), ("j", "next segment"), ("k", "segment before"),
    ("l", "next column"), ("l", "next column"), ("l", "next column"), ("h", "column before"),
    ("m", "mark"), ("l", "next column"), ("G", "last segment"), ("m", "second mark"),
    ("g", "first segment"), ("n", "next problem"),
)  # fmt: skip
DRAWN = (
    ("+", "half the time"), ("L", "pan later"), ("H", "pan earlier"), ("b", "between the marks"),
    ("0", "all of it"), ("t", "rtt"), ("t", "throughput"), ("t", "window"), ("t", "time"),
    ("t", "time-sequence"), ("z", "the graph alone"), ("z", "with the others again"),
)  # fmt: skip


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    terminal = Terminal(sys.argv[1], "--calm" if "--calm" in sys.argv else "--no-calm", size=SIZE)
    terminal.read_until_quiet(3.0)
    terminal.press(b"4")
    terminal.read_until_quiet(3.0)
    for rows, bar in ((STEPS, STEP_BAR), (DRAWN, GRAPH_BAR)):
        for key, name in rows:
            terminal.press(key.encode())
            sent = len(terminal.read_until_quiet(QUIET))
            print(f"{key}  {name:<24} {sent:>7,} B{' !' if sent > bar else ''}", flush=True)
    terminal.press(b"q")
    terminal.read_until_quiet(0.5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
