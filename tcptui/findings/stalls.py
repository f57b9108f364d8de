"""What a flow waited for: each silence with its cause, and the findings that they add up to."""

from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.engine.causes import Cause, CauseCount
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.timing.thresholds import LONGEST_BACK_OFF, STALL
from tcptui.findings.cause_findings import (
    SIDES,
    Counted,
    always,
    end_of,
    is_half_seen,
    peer,
    transfer_time,
    who,
)
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

MOST_STALLS: Final = 10_000
LARGE_SHARE: Final = 0.2
"""Of the transfer's time: less is not worth a word where no single wait is long."""


class Stall(NamedTuple):
    """One wait: from ``start`` (ns since the epoch) for ``cost`` ns until ``frame`` ended it."""

    cause: Cause
    side: str
    start: int
    cost: int
    frame: int


def stalls_of(engine: Engine, flow: Flow, most: int = MOST_STALLS) -> list[Stall]:
    """The waits of a flow in order, the first ``most`` of them."""
    cases = engine.time_accounting.journal.of_flow(
        i64(flow.index), i64(flow.first_row), i64(flow.last_row), most
    )
    packets = engine.packets
    return [
        Stall(
            case.cause,
            SIDES[case.side],
            int(packets.time(case.row)) - case.cost,
            case.cost,
            int(packets.frame(case.row)),
        )
        for case in cases
        if case.cost > 0 and case.row >= packets.first
    ]


def worst(tally: CauseCount) -> str:
    """``, the longest 0.8 s before #812``."""
    if tally.count == 1:
        return f" before #{tally.worst_frame}"
    return f", the longest {duration(tally.worst)} before #{tally.worst_frame}"


def rto_text(flow: Flow, tally: CauseCount) -> str:
    row = f", {tally.amount} in a row" if tally.amount > 1 else ""
    doubt = f", or {peer(tally)}'s window was closed" if is_half_seen(end_of(flow, tally)) else ""
    return (
        f"{who(tally)}'s retransmission timer ran out {amount(tally.count, 'time')}{row}: "
        f"{duration(tally.cost)} of silence{worst(tally)}{doubt}"
    )


def zero_text(flow: Flow, tally: CauseCount) -> str:
    probes = f" ({amount(tally.amount, 'probe')} by {peer(tally)})" if tally.amount else ""
    return (
        f"{who(tally)} closed its window {amount(tally.count, 'time')} for {duration(tally.cost)}"
        f"{worst(tally)}{probes}: its application does not read, {peer(tally)} has to wait"
    )


def limited_text(flow: Flow, tally: CauseCount) -> str:
    share = min(tally.cost / transfer_time(flow), 1.0)
    return (
        f"{peer(tally)} waited {duration(tally.cost)} ({share:.0%} of the transfer) for room "
        f"in {who(tally)}'s receive window: it is too small for this round trip, or read slowly"
    )


def nagle_text(flow: Flow, tally: CauseCount) -> str:
    return (
        f"{amount(tally.count, 'time')} {who(tally)} held back a small segment (Nagle) until "
        f"{peer(tally)}'s delayed ACK came: {duration(tally.cost)} in all{worst(tally)}; "
        f"cure: TCP_NODELAY at {who(tally)}, or one write for each message"
    )


def idle_text(flow: Flow, tally: CauseCount) -> str:
    return (
        f"{who(tally)}'s application sent nothing {amount(tally.count, 'time')} for "
        f"{duration(tally.cost)}{worst(tally)}{held_back(flow, tally)}{or_lost(flow, tally)}"
    )


def held_back(flow: Flow, tally: CauseCount) -> str:
    """Whether anything was in its way, if that can be known."""
    if is_half_seen(end_of(flow, tally)):
        return f", or waited for something that {peer(tally)} sent, of which nothing was captured"
    return ", though nothing held it back"


def think_text(flow: Flow, tally: CauseCount) -> str:
    return (
        f"{who(tally)}'s application took {duration(tally.cost)} for "
        f"{amount(tally.count, 'answer')}{worst(tally)}, the way there and back not counted"
        f"{or_lost(flow, tally)}"
    )


def or_lost(flow: Flow, tally: CauseCount) -> str:
    """Silences as of a timer, where a loss before this point would leave no trace."""
    if tally.amount == 0 or tally.worst > LONGEST_BACK_OFF:
        return ""
    which = "it was" if tally.amount == tally.count else "some of it was"
    return f"; or {which} lost before this point and sent again, which shows only in IPv4 numbers"


def is_long(flow: Flow, tally: CauseCount) -> bool:
    """One wait that is a stall of its own, or waits that make up much of the transfer's time."""
    limit = max(STALL, 2 * int(flow.irtt))
    if tally.worst > limit:
        return True
    return tally.cost > limit and tally.cost > LARGE_SHARE * transfer_time(flow)


STALLS: Final[dict[Cause, Counted]] = {
    Cause.RTO: Counted("stall_rto", rto_text, True, always),
    Cause.ZERO_WINDOW: Counted("stall_zero_window", zero_text, True, is_long),
    Cause.WINDOW_LIMITED: Counted("stall_window_limited", limited_text, True, is_long),
    Cause.DELAYED_ACK_NAGLE: Counted("stall_delayed_ack_nagle", nagle_text, True, always),
    Cause.SENDER_IDLE: Counted("stall_sender_idle", idle_text, True, always),
    Cause.SERVER_THINK: Counted("stall_server_think", think_text, True, always),
}
