"""The README's recording: a short triage, as one SVG picture whose lines come and go.

    python -m docs.pictures.recording

writes it anew. A line that several screens have in common is drawn once.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from docs.pictures.draw import HERE, lines_of
from tcptui.drawing.svg import CELL_HEIGHT, Ink, InkedText, Picture, document
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.theme import PALETTES, Look
from tests.screens.opened import SAMPLES, opened, settled, steady_text

NAME: Final = "recording"
TITLE: Final = "A triage in eight keys"
COLUMNS, LINES = 120, 32
PALETTE: Final = "dark"


class Step(NamedTuple):
    """Says which keys are pressed, what the caption says of them, and for how many seconds the
    screen stands then."""

    keys: str
    caption: str
    seconds: float


STEPS: Final = (
    Step("", "tcptui samples/busy-hour.pcapng", 3),
    Step("o", "o  what is wrong in the whole capture?", 3.5),
    Step("down down down enter", "↓ ↓ ↓ Enter  only the flows with this cause", 2.5),
    Step("3", "3  to the ladder", 2),
    Step("n", "n  the next problem", 2.5),
    Step("n", "n  and the next: State and Why move with it", 2.5),
    Step("e", "e  the evidence", 4),
    Step("escape T", "T  to scale: how long was the silence?", 3.5),
)

Lines = list[list[InkedText]]
"""A screen."""


async def screens() -> list[Lines]:
    """Play the steps; return a screen for each, with its caption as the last line."""
    palette = PALETTES[PALETTE]
    caption = Ink(palette.background or "#000000", "#f2cc60", bold=True)
    found: list[Lines] = []
    file = SAMPLES / "busy-hour.pcapng"
    size, look = (COLUMNS, LINES), Look(PALETTE)
    async with opened(file, size=size, look=look, rules=WIRESHARK_4_6) as pilot:
        for step in STEPS:
            for key in step.keys.split():
                await pilot.press(key)
                await settled(pilot)
            await steady_text(pilot)
            said = f" {step.caption} ".ljust(COLUMNS)
            found.append([*lines_of(pilot, palette), [(said, caption)]])
    return found


def animated(shown: Sequence[Lines], seconds: Sequence[float]) -> Iterator[str]:
    """Yield the parts of a drawing that shows each screen for so many seconds, again and again."""
    whole = sum(seconds)
    starts = [sum(seconds[:n]) / whole for n in range(len(seconds))]
    times = ";".join(f"{start:.4g}" for start in starts)
    for number in range(max(map(len, shown))):
        column = [tuple(screen[number]) for screen in shown]
        for line in dict.fromkeys(column):
            drawn = Picture()
            drawn.line(number * CELL_HEIGHT, line)
            parts = list(drawn.parts())
            there = ["visible" if other == line else "hidden" for other in column]
            if not parts:
                continue
            if len(set(there)) == 1:
                yield from parts
                continue
            yield f'<g visibility="{there[0]}">'
            yield (
                f'<animate attributeName="visibility" dur="{whole:g}s" repeatCount="indefinite"'
                f' calcMode="discrete" keyTimes="{times}" values="{";".join(there)}"/>'
            )
            yield from parts
            yield "</g>"


async def draw_recording() -> str:
    """Return the recording as an SVG document."""
    parts = animated(await screens(), [step.seconds for step in STEPS])
    return document(parts, COLUMNS, LINES + 1, PALETTES[PALETTE].background or "", TITLE)


if __name__ == "__main__":
    (HERE / f"{NAME}.svg").write_text(asyncio.run(draw_recording()), "utf-8")
