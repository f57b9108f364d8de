"""Applies a filter to a capture: it finds the rows and flows that it selects."""

from collections.abc import Iterable, Iterator

from librt.vecs import vec
from mypy_extensions import i32

from tcptui.engine.engine import Engine
from tcptui.engine.eviction import GONE
from tcptui.engine.timing.lookback import row_left
from tcptui.fields.view import ReadPacket
from tcptui.filters.filter_view import FilterView
from tcptui.filters.language import Expression
from tcptui.filters.scan.scan import Scan
from tcptui.filters.search import Searcher
from tcptui.stderr import say


class Selection:
    """A filter on an engine.

    ``read`` gives packets' bytes, for filters that look into them. Rows of one call belong
    together: call :meth:`renew` when rows have come, or flows have changed, since the last.
    """

    def __init__(
        self,
        expression: Expression,
        engine: Engine,
        read: ReadPacket | None = None,
        searcher: Searcher | None = None,
    ) -> None:
        self.expression = expression
        self.engine = engine
        self.view = FilterView(engine, read, searcher)
        self.scan = Scan(engine, expression.root.test(self.view), self.whole_frame)
        self.renew()

    def renew(self) -> None:
        """Forget what was decided about flows."""
        self.scan.renew()

    def stop(self) -> None:
        """End a running search for a regular expression, from another thread."""
        self.view.searcher.stop()

    def matches(self, row: int) -> bool:
        """Return whether the filter selects the row. Raises NoBytes, CaptureError, Unanswered."""
        return self.scan.matches(row)

    def rows(self, start: int, stop: int) -> vec[i32]:
        """Return the selected rows from ``start`` up to ``stop`` (not included), ascending.

        One compiled call: take slices of some thousand rows where a screen waits.
        """
        return self.scan.rows(max(start, self.engine.packets.first), stop)

    def answers(self, start: int, stop: int) -> bytes:
        """Return a byte for each row from ``start`` up to ``stop`` (not included): 1 where it is
        selected. Rows may have come since the last call."""
        self.renew()
        return self.scan.answers(start, stop)

    def flows(self) -> list[int]:
        """Return the flows with at least one selected segment, ascending; without evicted ones."""
        flows, packets = self.engine.flows, self.engine.packets
        if self.expression.only_flows:
            return [
                index
                for index, flow in enumerate(flows)
                if (row := row_left(packets, flow)) >= 0 and self.scan.matches(row)
            ]
        found = self.scan.flows(packets.first, packets.count)
        return [index for index in found if flows[index] is not GONE]

    def whole_frame(self, row: int) -> bool:
        """Return the answer for a frame with several rows, of which this is one."""
        packets = self.engine.packets
        frame = packets.frame(row)
        first = last = row
        while first > packets.first and packets.frame(first - 1) == frame:
            first -= 1
        while last + 1 < packets.count and packets.frame(last + 1) == frame:
            last += 1
        return self.expression.root.holds(self.view, range(first, last + 1))


def runs(rows: Iterable[i32 | int]) -> Iterator[tuple[int, int]]:
    """Yield ascending numbers as ranges ``(first, after the last)`` without gaps."""
    first = behind = -1
    for row in rows:
        if row != behind:
            if first >= 0:
                yield first, behind
            first = row
        behind = row + 1
    if first >= 0:
        yield first, behind


def say_if_none(found: bool, engine: Engine) -> None:
    """Say on stderr that a filter selects nothing of the segments that there are."""
    if not found and engine.segments:
        say("no segment matches the display filter")


def matching_rows(
    expression: Expression, engine: Engine, read: ReadPacket | None = None
) -> vec[i32]:
    """Return all rows that the filter selects."""
    return Selection(expression, engine, read).rows(0, engine.packets.count)


def matching_flows(
    expression: Expression, engine: Engine, read: ReadPacket | None = None
) -> list[int]:
    """Return the flows with at least one segment that the filter selects."""
    return Selection(expression, engine, read).flows()
