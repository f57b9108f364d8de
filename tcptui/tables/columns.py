"""Says what a field is as an Arrow column: its name, its type, its metadata; and fills it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa

from tcptui.fields.value_kind import BILLION, ValueKind

MOMENT: Final = pa.timestamp("ns", tz="UTC")
WORDS: Final = pa.dictionary(pa.int32(), pa.string())
TYPES: Final = {
    ValueKind.NUMBER: pa.int64(),
    ValueKind.SIGNED: pa.int64(),
    ValueKind.SECONDS: pa.int64(),
    ValueKind.TIME: MOMENT,
    ValueKind.SHARE: pa.float64(),
    ValueKind.HEX: pa.int64(),
    ValueKind.ETHER: pa.string(),
    ValueKind.BIT: pa.bool_(),
    ValueKind.PRESENCE: pa.bool_(),
    ValueKind.TEXT: pa.string(),
    ValueKind.IPV4: pa.string(),
    ValueKind.IPV6: pa.string(),
    ValueKind.NAMES: pa.string(),
    ValueKind.BYTES: pa.binary(),
}
"""The type of one value."""
DURATION_SUFFIX: Final = "_ns"
NANOSECONDS: Final = "ns"


class TableColumn(NamedTuple):
    """A column of a table.

    ``words`` are all texts that can occur, where that is known: they are stored once. With
    ``several`` a row has a list.
    """

    name: str
    type: Any
    words: tuple[str, ...]
    several: bool
    kind: ValueKind
    unit: str
    doc: str

    @property
    def whole_type(self) -> Any:
        """The type of the column."""
        one = WORDS if self.words else self.type
        return pa.list_(one) if self.several else one

    def arrow_field(self) -> Any:
        """Return the column as a schema has it; unit and meaning are its metadata."""
        told = {"unit": self.unit, "doc": self.doc}
        return pa.field(self.name, self.whole_type, metadata={k: v for k, v in told.items() if v})

    def array(self, values: Sequence[Any]) -> Any:
        """Return the values as a field gives them, None where one is absent, as an array."""
        if not self.several:
            return self.plain_array(values)
        lists = [listed(value) for value in values]
        ends = [0]
        for found in lists:
            ends.append(ends[-1] + len(found or ()))
        flat = self.plain_array([one for found in lists for one in found or ()])
        absent = pa.array([found is None for found in lists], pa.bool_())
        offsets = pa.array(ends, pa.int32())
        return pa.ListArray.from_arrays(offsets, flat, self.whole_type, mask=absent)

    def repeated(self, value: Any, rows: int) -> Any:
        """Return an array that has the same value in all rows."""
        if not rows:  # which pa.repeat refuses for lists
            return self.array([])
        return pa.repeat(self.array([value])[0], rows)

    def numeric(self, numbers: Any) -> Any:
        """Return an array of ``int64``, as a field counts, in the type of the column."""
        if self.kind is ValueKind.SHARE:
            return self.plain_array(numbers.to_pylist())
        return numbers if self.type == pa.int64() else numbers.cast(self.type)

    def plain_array(self, values: Sequence[Any]) -> Any:
        """Return an array that has a value a row."""
        if self.words:
            places = {word: place for place, word in enumerate(self.words)}
            found = [None if value is None else places[value] for value in values]
            return worded(pa.array(found, pa.int32()), self.words)
        if self.kind is ValueKind.SHARE:
            values = [None if value is None else value / BILLION for value in values]
        if self.type == pa.bool_():
            values = [None if value is None else bool(value) for value in values]
        try:
            return pa.array(values, self.type)
        except UnicodeEncodeError:  # halves of pairs, which no UTF-8 has
            return pa.array([None if value is None else encodable(value) for value in values])


def column(
    name: str,
    kind: ValueKind,
    doc: str = "",
    *,
    unit: str = "",
    words: Collection[str] = (),
    several: bool = False,
    is_moment: bool = False,
    is_large: bool = False,
) -> TableColumn:
    """Return the column of a field: a duration is in nanoseconds and says so by its name.

    ``is_large``: a number may need all of 64 bits.
    """
    kind = ValueKind.TIME if is_moment else kind
    if kind is ValueKind.SECONDS:
        name, unit = name + DURATION_SUFFIX, NANOSECONDS
    elif kind is ValueKind.TIME:
        unit = NANOSECONDS
    is_text = TYPES[kind] == pa.string()
    told = tuple(words) if is_text else ()
    several = several or kind is ValueKind.NAMES
    one = pa.uint64() if is_large else TYPES[kind]
    return TableColumn(name, one, told, several, kind, unit, doc)


def encodable(text: str) -> str:
    """Return a text with escapes for what cannot be encoded."""
    return text.encode(errors="backslashreplace").decode()


def worded(places: Any, words: Sequence[str]) -> Any:
    """Return texts that are stored once, by their places among ``words``."""
    return pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()), safe=False)


def buffer_of(held: Any) -> Any:
    """Return bytes or numbers as a buffer; pyarrow ends the program over empty ones without an
    address."""
    return pa.py_buffer(held if len(held) else b"")


def listed(value: Any) -> list[Any] | None:
    """Return a value of a field that can have several as a list."""
    return value if value is None or isinstance(value, list) else [value]


def schema_of(columns: Iterable[TableColumn], metadata: Mapping[str, str]) -> Any:
    """Return the schema of a table."""
    return pa.schema([one.arrow_field() for one in columns], metadata=dict(metadata))
