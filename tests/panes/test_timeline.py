"""The ladder to scale."""

from itertools import pairwise

import pytest

from tcptui.drawing.cells import Run, plain, width_of
from tcptui.panes.ladder.drawing import LadderDrawing, Settings, lay_out
from tcptui.panes.ladder.timeline import (
    MOST_LINES,
    Item,
    Passing,
    Timeline,
    Ways,
    mirrored,
    slanted,
    space,
    unit_of,
    ways_of,
)
from tests.panes.loaded import folded, reader, sample

UNIT = 10

# passings, the lines on which they begin and end, and the lines that shorten a silence
SPACED: list[tuple[list[Passing], list[tuple[int, int]], dict[int, int]]] = [
    ([Passing(0, 30)], [(0, 3)], {}),
    ([Passing(0, 0)], [(0, 0)], {}),
    # there and back: the answer begins below where the question arrives
    ([Passing(0, 30), Passing(30, 60, True)], [(0, 3), (4, 7)], {}),
    # faster than a line apiece: spread
    ([Passing(0, 30), Passing(1, 31), Passing(2, 32)], [(0, 4), (1, 5), (2, 6)], {}),
    # silence: shortened to one line that says how long it was
    ([Passing(0, 30), Passing(1030, 1060)], [(0, 3), (5, 8)], {4: 1000}),
    # a gap of the ladder is such a line itself
    ([Passing(0, 0), Passing(5000, 5000, flat=True), Passing(5000, 5000)],
     [(0, 0), (1, 1), (2, 2)], {}),
]  # fmt: skip


@pytest.mark.parametrize(("passings", "lines", "silences"), SPACED)
def test_lines(
    passings: list[Passing], lines: list[tuple[int, int]], silences: dict[int, int]
) -> None:
    found = space(passings, UNIT)
    assert list(zip(found.begins, found.ends, strict=True)) == lines
    assert found.silences == silences


@pytest.mark.parametrize("width", [10, 37, 90])
@pytest.mark.parametrize("more", [1, 2, 5, 40])
def test_an_arrow_reaches_the_other_side(width: int, more: int) -> None:
    pieces = slanted(3, 3 + more, width // 2, width)
    assert [line for line, _, _ in pieces] == list(range(3, 4 + more))
    assert pieces[0][1] == 0
    assert pieces[-1][1] + len(pieces[-1][2]) == width
    for (_, column, text), (_, below, _) in pairwise(pieces):
        assert column + len(text) - 1 == below
    back = mirrored(pieces, width)
    assert back[0][1] + len(back[0][2]) == width
    assert back[-1][2].startswith("◄")


def timeline(name: str, flow: int, width: int) -> list[tuple[int, str]]:
    engine = sample(name)
    fold = folded(engine, flow)
    one, events = engine.flows[flow], engine.events.of_flow(flow)
    made = LadderDrawing(engine, one, fold, events, Settings(), reader(name))
    layout = lay_out(width, int(engine.frames), made.settings)
    items = [Item(row, Run(""), made, row, ways_of(one)) for row in range(len(fold.first))]
    lines = Timeline(layout, unit_of([one])).draw(items)
    return [(row, plain(line)) for row, line in lines]


@pytest.mark.parametrize("width", [58, 80, 140])
@pytest.mark.parametrize("name", ["web-loss", "openings", "closings", "zero-window"])
def test_every_item_begins_on_a_line_of_its_own(name: str, width: int) -> None:
    for flow in range(len(sample(name).flows)):
        lines = timeline(name, flow, width)
        begun = [row for row, _ in lines if row >= 0]
        assert sorted(begun) == list(range(len(folded(sample(name), flow).first)))
        assert len({width_of(text) for _, text in lines}) == 1


def test_ways_are_halves_of_the_round_trips() -> None:
    flow = sample("web-loss").flows[2]
    assert ways_of(flow) == Ways(1000, 11500)
    assert unit_of([flow]) == 12500 // 3


def test_nothing_happens_on_few_lines() -> None:
    blank = longest = 0
    for _, text in timeline("web-loss", 2, 100):
        blank = blank + 1 if not text.strip(" │") else 0
        longest = max(longest, blank)
    assert longest <= MOST_LINES
