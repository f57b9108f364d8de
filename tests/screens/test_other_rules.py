"""The palette changes the rules: the same files are analysed again, and the cursor stays."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tcptui.app import TcptuiApp
from tcptui.screens.palette import Commands
from tcptui.screens.triage import TriageScreen
from tests.filters.samples import frames_of, write_capture
from tests.screens.opened import opened, press, screen_of, settled

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
        assert (screen.focused_pane, screen.zoomed) == ("ladder", True)
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
