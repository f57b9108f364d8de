"""Where a flow's time went: one bar and one sentence."""

from typing import Final, NamedTuple

from tcptui.engine.causes import Cause, CauseCount
from tcptui.engine.flow import Flow
from tcptui.findings.cause_findings import SIDES
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


class Shares(NamedTuple):
    """A flow's time from its first to its last segment, in ns: waiting for an application,
    for TCP's timers and windows, on the way, and idle after the last data."""

    client: int
    server: int
    tcp: int
    network: int
    idle: int

    @property
    def total(self) -> int:
        return sum(self)


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


def tallies_of(flow: Flow) -> list[CauseCount]:
    return unfinished(flow, flow.totals.tallies()) if flow.totals is not None else []


def shares_of(flow: Flow) -> Shares:
    """The bar of a flow, from its running totals alone."""
    total = max(int(flow.last_time - flow.first_time), 0)
    server = min(int(flow.server_time) * 1000, total)
    client = min(int(flow.client_time) * 1000, total - server)
    waits = sum(tally.cost for tally in tallies_of(flow) if tally.cause in WAITS)
    tcp = min(waits, total - server - client)
    active = min(max(int(flow.last_progress - flow.first_time), 0), total)
    network = max(active - server - client - tcp, 0)
    return Shares(client, server, tcp, network, total - server - client - tcp - network)


def parts_of(flow: Flow, shares: Shares) -> list[tuple[int, str]]:
    """What the time went to, as (ns, words)."""
    parts = [
        (shares.server, f"server {duration(shares.server)}"),
        (shares.client, f"client {duration(shares.client)}"),
        (shares.network, f"network {duration(shares.network)}"),
        (shares.idle, f"idle after the last data {duration(shares.idle)}"),
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
    shares = shares_of(flow)
    if shares.total == 0:
        return "no time passed"
    parts = sorted(parts_of(flow, shares), key=lambda part: -part[0])
    named = [words for cost, words in parts if cost > WORTH_NAMING * shares.total][:MOST_PARTS]
    return f"{duration(shares.total)}: {', '.join(named)}"
