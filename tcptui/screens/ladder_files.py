"""Saves the ladder as a file: text, or an SVG picture."""

from collections.abc import Callable
from typing import Final, NamedTuple

from tcptui.capture.writer import Reads, check_target, write_new
from tcptui.drawing.cells import plain
from tcptui.glyphs import to_ascii
from tcptui.panes.ladder.as_text import lines_of, picture_of
from tcptui.panes.ladder.whole import MOST_LINES
from tcptui.panes.ladder.widget import Ladder

ABOUT_LADDER: Final = (
    f"Enter saves. The ladder as it is folded and drawn now, at most {MOST_LINES:,} rows."
)


class LadderFile(NamedTuple):
    """A form in which the ladder can be saved."""

    name: str
    meaning: str
    file_name: str
    make: Callable[[Ladder], str]


def whole_text(ladder: Ladder) -> str:
    return text_of(ladder, 0, ladder.count)


def whole_picture(ladder: Ladder) -> str:
    return picture_of(ladder, 0, ladder.count)


def shown_text(ladder: Ladder) -> str:
    return text_of(ladder, *ladder.shown)


def shown_picture(ladder: Ladder) -> str:
    return picture_of(ladder, *ladder.shown)


def text_of(ladder: Ladder, first: int, stop: int) -> str:
    text = "".join(plain(line).rstrip() + "\n" for line in lines_of(ladder, first, stop))
    return "\n".join(map(to_ascii, text.split("\n"))) if ladder.look.ascii else text


WHOLE: Final = (
    LadderFile("ladder as text", "all of it", "ladder.txt", whole_text),
    LadderFile("ladder as picture", "all of it, SVG", "ladder.svg", whole_picture),
)
SHOWN: Final = (
    LadderFile("shown rows as text", "what the ladder shows now", "ladder.txt", shown_text),
    LadderFile("shown rows as picture", "what it shows now, SVG", "ladder.svg", shown_picture),
)
DRAWINGS: Final = (*WHOLE, *SHOWN)


def drawings(ladder: Ladder) -> tuple[LadderFile, ...]:
    """Return what can be saved of a ladder: no shown rows where another pane is seen alone."""
    if not ladder.count:
        return ()
    return DRAWINGS if ladder.region else WHOLE


def save_text(target: str, text: str, reads: Reads, overwrite: bool) -> None:
    """Write a text; never over a file that is being read, nor, without ``overwrite``, over one that
    exists. Raises SaveError."""
    check_target(target, reads, overwrite)
    write_new(target, [text.encode()])
