"""A scan asks a filter's test of row after row.

A frame may have several rows: such rows are asked together, the others one by one.
"""

from collections.abc import Callable

from librt.strings import BytesWriter
from librt.vecs import append, vec
from mypy_extensions import i32, i64, u8

from tcptui.engine.engine import Engine
from tcptui.engine.lower_bound import lower_bound
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK
from tcptui.fields.columns.segment_values import RowReader
from tcptui.filters.scan.row_tests import Test


class Scan:
    """Asks a test of rows.

    A frame with several TCP headers has several rows, and a filter looks at all of them at once,
    as tshark does: then `whole_frame` decides, given the row.
    """

    def __init__(self, engine: Engine, test: Test, whole_frame: Callable[[int], bool]) -> None:
        self.test: Test = test
        self.whole_frame: Callable[[int], bool] = whole_frame
        self.reader: RowReader = RowReader(engine)
        self.shared: vec[i32] = vec[i32]()
        self.checked: i64 = 0
        self.last_frame: i64 = 0

    def renew(self) -> None:
        self.test.renew(self.reader.engine)
        self.find_shared()

    def find_shared(self) -> None:
        """Note the rows that share their frame with a neighbour: they are few."""
        packets = self.reader.engine.packets
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
                    self.add_shared(row - 1)
                    self.add_shared(row)
                self.last_frame = number
                row += 1
        self.checked = row

    def add_shared(self, row: i64) -> None:
        count = i64(len(self.shared))
        if count == 0 or i64(self.shared[count - 1]) != row:
            self.shared = append(self.shared, i32(row))

    def next_shared(self, row: i64) -> i64:
        """Return where in `shared` the first row from `row` on stands."""
        return lower_bound(self.shared, row)

    def matches(self, row: i64) -> bool:
        i = self.next_shared(row)
        if i < i64(len(self.shared)) and i64(self.shared[i]) == row:
            return self.whole_frame(row)
        self.reader.move_to_row(row)
        return self.test.holds(self.reader)

    def rows(self, start: i64, stop: i64) -> vec[i32]:
        """Return the matching rows from `start` up to `stop` (not included), ascending."""
        found = vec[i32]()
        row = start
        i = self.next_shared(start)
        while row < stop:
            end = (row | BLOCK_MASK) + 1
            if i < i64(len(self.shared)) and i64(self.shared[i]) < end:
                end = i64(self.shared[i])
            if end > stop:
                end = stop
            found = self.plain_rows(row, end, found)
            row = end
            if row < stop and i < i64(len(self.shared)) and i64(self.shared[i]) == row:
                if self.whole_frame(row):
                    found = append(found, i32(row))
                i += 1
                row += 1
        return found

    def answers(self, start: i64, stop: i64) -> bytes:
        """Return a byte for each row from `start` up to `stop` (not included): 1 where it is not
        gone, and matches."""
        answers = BytesWriter()
        for row in self.rows(max(start, self.reader.engine.packets.first), stop):
            answers.write(bytes(i64(row) - start - len(answers)))
            answers.append(u8(1))
        answers.write(bytes(stop - start - len(answers)))
        return answers.getvalue()

    def plain_rows(self, start: i64, stop: i64, found: vec[i32]) -> vec[i32]:
        """Return `found` and the matching rows of this range, which lies in one block."""
        if start == stop:
            return found
        test = self.test
        at = self.reader
        at.move_to_row(start)
        row = start
        while row < stop:
            at.row = row
            at.i = row & BLOCK_MASK
            if test.holds(at):
                found = append(found, i32(row))
            row += 1
        return found

    def flows(self, start: i64, stop: i64) -> vec[i32]:
        """Return the flows with at least one matching row in this range, ascending."""
        engine = self.reader.engine
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
