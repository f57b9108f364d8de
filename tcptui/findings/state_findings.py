"""Findings from the state machines: how a connection opened, closed, hangs or went astray."""

from collections.abc import Callable
from typing import Final

from mypy_extensions import i64

from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.events import Side
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.notes import Observation, ObservationCount
from tcptui.engine.saturation import waited_since
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.tcp_state.states import FIN_OUT, WAS_RESET, State
from tcptui.engine.tcp_state.timers import FIRST_RTO, HANG_AFTER, HangKind, hang
from tcptui.engine.timing.thresholds import STALL
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding
from tcptui.findings.kinds import KIND_BY_NAME, SEVERITIES
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

SIDES: Final = ("client", "server")
STATES: Final = [state.label for state in State]
HUNG_ROUND_TRIPS: Final = 4
"""Round trips without a FIN after which a connection hangs, if that is longer than HANG_AFTER."""


def lifecycle_findings(engine: Engine, flow: Flow) -> list[Finding]:
    """What the states of ``flow`` tell, one finding for each kind, in the order of events."""
    found: dict[str, Finding] = {}
    for finding in unanswered(engine, flow) + noticed(flow) + not_closed(engine, flow):
        first = found.setdefault(finding.kind, finding)
        if first is not finding:
            first.count += finding.count
            first.last_frame = max(first.last_frame, finding.last_frame)
            first.first_frame = min(first.first_frame, finding.first_frame)
            first.side = None
    return list(found.values())


def make_finding(
    kind: str, entry: ObservationCount, side: str | None, cost: int | None, text: str
) -> Finding:
    return Finding(kind, SEVERITIES[kind], entry.count, entry.first, entry.last, side, cost, text)


def frame_of(engine: Engine, row: int) -> int:
    """The frame of a row; 0 where a rolling capture has let it go."""
    return int(engine.packets.frame(i64(row))) if row >= engine.packets.first else 0


def time_since(engine: Engine, flow: Flow, moment: int) -> int:
    """The time in ns from ``moment`` to now; none where time went backwards since."""
    return int(waited_since(max(engine.now, flow.last_time), moment))


def unanswered(engine: Engine, flow: Flow) -> list[Finding]:
    """A SYN, with all its repetitions, to which nothing came back."""
    if opening(flow) is not Opening.UNANSWERED or flow.packets == 0:
        return []
    first = frame_of(engine, int(flow.first_row))
    last = frame_of(engine, int(flow.last_row))
    tries = int(flow.packets)
    waited = time_since(engine, flow, flow.first_time)
    text = (
        f"no answer from {endpoint_text(flow.server)} to {amount(tries, 'SYN')} in "
        f"{duration(waited)}: "
    )
    kind = "syn_unanswered"
    severity = SEVERITIES[kind]
    if tries == 1 and waited < FIRST_RTO:
        severity = Severity.NOTE.value
        text += "the capture ends too soon to tell why"
    else:
        text += "no such host, or a filter that drops"
    cost = int(waited_since(flow.last_time, flow.first_time)) if tries > 1 else None
    return [Finding(kind, severity, tries, first, last, "client", cost, text)]


def noticed(flow: Flow) -> list[Finding]:
    """What the machines noticed on their way."""
    found: list[Finding] = []
    if flow.notes is None:
        return found
    for entry in flow.notes.entries():
        kind = NAMES[entry.kind]
        if entry.kind is Observation.SYN_RETRY and opening(flow) is Opening.UNANSWERED:
            continue
        if entry.kind is Observation.KEEP_ALIVE_UNANSWERED and is_half_seen(sender(flow, entry)):
            continue
        cost = entry.cost if entry.cost > 0 else None
        text = TEXTS[entry.kind](flow, entry) if entry.kind in TEXTS else odd_text(flow, entry)
        finding = make_finding(kind, entry, SIDES[entry.side], cost, text)
        if entry.kind is Observation.KEEP_ALIVE_UNANSWERED and came_back(flow, entry):
            finding.severity = Severity.NOTE.value
            finding.text += "; it answered later"
        if entry.kind is Observation.ABORT and peer_had_closed(flow, entry):
            finding.severity = Severity.NOTE.value
        if entry.kind is Observation.ABORT and sender(flow, entry).peer.packets == 0:
            finding.severity = Severity.NOTE.value
            finding.text += f", or answered something of {other(entry)}, which was not captured"
        found.append(finding)
    return found


