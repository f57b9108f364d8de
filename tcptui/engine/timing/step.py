"""The segment at hand as the rules of timing see it, and where they count what they find."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import Journal, Ledger
from tcptui.engine.packets import NO_ROW, Packets
from tcptui.engine.saturation import plus
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.tcp_options import Options
from tcptui.engine.timing.lookback import COPY_FRAMES, CopySearch, FlowScan
from tcptui.engine.timing.pending import Pending
from tcptui.engine.timing.recent_headers import RecentHeaders
from tcptui.engine.timing.thresholds import STALL


class TimingStep:
    """One segment's step through the rules of timing. The engine has a single instance, which is
    filled anew for each segment.

    - ``sender`` sent the segment, ``receiver`` is its peer.
    - ``row`` is the segment's row, which is not counted on the flow yet.
    - ``repeats_bytes``: some of its bytes passed the capture point before.
    - ``skipped_ids``: how many IP identifications its sender skipped, if it counts them one by
      one; -1 if this is the last one again.
    - ``id_step``: from the sender's last IP identification to this one, modulo 2**16; 0 if
      unknown.
    - ``counts_ids``: the sender's last two IP identifications were consecutive.
    """

    def __init__(self, packets: Packets, segment: Segment, options: Options) -> None:
        self.segment: Final[Segment] = segment
        self.options: Final[Options] = options
        self.scan: Final[FlowScan] = FlowScan(packets)
        self.recent_headers: Final[RecentHeaders] = RecentHeaders()
        self.copies: Final[CopySearch] = CopySearch(packets, self.recent_headers)
        self.journal: Final[Journal] = Journal()
        # Blank until the first segment: compiled code need not check that there is one.
        blank = Endpoint(b"")
        self.flow: Flow = Flow(-1, blank, blank, 0)
        self.sender: Endpoint = blank
        self.receiver: Endpoint = blank
        self.header: HeaderLocation = HeaderLocation()
        self.row: i64 = NO_ROW
        self.repeats_bytes: bool = False
        self.skipped_ids: i64 = 0
        self.id_step: i64 = 0
        self.counts_ids: bool = False

    def begin(
        self, flow: Flow, sender: Endpoint, header: HeaderLocation, row: i64, repeats_bytes: bool
    ) -> None:
        """Take up the segment at hand."""
        self.flow = flow
        self.sender = sender
        self.receiver = sender.peer
        self.header = header
        self.row = row
        self.repeats_bytes = repeats_bytes

    def time_since(self, moment: i64) -> i64:
        """Return how long ago (ns) a moment was, as the flow counts time."""
        return self.flow.elapsed_between(moment, self.segment.time)

    def stall_threshold(self) -> i64:
        """Return how long a wait of the flow must be to be a stall, in ns."""
        irtt = self.flow.irtt
        longest = plus(irtt, irtt)
        return longest if longest > STALL else STALL

    def ledger(self) -> Ledger:
        """Return the flow's ledger, made when first asked for."""
        flow = self.flow
        ledger = flow.ledger
        if ledger is None:
            ledger = Ledger()
            flow.ledger = ledger
        return ledger

    def count_cause(self, end: Endpoint, kind: i64, cost: i64, amount: i64) -> None:
        """Count one case on ``end`` in the flow's ledger, and write it in the journal."""
        self.ledger().add_case(kind, self.flow.side_of(end), self.segment.frame, cost, amount)
        self.add_to_journal(end, kind, cost)

    def add_to_journal(self, end: Endpoint, kind: i64, cost: i64) -> None:
        """Write one case on ``end``, which the ledger counts, in the journal."""
        flow = self.flow
        self.journal.add_case(
            i64(flow.index), self.row, i64(flow.last_row), kind, flow.side_of(end), cost
        )

    def add_to_ledger(self, end: Endpoint, kind: i64, cost: i64, amount: i64) -> None:
        """Count one case on ``end`` in the ledger alone: it is not worth a line of its own."""
        self.ledger().add_case(kind, self.flow.side_of(end), self.segment.frame, cost, amount)

    def add_amount(self, end: Endpoint, cause: i64, amount: i64) -> None:
        """Add to the amount of what was counted on ``end``; where nothing was, nothing."""
        ledger = self.flow.ledger
        if ledger is not None:
            ledger.add_amount(cause, self.flow.side_of(end), amount)

    def retell_wait(self, end: Endpoint, row: i64, cause: i64, true_cause: i64, most: i64) -> i64:
        """Count the wait of ``end`` before ``row`` as one for another cause, of ``most`` ns (-1: as
        long as it was); return how long (ns) it was told before, or 0 if it was not."""
        flow = self.flow
        packets = self.scan.packets
        if row < packets.first:
            return 0
        side = flow.side_of(end)
        wait = self.journal.retell_case(i64(flow.index), row, cause << 1 | side, true_cause, most)
        if wait > 0:
            ledger = self.ledger()
            frame = packets.frame(row)
            # Counted in frames: of several processes each has rows and cases of its own.
            first = packets.row_of(frame - COPY_FRAMES)
            worst = self.journal.worst_between(i64(flow.index), first, row, cause << 1 | side)
            worst_frame: i64 = 0
            if worst != NO_ROW:
                worst_frame = packets.frame(i64(self.journal.row[worst]))
            longest = self.journal.cost[worst] if worst != NO_ROW else 0
            ledger.take_back_wait(cause, side, wait, longest, worst_frame)
            ledger.add_case(true_cause, side, frame, wait if most < 0 else most, 0)
        return wait

    def last_case(self, kind: i64, side: i64) -> i64:
        """Return the row of the flow's latest case of a kind that the journal has, or `NO_ROW`
        where that is not recent."""
        packets = self.scan.packets
        first = packets.row_of(packets.frame(self.row) - COPY_FRAMES)
        return self.journal.last_between(i64(self.flow.index), first, self.row, kind << 1 | side)

    def find_pending(self, end: Endpoint) -> Pending | None:
        """Return what is in progress at ``end``, or None if nothing is."""
        flow = self.flow
        ledger = flow.ledger
        if ledger is None:
            return None
        return ledger.server if end is flow.server else ledger.client

    def begin_pending(self, end: Endpoint) -> Pending:
        """Return what is in progress at ``end``, made when there is nothing; from now on the flow's
        segments are compared with it."""
        flow = self.flow
        ledger = self.ledger()
        flow.has_pending = True
        found = ledger.server if end is flow.server else ledger.client
        if found is None:
            found = Pending()
            if end is flow.server:
                ledger.server = found
            else:
                ledger.client = found
        return found

    def settle_pending(self) -> None:
        """Let go of what is over at both endpoints."""
        flow = self.flow
        flow.has_pending = False
        ledger = flow.ledger
        if ledger is None:
            return
        client = ledger.client
        if client is not None:
            if client.is_active():
                flow.has_pending = True
            elif client.refused_below < 0:
                ledger.client = None
        server = ledger.server
        if server is not None:
            if server.is_active():
                flow.has_pending = True
            elif server.refused_below < 0:
                ledger.server = None
