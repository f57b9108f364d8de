"""The table of tcp.analysis flags: one row each, in the order of Wireshark's packet list.

Everything that shows, sorts, colours or explains a flag reads this table: ``packets``, the flow
list, the ladder, the filters and the documentation.
"""

from enum import Enum
from typing import Final, NamedTuple

REUSED_PORTS: Final = 1 << 0
RETRANSMISSION: Final = 1 << 1
FAST_RETRANSMISSION: Final = 1 << 2
SPURIOUS_RETRANSMISSION: Final = 1 << 3
OUT_OF_ORDER: Final = 1 << 4
LOST_SEGMENT: Final = 1 << 5
ACK_LOST_SEGMENT: Final = 1 << 6
WINDOW_UPDATE: Final = 1 << 7
WINDOW_FULL: Final = 1 << 8
KEEP_ALIVE: Final = 1 << 9
KEEP_ALIVE_ACK: Final = 1 << 10
DUPLICATE_ACK: Final = 1 << 11
ZERO_WINDOW_PROBE: Final = 1 << 12
ZERO_WINDOW: Final = 1 << 13
ZERO_WINDOW_PROBE_ACK: Final = 1 << 14

ANY_FLAG: Final = (1 << 15) - 1
RESENT: Final = RETRANSMISSION | FAST_RETRANSMISSION | SPURIOUS_RETRANSMISSION


class Severity(Enum):
    """Wireshark's expert levels, mildest first."""

    CHAT = "chat"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class AnalysisFlag(NamedTuple):
    """One flag: its bit, tshark's name after ``tcp.analysis.``, and how it is shown."""

    bit: int
    name: str
    letter: str
    severity: Severity
    title: str
    meaning: str


ANALYSIS_FLAGS: Final[tuple[AnalysisFlag, ...]] = (
    AnalysisFlag(
        REUSED_PORTS,
        "reused_ports",
        "P",
        Severity.NOTE,
        "Port numbers reused",
        "a new connection on a four-tuple that this capture has already seen",
    ),
    AnalysisFlag(
        RETRANSMISSION,
        "retransmission",
        "R",
        Severity.NOTE,
        "Retransmission",
        "sent again after the retransmission timer: no duplicate ACKs asked for it",
    ),
    AnalysisFlag(
        FAST_RETRANSMISSION,
        "fast_retransmission",
        "F",
        Severity.NOTE,
        "Fast Retransmission",
        "sent again because duplicate ACKs asked for it, before any timer ran out",
    ),
    AnalysisFlag(
        SPURIOUS_RETRANSMISSION,
        "spurious_retransmission",
        "S",
        Severity.NOTE,
        "Spurious Retransmission",
        "sent again although the other side had already acknowledged it",
    ),
    AnalysisFlag(
        OUT_OF_ORDER,
        "out_of_order",
        "O",
        Severity.WARNING,
        "Out-Of-Order",
        "below the highest sequence number seen, and too soon for a retransmission",
    ),
    AnalysisFlag(
        LOST_SEGMENT,
        "lost_segment",
        "L",
        Severity.WARNING,
        "Previous segment not captured",
        "begins beyond the end of the last segment seen: a hole before it",
    ),
    AnalysisFlag(
        ACK_LOST_SEGMENT,
        "ack_lost_segment",
        "U",
        Severity.WARNING,
        "ACKed unseen segment",
        "acknowledges data that this capture never had: the capture lost it",
    ),
    AnalysisFlag(
        WINDOW_UPDATE,
        "window_update",
        "w",
        Severity.CHAT,
        "Window Update",
        "a pure ACK that only changes the window",
    ),
    AnalysisFlag(
        WINDOW_FULL,
        "window_full",
        "W",
        Severity.WARNING,
        "Window Full",
        "fills the receiver's advertised window to its edge",
    ),
    AnalysisFlag(
        KEEP_ALIVE,
        "keep_alive",
        "K",
        Severity.NOTE,
        "Keep-Alive",
        "zero or one byte just below the next one, to make the other side answer",
    ),
    AnalysisFlag(
        KEEP_ALIVE_ACK,
        "keep_alive_ack",
        "k",
        Severity.NOTE,
        "Keep-Alive ACK",
        "the answer to a keep-alive",
    ),
    AnalysisFlag(
        DUPLICATE_ACK,
        "duplicate_ack",
        "D",
        Severity.NOTE,
        "Dup ACK",
        "repeats an earlier ACK: something beyond a hole reached the receiver",
    ),
    AnalysisFlag(
        ZERO_WINDOW_PROBE,
        "zero_window_probe",
        "B",
        Severity.NOTE,
        "Zero Window Probe",
        "one byte into a closed window, to learn whether it has opened",
    ),
    AnalysisFlag(
        ZERO_WINDOW,
        "zero_window",
        "Z",
        Severity.WARNING,
        "Zero Window",
        "the receiver's buffer is full: its application does not read",
    ),
    AnalysisFlag(
        ZERO_WINDOW_PROBE_ACK,
        "zero_window_probe_ack",
        "b",
        Severity.NOTE,
        "Zero Window Probe ACK",
        "answers a probe: the window is still closed",
    ),
)

ALPHABETICAL: Final[tuple[AnalysisFlag, ...]] = tuple(
    sorted(ANALYSIS_FLAGS, key=lambda flag: flag.name)
)


def with_implied(bits: int) -> int:
    """The fields that tshark sets: fast and spurious retransmissions are retransmissions too."""
    if bits & (FAST_RETRANSMISSION | SPURIOUS_RETRANSMISSION):
        return bits | RETRANSMISSION
    return bits


def flag_names(bits: int) -> list[str]:
    """tshark's field names after ``tcp.analysis.`` that ``bits`` stand for, alphabetically."""
    shown = with_implied(bits)
    return [flag.name for flag in ALPHABETICAL if shown & flag.bit]