def not_closed(engine: Engine, flow: Flow) -> list[Finding]:
    """One side has closed and the other does not, now that the capture ends (or is live)."""
    found = hang(flow)
    if found is None or found.kind is not HangKind.NOT_CLOSED:
        return []
    lasted = time_since(engine, flow, found.since)
    severity = severity_of_hang(flow, lasted)
    if severity is None:
        return []
    guilty = SIDES[found.guilty]
    waiting = SIDES[1 - found.guilty]
    frame = frame_of(engine, int(flow.last_row))
    whose = endpoint_text(flow.server if found.guilty is Side.SERVER else flow.client)
    texts: dict[str, tuple[str, str]] = {
        "hung_fin_wait_2": (
            waiting,
            f"the {waiting} has closed and waits for the {guilty}'s FIN for {duration(lasted)}",
        ),
        "hung_close_wait": (
            guilty,
            f"the application at {whose} has not closed its socket for {duration(lasted)} "
            f"after the {waiting}'s FIN",
        ),
    }
    doubt = "; the capture ends too soon to call it hung" if severity is Severity.NOTE else ""
    return [
        Finding(kind, severity.value, 1, frame, frame, side, lasted, text + doubt)
        for kind, (side, text) in texts.items()
    ]


def severity_of_hang(flow: Flow, lasted: int) -> Severity | None:
    """How bad it is that one side has not closed for so long (ns); None if it is still at work.

    It hangs after ``HANG_AFTER``, or after some round trips where these are longer. Before that it
    is worth a note, unless data came a moment ago: an application may use the half-close.
    """
    if lasted >= max(HANG_AFTER, HUNG_ROUND_TRIPS * int(flow.irtt)):
        return Severity.WARNING
    at_work = lasted <= max(STALL, 2 * int(flow.irtt)) and uses_half_close(flow)
    return None if at_work else Severity.NOTE


def uses_half_close(flow: Flow) -> bool:
    """Whether one side sent data after the other's FIN."""
    entries = flow.notes.entries() if flow.notes is not None else []
    return any(entry.kind is Observation.HALF_CLOSE_USED for entry in entries)


def is_half_seen(end: Endpoint) -> bool:
    """Whether it sent data and its peer nothing at all: the other direction was not captured."""
    return end.peer.packets == 0 and end.highest_known


def sender(flow: Flow, entry: ObservationCount) -> Endpoint:
    return flow.client if entry.side == Side.CLIENT else flow.server


def who(entry: ObservationCount) -> str:
    return f"the {SIDES[entry.side]}"


def other(entry: ObservationCount) -> str:
    return f"the {SIDES[1 - entry.side]}"


def odd_text(flow: Flow, entry: ObservationCount) -> str:
    return f"{who(entry)}: {KIND_BY_NAME[NAMES[entry.kind]].meaning}"


def refused_text(flow: Flow, entry: ObservationCount) -> str:
    return f"{endpoint_text(sender(flow, entry))} refused: a RST answered the SYN"


def retry_text(flow: Flow, entry: ObservationCount) -> str:
    return (
        f"the SYN was sent again {amount(entry.count, 'time')}, at last {duration(entry.cost)} "
        f"after the first (last gap {duration(entry.value)}): it or its answer was lost"
    )


def syn_ack_text(flow: Flow, entry: ObservationCount) -> str:
    return (
        f"{who(entry)} sent its SYN+ACK again after {duration(entry.value)}: "
        f"it or {other(entry)}'s ACK was lost"
    )


