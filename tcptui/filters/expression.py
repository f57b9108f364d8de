"""An understood filter is a tree that can be asked about rows and turned into fast tests.

Semantics are those of Wireshark 4.0. A field can have several values in a frame (addresses of
both ends and of every layer; everything, where a frame carries several TCP headers): a
comparison holds when it does for any of them, `!=` and `all …` when for all, and never when the
field is absent.
"""

from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from typing import Final

from tcptui.engine.timing.lookback import row_left
from tcptui.fields.columns.segment_values import DESTINATION, EITHER, SOURCE
from tcptui.fields.field import Field
from tcptui.fields.value_kind import ValueKind
from tcptui.filters.filter_error import Unanswered
from tcptui.filters.filter_view import FilterView
from tcptui.filters.intervals import HIGHEST, LOWEST, Pairs, has
from tcptui.filters.scan import row_tests
from tcptui.filters.search import GivenUp

Rows = Sequence[int]

EVERYTHING: Final[Pairs] = [(LOWEST, HIGHEST)]
NO_MASK: Final = -1
ENDS: Final = {
    "src": SOURCE, "srcport": SOURCE,
    "dst": DESTINATION, "dstport": DESTINATION,
    "addr": EITHER, "port": EITHER,
}  # fmt: skip
PORT_FIELDS: Final = ("tcp.srcport", "tcp.dstport", "tcp.port")
ADDRESS_SIZE: Final = {ValueKind.IPV4: 4, ValueKind.IPV6: 16}


class Node:
    """A part of a filter."""

    def parts(self) -> tuple["Node", ...]:
        return ()

    def fields(self) -> tuple[Field, ...]:
        """Return the fields that this part itself looks at."""
        return ()

    def holds(self, view: FilterView, rows: Rows) -> bool:
        """Return whether the frame with these rows fits. Raises NoBytes, CaptureError,
        Unanswered."""
        raise NotImplementedError

    def test(self, view: FilterView) -> row_tests.Test:
        """Return the same question as a test for the packet columns."""
        if all(field.of_flow for field in self.fields()):
            flows, packets = view.engine.flows, view.packets
            return row_tests.OfFlow(lambda flow: self.holds(view, [row_left(packets, flows[flow])]))
        decide: Callable[[int], bool] = lambda row: self.holds(view, [row])  # noqa: E731
        keys = [field.key for field in self.fields()]
        if len(keys) == 1 and keys[0] is not None:
            return row_tests.OfKey(keys[0], decide)
        return row_tests.OfRow(decide)


def values(field: Field, view: FilterView, rows: Rows) -> Iterator[int | str | bytes]:
    """Yield all values that these rows have."""
    for row in rows:
        value = field.get(view, row)
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value


def numbers(field: Field, view: FilterView, rows: Rows) -> list[int]:
    """Return the values as numbers, addresses too."""
    if field.kind in ADDRESS_SIZE:
        return [int(ip_address(str(value))) for value in values(field, view, rows)]
    if field.kind is ValueKind.ETHER:
        return [int(str(value).replace(":", ""), 16) for value in values(field, view, rows)]
    return [value for value in values(field, view, rows) if isinstance(value, int)]


class All(Node):
    """Matches everything: the empty filter."""

    def holds(self, view: FilterView, rows: Rows) -> bool:
        return True

    def test(self, view: FilterView) -> row_tests.Test:
        return row_tests.ConstantTest(True)


class Nothing(Node):
    """Matches no segment: a protocol whose packets hold none."""

    def holds(self, view: FilterView, rows: Rows) -> bool:
        return False

    def test(self, view: FilterView) -> row_tests.Test:
        return row_tests.ConstantTest(False)


class And(Node):
    def __init__(self, left: Node, right: Node) -> None:
        self.left = left
        self.right = right

    def parts(self) -> tuple[Node, ...]:
        return self.left, self.right

    def holds(self, view: FilterView, rows: Rows) -> bool:
        return self.left.holds(view, rows) and self.right.holds(view, rows)

    def test(self, view: FilterView) -> row_tests.Test:
        first, second = self.left, self.right
        if reads_packets(first) and not reads_packets(second):  # what is cheap comes first
            first, second = second, first
        return row_tests.BothTest(first.test(view), second.test(view))


