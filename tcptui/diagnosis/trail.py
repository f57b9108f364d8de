"""The segments before and after a segment, as its explanation needs them."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import FROM_SERVER, NO_ROW
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import ACK, FIN, SYN
from tcptui.engine.wireshark.recorder import Number, Recorder
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.text.amounts import span

MOST_STEPS: Final = 5_000
"""Segments of one side that a search forwards looks at."""
MOST_CASES: Final = 8
"""What one segment may be counted as, of all kinds together."""
IN_JOURNAL: Final = (
    LedgerKind.LOSS_AFTER_CAPTURE,
    LedgerKind.LOSS_BEFORE_CAPTURE,
    LedgerKind.NOT_LOST,
    LedgerKind.SPURIOUS_TIMEOUT,
)
"""Kinds of which the journal has each segment."""


class TrailSegment(NamedTuple):
    """A segment out of the columns. ``end`` is behind payload, SYN and FIN; numbers are raw."""

    row: int
    frame: int
    time: int
    seq: int
    ack: int
    length: int
    end: int
    flags: int
    analysis: int
    attributes: int
    window: int

    def has_header_flag(self, bits: int) -> bool:
        """Return whether one of these bits is set in the TCP header."""
        return bool(self.flags & bits)

    def has_flag(self, bits: int) -> bool:
        """Return whether the segment has one of these `tcp.analysis` flags."""
        return bool(self.analysis & bits)

    def has_attribute(self, bits: int) -> bool:
        """Return whether one of these bits of the attributes is set."""
        return bool(self.attributes & bits)

    @property
    def is_syn(self) -> bool:
        """Whether the segment asks for a connection: a SYN without ACK."""
        return self.flags & (SYN | ACK) == SYN

    @property
    def is_syn_ack(self) -> bool:
        return self.flags & (SYN | ACK) == SYN | ACK

    @property
    def from_server(self) -> bool:
        return self.has_attribute(FROM_SERVER)

    @property
    def takes_space(self) -> bool:
        return self.length > 0 or self.has_header_flag(SYN | FIN)

    @property
    def name(self) -> str:
        return f"#{self.frame}"


class SegmentContext:
    """Looks around from one segment (``this``) within its flow.

    ``recorder`` has what the rules decided about the segment when they ran again; without a replay
    it is empty.
    """

    def __init__(self, engine: Engine, row: int) -> None:
        self.engine = engine
        self.packets = engine.packets
        self.numbers = RelativeNumbers(engine)
        self.this = self.sent(row)
        self.flow = engine.flows[int(self.packets.flow(row))]
        self.index = int(self.flow.index)
        self.first = max(int(self.flow.first_row), int(self.packets.first))
        self.last = min(int(self.flow.last_row), int(self.packets.count) - 1)
        self.server = self.this.from_server
        self.sender = self.flow.server if self.server else self.flow.client
        self.receiver = self.sender.peer
        self.recorder = Recorder()
        self.looked_up: dict[tuple[bool, int, int], vec[i32]] = {}

    def counted(self, kind: LedgerKind) -> bool:
        """Return whether this very segment is counted as of this kind on its sender's side; where
        no journal is kept of the kind, whether the flow's ledger has something of it, begun by this
        segment at the latest and ended by it at the earliest."""
        if self.flow.ledger is None:
            return False
        if kind in IN_JOURNAL:
            row = i64(self.this.row)
            cases = self.engine.time_accounting.journal.of_flow(
                i64(self.index), row, row, MOST_CASES
            )
            return any(case.kind is kind and case.side == self.server for case in cases)
        frame = self.this.frame
        return any(
            entry.kind is kind and entry.side == self.server and entry.first <= frame <= entry.last
            for entry in self.flow.ledger.entries()
        )

    def sent(self, row: int) -> TrailSegment:
        packets = self.packets
        flags, seq = int(packets.flags(row)), int(packets.seq(row))
        length = int(packets.length(row))
        taken = max(length, 0) + bool(flags & (SYN | FIN))
        return TrailSegment(
            row, int(packets.frame(row)), int(packets.time(row)), seq, int(packets.ack(row)),
            length, (seq + taken) & MASK32, flags, int(packets.analysis(row)),
            int(packets.attributes(row)),
            int(packets.window(row)),
        )  # fmt: skip

    @property
    def who(self) -> str:
        return "server" if self.server else "client"

    @property
    def whom(self) -> str:
        return "client" if self.server else "server"

    def seq(self, raw: int) -> int:
        """Return a raw number of the sender, relative as at this segment."""
        return self.numbers.of_sender(self.this.row, raw)

    def ack(self, raw: int) -> int:
        """Return a raw number of the receiver, relative as at this segment."""
        return self.numbers.of_receiver(self.this.row, raw)

    def span(self, sent: TrailSegment) -> str:
        """Return ``5793:7241`` of a segment of either side, ``the FIN`` where it carries nothing
        else."""
        own = sent.from_server == self.server
        start = self.seq(sent.seq) if own else self.ack(sent.seq)
        if sent.length > 0:
            return span(start, start + sent.length)
        if sent.has_header_flag(SYN):
            return "the SYN+ACK" if sent.is_syn_ack else "the SYN"
        return "the FIN" if sent.has_header_flag(FIN) else span(start, start)

    def earlier(self, server: bool, kind: int = row_search.ANY) -> Iterator[TrailSegment]:
        """Yield segments of one side before this one, the latest first."""
        at = self.this.row
        while True:
            at = int(row_search.previous(self.packets, self.index, server, at, self.first, kind))
            if at == NO_ROW:
                return
            yield self.sent(at)

    def later(self, server: bool, kind: int = row_search.ANY) -> Iterator[TrailSegment]:
        """Yield segments of one side after this one; at most MOST_STEPS."""
        at = self.this.row
        for _ in range(MOST_STEPS):
            at = int(row_search.following(self.packets, self.index, server, at, self.last, kind))
            if at == NO_ROW:
                return
            yield self.sent(at)

    def highest(self, server: bool) -> TrailSegment | None:
        """Return the segment that set the highest end of one side before this segment.

        None where nothing was seen, or the end is number 0, which tcp.analysis takes for that.
        """
        told = self.recorder.own_highest if server == self.server else self.recorder.peer_highest
        return self.sent(told.row)._replace(end=told.end) if told.end else None

    def last_of_peer(self) -> TrailSegment | None:
        """Return what the receiver sent last before this segment."""
        return next(self.earlier(not self.server), None)

    def copies(self) -> list[TrailSegment]:
        """Return the earlier segments with bytes of this one, the latest first."""
        rows = self.overlapping(self.server, self.this.seq, self.this.end)
        return [self.sent(int(row)) for row in rows]

    def overlapping(self, server: bool, start: int, end: int) -> vec[i32]:
        """Return rows of earlier segments of one side with numbers between these (raw)."""
        asked = (server, start, end)
        if asked not in self.looked_up:
            self.looked_up[asked] = row_search.overlapping(
                self.packets, self.index, server, self.this.row, self.first, start, end
            )
        return self.looked_up[asked]

    def told(self, name: str) -> Number | None:
        """Return the number of this name that the rules looked at last."""
        return self.recorder.told(name)

    def duplicate_acks(self) -> list[TrailSegment]:
        """Return the receiver's duplicate ACKs with its last acknowledgment, the latest first."""
        return [self.sent(row) for row in reversed(self.recorder.duplicates)]

    def missing(self, start: int, end: int, server: bool) -> list[tuple[int, int]]:
        """Return the parts of ``start`` to ``end`` (raw) that one side sent and that never passed
        here before this segment."""
        holes = row_search.missing(
            self.packets, self.index, server, self.this.row, self.first, start, end
        )
        found = zip(holes.starts, holes.ends, strict=True)
        return [(low & MASK32, high & MASK32) for low, high in found]

    def acknowledged_before(self) -> int | None:
        """Return what the sender had acknowledged before its present acknowledgment (raw)."""
        before = self.recorder.ack_before
        return before if before >= 0 else None

    def acknowledged_since(self) -> TrailSegment | None:
        """Return since which segment of the receiver all of them acknowledged this payload."""
        row = self.recorder.acknowledged_row
        return self.sent(row) if row != NO_ROW else None
