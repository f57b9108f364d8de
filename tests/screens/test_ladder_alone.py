"""A flow of a capture that is opened again has its ladder before it is read again, and the same one
after."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tcptui.cache_folder import kept_files, opened_folder
from tcptui.capture import file_identity
from tcptui.panes.ladder.widget import Ladder
from tcptui.screens import triage_remembered
from tcptui.screens.ladder_alone import LadderAloneScreen
from tcptui.session import SessionState
from tests.screens.opened import press_key, screen_of, settled
from tests.screens.test_opened_again import LOSSY, open_once, read, waiting

BULK = LOSSY.with_name("fast-retransmission.pcapng")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that takes small captures, and those that have just been written."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(triage_remembered, "LEAST_BYTES", 0)
    monkeypatch.setattr(file_identity, "SETTLED", -3_600_000_000_000)


def alone(pilot: Pilot[None]) -> LadderAloneScreen:
    found = pilot.app.screen
    assert isinstance(found, LadderAloneScreen)
    return found


def lines(ladder: Ladder) -> list[str]:
    """All rows of a ladder, with what the title says of the flow."""
    rows = [ladder.strand_rows.line(index, ladder.layout_columns) for index in range(ladder.count)]
    head = ladder.head(ladder.size.width)[0].line
    return ["".join(run.text for run in line) for line in (head, *rows)]


async def show_last(pilot: Pilot[None]) -> LadderAloneScreen:
    """The ladder of the list's last flow."""
    flows = screen_of(pilot).panes.flows
    flows.move_to(flows.count - 1)
    await press_key(pilot, "enter")
    return alone(pilot)


async def read_again(pilot: Pilot[None]) -> None:
    """Read all, and wait until the flow is shown by the screen below."""
    screen = screen_of(pilot)
    screen.panes.session.resume()
    while pilot.app.screen is not screen or screen.panes.session.state is SessionState.LOADING:
        await asyncio.sleep(0.01)
    await settled(pilot)


async def test_the_real_one_takes_its_place() -> None:
    await open_once(LOSSY)
    async with waiting(LOSSY) as pilot:
        shown = await show_last(pilot)
        assert not screen_of(pilot).panes.engine.frames
        for key in ("t", "r", "T", "T", "G", "up", "up", "m"):
            await press_key(pilot, key)
        before, cursor, top = lines(shown.ladder), shown.ladder.cursor, shown.ladder.top
        number = shown.flow.index
        shown.show_why()
        why = shown.why.text
        await read_again(pilot)
        panes = screen_of(pilot).panes
        assert panes.flows.current is panes.engine.flows[number]
        assert panes.ladder.has_focus
        assert lines(panes.ladder) == before
        assert (panes.ladder.cursor, panes.ladder.top) == (cursor, top)
        assert panes.why.text == why


async def test_runs_that_were_opened_stay_open() -> None:
    await open_once(BULK)
    async with waiting(BULK) as pilot:
        shown = await show_last(pilot)
        folded = shown.ladder.count
        runs = [item for item, span in enumerate(shown.ladder.strands[0].fold.span) if span > 1]
        shown.ladder.move_to(runs[0])
        await press_key(pilot, "enter")
        assert shown.ladder.count > folded
        before, cursor = lines(shown.ladder), shown.ladder.cursor
        await read_again(pilot)
        ladder = screen_of(pilot).panes.ladder
        assert lines(ladder) == before
        assert ladder.cursor == cursor


async def test_keys() -> None:
    await open_once(LOSSY)
    async with waiting(LOSSY) as pilot:
        shown = await show_last(pilot)
        for key in ("home", "n", "]", "[", "N", "enter", "escape"):
            await press_key(pilot, key)
        assert pilot.app.screen_stack[2:] == [shown]
        await press_key(pilot, "escape")
        assert not pilot.app.screen_stack[2:]
        assert screen_of(pilot).panes.flows.has_focus
        await read(pilot)


async def enter_is_waited_for(pilot: Pilot[None]) -> bool:
    """Whether Enter on the first flow shows none yet."""
    await press_key(pilot, "enter")
    return not pilot.app.screen_stack[2:] and not screen_of(pilot).panes.ladder.strands


def forget_flows() -> None:
    with opened_folder() as inside:
        os.unlink(of_flows(), dir_fd=inside)


def damage_flows() -> None:
    with opened_folder() as inside:
        fd = os.open(of_flows(), os.O_WRONLY, dir_fd=inside)
        os.pwrite(fd, b"x", 100)
        os.close(fd)


def open_to_others() -> None:
    with opened_folder() as inside:
        os.chmod(of_flows(), 0o644, dir_fd=inside)


def of_flows() -> str:
    return next(kept.name for kept in kept_files() if kept.name.endswith(".flows"))


@pytest.mark.parametrize("spoil", [forget_flows, damage_flows, open_to_others])
async def test_without_what_was_kept_the_flow_is_waited_for(spoil: Callable[[], None]) -> None:
    await open_once(LOSSY)
    spoil()
    async with waiting(LOSSY) as pilot:
        assert await enter_is_waited_for(pilot)


async def test_a_flow_of_a_file_that_changes_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "loss.pcapng"
    file.write_bytes(LOSSY.read_bytes())
    await open_once(file)
    async with waiting(file) as pilot:
        file.write_bytes(file.read_bytes()[::-1])
        assert await enter_is_waited_for(pilot)
