"""Subjects are what can be copied or saved: a flow, a direction, flagged segments, a time span."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tcptui.engine.decode.skip_reasons import (
    CUT,
    IPV4_FRAGMENT,
    IPV4_OPTIONS,
    MALFORMED_IPV4,
    MALFORMED_IPV6,
    SHORT_TCP,
    with_value,
)
from tcptui.engine.engine import Engine
from tcptui.engine.events import EventKind
from tcptui.engine.timing.lookback import rows_held, rows_of_flow
from tcptui.fields.view import NoBytes, ReadPacket, View
from tcptui.filters.language import Expression
from tcptui.filters.search import Searcher
from tcptui.filters.selection import Selection, runs
from tcptui.text.amounts import amount, plural

MOST_READ: Final = 1000
"""Most packets that are read to see whether a filter finds them."""

IPV6_ADDRESSES: Final = 32
PORTS: Final = 4
"""Bytes of both addresses, which precede those of both ports, in an endpoint's key."""


@dataclass(frozen=True)
class OpenCapture:
    """The capture that a subject is part of: the engine, its files, and how to read packets."""

    engine: Engine
    names: tuple[str, ...] = ()
    read: ReadPacket | None = None
    searcher: Searcher = field(default_factory=Searcher, compare=False)


class Subject:
    """Some segments of a capture."""

    def flows(self, capture: OpenCapture) -> list[int]:
        """Return the flows that the segments belong to, ascending."""
        packets = capture.engine.packets
        return sorted({packets.flow(row) for row in self.rows(capture)})

    def rows(self, capture: OpenCapture) -> list[int]:
        """Return the rows, ascending."""
        raise NotImplementedError


@dataclass(frozen=True)
class FlowSubject(Subject):
    index: int

    def flows(self, capture: OpenCapture) -> list[int]:
        return [self.index]

    def rows(self, capture: OpenCapture) -> list[int]:
        return flow_rows(capture.engine, self.index)


@dataclass(frozen=True)
class DirectionSubject(Subject):
    """The segments that one side of a flow sent."""

    index: int
    from_server: bool

    def flows(self, capture: OpenCapture) -> list[int]:
        return [self.index]

    def rows(self, capture: OpenCapture) -> list[int]:
        packets = capture.engine.packets
        return [
            row
            for row in flow_rows(capture.engine, self.index)
            if packets.is_from_server(row) == self.from_server
        ]


@dataclass(frozen=True)
class FlaggedSubject(Subject):
    """The segments of a flow that carry an analysis flag, with ``around`` neighbours each."""

    index: int
    around: int = 0

    def flows(self, capture: OpenCapture) -> list[int]:
        return [self.index]

    def rows(self, capture: OpenCapture) -> list[int]:
        rows = flow_rows(capture.engine, self.index)
        packets = capture.engine.packets
        near = {
            other
            for i, row in enumerate(rows)
            if packets.analysis(row)
            for other in rows[max(i - self.around, 0) : i + self.around + 1]
        }
        return sorted(near)


@dataclass(frozen=True)
class SegmentSubject(Subject):
    row: int

    def rows(self, capture: OpenCapture) -> list[int]:
        return [self.row]


@dataclass(frozen=True)
class FlowsSubject(Subject):
    """Marked flows."""

    indices: tuple[int, ...]

    def flows(self, capture: OpenCapture) -> list[int]:
        return sorted(self.indices)

    def rows(self, capture: OpenCapture) -> list[int]:
        return sorted(row for index in self.indices for row in flow_rows(capture.engine, index))


@dataclass(frozen=True)
class GroupSubject(FlowsSubject):
    """The flows of a group: ``by`` what they were grouped, and the group's key in words."""

    by: str
    key: str


@dataclass(frozen=True)
class FilteredSubject(Subject):
    """The segments that a filter selects."""

    expression: Expression

    def rows(self, capture: OpenCapture) -> list[int]:
        selection = Selection(self.expression, capture.engine, capture.read, capture.searcher)
        return list(selection.rows(0, capture.engine.packets.count))


