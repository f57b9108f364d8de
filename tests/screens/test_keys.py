"""Every binding does what its tooltip says."""

from collections.abc import AsyncIterator, Callable, Container
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tcptui.app import TcptuiApp
from tcptui.findings.capture_point import Where
from tcptui.panes.ladder.drawing import TimeColumn
from tcptui.screens.beside import BesideScreen
from tcptui.screens.choice import Choice, ChoiceScreen, ColumnsScreen
from tcptui.screens.chooser import ChooserScreen
from tcptui.screens.copy_menu import CopyScreen
from tcptui.screens.detail import DetailScreen
from tcptui.screens.groups import GroupList, GroupsScreen
from tcptui.screens.help import HelpScreen
from tcptui.screens.overview import OverviewScreen
from tcptui.screens.page import PageScreen
from tcptui.screens.palette import Commands
from tcptui.screens.saving import SaveScreen
from tcptui.screens.side import PAGES
from tcptui.screens.stream import StreamScreen
from tcptui.screens.triage import TriageScreen
from tcptui.screens.triage_keys import FILTER_HINTS, LIVE_HINTS
from tcptui.screens.triage_panes import PANES
from tcptui.theme import PALETTES, Look
from tcptui.widgets import changed_cells
from tcptui.widgets.cell_looks import PLAIN
from tcptui.widgets.lines import LineList
from tests.screens.opened import (
    LOSSY,
    SAMPLES,
    handled,
    opened,
    owned_bindings,
    press,
    press_key,
    screen_of,
    screen_text,
    settled,
    steady_text,
)

CLOSINGS = SAMPLES / "closings.pcapng"

Check = Callable[[TriageScreen], bool]


def top_is(kind: type) -> Check:
    """The screen on top is of a kind."""
    return lambda screen: isinstance(screen.app.screen, kind)


def groups_of(screen: TriageScreen) -> GroupList:
    """The groups that are shown."""
    shown = screen.app.screen
    assert isinstance(shown, GroupsScreen)
    return shown.list


def filter_reads(text: str) -> Check:
    """The filter bar is open with a text."""
    return lambda screen: (
        screen.panes.filter_bar.is_open and (screen.panes.filter_bar.input.value == text)
    )


def flow_is(number: int) -> Check:
    """The list's cursor is on a flow."""
    return lambda screen: screen.panes.flows.flow_at(screen.panes.flows.cursor) == number


def graph_is_on(rows: Container[int]) -> Check:
    """The cursor of the graph is on one of these packet rows, and that of the ladder too."""
    return lambda screen: (
        screen.panes.graph.row in rows and screen.panes.ladder.packet_row == screen.panes.graph.row
    )


def graph_begins(later: bool) -> Check:
    """A part of the time is seen, from the beginning or from later on."""

    def check(screen: TriageScreen) -> bool:
        span, whole = screen.panes.graph.span, screen.panes.graph.whole
        return span is not None and whole is not None and (span.start > whole.start) is later

    return check


def filtered_by_time(screen: TriageScreen) -> bool:
    """The list is filtered by a time span, and has the focus."""
    return screen.panes.flows.has_focus and screen.panes.flows.filtered.startswith(
        "frame.time_epoch >= "
    )


