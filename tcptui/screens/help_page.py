"""Lays out a page of help: what a pane shows, then a line for each key."""

from collections.abc import Sequence
from textwrap import dedent
from typing import NamedTuple

from tcptui.drawing.cells import Line, Run, width_of, wrap

MOST_LINES = 100
MOST_KEYS = 16
"""Cells for keys; longer lists of keys get a line of their own."""


class KeyHelp(NamedTuple):
    """The keys of an action as they are written, and what it does."""

    keys: str
    meaning: str


class Group(NamedTuple):
    """Keys that belong together."""

    title: str
    keys: Sequence[KeyHelp]


def title_of(text: str, otherwise: str) -> str:
    """Return the heading of a help text such as ``## Flows``."""
    first = dedent(text).strip().partition("\n")[0]
    return first.removeprefix("## ") if first.startswith("## ") else otherwise


def lines(text: str, groups: Sequence[Group], width: int) -> list[Line]:
    """Return the paragraphs of a help text, and the keys in groups; nothing is cut within a
    word."""
    page: list[Line] = []
    for paragraph in paragraphs(text):
        page += [[Run(line)] for line in wrap(paragraph, width, MOST_LINES)] + [[]]
    for group in groups:
        page.append([Run(group.title, "title")])
        for key in group.keys:
            page += key_lines(key, column_of(groups), width)
        page.append([])
    return page[:-1]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text in one line each, without heading and quotes of keys."""
    blocks = dedent(text).strip().replace("`", "").split("\n\n")
    bodies = (
        [line for line in block.splitlines() if not line.startswith("## ")] for block in blocks
    )
    return [" ".join(body) for body in bodies if body]


def column_of(groups: Sequence[Group]) -> int:
    """Return the width of the keys' column."""
    widths = [width_of(key.keys) for group in groups for key in group.keys]
    return max((width for width in widths if width <= MOST_KEYS), default=0)


def key_lines(key: KeyHelp, column: int, width: int) -> list[Line]:
    """Return a key and what it does, in as many lines as that takes."""
    meaning = wrap(key.meaning, max(10, width - column - 4), MOST_LINES)
    front = [Run(f"  {key.keys}", "key")]
    rest: list[Line] = [[Run(" " * (column + 4) + line)] for line in meaning]
    if width_of(key.keys) > column:
        return [front, *rest]
    blank = " " * (column + 2 - width_of(key.keys))
    return [[*front, Run(blank + meaning[0])], *rest[1:]]
