"""Says what is wrong with a filter, and where."""

from typing import Final

from tcptui.escapes import visible

MOST_WORDS: Final = 240
"""Most characters of a message; a filter can be longer, and so can what the message quotes."""
BESIDE: Final = 60
"""How many characters of a filter are shown on either side of the place."""


class FilterError(Exception):
    """The filter cannot be understood.

    ``column`` counts from 1 (it is beyond the end where something is missing), ``length`` is how
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
        """Return two lines: the filter around the place, escaped, and a mark under the place."""
        at, length = self.column - 1, max(min(self.length, BESIDE), 1)
        first, last = max(at - BESIDE, 0), at + length + BESIDE
        before = ("…" if first else "") + visible(self.source[first:at])
        marked = visible(self.source[at : at + length])
        after = visible(self.source[at + length : last]) + ("…" if last < len(self.source) else "")
        missing = length - len(self.source[at : at + length])
        return f"{before}{marked}{after}\n{' ' * len(before)}{'^' * (len(marked) + missing)}"


class MissingField(FilterError):
    """The filter names a field that the chosen Wireshark release does not have."""


def shortened(text: str) -> str:
    """Return a text without its middle where it is too long."""
    if len(text) <= MOST_WORDS:
        return text
    kept = MOST_WORDS // 2
    return f"{text[:kept]} … {text[-kept:]}"


class Unanswered(Exception):
    """A part of a filter was given up for a frame, which neither matches nor fails to match."""

    def __init__(self, frame: int, part: str, why: str) -> None:
        super().__init__(frame, part, why)
        self.frame = frame
        self.part = part
        self.why = why

    def __str__(self) -> str:
        return f"frame {self.frame}: {self.part} {self.why}"
