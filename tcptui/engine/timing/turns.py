"""Forward scans over one flow's rows: its requests and answers, and its acknowledgments' delays."""

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.packets import REPEATS_BYTES, Packets
from tcptui.engine.row_search import COPIES
from tcptui.engine.saturation import elapsed
from tcptui.engine.sequence import MASK32, ge, le, lt
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.engine.timing.lookback import rows_of_flow


def first_byte_of(end: Endpoint) -> i64:
    """Return the raw number of the first byte that an endpoint can send."""
    return (i64(end.base) + 1) & MASK32


def acknowledges_no_more(ack: i64, begins: i64, asked: i64, acknowledged: i64) -> bool:
    """Return whether data with this ``ack`` was sent before what was ``asked`` last came there: it
    acknowledges neither that nor more than what was ``acknowledged`` before. A number below that of
    the first byte, ``begins``, is none that a TCP acknowledges, and tells nothing. All are raw."""
    return ge(ack, begins) and lt(ack, asked) and le(ack, acknowledged)


class Turns:
    """Runs of new data in one direction that follow each other: rows of the first and the last
    segment, and the payload bytes between them. Even and odd runs come from different sides;
    ``server_first`` says that the first one is the server's.

    What the server had sent before a request came there belongs to its run before: it acknowledges
    no more than that did, which is ``acknowledged``, and at first where the client's data begins;
    ``begins`` is the client's first byte.
    """

    def __init__(self, flow: Flow) -> None:
        self.begins: i64 = first_byte_of(flow.client)
        self.first: vec[i32] = vec[i32]()
        self.last: vec[i32] = vec[i32]()
        self.size: vec[i64] = vec[i64]()
        self.server_first: bool = False
        self.server_last: bool = False
        self.acknowledged: i64 = 0
        self.asked: i64 = 0

    def ends_of(self, run: int) -> tuple[int, int]:
        """Return the rows of a run's first and last segment, for interpreted callers."""
        at = i64(run)
        return int(self.first[at]), int(self.last[at])

    def add_data(self, packets: Packets, row: i64) -> None:
        """Add the new data in ``row``: to the last run, or as a run of the other side."""
        count = len(self.first)
        server = packets.is_from_server(row)
        start = (packets.seq(row) + (packets.flags(row) >> 1 & 1)) & MASK32
        if count == 0:
            self.server_first = server
            if not server:
                self.acknowledged = start
        length = packets.length(row)
        if count == 0 or server != self.server_last:
            if server and count > 0 and self.answers_nothing(packets, row):
                if count > 1:
                    self.last[count - 2] = i32(row)
                    self.size[count - 2] += length
                return
            self.first = append(self.first, i32(row))
            self.last = append(self.last, i32(row))
            self.size = append(self.size, length)
            self.server_last = server
        else:
            self.last[count - 1] = i32(row)
            self.size[count - 1] += length
        if server:
            self.acknowledged = packets.ack(row)
        else:
            self.asked = (start + length) & MASK32

    def answers_nothing(self, packets: Packets, row: i64) -> bool:
        """Return whether the server sent the data in ``row`` before the last request came there."""
        if (packets.flags(row) & ACK) == 0:
            return False
        return acknowledges_no_more(packets.ack(row), self.begins, self.asked, self.acknowledged)


def add_turns(packets: Packets, flow: i64, start: i64, stop: i64, turns: Turns) -> None:
    """Add the new data of ``flow`` in the rows from ``start`` up to ``stop`` (not included)."""
    for found in rows_of_flow(packets, flow, start, stop):
        row = i64(found)
        if packets.length(row) <= 0 or (packets.analysis(row) & COPIES) != 0:
            continue
        if (packets.attributes(row) & REPEATS_BYTES) == 0:
            turns.add_data(packets, row)


def ack_delays(packets: Packets, flow: i64, from_server: bool, start: i64, stop: i64) -> vec[i64]:
    """Return how long one side's pure ACKs came after the data that they acknowledge, in ns.

    In the rows from ``start`` up to ``stop`` (not included): call it in slices.
    """
    delays: vec[i64] = vec[i64]()
    for found in rows_of_flow(packets, flow, start, stop):
        row = i64(found)
        frame = packets.acks(row)
        if frame == 0 or packets.length(row) != 0 or packets.is_from_server(row) != from_server:
            continue
        if (packets.flags(row) & (SYN | FIN | RST)) == 0:
            sent = packets.row_before(row, frame)
            if packets.frame(sent) == frame and packets.length(sent) > 0:
                delays = append(delays, elapsed(packets.time(row), packets.time(sent)))
    return delays
