"""The decisions of the rules that ran again over a segment are told here: which rule fired on which
numbers, and which did not, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tcptui.diagnosis.evidence_facts import json_value, shown
from tcptui.diagnosis.fact_texts import FACTS
from tcptui.diagnosis.trail import SegmentContext
from tcptui.engine.wireshark import recorder
from tcptui.engine.wireshark.flags import ANALYSIS_FLAG_BY_BIT
from tcptui.engine.wireshark.recorder import FIRED, Decision, Number

REASONS: Final[dict[str, str]] = {
    recorder.ALREADY_SAID: "it has been said, and the data has not moved on since",
    recorder.ASKS_FOR_OTHERS: "the duplicate ACKs ask for another segment",
    recorder.ENDS_AT_HIGHEST: "ends exactly at the highest end seen",
    recorder.FEW_DUPLICATES: "fewer than two duplicate ACKs came before it",
    recorder.IS_RESET: "a reset is never said to follow a hole",
    recorder.NEW_MPTCP_OPTION: "a new kind of Multipath TCP option excuses it",
    recorder.NO_KEEP_ALIVE: "the peer's last segment was no keep-alive",
    recorder.NO_PAYLOAD: "it carries no payload",
    recorder.NO_PROBE: "the peer's last segment was no zero window probe",
    recorder.NOT_ACKNOWLEDGED: "the peer has not acknowledged it",
    recorder.ONE_BELOW: "begins one below the highest end, like a keep-alive",
    recorder.SACK_SAYS_DUPLICATE: "it has a SACK option, which makes it a duplicate ACK",
    recorder.SAME_WINDOW: "the window is the same as before",
    recorder.SEEN_BEFORE: "all of it was seen before and is not acknowledged",
    recorder.TOO_LATE: "comes too late",
    recorder.WINDOW_BEHIND_PROBE: "only takes the byte of a zero window probe",
}
"""Why a rule did not give its flag."""

OF_RECEIVER: Final = {"ack", "ack_before", "ack_limit"}
"""Numbers that count from the receiver's initial one; others that are relative, the sender's."""


@dataclass(frozen=True)
class RuleNumber:
    """A number that a rule looked at; relative where it is a sequence number. ``frame``: where it
    comes from, None for a limit of the rules."""

    name: str
    value: int
    frame: int | None

    def as_json(self) -> dict[str, Any]:
        value = json_value(FACTS[self.name].unit, self.value)
        return {"frame": self.frame, "name": self.name, "value": value}

    def as_text(self) -> str:
        fact = FACTS[self.name]
        source = f" (#{self.frame})" if self.frame else ""
        if fact.unit == "frame":
            source = ""
        return f"{fact.label} {shown(fact.unit, self.value)}{source}"


@dataclass(frozen=True)
class RuleDecision:
    """A rule's decision in words; ``reason`` is in words, or empty where it fired."""

    flag: int
    reason: str
    numbers: tuple[RuleNumber, ...]

    @property
    def rule(self) -> str:
        """tshark's name of its flag."""
        return ANALYSIS_FLAG_BY_BIT[self.flag].name

    @property
    def why(self) -> str:
        """Why it did not fire, with the numbers."""
        told = self.numbers_as_text()
        return f"{self.reason} ({told})" if told else self.reason

    def numbers_as_text(self) -> str:
        return ", ".join(number.as_text() for number in self.numbers)


def decisions(trail: SegmentContext, found: Sequence[Decision]) -> tuple[RuleDecision, ...]:
    """Return the decisions of a replay, with numbers as they are shown at the trail's segment."""
    return tuple(
        RuleDecision(
            int(one.flag),
            "" if one.reason == FIRED else REASONS[one.reason],
            tuple(as_shown(trail, number) for number in one.numbers),
        )
        for one in found
    )


def as_shown(trail: SegmentContext, number: Number) -> RuleNumber:
    value = number.value
    if FACTS[number.name].unit == "number":
        value = trail.ack(value) if number.name in OF_RECEIVER else trail.seq(value)
    return RuleNumber(number.name, value, number.frame or None)


def fired(told: Sequence[RuleDecision], flag: int) -> tuple[RuleNumber, ...]:
    """Return the numbers on which a flag was given."""
    return next((one.numbers for one in told if one.flag == flag and not one.reason), ())


def not_fired(told: Sequence[RuleDecision], flag: int) -> tuple[RuleDecision, ...]:
    """Return the rules that were asked just before the one that gave a flag, and did not fire."""
    before: list[RuleDecision] = []
    for one in told:
        if one.reason:
            before.append(one)
        elif one.flag == flag:
            break
        else:
            before.clear()
    return tuple(before)