@dataclass(frozen=True)
class SpanSubject(Subject):
    """The time between two moments (ns since the epoch, both included), of a flow or of all."""

    first: int
    last: int
    index: int | None = None

    def rows(self, capture: OpenCapture) -> list[int]:
        packets = capture.engine.packets
        all_rows: Iterable[int] = range(packets.first, packets.count)
        rows = all_rows if self.index is None else flow_rows(capture.engine, self.index)
        return [row for row in rows if self.first <= packets.time(row) <= self.last]


def flow_rows(engine: Engine, index: int) -> list[int]:
    """Return the rows of a flow, ascending."""
    flow = engine.flows[index]
    held = rows_held(engine.packets, flow)
    return list(rows_of_flow(engine.packets, index, held.start, held.stop))


def frame_ranges(capture: OpenCapture, rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return the frames of these rows as closed ranges of consecutive numbers."""
    frames = dict.fromkeys(capture.engine.packets.frame(row) for row in rows)
    return [(first, behind - 1) for first, behind in runs(frames)]


def frames(engine: Engine, rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield ranges of rows, each of one frame, with all rows that the frame has."""
    packets = engine.packets
    done = -1
    for first, behind in runs(rows):
        for row in range(first, behind):
            if row < done:
                continue
            start, done = row, row + 1
            while start > packets.first and packets.frame(start - 1) == packets.frame(row):
                start -= 1
            while done < packets.count and packets.frame(done) == packets.frame(row):
                done += 1
            yield start, done


def same_ends(engine: Engine, index: int) -> list[int]:
    """Return the other flows between the same addresses and ports."""
    client = engine.flows[index].client
    keys = (client.key, client.peer.key)
    return [flow.index for flow in engine.flows if flow.client.key in keys and flow.index != index]


def quoting_errors(engine: Engine, flows: Iterable[int]) -> int:
    """Return how many ICMP errors quote one of the flows."""
    return engine.events.number_of(EventKind.ICMP_ERROR, set(flows))


TOO_SHORT: Final = (SHORT_TCP,)
BROKEN: Final = (SHORT_TCP, CUT, MALFORMED_IPV4, MALFORMED_IPV6, IPV4_FRAGMENT, IPV4_OPTIONS)
"""Why packets have no row, though Wireshark, or libpcap, may find addresses and ports in them."""

NO_ROW: Final = "too short or broken to have a row"


def without_a_row(capture: OpenCapture, reasons: Sequence[int]) -> list[str]:
    """Say how many packets without a row a filter may match; nothing else here knows of them."""
    skips = capture.engine.decoder.skips
    count = sum(skips.get(with_value(reason, 0), 0) for reason in reasons)
    return [f"may also match {amount(count, 'packet')} {NO_ROW}"] if count else []


def same_both_ends(engine: Engine, index: int) -> bool:
    """Return whether the flow goes from an address and port to the same: its directions look
    alike."""
    client = engine.flows[index].client
    return client.key == client.peer.key


def shows_addresses(capture: OpenCapture, rows: Sequence[int]) -> bool:
    """Return whether the packets have the flow's addresses where they are looked for.

    Behind an IPv6 routing header, or with a mobile node's home address, they have others. True
    where the packets cannot be read.
    """
    if capture.read is None:
        return True
    view = View(capture.engine, capture.read)
    step = max(len(rows) // MOST_READ, 1)
    try:
        return all(in_sight(view, row) for row in rows[::step])
    except NoBytes:
        return True


def in_sight(view: View, row: int) -> bool:
    addresses = view.sender(row).key[:-PORTS]
    return len(addresses) < IPV6_ADDRESSES or addresses in view.packet(row)


MOST_NAMED: Final = 5


def listed(numbers: Sequence[int], what: str = "flow") -> str:
    """Return names such as ``flow 3`` or ``flows 3, 4 and 12 more``."""
    named = [str(number) for number in numbers[:MOST_NAMED]]
    left = len(numbers) - len(named)
    more = f" and {left} more" if left else ""
    return f"{plural(len(numbers), what)} {', '.join(named)}{more}"
