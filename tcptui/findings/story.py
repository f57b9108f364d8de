"""Where a flow's time went: one bar and one sentence."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.causes import Cause, CauseCount
from tcptui.engine.flow import Flow
from tcptui.engine.saturation import elapsed, plus
from tcptui.findings import trouble
from tcptui.findings.cause_findings import SIDES
from tcptui.findings.finding import Finding
from tcptui.findings.unfinished import unfinished
from tcptui.text.words import duration

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
    server's application, TCP's timers and windows, the way, and idle after the last data."""

    def __init__(self, client: i64, server: i64, tcp: i64, network: i64, idle: i64) -> None:
        self.client: i64 = client
        self.server: i64 = server
        self.tcp: i64 = tcp
        self.network: i64 = network
        self.idle: i64 = idle

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.parts())

    def parts(self) -> list[int]:
        """The five parts in this order."""
        return [
            int(self.client),
            int(self.server),
            int(self.tcp),
            int(self.network),
            int(self.idle),
        ]


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


def tallies_of(flow: Flow) -> list[CauseCount]:
    return unfinished(flow, flow.totals.tallies()) if flow.totals is not None else []


def time_split(flow: Flow) -> TimeSplit:
    """Where the flow's time went, from its running totals alone."""
    total = elapsed(flow.last_time, flow.first_time)
    if total < 0:
        total = 0
    server = least(i64(flow.server_time) * 1000, total)
    client = least(i64(flow.client_time) * 1000, total - server)
    tcp = least(waited_for_tcp(flow), total - server - client)
    active = elapsed(flow.last_progress, flow.first_time)
    if active < 0:
        active = 0
    network = least(active, total) - server - client - tcp
    if network < 0:
        network = 0
    return TimeSplit(client, server, tcp, network, total - server - client - tcp - network)


def least(one: i64, other: i64) -> i64:
    """The smaller one."""
    return one if one < other else other


def waited_for_tcp(flow: Flow) -> i64:
    """What TCP's timers and windows took, in ns, also where that is not over."""
    waited: i64 = 0
    if flow.totals is not None:
        for tally in tallies_of(flow):
            if tally.cause in WAITS:
                waited = plus(waited, tally.cost)
    return waited


def parts_of(flow: Flow, split: TimeSplit) -> list[tuple[int, str]]:
    """What the time went to, as (ns, words)."""
    parts = [
        (split.server, f"server {duration(split.server)}"),
        (split.client, f"client {duration(split.client)}"),
        (split.network, f"network {duration(split.network)}"),
        (split.idle, f"idle after the last data {duration(split.idle)}"),
    ]
    tallies = tallies_of(flow)
    for tally in tallies:
        if tally.cause in WAITS:
            name = WAITS[tally.cause].format(side=SIDES[tally.side])
            times = f" ×{tally.count}" if tally.cause is not Cause.WINDOW_LIMITED else ""
            where = where_lost(tallies, tally) if tally.cause is Cause.RTO else ""
            parts.append((tally.cost, f"{name}{times} {duration(tally.cost)}{where}"))
    return parts


def where_lost(tallies: list[CauseCount], timer: CauseCount) -> str:
    """`` (lost after this point, #812)``: where most of what a side sent again was lost."""
    losses = [one for one in tallies if one.cause in LOST and one.side == timer.side]
    if not losses:
        return f" (#{timer.worst_frame})"
    most = max(losses, key=lambda one: one.count)
    return f" ({LOST[most.cause]}, #{timer.worst_frame})"


def story_of(flow: Flow) -> str:
    """``4.1 s: server 2.9 s, RTO ×2 1.0 s (lost after this point, #812), network 0.2 s``."""
    split = time_split(flow)
    if split.total == 0:
        return "no time passed"
    parts = sorted(parts_of(flow, split), key=lambda part: -part[0])
    named = [words for cost, words in parts if cost > WORTH_NAMING * split.total][:MOST_PARTS]
    return f"{duration(split.total)}: {', '.join(named)}"


def time_sentence(flow: Flow) -> str:
    """Where the flow's time went; nothing where it was only waiting to be closed."""
    split = time_split(flow)
    return f"{story_of(flow)}." if split.idle < split.total else ""


def flow_sentence(flow: Flow, found: list[Finding], now: int) -> str:
    """Where the flow's time went, and what is wrong up to ``now`` (ns): ``found`` in it, or what
    its flags tell."""
    wrong = "; ".join([finding.text for finding in found]) or trouble.words(flow, now)
    went = time_sentence(flow)
    told = as_sentence(wrong or "nothing wrong found")
    return f"{went} {told}" if went else told


def as_sentence(text: str) -> str:
    """A text with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def worst_wait(flow: Flow) -> CauseCount | None:
    """What made the flow wait longest at once; its ``worst`` and ``worst_frame`` say how long and
    which frame ended it."""
    worst: CauseCount | None = None
    if flow.totals is not None:
        for tally in tallies_of(flow):
            if tally.cause in STALL_KINDS and (worst is None or tally.worst > worst.worst):
                worst = tally
    return worst if worst is not None and worst.worst > 0 else None
