"""A pane is added by a row of one list: everything else follows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from textual.binding import BindingType
from textual.pilot import Pilot

from tcptui.drawing.cells import Run
from tcptui.panes.cursor import UnderCursor
from tcptui.screens.help import HelpScreen
from tcptui.screens.triage import TriageScreen
from tcptui.screens.triage_keys import triage_bindings
from tcptui.screens.triage_panes import PANES, Column, PaneContext, PaneRow
from tcptui.widgets.canvas import Canvas, Row
from tests.screens.opened import LOSSY, opened, press, screen_of, screen_text, steady_text


class Toy(Canvas, can_focus=True):
    """Tells which flow and segment are under the cursor."""

    HELP = """
    ## Toy
    What only a test shows.
    """

    under: UnderCursor | None = None

    def rows(self, width: int, height: int) -> list[Row]:
        return [Row([Run(self.told)])]

    @property
    def told(self) -> str:
        if self.under is None:
            return "Toy ─ nothing"
        return f"Toy ─ flow {self.under.flow.index} row {self.under.fold.rows[self.under.ordinal]}"

    def show_under_cursor(self, under: UnderCursor | None) -> None:
        self.under = under
        self.repaint()


def make_toy(context: PaneContext) -> Toy:
    return Toy(context.look, id="toy")


def three_lines(lines: int) -> int | None:
    return 3


WITH_TOY = (
    *PANES,
    PaneRow(
        "toy", "5", "The toy of this test", Column.RIGHT, make_toy, (("pane.zoom", "play"),),
        three_lines,
    ),
)  # fmt: skip


class ScreenWithToy(TriageScreen):
    """Has the list with one row more, and is otherwise as it is."""

    CSS_PATH = None  # the program has read it
    PANES: ClassVar[tuple[PaneRow, ...]] = WITH_TOY
    BINDINGS: ClassVar[list[BindingType]] = triage_bindings(WITH_TOY)


@pytest.fixture(autouse=True)
def toy_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcptui.app.TriageScreen", ScreenWithToy)


@asynccontextmanager
async def toy_opened(size: tuple[int, int] = (160, 48)) -> AsyncIterator[tuple[Pilot[None], Toy]]:
    async with opened(LOSSY, size=size) as pilot:
        yield pilot, screen_of(pilot).panes.widget_of(Toy)


async def test_it_stands_in_its_column_with_its_height() -> None:
    async with toy_opened() as (pilot, toy):
        ladder = screen_of(pilot).panes.ladder
        assert toy.size.height == 3
        assert (toy.region.x, toy.region.y) == (ladder.region.x, ladder.region.bottom)
        assert toy.told in screen_text(pilot)


async def test_it_follows_flow_and_segment() -> None:
    async with toy_opened() as (pilot, toy):
        told = []
        for keys in ("1 G", "3 G", "3 g"):
            await press(pilot, keys)
            ladder = screen_of(pilot).panes.ladder
            assert ladder.flow is not None
            assert toy.told == f"Toy ─ flow {ladder.flow.index} row {ladder.packet_row}"
            told.append(toy.told)
        assert len(set(told)) > 1


@pytest.mark.parametrize("keys", ["5", "4 tab", "shift+tab"])
async def test_its_key_and_tab_lead_to_it(keys: str) -> None:
    async with toy_opened() as (pilot, toy):
        await press(pilot, keys)
        assert toy.has_focus
        line = (await steady_text(pilot)).splitlines()[-1]
        assert line.startswith(" z play")
        await press(pilot, "tab")
        assert screen_of(pilot).panes.flows.has_focus


@pytest.mark.parametrize(("size", "keys"), [((160, 48), "5 z"), ((80, 24), "5")])
async def test_it_is_seen_alone(size: tuple[int, int], keys: str) -> None:
    async with toy_opened(size) as (pilot, toy):
        await press(pilot, keys)
        panes = screen_of(pilot).panes
        assert [name for name, widget in panes.widgets.items() if widget.region] == ["toy"]
        assert toy.size.width == size[0]
        assert toy.size.height > 10
        await press(pilot, "1")
        assert [name for name, widget in panes.widgets.items() if widget.region] == ["flows"]


async def test_help_knows_it() -> None:
    async with toy_opened() as (pilot, _):
        await press(pilot, "5 question_mark")
        page = pilot.app.screen
        assert isinstance(page, HelpScreen)
        assert page.list.title_text == "Help ─ Toy"
        keys = {key.keys: key.meaning for group in page.groups for key in group.keys}
        assert keys["5"] == "The toy of this test"
