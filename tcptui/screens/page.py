"""Shows a page of text: the full evidence behind a Why line."""

from collections.abc import Sequence

from textual.app import ComposeResult

from tcptui.drawing.cells import Line, Run, wrap
from tcptui.screens.side import PAGES, SideScreen
from tcptui.theme import Look
from tcptui.widgets.lines import LineList

MOST_LINES = 200


class PageScreen(SideScreen):
    """Shows sections of paragraphs under a title, wrapped to the width there is; the first of each
    section leads it."""

    CSS_PATH = "page.tcss"
    AUTO_FOCUS = "#page"
    HINTS = PAGES

    def __init__(self, look: Look, title: str, sections: Sequence[Sequence[str]]) -> None:
        super().__init__(look)
        self.list = LineList(look, title, id="page")
        self.sections = sections

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.keys

    def on_resize(self) -> None:
        width = max(20, self.size.width - 4)
        lines: list[Line] = []
        for section in self.sections:
            if lines:
                lines.append([Run("")])
            for number, paragraph in enumerate(section):
                style, indent = ("text", "  ") if number else ("key", "")
                for line in wrap(paragraph, width - len(indent), MOST_LINES):
                    lines.append([Run(indent + line, style)])
        self.list.show_lines(lines)
