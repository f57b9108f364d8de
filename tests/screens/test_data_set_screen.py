"""The screen over the data set of a sweep."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerError

from tcptui.browse_app import BrowseApp
from tcptui.capture.errors import CaptureError
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.data_set.capture_places import roots_of
from tcptui.data_set.shown_flows import ShownFlows
from tcptui.data_set.swept import SweptCapture, read_manifest
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.screens.ask import AskScreen
from tcptui.screens.data_set import DataSetScreen
from tcptui.screens.data_set_groups import SweptGroupsScreen
from tcptui.screens.page import PageScreen
from tcptui.screens.preferences import Preferences
from tcptui.screens.swept_capture import SweptCaptureScreen
from tcptui.theme import Look
from tests.cli.running import run
from tests.data_set.written import SAMPLES, parquet_files, write_data_set  # may skip
from tests.fleet.test_runs import cut
from tests.screens.golden import check_screens
from tests.screens.opened import handled, press_key, screen_text

HOSTS = {"zero-window": "web1", "openings": "web1", "web-loss": "web2", "closings": "web2"}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four samples, of two hosts."""
    folder = tmp_path_factory.mktemp("fleet")
    for name, host in HOSTS.items():
        (folder / "caps" / host).mkdir(parents=True, exist_ok=True)
        shutil.copy2(SAMPLES / f"{name}.pcapng", folder / "caps" / host)
    return write_data_set(folder / "out", folder / "caps")


def moved(out: Path, copy: Path, to: str) -> Path:
    """A copy of the data set as if its captures had been somewhere else when they were swept."""
    shutil.copytree(out, copy)
    here, manifest = str(out.parent / "caps"), copy / "manifest.json"
    manifest.write_text(manifest.read_text().replace(here, to))
    for path in parquet_files(copy):
        table = parquet.ParquetFile(path).read()
        all_names = [
            [one.replace(here, to) for one in row] for row in table["captures"].to_pylist()
        ]
        names = [one.replace(here, to) for one in table["capture"].to_pylist()]
        for column, values in (("captures", all_names), ("capture", names)):
            place = table.column_names.index(column)
            table = table.set_column(place, column, pa.array(values))
        parquet.write_table(table, path)
    return copy


class Fetched:
    """Notes what is fetched, and gives a sample for it."""

    def __init__(self, error: CaptureError | None = None) -> None:
        self.names: list[str] = []
        self.error = error

    def fetch(self, capture: SweptCapture) -> str:
        self.names.append(capture.name)
        if self.error is not None:
            raise self.error
        return str(SAMPLES / "zero-window.pcapng")


