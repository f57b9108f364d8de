"""Makes lines of styled text, and makes a text fit: every cut ends in ``…``."""

from collections.abc import Iterable
from typing import Final, NamedTuple
from unicodedata import east_asian_width

CUT: Final = "…"

CONTROL: Final = {code: chr(0x2400 + code) for code in range(32)} | {127: "␡"}


class Run(NamedTuple):
    """A text and the name of its style in :mod:`tcptui.theme`."""

    text: str
    style: str = "text"


Line = list[Run]


def column_title(title: str, *, sorts: bool, descending: bool) -> Run:
    """Return the title of a list's column; the one that sorts the list carries an arrow."""
    if not sorts:
        return Run(title, "head")
    return Run(title + ("▼" if descending else "▲"), "head-sorted")


def clean(text: str) -> str:
    """Return a text from a capture made harmless: control characters as pictures, the rest that
    cannot be printed (direction marks, lone surrogates …) as ``\\uXXXX``."""
    if text.isascii() and text.isprintable():
        return text
    pictured = text.translate(CONTROL)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in pictured)


def width_of(text: str) -> int:
    """Return the terminal cells of a text without control characters."""
    if text.isascii() or not any(ord(c) >= 0x1100 for c in text):
        return len(text)
    return sum(2 if east_asian_width(c) in "WF" and ord(c) >= 0x1100 else 1 for c in text)


def fit(text: str, width: int, align: str = "<") -> str:
    """Return exactly ``width`` cells: the text padded (``<`` left, ``>`` right, ``^`` centred) or
    cut."""
    have = width_of(text)
    if have > width:
        return cut(text, width)
    if have == len(text):
        return f"{text:{align}{width}}"
    return text + " " * (width - have)


def cut(text: str, width: int) -> str:
    """Return at most ``width`` cells, ending in ``…`` where something is missing."""
    if width <= 0:
        return ""
    if width_of(text) <= width:
        return text
    kept = text[: width - 1]
    while width_of(kept) > width - 1:
        kept = kept[:-1]
    return kept + " " * (width - 1 - width_of(kept)) + CUT


def cut_words(text: str, width: int) -> str:
    """Return at most ``width`` cells, cut after a word where that keeps at least half of them."""
    if width_of(text) <= width:
        return text
    whole = cut(text, width)
    at = whole.rfind(" ", width // 2, -1)
    return f"{whole[:at].rstrip(' ·,;:')} {CUT}" if at > 0 else whole


def cut_middle(text: str, width: int) -> str:
    """Return at most ``width`` cells with ``…`` in the middle: a file's name keeps its end."""
    if width_of(text) <= width:
        return text
    tail = text[-(width // 3) :]
    return cut(text, width - width_of(tail)) + tail


def line_width(line: Iterable[Run]) -> int:
    return sum(width_of(run.text) for run in line)


def plain(line: Iterable[Run]) -> str:
    """Return the line's text without styles."""
    return "".join(run.text for run in line)


def fit_line(line: Line, width: int, fill: str = "text") -> Line:
    """Return the line at exactly ``width`` cells."""
    result: Line = []
    left = width
    for run in line:
        need = width_of(run.text)
        if need > left:
            if left > 0:
                result.append(Run(cut(run.text, left), run.style))
            elif result:
                result[-1] = Run(
                    cut(result[-1].text + " ", width_of(result[-1].text)), result[-1].style
                )
            return result
        if need:
            result.append(run)
        left -= need
    if left > 0:
        result.append(Run(" " * left, fill))
    return result


def wrap(text: str, width: int, height: int) -> list[str]:
    """Return a text in words on at most ``height`` lines; the last one is cut if there is more."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < height:
        if width_of(rest) <= width or len(lines) == height - 1:
            lines.append(cut_words(rest, width))
            return lines
        at = rest.rfind(" ", 0, width + 1)
        if at <= 0:
            at = width
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return lines


def spread(left: Line, right: Line, width: int) -> Line:
    """Return a line with ``left`` at the left edge and ``right`` at the right one; ``left``
    yields."""
    room = width - line_width(right)
    if room < 0:
        return fit_line(right, width)
    return fit_line(left, room) + right


def rule(title: Line, right: str, width: int) -> Line:
    """Return a pane's title line: ``─ title ──────── right ─``."""
    start: Line = [Run("─ ", "rule"), *title, Run(" ", "rule")]
    end = f" {right} ─" if right else ""
    room = width - width_of(end)
    if room < 8:
        end, room = "", width
    have = line_width(start)
    if have >= room:
        return fit_line(start, room, "rule") + ([Run(end, "rule")] if end else [])
    return [*start, Run("─" * (room - have) + end, "rule")]
