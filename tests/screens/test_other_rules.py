"""The palette changes the rules: the same files are analysed again, and the cursor stays."""

import gzip
import re
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import OptionList

from tcptui.app import TcptuiApp
from tcptui.capture.live.live_capture import CaptureState
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures, OtherRulesRefused
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.screens.palette import Commands
from tcptui.screens.triage import TriageScreen
from tcptui.text.durations import clock
from tcptui.widgets.filter_bar import FilterBar
from tests.filters.samples import frames_of, write_capture
from tests.screens.opened import opened, press, press_key, screen_of, screen_text, settled
from tests.screens.test_live import pretend

TRIED_AGAIN = """
flow A 10.0.0.1:40000 B 10.0.0.2:80
flow C 10.0.0.3:40000 D 10.0.0.2:80
 1    0 A S  100   0  64000   0
 2  +10 B RA   0 101      0   0
 3  +10 A S  100   0  64000   0
 4  +10 B RA   0 101      0   0
 5  +10 C S  300   0  64000   0
 6  +10 D SA 500 301  64000   0
 7  +10 C A  301 501  64000   0
 8  +10 C PA 301 501  64000   "GET /"
 9 +900 C PA 301 501  64000   "GET /"
10 +900 C PA 301 501  64000   "GET /"
"""
"""A SYN with the same number behind a reset: for Wireshark 4.0 it belongs to flow 0, and since 4.4
it begins flow 1. What comes later is flow 1 or flow 2."""


@pytest.fixture
def tried_again(tmp_path: Path) -> Path:
    return write_capture(tmp_path / "again.pcap", frames_of(TRIED_AGAIN))


async def analyse_by(pilot: Pilot[None], release: str) -> TriageScreen:
    """Choose a release in the palette."""
    name = f"rules: analyse as Wireshark {release} does"
    done = dict(Commands(screen_of(pilot)).commands())[name]()
    assert done is not None
    await done
    await settled(pilot)
    assert isinstance(pilot.app, TcptuiApp)
    assert pilot.app.opened is not None
    assert pilot.app.opened.engine.rules.name == release
    return screen_of(pilot)


def cursor(screen: TriageScreen) -> tuple[int, int]:
    """The flow in the list and the frame in the ladder."""
    flow, row = screen.panes.flows.current, screen.panes.ladder.packet_row
    assert flow is not None
    assert row is not None
    return flow.index, screen.panes.engine.packets.frame(row)


async def go_to(pilot: Pilot[None], frame: int) -> None:
    """Put the cursor on a frame in the ladder of its flow."""
    panes = screen_of(pilot).panes
    row = panes.engine.packets.row_of(frame)
    at = panes.flows.row_of(panes.engine.packets.flow(row))
    assert at is not None
    panes.flows.move_to(at)
    await settled(pilot)
    panes.ladder.go_to_packet(row)
    await settled(pilot)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_flow_segment_and_pane_stay(tried_again: Path, size: tuple[int, int]) -> None:
    async with opened(tried_again, size=size) as pilot:
        await go_to(pilot, 10)
        await press(pilot, "3 z")
        assert cursor(screen_of(pilot)) == (1, 10)
        screen = await analyse_by(pilot, "4.6")
        assert cursor(screen) == (2, 10)
        assert (screen.focused_pane, screen.pane_layout.zoomed) == ("ladder", True)
        assert cursor(await analyse_by(pilot, "4.0")) == (1, 10)


async def test_a_segment_whose_flow_is_split(tried_again: Path) -> None:
    async with opened(tried_again) as pilot:
        await go_to(pilot, 4)
        assert cursor(screen_of(pilot)) == (0, 4)
        assert cursor(await analyse_by(pilot, "4.4")) == (1, 4)


async def test_filter_and_order_stay(tried_again: Path) -> None:
    async with opened(tried_again) as pilot:
        shown = screen_of(pilot)
        shown.flow_order.sort_column_chosen("number")
        await settled(pilot)
        shown.flow_order.use_filter("tcp.analysis.retransmission || tcp.flags.reset == 1")
        await settled(pilot)
        await go_to(pilot, 9)
        before = shown.panes.flows
        screen = await analyse_by(pilot, "4.6")
        flows = screen.panes.flows
        assert (flows.sort, flows.descending) == (before.sort, before.descending)
        assert flows.filtered == before.filtered
        assert list(flows.order) == [0, 1, 2]
        assert cursor(screen) == (2, 9)


