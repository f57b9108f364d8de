#!/usr/bin/env python3
"""What `tcptui sweep` takes of the processors beside `xargs tcptui report` over the same captures.

Both run in turns, with two processes each; what all their processes take counts, those too that end
after the command.
"""

import argparse
import ctypes
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

MOST: Final = 1.05
"""Of the sweep beside the reports."""
WORKERS: Final = 2
ADOPT: Final = 36
"""PR_SET_CHILD_SUBREAPER of Linux."""
TCPTUI: Final = f"{shlex.quote(sys.executable)} -m tcptui"


def adopt_orphans() -> None:
    """Become the parent of processes whose own has ended, so that they count."""
    if ctypes.CDLL(None, use_errno=True).prctl(ADOPT, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def processor_time() -> float:
    """The seconds that all processes have taken that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cost(command: str) -> float:
    """The processor time of a command of the shell and all its processes, in seconds."""
    before = processor_time()
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return processor_time() - before


def sweep(folder: Path) -> float:
    """The cost of a sweep."""
    with tempfile.TemporaryDirectory() as out:
        source, target = shlex.quote(str(folder)), shlex.quote(f"{out}/rows")
        return cost(f"{TCPTUI} sweep {source} -o {target} --workers {WORKERS}")


def reports(folder: Path) -> float:
    """The cost of a report of each capture."""
    found = f"find {shlex.quote(str(folder))} -type f -print0"
    return cost(f"{found} | xargs -0 -P{WORKERS} -n1 {TCPTUI} report --format json --jobs 1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="nothing but captures, with all below it")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    adopt_orphans()
    pairs = [(sweep(asked.folder), reports(asked.folder)) for _ in range(asked.rounds)]
    for swept, told in pairs:
        print(f"sweep {swept:6.2f} s   reports {told:6.2f} s   {swept / told:.2f}")
    ratio = statistics.median(swept / told for swept, told in pairs)
    print(f"median {ratio:.2f}, at most {MOST}" + (" !" if ratio > MOST else ""))


if __name__ == "__main__":
    main()
