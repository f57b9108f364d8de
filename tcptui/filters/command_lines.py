"""Writes whole command lines that select what is meant, to paste into a shell."""

import shlex
from typing import Final

from tcptui.filters.capture_filter_text import Admits, capture_filter
from tcptui.filters.display_filter_text import CopiedText, display_filter
from tcptui.filters.subjects import OpenCapture, Subject, frame_ranges

MOST_SELECTIONS: Final = 512
"""editcap accepts no more frame numbers and ranges."""

STDIN: Final = "-"
TARGET: Final = "slice.pcapng"
MERGED: Final = "several files are merged here in time order, as by mergecap"
UNSAVED: Final = "this capture has no file yet: save it with w, and replace FILE by its name"


def tcpdump_command(
    capture: OpenCapture, subject: Subject, admits: Admits | None = None
) -> CopiedText:
    """Return `tcpdump -r FILE FILTER`."""
    copy = capture_filter(capture, subject, admits)
    return command(capture, f"tcpdump -n -r {{file}} {shlex.quote(copy.text)}", copy.caveat)


def tshark_command(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return `tshark -r FILE -Y FILTER`."""
    return tshark_with(capture, display_filter(capture, subject))


def tshark_with(capture: OpenCapture, copy: CopiedText) -> CopiedText:
    """Return the same with a display filter that is known."""
    return command(capture, f"tshark -n -r {{file}} -Y {shlex.quote(copy.text)}", copy.caveat)


def editcap_command(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return `editcap -r FILE slice.pcapng FRAMES`, which writes the frames to a new file."""
    ranges = frame_ranges(capture, subject.rows(capture))
    if len(ranges) > MOST_SELECTIONS:
        copy = display_filter(capture, subject)
        text = f"tshark -n -r {{file}} -Y {shlex.quote(copy.text)} -w {TARGET}"
        few = f"editcap accepts at most {MOST_SELECTIONS} numbers, so tshark writes the file"
        return command(capture, text, "; ".join(filter(None, (few, copy.caveat))))
    frames = " ".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)
    return command(capture, f"editcap -r {{file}} {TARGET} {frames or 0}", "")


def command(capture: OpenCapture, pattern: str, caveat: str) -> CopiedText:
    """Return ``pattern`` with the capture's file in it; several files are merged before."""
    names = [name(one) for one in capture.names]
    if len(names) == 1:
        return CopiedText(pattern.replace("{file}", names[0], 1), caveat)
    if not names:
        text = pattern.replace("{file}", "FILE", 1)
        return CopiedText(text, "; ".join(filter(None, (UNSAVED, caveat))))
    merged = f"mergecap -w - {' '.join(names)} | {pattern.replace('{file}', STDIN, 1)}"
    return CopiedText(merged, "; ".join(filter(None, (MERGED, caveat))))


def name(path: str) -> str:
    """Return a file name that a shell and a program take for nothing else."""
    if path == STDIN:
        return STDIN
    return shlex.quote(f"./{path}" if path.startswith("-") else path)
