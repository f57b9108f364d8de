"""Tests of rows, straight on the packet columns: what a filter becomes to be fast. Compiled.

A test is a small tree of objects; :class:`Scan` asks it of row after row. Values are `i64`;
`ABSENT` stands for a field that the row does not have, and is in no interval.
"""

from collections.abc import Callable
from typing import Final

from librt.strings import read_i16_be
from librt.vecs import append, vec
from mypy_extensions import i32, i64, u8

from tcptui.engine.engine import Engine
from tcptui.engine.events import EventKind
from tcptui.engine.flow import IPV4_KEY, Endpoint, Flow
from tcptui.engine.packets import (
    BLOCK_BITS,
    BLOCK_MASK,
    BOGUS_HEADER,
    FROM_SERVER,
    HAS_RECORD,
    RAW_NUMBERS,
    Block,
)
from tcptui.engine.saturation import elapsed
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import ACK, FIN, SYN
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers

ABSENT: Final = -(1 << 63)
HIGHEST: Final = (1 << 63) - 1

UNDECIDED: Final = 0
NO: Final = 1
YES: Final = 2

SOURCE: Final = 1
DESTINATION: Final = 2
EITHER: Final = SOURCE | DESTINATION


class Intervals:
    """A set of numbers: disjoint closed intervals, ascending, cut to what an `i64` can be."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        within = [(low, min(high, HIGHEST)) for low, high in pairs if low <= HIGHEST]
        self.low: vec[i64] = vec[i64]([low for low, _ in within])
        self.high: vec[i64] = vec[i64]([high for _, high in within])

    def has(self, value: i64) -> bool:
        low: i64 = 0
        high: i64 = len(self.low)
        while low < high:
            middle = (low + high) >> 1
            if self.high[middle] < value:
                low = middle + 1
            else:
                high = middle
        return low < i64(len(self.low)) and self.low[low] <= value


class Deltas:
    """Nanoseconds since the flow's previous packet (0 for its first), by row.

    Each row needs the one before it in its flow, so all are found in one walk and kept, as long
    as the packets hold the rows; absent where the one before it was let go of before the walk
    came by. ICMP errors that quote a flow count as its packets, as in tshark.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine: Engine = engine
        self.first: i64 = 0
        self.deltas: vec[i64] = vec[i64]()
        self.latest: vec[i64] = vec[i64]()
        self.events_read: i64 = 0
        self.errors: dict[int, int] = {}

    def at(self, row: i64) -> i64:
        if row >= self.first + i64(len(self.deltas)):
            self.forget()
            self.walk()
        return self.deltas[row - self.first] if row >= self.first else ABSENT

    def forget(self) -> None:
        """Let go of the rows that the packets have let go of, once they are half of all."""
        held = i64(len(self.deltas))
        gone = self.engine.packets.first - self.first
        if gone > held:
            self.deltas = vec[i64]()
            self.latest = vec[i64]()  # rows went that were never walked
            self.first += gone
        elif gone > held >> 1:
            self.deltas = self.deltas[gone:]
            self.first += gone

    def walk(self) -> None:
        engine = self.engine
        while i64(len(self.latest)) < i64(len(engine.flows)):
            self.latest = append(self.latest, i64(ABSENT))
        row = self.first + i64(len(self.deltas))
        self.read_errors(row)
        while row < engine.packets.count:
            self.deltas = append(self.deltas, self.next_delta(row))
            row += 1

    def next_delta(self, row: i64) -> i64:
        packets = self.engine.packets
        flow = packets.flow(row)
        time = packets.time(row)
        before = self.latest[flow]
        self.latest[flow] = time
        if len(self.errors) != 0:
            self.latest[flow] = self.errors.pop(int(row), time)
        if before != ABSENT:
            return elapsed(time, before)
        return 0 if i64(self.engine.flows[flow].first_row) == row else ABSENT

    def read_errors(self, walked: i64) -> None:
        """Note the errors since the last time; the walk comes by the rows from `walked` on."""
        events = self.engine.events
        if self.events_read < events.first:
            self.events_read = events.first
        while self.events_read < events.first + i64(len(events.value)):
            i = self.events_read - events.first
            if i64(events.kind[i]) == EventKind.ICMP_ERROR.value:
                if i64(events.row[i]) < walked:
                    self.latest[i64(events.flow[i])] = events.time[i]
                else:
                    self.errors[int(events.row[i])] = int(events.time[i])
            self.events_read += 1


