"""The README's pictures, drawn by the program itself from the samples.

    python docs/pictures/draw.py

writes them anew; tests/project/test_pictures.py says when that is due.
"""

import asyncio
from pathlib import Path
from typing import Final, NamedTuple

from textual.pilot import Pilot

from tcptui.app import TcptuiApp
from tcptui.drawing.svg import picture
from tcptui.engine.engine import Engine
from tcptui.screens.preferences import Preferences
from tcptui.session import Session, State
from tcptui.theme import PALETTES, Look
from tcptui.widgets.inks import painted

HERE: Final = Path(__file__).parent
SAMPLES: Final = HERE.parents[1] / "samples"

STILL_SECONDS: Final = 0.15
STILL_LOOKS: Final = 4
"""A picture is taken when it has not changed for so many looks, so long apart."""


class Scene(NamedTuple):
    """A picture: a sample, keys to press, and the terminal's size."""

    name: str
    title: str
    sample: str
    keys: str
    columns: int
    lines: int
    palette: str = "dark"


SCENES: Final = (
    Scene("triage", "Flows, states and ladder of a lossy download", "web-loss", "3", 150, 44),
    Scene("ladder", "A ladder to scale: arrows slanted by time", "web-loss", "3 T z", 110, 34),
)


async def draw(scene: Scene) -> str:
    """The scene as an SVG document."""
    file = SAMPLES / f"{scene.sample}.pcapng"
    session = Session([str(file)], Engine())
    session.start()
    while session.state is State.LOADING:
        await asyncio.sleep(0.01)
    app = TcptuiApp(session, Look(scene.palette), [file.name], Preferences())
    async with app.run_test(size=(scene.columns, scene.lines)) as pilot:
        await still(pilot)
        for key in scene.keys.split():
            await pilot.press(key)
            await still(pilot)
        found = look(pilot, scene)
    session.stop()
    return found


async def still(pilot: Pilot[None]) -> None:
    """Wait until the screen no longer changes."""
    before, same = "", 0
    while same < STILL_LOOKS:
        await pilot.pause(STILL_SECONDS)
        now = str(pilot.app.screen._compositor.render_strips())
        before, same = now, same + 1 if now == before else 0


def look(pilot: Pilot[None], scene: Scene) -> str:
    palette = PALETTES[scene.palette]
    strips = pilot.app.screen._compositor.render_strips()
    lines = [painted(strip, palette) for strip in strips]
    return picture(lines, scene.columns, palette.background or "", scene.title)


def main() -> None:
    for scene in SCENES:
        (HERE / f"{scene.name}.svg").write_text(asyncio.run(draw(scene)), "utf-8")


if __name__ == "__main__":
    main()
