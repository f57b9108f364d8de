"""Makes the rows of the ladder: the items of one or several flows, in the order of time."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from librt.vecs import vec
from mypy_extensions import i32

from tcptui.drawing.cells import Line, Run, fit
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.findings.finding import Read
from tcptui.panes.ladder.drawing import LadderDrawing, Layout, Settings
from tcptui.panes.ladder.model.fold import Fold
from tcptui.panes.ladder.timeline import Item, Timeline, Ways, unit_of, ways_of
from tcptui.panes.ladder.weave import Weave

TAG_STYLES: Final = ("good", "warning", "client", "server", "note", "text")
"""Colours of the flows' numbers, where there are several flows."""

Ordinals = Callable[[Fold], vec[i32] | Sequence[int]]
"""Returns the ordinals of a fold's segments to look for: of those with problems, for example."""


class Strand(NamedTuple):
    """One flow of the ladder; ``tag`` stands before its rows."""

    flow: Flow
    fold: Fold
    drawing: LadderDrawing
    ways: Ways
    tag: Run

    def ordinal_of(self, row: int) -> int:
        """Return the ordinal of a packet row; -1 where it is of another flow."""
        fold = self.fold
        at = bisect_left(range(len(fold.rows)), row, key=fold.row_at)
        return at if at < len(fold.rows) and fold.row_at(at) == row else -1


def strands_of(
    engine: Engine, flows: list[Flow], folds: list[Fold], settings: Settings, read: Read
) -> list[Strand]:
    """Return a strand for each flow; times count from the start of the first."""
    numbers = [f"#{flow.index} " for flow in flows] if len(flows) > 1 else [""]
    start = min((flow.first_time for flow in flows), default=0)
    strands = []
    for number, (flow, fold) in enumerate(zip(flows, folds, strict=True)):
        drawing = LadderDrawing(engine, flow, fold, [], settings, read)
        drawing.start = start
        tag = fit(numbers[number], max(map(len, numbers)))
        style = TAG_STYLES[number % len(TAG_STYLES)]
        strands.append(Strand(flow, fold, drawing, ways_of(flow), Run(tag, style)))
    return strands


class StrandRows:
    """The rows of several strands as one list. A row has an index; it is an item of a strand's
    fold, and may stand for several of its segments."""

    def __init__(self, strands: list[Strand]) -> None:
        self.strands = strands
        self.weave = Weave([strand.fold for strand in strands])

    @property
    def tag_width(self) -> int:
        """How many cells each row's tag takes."""
        return len(self.strands[0].tag.text) if self.strands else 0

    def at(self, index: int) -> tuple[Strand, int]:
        """Return the strand of a row, and its item."""
        number, item = self.weave.at(index)
        return self.strands[number], item

    # Drawing

    def line(self, index: int, layout: Layout) -> Line:
        """Return a row's line."""
        strand, item = self.at(index)
        return [strand.tag, *strand.drawing.line(item, layout)]

    def items(self, first: int, stop: int) -> list[Item]:
        """Yield the rows as the timeline draws them."""
        found = []
        for index in range(max(0, first), min(stop, self.weave.count)):
            strand, item = self.at(index)
            found.append(Item(index, strand.tag, strand.drawing, item, strand.ways))
        return found

    def timeline(self, layout: Layout) -> Timeline:
        """Return the timeline that draws them to scale."""
        return Timeline(layout, unit_of([strand.flow for strand in self.strands]))

    # Where segments stand

    def index_of_ordinal(self, number: int, ordinal: int) -> int:
        """Return the row of the segment with an ordinal in a strand's fold."""
        return self.weave.index_of(number, self.strands[number].fold.item_at(ordinal))

    def index_of_flow(self, flow: Flow) -> int | None:
        """Return the row of a flow's first problem, or its first row; None where it has none."""
        for number, strand in enumerate(self.strands):
            if strand.flow.index == flow.index and len(strand.fold.first):
                problems = strand.fold.problems
                return self.index_of_ordinal(number, problems[0] if len(problems) else 0)
        return None

    def index_of_problem(self, *, last: bool) -> int | None:
        """Return the row of the first, or the last, problem of all flows; None where there is
        none."""
        found = []
        for number, strand in enumerate(self.strands):
            problems = strand.fold.problems
            if len(problems):
                ordinal = problems[len(problems) - 1 if last else 0]
                found.append((strand.fold.row_at(ordinal), number, ordinal))
        if not found:
            return None
        _, number, ordinal = max(found) if last else min(found)
        return self.index_of_ordinal(number, ordinal)

    def index_of_packet(self, row: int) -> int | None:
        """Return the row that shows a packet row; None where it is of another flow."""
        for number, strand in enumerate(self.strands):
            ordinal = strand.ordinal_of(row)
            if ordinal >= 0:
                return self.index_of_ordinal(number, ordinal)
        return None

    def next_index(self, index: int, ordinals_of: Ordinals, step: int) -> int | None:
        """Return the next (``step`` 1) or previous (-1) row with a segment to look for."""
        found = [
            beyond
            for number in range(len(self.strands))
            if (beyond := self.next_in_strand(number, index, ordinals_of, step)) is not None
        ]
        if not found:
            return None
        return min(found) if step > 0 else max(found)

    def next_in_strand(
        self, number: int, index: int, ordinals_of: Ordinals, step: int
    ) -> int | None:
        """Return the next row of a strand with a segment that is looked for, beyond ``index``."""
        fold = self.strands[number].fold
        ordinals = ordinals_of(fold)
        item = self.weave.items_before(index)[number]
        before = bisect_left(
            range(len(ordinals)), fold.ordinal_of_item(item), key=ordinals.__getitem__
        )
        at = before - (step < 0)
        while 0 <= at < len(ordinals):
            beyond = self.index_of_ordinal(number, ordinals[at])
            if (beyond - index) * step > 0:
                return beyond
            at += step
        return None