class ScanRow:
    """A row that is looked at."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Engine = engine
        self.numbers: RelativeNumbers = RelativeNumbers(engine)
        self.block: Block = engine.packets.empty
        self.deltas: Deltas | None = None
        self.row: i64 = 0
        self.i: i64 = 0

    def go(self, row: i64) -> None:
        self.row = row
        self.i = row & BLOCK_MASK
        self.block = self.engine.packets.blocks[row >> BLOCK_BITS]

    def attributes(self) -> i64:
        return i64(self.block.attributes[self.i])

    def analysis(self) -> i64:
        return i64(self.block.analysis[self.i])

    def flow(self) -> Flow:
        return self.engine.flows[i64(self.block.flow[self.i])]

    def sender(self) -> Endpoint:
        flow = self.flow()
        return flow.server if (self.attributes() & FROM_SERVER) != 0 else flow.client


class RowValue:
    """Where a number comes from."""

    def value(self, at: ScanRow) -> i64:
        """The row's value, or ABSENT."""
        raise NotImplementedError


class Frame(RowValue):
    def value(self, at: ScanRow) -> i64:
        return at.block.frame_at(at.i)


class Time(RowValue):
    def value(self, at: ScanRow) -> i64:
        return at.block.time[at.i]


class TimeInCapture(RowValue):
    def value(self, at: ScanRow) -> i64:
        return at.block.time[at.i] - at.engine.first_time


class TimeInFlow(RowValue):
    def value(self, at: ScanRow) -> i64:
        if (at.attributes() & BOGUS_HEADER) != 0:
            return ABSENT
        return at.block.time[at.i] - at.flow().first_time


class Captured(RowValue):
    def value(self, at: ScanRow) -> i64:
        return i64(at.block.captured[at.i])


class Original(RowValue):
    def value(self, at: ScanRow) -> i64:
        captured = i64(at.block.captured[at.i])
        if len(at.block.uncaptured) == 0:
            return captured
        return captured + i64(at.block.uncaptured[at.i])


class Stream(RowValue):
    def value(self, at: ScanRow) -> i64:
        return i64(at.block.flow[at.i])


class RawSeq(RowValue):
    def value(self, at: ScanRow) -> i64:
        return i64(at.block.seq[at.i]) & MASK32


class RawAck(RowValue):
    def value(self, at: ScanRow) -> i64:
        return i64(at.block.ack[at.i]) & MASK32


class Seq(RowValue):
    """Relative, as `tcp.seq`."""

    def value(self, at: ScanRow) -> i64:
        seq = i64(at.block.seq[at.i])
        if (at.attributes() & RAW_NUMBERS) != 0:
            return seq & MASK32
        if len(at.numbers.moved) != 0:
            return at.numbers.seq(at.row)
        return (seq - i64(at.sender().base)) & MASK32


class Ack(RowValue):
    """Relative, as `tcp.ack`."""

    def value(self, at: ScanRow) -> i64:
        ack = i64(at.block.ack[at.i])
        if (at.attributes() & RAW_NUMBERS) != 0 or (i64(at.block.flags[at.i]) & ACK) == 0:
            return ack & MASK32
        if len(at.numbers.moved) != 0:
            return at.numbers.ack(at.row)
        return (ack - i64(at.sender().peer.base)) & MASK32