@pytest.mark.parametrize("text", ["tcp.stream == 1", "#1"])
async def test_a_filter_by_number_goes(tried_again: Path, text: str) -> None:
    async with opened(tried_again) as pilot:
        screen_of(pilot).flow_order.use_filter(text)
        await settled(pilot)
        screen = await analyse_by(pilot, "4.6")
        assert screen.panes.flows.filtered == ""
        assert text in screen.panes.why.notice
        assert cursor(screen)[0] == 2


async def test_a_filter_by_the_time_of_day_stays(tried_again: Path) -> None:
    async with opened(tried_again) as pilot:
        screen = screen_of(pilot)
        panes = screen.panes
        when = f"#{clock(panes.engine.first_time, panes.preferences.utc)[11:19]}"
        screen.post_message(FilterBar.Entered(when))
        await settled(pilot)
        assert panes.flows.filtered == when
        listed = list(panes.flows.order)
        screen = await analyse_by(pilot, "4.6")
        assert screen.panes.flows.filtered == when
        assert len(screen.panes.flows.order) >= len(listed) > 0


async def test_a_filter_with_a_field_of_a_newer_release_goes(tried_again: Path) -> None:
    async with opened(tried_again, size=(160, 40)) as pilot:
        screen = await analyse_by(pilot, "4.6")
        assert screen.flow_order.use_filter("tcp.stream.pnum == 4")
        await settled(pilot)
        assert screen.panes.flows.count == 1
        screen = await analyse_by(pilot, "4.4")
        assert screen.panes.flows.filtered == "tcp.stream.pnum == 4"
        screen = await analyse_by(pilot, "4.0")
        assert (screen.panes.flows.filtered, screen.panes.flows.count) == ("", 2)
        assert screen.panes.why.notice == (
            "tcp.stream.pnum: Wireshark 4.0 has no such field; 4.4 is the first that has it "
            "(--rules 4.4): no filter tcp.stream.pnum == 4"
        )


async def test_a_compressed_file_is_analysed_again(tried_again: Path) -> None:
    packed = tried_again.with_suffix(".pcap.gz")
    packed.write_bytes(gzip.compress(tried_again.read_bytes()))
    async with opened(packed) as pilot:
        await go_to(pilot, 10)
        assert cursor(await analyse_by(pilot, "4.6")) == (2, 10)


async def choose(pilot: Pilot[None], release: str) -> None:
    """Choose a release in the palette, by its keys."""
    await press(pilot, "ctrl+p")
    for key in f"rules {release}":
        await press_key(pilot, "full_stop" if key == "." else "space" if key == " " else key)
    palette = pilot.app.screen
    assert isinstance(palette, CommandPalette)
    found = palette.query_one(OptionList)
    while not (found.option_count and release in str(found.get_option_at_index(0).prompt)):
        await pilot.pause(0.01)
    await press(pilot, "enter")


async def test_a_live_rolling_capture_is_not_analysed_again(tried_again: Path) -> None:
    async with opened(tried_again, size=(160, 40), notifications=True) as pilot:
        screen = screen_of(pilot)
        await go_to(pilot, 10)
        app = pilot.app
        assert isinstance(app, TcptuiApp)
        found = app.opened
        assert found is not None
        found.live = live = pretend(screen)
        await choose(pilot, "4.6")
        while "read once" not in screen_text(pilot):
            await pilot.pause(0.01)
        text = " ".join(re.findall(r"(?m)▌ (other .*?|read once.*?)(?:  |$)", screen_text(pilot)))
        assert text == (
            "other rules need all packets again, and a live capture is "
            "read once, as it comes: start with --rules 4.6"
        )
        assert app.opened is found
        assert screen_of(pilot) is screen
        assert cursor(screen) == (1, 10)
        assert (found.engine.rules.name, app.captures.rules.name) == ("4.0", "4.0")
        assert live.state is CaptureState.RUNNING


async def test_a_growing_file_is_not_analysed_again(tried_again: Path) -> None:
    captures = Captures(CaptureOptions(), WIRESHARK_4_0, follow=True)
    found = captures.open_files([str(tried_again)])
    try:
        with pytest.raises(OtherRulesRefused, match="what is still coming is read once"):
            captures.open_by_rules(found, WIRESHARK_4_6)
        assert captures.rules is WIRESHARK_4_0
    finally:
        found.session.source.close()
