"""The screen of `tcptui between`: what it shows, and its keys.

Write the goldens anew with ``TCPTUI_WRITE_GOLDENS=1 pytest tests/screens/test_between_screen.py``.
"""

from collections.abc import Generator
from pathlib import Path

import pytest
from textual.widgets import Input

from samples.capture_files import Record, pcap
from tcptui.between_app import BetweenApp
from tcptui.capture.source import open_source
from tcptui.engine.engine import new_engine
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.panes.lifelines.drawing import JourneySettings, TimeShown
from tcptui.panes.lifelines.model.journey_fold import JourneyFold
from tcptui.screens.between import BetweenScreen
from tcptui.screens.between_export import ladder_text
from tcptui.screens.copy_menu import CopyScreen
from tcptui.screens.detail import DetailScreen
from tcptui.screens.page import PageScreen
from tcptui.screens.preferences import Preferences
from tcptui.screens.saving import SaveScreen
from tcptui.screens.work_slices import in_slices
from tcptui.session import analyse
from tcptui.theme import Look
from tests.between.test_between import record_time, replaced_time
from tests.between.way import SECOND, Fates, Way, download
from tests.screens.golden import check_screens
from tests.screens.opened import SAMPLES, press_key, screen_text
from tests.screens.opened_between import ENDS, between, points_of, press, screen_of, settled

SIZES = ((80, 24), (120, 40), (200, 50))


def played(tmp_path: Path, way: Way, fates: Fates, segments: int = 60) -> dict[str, Path]:
    """Two captures of a download, as files by point."""
    play = download(way, segments, fates)
    return written(tmp_path, {"A": play.at_a, "B": play.at_b})


def written(tmp_path: Path, captures: dict[str, list[Record]]) -> dict[str, Path]:
    """Captures as files by point."""
    files = {name: tmp_path / f"{name}.pcap" for name in captures}
    for name, records in captures.items():
        files[name].write_bytes(pcap(sorted(records, key=record_time)))
    return files


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_screen(size: tuple[int, int], ascii_only: bool) -> None:
    async with between(ENDS, size, Look(ascii=ascii_only)) as pilot:
        pages = [screen_text(pilot)]
        for keys in ("n", "T", "2"):
            await press(pilot, keys)
            pages.append(screen_text(pilot))
    check_screens("between", size, ascii_only, pages)


async def test_n_goes_through_what_happened_and_on_to_the_next_flow() -> None:
    said = []
    async with between(ENDS) as pilot:
        screen = screen_of(pilot)
        for _ in range(5):
            await press(pilot, "n")
            said.append((screen.flows.cursor, screen.why.points[0].split(",")[0]))
        await press(pilot, "n")
        assert screen.why.notice == "nothing more happened between the points"
        await press(pilot, "N")
        assert screen.why.points[0] == "Vanished between server and client."
    lost = "Vanished between server and client."
    assert said == [(0, "Passed client"), (0, lost), (0, lost), (1, lost), (1, "Passed client")]


async def test_n_follows_no_flow_that_nothing_happened_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with between(played(tmp_path, Way(), Fates())) as pilot:
        screen = screen_of(pilot)
        screen.flows.flows *= 3
        followed = []

        async def follow_flow() -> None:
            followed.append(screen.flows.cursor)

        monkeypatch.setattr(screen, "follow_flow", follow_flow)
        await press(pilot, "n")
        assert screen.why.notice == "nothing more happened between the points"
        assert 1 not in followed


async def test_flows_are_listed_while_captures_are_read() -> None:
    points = points_of(ENDS)
    client, server = points.points
    app = BetweenApp(points, Look(), Preferences())
    async with app.run_test(size=(120, 40)) as pilot:
        client.session.start()
        text = ""
        while not client.is_read or text.count("not compared yet") < len(client.engine.flows):
            await pilot.pause(0.01)
            text = screen_text(pilot)
        screen = screen_of(pilot)
        assert "reading client " in text
        assert "Flows ─ as client saw them" in text
        assert len(client.engine.flows) > 1
        await press_key(pilot, "j")
        await press_key(pilot, "n")
        assert screen.why.notice == screen.told()[0]
        chosen = screen.flows.read[screen.flows.cursor]
        server.session.start()
        await settled(pilot)
        current = screen.flows.current
        assert current
        assert chosen in [at.flow for at in current.flow.seen.at if at]
        assert "not compared yet" not in screen_text(pilot)
    points.stop()


async def test_enter_opens_the_ladder_a_run_and_a_segment() -> None:
    async with between(ENDS) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "enter")
        assert screen.focused_pane == "ladder"
        await press(pilot, "g j j j j j")
        rows, span = screen.ladder.count, screen.ladder.span
        assert span > 1
        assert screen.why.points[1] == "Nothing happened to them that these points would show."
        await press(pilot, "enter")
        assert screen.ladder.count == rows + span - 1
        await press(pilot, "backspace")
        assert screen.ladder.count == rows
        await press(pilot, "g enter")
        assert isinstance(pilot.app.screen, DetailScreen)


async def test_who_comes_back_to_a_flow_sees_its_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(ENDS) as pilot:
        screen = screen_of(pilot)
        rows = screen.ladder.count

        async def come_back(work: Generator[float, None, JourneyFold]) -> JourneyFold:
            screen.flows.move_to(0, announce=False)
            return await in_slices(work)

        screen.flows.move_to(1, announce=False)
        monkeypatch.setattr("tcptui.screens.between.in_slices", come_back)
        await screen.follow_flow()
        await screen.follow_flow()
        assert screen.ladder.count == rows > 0


