"""Eviction is what a capture without an end lets go of: flows that are over, the oldest first.

What they were is added up for each pair of hosts. Open flows stay, and the numbers of all others.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.saturation import elapsed
from tcptui.engine.tcp_state.states import BEGAN_INSIDE, CLOSED, ESTABLISHED, LISTEN, TIME_WAIT

ENDED: Final = (1 << CLOSED) | (1 << LISTEN) | (1 << TIME_WAIT)
GIVEN_UP_AFTER: Final = 180_000_000_000
"""Silence (ns) after which a handshake without an end is over: Linux repeats a SYN for 127 s."""
STEP: Final = 8192
"""Flows that one call looks at, or folds, so that it stays short."""
ROUND: Final = 1024
"""New flows after which all that were open are looked at again."""
MOST_PAIRS: Final = 20_000
OTHERS: Final = b""
"""The pair of all hosts that came after `MOST_PAIRS`."""


def blank_endpoint() -> Endpoint:
    return Endpoint(bytes(12))


def blank_flow() -> Flow:
    client = blank_endpoint()
    server = blank_endpoint()
    flow = Flow(-1, client, server, 0)
    flow.add(BEGAN_INSIDE)  # so that it lacks nothing that could be found missing
    client.flow = flow
    server.flow = flow
    client.peer = server
    server.peer = client
    return flow


GONE: Final = blank_flow()
"""Stands in `Engine.flows` for every flow that was folded: no packets, no rows, index -1."""


class HostPair:
    """The folded flows between two hosts.

    Addresses are 4 or 16 bytes, empty for `OTHERS`; bytes are payload; times are ns.
    """

    def __init__(self, client: bytes, server: bytes, first_time: i64) -> None:
        self.client: bytes = client
        self.server: bytes = server
        self.flows: i64 = 0
        self.packets: i64 = 0
        self.client_bytes: i64 = 0
        self.server_bytes: i64 = 0
        self.first_time: i64 = first_time
        self.last_time: i64 = 0

    def add(self, flow: Flow) -> None:
        """Count one more flow."""
        self.flows += 1
        self.packets += i64(flow.packets)
        self.client_bytes += flow.client.bytes
        self.server_bytes += flow.server.bytes
        if flow.first_time < self.first_time:
            self.first_time = flow.first_time
        if flow.last_time > self.last_time:
            self.last_time = flow.last_time


def is_over(flow: Flow, now: i64) -> bool:
    """Return whether nothing more is to come: both sides are closed, or have given up opening."""
    client = i64(flow.client.state)
    server = i64(flow.server.state)
    if (ENDED >> client & 1) != 0 and (ENDED >> server & 1) != 0:
        return True
    silence = elapsed(now, flow.last_time)
    return client < ESTABLISHED and server < ESTABLISHED and silence > GIVEN_UP_AFTER


class Eviction:
    """Finds flows that are over, and folds those beyond a limit.

    ``flows`` were folded; ``pairs`` has their totals by both addresses, the client's first.
    """

    def __init__(self) -> None:
        self.flows: i64 = 0
        self.pairs: dict[bytes, HostPair] = {}
        self.watched: vec[i32] = vec[i32]()  # numbers of flows that were open when looked at
        self.next_watched: i64 = 0
        self.still_open: vec[i32] = vec[i32]()  # of those before `next_watched`
        self.over: vec[i32] = vec[i32]()  # in the order in which they were found to be
        self.next_over: i64 = 0
        self.taken: i64 = 0  # flows below this number are in one of the lists

    def busiest_pairs(self) -> list[HostPair]:
        """Return the pairs, those with most packets first."""
        return sorted(self.pairs.values(), key=lambda pair: -pair.packets)

    def evict_flows(
        self, flows: list[Flow], endpoints: dict[bytes, Endpoint], most: i64, now: i64
    ) -> None:
        """Go some way towards at most ``most`` flows that are over."""
        held = i64(len(flows)) - self.flows
        if held <= most:
            return
        self.find_finished(flows, now)
        end = self.next_over + STEP
        while i64(len(self.over)) - self.next_over > most and self.next_over < end:
            number = i64(self.over[self.next_over])
            self.next_over += 1
            if is_over(flows[number], now):
                self.evict_flow(flows, endpoints, number)
            else:
                self.still_open = append(self.still_open, i32(number))
        if self.next_over * 2 > i64(len(self.over)):
            self.over = self.over[self.next_over :]
            self.next_over = 0

    def find_finished(self, flows: list[Flow], now: i64) -> None:
        """Move the next flows that are over to their list; after the last, begin anew."""
        if self.next_watched == i64(len(self.watched)):
            if i64(len(flows)) - self.taken < ROUND:
                return
            self.begin_round(i64(len(flows)))
        end = self.next_watched + STEP
        if end > i64(len(self.watched)):
            end = i64(len(self.watched))
        while self.next_watched < end:
            number = self.watched[self.next_watched]
            self.next_watched += 1
            if is_over(flows[i64(number)], now):
                self.over = append(self.over, number)
            else:
                self.still_open = append(self.still_open, number)

    def begin_round(self, flows: i64) -> None:
        """Watch those that were open, and those that are new."""
        self.watched = self.still_open
        self.still_open = vec[i32]()
        self.next_watched = 0
        while self.taken < flows:
            self.watched = append(self.watched, i32(self.taken))
            self.taken += 1

    def evict_flow(self, flows: list[Flow], endpoints: dict[bytes, Endpoint], number: i64) -> None:
        """Put `GONE` in the place of a flow, and free it."""
        flow = flows[number]
        self.flows += 1
        self.pair_of(flow).add(flow)
        flows[number] = GONE
        if flow.mptcp is not None:
            flow.mptcp.forget_subflow()
        for end in (flow.client, flow.server):
            if endpoints.get(end.key) is end:
                del endpoints[end.key]
            end.flow = GONE  # no circle is left to be collected
            end.peer = GONE.client

    def pair_of(self, flow: Flow) -> HostPair:
        client = flow.client.address
        server = flow.server.address
        key = client + server
        pair = self.pairs.get(key)
        if pair is None:
            if len(self.pairs) >= MOST_PAIRS:
                key = client = server = OTHERS
                pair = self.pairs.get(OTHERS)
            if pair is None:
                pair = HostPair(client, server, flow.first_time)
                self.pairs[key] = pair
        return pair
