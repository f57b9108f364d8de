"""Sends only the changed cells of a line.

Textual 8 paints a changed part of a line from the left edge of its widget on ("TODO: crop to x
extents" in ``textual._compositor``). Over a slow link that is most of what a key costs.
"""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate


def render_segments(self: ChopsUpdate, console: Console) -> str:
    """The terminal sequences for the spans of an update, cropped on both sides."""
    sequences: list[str] = []
    for y, first, stop in self.spans:
        for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
            if strip is None or x >= stop or end <= first:
                continue
            start = max(x, first)
            sequences.append(Control.move_to(start, y).segment.text)
            sequences.append(strip.crop(start - x, min(end, stop) - x).render(console))
    return "".join(sequences)


def install() -> None:
    """Let Textual's updates be rendered so."""
    ChopsUpdate.render_segments = render_segments  # type: ignore[method-assign]
