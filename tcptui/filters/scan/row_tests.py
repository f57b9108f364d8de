"""Tests of rows, straight on the packet columns: what a filter becomes to be fast.

A test is a small tree of objects; :class:`~tcptui.filters.scan.scan.Scan` asks it of row after
row. Values are `i64`; `ABSENT` stands for a field that the row does not have, and is in no
interval.
"""

from collections.abc import Callable
from typing import Final

from librt.strings import read_i16_be
from librt.vecs import append, vec
from mypy_extensions import i64, u8

from tcptui.engine.engine import Engine
from tcptui.engine.flow import IPV4_KEY, Endpoint
from tcptui.engine.lower_bound import first_not_below
from tcptui.engine.packets import FROM_SERVER
from tcptui.fields.columns.flow_walk import ABSENT
from tcptui.fields.columns.segment_values import (
    DESTINATION,
    SOURCE,
    RowReader,
    RowValue,
)

HIGHEST: Final = (1 << 63) - 1

UNDECIDED: Final = 0
NO: Final = 1
YES: Final = 2


class Intervals:
    """A set of numbers: disjoint closed intervals, ascending, cut to what an `i64` can be."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        within = [(low, min(high, HIGHEST)) for low, high in pairs if low <= HIGHEST]
        self.low: vec[i64] = vec[i64]([low for low, _ in within])
        self.high: vec[i64] = vec[i64]([high for _, high in within])

    def has(self, value: i64) -> bool:
        at = first_not_below(self.high, value)
        return at < i64(len(self.low)) and self.low[at] <= value


class Test:
    """Something that holds for a row or does not."""

    def holds(self, at: RowReader) -> bool:
        raise NotImplementedError

    def renew(self, engine: Engine) -> None:
        """Take note that rows were added since the last scan, or that this is the first."""


class ConstantTest(Test):
    def __init__(self, value: bool) -> None:
        self.value: bool = value

    def holds(self, at: RowReader) -> bool:
        return self.value


class BothTest(Test):
    def __init__(self, left: Test, right: Test) -> None:
        self.left: Test = left
        self.right: Test = right

    def holds(self, at: RowReader) -> bool:
        return self.left.holds(at) and self.right.holds(at)

    def renew(self, engine: Engine) -> None:
        self.left.renew(engine)
        self.right.renew(engine)


class EitherTest(Test):
    def __init__(self, left: Test, right: Test) -> None:
        self.left: Test = left
        self.right: Test = right

    def holds(self, at: RowReader) -> bool:
        return self.left.holds(at) or self.right.holds(at)

    def renew(self, engine: Engine) -> None:
        self.left.renew(engine)
        self.right.renew(engine)


class NotTest(Test):
    def __init__(self, test: Test) -> None:
        self.test: Test = test

    def holds(self, at: RowReader) -> bool:
        return not self.test.holds(at)

    def renew(self, engine: Engine) -> None:
        self.test.renew(engine)


class WithinTest(Test):
    """A column's value, after a mask, is in a set."""

    def __init__(self, column: RowValue, intervals: Intervals, mask: int) -> None:
        self.column: RowValue = column
        self.intervals: Intervals = intervals
        self.mask: i64 = mask

    def holds(self, at: RowReader) -> bool:
        value = self.column.value(at)
        return value != ABSENT and self.intervals.has(value & self.mask)


class Less(Test):
    """One column's value is below another's, or equal, or both."""

    def __init__(self, left: RowValue, right: RowValue, less: bool, equal: bool) -> None:
        self.left: RowValue = left
        self.right: RowValue = right
        self.less: bool = less
        self.equal: bool = equal

    def holds(self, at: RowReader) -> bool:
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

    def holds(self, at: RowReader) -> bool:
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

    def holds(self, at: RowReader) -> bool:
        return self.holds_for(i64(at.block.flow[at.i]))

    def holds_for(self, flow: i64) -> bool:
        known = i64(self.decided[flow])
        if known == UNDECIDED:
            known = YES if self.decide(flow) else NO
            self.decided[flow] = u8(known)
        return known == YES


class OfKey(Test):
    """A test that depends on nothing but the value of one column: decided once for each value."""

    def __init__(self, key: RowValue, decide: Callable[[int], bool]) -> None:
        self.key: RowValue = key
        self.decide: Callable[[int], bool] = decide
        self.known: dict[int, bool] = {}

    def holds(self, at: RowReader) -> bool:
        key = self.key.value(at)
        known = self.known.get(key)
        if known is None:
            known = self.decide(at.row)
            self.known[key] = known
        return known


class OfRow(Test):
    """A test that only the fields' getters can answer."""

    def __init__(self, decide: Callable[[int], bool]) -> None:
        self.decide: Callable[[int], bool] = decide

    def holds(self, at: RowReader) -> bool:
        return self.decide(at.row)
