"""All panes show the flow under the cursor, and none where there is none."""

from pathlib import Path
from threading import Event

import pytest

from tcptui import session
from tcptui.app import TcptuiApp
from tcptui.capture.options import CaptureOptions
from tcptui.captures import Captures
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.screens.preferences import Preferences
from tcptui.session import Session, SessionState
from tcptui.theme import Look
from tests.screens.opened import (
    LOSSY,
    growing,
    opened,
    press,
    press_key,
    screen_of,
    screen_text,
    settled,
)

TWO_FLOWS = Path(__file__).parents[2] / "samples" / "both-ends-client.pcapng"


async def test_a_filter_that_leaves_nothing_leaves_nothing_in_any_pane() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "j")
        flow = screen.panes.flows.current
        screen.flow_order.use_filter("tcp.port == 9")
        await settled(pilot)
        text = screen_text(pilot)
        assert text.count("no flow matches the filter; Esc shows all again") == 3
        assert (screen.panes.state.moment, screen.panes.ladder.strands) == (None, [])
        await press(pilot, "escape")
        assert screen.panes.flows.filtered == ""
        assert screen.panes.ladder.flow is screen.panes.flows.current is flow


async def test_the_filter_bar_leaves_the_why_line_alone() -> None:
    async with opened(LOSSY) as pilot:
        why = screen_of(pilot).panes.why
        for pane, title in (("flows", "Why ─ Flow 2 (4.0)"), ("ladder", "Why")):
            screen_of(pilot).action_show(pane)
            await press(pilot, "slash")
            assert why.title_text.partition(",")[0] == title
            await press(pilot, "escape")


async def test_escape_leaves_the_bar_then_the_zoom_then_the_ladder_then_the_filter() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        screen.flow_order.use_filter("tcp")
        await settled(pilot)
        await press(pilot, "3 z slash")
        stages = []
        for _ in range(4):
            await press(pilot, "escape")
            bar, flows = screen.panes.filter_bar, screen.panes.flows
            stages.append(
                (bar.is_open, screen.pane_layout.zoomed, screen.focused_pane, flows.filtered)
            )
        assert stages == [
            (False, True, "ladder", "tcp"),
            (False, False, "ladder", "tcp"),
            (False, False, "flows", "tcp"),
            (False, False, "flows", ""),
        ]


async def test_the_panes_follow_where_the_list_came_to_another_flow_by_itself() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        screen.panes.flows.cursor = 2
        screen.panes.session.revision += 1
        screen.poll()
        await settled(pilot)
        assert screen.panes.ladder.flow is screen.panes.flows.current


async def test_while_more_comes_in_the_panes_show_the_latest_until_one_scrubs(
    tmp_path: Path,
) -> None:
    async with growing(tmp_path) as pilot:
        screen = screen_of(pilot)
        await press_key(pilot, "j")
        screen.follower.follow_now()
        ladder = screen.panes.ladder
        assert (ladder.following, ladder.cursor) == (True, ladder.count - 1)
        assert screen.panes.state.moment is not None
        assert screen.panes.state.moment.row == ladder.packet_row
        await press_key(pilot, "3")
        await press_key(pilot, "k")
        assert not ladder.following


async def test_an_order_that_is_out_of_date_says_so_while_keys_come() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press_key(pilot, "j")
        screen.flow_order.last_sort -= 10
        screen.flow_order.renew_order(changed=True)
        assert "changed since, R sorts again" in screen_text(pilot)
        await press(pilot, "R")
        assert "changed since" not in screen_text(pilot)


async def test_flows_are_in_order_again_when_the_rest_has_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All flows have begun in the first half, and no event tells of what the second half holds; the
    causes are counted before the order is looked at."""
    rest = Event()
    monkeypatch.setattr(session, "FIRST_SLICE", 80)
    monkeypatch.setattr(session, "LEAST_SLICE", 80)
    monkeypatch.setattr(Session, "_wait", lambda one: one.engine.frames and rest.wait())
    captures = Captures(CaptureOptions(), WIRESHARK_4_0)
    found = captures.open_files([str(TWO_FLOWS)])
    found.session.start()
    app = TcptuiApp(captures, found, Look(), Preferences())
    async with app.run_test(size=(120, 40)) as pilot:
        monkeypatch.setattr(type(screen_of(pilot).head_line), "is_counted", True)
        flows = screen_of(pilot).panes.flows
        while len(flows.order) < 2 or screen_of(pilot).flow_order.is_sorting:
            await pilot.pause(0.01)
        before = list(flows.order)
        rest.set()
        while found.session.state is SessionState.LOADING:
            await pilot.pause(0.01)
        await settled(pilot)
        after = list(flows.order)
    captures.stop()
    async with opened(TWO_FLOWS) as pilot:
        assert after == list(screen_of(pilot).panes.flows.order) != before
