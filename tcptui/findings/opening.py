"""A connection opens, or fails to: these findings tell that it was refused, unanswered, opened only
after retries, or too early."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.addresses import address_text, endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.eviction import GONE
from tcptui.engine.flow import CLIENT, SERVER, Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.saturation import elapsed, waited_since
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.tcp_state.servers import Answers
from tcptui.engine.tcp_state.states import (
    SHOOK_HANDS,
    STATE_LABELS,
    SYN_ACK_OUT,
    TIME_WAIT,
    WAS_REFUSED,
    WAS_RESET,
)
from tcptui.engine.tcp_state.timers import FIRST_RTO, SECOND
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.capture_point import HOPS, hops_of
from tcptui.findings.finding import (
    Finding,
    FindingKind,
    Read,
    VainWait,
    frames_of_flow,
    time_since,
    what_ends,
)
from tcptui.findings.icmp import icmp_words
from tcptui.findings.jumps import heard_around
from tcptui.findings.never_came import entry_of
from tcptui.findings.sides import SIDES, endpoint_of, peer, who
from tcptui.findings.waits import entries_of
from tcptui.text.amounts import amount, times
from tcptui.text.durations import duration, waited

MOST_TRIES: Final = 64
"""Flows on the same ports that are looked back at."""
SLOWEST_RETRY: Final = 4 * SECOND
"""No system waits longer before it sends its SYN again: 1 s by RFC 6298, 3 s by its forerunner."""
SHORTEST_RETRY: Final = 10_000_000
"""ns; no timer is shorter."""


def unanswered_syns(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a SYN, with all its repetitions, to which nothing came back."""
    if flow.server.packets != 0 or flow.packets == 0:
        return None
    if opening(flow) is not Opening.UNANSWERED:
        return None
    frames = frames_of_flow(engine, flow)
    tries = tries_of(flow)
    lasted = time_since(engine, flow, flow.first_time)
    too_soon = lasted < FIRST_RTO  # a system sends its SYN again after that time at the earliest
    cost = int(flow.time_between(flow.first_time, flow.last_time)) if tries > 1 else None
    server = endpoint_text(flow.server)
    text = (
        f"the client's SYN had no answer from {server} and was not sent again; "
        if tries == 1 and lasted > SLOWEST_RETRY
        else f"the client {waited(lasted if cost is None else cost)} for a connection: "
        f"{amount(tries, 'SYN')} and no answer from {server}; "
    )
    text += (
        f"{what_ends(engine, flow)} too soon to tell why"
        if too_soon
        else why_unanswered(engine, flow)
    )
    found = kind.finding(tries, frames, "client", cost, text)
    if too_soon:
        found.severity = Severity.NOTE.value
    return found


def tries_of(flow: Flow) -> int:
    """Return how often an unanswered SYN was sent: one that was captured twice counts once, and so
    does what comes again sooner than any timer runs out."""
    tries = 1 + syn_retries(flow)
    lasted = int(elapsed(flow.last_time, flow.first_time))
    return 1 if 0 <= lasted < (tries - 1) * SHORTEST_RETRY else tries


def why_unanswered(engine: Engine, flow: Flow) -> str:
    """Return the reasons that the other connections of the capture leave open."""
    servers = engine.lifecycle.servers
    error = entry_of(flow, i64(LedgerKind.ICMP_ERROR.value), CLIENT)
    if error is not None:
        router = engine.routers.get(int(flow.index))
        of = f" of {address_text(router)}" if router is not None else ""
        return f"{icmp_words(error.amount)}, says an error{of} that came back"
    port = heard_around(engine, flow, servers.answers_of_port(flow.server))
    if port is not None:
        when = when_answered(flow, port)
        which = (
            "no router lies between here and the server, so they came as far as that"
            if is_near(flow, port)
            else "a capture at the server would tell which"
        )
        return (
            f"the same port answered {amount(int(port.count), 'other SYN')} {when}, so host and "
            "way are there: its queue of connections is full, or it, or a filter, drops these "
            f"SYNs; {which}"
        )
    heard = servers.answers_of_host(flow.server)
    host = heard_around(engine, flow, heard)
    if host is not None:
        how = "answered on another port" if host.count else "speaks in other connections"
        return (
            f"its host {how}, so it is there: a filter drops the SYNs to this port, or its queue "
            "is full"
        )
    if heard is not None:
        return (
            "its host speaks in this capture at another time, from which the capture's clock "
            "jumps, so whether it was there then is not known"
        )
    return "no such host, or a filter that drops"


