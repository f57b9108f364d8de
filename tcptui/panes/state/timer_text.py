"""Says what runs or hangs in a connection at a moment: the countdown beside the state diagram."""

from typing import Final

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
    HangKind.SYN_UNANSWERED: "no answer from the {side} for {long}",
    HangKind.DATA_UNANSWERED: "no answer from the {side} for {long}",
    HangKind.KEEP_ALIVE_UNANSWERED: "no answer from the {side} for {long}",
    HangKind.NOT_CLOSED: "the {side} has not closed for {long}",
}
OVER: Final = ((TIME_WAIT, "TIME-WAIT"), (FIN_WAIT_2, "FIN-WAIT-2"))


def waiting(flow: Flow, now: int) -> str:
    """Return what the connection waits for at ``now`` (ns): a timer, or an endpoint that does not
    go on."""
    return ", ".join(part for part in (hanging(flow, now), running(flow, now)) if part)


def hanging(flow: Flow, now: int) -> str:
    found = hang(flow)
    if found is None or now - found.since < SHORTEST_TOLD:
        return ""
    return HANGING[found.kind].format(side=SIDES[found.guilty], long=countdown(now - found.since))


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
