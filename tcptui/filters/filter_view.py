"""Presents a capture to a filter."""

from tcptui.engine.engine import Engine
from tcptui.fields.view import ReadPacket, View
from tcptui.filters.search import Searcher


class FilterView(View):
    """A capture as a filter reads it, with a search for regular expressions."""

    def __init__(
        self, engine: Engine, read: ReadPacket | None = None, searcher: Searcher | None = None
    ) -> None:
        super().__init__(engine, read)
        self.searcher = searcher or Searcher()
