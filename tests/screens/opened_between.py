"""Captures of several points opened on the screen, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from tcptui.between_app import BetweenApp
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.screens.between import BetweenScreen
from tcptui.screens.between_points import PointSession, PointSessions
from tcptui.screens.preferences import Preferences
from tcptui.theme import Look
from tests.screens.opened import SAMPLES, handled, press_key

ENDS = {end: SAMPLES / f"both-ends-{end}.pcapng" for end in ("client", "server")}


@asynccontextmanager
async def between(
    files: dict[str, Path],
    size: tuple[int, int] = (120, 40),
    look: Look | None = None,
    preferences: Preferences | None = None,
) -> AsyncIterator[Pilot[None]]:
    """The screen over points that are read and compared."""
    points = points_of(files)
    points.start()
    app = BetweenApp(points, look or Look(), preferences or Preferences())
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot
    points.stop()


def points_of(files: dict[str, Path]) -> PointSessions:
    """Points that nothing is read of yet."""
    rules = RULE_SETS["4.6"]
    return PointSessions([PointSession(n, [str(f)], rules, None) for n, f in files.items()])


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing is worked on beside the screen."""
    await handled(pilot)
    while working := [worker for worker in pilot.app.workers if not worker.is_finished]:
        for worker in working:
            await worker.wait()
    await screen_of(pilot).follow_flow()
    await handled(pilot)


async def press(pilot: Pilot[None], keys: str) -> None:
    for key in keys.split():
        await press_key(pilot, key)
        await settled(pilot)


def screen_of(pilot: Pilot[None]) -> BetweenScreen:
    found = pilot.app.screen_stack[1]
    assert isinstance(found, BetweenScreen)
    return found
