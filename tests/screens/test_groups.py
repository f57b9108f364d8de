"""The groups of the flow list: `b`."""

import json
import os
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import given, settings
from textual.pilot import Pilot

from tcptui.capture.source import open_source
from tcptui.diagnosis.work_slices import at_once
from tcptui.drawing.cells import line_width, plain
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.findings.flow_groups import FlowGroup
from tcptui.findings.judgement import Judge
from tcptui.report.group_formats import object_text
from tcptui.report.grouping import Grouping
from tcptui.report.groups.sums import add_up
from tcptui.report.output_formats import GROUPING_NAMES
from tcptui.screens import group_columns as columns
from tcptui.screens.groups import GroupsScreen
from tcptui.session import analyse
from tcptui.theme import Look
from tests.panes.loaded import Listed
from tests.report.test_groups import FLOWS, TWO_SERVERS, contents, groups_of, script_of, written
from tests.screens.opened import SAMPLES, growing, opened, press, screen_of, settled, steady_text

GOLDENS: Final = Path(__file__).with_name("goldens")


def keys_shown(pilot: Pilot[None]) -> list[str]:
    screen = pilot.app.screen
    assert isinstance(screen, GroupsScreen)
    return [group.key.decode() for group in screen.list.groups]


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=lambda size: f"{size[0]}")
async def test_screen(size: tuple[int, int], ascii_only: bool) -> None:
    look = Look(ascii=ascii_only)
    async with opened(SAMPLES / "openings.pcapng", size=size, look=look) as pilot:
        pages = []
        for keys in ("b", "enter", "escape b 3 enter"):
            await press(pilot, keys)
            pages.append(await steady_text(pilot))
    text = ("=" * size[0] + "\n").join(pages)
    assert not ascii_only or text.isascii()
    assert max(map(len, text.splitlines())) <= size[0]
    form = "ascii" if ascii_only else "unicode"
    golden = GOLDENS / f"groups-{size[0]}x{size[1]}-{form}.txt"
    if os.environ.get("TCPTUI_WRITE_GOLDENS"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


async def test_enter_opens_a_group_and_escape_leads_back_to_it(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.pcap", TWO_SERVERS)) as pilot:
        flows = screen_of(pilot).panes.flows
        await press(pilot, "b enter down enter")
        assert (flows.filtered, flows.count) == ("server 10.0.0.8", 1)
        await press(pilot, "escape")
        screen = pilot.app.screen
        assert isinstance(screen, GroupsScreen)
        assert (flows.filtered, screen.list.cursor, screen.list.count) == ("", 1, 3)
        await press(pilot, "escape")
        assert (pilot.app.screen, flows.count) == (screen_of(pilot), 4)


async def test_groups_are_those_of_the_filtered_flows(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.pcap", TWO_SERVERS)) as pilot:
        screen = screen_of(pilot)
        screen.flow_order.use_filter("tcp.port == 80")
        await press(pilot, "b enter")
        assert len(keys_shown(pilot)) == 3
        await press(pilot, "s 1")
        assert keys_shown(pilot) == ['"10.0.0.7"', '"10.0.0.8"', '"10.0.9.8"']
        await press(pilot, "enter")
        assert screen.panes.flows.filtered == "server 10.0.0.8 within tcp.port == 80"
        assert screen.panes.flows.count == 1
        await press(pilot, "slash")
        assert screen.panes.filter_bar.input.value == "tcp.port == 80"


async def test_copied_filters_show_a_group_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tcptui.clipboard.copy", lambda text, write: "copied")
    async with opened(written(tmp_path / "a.pcap", TWO_SERVERS)) as pilot:
        await press(pilot, "b enter y enter")
        assert screen_of(pilot).copies == ["tcp && ip.addr == 10.0.0.7"]
        screen = pilot.app.screen
        assert isinstance(screen, GroupsScreen)
        assert screen.list.told == "Wireshark display filter: copied"
        await press(pilot, "down y 2")
        assert screen_of(pilot).copies[1:] == ["tcp.stream == 2"]
        await press(pilot, "y escape")
        assert pilot.app.screen is screen


async def test_what_sets_the_failures_apart_is_said(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.pcap", TWO_SERVERS)) as pilot:
        await press(pilot, "b enter")
        told = "2 of 4 flows failed (all 2 failures: server 10.0.0.7; all others fine)"
        assert told in await steady_text(pilot)


async def test_groups_grow_with_the_capture(tmp_path: Path) -> None:
    async with growing(tmp_path) as pilot:
        await press(pilot, "b enter down")
        screen = pilot.app.screen
        assert isinstance(screen, GroupsScreen)
        before, here = screen.list.groups, screen.list.current
        screen.last_key, screen.next, screen.revision = 0.0, 0.0, -2
        screen.renew()
        await settled(pilot)
        assert screen.list.groups is not before
        assert here is not None
        assert screen.list.current is not None
        assert screen.list.current.key == here.key


@settings(max_examples=8, deadline=None)
@given(FLOWS)
def test_sums_are_those_of_the_report(drawn: list[tuple[int, str, int, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder) / "a.pcap", script_of(drawn))
        engine, source = Engine(WIRESHARK_4_0), open_source([str(path)])
        for _ in analyse(source, engine):
            pass
        judge = Judge(engine, None)
        for by in GROUPING_NAMES:
            keys = Grouping(by).keys(engine, source)
            sums = at_once(add_up(keys, judge, Listed(engine)))
            groups = list(sums.by_key.values())
            ranked = at_once(columns.arrange(groups, columns.BY_ID["waited"], True))
            shown = [json.loads(object_text(group), parse_float=Decimal) for group in ranked]
            told = groups_of(path, contents(by))
            assert sorted(shown, key=str) == sorted(told, key=str)


def test_hostile_keys_are_escaped_and_cut() -> None:
    group = FlowGroup(json.dumps("\x1b[2J" + "長" * 90).encode())
    placed = columns.place_columns(79)
    line = columns.row(group, placed, "name", True, columns.key_width(placed, 79), True)
    assert "\x1b" not in plain(line)
    assert line_width(line) == 79


@pytest.mark.parametrize(("numeric", "shown"), [(False, "443 https"), (True, "443      ")])
def test_ports_are_named_as_the_system_does(
    numeric: bool, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "service_name", {443: "https"}.__getitem__)
    placed = columns.place_columns(79)
    line = columns.row(FlowGroup(b"443"), placed, "port", True, 20, not numeric)
    assert plain(line).startswith(shown)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", columns.COLUMNS, ids=lambda column: column.id)
def test_long_lists_are_sorted_by_each_column(
    column: columns.GroupColumn, descending: bool
) -> None:
    groups = [FlowGroup(b"%d" % (at * 7919 % 5003)) for at in range(5003)]
    for at, group in enumerate(groups):
        group.flows = group.bytes = 1 + at % 5
    order = columns.order_of(column, descending)
    ranked = at_once(columns.arrange(groups, column, descending))
    reverse = descending and column.number is None
    assert ranked == sorted(groups, key=order, reverse=reverse)
