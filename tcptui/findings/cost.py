"""A flow's trouble has a cost in time and words for it, taken from the flow's ledger and flags.

The cost orders the flow list: about how long the user waited, in microseconds. Stalls are
measured; where a wait is not, a usual one stands for it: a refused or reset connection costs what
the user must do again, a segment sent again about a round trip.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.tcp_state.states import BEGAN_INSIDE, FIN_OUT, WAS_REFUSED, WAS_RESET
from tcptui.engine.tcp_state.timers import HANG_AFTER, HangKind, hang
from tcptui.engine.wireshark.flags import (
    ACK_LOST_SEGMENT,
    ANALYSIS_FLAG_BY_BIT,
    FAST_RETRANSMISSION,
    LOST_SEGMENT,
    OUT_OF_ORDER,
    RETRANSMISSION,
    SPURIOUS_RETRANSMISSION,
    WINDOW_FULL,
    ZERO_WINDOW,
)
from tcptui.findings.kinds import WAITS
from tcptui.findings.never_came import wait_for_answer
from tcptui.findings.sides import is_one_sided
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

FLAG_COSTS: Final[list[i64]] = [
    ANALYSIS_FLAG_BY_BIT[1 << n].cost if 1 << n in ANALYSIS_FLAG_BY_BIT else 0 for n in range(31)
]
"""Microseconds for each segment with a flag, by the number of its bit."""

STALLS: Final[list[i64]] = [kind.value for kind, wait in WAITS.items() if wait.by_tcp]
"""Kinds of the ledger whose measured time is waiting that nobody asked for."""

REFUSED_COST: Final = 1_000_000
UNANSWERED_COST: Final = 1_000_000
RESET_COST: Final = 500_000
RESET_AFTER_CLOSE_COST: Final = 10_000


HANG_WORDS: Final = {
    HangKind.SYN_UNANSWERED: "no answer",
    HangKind.DATA_UNANSWERED: "{} stopped answering",
    HangKind.KEEP_ALIVE_UNANSWERED: "{} answers no keep-alive",
    HangKind.NOT_CLOSED: "{} never closes",
}
FULL_WORDS: Final = (
    (ZERO_WINDOW, "receiver full", LedgerKind.STALL_ZERO_WINDOW),
    (WINDOW_FULL, "window filled", LedgerKind.STALL_WINDOW_LIMITED),
)
SIDES: Final = ("client", "server", "nobody")
SYNS: Final = ("SYN", "SYN ACK")
"""How each side opens."""
SHORTEST_SYN_RETRY: Final = 200_000_000
"""ns; what repeats sooner is no timer's."""


def is_refused(flow: Flow) -> bool:
    """Return whether a RST answered the SYN."""
    return flow.has(WAS_REFUSED)


def is_unanswered(flow: Flow) -> bool:
    """Return whether nothing came back to the SYNs."""
    return flow.server.packets == 0 and opening(flow) is Opening.UNANSWERED


def is_reset(flow: Flow) -> bool:
    """Return whether a RST ended a connection that had been answered."""
    return flow.has(WAS_RESET) and not flow.has(WAS_REFUSED)


def is_midstream(flow: Flow) -> bool:
    """Return whether the capture began inside the connection."""
    return flow.has(BEGAN_INSIDE)


def was_closing(flow: Flow) -> bool:
    """Return whether a side had sent its FIN."""
    return flow.client.has(FIN_OUT) or flow.server.has(FIN_OUT)


def hung_for(flow: Flow, now: i64) -> i64:
    """Return how long, in µs, one end has kept the other waiting at ``now`` (ns), or 0 if there is
    no hang."""
    if elapsed(now, flow.last_time) < HANG_AFTER:
        return 0
    found = hang(flow)
    if found is None or elapsed(now, found.since) < HANG_AFTER:
        return 0
    return elapsed(now, found.since) // 1000


def stalled_time(flow: Flow) -> i64:
    """Return the measured time, in µs, that timers and windows made the flow wait."""
    ledger = flow.ledger
    if ledger is None:
        return 0
    ns: i64 = 0
    for kind in STALLS:
        ns = plus(ns, ledger.cost_of(kind))
    return ns // 1000