def is_near(flow: Flow, answers: Answers) -> bool:
    """Return whether routers lie between the client and here, and none between here and the
    server."""
    client = hops_of(flow.client)
    return client is not None and client > 0 and answers.ttl >= 0 and HOPS[int(answers.ttl)] == 0


def when_answered(flow: Flow, answers: Answers) -> str:
    """Return in words when others were answered, seen from a flow that was not."""
    if answers.last < flow.first_time:
        return f"up to {duration(int(waited_since(flow.first_time, answers.last)))} before"
    if answers.first > flow.last_time:
        return f"from {duration(int(waited_since(answers.first, flow.last_time)))} later on"
    return "meanwhile"


def failed_connection(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a SYN that only an older connection on the same ports answered, counting all tries
    together, where that connection was not seen to be in TIME-WAIT."""
    old = old_connection(engine, flow)
    if old is None or is_in_time_wait(engine, old):
        return None
    text = (
        f"{tries_text(engine, flow, old)}: what comes back is of an older connection on "
        "these ports, which the server has not given up"
    )
    lasted = waited_with(engine, flow, old)
    found = kind.finding(1, frames_of_flow(engine, flow), "client", lasted, text)
    if lasted < FIRST_RTO:
        found.severity = Severity.NOTE.value
    return found


def time_wait_at_server(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a SYN that only an older connection on the same ports answered, where that connection
    was captured and left the server in TIME-WAIT."""
    old = old_connection(engine, flow)
    if old is None or not is_in_time_wait(engine, old):
        return None
    text = (
        f"{tries_text(engine, flow, old)}: at the server the old connection on these ports, flow "
        f"{engine.number_of(old)}, is in TIME-WAIT, and its ACK answers each SYN; the client uses "
        "the port again too soon"
    )
    return kind.finding(
        1, frames_of_flow(engine, flow), "client", waited_with(engine, flow, old), text
    )


def old_connection(engine: Engine, flow: Flow) -> int | None:
    """Return the index of the flow before all tries, if its ACKs are all that answered this one."""
    if flow.ledger is None or (flow.server.has(SYN_ACK_OUT) and syn_retries(flow) == 0):
        return None
    if flow.ledger.find_entry(LedgerKind.CHALLENGED.value, SERVER) < 0:
        return None
    at = int(flow.before)
    for _ in range(MOST_TRIES):
        if at < 0 or engine.flows[at] is GONE or not is_challenged(engine.flows[at]):
            return at
        at = int(engine.flows[at].before)
    return at


def is_challenged(flow: Flow) -> bool:
    """Return whether an older connection answered the flow's SYN, and nobody else."""
    ledger = flow.ledger
    challenged = ledger is not None and ledger.find_entry(LedgerKind.CHALLENGED.value, SERVER) >= 0
    return challenged and not flow.has(SHOOK_HANDS)


def is_in_time_wait(engine: Engine, old: int) -> bool:
    """Return whether the old connection's flow left the server in TIME-WAIT."""
    return (
        old >= 0 and engine.flows[old] is not GONE and engine.flows[old].server.state == TIME_WAIT
    )


def tries_text(engine: Engine, flow: Flow, old: int) -> str:
    """Return in words how often it was tried, and for how long from the first SYN on.

    As in ``the client waited 7.00 s for a connection in vain, in 3 tries``: this one and those
    before it.
    """
    tries, first = 0, flow
    at: Flow | None = flow
    while at is not None and tries < MOST_TRIES:
        first = at
        tries += 1 + syn_retries(at)
        number = int(at.before)
        at = engine.flows[number] if number not in (old, -1) else None
    jumped = engine.jumps.skipped
    how_many = "1 try" if tries == 1 else f"{tries:,} tries"
    if flow.has(SHOOK_HANDS):
        lasted = jumped.time_between(first.first_time, flow.first_time + cost_of_retries(flow))
        if lasted == 0:
            return "the client could not connect at once"
        return f"the client {waited(int(lasted))} for a connection, in {how_many}"
    lasted = jumped.time_between(first.first_time, flow.last_time)
    here = flow.time_between(flow.first_time, flow.last_time)
    share = f", {duration(int(here))} of it in this one" if first is not flow else ""
    return f"the client {waited(int(lasted))} for a connection in vain, in {how_many}{share}"


def cost_of_retries(flow: Flow) -> int:
    """Return the time from the first SYN to the last (ns)."""
    return int(flow.ledger.cost_of(LedgerKind.STALL_SYN_RETRY.value)) if flow.ledger else 0


def syn_retries(flow: Flow) -> int:
    """Return how often the SYN of a flow was sent again."""
    entries = flow.ledger.entries() if flow.ledger is not None else []
    return sum(entry.count for entry in entries if entry.kind is LedgerKind.STALL_SYN_RETRY)


def waited_with(engine: Engine, flow: Flow, old: int) -> int:
    """Return how long this try took (ns), including the time since the one before it gave up."""
    if flow.has(SHOOK_HANDS):
        return cost_of_retries(flow)
    number = int(flow.before)
    since = flow.first_time if number in (old, -1) else engine.flows[number].last_time
    return int(engine.jumps.skipped.time_between(since, flow.last_time))


def refused(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a RST that answered the SYN, and whether it came by the way of its host's other
    segments: those of the whole capture tell."""
    entries = [entry for entry in entries_of(flow) if entry.kind is LedgerKind.REFUSED]
    if not entries:
        return None
    entry = entries[0]
    frames = min(one.first for one in entries), max(one.last for one in entries)
    side = SIDES[entry.side] if len(entries) == 1 else None
    count = sum(one.count for one in entries)
    return kind.finding(count, frames, side, None, refused_text(engine, flow, entry))


def refused_text(engine: Engine, flow: Flow, entry: LedgerEntry) -> str:
    end = endpoint_of(flow, entry)
    host = heard_around(engine, flow, engine.lifecycle.servers.answers_of_host(end))
    if entry.amount and host is not None and host.ttl >= 0 and host.ttl != entry.amount:
        return (
            f"the connection to {endpoint_text(end)} was refused by something on the path: the RST "
            f"came with TTL {entry.amount}, that host's own segments have {host.ttl} (a firewall "
            "that rejects)"
        )
    return f"{endpoint_text(end)} refused: a RST answered the SYN"


def came_by_timer(_flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether a timer repeated the SYN: what comes again sooner than any timer runs out was
    captured twice."""
    return entry.cost >= entry.count * SHORTEST_RETRY


def is_retry_answered(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether a timer repeated the SYN, and something answered it in the end."""
    return came_by_timer(flow, entry) and opening(flow) is not Opening.UNANSWERED


def retry_text(flow: Flow, entry: LedgerEntry) -> str:
    last = f", the last time after {duration(entry.amount)}" if entry.count > 1 else ""
    failed = tried_in_vain(flow, entry) is not None
    why = (
        "the server's answers passed here and the client never acknowledged one: lost between "
        "here and the client, or ignored there"
        if failed and flow.server.has(SYN_ACK_OUT)
        else "it or its answer was lost, or late"
    )
    return (
        f"the client {waited(entry.cost)} for a connection{' in vain' if failed else ''}: its SYN "
        f"was sent again {times(entry.count)}{last}; {why}"
    )


def tried_in_vain(flow: Flow, _entry: LedgerEntry) -> VainWait | None:
    """Return that no connection came about over all tries."""
    return None if flow.has(SHOOK_HANDS | WAS_RESET | WAS_REFUSED) else VainWait("connection")


def syn_ack_text(flow: Flow, entry: LedgerEntry) -> str:
    if flow.client.packets == 1 and entry.side == SERVER:
        return (
            f"{who(entry)} sent its SYN+ACK again {times(entry.count)}, the last time after "
            f"{duration(entry.amount)}: nothing more came from the client, which did not ask again "
            "either, as if nobody waited (a scan, a forged address), or its ACKs were lost"
        )
    why = f"it or {peer(entry)}'s ACK was lost"
    if syn_retries(flow) >= entry.count:
        why += f", or it answers {peer(entry)}'s SYN, which came again"
    return f"{who(entry)} sent its SYN+ACK again after {duration(entry.amount)}: {why}"


def gone_text(_flow: Flow, entry: LedgerEntry) -> str:
    return f"{who(entry)} reset before the handshake was done: it went away, or only probed"


def fast_open_text(_flow: Flow, entry: LedgerEntry) -> str:
    return f"{amount(entry.amount, 'byte')} came with {who(entry)}'s SYN and were accepted"


def fast_open_refused_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{amount(entry.amount, 'byte')} came with {who(entry)}'s SYN and were not accepted (TCP "
        "Fast Open): they are sent again behind the handshake, which costs the round trip that was "
        "to be saved; nothing was lost"
    )


def reuse_text(_flow: Flow, entry: LedgerEntry) -> str:
    client, server = STATE_LABELS[entry.amount & 15], STATE_LABELS[entry.amount >> 4 & 15]
    return f"these ports carried another connection before; it was left {client}/{server}"
