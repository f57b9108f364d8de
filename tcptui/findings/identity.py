"""Several hosts behind one address, a proxy in an endpoint's name and SYN cookies are told apart
from a host that speaks for itself."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.hosts import CARRY_OPTIONS, GO_IN_STEPS, GRANT_NOTHING, Dropped
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.tcp_state.timers import FIRST_RTO
from tcptui.engine.timing.lookback import rows_held
from tcptui.engine.timing.round_trips import rtt_to
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.engine.timing.turns import Turns, ack_delays, add_turns
from tcptui.engine.voices import MIXED, SEVERAL, Voice
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frames_of_flow, time_since
from tcptui.findings.never_came import LOSS_AFTER_CAPTURE
from tcptui.findings.opening import syn_retries
from tcptui.findings.read_again import dropped_data
from tcptui.findings.sides import SIDES
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

LEAST_DISTANCE: Final = 20 * MILLISECOND
NEARER: Final = 4
"""An acknowledgment that takes this part of the round trip, or less, is of another place."""
MANY_ANSWERS: Final = 5
MOST_FRAMES: Final = 100_000
"""From the first to the last of a flow whose answers are timed."""
ANOTHER_WAY: Final = 4
"""Routers by which one way to a host may be longer than another."""
NEXT_HOP: Final = 1
"""A TTL that differs by so little may be another way to the same host."""


def split_proxy(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find that an endpoint's acknowledgments, or its handshake, come from another distance than
    its data, without exception: a box between answers in its name."""
    if engine.voices.tells_of(flow):
        found = other_voice(kind, engine, flow)
        if found is not None:
            return found
    return early_acks(kind, engine, flow)


def other_voice(kind: FindingKind, engine: Engine, flow: Flow) -> Finding | None:
    """Find the other distance by the TTLs."""
    for side, end in enumerate((flow.client, flow.server)):
        voice = engine.voices.second_of(flow, side)
        if voice is None or voice.ttl == MIXED:
            continue
        told = two_voices(flow, side, end, voice)
        if told is not None:
            frames = int(voice.first_frame), int(voice.last_frame)
            return kind.finding(int(voice.packets), frames, SIDES[side], None, told)
    return None


def two_voices(flow: Flow, side: int, end: Endpoint, voice: Voice) -> str | None:
    """Return in words that a proxy answers for an endpoint, or None where that is not certain."""
    first, second = int(end.first_ttl), int(voice.ttl)
    rest = int(end.packets) - int(voice.packets)
    who = SIDES[side]
    acks_of, data_of = first, second
    if voice.acks == 0 and voice.data >= SEVERAL and voice.bytes == end.bytes:
        # All its data has the second TTL, so what has the first are SYN and ACKs.
        acks = rest
    elif voice.data == 0 and voice.acks >= SEVERAL and end.bytes > 0 and rest >= SEVERAL:
        # It never sends data with the second TTL, and has data: all of it has the first.
        acks_of, data_of = second, first
        acks = int(voice.acks)
    elif voice.syns == voice.packets == 1 and rest >= SEVERAL and abs(first - second) > NEXT_HOP:
        opens = "SYN+ACK" if side else "SYN"
        return (
            f"the {who}'s {opens} came with TTL {second}, all that follows with {first}: another "
            f"place opens the connection in the {who}'s name than sends the rest (a load balancer, "
            "a SYN proxy, or somebody who forges it)"
            + (", or it came by another way" if abs(first - second) <= ANOTHER_WAY else "")
        )
    else:
        return None
    if acks < SEVERAL:
        return None
    way = int(rtt_to(flow, end))
    measured = f"; round trips to the {who}, {duration(way)}, are those to it" if way > 0 else ""
    return (
        f"two places speak as the {who}: {amount(acks, 'acknowledgment')} came with TTL {acks_of}, "
        f"all its data with TTL {data_of}: a proxy between acknowledges for it, so an ACK does not "
        f"say that the {who} has the data{measured}"
    )


