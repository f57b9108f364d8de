"""The save menu: packets, and the ladder as text and as a picture."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tcptui.capture.source import open_source
from tcptui.drawing.cells import plain
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.filters.display_filter_text import CopiedText
from tcptui.filters.subjects import flow_rows
from tcptui.screens.choice import ChoiceScreen
from tcptui.screens.copy_menu import WHEN_SEEN, CopyScreen
from tcptui.screens.ladder_files import DRAWINGS, WHOLE, drawings
from tcptui.screens.saving import SaveScreen
from tcptui.session import analyse
from tests.capture.test_scapy_script import records
from tests.report.test_report import report_of
from tests.screens.opened import LOSSY, handled, opened, press, press_key, screen_of, settled

VIEWS = {"rows": "3", "to scale": "3 T", "several flows": "m m M"}


async def save(pilot: Pilot[None], name: str, target: Path) -> None:
    """Choose something in the menu, and give it a name."""
    await press_key(pilot, "w")
    screen = pilot.app.screen
    assert isinstance(screen, ChoiceScreen)
    screen.dismiss(next(option.id for option in screen.options if option.name == name))
    await handled(pilot)
    asking = pilot.app.screen
    assert isinstance(asking, SaveScreen)
    asking.query_one(Input).value = str(target)
    await press_key(pilot, "enter")
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)


@pytest.mark.parametrize("view", VIEWS)
async def test_ladder_is_saved(view: str, tmp_path: Path) -> None:
    async with opened(LOSSY) as pilot:
        for key in VIEWS[view].split():
            await press_key(pilot, key)
        await settled(pilot)
        for drawing in DRAWINGS:
            await save(pilot, drawing.name, tmp_path / drawing.name)
        assert "saved as" in screen_of(pilot).panes.why.notice
    whole, picture, shown, shown_picture = (tmp_path / drawing.name for drawing in DRAWINGS)
    assert "Ladder ─ " in whole.read_text().splitlines()[0]
    assert "SYN 0" in whole.read_text()
    assert set(shown.read_text().splitlines()) <= set(whole.read_text().splitlines())
    root = ElementTree.fromstring(picture.read_text())
    words = " ".join(root.itertext())
    assert "Ladder ─ #" in words or "flows: #1 #2" in words
    assert "SYN 0" in words
    assert len(shown_picture.read_text()) < len(picture.read_text())


async def test_everything_is_saved_with_its_explanations(tmp_path: Path) -> None:
    target = tmp_path / "everything.pcapng"
    async with opened(LOSSY) as pilot:
        await save(pilot, "everything", target)
        shown = screen_of(pilot).panes.engine
    saved, engine = open_source([str(target)]), Engine(WIRESHARK_4_0)
    list(analyse(saved, engine))
    assert engine.packets.count == shown.packets.count
    assert len(engine.flows) == len(shown.flows)
    assert all(" of web-loss.pcapng: " in comment for comment in saved.comments.values())
    assert any("Retransmission" in comment for comment in saved.comments.values())


async def test_a_flow_is_saved_as_code_with_its_explanations(tmp_path: Path) -> None:
    target = tmp_path / "flow.py"
    async with opened(LOSSY) as pilot:
        await save(pilot, "flow", target)
        engine, flow = screen_of(pilot).panes.engine, screen_of(pilot).panes.flows.current
        assert flow is not None
        times = [engine.packets.time(row) for row in flow_rows(engine, flow.index)]
    text = target.read_text()
    assert [time for time, *_ in records(text, tmp_path / "out.pcap")[1]] == times
    assert re.search(r"    # #\d+ of web-loss.pcapng: Retransmission of ", text)


async def test_code_is_made_for_who_looks_at_it(tmp_path: Path) -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "y 1")
        menu = pilot.app.screen
        assert isinstance(menu, CopyScreen)
        assert [form.name for form in menu.forms[-2:]] == ["packet script", "scapy code"]
        assert menu.made[-1:] == [None]
        assert plain(menu.list.lines[-1]).endswith(WHEN_SEEN)
        await press_key(pilot, "G")
        await pilot.app.workers.wait_for_complete()
        made = menu.made[-1]
    assert isinstance(made, CopiedText)
    assert records(made.text, tmp_path / "out.pcap")[1]


async def test_the_ticket_is_the_report(tmp_path: Path) -> None:
    target = tmp_path / "ticket.md"
    async with opened(LOSSY) as pilot:
        await save(pilot, "ticket", target)
    assert target.read_text() == report_of(LOSSY, "md")


async def test_rows_that_are_not_shown_are_not_offered_as_shown() -> None:
    async with opened(LOSSY, size=(80, 24)) as pilot:
        ladder = screen_of(pilot).panes.ladder
        assert drawings(ladder) == WHOLE
        await press_key(pilot, "3")
        assert drawings(ladder) == DRAWINGS


async def test_a_ladder_is_never_written_over_a_file_unasked(tmp_path: Path) -> None:
    target = tmp_path / "ladder.txt"
    target.write_text("mine")
    async with opened(LOSSY) as pilot:
        await save(pilot, "ladder as text", target)
        asking = pilot.app.screen
        assert isinstance(asking, SaveScreen)
        assert "exists; Enter again overwrites" in asking.said.text
    assert target.read_text() == "mine"
