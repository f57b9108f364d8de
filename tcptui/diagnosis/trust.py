"""Says how far a capture can be trusted: what it lost, what it saw only half of, where it was
taken."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from typing import Final, NamedTuple

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.tcp_state.outcome import Opening, opening
from tcptui.findings.capture_point import Sureness, Where, capture_point_of
from tcptui.findings.sides import is_one_sided
from tcptui.text.amounts import amount
from tcptui.text.durations import measured

SLICE: Final = 512
MIDSTREAM_SHARE: Final = 0.5
"""With more flows that began before the capture, window scales are unknown all over."""
MOST_PLACED: Final = 10_000
"""Flows that are asked where they were captured."""
WHERE: Final[dict[Where, str]] = {
    Where.CLIENT: "near the clients",
    Where.SERVER: "near the servers",
    Where.MIDDLE: "between the ends",
    Where.UNKNOWN: "unknown",
}


class FlowTrust(NamedTuple):
    """Holds what one flow says of its capture, as plain values that another process can send: its
    segments, bytes that only the capture lost and segments that it has twice, and where it was
    taken, with the round trips (µs) to both ends, where that is sure."""

    segments: int
    is_midstream: bool
    is_one_sided: bool
    unseen: int
    twice: int
    point: tuple[str, int, int] | None


def trust_of(flow: Flow, is_placed: bool = True) -> FlowTrust:
    """Return what a flow says; not where it was captured where nobody asks it to be placed."""
    unseen = twice = 0
    for entry in flow.ledger.entries() if flow.ledger is not None else ():
        if entry.kind is LedgerKind.CAPTURE_LOSS:
            unseen += entry.amount
        elif entry.kind is LedgerKind.CAPTURED_TWICE:
            twice += entry.count
    point = capture_point_of(flow) if is_placed and flow.syn_to_synack >= 0 else None
    where = None
    if point is not None and point.sureness is Sureness.HIGH:
        where = (point.where.value, int(point.client_way), int(point.server_way))
    return FlowTrust(
        int(flow.packets),
        opening(flow) is Opening.MIDSTREAM,
        is_one_sided(flow),
        int(unseen),
        int(twice),
        where,
    )


class CaptureTrust:
    """Totals over the flows taken so far."""

    def __init__(self) -> None:
        self.flows = 0
        self.segments = 0
        self.midstream = 0
        self.one_sided = 0
        self.unseen_flows = 0
        self.unseen_bytes = 0
        self.twice_flows = 0
        self.twice = 0
        self.points: Counter[Where] = Counter()
        self.ways: dict[Where, list[tuple[int, int]]] = {where: [] for where in Where}

    def take_flow(self, flow: Flow) -> None:
        """Count one flow."""
        self.take(trust_of(flow, self.placed < MOST_PLACED))

    def take(self, told: FlowTrust) -> None:
        """Count what one flow says."""
        self.flows += 1
        self.segments += told.segments
        self.midstream += told.is_midstream
        self.one_sided += told.is_one_sided
        self.unseen_bytes += told.unseen
        self.unseen_flows += told.unseen > 0
        self.twice += told.twice
        self.twice_flows += told.twice > 0
        if told.point is not None and self.placed < MOST_PLACED:
            where, client_way, server_way = told.point
            self.points[Where(where)] += 1
            self.ways[Where(where)].append((client_way, server_way))

    @property
    def placed(self) -> int:
        return sum(self.points.values())

    def lines(self, dropped: int | None) -> Iterator[str]:
        """Yield what to know before believing the rest, a sentence each; ``dropped``: packets that
        the capturing side says it lost."""
        yield dropped_text(dropped)
        if self.unseen_flows:
            yield (
                f"**{amount(self.unseen_bytes, 'byte')} in {amount(self.unseen_flows, 'flow')} "
                "were acknowledged but never captured**: the capture lost them, the network did "
                "not; other losses may be the capture's too."
            )
        else:
            yield "Nothing was acknowledged that the capture does not hold."
        if self.one_sided:
            yield (
                f"**{amount(self.one_sided, 'flow')} {were(self.one_sided)} seen from one side "
                "only**: the other direction takes another path, or was filtered out; round trips "
                "and losses cannot be told there."
            )
        if self.midstream:
            yield (
                f"{amount(self.midstream, 'flow')} of {self.flows:,} began before the capture: "
                "no round trip from the handshake, and windows may be scaled by an unknown factor."
            )
        if self.twice:
            yield (
                f"{amount(self.twice, 'segment')} in {amount(self.twice_flows, 'flow')} "
                f"{were(self.twice)} captured twice (two interfaces, a mirror port that sees both "
                "directions, or a path that doubles packets): no retransmissions."
            )
        yield self.capture_point_text()

    def doubts(self, dropped: int | None) -> list[str]:
        """Say what makes the other figures doubtful, in few words; nothing where they can be
        trusted."""
        found: list[str] = []
        if dropped:
            found.append(f"{amount(dropped, 'packet')} dropped while capturing")
        if self.unseen_flows:
            unseen = amount(self.unseen_bytes, "byte")
            found.append(f"{unseen} acknowledged but never captured; do not trust loss counts")
        elif dropped:
            found[-1] += "; do not trust loss counts"
        if self.one_sided:
            found.append(f"{amount(self.one_sided, 'flow')} seen from one side only")
        if self.flows and self.midstream / self.flows > MIDSTREAM_SHARE:
            began = amount(self.midstream, "flow")
            found.append(f"{began} began before the capture: how large windows are is not known")
        return found

    def capture_point_text(self) -> str:
        """Say where most flows were captured."""
        if not self.placed:
            return "Where it was taken is unknown: no flow has a plain handshake."
        where, number = self.points.most_common(1)[0]
        ways = sorted(client for client, _ in self.ways[where])
        others = sorted(server for _, server in self.ways[where])
        middle = len(ways) // 2
        return (
            f"Taken {WHERE[where]}, by {number:,} of {self.placed:,} handshakes (median round "
            f"trip {measured(ways[middle])} to the client, {measured(others[middle])} to the "
            f"server)."
        )


def trust_in(flows: Sequence[Flow], number: int) -> Generator[float, None, CaptureTrust]:
    """Count the first ``number`` flows; yields after each slice how far it is."""
    found = CaptureTrust()
    for index in range(number):
        if index % SLICE == SLICE - 1:
            yield index / number
        if flows[index].index >= 0:
            found.take_flow(flows[index])
    return found


def dropped_text(dropped: int | None) -> str:
    if dropped is None:
        return "The file does not say whether packets were dropped while capturing."
    if not dropped:
        return "No packet was dropped while capturing."
    return f"**{amount(dropped, 'packet')} {were(dropped)} dropped while capturing.**"


def were(number: int) -> str:
    return "was" if number == 1 else "were"
