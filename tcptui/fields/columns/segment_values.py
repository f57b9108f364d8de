"""The values of a segment's fields as numbers, read straight from the packet columns.

Each kind of value is a class with one method; a value that a row does not have is `ABSENT`.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.packets import (
    BLOCK_BITS,
    BLOCK_MASK,
    BOGUS_HEADER,
    COMPLETENESS_MASK,
    COMPLETENESS_SHIFT,
    ECN_COUNTER,
    ENDS_IN_HEADER,
    FROM_SERVER,
    HAS_RECORD,
    HEADER_CUT,
    RAW_NUMBERS,
    SCALE_SHIFT,
    UNSCALED_MASK,
    UNSCALED_SHIFT,
    Block,
)
from tcptui.engine.saturation import elapsed
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import ACK, ECN_BITS, ECN_SHIFT, FIN, FLAG_BITS, SYN
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.fields.columns.flow_walk import ABSENT, Contiguity, PacketNumbers, TimeDeltas

NOTHING_CAME: Final = -1
HAS_COUNTER: Final = FLAG_BITS + 1
"""Above the header bits: three of them are a counter."""

SOURCE: Final = 1
DESTINATION: Final = 2
EITHER: Final = SOURCE | DESTINATION
"""Which of a segment's ends a field is about."""


class RowReader:
    """Reads the values of one row; :meth:`move_to_row` goes to another one."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Engine = engine
        self.numbers: RelativeNumbers = RelativeNumbers(engine)
        self.block: Block = engine.packets.empty
        self.deltas: TimeDeltas | None = None
        self.packet_numbers: PacketNumbers | None = None
        self.contiguity: Contiguity | None = None
        self.row: i64 = -1
        self.i: i64 = 0
        self.events_known: i64 = 0

    def move_with_events(self, row: i64) -> None:
        """Go to a row, and learn from the events up to now from where its numbers count."""
        if row != self.row:
            self.move_to_row(row)
        events = self.engine.events
        behind = events.first + i64(len(events.value))
        if behind != self.events_known:
            self.numbers.read_events()
            self.events_known = behind

    def move_to_row(self, row: i64) -> None:
        self.row = row
        self.i = row & BLOCK_MASK
        self.block = self.engine.packets.blocks[row >> BLOCK_BITS]

    def attributes(self) -> i64:
        return i64(self.block.attributes[self.i])

    def has_bogus_header(self) -> bool:
        """Return whether tshark shows nothing beyond the sequence number, as the data offset makes
        no sense."""
        return (self.attributes() & BOGUS_HEADER) != 0

    def has_ecn_counter(self) -> bool:
        """Return whether AE, CWR and ECE are a counter, as the flow uses accurate ECN."""
        return (self.attributes() & ECN_COUNTER) != 0

    def ends_in_header(self) -> bool:
        """Return whether tshark shows nothing of what comes behind the options."""
        return (self.attributes() & ENDS_IN_HEADER) != 0

    def has_no_times(self) -> bool:
        """Return whether tshark ends before it shows the segment's times."""
        return (self.attributes() & (BOGUS_HEADER | HEADER_CUT)) != 0

    def analysis(self) -> i64:
        return i64(self.block.analysis[self.i])

    def flow(self) -> Flow:
        return self.engine.flows[i64(self.block.flow[self.i])]

    def sender(self) -> Endpoint:
        flow = self.flow()
        return flow.server if (self.attributes() & FROM_SERVER) != 0 else flow.client


class RowValue:
    """A number that every row has, or lacks: the compiled half of a field."""

    def value(self, at: RowReader) -> i64:
        """Return the row's value, or ABSENT."""
        raise NotImplementedError

    def value_of_row(self, at: RowReader, row: i64) -> int | None:
        """Return the value of any row, for interpreted callers, or None where it is absent."""
        at.move_with_events(row)
        value = self.value(at)
        return None if value == ABSENT else value


class Frame(RowValue):
    def value(self, at: RowReader) -> i64:
        return at.block.frame_at(at.i)


class Time(RowValue):
    def value(self, at: RowReader) -> i64:
        return at.block.time.at(at.i)