class NextSeq(RowValue):
    def __init__(self) -> None:
        self.seq: Seq = Seq()

    def value(self, at: ScanRow) -> i64:
        length = i64(at.block.length[at.i])
        if length < 0 or (at.attributes() & BOGUS_HEADER) != 0:
            return ABSENT
        one: i64 = 1 if (i64(at.block.flags[at.i]) & (SYN | FIN)) != 0 else 0
        return (self.seq.value(at) + length + one) & MASK32


class Length(RowValue):
    def value(self, at: ScanRow) -> i64:
        length = i64(at.block.length[at.i])
        return length if length >= 0 else ABSENT


class Window(RowValue):
    def value(self, at: ScanRow) -> i64:
        return at.block.scaled_window_at(at.i)


class WindowInHeader(RowValue):
    def value(self, at: ScanRow) -> i64:
        return at.block.window_at(at.i)


class Flags(RowValue):
    """The header bits of a mask, moved down."""

    def __init__(self, shift: int, mask: int) -> None:
        self.shift: i64 = shift
        self.mask: i64 = mask

    def value(self, at: ScanRow) -> i64:
        if (at.attributes() & BOGUS_HEADER) != 0:
            return ABSENT
        return i64(at.block.flags[at.i]) >> self.shift & self.mask


class Attributes(RowValue):
    """Bits of the attributes, moved down."""

    def __init__(self, shift: int, mask: int) -> None:
        self.shift: i64 = shift
        self.mask: i64 = mask

    def value(self, at: ScanRow) -> i64:
        return at.attributes() >> self.shift & self.mask


class HasAttribute(RowValue):
    """1 where one of these attributes is set, absent elsewhere."""

    def __init__(self, bits: int) -> None:
        self.bits: i64 = bits

    def value(self, at: ScanRow) -> i64:
        return 1 if (at.attributes() & self.bits) != 0 else ABSENT


class Analysis(RowValue):
    """The analysis flags as bits."""

    def value(self, at: ScanRow) -> i64:
        return at.analysis()


class HasFlag(RowValue):
    """1 where one of these analysis flags is set, absent elsewhere."""

    def __init__(self, bits: int) -> None:
        self.bits: i64 = bits

    def value(self, at: ScanRow) -> i64:
        return 1 if (at.analysis() & self.bits) != 0 else ABSENT


class NoteFrame(RowValue):
    """The frame that is kept with a flag; absent where it is 0."""

    def __init__(self, bit: int) -> None:
        self.bit: i64 = bit

    def value(self, at: ScanRow) -> i64:
        if (at.analysis() & self.bit) == 0:
            return ABSENT
        note = at.engine.packets.note_at(at.row)
        return ABSENT if note is None or note[0] == 0 else note[0]


class NoteValue(RowValue):
    """The value that is kept with a flag; absent where it is 0."""

    def __init__(self, bit: int) -> None:
        self.bit: i64 = bit

    def value(self, at: ScanRow) -> i64:
        if (at.analysis() & self.bit) == 0:
            return ABSENT
        note = at.engine.packets.note_at(at.row)
        return ABSENT if note is None or note[1] == 0 else note[1]


class States(RowValue):
    """Both endpoints' states after the segment, packed."""

    def value(self, at: ScanRow) -> i64:
        return i64(at.block.states[at.i])


class AcksFrame(RowValue):
    def value(self, at: ScanRow) -> i64:
        frame = i64(at.block.acks[at.i])
        return frame if frame != 0 else ABSENT


class AckRtt(RowValue):
    def value(self, at: ScanRow) -> i64:
        frame = i64(at.block.acks[at.i])
        packets = at.engine.packets
        if frame == 0 or not packets.holds(frame):
            return ABSENT
        acked = packets.row_of(frame)
        rtt = elapsed(at.block.time[at.i], packets.time(acked))
        return rtt if rtt != 0 else ABSENT


