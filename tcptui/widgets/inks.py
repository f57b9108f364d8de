"""Gives pictures the colours of the palettes, and of what Textual has painted."""

from collections.abc import Iterable

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tcptui.drawing.svg import Ink, InkedText
from tcptui.theme import PALETTES, Palette, style


def palette_inks(name: str) -> dict[str, Ink]:
    """Return each style of a palette that has a background."""
    palette = PALETTES[name]
    return {known: ink(style(name, known, ""), palette) for known in palette.styles}


def painted(segments: Iterable[Segment], palette: Palette) -> list[InkedText]:
    """Return a painted line in its colours."""
    return [(text, ink(known or Style(), palette)) for text, known, _ in segments]


def ink(known: Style, palette: Palette) -> Ink:
    """Return a Rich style over the palette's background."""
    ground = palette.background or ""
    color = shown(known.color, palette.styles["text"])
    below = shown(known.bgcolor, ground)
    if known.reverse:
        color, below = below, color
    return Ink(color, "" if below == ground else below, bool(known.bold), bool(known.italic))


def shown(color: Color | None, otherwise: str) -> str:
    if color is None or color.is_default:
        return otherwise
    return color.get_truecolor().hex
