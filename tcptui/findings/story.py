"""Where a flow's time went: one bar and one sentence."""

from collections.abc import Iterable
from typing import Final

from mypy_extensions import i64

from tcptui.engine.causes import Cause, CauseCount
from tcptui.engine.flow import Flow
from tcptui.engine.saturation import plus, waited_since
from tcptui.findings import trouble
from tcptui.findings.cause_findings import SIDES
from tcptui.findings.finding import Finding
from tcptui.findings.unfinished import unfinished
from tcptui.text.durations import duration

LOST: Final = {
    Cause.LOST_AFTER: "lost after this point",
    Cause.LOST_BEFORE: "lost before this point",
    Cause.CAPTURE_LOST: "lost by the capture",
    Cause.NOT_LOST: "not lost",
}
WORTH_NAMING: Final = 0.03
"""Of the whole time: a smaller part is left out of the sentence."""
MOST_PARTS: Final = 4


class TimeSplit:
    """A flow's time from its first to its last segment by who used it, in ns: the client's and the
    server's application, TCP's timers and windows, the way, and idle after the last data.

    ``total`` is all of it, ``tallies`` is what the flow waited for.
    """

    def __init__(self, total: i64, tallies: list[CauseCount]) -> None:
        self.total: i64 = total
        self.tallies: list[CauseCount] = tallies
        self.client: i64 = 0
        self.server: i64 = 0
        self.tcp: i64 = 0
        self.network: i64 = 0
        self.idle: i64 = total

    def take_from_idle(self, wanted: i64) -> i64:
        """So much of what is left, or all of that."""
        taken = 0 if wanted < 0 else wanted if wanted < self.idle else self.idle
        self.idle -= taken
        return taken

    def parts(self) -> list[int]:
        """The five parts in this order."""
        return [
            int(self.client),
            int(self.server),
            int(self.tcp),
            int(self.network),
            int(self.idle),
        ]


class StoryPart:
    """A part of the time in the sentence: ``number`` of the four plain ones, or a wait."""

    def __init__(self, cost: i64, number: int, tally: CauseCount | None) -> None:
        self.cost: i64 = cost
        self.number: int = number
        self.tally: CauseCount | None = tally


PLAIN_PARTS: Final = ("server", "client", "network", "idle after the last data")
WAITS: Final[dict[Cause, str]] = {
    Cause.RTO: "RTO",
    Cause.SYN_RETRY: "SYN retry",
    Cause.ZERO_WINDOW: "{side}'s window closed",
    Cause.WINDOW_LIMITED: "{side}'s window too small",
    Cause.DELAYED_ACK_NAGLE: "delayed ACK against Nagle",
}
"""What TCP waits for."""
NAMES: Final[dict[Cause, str]] = {
    **WAITS,
    Cause.SENDER_IDLE: "{side} idle",
    Cause.SERVER_THINK: "server thinking",
}
"""All waits."""
STALL_KINDS: Final[dict[Cause, str]] = {
    Cause.RTO: "stall_rto",
    Cause.SYN_RETRY: "stall_syn_retry",
    Cause.ZERO_WINDOW: "stall_zero_window",
    Cause.WINDOW_LIMITED: "stall_window_limited",
    Cause.DELAYED_ACK_NAGLE: "stall_delayed_ack_nagle",
    Cause.SENDER_IDLE: "stall_sender_idle",
    Cause.SERVER_THINK: "stall_server_think",
}
"""The kinds of finding that waits are."""


def bits_of(causes: Iterable[Cause]) -> int:
    """Causes as a bit each: quicker to ask in compiled code than a dictionary."""
    return sum(1 << cause.value for cause in causes)


WAIT_BITS: Final[i64] = bits_of(WAITS)
STALL_BITS: Final[i64] = bits_of(STALL_KINDS)


def is_among(tally: CauseCount, bits: i64) -> bool:
    """Whether the cause is one of these bits."""
    return (bits >> i64(int(tally.cause))) & 1 != 0


def tallies_of(flow: Flow) -> list[CauseCount]:
    """What the flow waited for and lost, also where that is not over."""
    return unfinished(flow, flow.totals.tallies()) if flow.totals is not None else []


