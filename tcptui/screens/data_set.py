"""The screen over the data set of a sweep: the flows of all captures, the trouble of each day, and
the way to the one capture."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker

from tcptui.capture.errors import CaptureError
from tcptui.data_set import row_filter
from tcptui.data_set.capture_places import (
    Fetch,
    WantedFlow,
    captures_of,
    checked_path,
    is_below,
    is_elsewhere,
)
from tcptui.data_set.files import FoundFiles, find_files
from tcptui.data_set.groups import GROUP_BY, GROUPINGS, add_up, trouble_by_day
from tcptui.data_set.listing import SORT_BY, SORTINGS, read_line
from tcptui.data_set.row_filter import EVERYTHING, AskedRows
from tcptui.data_set.shown_flows import ShownFlows
from tcptui.data_set.swept import Swept, SweptCapture
from tcptui.data_set.swept_rows import SweptRows
from tcptui.drawing.cells import clean
from tcptui.escapes import visible
from tcptui.filters.filter_error import FilterError
from tcptui.panes.swept.drawing import title_of, told_of
from tcptui.panes.swept.widget import SweptList, TroubleDays
from tcptui.panes.why.widget import Why
from tcptui.screens.ask import AskScreen
from tcptui.screens.choice import Choice, ChoiceScreen
from tcptui.screens.data_set_groups import SweptGroupsScreen
from tcptui.screens.page import PageScreen
from tcptui.text.amounts import amount, count, part_done
from tcptui.theme import Look
from tcptui.widgets.filter_bar import FilterBar
from tcptui.widgets.keys_line import KeyHint, KeysLine
from tcptui.widgets.rows import RowList

if TYPE_CHECKING:
    from tcptui.filters.complete import Completion

HIGH: Final = 30
"""Lines from which on the worst hosts have their own lines of trouble."""
MOST_HOSTS: Final = 4
MOST_TOLD: Final = 200
"""Lines of the overview about captures and files that could not be read."""

Show = Callable[[Sequence[str], WantedFlow], None]
"""Shows captures as one, with the cursor on a flow. Raises CaptureError."""

HINTS: Final[tuple[KeyHint, ...]] = (
    ("rows.open", "open"),
    ("flows.filter", "filter"),
    ("flows.groups", "groups"),
    ("flows.sort", "sort"),
    ("view.overview", "overview"),
    ("app.back", "back"),
    ("app.help", "help"),
    ("app.quit", "quit"),
)


class SweptFilterBar(FilterBar):
    """A bar for a filter of a data set, without completions: it has few fields of its own."""

    HINT = "words, or host, file, day, flow.…: flow.cost > 1s and host == web07; empty shows all"

    def offers(self) -> "list[Completion]":
        return []


class DataSetScreen(Screen[None]):
    """Shows the flows of a data set.

    ``roots`` are the folders below which Enter opens captures without asking; ``fetch`` copies one
    from elsewhere, and ``show`` shows the captures of a flow.
    """

    CSS_PATH = "data_set.tcss"
    AUTO_FOCUS = "#swept"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", key_display="/", id="flows.filter",
                tooltip="Show only flows that match: words, or comparisons of fields"),
        Binding("b", "groups", "groups", id="flows.groups",
                tooltip="Groups of flows, by host, day, file and address: what each has"),
        Binding("s", "sort", "sort", id="flows.sort", tooltip="Sort the flows by another column"),
        Binding("S", "reverse", "reverse", id="flows.reverse",
                tooltip="Reverse the order of the flows"),
        Binding("o", "overview", "overview", id="view.overview",
                tooltip="What was swept, and what could not be read"),
        Binding("escape", "back", "back", key_display="Esc", id="app.back",
                tooltip="Close the filter, then show all flows again"),
        Binding("question_mark", "app.help", "help", key_display="?", id="app.help",
                tooltip="What this shows, and all keys"),
        Binding("q", "app.quit", "quit", id="app.quit", tooltip="Quit at once"),
    ]  # fmt: skip

    def __init__(
        self, look: Look, utc: bool, swept: Swept, roots: Sequence[str], fetch: Fetch, show: Show
    ) -> None:
        super().__init__()
        self.look = look
        self.swept = swept
        self.roots = roots
        self.fetch = fetch
        self.show_captures = show
        self.shown: ShownFlows | None = None
        self.turn = asyncio.Lock()
        self.work: Worker[None] | None = None  # that was asked for last
        self.days = TroubleDays(look, id="trouble")
        self.list = SweptList(look, utc, id="swept")
        self.filter_bar = SweptFilterBar(look, "", id="filter-bar")
        self.why = Why(look, "Flow", "", id="why")
        self.keys_line = KeysLine(look, id="keys")

    def compose(self) -> ComposeResult:
        yield self.days
        yield self.list
        yield self.filter_bar
        yield self.why
        yield self.keys_line

    def on_mount(self) -> None:
        self.call_after_refresh(self.keys_line.show_hints, HINTS)
        self.begin(self.read_flows())

    def on_resize(self) -> None:
        self.days.styles.height = self.trouble_height()

    def trouble_height(self) -> int:
        """Return how many lines the trouble of the days takes, its title among them."""
        most = 1 + MOST_HOSTS if self.size.height >= HIGH else 1
        return 1 + max(1, len(self.days.told[:most]))

    # Work beside the screen

    @property
    def awaits_work(self) -> bool:
        """Whether what the last key asked for is not shown yet."""
        return self.work is not None and not self.work.is_finished

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Do beside the screen what a key asked for, after what was asked for before it."""
        self.work = self.run_worker(self.done_in_turn(work))

    async def done_in_turn(self, work: Coroutine[None, None, None]) -> None:
        async with self.turn:
            await work

    async def read_flows(self) -> None:
        """Read the flows, and show them."""
        self.list.progress = "reading"
        rows = await asyncio.to_thread(self.rows_read)
        self.list.progress = ""
        self.shown = await asyncio.to_thread(ShownFlows, rows)
        await self.show_flows()
        if rows.notes:
            self.why.show_notice("some files were left out; o says which")
        self.ahead = asyncio.create_task(asyncio.to_thread(self.shown.read_ahead, self.goes_on))

    def rows_read(self) -> SweptRows:
        try:
            found = find_files(self.swept)
        except OSError as error:
            found = FoundFiles([], [f"{visible(str(self.swept.folder))}: {error.strerror}"])
        rows = SweptRows(found.files, self.tell_progress)
        rows.notes[:0] = found.notes
        return rows

    def tell_progress(self, part: float) -> bool:
        """Show how far reading has come, in another thread; return whether to go on."""
        told = f"reading {part_done(part)}"
        if told != self.list.progress:
            self.list.progress = told
            self.app.call_later(self.list.repaint)
        return self.goes_on(part)

    def goes_on(self, part: float) -> bool:
        """Return whether anybody is still looking."""
        return self.is_running

    async def show_flows(self, *, keep: bool = False) -> None:
        """Show the flows as they are chosen now; ``keep`` the cursor on its flow."""
        shown = self.shown
        if shown is None:
            return
        self.list.show_flows(shown, keep=keep)
        self.show_why()
        self.days.told = await asyncio.to_thread(trouble_by_day, shown, MOST_HOSTS)
        self.days.styles.height = self.trouble_height()
        self.days.repaint()

    @on(RowList.Moved, "#swept")
    def show_why(self) -> None:
        """Say what is wrong with the flow under the cursor, and where it is."""
        if self.shown is None or not self.list.count:
            self.why.show_points([], "Flow")
            return
        flow = self.shown.listed(self.list.cursor)
        self.why.show_points(told_of(flow), title_of(flow, clean(self.swept.rules)))

    def on_key(self) -> None:
        self.why.end_notice()

    # The order

    def action_sort(self) -> None:
        """Let the user choose what to sort by."""
        if self.shown is not None:
            options = [Choice(one.id, one.id, one.meaning) for one in SORTINGS]
            screen = ChoiceScreen(self.look, "Sort by", options, self.shown.sort)
            self.app.push_screen(screen, self.sort_chosen)

    def sort_chosen(self, sort: str | None) -> None:
        if sort is not None:
            self.begin(self.sorted(sort, SORT_BY[sort].descending))

    def action_reverse(self) -> None:
        """Reverse the order."""
        if self.shown is not None:
            self.begin(self.sorted(self.shown.sort, not self.shown.descending))

    async def sorted(self, sort: str, descending: bool) -> None:
        if self.shown is not None:
            self.shown = await asyncio.to_thread(self.shown.sorted_by, sort, descending)
            await self.show_flows()

    # The filter

    def action_filter(self) -> None:
        """Open the filter bar with the filter in use."""
        asked = self.shown.asked if self.shown is not None else EVERYTHING
        self.filter_bar.open((asked.outside or asked).text)

    @on(FilterBar.Typed)
    def filter_typed(self, message: FilterBar.Typed) -> None:
        """Say what is wrong with a filter while it is typed, or how it is understood."""
        try:
            self.filter_bar.approve(row_filter.asked(message.text).kind)
        except FilterError as error:
            self.filter_bar.complain(clean(error.what), error.column)

    @on(FilterBar.Entered)
    def filter_entered(self, message: FilterBar.Entered) -> None:
        try:
            asked = row_filter.asked(message.text)
        except FilterError:
            return
        self.close_filter()
        self.begin(self.filtered(asked))

    def close_filter(self) -> None:
        self.filter_bar.close()
        self.list.focus()

    async def filtered(self, asked: AskedRows) -> None:
        """Show the flows that are asked for, with the cursor on the same flow if it is there."""
        if self.shown is not None:
            self.shown = await asyncio.to_thread(self.shown.kept, asked)
            await self.show_flows(keep=True)

    def action_back(self) -> None:
        """Leave the filter bar, then the group, then the filter."""
        asked = self.shown.asked if self.shown is not None else EVERYTHING
        if self.filter_bar.is_open:
            self.close_filter()
        elif asked.mask is not None:
            self.begin(self.filtered(asked.outside or EVERYTHING))

    # Groups

    def action_groups(self) -> None:
        """Let the user choose what to group by."""
        if self.shown is not None:
            options = [Choice(one.id, one.id, one.meaning) for one in GROUPINGS]
            self.app.push_screen(ChoiceScreen(self.look, "Group by", options), self.groups_chosen)

    def groups_chosen(self, by: str | None) -> None:
        if by is not None:
            self.begin(self.show_groups(by))

    async def show_groups(self, by: str) -> None:
        """Add up the flows that are shown, and show the groups."""
        if self.shown is not None:
            groups = await asyncio.to_thread(add_up, self.shown, by)
            self.app.push_screen(
                SweptGroupsScreen(self.look, GROUP_BY[by], groups), self.group_chosen
            )

    def group_chosen(self, text: str | None) -> None:
        """Show the flows of a group, of those that were shown before."""
        if text is None or self.shown is None:
            return
        try:
            group = row_filter.asked(text)
        except FilterError as error:  # of a key as no sweep writes it
            self.why.show_notice(clean(error.what))
        else:
            self.begin(self.filtered(row_filter.within(self.shown.asked, group)))

    # The captures

    @on(RowList.Chosen, "#swept")
    def flow_chosen(self) -> None:
        if self.shown is not None and (row := self.list.current) is not None:
            self.begin(self.open_flow(self.shown, row))

    async def open_flow(self, shown: ShownFlows, row: int) -> None:
        """Open the captures of a flow, or say in a line why that cannot be."""
        try:
            found = await asyncio.to_thread(captures_of, self.swept, shown.rows, row)
            outside = await asyncio.to_thread(self.outside, found)
            if not outside:
                await self.open_captures(shown, row, found)
                return
        except CaptureError as error:
            self.why.show_notice(clean(str(error)))
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.begin(self.open_captures(shown, row, found))

        question = AskScreen(self.look, "Open this capture?", [clean(one) for one in outside])
        self.app.push_screen(question, answered)

    def outside(self, captures: Sequence[SweptCapture]) -> list[str]:
        """Return where those captures lie that are not to be opened without asking. Raises
        CaptureError."""
        there = [one.name if is_elsewhere(one) else checked_path(one) for one in captures]
        return [
            place
            for one, place in zip(captures, there, strict=True)
            if is_elsewhere(one) or not is_below(place, self.roots)
        ]

    async def open_captures(
        self, shown: ShownFlows, row: int, captures: Sequence[SweptCapture]
    ) -> None:
        """Show the captures of a flow as one."""
        flow = read_line(shown.rows, row)
        try:
            self.why.show_notice("opening …")
            paths = await asyncio.to_thread(self.local_paths, captures)
            self.show_captures(paths, WantedFlow(flow.first, flow.client, flow.server))
            self.why.end_notice()
        except CaptureError as error:
            self.why.show_notice(clean(str(error)))

    def local_paths(self, captures: Sequence[SweptCapture]) -> list[str]:
        """Return the paths of captures, of copies for those from elsewhere. Raises CaptureError."""
        return [self.fetch(one) if is_elsewhere(one) else checked_path(one) for one in captures]

    # What was swept

    def action_overview(self) -> None:
        """Show what was swept, and what could not be read."""
        if self.shown is None:
            return
        swept, rows = self.swept, self.shown.rows
        broken = [one for one in swept.captures.values() if one.error]
        said = [
            f"{amount(len(swept.captures), 'capture')}, {amount(rows.count, 'flow')}",
            f"swept from {', '.join(swept.sources)}, by the rules of Wireshark {swept.rules}",
        ]
        sections = [said]
        if broken:
            lines = [f"{one.name}: {one.error}" for one in broken[:MOST_TOLD]]
            sections.append([f"{count(len(broken))} could not be read", *lines])
        if rows.notes:
            sections.append(["Left out of this list", *rows.notes[:MOST_TOLD]])
        shown = [[clean(line) for line in section] for section in sections]
        self.app.push_screen(PageScreen(self.look, "What was swept", shown))