@asynccontextmanager
async def browsed(
    out: Path,
    *,
    size: tuple[int, int] = (120, 40),
    look: Look | None = None,
    root: str = "",
    fetched: Fetched | None = None,
) -> AsyncIterator[Pilot[None]]:
    """The screen over a data set that has been read."""
    swept = read_manifest(out)
    captures = Captures(CaptureOptions(), WIRESHARK_4_6)
    fetch = (fetched or Fetched()).fetch
    roots = roots_of(root, swept.sources)
    app = BrowseApp(swept, roots, fetch, captures, look or Look(), Preferences(utc=True))
    async with app.run_test(size=size) as pilot:
        await at_rest(pilot)
        yield pilot
    captures.stop()


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until all that a key led to is shown."""
    app = pilot.app
    while True:
        await handled(pilot)
        working = [worker for worker in app.workers if not worker.is_finished]
        for worker in working:
            with suppress(WorkerError):
                await worker.wait()
        if not working and is_settled(app.screen):
            break
        await asyncio.sleep(0.01)
    await handled(pilot)


def is_settled(screen: Screen[object]) -> bool:
    """Whether a capture, if one is shown, is read, with the cursor where it is to be."""
    if not isinstance(screen, SweptCaptureScreen):
        return True
    if screen.follower.rest is not None:
        screen.follower.follow_now()
    return screen.wanted is None and screen.is_settled


async def press(pilot: Pilot[None], keys: str) -> None:
    """Press keys, each once what the one before it led to is shown."""
    for key in keys.split():
        await press_key(pilot, key)
        await at_rest(pilot)


async def enter_filter(pilot: Pilot[None], text: str) -> None:
    await press(pilot, "slash")
    data_set_of(pilot).filter_bar.input.value = text
    await press(pilot, "enter")


def data_set_of(pilot: Pilot[None]) -> DataSetScreen:
    app = pilot.app
    assert isinstance(app, BrowseApp)
    return app.data_set


def opened_names(pilot: Pilot[None]) -> list[str]:
    app = pilot.app
    assert isinstance(app, BrowseApp)
    assert app.opened is not None
    return list(app.opened.names)


def is_data_set_shown(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, DataSetScreen)


def is_asking(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, AskScreen)


def shown_of(pilot: Pilot[None]) -> ShownFlows:
    shown = data_set_of(pilot).shown
    assert shown is not None
    return shown


def hosts_shown(pilot: Pilot[None]) -> set[str]:
    shown = shown_of(pilot)
    return {shown.listed(place).host for place in range(shown.count)}


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=lambda size: f"{size[0]}")
async def test_screen(size: tuple[int, int], ascii_only: bool, out: Path, tmp_path: Path) -> None:
    """The flows, the groups by day, and the flows of one of them."""
    pages = []
    swept = moved(out, tmp_path / "out", "/captures")
    async with browsed(swept, size=size, look=Look(ascii=ascii_only)) as pilot:
        for keys in ("", "b 2", "enter"):
            await press(pilot, keys)
            pages.append(screen_text(pilot))
    check_screens("data-set", size, ascii_only, pages)


async def test_keys_move_through_the_list(out: Path) -> None:
    async with browsed(out, size=(80, 20)) as pilot:
        rows, cursors = data_set_of(pilot).list, []
        for key in ("j", "j", "k", "pagedown", "G", "pageup", "g"):
            await press(pilot, key)
            cursors.append(rows.cursor)
        page, last = rows.page - 1, rows.count - 1
        assert cursors == [1, 2, 1, 1 + page, last, last - page, 0]


async def test_sorting_and_its_reverse(out: Path) -> None:
    async with browsed(out) as pilot:
        await press(pilot, "s 3")
        assert (shown_of(pilot).sort, shown_of(pilot).listed(0).host) == ("host", "web1")
        await press(pilot, "S")
        assert shown_of(pilot).listed(0).host == "web2"


async def test_a_filter_is_checked_while_it_is_typed(out: Path) -> None:
    async with browsed(out) as pilot:
        bar = data_set_of(pilot).filter_bar
        await press(pilot, "/ t c p . p o r t = = 8 0")
        assert "tcp.port is not in the data set" in bar.complaint
        await press(pilot, "enter")
        assert bar.is_open
        await press(pilot, "escape")
        assert bar.has_class("-open") is False


async def test_escape_takes_the_filter_away(out: Path) -> None:
    async with browsed(out) as pilot:
        await enter_filter(pilot, "host == web2")
        assert hosts_shown(pilot) == {"web2"}
        await enter_filter(pilot, "nothing of the kind")
        assert "no flow matches the filter; Esc shows all again" in screen_text(pilot)
        await press(pilot, "enter escape")
        assert hosts_shown(pilot) == {"web1", "web2"}


async def test_the_cursor_stays_on_its_flow_where_the_filter_keeps_it(out: Path) -> None:
    async with browsed(out) as pilot:
        rows = data_set_of(pilot).list
        await press(pilot, "j j j")
        row = rows.current
        await enter_filter(pilot, "flow.verdict == trouble")
        assert rows.current == row
        await enter_filter(pilot, "nothing of the kind")
        assert "no flow with a known day is shown" in screen_text(pilot)
        await press(pilot, "escape")
        assert rows.current == row


async def test_a_group_is_within_the_filter_and_escape_leads_back(out: Path) -> None:
    async with browsed(out) as pilot:
        await enter_filter(pilot, "flow.verdict == trouble")
        troubled = shown_of(pilot).count
        await press(pilot, "b 1")
        assert isinstance(pilot.app.screen, SweptGroupsScreen)
        await press(pilot, "enter")
        assert len(hosts_shown(pilot)) == 1
        assert 0 < shown_of(pilot).count < troubled
        await press(pilot, "escape")
        assert shown_of(pilot).count == troubled
        await press(pilot, "escape")
        assert shown_of(pilot).count > troubled


async def test_enter_opens_the_capture_at_the_flow_and_escape_or_q_lead_back(out: Path) -> None:
    async with browsed(out) as pilot:
        screen = data_set_of(pilot)
        for place, back in (
            (0, "escape"),
            (5, "q"),
            (shown_of(pilot).count - 1, "3 escape escape"),
        ):
            screen.list.move_to(place)
            wanted = shown_of(pilot).listed(place)
            await press(pilot, "enter")
            capture = pilot.app.screen
            assert isinstance(capture, SweptCaptureScreen)
            flow = capture.panes.flows.current
            assert flow is not None
            assert (flow.index, flow.first_time) == (wanted.number, wanted.first)
            assert opened_names(pilot) == [os.path.realpath(wanted.capture.name)]
            await press(pilot, back)
            assert is_data_set_shown(pilot)
            assert screen.list.cursor == place


async def test_all_captures_over_which_a_flow_runs_are_opened_as_one(tmp_path: Path) -> None:
    whole = tmp_path / "whole.pcap"
    assert run("report", "-r", str(SAMPLES / "web-loss.pcapng"), "-w", str(whole)).code == 0
    parts = cut(whole, tmp_path / "caps", 100)
    out = write_data_set(tmp_path / "out", tmp_path / "caps", together=True)
    async with browsed(out) as pilot:
        await enter_filter(pilot, "flow.index == 2")
        await press(pilot, "enter")
        assert opened_names(pilot) == [str(part) for part in parts[1:]]
        capture = pilot.app.screen
        assert isinstance(capture, SweptCaptureScreen)
        assert capture.panes.flows.current is not None
        assert capture.panes.flows.current.client.port == shown_of(pilot).listed(0).client[1]


async def test_what_is_outside_of_the_root_is_opened_after_a_yes(out: Path, tmp_path: Path) -> None:
    async with browsed(out, root=str(tmp_path)) as pilot:
        await press(pilot, "enter")
        assert is_asking(pilot)
        assert os.path.realpath(shown_of(pilot).listed(0).capture.name) in screen_text(pilot)
        await press(pilot, "n")
        assert is_data_set_shown(pilot)
        await press(pilot, "enter y")
        assert isinstance(pilot.app.screen, SweptCaptureScreen)


@pytest.fixture
def elsewhere(out: Path, tmp_path: Path) -> Path:
    """The data set as if it had been swept from a bucket."""
    return moved(out, tmp_path / "out", "s3://bucket/caps")


async def test_what_is_elsewhere_is_fetched_after_a_yes(elsewhere: Path) -> None:
    fetched = Fetched()
    async with browsed(elsewhere, fetched=fetched) as pilot:
        await press(pilot, "enter")
        assert "s3://bucket/caps/" in screen_text(pilot)
        await press(pilot, "escape")
        assert fetched.names == []
        await press(pilot, "enter y")
        assert isinstance(pilot.app.screen, SweptCaptureScreen)
        assert [name.startswith("s3://bucket/caps/") for name in fetched.names] == [True]


async def test_what_cannot_be_fetched_costs_a_line(elsewhere: Path) -> None:
    refusal = CaptureError("no \x1b[2J such bucket", "s3://bucket", "check it")
    async with browsed(elsewhere, fetched=Fetched(refusal)) as pilot:
        await press(pilot, "enter y")
        assert is_data_set_shown(pilot)
        assert "s3://bucket: no ␛[2J such bucket; check it" in screen_text(pilot)


@pytest.fixture
def copied(out: Path, tmp_path: Path) -> Path:
    """A copy of the data set and its captures, to be changed."""
    shutil.copytree(out.parent / "caps", tmp_path / "caps")
    return write_data_set(tmp_path / "out", tmp_path / "caps")


async def test_a_capture_that_has_changed_or_is_gone_costs_a_line(copied: Path) -> None:
    async with browsed(copied) as pilot:
        screen = data_set_of(pilot)
        path = Path(shown_of(pilot).listed(0).capture.name)
        path.write_bytes(path.read_bytes() + b"more")
        await press(pilot, "enter")
        assert "it has changed since it was swept" in screen.why.notice
        path.unlink()
        await press(pilot, "enter")
        assert "no such file" in screen.why.notice
        assert is_data_set_shown(pilot)


async def test_what_was_left_out_is_told(copied: Path) -> None:
    first = parquet_files(copied)[0]
    first.write_bytes(first.read_bytes()[:-10])
    async with browsed(copied) as pilot:
        assert data_set_of(pilot).why.notice == "some files were left out; o says which"
        await press(pilot, "o")
        assert isinstance(pilot.app.screen, PageScreen)
        assert first.name in "".join(screen_text(pilot).split())


EVIL = "web\x1b]0;owned\x07\u202e[bold]"


async def test_nothing_of_a_data_set_reaches_the_terminal_as_it_is(
    tmp_path: Path,
) -> None:
    host = tmp_path / "caps" / EVIL
    host.mkdir(parents=True)
    shutil.copy2(SAMPLES / "openings.pcapng", host / f"{EVIL}.pcapng")
    out = write_data_set(tmp_path / "out", tmp_path / "caps")
    for path in parquet_files(out):
        table = parquet.ParquetFile(path).read()
        for name in ("client_address", "server_address", "sentence"):
            place = table.column_names.index(name)
            table = table.set_column(place, name, pa.array([EVIL] * table.num_rows))
        parquet.write_table(table, path)
    async with browsed(out, size=(200, 50)) as pilot:
        for keys in ("", "b 1", "enter", "b 4", "escape"):
            await press(pilot, keys)
            text = screen_text(pilot)
            assert "owned" in text
            assert text.replace("\n", "").isprintable()


async def test_a_group_that_no_filter_can_ask_for_costs_a_line(copied: Path) -> None:
    for path in parquet_files(copied):
        table = parquet.ParquetFile(path).read()
        place = table.column_names.index("server_address")
        address = pa.array(["x" * 5000] * table.num_rows)
        parquet.write_table(table.set_column(place, "server_address", address), path)
    async with browsed(copied) as pilot:
        await press(pilot, "b 4 enter")
        assert is_data_set_shown(pilot)
        assert data_set_of(pilot).why.notice == "4,096 characters at most"


async def test_help_says_what_the_list_shows_and_q_ends(out: Path) -> None:
    async with browsed(out) as pilot:
        await press(pilot, "question_mark")
        text = screen_text(pilot)
        assert "Each line is a TCP connection of one of the captures that were swept" in text
        await press(pilot, "escape q")
        assert pilot.app._exit
