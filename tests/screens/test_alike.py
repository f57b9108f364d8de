"""From what is under the cursor to what is like it."""

import pytest

from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS, DUPLICATE_ACK
from tcptui.panes.ladder.model.fold import DUPLICATE_RUN
from tcptui.screens.triage_value import values
from tcptui.widgets.filter_bar import Complaint
from tests.screens.opened import LOSSY, opened, press, screen_of, settled

RETRANSMISSION = next(f.bit for f in ANALYSIS_FLAGS if f.name == "retransmission")


async def test_the_next_segment_with_the_same_flag() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        ladder, packets = screen.panes.ladder, screen.panes.engine.packets
        await press(pilot, "3")
        fold = ladder.fold
        assert fold is not None
        rows = [fold.row_at(p) for p in range(fold.folded)]
        holes = [
            row for row in rows if packets.analysis(row) == packets.analysis(rows[ladder.place])
        ]
        seen = [ladder.packet_row]
        for _ in holes[1:]:
            await press(pilot, "greater_than_sign")
            seen.append(ladder.packet_row)
        assert seen == holes
        await press(pilot, "greater_than_sign")
        assert "no more" in screen.panes.why.notice
        await press(pilot, "less_than_sign")
        assert ladder.packet_row == holes[-2]


async def test_a_folded_run_of_duplicate_acks_has_their_flag() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        ladder, packets = screen.panes.ladder, screen.panes.engine.packets
        await press(pilot, "3")
        while ladder.kind != DUPLICATE_RUN:
            await press(pilot, "down")
        await press(pilot, "greater_than_sign")
        assert "has no flag" not in screen.panes.why.notice
        row = ladder.packet_row
        assert row is not None
        assert ladder.kind == DUPLICATE_RUN or packets.analysis(row) & DUPLICATE_ACK


async def test_the_next_flow_with_the_same_trouble() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        flows = screen.panes.flows
        assert flows.current is not None
        kind = screen.search.kind_of(flows.current)
        alike = [
            row
            for row in range(flows.count)
            if screen.search.kind_of(flows.flows[flows.flow_at(row)]) == kind
        ]
        for row in alike[1:]:
            await press(pilot, "greater_than_sign")
            assert flows.cursor == row
        await press(pilot, "greater_than_sign")
        assert "no more flows" in screen.panes.why.notice


async def test_a_text_is_searched_in_the_ladder_and_its_frames_are_named() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "3 slash")
        assert screen.panes.filter_bar.input.value == "/"
        screen.panes.filter_bar.input.value = "/http/1"
        await press(pilot, "enter")
        packets = screen.panes.engine.packets
        found = screen.panes.found
        assert found is not None
        assert list(found.rows) == [2]
        frames = [packets.frame(row) for row in found.rows[2]]
        assert len(frames) == 2  # the request, and the answer's first segment
        assert f"#{frames[0]}, #{frames[1]}; > goes on" in screen.panes.why.notice
        assert packets.frame(screen.panes.ladder.packet_row or 0) == frames[0]
        await press(pilot, "greater_than_sign")
        assert packets.frame(screen.panes.ladder.packet_row or 0) == frames[1]
        assert not screen.panes.flows.filtered


async def test_a_letter_alone_finds_the_segments_with_a_flag() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        packets = screen.panes.engine.packets
        await press(pilot, "3 slash R enter")
        found = screen.panes.found
        assert found is not None
        flagged = [row for row in range(packets.count) if packets.analysis(row) & RETRANSMISSION]
        assert found.rows[2] == [row for row in flagged if packets.flow(row) == 2]
        await press(pilot, "greater_than_sign greater_than_sign")
        assert screen.panes.ladder.packet_row == found.rows[2][2]


@pytest.mark.parametrize("keys", ["slash slash h t t p slash 1", "3 slash slash h t t p slash 1"])
async def test_a_text_is_searched_in_all_flows(keys: str) -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        panes = screen.panes
        await press(pilot, keys)
        assert not screen.panes.filter_bar.query_one(Complaint).offers
        await press(pilot, "enter")
        assert panes.flows.filtered == "//http/1"
        assert "http/1 in 6 segments of 3 flows: #4, " in panes.why.notice
        frames = []
        for _ in range(6):
            await press(pilot, "greater_than_sign")
            frames.append(panes.engine.packets.frame(panes.ladder.packet_row or 0))
        assert len(set(frames)) == 6
        assert {f"#{frame}" for frame in frames} >= {"#4"}
        await press(pilot, "greater_than_sign")
        assert "no more segments" in panes.why.notice
        await press(pilot, "1 escape")
        assert not panes.flows.filtered
        assert panes.found is None


@pytest.mark.parametrize("row", [None, 200])
async def test_every_filter_that_is_offered_leaves_its_flow(row: int | None) -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        panes = screen.panes
        flow = (
            panes.flows.current
            if row is None
            else panes.engine.flows[panes.engine.packets.flow(row)]
        )
        assert flow is not None
        for choice in values(panes.engine, flow, row, panes.judge):
            assert screen.flow_order.use_filter(choice.id)
            await settled(pilot)
            assert panes.flows.row_of(flow.index) is not None, choice
