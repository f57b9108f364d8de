"""The next steps say whose move it is after a finding, and where to capture to know more."""

from typing import Final

from tcptui.engine.addresses import address_text, endpoint_text
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.findings.capture_point import is_taken_at
from tcptui.findings.finding import Finding
from tcptui.findings.sides import SIDES
from tcptui.findings.time_split import what_was_lost
from tcptui.findings.waits import entries_of

AT_PEER: Final = "capture at {peer} as well and compare: what left {side} and did not come there?"
AT_SIDE: Final = "capture at {side} as well and compare: what left it and did not come here?"
DROPPED: Final = "nstat -az, ethtool -S and the filter rules at {peer}: what did it throw away?"
QUEUED: Final = "tc -s qdisc and ethtool -S at {side}: what did it throw away itself?"
LISTENS: Final = "ss -lnt at {server}: does anything listen on that port, and what filters it?"
SEE_SERVER: Final = (
    "{server}'s move: is the application there busy or stuck, and whom does it ask itself? "
    "Capture at its back end"
)
ACCEPT: Final = "{server}'s move: ss -lnt and nstat -az TcpExtListenOverflows there"
SMALLER: Final = "ping -M do -s SIZE from {side_host} to {peer_host} tells which size passes"
ACKS: Final = "capture at {side} as well and compare: which ACKs of {peer} did not come there?"

NEXT_STEPS: Final[dict[str, str]] = {
    "refused": "capture at {server}: does the SYN come, and is the RST its own?",
    "syn_unanswered": "capture at {server}: do the SYNs come, and does an answer leave?",
    "connect_failed": "{client}'s move: another source port, or wait until the server gives up",
    "time_wait_at_server": "{client}'s move: reuse ports later, or let the client close first",
    "never_accepted": ACCEPT,
    "stall_syn_retry": "capture at {server}: which was lost, the SYN or its answer?",
    "no_answer": SEE_SERVER,
    "request_met_close": "{client}'s move: give up idle connections sooner than {server} does",
    "tls_alert": "{side}'s move: its log says what it did not accept",
    "tls_unfinished": "what do the logs of {client} and {server} say of the handshake?",
    "hole_never_filled": AT_SIDE,
    "pmtu_black_hole": SMALLER,
    "fragmentation_needed": SMALLER,
    "keep_alive_gave_up": "capture at {peer}: do the probes come, and is the host there?",
    "keep_alive_unanswered": "capture at {peer}: do the probes come, and is the host there?",
    "idle_timeout_between": "keep-alives at {side} more often than the silence; capture at {peer}",
    "hung_fin_wait_2": "{peer}'s move: its application must close (ss -tnp state close-wait)",
    "hung_close_wait": "{side}'s move: its application must close (ss -tnp state close-wait)",
    "abort": "{side}'s move: its application's log says why it gave up",
    "abort_unread_data": "{side}'s move: its application closed before it had read all",
    "half_open_reset": "{side}'s move: did the host or the application start again?",
    "rst_by_middlebox": "capture on both sides of the boxes between: where does the RST begin?",
    "loss_before_capture": AT_SIDE,
    "capture_loss": "capture again with a larger buffer (-B) or a narrower filter",
    "one_sided": "capture where both directions pass",
    "stall_zero_window": "{side}'s move: why does its application not read?",
    "stall_window_limited": "{side}'s move: a larger receive buffer, or faster reads",
    "stall_server_think": SEE_SERVER,
    "stall_late_ack": "capture at {side} as well and compare: when did it come there, or leave?",
}
"""By kind of finding; ``side`` is the finding's."""

CAPTURED_THERE: Final = {
    AT_PEER: ("peer", DROPPED),
    AT_SIDE: ("side", QUEUED),
    ACKS: ("side", QUEUED),
    NEXT_STEPS["refused"]: ("server", LISTENS),
    NEXT_STEPS["syn_unanswered"]: ("server", ACCEPT),
    NEXT_STEPS["stall_syn_retry"]: ("server", ACCEPT),
    NEXT_STEPS["keep_alive_unanswered"]: ("peer", DROPPED),
    NEXT_STEPS["idle_timeout_between"]: ("peer", "keep-alives at {side} more often than that"),
}
"""What to do instead where the capture was taken at that end already."""

AFTER_A_TIMER: Final = {
    LedgerKind.LOSS_AFTER_CAPTURE: AT_PEER,
    LedgerKind.LOSS_BEFORE_CAPTURE: AT_SIDE,
    LedgerKind.NOT_LOST: ACKS,
}
"""By what became of the segments that a timer sent again."""


def next_step(flow: Flow, finding: Finding) -> str:
    """Return what to do next, or nothing where the finding's own text says it."""
    timer = finding.kind == LedgerKind.STALL_RTO.name.lower()
    step = after_a_timer(flow, finding) if timer else NEXT_STEPS.get(finding.kind, "")
    if not step or (finding.side is None and ("{side" in step or "{peer" in step)):
        return ""
    by_server = finding.side == SIDES[1]
    step = where_not_taken(flow, step, int(by_server))
    side, peer = (flow.server, flow.client) if by_server else (flow.client, flow.server)
    named = {
        "client": endpoint_text(flow.client),
        "server": endpoint_text(flow.server),
        "side": endpoint_text(side),
        "peer": endpoint_text(peer),
        "side_host": address_text(side.address),
        "peer_host": address_text(peer.address),
    }
    for name, text in named.items():
        step = step.replace(f"{{{name}}}", text)
    return step


def where_not_taken(flow: Flow, step: str, side: int) -> str:
    """Return the step, or what to do instead where it asks for the capture that this one is."""
    there = CAPTURED_THERE.get(step)
    if there is None:
        return step
    end, instead = there
    at = {"side": side, "peer": 1 - side, "server": 1}[end]
    return instead if is_taken_at(flow, at) else step


def after_a_timer(flow: Flow, finding: Finding) -> str:
    """Return what to do next where a sender waited for its timer: it hangs on what was lost."""
    entries = entries_of(flow)
    for entry in entries:
        if entry.kind is LedgerKind.STALL_RTO and SIDES[entry.side] == finding.side:
            lost = what_was_lost(entries, entry)
            return AFTER_A_TIMER.get(lost.kind, "") if lost is not None else ""
    return ""
