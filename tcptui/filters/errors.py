"""What is wrong with a filter, and where."""


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
        """Two lines: the filter, and a mark under the place."""
        return f"{self.source}\n{' ' * (self.column - 1)}{'^' * max(self.length, 1)}"
