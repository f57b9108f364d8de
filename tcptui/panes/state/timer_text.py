"""Says what runs or hangs in a connection at a moment: the countdown beside the state diagram."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.tcp_state.states import FIN_WAIT_2, TIME_WAIT
from tcptui.engine.tcp_state.timers import HangKind, TimerKind, hang, timer
from tcptui.text.durations import countdown

SIDES: Final = ("client", "server", "nobody")

RUNNING: Final = {
    TimerKind.TIME_WAIT: "{side} in TIME-WAIT, {left} left",
    TimerKind.FIN_WAIT_2: "{side} in FIN-WAIT-2, {left} left",
    TimerKind.SYN_RETRY: "{side}'s next SYN in {left}",
    TimerKind.RETRANSMISSION: "{side} sends again in {left}",
    TimerKind.KEEP_ALIVE: "{side}'s next keep-alive in {left}",
}
SHORTEST_TOLD: Final = 50_000_000
"""ns; less would read as 0.0 s."""
HANGING: Final = {
    HangKind.SYN_UNANSWERED: "no answer to the {first}SYN for {long}",
    HangKind.DATA_UNANSWERED: "nothing from the {side} for {long}",
    HangKind.KEEP_ALIVE_UNANSWERED: "nothing from the {side} for {long}",
    HangKind.NOT_CLOSED: "the {side} has not closed for {long}",
}
NEVER_HEARD: Final = "no answer from the {side} for {long}"
LAST_TRY: Final = {
    HangKind.SYN_UNANSWERED: "to the last for {long}",
    HangKind.DATA_UNANSWERED: "no answer to the last try for {long}",
    HangKind.KEEP_ALIVE_UNANSWERED: "no answer to the last probe for {long}",
}
"""A finding counts up to the last try: each number here says from what it counts."""
OVER: Final = ((TIME_WAIT, "TIME-WAIT"), (FIN_WAIT_2, "FIN-WAIT-2"))


def waiting(flow: Flow, now: int) -> str:
    """Return what the connection waits for at ``now`` (ns): a timer, or an endpoint that does not
    go on."""
    return ", ".join(part for part in (hanging(flow, now), running(flow, now)) if part)


def hanging(flow: Flow, now: int) -> str:
    """Return who keeps the connection waiting, for how long, and how long since the last try."""
    found = hang(flow)
    if found is None:
        return ""
    lasted = int(flow.time_between(i64(found.since), i64(now)))
    if lasted < SHORTEST_TOLD:
        return ""
    waiter = flow.client if found.guilty else flow.server
    since_last = int(flow.time_between(waiter.repeated_at, i64(now)))
    was_repeated = found.kind in LAST_TRY and SHORTEST_TOLD <= since_last < lasted
    is_syn = found.kind is HangKind.SYN_UNANSWERED
    text = HANGING[found.kind] if is_syn or waiter.peer.packets > 0 else NEVER_HEARD
    first = "first " if was_repeated else ""
    said = text.format(side=SIDES[found.guilty], first=first, long=countdown(lasted))
    if not was_repeated:
        return said
    return f"{said}, {LAST_TRY[found.kind].format(long=countdown(since_last))}"


def running(flow: Flow, now: int) -> str:
    found = timer(flow, now)
    if found is None:
        return over(flow.client, flow.server)
    left = countdown(found.would_end - now)
    return RUNNING[found.kind].format(side=SIDES[found.side], left=left)


def over(*ends: Endpoint) -> str:
    """Return the text of an endpoint whose state neither a segment nor a timer ends any more."""
    for side, end in zip(SIDES, ends, strict=False):
        for state, name in OVER:
            if end.state == state:
                return f"{side}'s {name} is over"
    return ""
