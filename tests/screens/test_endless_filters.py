"""A filter that takes long leaves the keys alive, and can be stopped."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tcptui.filters.search import Channel, Searcher
from tcptui.screens.choice import ChoiceScreen
from tcptui.screens.saving import SaveScreen
from tcptui.screens.triage_filter import asked
from tests.filters.samples import BOMB, BOMB_TEXT, frames_of, write_capture
from tests.screens.opened import opened, press_key, screen_of, settled


@pytest.fixture
def bomb(tmp_path: Path) -> Path:
    return write_capture(tmp_path / "bomb.pcap", frames_of(BOMB_TEXT))


async def use(pilot: Pilot[None], text: str) -> None:
    """Type a filter and use it."""
    await pilot.press("slash")
    screen_of(pilot).panes.filter_bar.input.value = text
    await pilot.press("enter")


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    while not condition():
        await pilot.pause(0.01)


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
@pytest.mark.parametrize("before", ["", "tcp.port == 80"])
async def test_keys_are_answered_meanwhile_and_one_stops_it(
    before: str, key: str, bomb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Searcher, "seconds_per_block", 3600)
    async with opened(bomb) as pilot:
        screen = screen_of(pilot)
        await use(pilot, before)
        await settled(pilot)
        await use(pilot, BOMB)
        await until(pilot, lambda: "Esc stops" in screen.panes.flows.progress)
        await pilot.press("3")
        assert screen.panes.ladder.has_focus
        await pilot.press("z")
        assert screen.pane_layout.zoomed
        await pilot.press(key)
        await settled(pilot)
        assert screen.pane_layout.zoomed
        assert screen.panes.why.notice == "the filter was not applied: it was stopped"
        assert screen.panes.flows.filtered == before
        assert screen.panes.flows.count == 1
        assert not screen.panes.flows.progress
        assert screen.flow_order.applying is None


async def test_the_end_of_the_budget_is_said(bomb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Searcher, "seconds_per_block", 0.05)
    async with opened(bomb) as pilot:
        screen = screen_of(pilot)
        await use(pilot, f"tcp.len > 0 and not {BOMB}")
        await until(pilot, lambda: "not applied" in screen.panes.why.notice)
        await settled(pilot)
        assert f"not applied: frame 3: {BOMB} was given up" in screen.panes.why.notice
        assert screen.panes.flows.filtered == ""
        assert screen.panes.flows.count == 1


async def test_the_program_can_be_left_meanwhile(
    bomb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Searcher, "seconds_per_block", 3600)
    async with opened(bomb) as pilot:
        await use(pilot, BOMB)
        await until(pilot, lambda: screen_of(pilot).flow_order.applying is not None)
        await pilot.press("q")
    assert not pilot.app.is_running


@pytest.mark.parametrize("key", ["y", "w"])
async def test_leaving_the_copy_or_save_menu_stops_what_looks_for_its_packets(
    key: str, bomb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Searcher, "seconds_per_block", 3600)
    channels: list[Channel] = []
    ask = Channel.ask

    def noted(channel: Channel, seconds: float, pattern: bytes, text: bytes) -> bool:
        channels.append(channel)
        return ask(channel, seconds, pattern, text)

    monkeypatch.setattr(Channel, "ask", noted)
    async with opened(bomb) as pilot:
        screen_of(pilot).panes.asked = asked(BOMB, "4.0")
        await press_key(pilot, key)
        menu = pilot.app.screen
        assert isinstance(menu, ChoiceScreen)
        menu.dismiss(next(o.id for o in menu.options if o.name == "filter result"))
        await pilot.pause()
        if isinstance(pilot.app.screen, SaveScreen):
            pilot.app.screen.query_one(Input).value = str(tmp_path / "found.pcapng")
            await pilot.press("enter")
        await until(pilot, lambda: bool(channels))
        await pilot.press("escape")
        await until(pilot, lambda: channels[0].process.poll() is not None)
        assert pilot.app.screen is screen_of(pilot)
        assert len(channels) == 1
    assert not (tmp_path / "found.pcapng").exists()
