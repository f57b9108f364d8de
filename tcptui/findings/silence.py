"""Whom nothing reaches: keep-alives without an answer."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.tcp_state.states import ACK_OUT, BEGAN_INSIDE, SHOOK_HANDS, WAS_RESET
from tcptui.engine.tcp_state.timers import SECOND
from tcptui.findings.capture_point import is_taken_at
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of, time_of_frame
from tcptui.findings.never_came import entry_of
from tcptui.findings.sides import SIDES, endpoint_of, is_peer_unseen, peer, tries_in_vain, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration, waited

# Kinds as numbers: asking a member of an enumeration for its value is slow.
ABORT: Final = int(LedgerKind.ABORT)
KEEP_ALIVE_UNANSWERED: Final = int(LedgerKind.KEEP_ALIVE_UNANSWERED)
LOSS_AFTER_CAPTURE: Final = int(LedgerKind.LOSS_AFTER_CAPTURE)
HALF_OPEN_RESET: Final = int(LedgerKind.HALF_OPEN_RESET)

LONG_SILENCE: Final = 30 * SECOND
"""No box is known that forgets a connection sooner."""
SHORTEST_INTERVAL: Final = SECOND // 5
"""No system is known to probe more often; most count in seconds."""
SEVERAL: Final = 3


def probe_text(flow: Flow, entry: LedgerEntry) -> str:
    text = (
        f"{who(entry)} {waited(entry.cost)} for an answer to its keep-alives: "
        f"{amount(entry.count + 1, 'probe')} at intervals of {duration(entry.cost // entry.count)} "
        f"had none from {peer(entry)}"
    )
    return f"{text}; it answered later" if came_back(flow, entry) else text


def first_probe(engine: Engine, flow: Flow, probes: LedgerEntry) -> int:
    """Return the frame of the probe with which the wait began: the one before the first that is
    known to have had no answer before it."""
    packets = engine.packets
    first = max(i64(flow.first_row), packets.first)
    second = i64(packets.row_of(i64(probes.first)))
    row = row_search.previous(
        packets, i64(flow.index), bool(probes.side), second, first, row_search.ANY
    )
    return probes.first if row == NO_ROW else frame_of(engine, int(row))


def gave_up(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a RST behind keep-alive probes that nobody answered: the prober's own timer sent it."""
    if flow.ledger is None:
        return None
    for side, end in enumerate((flow.client, flow.server)):
        probes = entry_of(flow, KEEP_ALIVE_UNANSWERED, side)
        reset = entry_of(flow, ABORT, side)
        if probes is None or reset is None or reset.first < probes.last:
            continue
        if not are_probes_of_a_timer(probes):
            continue
        if end.peer.last_time > time_of_frame(engine, probes.first):
            continue
        probe = first_probe(engine, flow, probes)
        began, ended = time_of_frame(engine, probe), time_of_frame(engine, reset.last)
        cost = int(flow.time_between(began, ended))
        lasted = int(flow.time_between(end.peer.last_time, flow.last_time))
        text = (
            f"the {SIDES[side]} {waited(cost)} for an answer to its keep-alives and "
            f"gave up: {amount(probes.count + 1, 'probe')} at intervals of "
            f"{duration(probes.cost // probes.count)} had none, then its timer reset the "
            f"connection; the {SIDES[1 - side]} was last heard {duration(lasted)} "
            "before that: it, or the way to it, is gone"
        )
        return kind.finding(1, (probe, reset.last), SIDES[side], cost, text)
    return None


def forgotten_while_idle(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find data after a long silence that nobody acknowledges however often it is sent, or that a
    RST answers: something on the way, or the other end, has forgotten the connection meanwhile."""
    if not flow.has(SHOOK_HANDS | BEGAN_INSIDE):
        return None
    for side, end in enumerate((flow.client, flow.server)):
        tries = end.unanswered_tries
        lost = entry_of(flow, LOSS_AFTER_CAPTURE, side) if tries >= SEVERAL else None
        reset = entry_of(flow, HALF_OPEN_RESET, 1 - side)
        peer = end.peer
        if peer.packets == 0 or not peer.has(ACK_OUT) or not end.highest_known:
            continue
        if lost is not None and lost.count >= SEVERAL:
            until = "without any answer" if tries_in_vain(end) else "until a RST answered"
            first, how = lost.first, f"{amount(lost.count + 1, 'time')} {until}"
        elif reset is not None:
            first, how = reset.first, "and was answered with a RST"
        else:
            continue
        found = silence_before(engine, flow, end, first)
        if found is None:
            continue
        frame, silent = found
        last = frame_of(engine, int(flow.last_row))
        cost = int(flow.time_between(time_of_frame(engine, frame), flow.last_time))
        text = (
            f"the {SIDES[side]} {waited(cost)} for an answer to data after "
            f"{duration(silent)} of silence: it was sent {how}; a box between (NAT, firewall, load "
            f"balancer) or the {SIDES[1 - side]} had forgotten the connection by then"
            + (
                ""
                if is_taken_at(flow, 1 - side)
                else f"; surer with a capture at the {SIDES[1 - side]}"
            )
            + "; cure: keep-alives more often than that"
        )
        return kind.finding(1, (frame, last), SIDES[side], cost, text)
    return None


def silence_before(engine: Engine, flow: Flow, end: Endpoint, frame: int) -> tuple[int, int] | None:
    """Return the frame of the data behind a long silence that was sent again, or reset, in
    ``frame``, and how long the silence was (ns)."""
    packets, index, server = engine.packets, i64(flow.index), end is flow.server
    first = max(i64(flow.first_row), packets.first)
    row = i64(packets.row_of(i64(frame)))
    data = row_search.previous(packets, index, server, row, first, row_search.TAKES_SPACE)
    if data == NO_ROW:
        return None
    before = max(
        row_search.previous(packets, index, False, data, first, row_search.ANY),
        row_search.previous(packets, index, True, data, first, row_search.ANY),
    )
    if before == NO_ROW:
        return None
    silent = int(flow.time_between(packets.time(before), packets.time(data)))
    return (frame_of(engine, int(data)), silent) if silent >= LONG_SILENCE else None


def are_probes_unanswered(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether a timer sent the probes, and an answer would have been captured; it would not,
    where their sender sent data and the other direction was not captured at all."""
    end = endpoint_of(flow, entry)
    return are_probes_of_a_timer(entry) and not (is_peer_unseen(end) and end.highest_known)


def are_probes_of_a_timer(entry: LedgerEntry) -> bool:
    """Return whether a timer sent the probes: late ACKs of what lies below the highest end look
    like them, but come sooner one behind the other."""
    return entry.cost >= entry.count * SHORTEST_INTERVAL


def came_back(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the peer was heard from after all, and knew the connection."""
    return endpoint_of(flow, entry).unanswered_tries == 0 and not flow.has(WAS_RESET)