# id of the binding, keys to press, what is true afterwards
CASES: list[tuple[str, str, Check]] = [
    ("rows.down", "down", lambda s: s.panes.flows.cursor == 1),
    ("rows.down", "j", lambda s: s.panes.flows.cursor == 1),
    ("rows.up", "j j up", lambda s: s.panes.flows.cursor == 1),
    ("rows.up", "j k", lambda s: s.panes.flows.cursor == 0),
    ("rows.page-down", "pagedown", lambda s: s.panes.flows.cursor > 1),
    ("rows.page-up", "G pageup", lambda s: s.panes.flows.cursor < s.panes.flows.count - 1),
    ("rows.last", "G", lambda s: s.panes.flows.cursor == s.panes.flows.count - 1),
    ("rows.first", "G g", lambda s: s.panes.flows.cursor == 0),
    ("rows.open", "enter", lambda s: s.pane_layout.zoomed and s.panes.ladder.has_focus),
    ("flows.mark", "m", lambda s: len(s.panes.flows.marked) == 1 and s.panes.flows.cursor == 1),
    ("view.hold", "space", lambda s: len(s.panes.flows.marked) == 1 and s.panes.flows.cursor == 1),
    ("flows.filter", "slash", lambda s: s.panes.filter_bar.is_open),
    ("go.number", "number_sign", filter_reads("#")),
    ("go.number", "number_sign f 2 enter", flow_is(2)),
    ("page.next-frame", "e tab enter", lambda s: s.app.screen is s and s.panes.ladder.has_focus),
    ("page.previous-frame", "e shift+tab", top_is(PageScreen)),
    ("go.next-alike", "3 greater_than_sign", lambda s: s.panes.ladder.cursor > 0),
    ("go.previous-alike", "3 G less_than_sign", lambda s: not s.panes.flows.has_focus),
    ("flows.like", "equals_sign", top_is(ChoiceScreen)),
    ("flows.like", "equals_sign enter", lambda s: s.panes.flows.filtered.startswith("flow.f")),
    ("flows.sort", "s", top_is(ChoiceScreen)),
    ("flows.sort", "s home enter", lambda s: s.panes.flows.sort == "number"),
    ("flows.reverse", "S", lambda s: not s.panes.flows.descending),
    ("flows.resort", "R", lambda s: s.panes.flows.sorted_until == len(s.panes.engine.flows)),
    (
        "flows.newest",
        "f",
        lambda s: s.panes.flows.flow_at(s.panes.flows.cursor) == len(s.panes.engine.flows) - 1,
    ),
    ("flows.columns", "c", top_is(ColumnsScreen)),
    ("flows.beside", "m v", top_is(BesideScreen)),
    ("flows.beside", "m m v", top_is(BesideScreen)),
    ("flows.beside", "v", lambda s: "first mark" in s.panes.why.notice),
    ("flows.beside", "m v escape", lambda s: s.app.screen is s),
    ("why.evidence", "e", top_is(PageScreen)),
    ("why.place", "p down down enter", lambda s: s.panes.told is Where.SERVER),
    ("why.place", "p down enter p home enter", lambda s: s.panes.told is None),
    ("view.overview", "o", top_is(OverviewScreen)),
    ("view.overview", "o enter", lambda s: s.panes.flows.filtered == 'flow.verdict == "trouble"'),
    (
        "view.overview",
        "o down enter",
        lambda s: s.panes.flows.filtered.startswith("flow.finding == "),
    ),
    ("view.overview", "3 o enter", lambda s: s.panes.flows.has_focus),
    ("flows.groups", "b", top_is(ChoiceScreen)),
    ("flows.groups", "b enter", top_is(GroupsScreen)),
    ("flows.groups", "b enter enter", lambda s: s.panes.flows.filtered.startswith("server 10.")),
    ("groups.back", "b enter escape", lambda s: s.app.screen is s),
    ("groups.sort", "b enter s", top_is(ChoiceScreen)),
    ("groups.reverse", "b enter S", lambda s: not groups_of(s).descending),
    ("groups.help", "b enter question_mark", top_is(HelpScreen)),
    ("groups.copy", "b enter y", top_is(CopyScreen)),
    ("groups.quit", "b enter q", lambda s: s.app._exit),
    ("overview.back", "o escape", lambda s: s.app.screen is s),
    ("overview.help", "o question_mark", top_is(HelpScreen)),
    ("flow.stream", "F", top_is(StreamScreen)),
    ("flow.copy", "y", top_is(ChoiceScreen)),
    ("flow.ticket", "Y", lambda s: "ticket of flow 2: " in s.panes.why.notice),
    ("flow.ticket", "m m Y", lambda s: "ticket of 2 flows: " in s.panes.why.notice),
    ("copy.back", "y enter escape", lambda s: s.app.screen is s),
    ("flow.save", "w enter", top_is(SaveScreen)),
    ("save.back", "w enter escape", lambda s: s.app.screen is s),
    ("pane.next", "tab", lambda s: s.panes.state.has_focus),
    ("pane.previous", "shift+tab", lambda s: s.panes.graph.has_focus),
    ("pane.flows", "3 1", lambda s: s.panes.flows.has_focus),
    ("pane.state", "2", lambda s: s.panes.state.has_focus),
    ("pane.ladder", "3", lambda s: s.panes.ladder.has_focus),
    ("pane.graph", "4", lambda s: s.panes.graph.has_focus),
    ("graph.later", "4 g right", graph_is_on(range(151, 406))),
    ("graph.later", "4 g l l", graph_is_on(range(152, 406))),
    ("graph.earlier", "4 G left", graph_is_on(range(150, 405))),
    ("graph.earlier", "4 G h", graph_is_on(range(150, 405))),
    ("graph.next-segment", "4 g down j", graph_is_on((152,))),
    ("graph.previous-segment", "4 g j j up", graph_is_on((151,))),
    ("graph.first", "4 l g", graph_is_on((150,))),
    ("graph.last", "4 G", graph_is_on((405,))),
    ("graph.kind", "4 t", lambda s: s.panes.graph.kind_name == "rtt"),
    ("graph.kind-before", "4 T", lambda s: s.panes.graph.kind_name == "time"),
    ("graph.whose", "4 a", lambda s: s.panes.graph.kind_name == "packets"),
    ("graph.whose", "4 a a", lambda s: s.panes.graph.kind_name == "time-sequence"),
    ("graph.mark", "4 g m G m", lambda s: s.panes.graph.ends == (150, 405)),
    ("graph.mark", "4 m m", lambda s: s.panes.graph.ends is None),
    ("graph.mark", "4 m", lambda s: s.panes.ladder.settings.mark == s.panes.graph.row),
    ("graph.mark", "4 g m j m j m", lambda s: s.panes.graph.ends == (151, 152)),
    ("graph.in", "4 plus", lambda s: s.panes.graph.span is not None),
    ("graph.out", "4 plus minus", lambda s: s.panes.graph.span is None),
    ("graph.whole", "4 plus plus 0", lambda s: s.panes.graph.span is None),
    ("graph.between", "4 g m l l b", lambda s: s.panes.graph.span == s.panes.graph.marked_span),
    ("graph.pan-later", "4 g plus plus L", graph_begins(later=True)),
    ("graph.pan-earlier", "4 g plus plus L H", graph_begins(later=False)),
    ("graph.open", "4 g enter", top_is(DetailScreen)),
    ("graph.open", "4 a m l enter", filtered_by_time),
    ("pane.right", "l", lambda s: s.panes.ladder.has_focus),
    ("pane.left", "l h", lambda s: s.panes.flows.has_focus),
    ("pane.zoom", "z", lambda s: s.pane_layout.zoomed and s.has_class("-single")),
    ("app.back", "z escape", lambda s: not s.pane_layout.zoomed),
    ("app.choose", "i", top_is(ChooserScreen)),
    ("chooser.back", "i escape", lambda s: s.app.screen is s),
    ("chooser.help", "i question_mark", top_is(HelpScreen)),
    ("chooser.filter", "i b", lambda s: isinstance(s.app.focused, Input)),
    ("chooser.filter", "i slash escape", lambda s: isinstance(s.app.focused, LineList)),
    ("chooser.mark", "i home space", top_is(ChooserScreen)),
    ("app.help", "question_mark", top_is(HelpScreen)),
    ("app.help", "question_mark question_mark", lambda s: s.app.screen is s),
    ("app.help", "3 question_mark escape", lambda s: s.panes.ladder.has_focus),
    ("app.back", "3 slash escape", lambda s: s.panes.ladder.has_focus),
    ("filter.complete", "slash i p full_stop a d tab", filter_reads("ip.addr")),
    ("filter.earlier", "slash R S T enter slash up", filter_reads("RST")),
    ("filter.later", "slash R S T enter slash up down", filter_reads("")),
    ("go.next-change", "3 g right_square_bracket", lambda s: s.panes.ladder.ordinal > 0),
    (
        "go.previous-change",
        "3 G left_square_bracket",
        lambda s: s.panes.ladder.cursor < s.panes.ladder.count,
    ),
    ("go.next-problem", "n", lambda s: s.panes.flows.cursor > 0 or s.panes.ladder.cursor > 0),
    ("go.previous-problem", "n n N", lambda s: s.panes.ladder.count > 0),
    ("ladder.time", "3 t", lambda s: s.panes.ladder.settings.time is TimeColumn.START),
    ("ladder.raw", "3 r", lambda s: s.panes.ladder.settings.raw_numbers),
    ("ladder.mark", "3 m", lambda s: s.panes.ladder.settings.mark >= 0),
    ("ladder.to-mark", "3 g m G apostrophe", lambda s: s.panes.ladder.cursor == 0),
    ("ladder.scale", "3 T", lambda s: s.panes.ladder.to_scale),
    ("ladder.scale", "3 T T", lambda s: not s.panes.ladder.to_scale),
    ("ladder.follow", "3 f", lambda s: s.panes.ladder.cursor == s.panes.ladder.count - 1),
    ("ladder.follow", "3 f j", lambda s: s.panes.ladder.following),
    ("ladder.follow", "3 f k", lambda s: not s.panes.ladder.following),
    ("flows.weave", "m m M", lambda s: s.panes.ladder.woven and s.panes.ladder.has_focus),
    ("flows.weave", "m m M M", lambda s: len(s.panes.ladder.strands) == 1),
    ("flows.weave", "m M", lambda s: len(s.panes.ladder.strands) == 1),
    ("ladder.fold", "3 backspace", lambda s: s.panes.ladder.has_focus),
    ("app.commands", "colon", lambda s: len(s.app.screen_stack) == 3),
    ("app.repaint", "ctrl+l", lambda s: not changed_cells.SHOWN[s.app.console].lines),
    ("app.commands", "ctrl+p", lambda s: len(s.app.screen_stack) == 3),
    ("side.back", "e escape", lambda s: s.app.screen is s),
    ("side.help", "e question_mark", top_is(HelpScreen)),
    ("choice.back", "s escape", lambda s: s.app.screen is s),
    ("columns.back", "c escape", lambda s: s.app.screen is s),
    ("columns.toggle", "c home space enter", lambda s: "number" not in s.panes.flows.columns),
    ("columns.later", "c home J enter", lambda s: s.panes.flows.columns[1] == "number"),
    ("columns.earlier", "c home j K enter", lambda s: s.panes.flows.columns[1] == "number"),
    ("stream.form", "F t", top_is(StreamScreen)),
    ("stream.search", "F slash H T T P enter", top_is(StreamScreen)),
    ("stream.next", "F n", top_is(StreamScreen)),
    ("stream.previous", "F N", top_is(StreamScreen)),
]


