"""Who gets the room of a screen: what explains, where the list needs less; a list, where a menu has
too little for all of it."""

import pytest

from tcptui.screens.triage_panes import PANES
from tests.screens.opened import LOSSY, opened, press, screen_of, screen_text, settled, steady_text

SMALL = ((60, 15), (40, 12), (30, 8))
BIG = ((80, 24), (100, 30), (120, 40), (160, 48), (200, 50))


@pytest.mark.parametrize("size", BIG, ids=str)
async def test_why_is_whole_beside_a_short_list(size: tuple[int, int]) -> None:
    async with opened(LOSSY, size=size) as pilot:
        shown = await steady_text(pilot)
        assert "e more (" not in shown
        assert "Captured 1 µs from" in shown


async def test_a_filter_that_leaves_few_flows_makes_room() -> None:
    async with opened(LOSSY, size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        heights = []
        for text in ("", "flow.index == 1"):
            assert screen.flow_order.use_filter(text)
            await settled(pilot)
            heights.append(screen.panes.why.size.height)
        assert heights[1] == heights[0] + 2


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
@pytest.mark.parametrize("size", SMALL, ids=str)
async def test_a_pane_keeps_lines_of_its_own(size: tuple[int, int], key: str) -> None:
    async with opened(LOSSY, size=size) as pilot:
        await press(pilot, key)
        screen = screen_of(pilot)
        pane = screen.panes.widgets[PANES[int(key) - 1].name]
        assert pane.size.height >= 3
        assert screen.panes.why.size.height >= 2


@pytest.mark.parametrize("keys", ["o", "s", "y", "y 1", "c", "w"])
@pytest.mark.parametrize("size", SMALL, ids=str)
async def test_a_menu_shows_its_options_first(size: tuple[int, int], keys: str) -> None:
    async with opened(LOSSY, size=size) as pilot:
        await press(pilot, keys)
        shown = screen_text(pilot)
        assert "▌" in shown
        options = pilot.app.screen.query_one("#choices")
        assert options.size.height >= 4


async def test_n_goes_from_the_list_to_the_first_problem_and_says_when_there_is_no_more() -> None:
    async with opened(LOSSY, size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        ladder, why = screen.panes.ladder, screen.panes.why
        await press(pilot, "n")
        assert ladder.has_focus
        assert ladder.is_on_first_problem
        await press(pilot, "1 G n")
        assert screen.panes.flows.has_focus
        assert why.notice == "no more problems"
        await press(pilot, "k")
        assert why.notice == ""


async def test_an_answer_too_long_for_the_title_stands_below_it() -> None:
    async with opened(LOSSY, size=(60, 15)) as pilot:
        await press(pilot, "slash slash slash h t t p enter")
        shown = " ".join(screen_text(pilot).split())
        assert "http in 6 segments of 3 flows: #4, #6, #24, #26, #154, …; > goes on" in shown
