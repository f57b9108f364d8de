"""Choosing what to look at: interfaces with their traffic, files, a filter checked as typed."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tcptui.app import TcptuiApp
from tcptui.capture.errors import CaptureError
from tcptui.capture.live.interfaces import LOOPBACK, UP, NetworkInterface, Traffic
from tcptui.capture.live.live_capture import LiveCapture
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures, OpenedSession
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.screens import sources
from tcptui.screens.chooser import ChooserScreen
from tcptui.screens.preferences import Preferences
from tcptui.screens.triage import TriageScreen
from tcptui.theme import Look
from tests.screens.opened import LOSSY, handled, opened, press_key, screen_text

INTERFACES = [NetworkInterface("lo", "", UP | LOOPBACK), NetworkInterface("eth0", "the wire", UP)]


class Pretended(Captures):
    """Opens a sample in place of any interface, and notes what was asked."""

    def __init__(self) -> None:
        super().__init__(CaptureOptions(), WIRESHARK_4_0)
        self.asked: list[tuple[Sequence[str], str]] = []
        self.again_with: list[str] = []

    def capture(self, names: Sequence[str], expression: str) -> OpenedSession:
        if "lo" in names:
            raise CaptureError("you may not capture", "lo", "ask root")
        self.asked.append((names, expression))
        return self.open_files([str(LOSSY)])

    def capture_again(self, live: LiveCapture, expression: str) -> OpenedSession:
        self.again_with.append(expression)
        return self.open_files([str(LOSSY)])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with one capture and two interfaces, 50 packets a second on the second."""
    counted = iter(range(0, 1_000_000, 50))
    shutil.copy(LOSSY, tmp_path / "lossy.pcapng")
    (tmp_path / "notes.txt").write_text("not a capture")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tcptui.screens.chooser.interfaces", lambda: INTERFACES)
    monkeypatch.setattr(
        "tcptui.screens.chooser.traffic", lambda: {"eth0": Traffic(0, next(counted))}
    )


@asynccontextmanager
async def choosing() -> AsyncIterator[tuple[Pilot[None], Pretended]]:
    """The program as it begins without a capture."""
    captures = Pretended()
    app = TcptuiApp(captures, None, Look(), Preferences())
    async with app.run_test(size=(100, 30)) as pilot:
        await handled(pilot)
        yield pilot, captures
    captures.stop()


def shows(pilot: Pilot[None], kind: type) -> bool:
    return isinstance(pilot.app.screen, kind)


async def test_lists_interfaces_and_captures() -> None:
    async with choosing() as (pilot, _):
        text = screen_text(pilot)
        assert all(word in text for word in ("lo", "eth0", "the wire", "lossy.pcapng"))
        assert "notes.txt" not in text


async def test_counts_what_passes() -> None:
    async with choosing() as (pilot, _):
        screen = pilot.app.screen
        assert isinstance(screen, ChooserScreen)
        screen.count_traffic()
        assert screen.passing["eth0"].packets > 0


async def test_escape_leaves_the_program() -> None:
    async with choosing() as (pilot, _):
        await press_key(pilot, "escape")
        assert pilot.app._exit


async def test_enter_opens_a_file() -> None:
    async with choosing() as (pilot, captures):
        for key in ("end", "enter"):
            await press_key(pilot, key)
        await pilot.app.workers.wait_for_complete()
        await handled(pilot)
        assert shows(pilot, TriageScreen)
        assert captures.opened[0].names == ["lossy.pcapng"]


async def test_captures_with_a_filter_that_was_checked() -> None:
    async with choosing() as (pilot, captures):
        for key in ("down", "b", *"tcp nonsense"):
            await press_key(pilot, key)
        assert "^" in screen_text(pilot)
        for key in ("escape", "enter"):
            await press_key(pilot, key)
        assert shows(pilot, ChooserScreen)
        for key in ("b", *["backspace"] * 9, "enter"):
            await press_key(pilot, key)
        assert "libpcap accepts it" in screen_text(pilot)
        await press_key(pilot, "enter")
        await pilot.app.workers.wait_for_complete()
        await handled(pilot)
        assert captures.asked == [(["eth0"], "tcp")]
        assert shows(pilot, TriageScreen)


async def test_a_refused_capture_is_explained_and_the_list_stays() -> None:
    async with choosing() as (pilot, _):
        for key in ("space", "up", "enter"):
            await press_key(pilot, key)
        await pilot.app.workers.wait_for_complete()
        await handled(pilot)
        assert "lo: you may not capture; ask root" in screen_text(pilot)
        assert shows(pilot, ChooserScreen)


async def test_what_was_marked_is_captured_wherever_the_cursor_went() -> None:
    async with choosing() as (pilot, captures):
        for key in ("down", "space", "up"):
            await press_key(pilot, key)
        assert "1 marked" in screen_text(pilot)
        await press_key(pilot, "enter")
        await pilot.app.workers.wait_for_complete()
        await handled(pilot)
        assert captures.asked == [(["eth0"], "")]


async def test_another_file_takes_the_place_of_the_one_that_is_shown() -> None:
    async with opened(LOSSY) as pilot:
        before = pilot.app.screen
        for key in ("i", "end", "enter"):
            await press_key(pilot, key)
        await pilot.app.workers.wait_for_complete()
        await handled(pilot)
        assert shows(pilot, TriageScreen)
        assert pilot.app.screen is not before


async def test_the_same_interface_goes_on_with_another_filter() -> None:
    captures = Pretended()
    first = captures.open_files([str(LOSSY)])
    app = TcptuiApp(captures, first, Look(), Preferences())
    async with app.run_test(size=(100, 30)) as pilot:
        first.live = LiveCapture(LiveOptions(["eth0"], "tcp"))
        for key in ("i", "b", *" port 80", "enter", "enter"):
            await press_key(pilot, key)
        await pilot.app.workers.wait_for_complete()
        await handled(pilot)
        assert captures.again_with == ["tcp port 80"]
        assert shows(pilot, TriageScreen)
        first.live = None
    captures.stop()


@pytest.mark.parametrize(("packets", "cells"), [(0, 0), (5, 1), (5_000, 5), (10**9, 8)])
def test_bar_grows_with_the_digits(packets: int, cells: int) -> None:
    assert len(sources.bar(packets)) == cells
