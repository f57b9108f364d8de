"""The state diagram against the state table, and as a picture."""

import os
from pathlib import Path

import pytest

from tcptui.drawing.cells import plain
from tcptui.engine.tcp_state.states import State
from tcptui.engine.tcp_state.table import ARROWS
from tcptui.panes.state import diagram
from tcptui.panes.state.history import moment
from tests.panes.loaded import folded, sample

GOLDENS = Path(__file__).with_name("goldens")


def test_every_drawn_arrow_is_in_the_table_and_the_other_way_round() -> None:
    drawn = {(edge.before, edge.after) for edge in diagram.EDGES}
    assert drawn == {(arrow.source, arrow.target) for arrow in ARROWS if arrow.drawn}
    assert set(diagram.BOXES) == set(State)


def box_cells(place: diagram.Point, state: State) -> set[diagram.Point]:
    x, y = place
    return {(x + i, y) for i in range(len(state.label) + 4)}


def test_arrows_begin_and_end_at_their_boxes() -> None:
    places = [*diagram.BOXES.items(), (State.CLOSED, diagram.END)]
    for edge in diagram.EDGES:
        begins = [s for s, place in places if edge.corners[0] in box_cells(place, s)]
        assert begins == [edge.before]
        (cells, (dx, dy)) = diagram.walk(edge.corners)
        x, y = edge.corners[-1]
        ends = [s for s, place in places if (x + dx, y + dy) in box_cells(place, s)]
        assert ends == [edge.after], (edge.before.label, edge.after.label)
        inside = {cell for cell, _ in cells}
        for state, place in places:
            if state not in (edge.before, edge.after):
                assert not inside & box_cells(place, state), (edge, state)


def test_labels_have_their_room() -> None:
    grid = diagram.figure(sample("closings").packets, None)
    rows = [f"{plain(line):<{diagram.WIDTH}}" for line in grid]
    for edge in diagram.EDGES:
        x, y = edge.label
        assert x + edge.room <= diagram.WIDTH
        assert rows[y][x : x + 3].strip() == "", edge


CASES = [("openings", 3, 99), ("openings", 1, 99), ("closings", 2, 99), ("web-loss", 0, 99)]


@pytest.mark.parametrize(("name", "flow", "place"), CASES)
def test_picture(name: str, flow: int, place: int) -> None:
    """Written anew with ``TCPTUI_WRITE_GOLDENS=1 pytest tests/panes``."""
    engine = sample(name)
    at = moment(engine.packets, folded(engine, flow), place)
    wide = diagram.draw(engine.packets, at, 100, 19)
    strip = diagram.strip(engine.packets, at, 78, 5)
    text = "\n".join(plain(line).rstrip() for line in [*wide, *strip]) + "\n"
    golden = GOLDENS / f"states-{name}-{flow}.txt"
    if os.environ.get("TCPTUI_WRITE_GOLDENS"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
