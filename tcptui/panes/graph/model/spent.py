"""Puts the time of a flow into the bins that are seen: in pieces."""

from bisect import bisect_left
from collections.abc import Sequence

from mypy_extensions import i64

from tcptui.graphs.series import Series, Unit
from tcptui.graphs.time_pieces import NAMES, TimeSpan
from tcptui.graphs.time_spent import add_span
from tcptui.panes.graph.model.thinned import SpanBins


class SpentFilling:
    """Fills bins with whose the time was."""

    def __init__(self, pieces: Sequence[TimeSpan], start: int, end: int, length: int) -> None:
        self.pieces = pieces
        self.start = start
        self.end = end
        self.next = max(bisect_left(pieces, (start,)) - 1, 0)
        self.bins: dict[str, SpanBins] = {
            name: SpanBins(i64(start), i64(end), i64(length)) for name in NAMES
        }

    def take(self, most: int) -> bool:
        """Take the next pieces of the time; return whether there are more."""
        for piece in self.pieces[self.next : self.next + most]:
            if piece.start >= self.end:
                return False
            add_span(self.bins[piece.name], max(piece.start, self.start), min(piece.end, self.end))
        self.next += most
        return self.next < len(self.pieces)

    def series(self) -> list[Series]:
        """Return the series of all who may have used it."""
        return [self.bins[name].fill(Series(name, Unit.SECONDS), 1, 1) for name in NAMES]