class TimeInCapture(RowValue):
    def value(self, at: RowReader) -> i64:
        return elapsed(at.block.time.at(at.i), at.engine.first_time)


class TimeInterval(RowValue):
    """The time since the packet before, TCP or not, Wireshark's `frame.time_delta`.

    That of the first packet is 0, and from 4.6 on there is none."""

    def value(self, at: RowReader) -> i64:
        frame = at.block.frame_at(at.i)
        if frame == 1:
            return ABSENT if at.engine.rules.first_has_no_delta else 0
        packets = at.engine.packets
        row = at.row
        if row > packets.first and packets.frame(row - 1) == frame:
            row = packets.row_of(frame)
        before = packets.time_before(row)
        return ABSENT if before is None else elapsed(at.block.time.at(at.i), before)


class TimeInFlow(RowValue):
    def value(self, at: RowReader) -> i64:
        if at.has_no_times():
            return ABSENT
        return elapsed(at.block.time.at(at.i), at.flow().first_time)


class Captured(RowValue):
    def value(self, at: RowReader) -> i64:
        return at.block.captured_at(at.i)


class Original(RowValue):
    def value(self, at: RowReader) -> i64:
        captured = at.block.captured_at(at.i)
        if len(at.block.uncaptured) == 0:
            return captured
        return captured + i64(at.block.uncaptured[at.i])


class Stream(RowValue):
    def value(self, at: RowReader) -> i64:
        flow = i64(at.block.flow[at.i])
        share = at.engine.share
        return flow if share is None else share.number_of(flow)


class Carried(RowValue):
    """Tells of which flow a segment is, which way it goes, and on which path: segments with the
    same number have the same addresses and ports, in all layers."""

    def value(self, at: RowReader) -> i64:
        sent = i64(at.block.flow[at.i]) << 1
        if (at.attributes() & FROM_SERVER) != 0:
            sent += 1
        return at.block.path_at(at.i) << 32 | sent


CARRIED: Final = Carried()


class RawSeq(RowValue):
    def value(self, at: RowReader) -> i64:
        return i64(at.block.seq[at.i]) & MASK32


class RawAck(RowValue):
    def value(self, at: RowReader) -> i64:
        if at.has_bogus_header():
            return ABSENT
        return i64(at.block.ack[at.i]) & MASK32


class Seq(RowValue):
    """Relative, as `tcp.seq`."""

    def value(self, at: RowReader) -> i64:
        seq = i64(at.block.seq[at.i])
        if (at.attributes() & RAW_NUMBERS) != 0:
            return seq & MASK32
        return at.numbers.relative(at.row, seq, at.sender())


class Ack(RowValue):
    """Relative, as `tcp.ack`."""

    def value(self, at: RowReader) -> i64:
        ack = i64(at.block.ack[at.i])
        if at.has_bogus_header():
            return ABSENT
        if (at.attributes() & RAW_NUMBERS) != 0 or (i64(at.block.flags[at.i]) & ACK) == 0:
            return ack & MASK32
        return at.numbers.relative(at.row, ack, at.sender().peer)


class NextSeq(RowValue):
    def __init__(self) -> None:
        self.seq: Seq = Seq()

    def value(self, at: RowReader) -> i64:
        length = i64(at.block.length[at.i])
        if length < 0 or at.has_bogus_header():
            return ABSENT
        one: i64 = 1 if (i64(at.block.flags[at.i]) & (SYN | FIN)) != 0 else 0
        return (self.seq.value(at) + length + one) & MASK32


class Length(RowValue):
    def value(self, at: RowReader) -> i64:
        length = i64(at.block.length[at.i])
        return length if length >= 0 else ABSENT


class Window(RowValue):
    def value(self, at: RowReader) -> i64:
        return ABSENT if at.has_bogus_header() else at.block.scaled_window_at(at.i)


class WindowInHeader(RowValue):
    def value(self, at: RowReader) -> i64:
        return ABSENT if at.has_bogus_header() else at.block.window_at(at.i)