def gone_text(flow: Flow, entry: ObservationCount) -> str:
    return f"{who(entry)} reset before the handshake was done: it went away, or only probed"


def fast_open_text(flow: Flow, entry: ObservationCount) -> str:
    return f"{amount(entry.value, 'byte')} came with {who(entry)}'s SYN and were accepted"


def reuse_text(flow: Flow, entry: ObservationCount) -> str:
    client, server = STATES[entry.value & 15], STATES[entry.value >> 4 & 15]
    return f"these ports carried another connection before; it was left {client}/{server}"


def half_close_text(flow: Flow, entry: ObservationCount) -> str:
    return f"{who(entry)} sent {amount(entry.count, 'segment')} after {other(entry)} had closed"


def abort_text(flow: Flow, entry: ObservationCount) -> str:
    text = f"{who(entry)}'s application aborted the connection (RST)"
    if peer_had_closed(flow, entry):
        text += f" where a FIN would have done: {other(entry)} had closed already"
    return text


def peer_had_closed(flow: Flow, entry: ObservationCount) -> bool:
    return sender(flow, entry).peer.has(FIN_OUT)


def came_back(flow: Flow, entry: ObservationCount) -> bool:
    """Whether the peer was heard after all, and knew the connection."""
    return sender(flow, entry).unanswered_tries == 0 and not flow.has(WAS_RESET)


def unread_text(flow: Flow, entry: ObservationCount) -> str:
    return (
        f"{who(entry)} closed with {other(entry)}'s data unread, which sends a RST, "
        "or aborted instead of an answer"
    )


def half_open_text(flow: Flow, entry: ObservationCount) -> str:
    return (
        f"{who(entry)} knows nothing of the connection any more (crash, restart, network change) "
        f"and answers {other(entry)}'s segment with RST"
    )


def after_fin_text(flow: Flow, entry: ObservationCount) -> str:
    return f"{who(entry)} had closed; what {other(entry)} sent after that was answered with RST"


def middlebox_text(flow: Flow, entry: ObservationCount) -> str:
    return (
        f"a RST in {who(entry)}'s name came with TTL {entry.value >> 8}, its own segments have "
        f"{entry.value & 0xFF}: something on the path sent it"
    )


def probe_text(flow: Flow, entry: ObservationCount) -> str:
    return (
        f"{who(entry)} probed {amount(entry.count + 1, 'time')} at intervals of "
        f"{duration(flow_gap(flow, entry))}; {other(entry)} did not answer"
    )


def flow_gap(flow: Flow, entry: ObservationCount) -> int:
    return entry.cost // entry.count


def icmp_text(flow: Flow, entry: ObservationCount) -> str:
    name = "ICMPv6" if entry.value & 0x10000 else "ICMP"
    number = f"type {entry.value >> 8 & 0xFF} code {entry.value & 0xFF}"
    return f"{name} {number} came back for a segment of {who(entry)}"


NAMES: Final = {note: note.name.lower() for note in Observation} | {
    Observation.SYN_RETRY: "stall_syn_retry"
}

TEXTS: Final[dict[Observation, Callable[[Flow, ObservationCount], str]]] = {
    Observation.REFUSED: refused_text,
    Observation.SYN_RETRY: retry_text,
    Observation.SYN_ACK_REPEATED: syn_ack_text,
    Observation.OPENER_GONE: gone_text,
    Observation.FAST_OPEN: fast_open_text,
    Observation.PORT_REUSE: reuse_text,
    Observation.HALF_CLOSE_USED: half_close_text,
    Observation.ABORT: abort_text,
    Observation.ABORT_UNREAD_DATA: unread_text,
    Observation.HALF_OPEN_RESET: half_open_text,
    Observation.RST_AFTER_FIN: after_fin_text,
    Observation.RST_BY_MIDDLEBOX: middlebox_text,
    Observation.KEEP_ALIVE_UNANSWERED: probe_text,
    Observation.ICMP_ERROR: icmp_text,
}
