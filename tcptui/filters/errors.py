"""What is wrong with a filter, and where."""

from typing import Final

MOST_WORDS: Final = 240
"""Characters of a complaint; a filter can be longer, and so can what it quotes of one."""
BESIDE: Final = 60
"""Characters of a filter that are shown on either side of the place."""


class FilterError(Exception):
    """A filter that cannot be understood.

    ``column`` counts from 1 (one beyond the end where something is missing), ``length`` is how
    many characters the trouble has; ``what`` says what is wrong or was expected.
    """

    def __init__(self, what: str, source: str, column: int, length: int = 1) -> None:
        super().__init__(what, source, column, length)
        self.what = shortened(what)
        self.source = source
        self.column = column
        self.length = length

    def __str__(self) -> str:
        return f"column {self.column}: {self.what}"

    def pointed(self) -> str:
        """Two lines: the filter around the place, and a mark under it."""
        at, length = self.column - 1, max(min(self.length, BESIDE), 1)
        first, last = max(at - BESIDE, 0), at + length + BESIDE
        before = "…" if first else ""
        after = "…" if last < len(self.source) else ""
        source = self.source.encode(errors="replace").decode()
        shown = f"{before}{source[first:last]}{after}"
        return f"{shown}\n{' ' * (len(before) + at - first)}{'^' * length}"


def shortened(text: str, most: int = MOST_WORDS) -> str:
    """A text without its middle where it is too long."""
    if len(text) <= most:
        return text
    kept = most // 2
    return f"{text[:kept]} … {text[-kept:]}"


class Unanswered(Exception):
    """A part of a filter that was given up for a frame: neither a match nor none."""

    def __init__(self, frame: int, part: str, why: str) -> None:
        super().__init__(frame, part, why)
        self.frame = frame
        self.part = part
        self.why = why

    def __str__(self) -> str:
        return f"frame {self.frame}: {self.part} {self.why}; write it with fewer repeats"
