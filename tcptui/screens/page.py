"""Shows a page of text, such as the full evidence behind a Why line.

Frames that it names are links: Tab goes from one to the next, Enter goes to the frame.
"""

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tcptui.drawing.cells import Line, Run, wrap
from tcptui.screens.side import PAGES, SideScreen
from tcptui.theme import Look
from tcptui.widgets.keys_line import KeyHint
from tcptui.widgets.lines import LineList
from tcptui.widgets.rows import RowList

MOST_LINES: Final = 200
NAMED: Final = re.compile(r"#(\d[\d,]*)")
"""Finds the frames that a sentence names."""
INDENT: Final = "  "


class Link(NamedTuple):
    """A frame's number on the page: its line, and the first cell and the one after the last."""

    line: int
    start: int
    stop: int
    frame: int


class PageScreen(SideScreen):
    """Shows sections of paragraphs under a title, wrapped to the width there is; the first of each
    section leads it."""

    CSS_PATH = "page.tcss"
    AUTO_FOCUS = "#page"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "link(1)", "next frame", key_display="Tab", id="page.next-frame",
                tooltip="The next frame that is named; Enter goes to it"),
        Binding("shift+tab", "link(-1)", "frame before", id="page.previous-frame", show=False,
                tooltip="The frame named before"),
    ]  # fmt: skip

    LINKS: Final[tuple[KeyHint, ...]] = (("page.next-frame", "next frame"), ("rows.open", "go to"))

    def __init__(
        self,
        look: Look,
        title: str,
        sections: Sequence[Sequence[str]],
        go_to_frame: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(look)
        self.list = LineList(look, title, id="page")
        self.sections = sections
        self.go_to_frame = go_to_frame
        self.texts: list[str] = []  # the page's lines
        self.leading: set[int] = set()  # those that lead a section
        self.links: list[Link] = []
        self.link = -1  # the one that Enter goes to

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.keys

    def on_resize(self) -> None:
        width = max(20, self.size.width - 4)
        self.texts, self.leading = [], set()
        for section in self.sections:
            self.texts += [""] if self.texts else []
            for number, paragraph in enumerate(section):
                indent = INDENT if number else ""
                lines = wrap(paragraph, width - len(indent), MOST_LINES)
                if not number:
                    self.leading.update(range(len(self.texts), len(self.texts) + len(lines)))
                self.texts += [indent + line for line in lines]
        self.links = links_of(self.texts) if self.go_to_frame is not None else []
        self.link = -1
        self.show_page()

    @property
    def hints(self) -> tuple[KeyHint, ...]:
        return (*self.LINKS, *PAGES) if self.links else PAGES

    def show_keys(self) -> None:
        self.keys.show_hints(self.hints)

    def show_page(self) -> None:
        """Draw the lines with their links."""
        self.list.show_lines([self.drawn(number) for number in range(len(self.texts))])

    def drawn(self, number: int) -> Line:
        text, at = self.texts[number], 0
        style = "key" if number in self.leading else "text"
        line: Line = []
        for index, link in enumerate(self.links):
            if link.line == number:
                line.append(Run(text[at : link.start], style))
                shown = "link-here" if index == self.link else "link"
                line.append(Run(text[link.start : link.stop], shown))
                at = link.stop
        return [*line, Run(text[at:], style)]

    def action_link(self, step: int) -> None:
        """Go to the next link, or on from the last to the first."""
        if not self.links:
            return
        here, at = self.list.cursor, self.link
        if at < 0 or self.links[at].line != here:
            before = [n for n, link in enumerate(self.links) if link.line < here]
            at = (before[-1] if before else -1) + (0 if step > 0 else 1)
        self.link = (at + step) % len(self.links)
        self.list.move_to(self.links[self.link].line, announce=False)
        self.show_page()

    @on(RowList.Moved)
    def line_moved(self) -> None:
        """Take the first link of the line under the cursor."""
        here = self.list.cursor
        self.link = next((n for n, link in enumerate(self.links) if link.line == here), -1)
        self.show_page()

    @on(RowList.Chosen)
    def link_chosen(self) -> None:
        """Leave the page for the frame."""
        if self.link < 0:
            self.line_moved()
        if self.link >= 0 and self.go_to_frame is not None:
            frame = self.links[self.link].frame
            self.dismiss()
            self.go_to_frame(frame)


def links_of(texts: Sequence[str]) -> list[Link]:
    """Return the frames that lines name, in their order."""
    return [
        Link(line, found.start(), found.end(), int(found[1].replace(",", "")))
        for line, text in enumerate(texts)
        for found in NAMED.finditer(text)
    ]
