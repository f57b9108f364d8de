#!/usr/bin/env python3
"""Time tcptui, tshark and tcptrace on one capture, side by side.

The commands take turns in every round, so that a busy machine slows all of them; the medians of
wall time and CPU time (user + system) are compared against the bars, and the peak memory of one
more run.
"""

import argparse
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

TCPTUI = str(Path(sys.executable).with_name("tcptui"))

FIELDS = "-e frame.number -e tcp.stream -e tcp.analysis.flags".split()

COMMANDS: dict[str, tuple[str, ...]] = {
    "report": (TCPTUI, "report", "--format", "json", "FILE"),
    "packets": (TCPTUI, "packets", "FILE"),
    "packets-fields": (TCPTUI, "packets", *FIELDS, "FILE"),
    "tcptrace": ("tcptrace", "-n", "FILE"),
    "tshark-conv": ("tshark", "-r", "FILE", "-q", "-z", "conv,tcp"),
    "tshark-fields": ("tshark", "-r", "FILE", "-T", "fields", *FIELDS),
}
"""What is timed; FILE stands for the capture."""

BYTES_PER_PACKET, BYTES_PER_FLOW = 80, 900
"""What `report` may take beyond what it takes for an empty capture."""

EMPTY_CAPTURE = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
MEGABYTE = 1_000_000
LOOK_SECONDS = 0.005
"""Between two looks at a command's memory."""


@dataclass(frozen=True)
class Usage:
    """What a command took: seconds of wall and CPU time, peak bytes of all its processes."""

    wall: float
    cpu: float
    memory: float = 0


@dataclass(frozen=True)
class Bar:
    """A ratio of two commands' medians that must not be exceeded."""

    command: str
    other: str
    quantity: str
    limit: float


BARS = (
    Bar("report", "tcptrace", "wall", 0.8),
    Bar("report", "tshark-conv", "wall", 1 / 12),
    Bar("report", "tshark-conv", "memory", 1 / 6),
    Bar("packets", "tshark-fields", "wall", 1 / 10),
    Bar("packets-fields", "tshark-fields", "wall", 1 / 10),
)


def command_line(name: str, capture: Path) -> list[str]:
    return [str(capture) if word == "FILE" else word for word in COMMANDS[name]]


def measure(command: Sequence[str]) -> Usage:
    """Run a command, its output thrown away, and take the time that the kernel accounts to it."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {child.returncode}")
    return Usage(wall, used.ru_utime + used.ru_stime)


def peak_memory(command: Sequence[str]) -> float:
    """Run a command and look again and again at what its processes hold; the most, in bytes."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while child.poll() is None:
        peak = max(peak, held_by(child.pid))
        time.sleep(LOOK_SECONDS)
    return peak


def held_by(pid: int) -> int:
    """What a process and its children hold, in bytes; a page that they share counts once."""
    process = Path("/proc") / str(pid)
    try:
        size = sum(
            int(line.split()[1]) * 1024
            for line in (process / "smaps_rollup").read_text().splitlines()
            if line.startswith("Pss:")
        )
        children = (process / "task" / str(pid) / "children").read_text().split()
    except OSError:  # it has just ended
        return 0
    return size + sum(map(held_by, map(int, children)))


def median(usages: Sequence[Usage], memory: float) -> Usage:
    """The median of both times on their own."""
    return Usage(
        statistics.median(usage.wall for usage in usages),
        statistics.median(usage.cpu for usage in usages),
        memory,
    )


def measure_all(names: Sequence[str], capture: Path, rounds: int) -> dict[str, Usage]:
    """Medians by command, after one reading of the capture that fills the page cache."""
    with capture.open("rb") as file:
        while file.read(65536):
            pass
    usages: dict[str, list[Usage]] = {name: [] for name in names}
    for number in range(1, rounds + 1):
        for name in names:
            usage = measure(command_line(name, capture))
            print(f"round {number}: {name:14}{usage.wall:8.2f} s", file=sys.stderr)
            usages[name].append(usage)
    return {
        name: median(taken, peak_memory(command_line(name, capture)))
        for name, taken in usages.items()
    }


