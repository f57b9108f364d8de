"""Draws the lines of the chooser: interfaces with their traffic, and capture files."""

from pathlib import Path
from typing import Final

from tcptui.capture.formats.registry import FORMATS
from tcptui.capture.live.interfaces import NetworkInterface, Traffic
from tcptui.drawing.cells import Line, Run, clean, fit
from tcptui.text.amounts import count, size
from tcptui.text.durations import clock

PACKED: Final = ("", ".gz", ".zst", ".lz4", ".bz2", ".xz")
SUFFIXES: Final = tuple(
    ending + packed for one in FORMATS for ending in one.endings for packed in PACKED
)
BAR: Final = 8
MOST_FILES: Final = 200
FULL_BAR: Final = 100_000
"""Packets per second of a full bar, which grows with the number of digits."""

NO_TRAFFIC: Final = Traffic(0, 0)


def rate(before: Traffic, now: Traffic, seconds: float) -> Traffic:
    """Return bytes and packets per second between two looks."""
    if seconds <= 0:
        return NO_TRAFFIC
    return Traffic(
        round((now.bytes - before.bytes) / seconds), round((now.packets - before.packets) / seconds)
    )


def bar(packets: int) -> str:
    """Return a bar that is longer the more packets pass."""
    digits = len(str(packets)) if packets > 0 else 0
    return "█" * min(BAR, digits * BAR // len(str(FULL_BAR)))


def interface_line(one: NetworkInterface, passing: Traffic | None, marked: bool) -> Line:
    """Return the line of an interface; ``passing`` is per second, None where it is not known."""
    told = f"{count(passing.packets):>9}/s {size(passing.bytes):>8}/s" if passing else " " * 21
    about = ", ".join([*one.state, *([one.description] if one.description else [])])
    return [
        Run(f" {'*' if marked else ' '} {fit(clean(one.name), 18)}", "key"),
        Run(told),
        Run(f" {bar(passing.packets) if passing else '':{BAR}}", "client"),
        Run(f"  {clean(about)}", "dim"),
    ]


def file_line(path: Path) -> Line:
    """Return the line of a capture file: name, size, when it was written."""
    facts = path.stat()
    when = clock(facts.st_mtime_ns, utc=False)[:16]
    return [
        Run(f"   {fit(clean(path.name), 40)}", "key"),
        Run(f"{size(facts.st_size):>9}"),
        Run(f"  {when}", "dim"),
    ]


def capture_files(folder: Path) -> list[Path]:
    """Return the capture files of a folder, the newest first. Raises OSError."""
    found = [
        path for path in folder.iterdir() if path.name.lower().endswith(SUFFIXES) and path.is_file()
    ]
    return sorted(found, key=lambda path: -path.stat().st_mtime_ns)[:MOST_FILES]