def with_something_shown() -> changed_cells.ShownCells:
    """A terminal, which the screen has none of here."""
    shown = changed_cells.ShownCells()
    shown.lines[0] = [("a", PLAIN)]
    return shown


QUIT = ("app.quit", "app.interrupt", "side.quit", "chooser.quit")
ELSEWHERE = {
    "app.suspend": "stops the process, with everything that tests it",
    "question.yes": "answers what the screen over a data set asks: test_data_set_screen.py",
    "question.no": "the same",
}


@pytest.mark.parametrize(("id", "keys", "check"), CASES, ids=[f"{c[0]} {c[1]}" for c in CASES])
async def test_binding(
    id: str, keys: str, check: Check, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with opened(LOSSY) as pilot:
        changed_cells.SHOWN[pilot.app.console] = with_something_shown()
        await press(pilot, keys)
        assert check(screen_of(pilot))


@pytest.mark.parametrize("keys", ["q", "ctrl+c", "e q", "F q", "i q"])
async def test_quit(keys: str) -> None:
    async with opened(LOSSY) as pilot:
        for key in keys.split():
            await press_key(pilot, key)
        assert pilot.app._exit


def test_every_binding_is_tested() -> None:
    bindings = owned_bindings()
    assert all(binding.id and binding.tooltip for binding in bindings)
    assert {b.id for b in bindings} == {case[0] for case in CASES} | set(QUIT) | set(ELSEWHERE)


async def test_the_palette_offers_each_command_once_and_colours_last() -> None:
    async with opened(CLOSINGS, size=(80, 24)) as pilot:
        offered = [text for text, _ in Commands(screen_of(pilot)).commands()]
    assert len(set(offered)) == len(offered)
    assert "copy: Copy something about this flow (y)" in offered
    assert offered[-len(PALETTES) :] == [f"colours: {name}" for name in PALETTES]


async def test_the_palette_changes_the_rules() -> None:
    async with opened(CLOSINGS, size=(80, 24)) as pilot:
        done = dict(Commands(screen_of(pilot)).commands())["rules: analyse as Wireshark 4.4 does"]()
        assert done is not None
        await done
        await handled(pilot)
        assert isinstance(pilot.app, TcptuiApp)
        assert pilot.app.opened is not None
        assert pilot.app.opened.engine.rules.name == "4.4"


async def test_the_palette_finds_by_meaning() -> None:
    async with opened(CLOSINGS, size=(80, 24)) as pilot:
        hits = [hit async for hit in Commands(screen_of(pilot)).search("filter")]
    assert (
        max(hits).text == "filter: Show only flows that match; in the ladder, search for a text (/)"
    )


async def test_causes_are_counted_again_when_the_last_count_was_early() -> None:
    async with opened(LOSSY) as pilot:
        overview = screen_of(pilot).head_line.overview
        while overview.is_due or overview.is_counting:
            await pilot.pause(0.01)
        whole = [(cause.kind, cause.count) for cause in overview.found]
        overview.found, overview.segments, overview.next = [], 1, 0.0
        while not overview.found:
            await pilot.pause(0.01)
        assert [(cause.kind, cause.count) for cause in overview.found] == whole


async def test_keys_typed_ahead_go_to_the_pane_that_was_asked_for() -> None:
    async with opened(LOSSY, size=(80, 24)) as pilot:
        for key in "j3gjj":
            pilot.app.simulate_key(key)
        await handled(pilot)
        panes = screen_of(pilot).panes
        assert panes.ladder.flow is panes.flows.current
        assert (panes.flows.cursor, panes.ladder.cursor) == (1, 2)


@pytest.mark.parametrize(
    ("keys", "line", "said"),
    [
        ("G E T", 0, "GET ─ "),
        ("b o o k", 0, "book ─ "),
        ("2 0 0 space O K", 7, "200 OK ─ "),
        ("n o p e", 0, "nowhere: nope ─ "),
    ],
)
async def test_a_search_in_the_stream_says_what_came_of_it(keys: str, line: int, said: str) -> None:
    async with opened(LOSSY) as pilot:
        await press_key(pilot, "F")
        screen = pilot.app.screen
        assert isinstance(screen, StreamScreen)
        while not screen.list.count:
            await pilot.pause(0.01)
        await press(pilot, f"slash {keys} enter")
        assert screen.list.cursor == line
        assert screen.list.title_text.startswith(said)


async def test_space_in_the_ladder_marks_the_flow_and_stays() -> None:
    async with opened(LOSSY) as pilot:
        await press(pilot, "3 space")
        panes = screen_of(pilot).panes
        assert (len(panes.flows.marked), panes.flows.cursor) == (1, 0)
        assert panes.why.notice == "1 flow marked"


@pytest.mark.parametrize("palette", PALETTES)
async def test_every_palette_can_be_used(palette: str) -> None:
    async with opened(CLOSINGS, look=Look(palette, calm=True), size=(80, 24)) as pilot:
        await press(pilot, "j")
        done = dict(Commands(screen_of(pilot)).commands())["colours: light"]()
        assert done is not None
        await done
        await handled(pilot)
        assert pilot.app.theme == "tcptui-light"


async def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(CLOSINGS, size=(80, 24)) as pilot:
        await press(pilot, "3 j 2 tab e escape")
        assert pilot.app.no_color


async def test_enter_shows_a_segment() -> None:
    async with opened(CLOSINGS) as pilot:
        await press(pilot, "3 g enter")
        assert isinstance(pilot.app.screen, DetailScreen)
        texts = [field.text for field in pilot.app.screen.fields]
        assert "TCP" in texts
        assert any(text.startswith("flags = ") for text in texts)


async def test_enter_opens_a_run_and_backspace_folds_it() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "3")
        fold = screen.panes.ladder.fold
        assert fold is not None
        run = next(i for i in range(len(fold.kind)) if fold.span[i] > 1)
        before = screen.panes.ladder.count
        screen.panes.ladder.move_to(run)
        span = fold.span[run]
        await press(pilot, "enter")
        assert screen.panes.ladder.count == before + span - 1
        await press(pilot, "j backspace")
        assert screen.panes.ladder.count == before
        assert screen.panes.ladder.cursor == run