def capture_size(capture: Path) -> tuple[int, int]:
    """The packets and flows of a capture, as the report counts them."""
    command = command_line("report", capture)
    report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return report["capture"]["packets"], len(report["flows"])


def base_memory() -> float:
    """The peak memory of a report on an empty capture, in bytes."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as empty:
        empty.write(EMPTY_CAPTURE)
        empty.flush()
        return peak_memory(command_line("report", Path(empty.name)))


def usage_rows(medians: dict[str, Usage]) -> list[str]:
    """One line per command, each quantity also as a multiple of the report's."""
    base = medians.get("report")
    rows = [f"{'command':14}{'wall s':>10}{'CPU s':>10}{'peak MB':>10}   as multiples of report"]
    for name, usage in medians.items():
        row = f"{name:14}{usage.wall:10.2f}{usage.cpu:10.2f}{usage.memory / MEGABYTE:10.0f}"
        if base:
            row += f"{usage.wall / base.wall:9.2f}×{usage.cpu / base.cpu:9.2f}×"
            row += f"{usage.memory / base.memory:9.2f}×"
        rows.append(row)
    return rows


def bar_rows(medians: dict[str, Usage]) -> list[str]:
    """One line per bar of which both commands were measured."""
    rows = []
    for bar in BARS:
        if bar.command in medians and bar.other in medians:
            ratio = getattr(medians[bar.command], bar.quantity) / getattr(
                medians[bar.other], bar.quantity
            )
            verdict = "ok" if ratio <= bar.limit else "MISSED"
            what = f"{bar.command} / {bar.other}, {bar.quantity}"
            rows.append(f"{what:34}{ratio:8.3f}  at most {bar.limit:.3f}  {verdict}")
    return rows


def memory_rows(peak: float, base: float, packets: int, flows: int) -> list[str]:
    """What the report's memory comes to per packet and flow, and whether it is within bounds."""
    beyond = peak - base
    for_packets, for_flows = BYTES_PER_PACKET * packets, BYTES_PER_FLOW * flows
    share = beyond / (for_packets + for_flows)
    per_packet, per_flow = (beyond - for_flows) / packets, (beyond - for_packets) / flows
    return [
        f"{packets} packets, {flows} flows; an empty capture takes {base / MEGABYTE:.0f} MB",
        f"beyond that {beyond / packets:.0f} bytes a packet in all,",
        f"or {per_packet:.0f} a packet and {BYTES_PER_FLOW} a flow,",
        f"or {BYTES_PER_PACKET} a packet and {per_flow:.0f} a flow:",
        f"{share:.2f} of what is allowed  {'ok' if share <= 1 else 'MISSED'}",
    ]


def available(names: Sequence[str]) -> list[str]:
    """The names whose program is installed; says which are left out."""
    missing = {name for name in names if shutil.which(COMMANDS[name][0]) is None}
    for name in sorted(missing):
        print(f"{name}: {COMMANDS[name][0]} is not installed, left out", file=sys.stderr)
    return [name for name in names if name not in missing]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("capture", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=COMMANDS, help="time just this command")
    parser.add_argument("--json", action="store_true", help="print the medians as JSON")
    arguments = parser.parse_args()

    names = available(arguments.only or list(COMMANDS))
    medians = measure_all(names, arguments.capture, arguments.rounds)
    if arguments.json:
        print(json.dumps({name: asdict(usage) for name, usage in medians.items()}, indent=2))
        return
    print("\n".join(usage_rows(medians) + bar_rows(medians)))
    if "report" in medians:
        base = base_memory()
        print(
            "\n".join(memory_rows(medians["report"].memory, base, *capture_size(arguments.capture)))
        )


if __name__ == "__main__":
    main()
