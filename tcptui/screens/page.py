"""Shows a page of text: the full evidence behind a Why line."""

from collections.abc import Sequence

from textual.app import ComposeResult

from tcptui.drawing.cells import Run, wrap
from tcptui.screens.side import PAGES, SideScreen
from tcptui.theme import Look
from tcptui.widgets.lines import LineList

MOST_LINES = 200


class PageScreen(SideScreen):
    """Shows paragraphs under a title, wrapped to the width there is."""

    CSS_PATH = "page.tcss"
    AUTO_FOCUS = "#page"
    HINTS = PAGES

    def __init__(self, look: Look, title: str, paragraphs: Sequence[str]) -> None:
        super().__init__(look)
        self.list = LineList(look, title, id="page")
        self.paragraphs = paragraphs

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.keys

    def on_resize(self) -> None:
        width = max(20, self.size.width - 4)
        lines = []
        for paragraph in self.paragraphs:
            lines += [[Run(line)] for line in wrap(paragraph, width, MOST_LINES)] + [[Run("")]]
        self.list.show_lines(lines)
