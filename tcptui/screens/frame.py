"""Frames a list that stands over an empty screen, as high as it needs to be."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.widget import Widget

from tcptui.theme import Look

BORDER = 2
MOST_OF_SCREEN = 0.9
LOW = 12
"""Lines of a screen below which a frame takes all of it."""
LEAST_LISTED = 5
"""Lines of a list that come before what stands below it."""
LEAST_BELOW = 2
"""Fewer lines than a title and a text are no use."""


class Below(NamedTuple):
    """A widget below the list, and the lines that it needs."""

    widget: Widget
    lines: int


def frame(screen: Widget, box: Widget, look: Look, lines: int, below: Sequence[Below] = ()) -> None:
    """Draw a frame around a list that has so many lines, and give it that room if the screen has
    it; what stands ``below`` it gets what is left, the first before the others."""
    box.add_class("-ascii" if look.ascii else "-framed")
    height = screen.size.height
    most = height if height < LOW else int(height * MOST_OF_SCREEN)
    wanted = lines + sum(part.lines for part in below)
    box.styles.height = max(BORDER + 2, min(wanted + BORDER, most))
    left = most - BORDER - min(lines, LEAST_LISTED)
    for widget, needed in below:
        given = min(needed, left)
        widget.display = given >= LEAST_BELOW
        if widget.display:
            widget.styles.height = given
            left -= given