@pytest.mark.parametrize(
    ("text", "shown"),
    [("port:8080", True), ("flag:R", True), ("no-such-thing", False), ("state:time-wait", True)],
)
async def test_filter(text: str, shown: bool) -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "slash")
        screen.panes.filter_bar.input.value = text
        await press(pilot, "enter")
        assert screen.panes.flows.filtered == text
        assert bool(screen.panes.flows.count) == shown or text == "port:8080"


async def test_filter_says_what_is_wrong_while_it_is_typed() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "slash")
        screen.panes.filter_bar.input.value = "port:http"
        await handled(pilot)
        assert "not a port number" in screen.panes.filter_bar.complaint
        await press(pilot, "escape")
        assert not screen.panes.filter_bar.is_open
        assert not screen.panes.flows.filtered


async def test_keys_can_be_given_to_other_actions() -> None:
    async with opened(LOSSY) as pilot:
        pilot.app.set_keymap({"pane.zoom": "x"})
        await press(pilot, "x")
        assert screen_of(pilot).pane_layout.zoomed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tcp.analysis.retransmission", "display filter"),
        ("tcp.port == 8080 && flow.rtt < 50ms", "display filter"),
        ("tcp and dst port 8080", "capture filter, read as"),
        ("8080 closed", "text search"),
    ],
)
async def test_filter_says_how_it_is_understood(text: str, kind: str) -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "slash")
        screen.panes.filter_bar.input.value = text
        await handled(pilot)
        assert kind in screen_text(pilot)
        await press(pilot, "enter")
        assert screen.panes.flows.filtered == text
        assert screen.panes.flows.count


