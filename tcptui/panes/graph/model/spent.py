"""Puts the time of a flow into the bins that are seen: in pieces."""

from collections.abc import Iterator, Sequence

from mypy_extensions import i64

from tcptui.graphs.series import Series, Unit
from tcptui.graphs.time_spent import NAMES, TimeSpan, add_span, without_overlap
from tcptui.panes.graph.model.thinned import SpanBins


class SpentFilling:
    """Fills bins with whose the time was."""

    def __init__(self, spans: Sequence[TimeSpan], start: int, end: int, length: int) -> None:
        seen = [span for span in spans if span.end > start and span.start < end]
        self.pieces: Iterator[TimeSpan] = without_overlap(seen, start, end)
        self.bins: dict[str, SpanBins] = {
            name: SpanBins(i64(start), i64(end), i64(length)) for name in NAMES
        }

    def take(self, most: int) -> bool:
        """Take the next pieces of the time; return whether there are more."""
        for _ in range(most):
            piece = next(self.pieces, None)
            if piece is None:
                return False
            add_span(self.bins[piece.name], piece.start, piece.end)
        return True

    def series(self) -> list[Series]:
        """Return the series of all who may have used it."""
        return [self.bins[name].fill(Series(name, Unit.SECONDS), 1, 1) for name in NAMES]