class Or(Node):
    def __init__(self, left: Node, right: Node) -> None:
        self.left = left
        self.right = right

    def parts(self) -> tuple[Node, ...]:
        return self.left, self.right

    def holds(self, view: FilterView, rows: Rows) -> bool:
        return self.left.holds(view, rows) or self.right.holds(view, rows)

    def test(self, view: FilterView) -> row_tests.Test:
        return row_tests.EitherTest(self.left.test(view), self.right.test(view))


class Not(Node):
    def __init__(self, part: Node) -> None:
        self.part = part

    def parts(self) -> tuple[Node, ...]:
        return (self.part,)

    def holds(self, view: FilterView, rows: Rows) -> bool:
        return not self.part.holds(view, rows)

    def test(self, view: FilterView) -> row_tests.Test:
        return row_tests.NotTest(self.part.test(view))


class Present(Node):
    """Matches where the field is there."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def fields(self) -> tuple[Field, ...]:
        return (self.field,)

    def holds(self, view: FilterView, rows: Rows) -> bool:
        exists = self.field.exists
        if exists is not None:
            return any(exists(view, row) for row in rows)
        return any(True for _ in values(self.field, view, rows))

    def test(self, view: FilterView) -> row_tests.Test:
        if self.field.column is not None:
            return row_tests.WithinTest(self.field.column, row_tests.Intervals(EVERYTHING), NO_MASK)
        return super().test(view)


class Within(Node):
    """Matches where any value, or every one, is in a set of numbers; after ``mask`` where there is
    one."""

    def __init__(
        self, field: Field, pairs: Pairs, every: bool = False, mask: int = NO_MASK
    ) -> None:
        self.field = field
        self.pairs = pairs
        self.every = every
        self.mask = mask

    def fields(self) -> tuple[Field, ...]:
        return (self.field,)

    def holds(self, view: FilterView, rows: Rows) -> bool:
        found = [has(self.pairs, value & self.mask) for value in numbers(self.field, view, rows)]
        return bool(found) and (all(found) if self.every else any(found))

    def test(self, view: FilterView) -> row_tests.Test:
        if self.field.column is not None:
            return row_tests.WithinTest(
                self.field.column, row_tests.Intervals(self.pairs), self.mask
            )
        ends = ENDS.get(self.field.name.rpartition(".")[2], 0)
        if self.field.name in PORT_FIELDS and ends and self.mask == NO_MASK:
            return row_tests.Ports(
                ends, self.every, self.deep(view), row_tests.Intervals(self.pairs)
            )
        whole = not self.field.sources and self.mask == NO_MASK
        if self.field.kind in ADDRESS_SIZE and ends and whole:
            size = ADDRESS_SIZE[self.field.kind]
            return row_tests.Addresses(ends, self.every, self.deep(view), self.pairs, size)
        return super().test(view)

    def deep(self, view: FilterView) -> Callable[[int], bool]:
        """Return what decides for segments in tunnels; once for each flow, direction and path."""
        known: dict[tuple[int, int, int], bool] = {}

        def decide(row: int) -> bool:
            packets = view.packets
            key = (packets.path(row), packets.flow(row), view.sender(row).port)
            if key not in known:
                known[key] = self.holds(view, [row])
            return known[key]

        return decide


def some_pair(left: list[int], right: list[int], less: bool, equal: bool, more: bool) -> bool:
    """Return whether a number on the left is below, equal to or above one on the right."""
    return (
        (less and min(left) < max(right))
        or (equal and not set(left).isdisjoint(right))
        or (more and max(left) > min(right))
    )


class Compared(Node):
    """Compares two fields: any pair of their values, or every one, is ordered so."""

    def __init__(
        self, left: Field, right: Field, less: bool, equal: bool, more: bool, every: bool = False
    ) -> None:
        self.left = left
        self.right = right
        self.less = less
        self.equal = equal
        self.more = more
        self.every = every

    def fields(self) -> tuple[Field, ...]:
        return self.left, self.right

    def holds(self, view: FilterView, rows: Rows) -> bool:
        left, right = numbers(self.left, view, rows), numbers(self.right, view, rows)
        if not left or not right:
            return False
        if self.every:
            return not some_pair(left, right, not self.less, not self.equal, not self.more)
        return some_pair(left, right, self.less, self.equal, self.more)

    def test(self, view: FilterView) -> row_tests.Test:
        left, right = self.left.column, self.right.column
        if left is None or right is None:
            return super().test(view)
        if self.less and self.more:
            apart = row_tests.Less(left, right, True, self.equal)
            return row_tests.EitherTest(apart, row_tests.Less(right, left, True, self.equal))
        if self.more:
            return row_tests.Less(right, left, True, self.equal)
        return row_tests.Less(left, right, self.less, self.equal)


class Written(Node):
    """Matches where any text, or every one, is one of these."""

    def __init__(
        self, field: Field, texts: frozenset[str], every: bool = False, negated: bool = False
    ) -> None:
        self.field = field
        self.texts = texts
        self.every = every
        self.negated = negated

    def fields(self) -> tuple[Field, ...]:
        return (self.field,)

    def holds(self, view: FilterView, rows: Rows) -> bool:
        found = [(value in self.texts) != self.negated for value in values(self.field, view, rows)]
        return bool(found) and (all(found) if self.every else any(found))


class Ordered(Node):
    """Matches where any text, or bytes, is ordered so relative to another (by its characters'
    numbers). With ``by_length`` fewer bytes come before more."""

    def __init__(
        self,
        field: Field,
        text: str | bytes,
        less: bool,
        equal: bool,
        every: bool = False,
        by_length: bool = False,
    ) -> None:
        self.field = field
        self.text = text
        self.less = less
        self.equal = equal
        self.every = every
        self.by_length = by_length

    def fields(self) -> tuple[Field, ...]:
        return (self.field,)

    def holds(self, view: FilterView, rows: Rows) -> bool:
        found = [
            (self.key(value) < self.key(self.text)) == self.less
            if value != self.text
            else self.equal
            for value in values(self.field, view, rows)
            if not isinstance(value, int)
        ]
        return bool(found) and (all(found) if self.every else any(found))

    def key(self, value: str | bytes) -> tuple[int, ...]:
        """Return what values are ordered by."""
        numbers = tuple(value) if isinstance(value, bytes) else tuple(map(ord, value))
        return (len(value), *numbers) if self.by_length else numbers


class Equals(Node):
    """Matches bytes that are these, or, `negated`, are others."""

    def __init__(
        self, field: Field, wanted: bytes, negated: bool = False, every: bool = False
    ) -> None:
        self.field = field
        self.wanted = wanted
        self.negated = negated
        self.every = every

    def fields(self) -> tuple[Field, ...]:
        return (self.field,)

    def holds(self, view: FilterView, rows: Rows) -> bool:
        found = [(value == self.wanted) != self.negated for value in values(self.field, view, rows)]
        return bool(found) and (all(found) if self.every else any(found))


class Contains(Node):
    """Matches where the text, or the bytes, contain a part."""

    def __init__(self, field: Field, wanted: bytes) -> None:
        self.field = field
        self.wanted = wanted

    def fields(self) -> tuple[Field, ...]:
        return (self.field,)

    def holds(self, view: FilterView, rows: Rows) -> bool:
        return any(self.wanted in as_bytes(value) for value in values(self.field, view, rows))


class Matches(Node):
    """Matches where a regular expression fits somewhere; case does not count, as in Wireshark.

    ``written`` is how the filter says it.
    """

    def __init__(self, field: Field, pattern: bytes, written: str) -> None:
        self.field = field
        self.pattern = pattern
        self.written = written

    def fields(self) -> tuple[Field, ...]:
        return (self.field,)

    def holds(self, view: FilterView, rows: Rows) -> bool:
        found = view.searcher.found
        try:
            return any(
                found(self.pattern, as_bytes(value)) for value in values(self.field, view, rows)
            )
        except GivenUp as error:
            frame = view.packets.frame(rows[0])
            why = f"{error}; write it with fewer repeats"
            raise Unanswered(frame, self.written, why) from None


def reads_packets(node: Node) -> bool:
    """Return whether a part reads packets again."""
    return any(field.from_packet for field in every_field(node))


def as_bytes(value: int | str | bytes) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def every_field(node: Node) -> Iterator[Field]:
    """Yield all fields in a tree, for a computed one those that it is computed from."""
    for field in node.fields():
        yield from field.sources or (field,)
    for part in node.parts():
        yield from every_field(part)
