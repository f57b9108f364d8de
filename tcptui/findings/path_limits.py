"""The path limits a long transfer by its queue, a policer, its MTU, or by standing still; and a
send buffer that holds less than the path may be found only by what it is not.

A finding says for how long; that time is taken from what nothing else explains.
"""

from typing import Final

from tcptui.findings.finding import Finding
from tcptui.findings.limits import (
    LIMITS,
    WORDS,
    WORTH_SAYING,
    Limit,
    TransferLimits,
    longest_first,
)
from tcptui.text.amounts import percent
from tcptui.text.durations import duration

SEND_BUFFER: Final = "send_buffer"
CAUSES: Final = {
    "queue_delay": "queue",
    "policed": "policer",
    "pmtu_black_hole": "mtu",
    "fragmentation_needed": "mtu",
    "delay_spike": "path",
    "spurious_timeout": "path",
    "stall_send_buffer": SEND_BUFFER,
}
"""The limit's cause by the kind of finding that tells it."""
ALL_WORDS: Final = WORDS | {"queue": "queue on the path", "policer": "policer", "mtu": "path MTU"}
LIMIT_NAMES: Final = tuple(dict.fromkeys((*LIMITS, *CAUSES.values())))
"""The causes that a report names."""
UNEXPLAINED: Final = ("path", "congestion_window")
"""What time is taken from, in this order: it has no cause of its own."""


def with_path_limits(limits: list[Limit], found: list[Finding]) -> list[Limit]:
    """Return the limits of a transfer with those that its findings tell, the longest first; their
    sum stays the same."""
    added: list[Limit] = []
    for finding in found:
        cause = CAUSES.get(finding.kind)
        wanted = finding.limited or finding.cost or 0
        if cause is None or wanted <= 0:
            continue
        side = finding.side if cause == SEND_BUFFER else None
        if side is not None:
            wanted -= sum(one.cost for one in limits if one.cause == cause and one.side == side)
        taken = take_time(limits, wanted)
        if taken > 0:
            added.append(Limit(cause, side, taken))
    if not added:
        return limits
    joined: list[Limit] = []
    for limit in limits + added:
        same = [one for one in joined if one.cause == limit.cause and one.side == limit.side]
        if same:
            same[0].cost += limit.cost
        elif limit.cost > 0:
            joined.append(limit)
    joined.sort(key=longest_first)
    return joined


def limits_text(told: TransferLimits, found: list[Finding]) -> str:
    """Return what held a transfer back in words: ``the server's data at 1,200,000 bytes/s, limited
    by: queue 1.2 s (60.0 %), …``."""
    limits = with_path_limits(told.limits, found)
    total = max(sum(limit.cost for limit in limits), 1)
    named = ", ".join(
        f"{ALL_WORDS[limit.cause]} {duration(limit.cost)} ({percent(limit.cost, total)})"
        for limit in limits
        if limit.cost >= WORTH_SAYING * total
    )
    return f"the {told.sender}'s data at {told.rate:,} bytes/s, limited by: {named}"


def take_time(limits: list[Limit], wanted: int) -> int:
    """Take ``wanted`` ns from the limits that have no cause of their own, or all they have, and
    return what was taken."""
    taken, wanted = 0, max(wanted, 0)
    for name in UNEXPLAINED:
        for limit in limits:
            if limit.cause == name:
                part = min(limit.cost, wanted - taken)
                limit.cost -= part
                taken += part
    return taken
