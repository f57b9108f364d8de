#!/usr/bin/env python3
"""What captures of n and 10n packets take, beside tcptrace and tshark.

Each capture is cut to its headers, as a long one would be. For each shape and size it prints what
`tcptui report --format json` takes (wall and CPU seconds, megabytes of all its processes), the CPU
time of one packet, or of one flow where there are the more flows the more packets, beside that in
the small capture, and the wall times of `tcptrace -n` and `tshark -q -z conv,tcp`. A command that
takes too long is ended.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.run import MEGABYTE, Usage, command_line, measure, peak_memory
from benchmarks.shapes import (
    ORDINARY,
    Shape,
    bulk,
    crowd,
    lossy_pipe,
    reused_ports,
    several_transfers,
)

CUT: Final = 96
"""Bytes of a packet that are captured."""
MOST_GROWTH: Final = {"packet": 1.2, "flow": 1.5}
"""CPU time of one in the large capture beside that in the small one."""
OTHERS: Final = ("tcptrace", "tshark-conv")


class Growing(NamedTuple):
    """A shape, and n."""

    shape: Shape
    least: int


GROWING: Final = (
    Growing(ORDINARY, 130_000),
    Growing(Shape("bulk: four transfers", several_transfers), 50_000),
    Growing(Shape("one flow", bulk), 1_000_000),
    Growing(Shape("SYN flood", crowd, connection=1), 500_000),
    Growing(Shape("a lossy long fat pipe", lossy_pipe), 100_000),
    Growing(Shape("port reuse", reused_ports, connection=3), 150_000),
)


def other_time(name: str, capture: Path, seconds: float) -> str:
    """The wall time of another program, in words; ``>N`` where it was ended after so long, and a
    dash where it is not here or fails."""
    command = command_line(name, capture)
    if shutil.which(command[0]) is None:
        return "–"
    began = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=seconds, check=False)  # fmt: skip
    except subprocess.TimeoutExpired:
        return f">{seconds:.0f}"
    return "–" if done.returncode else f"{time.perf_counter() - began:.2f}"


def best_of(capture: Path, runs: int) -> Usage:
    """The run that took the least CPU time."""
    command = command_line("report", capture)
    return min((measure(command) for _ in range(runs)), key=lambda usage: usage.cpu)


def row(name: str, count: int, usage: Usage, memory: float, growth: str, others: list[str]) -> str:
    told = f"{usage.wall:8.2f}{usage.cpu:8.2f}{memory / MEGABYTE:8.0f}{growth:>12}"
    return f"{name:24}{count:>12,}{told}" + "".join(f"{other:>10}" for other in others)


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--only", default="", help="shapes whose name contains this")
    parser.add_argument("--divide", type=int, default=1, help="n is so many times smaller")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=120, help="for another program")
    options = parser.parse_args()
    titles = ("packets", "wall s", "CPU s", "MB", "growth", "tcptrace", "tshark")
    print(f"{'':24}{titles[0]:>12}" + "".join(f"{t:>8}" for t in titles[1:4])
          + f"{titles[4]:>12}" + "".join(f"{t:>10}" for t in titles[5:]))  # fmt: skip
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        capture = Path(folder) / "shape.pcap"
        for shape, least in GROWING:
            if options.only in shape.name:
                measure_shape(shape, least // options.divide, capture, options)


def measure_shape(shape: Shape, least: int, capture: Path, options: argparse.Namespace) -> None:
    """Print the rows of one shape."""
    of = "flow" if shape.connection else "packet"
    small = 0.0
    for count in (least, 10 * least):
        shape.write(capture, count, CUT)
        usage = best_of(capture, options.runs)
        memory = peak_memory(command_line("report", capture))
        each = usage.cpu / count
        growth = f"{each / small:.2f} {of}" if small else ""
        mark = " !" if small and each / small > MOST_GROWTH[of] else ""
        others = [other_time(name, capture, options.seconds) for name in OTHERS]
        print(row(shape.name, count, usage, memory, growth, others) + mark, flush=True)
        small = each


if __name__ == "__main__":
    main()
