"""The segment at hand as the rules of timing see it, and where they count what they find."""

from mypy_extensions import i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import Journal, Ledger
from tcptui.engine.packets import NO_ROW, Packets
from tcptui.engine.saturation import plus
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.tcp_options import Options
from tcptui.engine.timing.lookback import CopySearch, FlowScan
from tcptui.engine.timing.pending import Pending
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
    """

    def __init__(self, packets: Packets, segment: Segment, options: Options) -> None:
        self.segment: Segment = segment
        self.options: Options = options
        self.scan: FlowScan = FlowScan(packets)
        self.copies: CopySearch = CopySearch(packets)
        self.journal: Journal = Journal()
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
        flow = self.flow
        side = flow.side_of(end)
        self.ledger().add_case(kind, side, self.segment.frame, cost, amount)
        self.journal.add_case(i64(flow.index), self.row, kind, side, cost)

    def add_to_ledger(self, end: Endpoint, kind: i64, cost: i64, amount: i64) -> None:
        """Count one case on ``end`` in the ledger alone: it is not worth a line of its own."""
        self.ledger().add_case(kind, self.flow.side_of(end), self.segment.frame, cost, amount)

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
