"""Frames a list that stands over an empty screen, as high as it needs to be."""

from textual.widget import Widget

from tcptui.theme import Look

BORDER = 2
MOST_OF_SCREEN = 0.9


def frame(screen: Widget, box: Widget, look: Look, lines: int) -> None:
    """Draw a frame around a box, and give it room for so many lines if the screen has it."""
    box.add_class("-ascii" if look.ascii else "-framed")
    most = int(screen.size.height * MOST_OF_SCREEN)
    box.styles.height = max(BORDER + 2, min(lines + BORDER, most))