async def test_filter_points_at_what_is_wrong() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "slash")
        screen.panes.filter_bar.input.value = "tcp.port == http"
        await handled(pilot)
        lines = screen_text(pilot).splitlines()
        typed = next(i for i, line in enumerate(lines) if "== http" in line)
        assert lines[typed + 1].index("^") == lines[typed].index("http")


async def test_tab_completes_a_filter() -> None:
    async with opened(LOSSY) as pilot:
        screen = screen_of(pilot)
        await press(pilot, "slash")
        screen.panes.filter_bar.input.value = "tcp.analysis.zero_window_pr"
        screen.panes.filter_bar.input.cursor_position = 27
        await press(pilot, "tab")
        assert screen.panes.filter_bar.input.value.startswith("tcp.analysis.zero_window_probe")
        assert screen.panes.filter_bar.input.has_focus


async def test_a_digit_chooses_from_a_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def copy(text: str, write: object) -> str:
        sent.append(text)
        return "sent"

    monkeypatch.setattr("tcptui.clipboard.copy", copy)
    async with opened(LOSSY) as pilot:
        await press(pilot, "y 1 3")
        assert "port 52988" in sent[0]
        assert "tcp.port" not in sent[0]
        await press(pilot, "s 9")
        assert screen_of(pilot).panes.flows.sort == "lost"
        await press(pilot, "Y")
        assert "server sent 5 segments" in sent[-1]


