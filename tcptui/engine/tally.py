"""Counts of what Zeek's history repeats only at the 1st, 10th, 100th … time."""

from mypy_extensions import i32


class Tally:
    """Of one endpoint: content gaps, repeated data, zero windows."""

    def __init__(self) -> None:
        self.gaps: i32 = 0
        self.repeats: i32 = 0
        self.zero_windows: i32 = 0
