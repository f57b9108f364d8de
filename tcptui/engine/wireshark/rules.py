"""Which Wireshark's rules apply: what differs between its versions, behind one object."""

from typing import Final

from mypy_extensions import i64


class Rules:
    """The thresholds and switches of `tcp.analysis`; the defaults are those of 4.0."""

    def __init__(self) -> None:
        self.name: str = "Wireshark 4.0"
        self.fast_limit: i64 = 20_000_000
        """ns since the peer's last packet within which a repetition is a fast one."""
        self.reorder_limit: i64 = 3_000_000
        """ns within which a late segment is out of order, where no initial RTT is known."""


WIRESHARK_4_0: Final = Rules()
