"""The table of tcp.analysis flags has a row for each.

Everything that shows, sorts, colours, weighs or explains a flag reads this table: ``packets``, the
flow list, the ladder, the filters and the documentation. The code of the rules is in
:mod:`tcptui.engine.wireshark.analysis`; a new flag is a row here and a rule there.
"""

from enum import Enum
from typing import Final, NamedTuple

from tcptui.engine.wireshark.releases import has_come

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

RESENT: Final = RETRANSMISSION | FAST_RETRANSMISSION | SPURIOUS_RETRANSMISSION
UNUSUAL: Final = (
    RESENT
    | OUT_OF_ORDER
    | ACK_LOST_SEGMENT
    | KEEP_ALIVE
    | WINDOW_FULL
    | ZERO_WINDOW
    | ZERO_WINDOW_PROBE
)
"""Flags of segments that are not ordinary data or acknowledgments."""


class Severity(Enum):
    """Wireshark's expert levels, mildest first."""

    CHAT = "chat"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class AnalysisFlag(NamedTuple):
    """One flag is one row: everything about it but the code of its rule.

    ``bit`` is its place in the analysis column and ``name`` tshark's field after
    ``tcp.analysis.``. ``letter`` stands for it where there is little room, ``short_title`` has at
    most 14 characters. ``rule`` says when Wireshark 4.0 gives the flag, ``state`` what the rule has
    to remember, ``reading`` what it tells of the connection and where it misleads. ``since`` has
    what later releases decide otherwise, each beside the one before.
    """

    bit: int
    name: str
    letter: str
    severity: Severity
    title: str
    short_title: str
    meaning: str
    rule: str
    state: str
    reading: str
    since: tuple[tuple[str, str], ...] = ()

    @property
    def number(self) -> int:
        """The number of its bit, from 0: its place among a flow's counts."""
        return self.bit.bit_length() - 1

    def rule_of(self, release: str) -> str:
        """Return when a release gives the flag: 4.0's rule, and what changed until then."""
        changes = [
            f"Since {changed}: {otherwise}"
            for changed, otherwise in self.since
            if has_come(changed, by=release)
        ]
        return " ".join((self.rule, *changes))


