#!/usr/bin/env python3
"""What `tcptui report --format json` takes for hostile shapes of n and 4n packets.

Prints for each shape (:mod:`benchmarks.shapes`, :mod:`benchmarks.file_shapes`) CPU time and memory
for 4n packets, their ratios to those for n, and what one more packet costs beside an ordinary one;
where there are more flows too, what one more flow costs beside an ordinary connection.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.file_shapes import FILE_SHAPES, BlockShape, ManyFiles
from benchmarks.shapes import ORDINARY, SHAPES, Shape

TCPTUI = str(Path(sys.executable).with_name("tcptui"))
MOST_GROWTH: Final = 4.4
"""Time for 4n packets beside that for n."""
MOST_COST: Final = 2.0
"""Time of one more packet beside that of an ordinary one."""
SECONDS: Final = 120
"""A command that takes longer is ended."""
MEGABYTE: Final = 1_000_000


class Usage(NamedTuple):
    """CPU seconds, and the most bytes that were held."""

    cpu: float
    memory: int


AnyShape = Shape | BlockShape | ManyFiles


def measure(tcptui: Sequence[str], captures: Sequence[Path], form: str) -> Usage:
    """One report, its output thrown away."""
    command = [*tcptui, "report", "--format", form, *map(str, captures)]
    child = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
    )
    error = child.stderr.read().decode() if child.stderr else ""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {child.returncode}\n{error}")
    return Usage(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def measure_both(
    tcptui: Sequence[str], shape: AnyShape, count: int, form: str, folder: Path
) -> tuple[Usage, Usage]:
    """A shape of ``count`` packets, and of four times as many; of two runs the faster one."""
    found = []
    for size in (count, 4 * count):
        captures = shape.files(folder, size)
        runs = [measure(tcptui, captures, form) for _ in range(2)]
        found.append(min(runs))
    return found[0], found[1]


def cost_of(shape: AnyShape, count: int, few: Usage, many: Usage) -> float:
    """CPU seconds of one more packet; of one more flow where there are more of them too."""
    return (many.cpu - few.cpu) / (3 * count) * (shape.connection or 1)


def row(shape: AnyShape, count: int, few: Usage, many: Usage, ordinary: float) -> str:
    """One line of the table, with a mark where a bar is exceeded; ``ordinary`` is the cost of an
    ordinary connection."""
    growth = many.cpu / few.cpu
    packets = 1 if shape.connection else ORDINARY.connection or 1
    cost = cost_of(shape, count, few, many) / ordinary * packets
    mark = "  !" if growth > MOST_GROWTH or cost > MOST_COST else ""
    memory = f"{many.memory / MEGABYTE:8.0f}{many.memory / few.memory:8.2f}"
    return f"{shape.name:38}{many.cpu:8.2f}{growth:8.2f}{memory}{cost:8.2f}{mark}"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--packets", type=int, default=50_000, help="n")
    parser.add_argument("--only", default="", help="shapes whose name contains this")
    parser.add_argument("--format", default="json")
    parser.add_argument("--tcptui", default=TCPTUI, help="the command, with its arguments")
    options = parser.parse_args()
    tcptui = options.tcptui.split()
    print(f"{'':38}{'s':>8}{'ratio':>8}{'MB':>8}{'ratio':>8}{'cost':>8}")
    with tempfile.TemporaryDirectory() as folder:
        few, many = measure_both(tcptui, ORDINARY, options.packets, options.format, Path(folder))
        ordinary = cost_of(ORDINARY, options.packets, few, many)
        print(row(ORDINARY, options.packets, few, many, ordinary), flush=True)
        for shape in (*SHAPES, *FILE_SHAPES):
            if options.only in shape.name:
                few, many = measure_both(
                    tcptui, shape, options.packets, options.format, Path(folder)
                )
                print(row(shape, options.packets, few, many, ordinary), flush=True)


if __name__ == "__main__":
    main()
