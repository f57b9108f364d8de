"""What is wrong with a filter, and where."""

from tcptui.escapes import visible


class FilterError(Exception):
    """A filter that cannot be understood.

    ``column`` counts from 1 (one beyond the end where something is missing), ``length`` is how
    many characters the trouble has; ``what`` says what is wrong or was expected.
    """

    def __init__(self, what: str, source: str, column: int, length: int = 1) -> None:
        super().__init__(what, source, column, length)
        self.what = what
        self.source = source
        self.column = column
        self.length = length

    def __str__(self) -> str:
        return f"column {self.column}: {self.what}"

    def pointed(self) -> str:
        """Two lines: the filter with what does not print escaped, and a mark under the place."""
        start = self.column - 1
        before = len(visible(self.source[:start]))
        marked = len(visible(self.source[start : start + self.length]))
        missing = max(self.length, 1) - len(self.source[start : start + self.length])
        return f"{visible(self.source)}\n{' ' * before}{'^' * (marked + missing)}"
