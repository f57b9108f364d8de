"""The values of flows in columns, in buffers that Arrow takes over as they are."""

from librt.strings import BytesWriter
from librt.vecs import append, vec
from mypy_extensions import i32, i64, u8

from tcptui.engine.flow import Flow
from tcptui.fields.columns.companions import Companion, Items
from tcptui.fields.columns.flow_values import FieldValue, FlowNumber, FlowReader, FlowValue
from tcptui.fields.columns.flow_walk import ABSENT
from tcptui.fields.columns.texts import utf8
from tcptui.findings.finding import Finding

Read = FlowValue | Companion
"""What reads the values of a column."""
CellValue = FieldValue | Items


class Cells:
    """The cells of one column; ``present`` has a bit for each, the lowest first, which is clear
    where the value is absent."""

    def __init__(self) -> None:
        self.count: i64 = 0
        self.absent: i64 = 0
        self.present: vec[u8] = vec[u8]()

    def take(self, read: Read, at: FlowReader) -> None:
        """Add the value of a flow."""
        self.add(read.items(at) if isinstance(read, Companion) else read.value(at))

    def add(self, value: CellValue) -> None:
        """Add a value."""
        raise NotImplementedError

    def mark(self, is_there: bool) -> None:
        """Note whether the next value is there."""
        bit = self.count & 7
        if bit == 0:
            self.present = append(self.present, u8(0))
        if is_there:
            one: i64 = 1
            at = self.count >> 3
            self.present[at] = u8(i64(self.present[at]) | one << bit)
        else:
            self.absent += 1
        self.count += 1


class NumberCells(Cells):
    """Integers."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: vec[i64] = vec[i64]()

    def take(self, read: Read, at: FlowReader) -> None:
        if isinstance(read, FlowNumber):
            self.add_number(read.number(at))  # of most columns, and never an object
        else:
            super().take(read, at)

    def add(self, value: CellValue) -> None:
        if value is None:
            self.add_number(ABSENT)
        else:
            assert isinstance(value, int)
            self.add_number(value)

    def add_number(self, number: i64) -> None:
        """Add a number, or ABSENT."""
        is_there = number != ABSENT
        self.mark(is_there)
        self.numbers = append(self.numbers, number if is_there else 0)


class TextCells(Cells):
    """Texts, one behind the other; ``ends`` says where each ends, and before them 0."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: vec[i32] = vec[i32]([0])
        self.out: BytesWriter = BytesWriter()

    def add(self, value: CellValue) -> None:
        self.mark(value is not None)
        if value is not None:
            assert isinstance(value, str)
            self.out.write(utf8(value))
        self.ends = append(self.ends, i32(len(self.out)))

    def bytes(self) -> bytes:
        """Return all texts."""
        return self.out.getvalue()


class WordCells(Cells):
    """Words that are known, by their places among all of them."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__()
        self.place_of: dict[str, int] = {word: place for place, word in enumerate(words)}
        self.places: vec[i32] = vec[i32]()

    def add(self, value: CellValue) -> None:
        self.mark(value is not None)
        place: i64 = 0
        if value is not None:
            assert isinstance(value, str)
            place = self.place_of[value]
        self.places = append(self.places, i32(place))


class ListCells(Cells):
    """Lists: their ``items`` one behind the other, and where each list ends."""

    def __init__(self, items: Cells) -> None:
        super().__init__()
        self.items: Cells = items
        self.ends: vec[i32] = vec[i32]([0])

    def add(self, value: CellValue) -> None:
        self.mark(value is not None)
        if value is not None:
            assert isinstance(value, list)
            for item in value:
                self.items.add(item)
        self.ends = append(self.ends, i32(self.items.count))


class FlowColumns:
    """Reads flows into the cells of columns: ``reads`` has what reads the value for each."""

    def __init__(self, reader: FlowReader, reads: list[Read], cells: list[Cells]) -> None:
        self.reader: FlowReader = reader
        self.reads: list[Read] = reads
        self.cells: list[Cells] = cells

    def add_flow(self, number: i64, flow: Flow, found: list[Finding]) -> None:
        """Add a flow; ``number`` is its index in the whole capture."""
        at = self.reader
        at.move_to_flow(number, flow, found)
        for place, read in enumerate(self.reads):
            self.cells[place].take(read, at)