def early_acks(kind: FindingKind, engine: Engine, flow: Flow) -> Finding | None:
    """Find the other distance by the time: acknowledgments come far sooner than the SYN+ACK did,
    and answers never do.

    What would refute it: one answer that comes sooner, for then the SYN+ACK was late by itself; and
    answers that scatter, as those of an application that takes its time.
    """
    handshake = int(flow.syn_to_synack) * 1000
    fastest = int(flow.server.fastest_ack) * 1000
    if handshake < LEAST_DISTANCE or not 0 <= fastest <= handshake // NEARER:
        return None
    if flow.answered_requests < MANY_ANSWERS or syn_retries(flow) > 0:
        return None
    rows = rows_held(engine.packets, flow)
    if rows.start > int(flow.first_row):
        return None
    index, start, stop = i64(flow.index), i64(rows.start), i64(rows.stop)
    if engine.packets.frame(stop - 1) - engine.packets.frame(start) >= MOST_FRAMES:
        return None
    turns = Turns(flow)
    add_turns(engine.packets, index, start, stop, turns)
    answers = answer_times(engine, flow, turns)
    early = sum(
        1
        for delay in ack_delays(engine.packets, index, True, start, stop)
        if 0 <= delay <= handshake // NEARER
    )
    prompt = sum(1 for answer in answers if answer <= handshake * 13 // 10)
    if early < SEVERAL or len(answers) < MANY_ANSWERS or 2 * prompt < len(answers):
        return None
    if min(answers) < handshake * 9 // 10:
        return None
    text = (
        f"the server's SYN+ACK took {duration(handshake)}, and each of its "
        f"{amount(len(answers), 'answer')} {duration(min(answers))} or more, but "
        f"{amount(early, 'acknowledgment')} came within {duration(handshake // NEARER)}: a proxy "
        "between acknowledges for it, so an ACK does not say that the server has the data"
    )
    return kind.finding(early, frames_of_flow(engine, flow), SIDES[1], None, text)


def answer_times(engine: Engine, flow: Flow, turns: Turns) -> list[int]:
    """Return how long the server took until it began each of its answers."""
    packets = engine.packets
    asked = [packets.time(i64(row)) for row in turns.last]
    begun = [packets.time(i64(row)) for row in turns.first]
    return [
        int(flow.time_between(asked[at], begun[at + 1]))
        for at in range(int(turns.server_first), len(turns.first) - 1, 2)
    ]


def two_hosts(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find that several hosts share an address, as behind NAT or a load balancer; told in the first
    flow of each."""
    proof = engine.known_hosts().families.get(int(flow.index))
    if proof is None:
        return None
    # What is compared are SYNs of clients and SYN+ACKs of servers.
    side = int(proof.is_server)
    end = flow.server if side else flow.client
    each = [
        amount(count, "connection") + (f" with TTL {ttl}" if ttl >= 0 else "")
        for count, ttl in zip(proof.counts, proof.ttls, strict=True)
    ]
    text = (
        f"two hosts speak as {address_text(end.address)}, in turn: {each[0]} of one, {each[1]} of "
        f"the other; {proof.why} (NAT, a load balancer, or virtual hosts)"
    )
    return kind.finding(1, frames_of_flow(engine, flow), SIDES[side], None, text)


def duplicate_address(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find that two network cards of different hosts speak for one address."""
    proof = engine.known_hosts().doubles.get(int(flow.index))
    if proof is None:
        return None
    end = flow.server if proof.is_server else flow.client
    text = (
        f"two network cards speak in turn for {address_text(end.address)}, "
        f"{mac_text(proof.first)} and {mac_text(proof.second)}, and {proof.why}: "
    )
    text += (
        "the second sends only RSTs, so two hosts have this address, or a box resets in its name"
        if proof.only_resets
        else "two hosts have the same address"
    ) + "; arp -d and arping tell which hosts answer"
    found = kind.finding(1, frames_of_flow(engine, flow), SIDES[int(proof.is_server)], None, text)
    if proof.only_resets:
        found.severity = Severity.NOTE.value
        found.explains_until = 0
    return found


def mac_text(mac: int) -> str:
    """Return a hardware address as it is written."""
    return mac.to_bytes(6).hex(":")


def syn_cookies(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a handshake that looks like a SYN cookie's, compared with others of the same port."""
    proof = engine.known_hosts().cookies.get(int(flow.index))
    if proof is None:
        return None
    text = f"the server answers with SYN cookies, in {amount(proof.count, 'handshake')}: "
    text += COOKIE_SIGNS[proof.sign] + stepped_size(flow, proof.sign)
    text += "; nstat TcpExtSyncookiesSent tells at the server"
    return kind.finding(1, frames_of_flow(engine, flow), "server", None, text)


COOKIE_SIGNS: Final = {
    CARRY_OPTIONS: "the low bits of its time stamps are the options that the client offered, each "
    "time; it keeps nothing of a SYN then, as where its queue of connections is full",
    GO_IN_STEPS: "its time stamps to this client go in steps of 64 while time does not, so their "
    "low bits are no time, but the client's options; it keeps nothing of a SYN then, as where its "
    "queue of connections is full",
    GRANT_NOTHING: "it grants neither window scale nor SACK, which the same client got at this "
    "port before or after; its queue of connections is full then, or a box between removes them",
}
COOKIE_SIZES: Final = (536, 1300, 1440, 1460)
"""Of a SYN's MSS a cookie keeps which of these it reaches (Linux, IPv4)."""


def stepped_size(flow: Flow, sign: int) -> str:
    """Return in words that the server sends segments of a size that a cookie keeps, and not of the
    one that the client allows."""
    allowed, largest = int(flow.client.mss), int(flow.server.largest_payload)
    steps = [size for size in COOKIE_SIZES if size <= allowed]
    if sign != GRANT_NOTHING or not steps or not largest == steps[-1] < allowed:
        return ""
    return (
        f"; its segments carry {largest:,} bytes at most though the client allows {allowed:,}, as "
        "a cookie has room for few sizes"
    )


def paws_drop(kind: FindingKind, engine: Engine, flow: Flow, read: Read | None) -> Finding | None:
    """Find SYNs that a server seems to have dropped for their time stamps, which are lower than
    those of answered ones from the same address; or data that its receiver ignored for them."""
    proof = engine.known_hosts().dropped.get(int(flow.index))
    if proof is not None:
        return dropped_syns(kind, engine, flow, proof)
    if read is None or not was_sent_again(flow):
        return None
    return dropped_data(kind, engine, flow, read)


def was_sent_again(flow: Flow) -> bool:
    """Return whether segments of a flow had to be sent again."""
    ledger = flow.ledger
    return ledger is not None and (ledger.kinds() >> LOSS_AFTER_CAPTURE & 1) != 0


def dropped_syns(kind: FindingKind, engine: Engine, flow: Flow, proof: Dropped) -> Finding:
    """Return the finding of SYNs that were dropped for their time stamps."""
    is_silent = opening(flow) is Opening.UNANSWERED
    waited = time_since(engine, flow, flow.first_time) if is_silent else 0
    text = (
        f"{proof.tries} of {proof.of} SYNs from {address_text(flow.client.address)} to this server "
        "had no answer, and all of these have lower time stamps than the ones answered before: "
        "several hosts behind one address (NAT), and a server that compares their clocks (PAWS, "
        "tcp_tw_recycle) and drops the SYNs of those behind"
    )
    lasted = int(flow.time_between(flow.first_time, flow.last_time)) or None
    found = kind.finding(int(flow.packets), frames_of_flow(engine, flow), "client", lasted, text)
    if is_silent and waited < FIRST_RTO:
        found.severity = Severity.NOTE.value
    return found
