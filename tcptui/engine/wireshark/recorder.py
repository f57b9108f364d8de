"""The recorder keeps what the rules decide while they judge one segment, and on which numbers.

The engine has no recorder; a replay gives one to the segment that somebody asks about.
"""

from typing import Final

from mypy_extensions import i64

THIS: Final = 0
OWN_LAST: Final = 1
OWN_HIGHEST: Final = 2
PEER_LAST: Final = 3
PEER_HIGHEST: Final = 4
PEER_LIMIT: Final = 5
HANDSHAKE: Final = 6
PEER_MARK: Final = 7
LIMIT: Final = 8
"""Where a number comes from: this segment, the sender's or the peer's last one, the one that set
the highest or the contiguous end, the one that ended the handshake, the one that set the count of
the peer's duplicate ACKs to its mark; or it is a limit of the rules, which no segment says."""
SOURCES: Final = 9

FIRED: Final = ""
# Why a rule did not give its flag.
ALREADY_SAID: Final = "already_said"
ASKS_FOR_OTHERS: Final = "asks_for_others"
ENDS_AT_HIGHEST: Final = "ends_at_highest"
FEW_DUPLICATES: Final = "few_duplicates"
IS_RESET: Final = "is_reset"
NEW_MPTCP_OPTION: Final = "new_mptcp_option"
NO_KEEP_ALIVE: Final = "no_keep_alive"
NO_PAYLOAD: Final = "no_payload"
NO_PROBE: Final = "no_probe"
NOT_ACKNOWLEDGED: Final = "not_acknowledged"
ONE_BELOW: Final = "one_below"
SACK_SAYS_DUPLICATE: Final = "sack_says_duplicate"
SAME_WINDOW: Final = "same_window"
SEEN_BEFORE: Final = "seen_before"
TOO_LATE: Final = "too_late"
WINDOW_BEHIND_PROBE: Final = "window_behind_probe"


class Number:
    """A number that a rule looked at, and the frame that it comes from (0: from none).

    Sequence numbers are raw, times in ns.
    """

    def __init__(self, name: str, value: int, frame: int) -> None:
        self.name = name
        self.value = value
        self.frame = frame


class Highest:
    """The highest end of one side before the segment (raw; 0: nothing seen), and the row that set
    it."""

    def __init__(self, row: int, end: int) -> None:
        self.row = row
        self.end = end


class Decision:
    """One rule's decision about a segment: its flag, `FIRED` or why not, and the numbers it looked
    at."""

    def __init__(self, flag: i64, reason: str, numbers: list[Number]) -> None:
        self.flag: i64 = flag
        self.reason: str = reason
        self.numbers: list[Number] = numbers


NOTHING_SEEN: Final = Highest(-1, 0)


class Recorder:
    """The decisions about one segment, in the order in which the rules asked, and what both sides
    had said before it.

    ``why_not`` says why there is nothing to tell; empty where there is. ``duplicates`` are the
    rows of the peer's last duplicate ACKs with its present acknowledgment, the oldest first;
    ``acknowledged_row`` is since when the peer has acknowledged all of the segment's payload,
    ``ack_before`` (raw) what its sender had acknowledged before its present acknowledgment: both
    -1 where nothing was.
    """

    def __init__(self) -> None:
        self.frames: list[int] = [0] * SOURCES
        self.own_highest: Highest = NOTHING_SEEN
        self.peer_highest: Highest = NOTHING_SEEN
        self.duplicates: list[int] = []
        self.acknowledged_row: int = -1
        self.ack_before: int = -1
        self.decisions: list[Decision] = []
        self.waiting: list[Number] = []
        self.why_not: str = ""

    def number(self, name: str, value: i64, source: i64) -> "Recorder":
        """Take a number that a rule looks at; its decision follows. What no segment said is
        none."""
        frame = self.frames[source]
        if frame != 0 or source == LIMIT:
            self.number_from(name, value, frame)
        return self

    def number_from(self, name: str, value: i64, frame: i64) -> None:
        """Take a number whose frame the rule knows."""
        self.waiting.append(Number(name, int(value), int(frame)))

    def segment(self, name: str, source: i64) -> None:
        """Take a segment that a rule looks at for what it was called; its number is its frame's."""
        self.number(name, self.frames[source], source)

    def told(self, name: str) -> Number | None:
        """Return the number of this name that a rule looked at last; None where none did."""
        for decision in reversed(self.decisions):
            for number in decision.numbers:
                if number.name == name:
                    return number
        return None

    def decide(self, flag: i64, reason: str) -> None:
        """Take the decision of the rule for ``flag``, on the numbers told since the decision
        before."""
        self.decisions.append(Decision(flag, reason, self.waiting))
        self.waiting = []

    def withdraw(self, flag: i64, reason: str) -> None:
        """Take a flag away, as a later rule does."""
        for decision in self.decisions:
            if decision.flag == flag:
                decision.reason = reason
