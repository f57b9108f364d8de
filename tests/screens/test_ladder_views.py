"""The ladder's other views as plain text, alone on the screen, and moving in them.

Write the goldens anew with ``TCPTUI_WRITE_GOLDENS=1 pytest tests/screens/test_ladder_views.py``.
"""

import os
from pathlib import Path

import pytest
from librt.vecs import vec
from mypy_extensions import i32

from tcptui.panes.ladder.model.fold import Fold
from tcptui.panes.ladder.widget import Ladder
from tcptui.theme import Look
from tests.screens.opened import (
    LOSSY,
    opened,
    press,
    press_key,
    screen_of,
    screen_text,
    steady_text,
)

GOLDENS = Path(__file__).with_name("goldens")
SIZES = ((80, 24), (120, 40), (200, 50))
VIEWS = {"scale": "3 T", "woven": "m m M", "woven-scale": "m m M T"}


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
async def test_view(view: str, size: tuple[int, int], ascii_only: bool) -> None:
    async with opened(LOSSY, size=size, look=Look(ascii=ascii_only)) as pilot:
        await press(pilot, VIEWS[view] + " z")
        lines = (await steady_text(pilot)).splitlines(keepends=True)
    first, stop = (
        next(y for y, line in enumerate(lines) if line[2:].startswith(title))
        for title in ("Ladder", "Why")
    )
    text = "".join(lines[first:stop])
    assert not ascii_only or text.isascii()
    form = "ascii" if ascii_only else "unicode"
    golden = GOLDENS / f"ladder-{view}-{size[0]}x{size[1]}-{form}.txt"
    if os.environ.get("TCPTUI_WRITE_GOLDENS"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize("calm", [False, True], ids=["local", "calm"])
@pytest.mark.parametrize("size", [(80, 24), (120, 12)], ids=["80x24", "120x12"])
@pytest.mark.parametrize("view", VIEWS)
async def test_the_cursor_stays_visible(view: str, size: tuple[int, int], calm: bool) -> None:
    async with opened(LOSSY, size=size, look=Look(calm=calm)) as pilot:
        await press(pilot, VIEWS[view] + " z g")
        ladder = screen_of(pilot).panes.ladder
        for key in [*["j"] * 30, *["pagedown"] * 3, "G", *["k"] * 20, "pageup", "n", "N"]:
            await press_key(pilot, key)
            rows = ladder.rows(*ladder.size)
            assert sum(row.line[0].text.startswith("▌") for row in rows[ladder.HEAD :]) == 1


MARKS = "█▓▒░"


@pytest.mark.parametrize("keys", ["3 z", "3 T z", "m j m M z", "m j m M T z"])
@pytest.mark.parametrize("sample", ["closings", "openings"])
async def test_marks_stand_on_the_lines_of_their_problems(sample: str, keys: str) -> None:
    """The ladder is shorter than the pane here, and no run of it is folded."""
    async with opened(LOSSY.with_name(f"{sample}.pcapng"), size=(100, 60)) as pilot:
        await press(pilot, keys)
        ladder = screen_of(pilot).panes.ladder
        rows = ladder.rows(*ladder.size)[ladder.HEAD :]
        marked = {y for y, row in enumerate(rows) if row.line[-1].text in MARKS}
        begun = {index: y for y, index in enumerate(line_owners(ladder))}
        problems = {
            begun[ladder.strand_rows.index_of_ordinal(number, ordinal)]
            for number, strand in enumerate(ladder.strands)
            for ordinal in strand.fold.problems
        }
    assert marked
    assert marked == problems


def line_owners(ladder: Ladder) -> list[int]:
    """The row that begins on each line."""
    return ladder.owners if ladder.to_scale else list(range(ladder.count))


async def test_list_and_ladder_share_the_cursor() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "m m M g")
        panes = screen_of(pilot).panes
        seen = set()
        for key in ["j", "G", "k"]:
            await press(pilot, key)
            assert panes.ladder.flow is panes.flows.current
            assert panes.state.moment is not None
            assert panes.state.moment.row == panes.ladder.packet_row
            seen.add(panes.flows.cursor)
        assert len(seen) == 2