def time_of(flow: Flow, kind: LedgerKind) -> str:
    """Return what a kind of wait took, `` 1.02 s``, or nothing where that was not measured."""
    ledger = flow.ledger
    if ledger is None:
        return ""
    ns = int(ledger.cost_of(kind.value))
    return f" {duration(ns)}" if ns else ""


def trouble_cost(flow: Flow, now: i64) -> i64:
    """Return how much waiting the flow's trouble stands for up to ``now``, in µs, or 0 if there is
    none."""
    total = hung_for(flow, now) + stalled_time(flow) + wait_for_answer(flow, int(now)) // 1000
    if flow.bits != 0:
        bits = i64(flow.bits)
        counts = flow.counts
        bit: i64 = 0
        at: i64 = 0
        while (bits >> bit) != 0:
            if ((bits >> bit) & 1) != 0:
                total += FLAG_COSTS[bit] * i64(counts[at])
                at += 1
            bit += 1
    if is_unanswered(flow):
        total += UNANSWERED_COST + elapsed(flow.last_time, flow.first_time) // 1000
    elif is_refused(flow):
        total += REFUSED_COST
    elif is_reset(flow):
        total += RESET_AFTER_CLOSE_COST if was_closing(flow) else RESET_COST
    return total


def trouble_words(flow: Flow, now: i64) -> str:
    """Return what is wrong in words, worst first, or nothing where nothing is."""
    unanswered = is_unanswered(flow)
    found: list[str] = []
    if unanswered:
        calls = int(flow.packets)
        found.append("no answer" if calls == 1 else f"no answer to {calls} SYNs")
    elif is_refused(flow):
        found.append("refused")
    elif is_reset(flow):
        found.append("reset after FIN" if was_closing(flow) else "reset")
    hanging = hang(flow) if hung_for(flow, now) > 0 else None
    if hanging is not None and not unanswered:
        found.append(HANG_WORDS[hanging.kind].format(SIDES[hanging.guilty]))
    waited = wait_for_answer(flow, int(now))
    if waited > 0:
        found.append(f"request not answered {duration(waited)}")
    if is_one_sided(flow):
        found.append(f"only the {'client' if flow.server.packets == 0 else 'server'} captured")
    if flow.bits != 0:
        found += counted_words(flow, unanswered)
    return ", ".join(found)


def counted_words(flow: Flow, unanswered: bool) -> list[str]:
    """Return what the flags tell, in words with a count."""
    found: list[str] = []
    sent_again = flow.count_of(RETRANSMISSION)
    if sent_again and not unanswered:
        found.append(amount(sent_again, "rexmit") + time_outs(flow))
    fast = flow.count_of(FAST_RETRANSMISSION)
    if fast:
        found.append(amount(fast, "fast rexmit"))
    for flag, word, kind in FULL_WORDS:
        times = flow.count_of(flag)
        if times:
            found.append((word if times == 1 else f"{word} ×{times}") + time_of(flow, kind))
    unseen = flow.count_of(ACK_LOST_SEGMENT)
    if unseen:
        found.append("capture lost data")
    lost = flow.count_of(LOST_SEGMENT)
    if lost and not (sent_again or fast or unseen):
        found.append(amount(lost, "hole"))
    if flow.count_of(OUT_OF_ORDER) and not (sent_again or fast):
        found.append("reordered")
    spurious = flow.count_of(SPURIOUS_RETRANSMISSION)
    if spurious:
        found.append(amount(spurious, "needless rexmit"))
    return found


def time_outs(flow: Flow) -> str:
    """Return what timers sent again, and its time: `` (2 timeouts 1.02 s, SYN retry 1.03 s)``."""
    ledger = flow.ledger
    entries = ledger.entries() if ledger is not None else []
    number = sum(entry.count for entry in entries if entry.kind is LedgerKind.STALL_RTO)
    told: list[str] = []
    if number:
        told.append(f"{amount(number, 'timeout')}{time_of(flow, LedgerKind.STALL_RTO)}")
    for entry in entries:
        if entry.kind is LedgerKind.HANDSHAKE_RETRY and entry.cost >= SHORTEST_SYN_RETRY:
            told.append(f"{SYNS[entry.side]} retry {duration(entry.cost)}")
    return f" ({', '.join(told)})" if told else ""