async def test_state_follows_the_ladder() -> None:
    async with between(ENDS) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "3 G")
        assert screen.state.moment is not None
        assert screen.state.moment.server.name == "TIME_WAIT"
        await press(pilot, "left_square_bracket")
        assert screen.state.moment.client.name == "LAST_ACK"


async def test_copy_offers_the_filters_of_each_file() -> None:
    async with between(ENDS) as pilot:
        await press(pilot, "n y")
        screen = pilot.app.screen
        assert isinstance(screen, CopyScreen)
        names = [form.name for form in screen.forms]
        texts = {form.name: form.make().text for form in screen.forms}
    assert [name for name in names if "capture filter" in name] == [
        "client: capture filter",
        "server: capture filter",
    ]
    assert texts["client: this segment"] == "frame.number == 76"
    assert texts["server: this segment"] == "frame.number == 74"
    assert texts["server: filter by number"] == "tcp.stream == 1"


async def test_copy_offers_the_ladder_of_the_flow_under_the_cursor() -> None:
    async with between(ENDS) as pilot:
        screen = screen_of(pilot)
        before = ladder_text(screen.ladder)
        screen.flows.move_to(1, announce=False)
        await screen.action_copy()
        await pilot.pause()
        menu = pilot.app.screen
        assert isinstance(menu, CopyScreen)
        [offered] = [form.make().text for form in menu.forms if form.name == "ladder as text"]
        assert offered == ladder_text(screen.ladder) != before


async def test_pages_say_all_that_is_known(tmp_path: Path) -> None:
    files = played(tmp_path, Way(offset=7200 * SECOND), Fates(lost={5}))
    async with between(files) as pilot:
        await press(pilot, "o")
        page = pilot.app.screen
        assert isinstance(page, PageScreen)
        text = " ".join(" ".join(page.texts).split())
        assert "clock 2 h 00 m ahead" in text
        assert "Between A and B, 1 of" in text
        await press(pilot, "escape n e")
        page = pilot.app.screen
        assert isinstance(page, PageScreen)
        assert page.texts[0].startswith("Vanished between B and A")


async def test_save_writes_one_capture_on_one_clock(tmp_path: Path) -> None:
    files = played(tmp_path, Way(offset=7200 * SECOND), Fates(lost={5}))
    target = tmp_path / "both.pcapng"
    async with between(files) as pilot:
        await press(pilot, "w enter")
        assert isinstance(pilot.app.screen, SaveScreen)
        pilot.app.screen.query_one(Input).value = str(target)
        await press(pilot, "enter")
        assert "saved as" in screen_of(pilot).why.notice
    source = open_source([str(target)])
    engine = new_engine(RULE_SETS["4.6"])
    for _ in analyse(source, engine):
        pass
    assert [one.name for one in source.interfaces] == ["A", "B"]
    assert "2 h 00 m ahead" in source.interfaces[1].comment
    assert sum("Vanished between B and A" in text for text in source.comments.values()) == 1
    assert engine.last_time - engine.first_time < 10 * SECOND
    source.close()


async def test_preferences_hold_here_too() -> None:
    preferences = Preferences(time="clock", utc=True)
    async with between(ENDS, preferences=preferences) as pilot:
        assert screen_of(pilot).ladder.settings == JourneySettings(TimeShown.CLOCK, utc=True)


async def test_names_of_points_are_shown_harmless() -> None:
    names = ("a\x1b[31m", "b\u202e")
    async with between(dict(zip(names, ENDS.values(), strict=True))) as pilot:
        for keys in ("n", "o", "escape e", "escape y"):
            await press(pilot, keys)
            assert "\x1b" not in screen_text(pilot)
            assert "\u202e" not in screen_text(pilot)


async def test_captures_that_share_nothing_say_so(tmp_path: Path) -> None:
    here = played(tmp_path, Way(), Fates(), 5)
    files = {"A": here["A"], "loss": SAMPLES / "web-loss.pcapng"}
    async with between(files) as pilot:
        assert "share no connection" in screen_of(pilot).verdict.text
        await press(pilot, "n e y w 3 enter T t")
        assert isinstance(pilot.app.screen, BetweenScreen)


async def test_a_flow_has_a_lifeline_for_each_point_that_saw_it(tmp_path: Path) -> None:
    """C in the middle saw the other one of two flows."""
    play = download(Way(), 60, Fates(lost={5}))
    beside = download(Way(port=40_001, seed=5), 30)
    captures = {
        "A": [*play.at_a, *beside.at_a],
        "B": [*play.at_b, *beside.at_b],
        "C": [replaced_time(record) for record in beside.at_a],
    }
    async with between(written(tmp_path, captures)) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "n")
        assert list(screen.ladder.names) == ["A", "B"]
        assert screen.why.points[0] == "Vanished between B and A."
        await press(pilot, "1 j")
        assert list(screen.ladder.names) == ["A", "C", "B"]


async def test_one_direction_at_a_point_shows_no_time_on_the_way(tmp_path: Path) -> None:
    play = download(Way(), 60, Fates(lost={5}))
    at_a = [record for record in play.at_a if record.data[26:30] == bytes((10, 9, 9, 9))]
    async with between(written(tmp_path, {"A": at_a, "B": play.at_b})) as pilot:
        screen = screen_of(pilot)
        assert "clock unknown" in screen.verdict.hint
        await press(pilot, "3 g")
        assert not any("on the way" in text for text in screen.why.points)
