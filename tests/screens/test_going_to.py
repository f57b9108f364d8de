"""Frames and flows are gone to by their numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from textual import events

from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.screens.page import links_of
from tcptui.screens.preferences import Preferences
from tcptui.screens.triage_jump import Target, target
from tcptui.screens.triage_time_of_day import TimeOfDay, day_time, time_of_day
from tcptui.widgets.filter_bar import Complaint
from tests.screens.opened import LOSSY, opened, press, screen_of, screen_text, settled


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#412", Target(412, is_flow=False)),
        (" #1,234 ", Target(1234, is_flow=False)),
        ("#f412", Target(412, is_flow=True)),
        ("#F0", Target(0, is_flow=True)),
        ("#flow 7", Target(7, is_flow=True)),
        ("412", None),
        ("#", None),
        ("#f", None),
        ("#4 12", None),
        ("#12 10.0.0.1", None),
    ],
)
def test_what_is_asked_for(text: str, found: Target | None) -> None:
    assert target(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#", "#412 goes to a frame, #f412 to a flow, #10:42:07 to what went wrong then"),
        ("#20", "Enter goes to frame 20"),
        ("#f2", "Enter goes to flow 2"),
        ("#99999", "there are"),
        ("#f99", "numbered from #f0"),
    ],
)
async def test_the_bar_says_where_a_number_leads(text: str, said: str) -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        screen.action_filter(text)
        await settled(pilot)
        shown = screen.panes.filter_bar.query_one("#complaint")
        assert said in f"{shown.text}{shown.note}"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("text", "offers"), [("#f", False), ("//ip", False), ("ip", True)])
async def test_only_a_filter_is_completed(text: str, offers: bool) -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        screen.action_filter(text)
        await settled(pilot)
        assert bool(screen.panes.filter_bar.query_one(Complaint).offers) is offers
        await press(pilot, "tab")
        assert (screen.panes.filter_bar.input.value != text) is offers


async def test_a_frame_is_shown_in_its_flow_though_a_filter_hid_it() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        panes = screen.panes
        packets = panes.engine.packets
        row = packets.count - 3
        other = next(f.index for f in panes.engine.flows if f.index != packets.flow(row))
        screen.flow_order.use_filter(f"flow.index == {other}")
        await settled(pilot)
        screen.go_to_frame(packets.frame(row))
        await settled(pilot)
        assert panes.flows.filtered == ""
        assert panes.flows.current is not None
        assert panes.flows.current.index == packets.flow(row)
        assert panes.ladder.packet_row is not None
        assert panes.ladder.has_focus


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#10:42:07", TimeOfDay(10, 42, 7)),
        (" # 9:05 ", TimeOfDay(9, 5, None)),
        ("#24:00", None),
        ("#10:60:00", None),
        ("10:42:07", None),
    ],
)
def test_a_time_of_day_is_asked_for(text: str, found: TimeOfDay | None) -> None:
    assert time_of_day(text) == found


async def test_what_went_wrong_in_a_minute_is_shown() -> None:
    async with opened(LOSSY, preferences=Preferences(utc=True)) as pilot:
        screen = screen_of(pilot)
        engine = screen.panes.engine
        began = day_time(engine.first_time, utc=True)
        await press(pilot, "number_sign")
        screen.panes.filter_bar.input.value = f"#{began:%H:%M}"
        await settled(pilot)
        assert f"at {began:%H:%M}" in screen_text(pilot)
        await press(pilot, "enter")
        assert screen.panes.flows.filtered == f"#{began:%H:%M}"
        shown = [screen.panes.flows.flow_at(row) for row in range(screen.panes.flows.count)]
        assert sorted(shown) == [flow.index for flow in engine.flows if flow.bits]
        later = began + timedelta(hours=1)
        screen.action_filter(f"#{later:%H:%M}")
        await settled(pilot)
        assert f"the capture goes from {began:%H:%M:%S} to" in screen_text(pilot)


def test_a_time_of_day_before_the_start_is_of_the_next_day() -> None:
    engine = Engine(WIRESHARK_4_0)
    engine.first_time = int(datetime(2026, 5, 1, 23, 50, 30, 5, UTC).timestamp()) * 10**9
    engine.last_time = engine.first_time + 3600 * 10**9
    night = int(datetime(2026, 5, 2, 0, 10, tzinfo=UTC).timestamp())
    assert TimeOfDay(0, 10, None).span(engine, utc=True) == (night, night + 60)
    assert TimeOfDay(0, 10, None).refusal(engine, utc=True) == ""
    assert TimeOfDay(23, 50, None).span(engine, utc=True)[1] == night - 19 * 60
    assert (
        TimeOfDay(23, 50, 29).refusal(engine, utc=True)
        == "the capture goes from 23:50:30 to 00:50:30"
    )


async def test_the_palette_takes_a_number() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "colon")
        for key in "#f2":
            pilot.app.post_message(events.Key({"#": "number_sign"}.get(key, key), key))
        await press(pilot, "enter")
        await settled(pilot)
        flow = screen_of(pilot).panes.flows.current
        assert flow is not None
        assert flow.index == 2


def test_frames_on_a_page_are_links() -> None:
    found = links_of(["lost, first sent in #17", "  none", "#1,234 and #5"])
    assert [(link.line, link.frame) for link in found] == [(0, 17), (2, 1234), (2, 5)]