async def test_what_is_like_this_is_asked_within_the_filter_in_use() -> None:
    async with opened(LOSSY) as pilot:
        panes = screen_of(pilot).panes
        await press(pilot, "equals_sign 4 equals_sign 6")
        assert panes.flows.filtered == '(tcp.port == 8080) && flow.closing == "four-way"'
        await press(pilot, "equals_sign 4")
        assert panes.flows.filtered == "tcp.port == 8080"
        other = "tcp.port == 8080 || ip.addr == 10.9.2.15"
        screen_of(pilot).flow_order.use_filter(other)
        await settled(pilot)
        await press(pilot, "equals_sign 2")
        assert panes.flows.filtered == f"({other}) && ip.addr == 10.9.2.1"


async def test_copy_says_where_it_went(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def copy(text: str, write: object) -> str:
        sent.append(text)
        return "sent to the clipboard of this test"

    monkeypatch.setattr("tcptui.clipboard.copy", copy)
    async with opened(LOSSY) as pilot:
        await press(pilot, "y enter")
        assert "exactly what is meant" in screen_text(pilot)
        await press(pilot, "enter")
        app = pilot.app
        assert isinstance(app, TcptuiApp)
        assert app.copies == sent
        assert "tcp.srcport" in sent[0]
        assert "sent to the clipboard of this test" in screen_of(pilot).panes.why.notice


@asynccontextmanager
async def saving(target: Path) -> AsyncIterator[tuple[Pilot[None], SaveScreen]]:
    """The question for a name, with one entered."""
    async with opened(LOSSY) as pilot:
        await press(pilot, "w enter")
        screen = pilot.app.screen
        assert isinstance(screen, SaveScreen)
        screen.query_one(Input).value = str(target)
        await press(pilot, "enter")
        yield pilot, screen


async def test_save_asks_before_it_overwrites(tmp_path: Path) -> None:
    target = tmp_path / "slice.pcapng"
    target.write_text("mine")
    async with saving(target) as (pilot, screen):
        assert "exists; Enter again overwrites" in screen.said.text
        assert target.read_text() == "mine"
        await press(pilot, "enter")
        await settled(pilot)
        assert "saved as" in screen_of(pilot).panes.why.notice
        assert target.read_bytes().startswith(b"\n\r\r\n")


async def test_save_never_touches_the_capture_that_is_read() -> None:
    before = LOSSY.read_bytes()
    async with saving(LOSSY) as (pilot, screen):
        await press(pilot, "enter")
        assert "the capture being read" in screen.said.text
    assert LOSSY.read_bytes() == before


def test_every_hint_is_a_binding() -> None:
    known = {binding.id for binding in owned_bindings()}
    hints = [*LIVE_HINTS, *FILTER_HINTS, *PAGES, *(hint for row in PANES for hint in row.hints)]
    assert {id for id, _ in hints} <= known


# key to the pane, what the line of keys begins with on 80 columns, what it has room for
LINES = [
    ("1", " Enter ladder  n problem  / filter  o overview", "? help"),
    ("2", " ] next change  [ previous  n problem", "? help"),
    ("3", " Enter open  n problem  ] state  T to scale  t time  F stream", "? help"),
    ("4", " l later  t kind  a all flows  m mark  + in  - out", "0 whole"),
    ("slash", " Tab completes", "Esc close"),
]


@pytest.mark.parametrize(("key", "begin", "has"), LINES, ids=[line[0] for line in LINES])
async def test_line_of_keys_is_for_the_pane(key: str, begin: str, has: str) -> None:
    async with opened(LOSSY, size=(80, 24)) as pilot:
        await press(pilot, key)
        line = (await steady_text(pilot)).splitlines()[-1]
        assert line.startswith(begin)
        assert has in line


async def test_a_key_can_be_clicked_whoever_has_it() -> None:
    async with opened(LOSSY, size=(80, 24)) as pilot:
        await press(pilot, "3")
        line = screen_text(pilot).splitlines()[-1]
        await pilot.click("#keys", offset=(line.index("to scale"), 0))
        assert screen_of(pilot).panes.ladder.to_scale


@pytest.mark.parametrize(
    "keys", ["w", "p", "y", "s", "c", "o", "1 question_mark", "3 question_mark"]
)
async def test_nothing_is_cut_in_the_menus(keys: str) -> None:
    async with opened(LOSSY, size=(80, 24)) as pilot:
        await press(pilot, keys)
        assert "…" not in await steady_text(pilot)


async def test_what_a_menu_must_cut_stands_below_it() -> None:
    async with opened(LOSSY, size=(80, 24)) as pilot:
        options = [Choice("a", "one", "word " * 20 + "end"), Choice("b", "two", "short")]
        pilot.app.push_screen(ChoiceScreen(Look(), "Long", options))
        assert "word end" in await steady_text(pilot)


async def test_a_low_screen_says_why_a_capture_ended(tmp_path: Path) -> None:
    file = tmp_path / "cut.pcapng"
    file.write_bytes(LOSSY.read_bytes()[:20_000])
    async with opened(file, size=(80, 20)) as pilot:
        said = " ".join((await steady_text(pilot)).split())
        assert "the file ends in the middle of a packet" in said