class ScaleFactor(RowValue):
    """The number that `tcp.window_size_value` is multiplied by; -1 where that is not known, -2
    where nothing is scaled, absent on a SYN."""

    def value(self, at: RowReader) -> i64:
        if at.has_bogus_header() or (i64(at.block.flags[at.i]) & SYN) != 0:
            return ABSENT
        attributes = at.attributes()
        unscaled = attributes >> UNSCALED_SHIFT & UNSCALED_MASK
        one: i64 = 1
        return -unscaled if unscaled != 0 else one << (attributes >> SCALE_SHIFT & 15)


class FinOfSide(RowValue):
    """1 on a FIN of the side that sent the flow's first one, or on one of the other side."""

    def __init__(self, of_first: bool) -> None:
        self.of_first: bool = of_first

    def value(self, at: RowReader) -> i64:
        if at.has_bogus_header() or (i64(at.block.flags[at.i]) & FIN) == 0:
            return ABSENT
        flow = at.flow()
        is_first = flow.side_of(at.sender()) == i64(flow.first_fin)
        return 1 if is_first == self.of_first else ABSENT


class Flags(RowValue):
    """The header bits of a mask, moved down."""

    def __init__(self, shift: int, mask: int) -> None:
        self.shift: i64 = shift
        self.mask: i64 = mask

    def value(self, at: RowReader) -> i64:
        if at.has_bogus_header():
            return ABSENT
        return i64(at.block.flags[at.i]) >> self.shift & self.mask


class EcnFlag(Flags):
    """A header bit for ECN: absent where accurate ECN makes it a part of a counter."""

    def value(self, at: RowReader) -> i64:
        return ABSENT if at.has_ecn_counter() else super().value(at)


class EcnCounter(Flags):
    """The counter of accurate ECN, ACE, which stands in three header bits (RFC 9768)."""

    def __init__(self) -> None:
        super().__init__(ECN_SHIFT, ECN_BITS >> ECN_SHIFT)

    def value(self, at: RowReader) -> i64:
        return super().value(at) if at.has_ecn_counter() else ABSENT


class FlagsWithCounter(Flags):
    """All header bits, and above them whether three of them are a counter."""

    def __init__(self) -> None:
        super().__init__(0, FLAG_BITS)

    def value(self, at: RowReader) -> i64:
        flags = super().value(at)
        return flags | HAS_COUNTER if flags >= 0 and at.has_ecn_counter() else flags


class Attributes(RowValue):
    """Bits of the attributes, moved down."""

    def __init__(self, shift: int, mask: int) -> None:
        self.shift: i64 = shift
        self.mask: i64 = mask

    def value(self, at: RowReader) -> i64:
        return at.attributes() >> self.shift & self.mask


class CompletenessText(RowValue):
    """The bits of `tcp.completeness`; NOTHING_CAME on a flow's first segment, which shows none."""

    def value(self, at: RowReader) -> i64:
        seen = at.attributes() >> COMPLETENESS_SHIFT & COMPLETENESS_MASK
        return NOTHING_CAME if seen == 0 and i64(at.flow().first_row) == at.row else seen


class IsAnalysed(RowValue):
    """1 where tshark shows anything under `tcp.analysis`, absent elsewhere."""

    def value(self, at: RowReader) -> i64:
        return 1 if at.analysis() != 0 or (at.attributes() & HAS_RECORD) != 0 else ABSENT


class Analysis(RowValue):
    """The analysis flags as bits."""

    def value(self, at: RowReader) -> i64:
        return at.analysis()


class HasFlag(RowValue):
    """1 where one of these analysis flags is set, absent elsewhere."""

    def __init__(self, bits: int) -> None:
        self.bits: i64 = bits

    def value(self, at: RowReader) -> i64:
        return 1 if (at.analysis() & self.bits) != 0 else ABSENT


class HasAttribute(RowValue):
    """1 where a bit of the attributes is set, absent elsewhere."""

    def __init__(self, bit: int) -> None:
        self.bit: i64 = bit

    def value(self, at: RowReader) -> i64:
        return 1 if (at.attributes() & self.bit) != 0 else ABSENT


