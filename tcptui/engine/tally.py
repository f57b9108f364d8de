"""What only those endpoints have that repeat themselves or close their window."""

from mypy_extensions import i32, i64


class RepeatCounters:
    """Of one endpoint: how often (Zeek's history tells the 1st, 10th, 100th … time), and when it
    last repeated itself."""

    def __init__(self) -> None:
        self.gaps: i32 = 0  # in its data, acknowledged and not captured
        self.repeats: i32 = 0
        self.zero_windows: i32 = 0
        self.tried: i64 = 0  # when it last repeated (ns)
        self.gap: i64 = 0  # before that repetition (ns)
