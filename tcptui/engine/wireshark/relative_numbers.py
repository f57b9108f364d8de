"""Sequence numbers as people read them: relative to the initial ones, as tshark shows them."""

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.events import EventKind, Side
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.packets import RAW_EDGES, RAW_NUMBERS
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import ACK


class RelativeNumbers:
    """Relative numbers of any row: the one place that counts from initial sequence numbers.

    The initial number of a side moves when a SYN+ACK with another one comes; rows before it
    keep what they showed, which the events say.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.events_read = 0
        self.moved: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def seq(self, row: int) -> int:
        """Return `tcp.seq`."""
        return self.of_sender(row, int(self.engine.packets.seq(row)))

    def ack(self, row: int) -> int:
        """Return `tcp.ack`: raw where ACK is clear."""
        packets = self.engine.packets
        ack = int(packets.ack(row))
        return self.of_receiver(row, ack) if packets.flags(row) & ACK else ack

    def flow(self, row: int) -> Flow:
        return self.engine.flows[int(self.engine.packets.flow(row))]

    def sender(self, row: int) -> Endpoint:
        flow = self.flow(row)
        return flow.server if self.engine.packets.is_from_server(row) else flow.client

    def of_sender(self, row: int, raw: int) -> int:
        """Return a raw number of who sent the row's segment, as it is shown with this row."""
        if self.engine.packets.attributes(row) & RAW_NUMBERS:
            return raw
        return int(self.relative(row, raw, self.sender(row)))

    def of_receiver(self, row: int, raw: int) -> int:
        """Return a raw number of its receiver, such as a SACK edge, as it is shown with this
        row."""
        if self.engine.packets.attributes(row) & (RAW_NUMBERS | RAW_EDGES):
            return raw
        return int(self.relative(row, raw, self.sender(row).peer))

    def relative(self, row: i64, raw: i64, end: Endpoint) -> i64:
        """Return a raw number of ``end``, counted from its initial one as it stood at ``row``."""
        self.read_events()
        if len(self.moved) == 0:
            return (raw - i64(end.base)) & MASK32
        return (raw - self.base(int(row), end)) & MASK32

    def base(self, row: int, end: Endpoint) -> int:
        """Return the initial sequence number of ``end`` as it stood at ``row`` (raw)."""
        self.read_events()
        flow = end.flow
        side = Side.CLIENT if end is flow.client else Side.SERVER
        for last_row, old in self.moved.get((int(flow.index), int(side)), ()):
            if row <= last_row:
                return old
        return int(end.base) & MASK32

    def read_events(self) -> None:
        """Remember where initial numbers moved since the last call."""
        events = self.engine.events
        self.events_read = max(self.events_read, int(events.first))
        while self.events_read < len(events):
            if events.kind[self.events_read - int(events.first)] == EventKind.BASE_MOVED:
                event = events[self.events_read]
                moves = self.moved.setdefault((event.flow, int(event.side)), [])
                moves.append((event.row, event.value))
            self.events_read += 1
