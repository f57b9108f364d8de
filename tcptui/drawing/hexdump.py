"""Writes bytes as hex and characters, with some of them highlighted."""

from tcptui.drawing.cells import Line, Run

PER_LINE = 16


def line(data: bytes, number: int, first: int, stop: int, per_line: int = PER_LINE) -> Line:
    """Return line ``number`` of a dump; the bytes ``first`` … ``stop - 1`` stand out."""
    start = number * per_line
    chunk = data[start : start + per_line]
    runs: Line = [Run(f"{start:04x}  ", "dim")]
    for offset, byte in enumerate(chunk):
        hit = first <= start + offset < stop
        joined = hit and start + offset + 1 < stop and offset < len(chunk) - 1
        runs.append(Run(f"{byte:02x}" + (" " if joined else ""), "hit" if hit else "text"))
        if not joined:
            runs.append(Run(" ", "text"))
    runs.append(Run("   " * (per_line - len(chunk)) + " ", "text"))
    for offset, byte in enumerate(chunk):
        hit = first <= start + offset < stop
        runs.append(Run(printable(byte), "hit" if hit else "dim"))
    return merged(runs)


def printable(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 else "·"


def merged(runs: Line) -> Line:
    """Return the line with neighbours of one style joined."""
    result: Line = []
    for run in runs:
        if result and result[-1].style == run.style:
            result[-1] = Run(result[-1].text + run.text, run.style)
        else:
            result.append(run)
    return result


def lines_of(data: bytes, per_line: int = PER_LINE) -> int:
    """Return how many lines a dump takes."""
    return (len(data) + per_line - 1) // per_line
