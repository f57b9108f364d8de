"""A capture opened on the screen, for tests."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from textual.binding import Binding
from textual.pilot import Pilot

from tcptui.app import TcptuiApp
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.panes.flows.widget import FlowList
from tcptui.panes.ladder.widget import Ladder
from tcptui.screens.choice import ChoiceScreen, ColumnsScreen
from tcptui.screens.chooser import ChooserScreen
from tcptui.screens.copy_menu import CopyScreen
from tcptui.screens.overview import OverviewScreen
from tcptui.screens.preferences import Preferences
from tcptui.screens.saving import SaveScreen
from tcptui.screens.side import SideScreen
from tcptui.screens.stream import StreamScreen
from tcptui.screens.triage import TriageScreen
from tcptui.session import SessionState
from tcptui.theme import Look
from tcptui.widgets.filter_bar import FilterBar
from tcptui.widgets.rows import Rows

OWNERS = (
    TcptuiApp, TriageScreen, SideScreen, StreamScreen, ChoiceScreen, ChooserScreen,
    ColumnsScreen, CopyScreen, OverviewScreen, SaveScreen, Rows, FlowList, Ladder, FilterBar,
)  # fmt: skip
"""Everything of the program that has keys."""

SAMPLES = Path(__file__).parents[2] / "samples"
LOSSY = SAMPLES / "web-loss.pcapng"


def owned_bindings() -> list[Binding]:
    """All bindings of the program."""
    return [b for owner in OWNERS for b in owner.BINDINGS if isinstance(b, Binding)]


def screen_of(pilot: Pilot[None]) -> TriageScreen:
    """The triage screen, whatever stands over it."""
    found = pilot.app.screen_stack[1]
    assert isinstance(found, TriageScreen)
    return found


@asynccontextmanager
async def opened(
    *files: Path,
    size: tuple[int, int] = (120, 40),
    look: Look | None = None,
    preferences: Preferences | None = None,
) -> AsyncIterator[Pilot[None]]:
    """The screen over captures that are loaded and in order."""
    captures = Captures(CaptureOptions())
    found = captures.files([str(file) for file in files])
    session = found.session
    session.start()
    while session.state is SessionState.LOADING:
        await asyncio.sleep(0.01)
    app = TcptuiApp(captures, found, look or Look(), preferences or Preferences())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await settled(pilot)
        yield pilot
    captures.stop()


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the list is in order and the panes have followed the cursor."""
    screen = screen_of(pilot)
    while screen.arranging.sorting or screen.desk.flows.sorted_until < len(
        screen.desk.engine.flows
    ):
        await pilot.pause(0.01)
    screen.following.now()
    while not screen.desk.ladder.complete or screen.heading.found.flows < len(
        screen.desk.engine.flows
    ):
        await pilot.pause(0.01)
    await pilot.pause()


async def steady_text(pilot: Pilot[None]) -> str:
    """What the terminal would show once nothing changes any more, however busy the machine."""
    text = screen_text(pilot)
    same = 0
    while same < 3:
        await pilot.pause(0.06)
        before, text = text, screen_text(pilot)
        same = same + 1 if text == before else 0
    return text


def screen_text(pilot: Pilot[None]) -> str:
    """What the terminal would show, without colours."""
    strips: Sequence[object] = pilot.app.screen._compositor.render_strips()
    return "\n".join(str(getattr(strip, "text", "")).rstrip() for strip in strips) + "\n"
