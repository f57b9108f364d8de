"""The README's pictures, drawn by the program itself from the samples.

    python -m docs.pictures.draw

writes them anew; tests/project/test_pictures.py says when that is due. The one that moves is made
by docs.pictures.recording.
"""

import asyncio
from pathlib import Path
from typing import Final, NamedTuple

from textual.pilot import Pilot

from tcptui.drawing.svg import InkedText, picture
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.theme import PALETTES, Look, Palette
from tcptui.widgets.inks import painted
from tests.screens.opened import SAMPLES, opened, settled, steady_text
from tests.screens.opened_between import ENDS, between, press

HERE: Final = Path(__file__).parent


class Scene(NamedTuple):
    """A picture: a sample, keys to press, and the terminal's size; of two points without one."""

    name: str
    title: str
    sample: str
    keys: str
    columns: int
    lines: int
    palette: str = "dark"


SCENES: Final = (
    Scene("triage", "Flows of a busy hour, worst first; states, ladder and why", "busy-hour",
          "j j j j j j j 3 n", 150, 44),
    Scene("graph", "A flow over time, beside its states and its ladder", "web-loss", "4", 150, 40),
    Scene("between", "Two capture points: where segments vanished", "", "n n", 120, 38),
    Scene("ladder", "A ladder to scale: arrows slanted by time", "web-loss", "3 T z", 110, 34),
)  # fmt: skip


async def draw(scene: Scene) -> str:
    """The scene as an SVG document."""
    size = scene.columns, scene.lines
    if not scene.sample:
        async with between(ENDS, size=size, look=Look(scene.palette)) as pilot:
            await press(pilot, scene.keys)
            return look(pilot, scene)
    file = SAMPLES / f"{scene.sample}.pcapng"
    look_of = Look(scene.palette)
    async with opened(file, size=size, look=look_of, rules=WIRESHARK_4_6) as pilot:
        for key in scene.keys.split():
            await pilot.press(key)
            await settled(pilot)
        await steady_text(pilot)
        return look(pilot, scene)


def look(pilot: Pilot[None], scene: Scene) -> str:
    palette = PALETTES[scene.palette]
    lines = lines_of(pilot, palette)
    return picture(lines, scene.columns, palette.background or "", scene.title)


def lines_of(pilot: Pilot[None], palette: Palette) -> list[list[InkedText]]:
    """Return the screen as lines in a palette's colours."""
    strips = pilot.app.screen._compositor.render_strips()
    return [painted(strip, palette) for strip in strips]


def main() -> None:
    for scene in SCENES:
        (HERE / f"{scene.name}.svg").write_text(asyncio.run(draw(scene)), "utf-8")


if __name__ == "__main__":
    main()