async def test_moving_in_the_list_moves_within_the_ladder_of_several() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "m m M 1 g")
        panes = screen_of(pilot).panes
        shown = [len(panes.ladder.strands)]
        assert panes.ladder.flow is panes.flows.current
        await press(pilot, "G")
        shown.append(len(panes.ladder.strands))
        assert panes.ladder.flow is panes.flows.current
        assert shown == [2, 1]


async def test_problems_of_all_flows_in_the_order_of_time() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "m m M g")
        panes = screen_of(pilot).panes
        problems = sum(len(strand.fold.problems) for strand in panes.ladder.strands)
        rows = []
        for _ in range(problems):
            await press(pilot, "n")
            rows.append(panes.ladder.packet_row or 0)
        assert rows == sorted(rows)
        assert "no more problems in these flows" in panes.why.notice


async def test_enter_and_backspace_in_a_ladder_of_several() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "m m M g")
        ladder = screen_of(pilot).panes.ladder
        before = ladder.count
        while not ladder.on_run:
            await press(pilot, "j")
        at = ladder.cursor
        await press(pilot, "enter")
        assert ladder.count > before
        await press(pilot, "j backspace")
        assert (ladder.count, ladder.cursor) == (before, at)


@pytest.mark.parametrize("keys", ["j", "m m M", "G N"])
async def test_the_cursor_goes_to_the_same_problem_however_long_folding_takes(keys: str) -> None:
    rows = []
    for seconds in (60.0, -1.0):
        async with opened(LOSSY) as pilot:
            screen_of(pilot).ladder_flows.first_slice = seconds
            await press(pilot, keys)
            rows.append(screen_of(pilot).panes.ladder.packet_row)
    assert rows[0] == rows[1]


async def test_marks_reach_across_flows() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "m m M g m G apostrophe")
        assert screen_of(pilot).panes.ladder.cursor == 0


async def test_flows_that_are_folded_later_leave_the_cursor_on_its_row() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "m m")
        ladder = screen_of(pilot).panes.ladder
        engine = screen_of(pilot).panes.engine
        late, early = (Fold(flow) for flow in (1, 2))
        ladder.show_flows([engine.flows[1], engine.flows[2]], [late, early])
        for fold in (early, late):
            fold.find_rows(engine.packets, int(engine.packets.count))
            fold.fold_rows(engine.packets, int(engine.packets.count))
            ladder.show_growth()
            if fold is early:
                ladder.go_to_problem()
                row = ladder.packet_row
        assert ladder.packet_row == row
        assert ladder.flow is engine.flows[2]


@pytest.mark.parametrize("view", ["3", "3 T"])
async def test_f_follows_what_comes_until_the_cursor_moves(view: str) -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, view)
        panes = screen_of(pilot).panes
        ladder, packets = panes.ladder, panes.engine.packets
        flow, fold = panes.engine.flows[2], Fold(2)
        ladder.show_flows([flow], [fold])
        seen = []
        for row in range(int(flow.first_row) + 20, int(flow.last_row), 20):
            fold.find_rows(packets, row)
            fold.fold_rows(packets, row)
            ladder.show_growth()
            if row < flow.first_row + 40:
                await press_key(pilot, "f")
            elif row > flow.first_row + 150 and ladder.following:
                await press_key(pilot, "k")
            seen.append((ladder.cursor, ladder.cursor == ladder.count - 1))
        followed = [at for at, last in seen if last]
        assert followed == sorted(followed)
        assert len(set(followed)) > 3
        assert not seen[-1][1]
        assert "following" not in screen_text(pilot)


async def test_f_in_the_list_follows_the_flows_that_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with opened(LOSSY) as pilot:
        panes = screen_of(pilot).panes
        flows = panes.flows
        # No other order meanwhile.
        monkeypatch.setattr(screen_of(pilot).flow_order, "renew_order", lambda changed: None)
        flows.order, flows.sorted_until, flows.known = vec[i32]([0]), 1, 1
        await press_key(pilot, "f")
        seen = []
        for known in (2, 3):
            flows.take_new(known, int(panes.engine.frames))
            seen.append((flows.cursor, flows.following))
        await press_key(pilot, "k")
        assert seen == [(1, True), (2, True)]
        assert not flows.following
