"""The graph pane among the others: its place, the cursor, marks, files, a capture that grows."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from textual.pilot import Pilot

from tcptui.drawing.cells import plain
from tcptui.screens.graph_files import graph_picture
from tcptui.text.digits import seconds_text
from tests.screens.opened import (
    LOSSY,
    SAMPLES,
    growing,
    opened,
    press,
    screen_of,
    screen_text,
    settled,
    steady_text,
)


def seen(pilot: Pilot[None]) -> set[str]:
    """The panes that have a place on the screen."""
    widgets = screen_of(pilot).panes.widgets.items()
    return {name for name, widget in widgets if widget.region}


PLACES = [
    ((80, 24), "4", {"graph"}),
    ((80, 24), "4 1", {"flows"}),
    ((120, 40), "3", {"flows", "state", "ladder"}),
    ((120, 40), "4", {"graph", "state", "ladder"}),
    ((120, 40), "4 3", {"graph", "state", "ladder"}),
    ((120, 40), "4 3 1", {"flows", "state", "ladder"}),
    ((120, 40), "4 escape", {"flows", "state", "ladder"}),
    ((120, 40), "4 z", {"graph"}),
    ((120, 40), "4 z z", {"graph", "state", "ladder"}),
    ((200, 50), "1", {"flows", "graph", "state", "ladder"}),
    ((200, 50), "4 1", {"flows", "graph", "state", "ladder"}),
]


@pytest.mark.parametrize(("size", "keys", "panes"), PLACES)
async def test_it_has_its_place_or_the_lists(
    size: tuple[int, int], keys: str, panes: set[str]
) -> None:
    async with opened(LOSSY, size=size) as pilot:
        await press(pilot, keys)
        assert seen(pilot) == panes


async def test_a_segment_of_a_folded_run_is_the_one_of_all_panes() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "4 g j j j j j j j")
        panes = screen_of(pilot).panes
        frame = panes.engine.packets.frame(panes.graph.row)
        assert panes.ladder.on_run
        assert panes.ladder.packet_row == panes.graph.row
        shown = await steady_text(pilot)
        assert f"State at #{frame} " in shown
        assert "The server sends" in shown


@pytest.mark.parametrize(
    ("keys", "ground", "text"), [("4", "resting", "▌151"), ("3", "cursor", "")]
)
async def test_a_resting_ladder_has_a_ground_below_the_number_only(
    keys: str, ground: str, text: str
) -> None:
    """A step in the graph would otherwise send two lines of the ladder anew."""
    async with opened(LOSSY, size=(200, 50)) as pilot:
        await press(pilot, f"4 g {keys}")
        ladder = screen_of(pilot).panes.ladder
        (row,) = (row for row in ladder.painted if row.ground)
        assert row.ground == ground
        assert plain(row.line)[: row.grounded or 0] == text


async def test_the_graph_goes_where_the_ladder_goes() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "4 g plus plus plus")
        graph = screen_of(pilot).panes.graph
        before = graph.span
        await press(pilot, "3 G")
        assert graph.row == screen_of(pilot).panes.ladder.packet_row
        assert graph.span != before
        assert graph.span is not None
        assert graph.span.holds(graph.moment)


async def test_the_title_says_what_lies_between_two_marks() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "4 g m G m")
        title = next(line for line in screen_text(pilot).splitlines() if "Graph" in line)
        assert "248 kB in 14.2 ms" in title
        await press(pilot, "z")
        title = next(line for line in screen_text(pilot).splitlines() if "Graph" in line)
        assert title.rstrip("─ ").endswith("248 kB in 14.2 ms, 17.4 MB/s, R ×7")


async def test_a_time_that_is_marked_in_the_capture_is_copied_as_a_filter() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "4 a g m l l l m y")
        screen = screen_of(pilot)
        span = screen.panes.graph.marked_span
        assert span is not None
        first, last = map(seconds_text, span)
        assert screen.copies == [f"frame.time_epoch >= {first} && frame.time_epoch <= {last}"]
        await press(pilot, "enter")
        assert screen.panes.flows.count == 1


@pytest.mark.parametrize("keys", ["4", "4 t t", "4 T", "4 a", "4 plus plus"])
async def test_it_is_saved_as_a_picture(
    keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(LOSSY) as pilot:
        await press(pilot, f"{keys} w enter enter")
        assert "graph as picture saved as graph.svg" in screen_of(pilot).panes.why.notice
    root = ElementTree.fromstring((tmp_path / "graph.svg").read_text("utf-8"))
    assert root.tag.endswith("svg")
    assert len(list(root.iter())) > 10


async def test_a_saved_picture_says_what_is_not_known() -> None:
    """The keystrokes begin in the middle of a connection: nobody knows the window's scale."""
    async with opened(SAMPLES / "ssh-keystrokes.pcapng") as pilot:
        await press(pilot, "4 t t t")
        graph = screen_of(pilot).panes.graph
        assert graph.kind_name == "window"
        assert "dotted: window scale unknown" in screen_text(pilot)
        assert "dotted: window scale unknown" in graph_picture(graph)


async def test_it_grows_with_the_capture(tmp_path: Path) -> None:
    async with growing(tmp_path) as pilot:
        await settled(pilot)
        await press(pilot, "4")
        graph = screen_of(pilot).panes.graph
        rows = graph.rows_found
        assert graph.whole is not None
        assert rows is not None
        assert graph.whole.end >= rows.latest
        assert str(graph.whole.length).rstrip("0") in ("1", "2", "5")
        known = len(rows)
        assert rows.flow.packets == known
        with (tmp_path / "growing.pcapng").open("ab") as file:
            file.write(LOSSY.read_bytes())
        while screen_of(pilot).panes.session.revision == screen_of(pilot).seen_revision:
            await pilot.pause(0.01)
        await settled(pilot)
        screen_of(pilot).follower.show_under_cursor()
        await settled(pilot)
        assert graph.progress == 1.0
        assert graph.rows_found is not None
        assert len(graph.rows_found) == graph.rows_found.flow.packets