ROWS: Final[tuple[AnalysisFlag, ...]] = (
    AnalysisFlag(
        REUSED_PORTS,
        "reused_ports",
        letter="P",
        severity=Severity.NOTE,
        title="Port numbers reused",
        short_title="Ports reused",
        meaning="a new connection on a four-tuple that this capture has already seen",
        rule=(
            "A SYN on a four-tuple that is already known, with another sequence number than the "
            "one that the sender's numbers count from; it begins a new flow. A SYN+ACK with "
            "another number stays in its flow, and the sender's relative numbers count from "
            "there."
        ),
        state=("The initial sequence number of each side."),
        reading=(
            "A client opens connections faster than its ports wear out, or reuses one port on "
            "purpose. On top of TIME-WAIT a server may refuse or ignore such a SYN."
        ),
        since=(
            (
                "4.4",
                "A SYN+ACK with another number begins a new flow too, and so does any SYN or "
                "SYN+ACK on a four-tuple whose flow has had a FIN or RST.",
            ),
        ),
    ),
    AnalysisFlag(
        RETRANSMISSION,
        "retransmission",
        letter="R",
        severity=Severity.NOTE,
        title="Retransmission",
        short_title="Rexmit",
        meaning="sent again after the retransmission timer: no duplicate ACKs asked for it",
        rule=(
            "Takes sequence space (payload, SYN or FIN), begins below the highest end seen, and "
            "is neither a keep-alive nor spurious, fast or out of order. (Not where it begins "
            "one byte below the highest end with more than one byte.)"
        ),
        state=(
            "The highest end that the sender has reached; the segments not yet acknowledged: "
            "`rto` is the time since the oldest of them."
        ),
        reading=(
            "The sender's timer ran out: the connection stood still for that long. If the first "
            "copy is in the capture, it was lost after this point, or its acknowledgment was; if"
            " not, it was lost before. The rule knows no SACK and no time stamps, so a "
            "repetition that SACK asked for, and a segment that came late by more than the "
            "initial RTT, carry this name too."
        ),
        since=(
            (
                "4.4",
                "`rto` is the time since the oldest of those unacknowledged segments that do "
                "not begin below this one.",
            ),
        ),
    ),
    AnalysisFlag(
        FAST_RETRANSMISSION,
        "fast_retransmission",
        letter="F",
        severity=Severity.NOTE,
        title="Fast Retransmission",
        short_title="Fast Rexmit",
        meaning="sent again because duplicate ACKs asked for it, before any timer ran out",
        rule=(
            "Begins below the highest end seen, exactly where the peer's last acknowledgment "
            "stands, after at least two duplicate ACKs, less than 20 ms after the peer's last "
            "segment."
        ),
        state=(
            "The peer's acknowledgment, its count of duplicate ACKs, the time of its last segment."
        ),
        reading=(
            "Loss that cost about one round trip. TCP asks for three duplicate ACKs (RFC 5681), "
            "this rule for two. After an ACKed unseen segment the rule counts as if there had "
            "been enough of them."
        ),
        since=(
            (
                "4.4",
                "Also what begins elsewhere, if the SACK blocks of the peer leave it out.",
            ),
            (
                "4.6",
                "A clock that went back since the peer's last segment counts as no time, so "
                "that it is fast all the same.",
            ),
        ),
    ),
    AnalysisFlag(
        SPURIOUS_RETRANSMISSION,
        "spurious_retransmission",
        letter="S",
        severity=Severity.NOTE,
        title="Spurious Retransmission",
        short_title="Spurious",
        meaning="sent again although the other side had already acknowledged it",
        rule=("Carries payload, and all of it lies below what the peer has already acknowledged."),
        state=("The peer's last acknowledgment."),
        reading=(
            "The sender had not got that acknowledgment: it was lost between this point and the "
            "sender, came too late, or the timer was too short."
        ),
    ),
    AnalysisFlag(
        OUT_OF_ORDER,
        "out_of_order",
        letter="O",
        severity=Severity.WARNING,
        title="Out-Of-Order",
        short_title="Out-Of-Order",
        meaning="below the highest sequence number seen, and too soon for a retransmission",
        rule=(
            "Takes sequence space, begins below the highest end seen, does not end exactly "
            "there, and comes within the initial RTT (3 ms where that is not known) after the "
            "segment that reached the highest end."
        ),
        state=("The highest end and the time of the segment that reached it; the initial RTT."),
        reading=(
            "The path reordered two segments, or a repetition came faster than the rule expects:"
            " only SACK, time stamps or the IP identification tell them apart."
        ),
        since=(
            (
                "4.4",
                "Never what lies within a segment that was seen and is not acknowledged yet. "
                "What ends exactly at the highest end may be out of order if that end was reached "
                "without payload.",
            ),
            (
                "4.6",
                "The time counts from the peer's last segment; a clock that went back counts "
                "as no time.",
            ),
        ),
    ),
    AnalysisFlag(
        LOST_SEGMENT,
        "lost_segment",
        letter="L",
        severity=Severity.WARNING,
        title="Previous segment not captured",
        short_title="Hole",
        meaning="begins beyond the end of the last segment seen: a hole before it",
        rule=("Begins beyond the highest end seen of its sender, and is no RST."),
        state=("The highest end that the sender has reached."),
        reading=(
            "The bytes between were lost before this point, come later by another way, or the "
            "capture missed them: who acknowledges them later tells which."
        ),
    ),
    AnalysisFlag(
        ACK_LOST_SEGMENT,
        "ack_lost_segment",
        letter="U",
        severity=Severity.WARNING,
        title="ACKed unseen segment",
        short_title="ACKed unseen",
        meaning="acknowledges data that this capture never had: the capture lost it",
        rule=(
            "Acknowledges beyond the end of the contiguous data seen from the other side. Where "
            "nothing more has been seen it is said once, until the other side moves on."
        ),
        state=("The contiguous end of the other side's data, and its highest end."),
        reading=(
            "The data did arrive, so nothing is wrong with the connection: the capture lost it, "
            "or it took another way."
        ),
        since=(
            (
                "4.4",
                "It is said each time, for then the limit moves to the acknowledgment, or to "
                "the end of what was seen from there on. An ACK that takes the byte of a zero "
                "window probe is none: it is a window update or a zero window probe ACK.",
            ),
        ),
    ),
    AnalysisFlag(
        WINDOW_UPDATE,
        "window_update",
        letter="w",
        severity=Severity.CHAT,
        title="Window Update",
        short_title="Win Update",
        meaning="a pure ACK that only changes the window",
        rule=(
            "A pure ACK with the sequence and acknowledgment numbers of the one before and "
            "another window, not zero."
        ),
        state=("The sender's last acknowledgment, window and highest end."),
        reading=(
            "The application has read, and there is room again. Harmless; many small ones tell "
            "of a receiver that reads in small pieces."
        ),
        since=(
            (
                "4.4",
                "With SACK blocks it is a duplicate ACK instead. An ACK that takes the byte "
                "of a zero window probe, and opens the window, is an update too.",
            ),
        ),
    ),
    AnalysisFlag(
        WINDOW_FULL,
        "window_full",
        letter="W",
        severity=Severity.WARNING,
        title="Window Full",
        short_title="Win Full",
        meaning="fills the receiver's advertised window to its edge",
        rule=(
            "Carries payload that ends exactly where the peer's last acknowledgment and window "
            "end; only where the peer's window scale is known."
        ),
        state=("The peer's last acknowledgment, window and window scale."),
        reading=(
            "The sender may send nothing more until the receiver says so: the receiver, or its "
            "buffer, sets the pace from here."
        ),
    ),
    AnalysisFlag(
        KEEP_ALIVE,
        "keep_alive",
        letter="K",
        severity=Severity.NOTE,
        title="Keep-Alive",
        short_title="Keep-Alive",
        meaning="zero or one byte just below the next one, to make the other side answer",
        rule=("Zero or one byte, beginning one below the highest end seen; no SYN, FIN or RST."),
        state=("The highest end that the sender has reached."),
        reading=(
            "A side asks whether the other is still there; intervals and answers are what matters."
        ),
    ),
    AnalysisFlag(
        KEEP_ALIVE_ACK,
        "keep_alive_ack",
        letter="k",
        severity=Severity.NOTE,
        title="Keep-Alive ACK",
        short_title="Keep-Alive ACK",
        meaning="the answer to a keep-alive",
        rule=(
            "A pure ACK with the numbers and the window of the one before, when the peer's last "
            "segment was a keep-alive; the window is not zero."
        ),
        state=("The sender's last numbers and window; the peer's last flags."),
        reading=("The other side is still there."),
    ),
    AnalysisFlag(
        DUPLICATE_ACK,
        "duplicate_ack",
        letter="D",
        severity=Severity.NOTE,
        title="Dup ACK",
        short_title="Dup ACK",
        meaning="repeats an earlier ACK: something beyond a hole reached the receiver",
        rule=(
            "A pure ACK with the numbers and the window of the one before, when the peer's last "
            "segment was no keep-alive; the window is not zero. Counted since the acknowledgment"
            " last changed. (Not where a new kind of Multipath TCP option came in between.)"
        ),
        state=(
            "The sender's last numbers and window, the frame that first carried the acknowledgment."
        ),
        reading=(
            "The receiver got something beyond a hole, or something that it already had. TCP "
            "takes the third as a request to send again (RFC 5681)."
        ),
        since=(
            (
                "4.4",
                "So is what would be a window update if it had no SACK blocks. A new kind of "
                "Multipath TCP option excuses nothing.",
            ),
        ),
    ),
    AnalysisFlag(
        ZERO_WINDOW_PROBE,
        "zero_window_probe",
        letter="B",
        severity=Severity.NOTE,
        title="Zero Window Probe",
        short_title="Win Probe",
        meaning="one byte into a closed window, to learn whether it has opened",
        rule=(
            "Exactly one byte, beginning at the highest end seen, while the peer's window is zero."
        ),
        state=("The highest end that the sender has reached; the peer's last window."),
        reading=(
            "The sender waits for room and asks whether there is some. The byte does not count "
            "as sent."
        ),
    ),
    AnalysisFlag(
        ZERO_WINDOW,
        "zero_window",
        letter="Z",
        severity=Severity.WARNING,
        title="Zero Window",
        short_title="Zero Win",
        meaning="the receiver's buffer is full: its application does not read",
        rule=("The window is zero, and the segment is no SYN, FIN or RST, and no probe itself."),
        state=("Nothing."),
        reading=("The receiver's application does not read: look there, not at the network."),
    ),
    AnalysisFlag(
        ZERO_WINDOW_PROBE_ACK,
        "zero_window_probe_ack",
        letter="b",
        severity=Severity.NOTE,
        title="Zero Window Probe ACK",
        short_title="Win Probe ACK",
        meaning="answers a probe: the window is still closed",
        rule=(
            "A pure ACK with the numbers of the one before and still a zero window, when the "
            "peer's last segment was a zero window probe."
        ),
        state=("The sender's last numbers and window; the peer's last flags."),
        reading=("Still no room; the sender goes on waiting."),
        since=(
            (
                "4.4",
                "Also an ACK that takes the probe's byte and leaves the window at zero.",
            ),
        ),
    ),
)

ANALYSIS_FLAGS: Final[tuple[AnalysisFlag, ...]] = tuple(sorted(ROWS, key=lambda flag: flag.bit))
"""All flags by their bits: the order in which Wireshark's packet list names them."""
ANALYSIS_FLAG_BY_BIT: Final[dict[int, AnalysisFlag]] = {flag.bit: flag for flag in ANALYSIS_FLAGS}

ANY_FLAG: Final = sum(flag.bit for flag in ANALYSIS_FLAGS)

ALPHABETICAL: Final[tuple[AnalysisFlag, ...]] = tuple(
    sorted(ANALYSIS_FLAGS, key=lambda flag: flag.name)
)


def with_implied(bits: int) -> int:
    """Return the fields that tshark sets: fast and spurious retransmissions are retransmissions
    too."""
    if bits & (FAST_RETRANSMISSION | SPURIOUS_RETRANSMISSION):
        return bits | RETRANSMISSION
    return bits


def flag_names(bits: int) -> list[str]:
    """tshark's field names after ``tcp.analysis.`` that ``bits`` stand for, alphabetically."""
    shown = with_implied(bits)
    return [flag.name for flag in ALPHABETICAL if shown & flag.bit]