class InitialRtt(RowValue):
    def value(self, at: ScanRow) -> i64:
        flow = at.flow()
        known = flow.irtt != 0 and at.row >= i64(flow.irtt_row)
        return flow.irtt if known and (at.attributes() & HAS_RECORD) != 0 else ABSENT


class InFlight(RowValue):
    def value(self, at: ScanRow) -> i64:
        size = i64(at.block.in_flight[at.i])
        return size if size != 0 else ABSENT


class PushBytes(RowValue):
    def value(self, at: ScanRow) -> i64:
        if i64(at.block.in_flight[at.i]) == 0:
            return ABSENT
        return i64(at.block.push_bytes[at.i]) & MASK32


class TimeDelta(RowValue):
    """As `tcp.time_delta`."""

    def value(self, at: ScanRow) -> i64:
        if (at.attributes() & BOGUS_HEADER) != 0:
            return ABSENT
        deltas = at.deltas
        if deltas is None:
            deltas = Deltas(at.engine)
            at.deltas = deltas
        return deltas.at(at.row)


class Test:
    """Something that holds for a row or does not."""

    def holds(self, at: ScanRow) -> bool:
        raise NotImplementedError

    def renew(self, engine: Engine) -> None:
        """Rows were added since the last scan, or this is the first."""


class ConstantTest(Test):
    def __init__(self, value: bool) -> None:
        self.value: bool = value

    def holds(self, at: ScanRow) -> bool:
        return self.value


class BothTest(Test):
    def __init__(self, left: Test, right: Test) -> None:
        self.left: Test = left
        self.right: Test = right

    def holds(self, at: ScanRow) -> bool:
        return self.left.holds(at) and self.right.holds(at)

    def renew(self, engine: Engine) -> None:
        self.left.renew(engine)
        self.right.renew(engine)


class EitherTest(Test):
    def __init__(self, left: Test, right: Test) -> None:
        self.left: Test = left
        self.right: Test = right

    def holds(self, at: ScanRow) -> bool:
        return self.left.holds(at) or self.right.holds(at)

    def renew(self, engine: Engine) -> None:
        self.left.renew(engine)
        self.right.renew(engine)


class NotTest(Test):
    def __init__(self, test: Test) -> None:
        self.test: Test = test

    def holds(self, at: ScanRow) -> bool:
        return not self.test.holds(at)

    def renew(self, engine: Engine) -> None:
        self.test.renew(engine)


class WithinTest(Test):
    """A column's value, after a mask, is in a set."""

    def __init__(self, column: RowValue, intervals: Intervals, mask: int) -> None:
        self.column: RowValue = column
        self.intervals: Intervals = intervals
        self.mask: i64 = mask

    def holds(self, at: ScanRow) -> bool:
        value = self.column.value(at)
        return value != ABSENT and self.intervals.has(value & self.mask)


class Less(Test):
    """One column's value is below another's, or equal, or both."""

    def __init__(self, left: RowValue, right: RowValue, less: bool, equal: bool) -> None:
        self.left: RowValue = left
        self.right: RowValue = right
        self.less: bool = less
        self.equal: bool = equal

    def holds(self, at: ScanRow) -> bool:
        left = self.left.value(at)
        right = self.right.value(at)
        if left == ABSENT or right == ABSENT:
            return False
        return (self.less and left < right) or (self.equal and left == right)


