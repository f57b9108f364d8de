"""A capture opened on the screen, for tests."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from textual import events
from textual.binding import Binding
from textual.pilot import Pilot
from textual.worker import WorkerError

from tcptui.app import TcptuiApp
from tcptui.base_app import BaseApp
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.rules import Rules
from tcptui.panes.flows.widget import FlowList
from tcptui.panes.graph.widget import GraphPane
from tcptui.panes.ladder.widget import Ladder
from tcptui.panes.lifelines.widget import Lifelines
from tcptui.screens.ask import AskScreen
from tcptui.screens.between import BetweenScreen
from tcptui.screens.choice import ChoiceScreen, ColumnsScreen
from tcptui.screens.chooser import ChooserScreen
from tcptui.screens.copy_menu import CopyScreen
from tcptui.screens.groups import GroupsScreen
from tcptui.screens.overview import OverviewScreen
from tcptui.screens.page import PageScreen
from tcptui.screens.preferences import Preferences
from tcptui.screens.saving import SaveScreen
from tcptui.screens.side import SideScreen
from tcptui.screens.stream import StreamScreen
from tcptui.screens.triage import TriageScreen
from tcptui.session import SessionState
from tcptui.theme import Look
from tcptui.widgets.filter_bar import FilterBar
from tcptui.widgets.rows import RowList

OWNERS = (
    TcptuiApp, TriageScreen, SideScreen, StreamScreen, ChoiceScreen, ChooserScreen,
    ColumnsScreen, CopyScreen, OverviewScreen, PageScreen, SaveScreen, RowList, FlowList, Ladder,
    FilterBar, BetweenScreen, Lifelines, GraphPane, GroupsScreen, AskScreen,
)  # fmt: skip
"""Everything of the program that has keys."""

SAMPLES = Path(__file__).parents[2] / "samples"
LOSSY = SAMPLES / "web-loss.pcapng"

CHARACTERS = {
    "slash": "/",
    "space": " ",
    "full_stop": ".",
    "equals_sign": "=",
    "number_sign": "#",
    "greater_than_sign": ">",
    "less_than_sign": "<",
}
"""What keys with a name type."""
NAMES = {character: name for name, character in CHARACTERS.items()}


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
    notifications: bool = False,
    rules: Rules = WIRESHARK_4_0,
) -> AsyncIterator[Pilot[None]]:
    """The screen over captures that are loaded and in order."""
    captures = Captures(CaptureOptions(), rules)
    found = captures.open_files([str(file) for file in files])
    session = found.session
    session.start()
    while session.state is SessionState.LOADING:
        await asyncio.sleep(0.01)
    app = TcptuiApp(captures, found, look or Look(), preferences or Preferences())
    async with app.run_test(size=size, notifications=notifications) as pilot:
        await settled(pilot)
        yield pilot
    captures.stop()


@asynccontextmanager
async def growing(folder: Path) -> AsyncIterator[Pilot[None]]:
    """The screen over a file that is still being written, as far as it has come."""
    file = folder / "growing.pcapng"
    file.write_bytes(LOSSY.read_bytes())
    captures = Captures(CaptureOptions(), WIRESHARK_4_0, follow=True)
    found = captures.open_files([str(file)])
    app = TcptuiApp(captures, found, Look(), Preferences())
    found.session.start()
    async with app.run_test(size=(120, 40)) as pilot:
        while found.session.state is not SessionState.FOLLOWING:
            await asyncio.sleep(0.01)
        await settled(pilot)
        yield pilot
    captures.stop()


async def press(pilot: Pilot[None], keys: str) -> None:
    """Press keys, and wait after each until all that it leads to is shown."""
    for key in keys.split():
        await press_key(pilot, key)
        await settled(pilot)


async def press_key(pilot: Pilot[None], key: str) -> None:
    """Press a key, and wait until it has been handled. ``Pilot.press`` waits for an idle processor
    instead, which may be long in coming where other tests run."""
    character = key if len(key) == 1 else CHARACTERS.get(key)
    name = NAMES.get(key, key)
    pilot.app.post_message(events.Key(name, character))
    await handled(pilot)


async def handled(pilot: Pilot[None]) -> None:
    """Wait until no message is left anywhere, and what was to be painted is painted; or until the
    program ends."""
    quiet = 0
    while quiet < 2:
        while not idle(pilot):
            await asyncio.sleep(0.002)
        await pilot._wait_for_screen()
        if pilot.app._exit or pilot.app._exception is not None:
            return
        screen = pilot.app.screen
        screen._on_timer_update()
        pumps = [pilot.app, *screen.walk_children(with_self=True)]
        quiet = quiet + 1 if not any(pump.message_queue_size for pump in pumps) else 0


def idle(pilot: Pilot[None]) -> bool:
    """Whether no key waits for the one before it."""
    app = pilot.app
    return not isinstance(app, BaseApp) or app._exit or app.key_turns.is_idle


async def settled(pilot: Pilot[None]) -> None:
    """Wait until all that is known is shown: the list is in order, the panes have followed the
    cursor, and no screen has work beside it."""
    screen = screen_of(pilot)
    while True:
        await handled(pilot)
        if screen.follower.rest is not None:
            screen.follower.follow_now()
        working = [worker for worker in pilot.app.workers if not worker.is_finished]
        for worker in working:
            with suppress(WorkerError):
                await worker.wait()
        if not working and screen.is_settled:
            break
        if not working:
            await asyncio.sleep(0.01)
    await handled(pilot)


async def steady_text(pilot: Pilot[None]) -> str:
    """What the terminal shows once the screen has settled, without colours."""
    await settled(pilot)
    return screen_text(pilot)


def screen_text(pilot: Pilot[None]) -> str:
    """What the terminal would show, without colours."""
    strips: Sequence[object] = pilot.app.screen._compositor.render_strips()
    return "\n".join(str(getattr(strip, "text", "")).rstrip() for strip in strips) + "\n"
