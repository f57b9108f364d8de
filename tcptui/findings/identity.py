"""Several hosts behind one address, a proxy in an endpoint's name and SYN cookies are told apart
from a host that speaks for itself."""

from typing import Final

from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.hosts import Dropped
from tcptui.engine.saturation import waited_since
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.engine.tcp_state.timers import FIRST_RTO
from tcptui.engine.timing.round_trips import rtt_to
from tcptui.engine.voices import MIXED, SEVERAL, Voice
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frames_of_flow, time_since
from tcptui.findings.never_came import LOSS_AFTER_CAPTURE, entry_of
from tcptui.findings.read_again import dropped_data
from tcptui.findings.sides import SIDES
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

NEXT_HOP: Final = 1
"""A TTL that differs by so little may be another way to the same host."""


def split_proxy(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find that an endpoint's acknowledgments, or its handshake, come from another distance than
    its data, without exception: a box between answers in its name."""
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
    text += (
        "the low bits of its time stamps are the options that the client offered, each time; it "
        "keeps nothing of a SYN then, as where its queue of connections is full"
        if proof.by_stamps
        else "it grants neither window scale nor SACK, which the same client got at this port "
        "before or after; its queue of connections is full then, or a box between removes them"
    )
    text += "; nstat TcpExtSyncookiesSent tells at the server"
    return kind.finding(1, frames_of_flow(engine, flow), "server", None, text)


def paws_drop(kind: FindingKind, engine: Engine, flow: Flow, read: Read | None) -> Finding | None:
    """Find SYNs that a server seems to have dropped for their time stamps, which are lower than
    those of answered ones from the same address; or data that its receiver ignored for them."""
    proof = engine.known_hosts().dropped.get(int(flow.index))
    if proof is not None:
        return dropped_syns(kind, engine, flow, proof)
    if read is None or flow.ledger is None or entry_count(flow) == 0:
        return None
    return dropped_data(kind, engine, flow, read)


def entry_count(flow: Flow) -> int:
    """Return how many segments of a flow had to be sent again."""
    return sum(
        entry.count
        for side in range(2)
        if (entry := entry_of(flow, LOSS_AFTER_CAPTURE, side)) is not None
    )


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
    lasted = int(waited_since(flow.last_time, flow.first_time)) or None
    found = kind.finding(int(flow.packets), frames_of_flow(engine, flow), "client", lasted, text)
    if is_silent and waited < FIRST_RTO:
        found.severity = Severity.NOTE.value
    return found