class OfEnds(Test):
    """Addresses or ports of a segment: of one of its ends or of both, `every` of them or any.

    A segment that was carried in other IP packets has theirs too: `deep` knows what to say then.
    """

    def __init__(self, ends: int, every: bool, deep: Callable[[int], bool]) -> None:
        self.ends: i64 = ends
        self.every: bool = every
        self.deep: Callable[[int], bool] = deep
        self.tunnel: vec[u8] = vec[u8]()
        self.decided: vec[u8] = vec[u8]()

    def renew(self, engine: Engine) -> None:
        """Note which of the paths lead through other addresses; new flows are undecided."""
        while len(self.decided) < 2 * len(engine.flows):
            self.decided = append(self.decided, u8(UNDECIDED))
        paths = engine.decoder.paths
        while len(self.tunnel) < len(paths):
            layers = paths[len(self.tunnel)].layers
            outer = any(len(layer.source) > 0 for layer in layers)
            self.tunnel = append(self.tunnel, u8(1 if outer else 0))

    def holds(self, at: ScanRow) -> bool:
        if i64(self.tunnel[at.block.path_at(at.i)]) != 0:
            return self.deep(at.row)
        slot = i64(at.block.flow[at.i]) << 1
        if (at.attributes() & FROM_SERVER) != 0:
            slot += 1
        known = i64(self.decided[slot])
        if known == UNDECIDED:
            known = YES if self.decide(at.sender()) else NO
            self.decided[slot] = u8(known)
        return known == YES

    def decide(self, sender: Endpoint) -> bool:
        if self.ends == SOURCE:
            return self.has(sender)
        if self.ends == DESTINATION:
            return self.has(sender.peer)
        if self.every:
            return self.has(sender) and self.has(sender.peer)
        return self.has(sender) or self.has(sender.peer)

    def has(self, end: Endpoint) -> bool:
        raise NotImplementedError


class Ports(OfEnds):
    def __init__(
        self, ends: int, every: bool, deep: Callable[[int], bool], ports: Intervals
    ) -> None:
        super().__init__(ends, every, deep)
        self.ports: Intervals = ports

    def has(self, end: Endpoint) -> bool:
        key = end.key
        return self.ports.has(i64(read_i16_be(key, 8 if len(key) == IPV4_KEY else 32)) & 0xFFFF)


class Addresses(OfEnds):
    """`size` is 4 or 16; addresses of the other family never match."""

    def __init__(
        self,
        ends: int,
        every: bool,
        deep: Callable[[int], bool],
        pairs: list[tuple[int, int]],
        size: int,
    ) -> None:
        super().__init__(ends, every, deep)
        self.pairs: list[tuple[int, int]] = pairs
        self.size: i64 = size
        self.key_size: i64 = 2 * size + 4
        self.known: dict[bytes, bool] = {}

    def has(self, end: Endpoint) -> bool:
        if len(end.key) != self.key_size:
            return False
        address = end.key[: self.size]
        known = self.known.get(address)
        if known is not None:
            return known
        value = int.from_bytes(address, "big")
        found = any(low <= value <= high for low, high in self.pairs)
        self.known[address] = found
        return found


class OfFlow(Test):
    """Something about the whole flow, decided once for each."""

    def __init__(self, decide: Callable[[int], bool]) -> None:
        self.decide: Callable[[int], bool] = decide
        self.decided: vec[u8] = vec[u8]()

    def renew(self, engine: Engine) -> None:
        self.decided = vec[u8]([0] * len(engine.flows))

    def holds(self, at: ScanRow) -> bool:
        return self.holds_for(i64(at.block.flow[at.i]))

    def holds_for(self, flow: i64) -> bool:
        known = i64(self.decided[flow])
        if known == UNDECIDED:
            known = YES if self.decide(flow) else NO
            self.decided[flow] = u8(known)
        return known == YES


class OfKey(Test):
    """What depends on nothing but the value of one column: decided once for each value."""

    def __init__(self, key: RowValue, decide: Callable[[int], bool]) -> None:
        self.key: RowValue = key
        self.decide: Callable[[int], bool] = decide
        self.known: dict[int, bool] = {}

    def holds(self, at: ScanRow) -> bool:
        key = self.key.value(at)
        known = self.known.get(key)
        if known is None:
            known = self.decide(at.row)
            self.known[key] = known
        return known


class OfRow(Test):
    """What only the fields' getters know."""

    def __init__(self, decide: Callable[[int], bool]) -> None:
        self.decide: Callable[[int], bool] = decide

    def holds(self, at: ScanRow) -> bool:
        return self.decide(at.row)


