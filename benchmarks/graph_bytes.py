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
STEP, PAGE = 1000, 24_000
"""Bytes for a step of the cursor, and for a graph; after a jump or a mark the ladder shows
other lines too."""
KEYS = (
    ("g", "first segment", PAGE),
    *[("j", "next segment", STEP)] * 3, ("k", "segment before", STEP),
    *[("l", "next column", STEP)] * 6, ("h", "column before", STEP), ("m", "mark", PAGE),
    *[("l", "next column", STEP)] * 2, ("m", "second mark", PAGE), ("l", "next column", STEP),
    ("G", "last segment", PAGE), ("k", "segment before", STEP), ("h", "column before", STEP),
    ("n", "next problem", PAGE), ("+", "half the time", PAGE), ("L", "pan later", PAGE),
    ("H", "pan earlier", PAGE), ("b", "between the marks", PAGE), ("0", "all of it", PAGE),
    ("t", "rtt", PAGE), ("t", "throughput", PAGE), ("t", "window", PAGE), ("t", "time", PAGE),
    ("t", "time-sequence", PAGE), ("z", "the graph alone", PAGE), ("z", "with the others", PAGE),
)  # fmt: skip


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    terminal = Terminal(sys.argv[1], "--calm" if "--calm" in sys.argv else "--no-calm", size=SIZE)
    terminal.read_until_quiet(3.0)
    terminal.press(b"4")
    terminal.read_until_quiet(3.0)
    for key, name, bar in KEYS:
        terminal.press(key.encode())
        sent = len(terminal.read_until_quiet(QUIET))
        print(f"{key}  {name:<20} {sent:>7,} B{' !' if sent > bar else ''}", flush=True)
    terminal.press(b"q")
    terminal.read_until_quiet(0.5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
