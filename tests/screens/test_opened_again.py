"""A capture that is opened again shows its list at once, and the same list once it is read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tcptui.app import TcptuiApp
from tcptui.cache_folder import kept_files
from tcptui.capture import file_identity
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.engine.wireshark.rules import Rules
from tcptui.panes.flows import remembered
from tcptui.screens import triage_filter, triage_remembered
from tcptui.screens.preferences import Preferences
from tcptui.session import SessionState
from tcptui.theme import Look
from tests.screens.opened import press_key, screen_of, settled

SAMPLES = Path(__file__).parents[2] / "samples"
CAPTURES = sorted(SAMPLES.glob("*.pcapng"))
LOSSY = SAMPLES / "web-loss.pcapng"
AGAIN = "as it was, being read again"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that takes small captures, and those that have just been written."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(triage_remembered, "LEAST_BYTES", 0)
    monkeypatch.setattr(file_identity, "SETTLED", -3_600_000_000_000)


@asynccontextmanager
async def waiting(
    file: Path,
    *,
    rules: Rules = WIRESHARK_4_0,
    preferences: Preferences | None = None,
    version: str = "1",
) -> AsyncIterator[Pilot[None]]:
    """The screen over a capture of which nothing has been read yet."""
    captures = Captures(CaptureOptions(), rules, version=version)
    found = captures.open_files([str(file)])
    app = TcptuiApp(captures, found, Look(), preferences or Preferences())
    found.session.pause()
    found.session.start()
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.pause()
        yield pilot
    captures.stop()


def lines(pilot: Pilot[None]) -> list[str]:
    """The flow list, without its title."""
    shown = screen_of(pilot).panes.flows
    rows = shown.rows(shown.size.width, shown.size.height)[1:]
    return ["".join(run.text for run in row.line) for row in rows]


def title(pilot: Pilot[None]) -> str:
    shown = screen_of(pilot).panes.flows
    return "".join(run.text for run in shown.head(shown.size.width)[0].line)


async def read(pilot: Pilot[None]) -> list[str]:
    """The list once all is read and kept."""
    screen = screen_of(pilot)
    session = screen.panes.session
    session.resume()
    while session.state is SessionState.LOADING or not screen.flow_order.is_current:
        await asyncio.sleep(0.01)
    while not screen.remembered.is_kept:
        await asyncio.sleep(0.01)
    await settled(pilot)
    await pilot.app.workers.wait_for_complete()
    return lines(pilot)


async def open_once(file: Path) -> list[str]:
    async with waiting(file) as pilot:
        assert AGAIN not in title(pilot)
        return await read(pilot)


@pytest.mark.parametrize("file", CAPTURES, ids=lambda file: file.stem)
async def test_the_list_is_the_same(file: Path) -> None:
    first = await open_once(file)
    async with waiting(file) as pilot:
        shown = screen_of(pilot).panes
        assert not shown.engine.frames
        assert AGAIN in title(pilot)
        assert lines(pilot) == first
        assert await read(pilot) == first
        assert AGAIN not in title(pilot)
    assert sorted(kept.name[-5:] for kept in kept_files()) == [".list", "flows"]


CHANGES = {
    "other rules": {"rules": WIRESHARK_4_6},
    "another version": {"version": "2"},
    "--no-cache": {"version": ""},
    "cache = false": {"preferences": Preferences(cache=False)},
    "other columns": {"preferences": Preferences(columns=["number", "client"])},
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_differs_is_not_shown(change: str) -> None:
    await open_once(LOSSY)
    async with waiting(LOSSY, **CHANGES[change]) as pilot:  # type: ignore[arg-type]
        assert not screen_of(pilot).panes.flows.count


async def test_keys_before_anything_is_read() -> None:
    first = await open_once(LOSSY)
    async with waiting(LOSSY) as pilot:
        for key in ("G", "m", "e", "n", "down", "k", "v", "w", "y", "escape", "end"):
            await press_key(pilot, key)
        assert not screen_of(pilot).panes.flows.marked
        await press_key(pilot, "escape")
        await press_key(pilot, "g")
        assert len(await read(pilot)) == len(first)


async def test_a_filter_asks_what_is_read() -> None:
    await open_once(LOSSY)
    async with waiting(LOSSY) as pilot:
        screen_of(pilot).flow_order.use_filter("tcp.analysis.retransmission")
        await pilot.app.workers.wait_for_complete()
        assert screen_of(pilot).panes.flows.remembered is None
        await read(pilot)
        assert screen_of(pilot).panes.flows.count


async def test_the_cursor_stays_on_its_flow() -> None:
    await open_once(LOSSY)
    async with waiting(LOSSY) as pilot:
        flows = screen_of(pilot).panes.flows
        flows.move_to(flows.count - 1)
        wanted = flows.flow_at(flows.cursor)
        await read(pilot)
        assert flows.current is not None
        assert flows.current.index == wanted


async def test_flows_beyond_the_kept_lines_have_their_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remembered, "MOST_ROWS", 0)
    first = await open_once(LOSSY)
    async with waiting(LOSSY) as pilot:
        assert "is being read again" in lines(pilot)[1]
        assert await read(pilot) == first


async def test_groups_add_up_what_is_read() -> None:
    first = await open_once(LOSSY)
    async with waiting(LOSSY) as pilot:
        screen = screen_of(pilot)
        screen.groups.show()
        while screen.panes.flows.remembered is not None:
            await asyncio.sleep(0.01)
        assert screen.panes.flows.count == 0
        await press_key(pilot, "escape")
        assert await read(pilot) == first


async def test_a_filter_that_was_asked_for_is_not_answered_from_the_list() -> None:
    await open_once(LOSSY)
    captures = Captures(CaptureOptions(), WIRESHARK_4_0, version="1")
    found = captures.open_files([str(LOSSY)])
    asked = triage_filter.asked("tcp.port == 1", WIRESHARK_4_0.name)
    app = TcptuiApp(captures, found, Look(), Preferences(), asked)
    async with app.run_test(size=(160, 40)) as pilot:
        assert screen_of(pilot).panes.flows.remembered is None
    captures.stop()