class Scan:
    """Asks a test of rows.

    A frame with several TCP headers has several rows, and a filter looks at all of them at once,
    as tshark does: then `whole_frame` decides, given the row.
    """

    def __init__(self, engine: Engine, test: Test, whole_frame: Callable[[int], bool]) -> None:
        self.test: Test = test
        self.whole_frame: Callable[[int], bool] = whole_frame
        self.place: ScanRow = ScanRow(engine)
        self.shared: vec[i32] = vec[i32]()
        self.checked: i64 = 0
        self.last_frame: i64 = 0

    def renew(self) -> None:
        self.place.numbers.read_events()
        self.test.renew(self.place.engine)
        self.find_shared()

    def find_shared(self) -> None:
        """Note the rows that share their frame with a neighbour: they are few."""
        packets = self.place.engine.packets
        gone = self.next_shared(packets.first)
        if gone > i64(len(self.shared)) >> 1:
            self.shared = self.shared[gone:]
        row = self.checked if self.checked > packets.first else packets.first
        while row < packets.count:
            block = packets.blocks[row >> BLOCK_BITS]
            end = (row | BLOCK_MASK) + 1
            if end > packets.count:
                end = packets.count
            while row < end:
                number = block.frame_at(row & BLOCK_MASK)
                if number == self.last_frame:
                    self.share(row - 1)
                    self.share(row)
                self.last_frame = number
                row += 1
        self.checked = row

    def share(self, row: i64) -> None:
        count = i64(len(self.shared))
        if count == 0 or i64(self.shared[count - 1]) != row:
            self.shared = append(self.shared, i32(row))

    def next_shared(self, row: i64) -> i64:
        """Where in `shared` the first row from `row` on stands."""
        low: i64 = 0
        high: i64 = len(self.shared)
        while low < high:
            middle = (low + high) >> 1
            if i64(self.shared[middle]) < row:
                low = middle + 1
            else:
                high = middle
        return low

    def matches(self, row: i64) -> bool:
        place = self.next_shared(row)
        if place < i64(len(self.shared)) and i64(self.shared[place]) == row:
            return self.whole_frame(row)
        self.place.go(row)
        return self.test.holds(self.place)

    def rows(self, start: i64, stop: i64) -> vec[i32]:
        """The matching rows from `start` up to `stop` (not included), ascending."""
        found = vec[i32]()
        row = start
        place = self.next_shared(start)
        while row < stop:
            end = (row | BLOCK_MASK) + 1
            if place < i64(len(self.shared)) and i64(self.shared[place]) < end:
                end = i64(self.shared[place])
            if end > stop:
                end = stop
            found = self.plain_rows(row, end, found)
            row = end
            if row < stop and place < i64(len(self.shared)) and i64(self.shared[place]) == row:
                if self.whole_frame(row):
                    found = append(found, i32(row))
                place += 1
                row += 1
        return found

    def plain_rows(self, start: i64, stop: i64, found: vec[i32]) -> vec[i32]:
        """`found` and the matching rows of this range, which lies in one block."""
        if start == stop:
            return found
        test = self.test
        at = self.place
        at.go(start)
        row = start
        while row < stop:
            at.row = row
            at.i = row & BLOCK_MASK
            if test.holds(at):
                found = append(found, i32(row))
            row += 1
        return found

    def flows(self, start: i64, stop: i64) -> vec[i32]:
        """The flows with at least one matching row in this range, ascending."""
        engine = self.place.engine
        has: vec[u8] = vec[u8]([0] * len(engine.flows))
        row = start
        while row < stop:
            flow = engine.packets.flow(row)
            if i64(has[flow]) == 0 and self.matches(row):
                has[flow] = u8(1)
            row += 1
        found = vec[i32]()
        for i in range(len(has)):
            if i64(has[i]) != 0:
                found = append(found, i32(i))
        return found