def time_split(flow: Flow) -> TimeSplit:
    """Where the flow's time went, from its running totals alone."""
    total = waited_since(flow.last_time, flow.first_time)
    split = TimeSplit(total, tallies_of(flow))
    waited: i64 = 0
    for tally in split.tallies:
        if is_among(tally, WAIT_BITS):
            waited = plus(waited, tally.cost)
    split.server = split.take_from_idle(i64(flow.server_time) * 1000)
    split.client = split.take_from_idle(i64(flow.client_time) * 1000)
    split.tcp = split.take_from_idle(waited)
    active = waited_since(flow.last_progress, flow.first_time)
    split.network = split.take_from_idle(active - (total - split.idle))
    return split


def parts_of(split: TimeSplit) -> list[StoryPart]:
    """What is worth naming of what the time went to, the longest first."""
    least = WORTH_NAMING * float(split.total)
    parts: list[StoryPart] = []
    for number, cost in enumerate((split.server, split.client, split.network, split.idle)):
        if float(cost) > least:
            parts.append(StoryPart(cost, number, None))
    for tally in split.tallies:
        if float(tally.cost) > least and is_among(tally, WAIT_BITS):
            parts.append(StoryPart(tally.cost, 0, tally))
    if len(parts) > 1:
        parts.sort(key=longest_first)
    return parts[:MOST_PARTS]


def longest_first(part: StoryPart) -> int:
    """Orders parts."""
    return int(-part.cost)


def part_text(part: StoryPart, tallies: list[CauseCount]) -> str:
    """``server 2.9 s``, ``RTO ×2 1.0 s (lost after this point, #812)``."""
    tally = part.tally
    if tally is None:
        return f"{PLAIN_PARTS[part.number]} {duration(int(part.cost))}"
    name = WAITS[tally.cause].format(side=SIDES[tally.side])
    times = f" ×{tally.count}" if tally.cause is not Cause.WINDOW_LIMITED else ""
    where = where_lost(tallies, tally) if tally.cause is Cause.RTO else ""
    return f"{name}{times} {duration(tally.cost)}{where}"


def where_lost(tallies: list[CauseCount], timer: CauseCount) -> str:
    """`` (lost after this point, #812)``: where most of what a side sent again was lost."""
    losses = [one for one in tallies if one.cause in LOST and one.side == timer.side]
    if not losses:
        return f" (#{timer.worst_frame})"
    most = max(losses, key=lambda one: one.count)
    return f" ({LOST[most.cause]}, #{timer.worst_frame})"


def story_of(flow: Flow) -> str:
    """``4.1 s: server 2.9 s, RTO ×2 1.0 s (lost after this point, #812), network 0.2 s``."""
    return split_text(time_split(flow))


def split_text(split: TimeSplit) -> str:
    """The same of a split that is known."""
    if split.total == 0:
        return "no time passed"
    named = [part_text(part, split.tallies) for part in parts_of(split)]
    return f"{duration(int(split.total))}: {', '.join(named)}"


def time_sentence(split: TimeSplit) -> str:
    """Where a flow's time went; nothing where it was only waiting to be closed."""
    return f"{split_text(split)}." if split.idle < split.total else ""


def flow_sentence(flow: Flow, split: TimeSplit, found: list[Finding], now: int) -> str:
    """Where the flow's time went, and what is wrong up to ``now`` (ns): ``found`` in it, or what
    its flags tell."""
    wrong = "; ".join([finding.text for finding in found]) if found else trouble.words(flow, now)
    went = time_sentence(split)
    told = as_sentence(wrong) if wrong else "Nothing wrong found."
    return f"{went} {told}" if went else told


def as_sentence(text: str) -> str:
    """A text with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def worst_wait(split: TimeSplit) -> CauseCount | None:
    """What made the flow wait longest at once; its ``worst`` and ``worst_frame`` say how long and
    which frame ended it."""
    worst: CauseCount | None = None
    for tally in split.tallies:
        if is_among(tally, STALL_BITS) and (worst is None or tally.worst > worst.worst):
            worst = tally
    return worst if worst is not None and worst.worst > 0 else None