class AttributesAre(RowValue):
    """1 where bits of the attributes, moved down, are a certain number, absent elsewhere."""

    def __init__(self, shift: int, mask: int, wanted: int) -> None:
        self.bits: Attributes = Attributes(shift, mask)
        self.wanted: i64 = wanted

    def value(self, at: RowReader) -> i64:
        return 1 if self.bits.value(at) == self.wanted else ABSENT


class ReferenceFrame(RowValue):
    """The frame that a duplicate ACK or a retransmission refers to; absent where its value is 0."""

    def __init__(self, bit: int) -> None:
        self.bit: i64 = bit

    def value(self, at: RowReader) -> i64:
        if (at.analysis() & self.bit) == 0:
            return ABSENT
        found = at.engine.packets.reference_at(at.row)
        return ABSENT if found is None or found[1] == 0 else found[0]


class ReferenceValue(RowValue):
    """The count of a duplicate ACK or the `rto` of a retransmission; absent where it is 0."""

    def __init__(self, bit: int) -> None:
        self.bit: i64 = bit

    def value(self, at: RowReader) -> i64:
        if (at.analysis() & self.bit) == 0:
            return ABSENT
        found = at.engine.packets.reference_at(at.row)
        return ABSENT if found is None or found[1] == 0 else found[1]


class States(RowValue):
    """Both endpoints' states after the segment, packed."""

    def value(self, at: RowReader) -> i64:
        return i64(at.block.states[at.i])


class AcksFrame(RowValue):
    def value(self, at: RowReader) -> i64:
        frame = i64(at.block.acks[at.i])
        return frame if frame != 0 else ABSENT


class AckRtt(RowValue):
    def value(self, at: RowReader) -> i64:
        frame = i64(at.block.acks[at.i])
        packets = at.engine.packets
        if frame == 0 or not packets.holds(frame):
            return ABSENT
        acked = packets.row_of(frame)
        rtt = elapsed(at.block.time.at(at.i), packets.time(acked))
        return rtt if rtt != 0 else ABSENT


class InitialRtt(RowValue):
    def value(self, at: RowReader) -> i64:
        flow = at.flow()
        known = flow.irtt != 0 and at.row >= i64(flow.irtt_row)
        return flow.irtt if known and (at.attributes() & HAS_RECORD) != 0 else ABSENT


class InFlight(RowValue):
    def value(self, at: RowReader) -> i64:
        size = i64(at.block.in_flight[at.i])
        return size if size != 0 else ABSENT


class PushBytes(RowValue):
    def value(self, at: RowReader) -> i64:
        if i64(at.block.in_flight[at.i]) == 0:
            return ABSENT
        return i64(at.block.push_bytes[at.i]) & MASK32


class TimeDelta(RowValue):
    """The time since the flow's previous segment, Wireshark's `tcp.time_delta`."""

    def value(self, at: RowReader) -> i64:
        if at.has_no_times():
            return ABSENT
        deltas = at.deltas
        if deltas is None:
            deltas = TimeDeltas(at.engine)
            at.deltas = deltas
        return deltas.at(at.row)


class PacketNumber(RowValue):
    """The number of the segment within its flow, Wireshark's `tcp.stream.pnum`."""

    def value(self, at: RowReader) -> i64:
        numbers = at.packet_numbers
        if numbers is None:
            numbers = PacketNumbers(at.engine)
            at.packet_numbers = numbers
        return numbers.at(at.row)


class ContiguityCount(RowValue):
    """The number of contiguous ranges that the segment's sender, or its receiver, has sent so far.

    Wireshark's `tcp.stream.client.contiguity_count` is the receiver's and the server's the
    sender's, whichever of them is the client.
    """

    def __init__(self, of_sender: bool) -> None:
        self.of_sender: bool = of_sender

    def value(self, at: RowReader) -> i64:
        if at.has_bogus_header() or at.ends_in_header() or i64(at.block.length[at.i]) < 0:
            return ABSENT
        contiguity = at.contiguity
        if contiguity is None:
            contiguity = Contiguity(at.engine)
            at.contiguity = contiguity
        from_server = (at.attributes() & FROM_SERVER) != 0
        return contiguity.count_at(at.row, from_server if self.of_sender else not from_server)
