"""A limit is what holds a bulk transfer back: this tells which, and for how long each held."""

from typing import Final, NamedTuple

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.findings.sides import SIDES
from tcptui.findings.waits import active_time, entries_of
from tcptui.text.durations import duration

BULK: Final = 100_000
"""Payload bytes of one direction that make it a bulk transfer."""


LIMITS: Final = ("receive_window", "application", "congestion_window", "path")
"""The causes that a report names."""


class TransferLimits(NamedTuple):
    """A bulk transfer's time by what held it back, in ns; ``rate`` in bytes a second.

    ``path`` is what is left: the path's bandwidth and delay, or the congestion window.
    """

    sender: str
    rate: int
    application: int
    window: int
    timers: int
    path: int
    losses: int

    @property
    def text(self) -> str:
        """``the server's transfer, 1.2 MB/s: path or congestion window 60 %, …``."""
        path = "congestion window after losses" if self.losses else "path"
        parts = [
            (self.path, path),
            (self.window, "receive window"),
            (self.application, "sender's application"),
            (self.timers, "retransmission timers"),
        ]
        total = max(sum(cost for cost, _ in parts), 1)
        named = ", ".join(
            f"{name} {duration(cost)} ({cost / total:.0%})"
            for cost, name in sorted(parts, reverse=True)
            if cost > 0
        )
        return f"the {self.sender}'s data at {self.rate:,} bytes/s, limited by: {named}"


def limits_of(flow: Flow) -> TransferLimits | None:
    """Return what limited the larger direction, or None if that is no bulk transfer."""
    side = int(flow.server.unique_bytes >= flow.client.unique_bytes)
    end = flow.server if side else flow.client
    if end.unique_bytes < BULK:
        return None
    total = active_time(flow)
    entries = entries_of(flow)

    def cost(of_side: int, *kinds: LedgerKind) -> int:
        return sum(one.cost for one in entries if one.kind in kinds and one.side == of_side)

    idle = int(flow.server_time if side else flow.client_time) * 1000
    window = cost(1 - side, LedgerKind.STALL_WINDOW_LIMITED, LedgerKind.STALL_ZERO_WINDOW)
    timers = cost(side, LedgerKind.STALL_RTO, LedgerKind.STALL_DELAYED_ACK_NAGLE)
    losses = sum(
        one.count
        for one in entries
        if one.kind in (LedgerKind.LOSS_AFTER_CAPTURE, LedgerKind.LOSS_BEFORE_CAPTURE)
        and one.side == side
    )
    path = max(total - idle - window - timers, 0)
    rate = int(end.unique_bytes) * 1_000_000_000 // total
    return TransferLimits(SIDES[side], rate, idle, window, timers, path, losses)


class Limit:
    """One cause that held a transfer back: a name of the report, its side, how long (ns)."""

    def __init__(self, cause: str, side: str | None, cost: int) -> None:
        self.cause: str = cause
        self.side: str | None = side
        self.cost: int = cost


def named_limits(flow: Flow) -> list[Limit]:
    """Return what limited the flow's bulk transfer, the longest first, or nothing where there is
    none.

    The time of retransmission timers is the congestion window's where data was lost, else the
    path's.
    """
    if flow.client.unique_bytes < BULK and flow.server.unique_bytes < BULK:
        return []
    limits = limits_of(flow)
    if limits is None:
        return []
    receiver = SIDES[1 - SIDES.index(limits.sender)]
    rest = limits.path + limits.timers
    found = [
        Limit("receive_window", receiver, limits.window),
        Limit("application", limits.sender, limits.application),
        Limit("congestion_window", limits.sender, rest)
        if limits.losses
        else Limit("path", None, rest),
    ]
    found.sort(key=longest_first)
    return [limit for limit in found if limit.cost > 0]


def longest_first(limit: Limit) -> int:
    """Return the key that orders limits, the longest first."""
    return -limit.cost
