"""Where a flow's time went: one bar and one sentence."""

from typing import Final, NamedTuple

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.findings.kinds import WAITS
from tcptui.findings.sides import SIDES
from tcptui.findings.waits import entries_of
from tcptui.text.words import duration

LOST: Final = {
    LedgerKind.LOSS_AFTER_CAPTURE: "lost after this point",
    LedgerKind.LOSS_BEFORE_CAPTURE: "lost before this point",
    LedgerKind.CAPTURE_LOSS: "lost by the capture",
    LedgerKind.NOT_LOST: "not lost",
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


def tcp_waits(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    """Those entries of a flow's ledger that count what TCP's timers and windows made it wait."""
    return [entry for entry in entries if entry.kind in WAITS and WAITS[entry.kind].by_tcp]


def shares_of(flow: Flow) -> Shares:
    """The bar of a flow, from its ledger and counters alone."""
    total = max(int(flow.last_time - flow.first_time), 0)
    server = min(int(flow.server_time) * 1000, total)
    client = min(int(flow.client_time) * 1000, total - server)
    waits = sum(entry.cost for entry in tcp_waits(entries_of(flow)))
    tcp = min(waits, total - server - client)
    active = min(max(int(flow.mark - flow.first_time), 0), total)
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
    entries = entries_of(flow)
    for entry in tcp_waits(entries):
        name = WAITS[entry.kind].words.format(side=SIDES[entry.side])
        times = f" ×{entry.count}" if entry.kind is not LedgerKind.STALL_WINDOW_LIMITED else ""
        where = where_lost(entries, entry) if entry.kind is LedgerKind.STALL_RTO else ""
        parts.append((entry.cost, f"{name}{times} {duration(entry.cost)}{where}"))
    return parts


def where_lost(entries: list[LedgerEntry], timer: LedgerEntry) -> str:
    """`` (lost after this point, #812)``: where most of what a side sent again was lost."""
    losses = [one for one in entries if one.kind in LOST and one.side == timer.side]
    if not losses:
        return f" (#{timer.worst_frame})"
    most = max(losses, key=lambda one: one.count)
    return f" ({LOST[most.kind]}, #{timer.worst_frame})"


def story_of(flow: Flow) -> str:
    """``4.1 s: server 2.9 s, RTO ×2 1.0 s (lost after this point, #812), network 0.2 s``."""
    shares = shares_of(flow)
    if shares.total == 0:
        return "no time passed"
    parts = sorted(parts_of(flow, shares), key=lambda part: -part[0])
    named = [words for cost, words in parts if cost > WORTH_NAMING * shares.total][:MOST_PARTS]
    return f"{duration(shares.total)}: {', '.join(named)}"
