"""What is wrong with a flow, from its running totals: a cost in time, and words for it.

The cost orders the flow list: about how long the user waited, in microseconds. Where the wait is
not measured, a usual one stands for it: a retransmission timer takes 200 ms at least (Linux; RFC
6298 says one second), a refused or reset connection costs what the user must do again.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flags import (
    ACK_LOST_SEGMENT,
    DUPLICATE_ACK,
    FAST_RETRANSMISSION,
    LOST_SEGMENT,
    OUT_OF_ORDER,
    RETRANSMISSION,
    SPURIOUS_RETRANSMISSION,
    WINDOW_FULL,
    ZERO_WINDOW,
)
from tcptui.engine.flow import Flow

SAW_SYN: Final = 1
SAW_SYN_ACK: Final = 2
SAW_DATA: Final = 8
SAW_FIN: Final = 16
SAW_RST: Final = 32

COSTS: Final[list[tuple[i64, i64]]] = [
    (RETRANSMISSION, 200_000),
    (FAST_RETRANSMISSION, 20_000),
    (SPURIOUS_RETRANSMISSION, 2_000),
    (ZERO_WINDOW, 300_000),
    (WINDOW_FULL, 5_000),
    (LOST_SEGMENT, 3_000),
    (ACK_LOST_SEGMENT, 1_000),
    (OUT_OF_ORDER, 1_000),
    (DUPLICATE_ACK, 100),
]
"""Microseconds for each segment with the flag."""

FLAG_COSTS: Final[list[i64]] = [
    sum(cost for flag, cost in COSTS if flag == 1 << bit) for bit in range(15)
]
"""The same by bit."""

REFUSED_COST: Final = 1_000_000
UNANSWERED_COST: Final = 1_000_000
RESET_COST: Final = 500_000
RESET_AFTER_CLOSE_COST: Final = 10_000


def is_refused(flow: Flow) -> bool:
    """A RST answered the SYN: no SYN+ACK, no data."""
    return i64(flow.completeness) & (SAW_SYN | SAW_SYN_ACK | SAW_DATA | SAW_RST) == (
        SAW_SYN | SAW_RST
    )


def is_unanswered(flow: Flow) -> bool:
    """SYNs, and nothing came back."""
    return flow.completeness == SAW_SYN and flow.server.packets == 0


def is_reset(flow: Flow) -> bool:
    """A RST in a connection that had been answered."""
    return i64(flow.completeness) & SAW_RST != 0 and not is_refused(flow)


def is_one_sided(flow: Flow) -> bool:
    """Several segments, all from one side, that are more than calls without an answer."""
    silent = flow.client.packets == 0 or flow.server.packets == 0
    return silent and flow.packets > 2 and not is_unanswered(flow)


def cost(flow: Flow) -> i64:
    """How much waiting the flow's trouble stands for, in µs; 0 where nothing is wrong."""
    total: i64 = 0
    if flow.bits != 0:
        bits = i64(flow.bits)
        counts = flow.counts
        bit: i64 = 0
        while (bits >> bit) != 0:
            if ((bits >> bit) & 1) != 0:
                total += FLAG_COSTS[bit] * i64(counts[bit])
            bit += 1
    if is_unanswered(flow):
        return total + UNANSWERED_COST + (flow.last_time - flow.first_time) // 1000
    if is_refused(flow):
        return total + REFUSED_COST
    if i64(flow.completeness) & SAW_RST != 0:
        closed = i64(flow.completeness) & SAW_FIN != 0
        total += RESET_AFTER_CLOSE_COST if closed else RESET_COST
    return total


def words(flow: Flow) -> str:
    """What is wrong in words, worst first; nothing where nothing is."""
    found: list[str] = []
    if is_unanswered(flow):
        calls = int(flow.packets)
        found.append("no answer" if calls == 1 else f"no answer to {calls} SYNs")
    elif is_refused(flow):
        found.append("refused")
    elif is_reset(flow):
        closed = i64(flow.completeness) & SAW_FIN != 0
        found.append("reset after FIN" if closed else "reset")
    if is_one_sided(flow):
        side = "client" if flow.server.packets == 0 else "server"
        found.append(f"only the {side}'s side captured")
    sent_again = flow.count_of(RETRANSMISSION)
    if sent_again and not is_unanswered(flow):
        found.append(f"{sent_again} timeout{'s' if sent_again > 1 else ''}")
    fast = flow.count_of(FAST_RETRANSMISSION)
    if fast:
        found.append(f"{fast} fast rexmit")
    zero = flow.count_of(ZERO_WINDOW)
    if zero:
        found.append("receiver full" if zero == 1 else f"receiver full ×{zero}")
    full = flow.count_of(WINDOW_FULL)
    if full:
        found.append("window filled" if full == 1 else f"window filled ×{full}")
    unseen = flow.count_of(ACK_LOST_SEGMENT)
    if unseen:
        found.append("capture lost data")
    lost = flow.count_of(LOST_SEGMENT)
    if lost and not (sent_again or fast or unseen):
        found.append(f"{lost} hole{'s' if lost > 1 else ''}")
    reordered = flow.count_of(OUT_OF_ORDER)
    if reordered and not (sent_again or fast):
        found.append("reordered")
    spurious = flow.count_of(SPURIOUS_RETRANSMISSION)
    if spurious:
        found.append(f"{spurious} needless rexmit")
    return ", ".join(found)
