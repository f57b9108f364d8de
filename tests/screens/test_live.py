"""The screen on a live capture, whose process is not there."""

from pathlib import Path

from tcptui.capture.live.live_capture import CaptureState, Figures, LiveCapture
from tcptui.capture.live.live_options import LiveOptions
from tcptui.screens.triage import TriageScreen
from tcptui.session import SessionState as SessionState
from tests.screens.opened import (
    LOSSY,
    growing,
    handled,
    opened,
    press_key,
    screen_of,
    screen_text,
    settled,
)


class Pretended(LiveCapture):
    """Runs until it is asked to end, and notes what it was asked."""

    def __init__(self) -> None:
        super().__init__(LiveOptions(["lo"]))
        self.frozen = False
        self.figures = Figures(packets=1406, received=1406)

    def freeze_spool(self, frozen: bool) -> None:
        self.frozen = frozen

    def end(self) -> None:
        self.state = CaptureState.ENDED


def pretend(screen: TriageScreen) -> Pretended:
    """Let the screen believe that what it shows is captured now."""
    live = screen.panes.live = Pretended()
    screen.poll()
    return live


async def test_head_shows_figures_and_what_to_do_about_drops() -> None:
    async with opened(LOSSY, size=(160, 40)) as pilot:
        live = pretend(screen_of(pilot))
        await handled(pilot)
        assert "1,406 captured · 0 dropped · 1,000 not analysed yet" in screen_text(pilot)
        live.figures = Figures(packets=1406, received=1500, dropped=94)
        screen_of(pilot).poll()
        await handled(pilot)
        assert "94 packets dropped by the kernel: a larger buffer (-B)" in screen_text(pilot)


async def test_space_holds_the_view_and_keeps_the_packets() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        live = pretend(screen)
        await press_key(pilot, "space")
        assert (screen.panes.held, live.frozen) == (True, True)
        screen.panes.session.revision += 1
        seen = screen.seen_revision
        screen.poll()
        assert screen.seen_revision == seen
        await press_key(pilot, "space")
        assert (screen.panes.held, live.frozen) == (False, False)
        assert screen.seen_revision == screen.panes.session.revision


async def test_the_held_view_stands_still_under_the_cursor() -> None:
    async with opened(LOSSY) as pilot:
        panes = screen_of(pilot).panes
        pretend(screen_of(pilot))
        await press_key(pilot, "space")
        now = panes.now
        panes.engine.tick(now + 60_000_000_000)
        await press_key(pilot, "j")
        await settled(pilot)
        assert panes.now == now
        assert panes.session.paused
        assert "59 s left" in screen_text(pilot)
        await press_key(pilot, "space")
        assert not panes.session.paused


async def test_ctrl_c_ends_the_reading_of_a_growing_file(tmp_path: Path) -> None:
    async with growing(tmp_path) as pilot:
        await press_key(pilot, "ctrl+c")
        while screen_of(pilot).panes.session.stoppable:
            await pilot.pause(0.01)
        assert "reading stopped" in screen_of(pilot).panes.why.notice
        await press_key(pilot, "ctrl+c")
        assert pilot.app._exit


async def test_ctrl_c_ends_the_capture_then_the_program() -> None:
    async with opened(LOSSY) as pilot:
        live = pretend(screen_of(pilot))
        await press_key(pilot, "ctrl+c")
        assert live.state is CaptureState.ENDED
        assert not pilot.app._exit
        await settled(pilot)
        assert "Ctrl+C again quits" in screen_text(pilot)
        await press_key(pilot, "ctrl+c")
        assert pilot.app._exit
