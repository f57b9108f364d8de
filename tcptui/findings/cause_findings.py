"""Findings from the running totals: what each counted cause says of its flow."""

from collections.abc import Callable
from typing import Final, NamedTuple

from tcptui.engine.causes import CauseCount
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding
from tcptui.findings.kinds import SEVERITIES

SIDES: Final = ("client", "server")

NOTE: Final = Severity.NOTE.value
UNSURE: Final = frozenset(("loss_after_capture",))
"""What one direction alone cannot prove."""
HABITS: Final = frozenset(("stall_delayed_ack_nagle", "write_write_read"))
"""What an application does each time if at all: a single case is worth no more than a note."""


class Counted(NamedTuple):
    """How a cause becomes a finding: its kind, what it says, whether it costs time, and when it
    is worth saying."""

    kind: str
    text: Callable[[Flow, CauseCount], str]
    timed: bool
    worth: Callable[[Flow, CauseCount], bool]


def always(_flow: Flow, _tally: CauseCount) -> bool:
    return True


def who(tally: CauseCount) -> str:
    """``the client``: the side that the cause is counted on."""
    return f"the {SIDES[tally.side]}"


def peer(tally: CauseCount) -> str:
    """``the server``: the other side."""
    return f"the {SIDES[1 - tally.side]}"


def end_of(flow: Flow, tally: CauseCount) -> Endpoint:
    return flow.server if tally.side else flow.client


def is_half_seen(end: Endpoint) -> bool:
    """Whether nothing of its peer was captured: what it heard meanwhile is not known."""
    return end.peer.packets == 0


def shows_gaps(end: Endpoint) -> bool:
    """Whether it numbers its IPv4 packets one by one, so that a missing one shows."""
    return end.consecutive_ip_ids


def active_time(flow: Flow) -> int:
    """From the first segment to the last data, in ns; never 0."""
    return max(int(flow.last_progress - flow.first_time), 1)


def transfer_time(flow: Flow) -> int:
    """The same without what it waited for an application; never 0."""
    waited = (int(flow.server_time) + int(flow.client_time)) * 1000
    return max(active_time(flow) - waited, 1)


def counted_finding(flow: Flow, tally: CauseCount, how: Counted) -> Finding:
    """One cause on one side as a finding."""
    mild = (tally.count == 1 and how.kind in HABITS) or (
        how.kind in UNSURE and is_half_seen(end_of(flow, tally))
    )
    return Finding(
        how.kind,
        NOTE if mild else SEVERITIES[how.kind],
        tally.count,
        tally.first,
        tally.last,
        SIDES[tally.side],
        tally.cost if how.timed else None,
        how.text(flow, tally),
    )
