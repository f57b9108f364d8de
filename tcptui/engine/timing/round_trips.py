"""Round-trip times between the capture point and each endpoint, and what follows from them."""

from mypy_extensions import i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.saturation import elapsed
from tcptui.engine.timing.thresholds import (
    HOST_TURNAROUND,
    LONGEST_RTT,
    MILLISECOND,
    MOST_MICROS,
    REORDERING_SPAN,
)


def plus_micros(micros: i64, ns: i64) -> i64:
    """Return the sum of a number of microseconds and a time in ns, as microseconds that fit an
    i32."""
    total = micros + ns // 1000
    if total < MOST_MICROS:
        return total
    return MOST_MICROS


def rtt_to(flow: Flow, end: Endpoint) -> i64:
    """Return the round-trip time between the capture point and one endpoint, in ns, or 0 if
    unknown.

    The handshake shows it, or the endpoint's fastest acknowledgment if that is faster.
    """
    best: i64 = 0
    if flow.syn_to_synack >= 0:
        best = i64(flow.syn_to_synack) * 1000
        if end is flow.client:
            best = elapsed(flow.irtt, best)
    fastest = i64(end.fastest_ack) * 1000
    if fastest >= 0 and (best <= 0 or fastest < best):
        best = fastest
    if best > LONGEST_RTT:
        return LONGEST_RTT
    return max(best, 0)


def shortest_repair(flow: Flow) -> i64:
    """Return the shortest time between a hole and its repair as they pass the capture point, in ns.

    The segment after the hole must reach the receiver, and its duplicate ACK the sender: that is
    one round trip, less an eighth because round trips vary.
    """
    client = rtt_to(flow, flow.client)
    server = rtt_to(flow, flow.server)
    if client > 0 and server > 0:
        return (client + server) * 7 // 8
    return flow.irtt if flow.irtt > 0 else REORDERING_SPAN


def shortest_repetition(flow: Flow) -> i64:
    """Return the shortest time between a segment and its retransmission, in ns.

    Nobody sends anything again before half a round trip is over: what comes sooner is the same
    packet captured twice.
    """
    client = rtt_to(flow, flow.client)
    server = rtt_to(flow, flow.server)
    if client > 0 and server > 0:
        return (client + server) // 2
    return flow.irtt // 2 if flow.irtt > 0 else MILLISECOND


def longest_release(flow: Flow, end: Endpoint) -> i64:
    """Return the longest time (ns) from an ACK that passes the capture point towards ``end`` to the
    segments that it released there: the round trip to it, half as much again, and its
    turnaround."""
    return rtt_to(flow, end) * 3 // 2 + HOST_TURNAROUND


def shortest_release(flow: Flow, end: Endpoint) -> i64:
    """Return the shortest time (ns) from an ACK that passes the capture point towards ``end`` to a
    segment that it released there, 0 where that is not known: most of the shortest round trip to
    it, as single ones may be shorter."""
    shortest = rtt_to(flow, end) * 3 // 4 - MILLISECOND
    return max(shortest, 0)


def measure_ack(sender: Endpoint, carries_data: bool, delay: i64) -> None:
    """Keep the fastest acknowledgment of an endpoint: it came ``delay`` ns after the data.

    An answer may have waited for its application, so it only lowers what a pure ACK has shown.
    """
    if delay < 0 or (carries_data and sender.fastest_ack < 0):
        return
    if sender.fastest_ack < 0 or delay < i64(sender.fastest_ack) * 1000:
        sender.fastest_ack = i32(plus_micros(0, delay))
