"""Frames and flows are gone to by their numbers."""

import pytest
from textual import events

from tcptui.screens.page import links_of
from tcptui.screens.triage_jump import Target, target
from tests.screens.opened import LOSSY, opened, press, screen_of, settled


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
        ("#", "#412 goes to frame 412, #f412 to flow 412"),
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
