"""Shows the flows of the list as groups: a row for each server, client, port and others."""

import asyncio
from time import monotonic
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcptui.drawing.cells import Line, Run, clean, fit_line, rule
from tcptui.findings.flow_groups import FlowGroup
from tcptui.report.group_formats import headline, key_of
from tcptui.report.grouping import Grouping
from tcptui.report.groups.sums import add_up
from tcptui.screens import group_columns as columns
from tcptui.screens.choice import Choice, ChoiceScreen
from tcptui.screens.copy_menu import CopyScreen
from tcptui.screens.group_copy import group_forms
from tcptui.screens.triage_export import Export
from tcptui.screens.triage_flows import FlowOrder
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices
from tcptui.text.amounts import amount, count, part_done
from tcptui.widgets.canvas import Row
from tcptui.widgets.keys_line import KeyHint, KeysLine
from tcptui.widgets.rows import RowList

LOOK_AGAIN: Final = 0.25
IDLE_SECONDS: Final = 2.0
"""Seconds without a key after which groups that grow are added up again …"""
REST_SHARE: Final = 10
"""… but not for so many times as long as that took."""
QUIET_SECONDS: Final = 0.3
"""Work that is done sooner shows no progress."""


class GroupList(RowList):
    """A line for each group, below what sets those that failed apart."""

    HEAD = 3

    HELP = """
    ## Groups
    Each line is what all flows of the list with one server, client, port … come to, the longest
    waited first. The second line says how many failed and, where it is so, that all of those are
    in one group. Enter shows the flows of a group; Escape there leads back here. `y` copies the
    filter that shows them elsewhere.
    """

    def __init__(self, panes: TriagePanes, by: str) -> None:
        super().__init__(panes.look, id="groups")
        self.by = by
        self.utc = panes.preferences.utc
        self.groups: list[FlowGroup] = []
        self.sort, self.descending = columns.SORT_DEFAULT, True
        self.flows = 0
        self.told = ""
        self.filtered = ""
        self.progress = "adding up"

    @property
    def count(self) -> int:
        return len(self.groups)

    @property
    def current(self) -> FlowGroup | None:
        """The group under the cursor."""
        return self.groups[self.cursor] if self.groups else None

    def show_groups(self, groups: list[FlowGroup], key: bytes | None) -> None:
        """Show groups, with the cursor on that of a key, in its line of the screen."""
        line = self.cursor - self.top
        self.groups = groups
        keys = (at for at, group in enumerate(groups) if group.key == key)
        self.cursor = next(keys, max(0, min(self.cursor, len(groups) - 1)))
        self.top = max(0, self.cursor - line)
        self.show_cursor()
        self.repaint()

    def head(self, width: int) -> list[Row]:
        style = "title-focus" if self.has_focus else "title"
        name = f"Groups ─ by {self.by} ─ {amount(self.flows, 'flow')}"
        if self.filtered:
            name += f" ─ filter: {self.filtered}"
        where = f"{count(min(self.cursor + 1, self.count))}/{count(self.count)}"
        placed = columns.place_columns(width - 1)
        key = columns.key_width(placed, width - 1)
        titles = columns.header(placed, self.by, self.sort, self.descending, key)
        return [
            Row(rule([Run(name, style)], f"{self.progress} {where}".strip(), width)),
            Row(fit_line([Run(" "), Run(self.told)], width)),
            Row(fit_line([Run(" "), *titles], width)),
        ]

    def row(self, index: int, width: int) -> Line:
        placed = columns.place_columns(width - 1)
        key = columns.key_width(placed, width - 1)
        front = "▌" if index == self.cursor else " "
        named = not self.look.numeric
        drawn = columns.row(self.groups[index], placed, self.by, self.utc, key, named)
        return fit_line([Run(front), *drawn], width)

    def nothing(self) -> Line:
        return [Run("" if self.progress else " no flows to add up", "dim")]


class GroupsScreen(Screen[bytes | None]):
    """Returns the key of the group whose flows are to be shown, or None."""

    CSS_PATH = "stream.tcss"
    AUTO_FOCUS = "#groups"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,left,h", "dismiss(None)", "back", key_display="Esc",
                id="groups.back", tooltip="Back to the flows"),
        Binding("s", "sort", "sort", id="groups.sort", tooltip="Sort the groups by another column"),
        Binding("S", "reverse", "reverse", id="groups.reverse",
                tooltip="Reverse the order of the groups"),
        Binding("y", "copy", "copy", id="groups.copy",
                tooltip="Copy the filter that shows a group's flows elsewhere"),
        Binding("q", "app.quit", "quit", id="groups.quit", tooltip="Quit at once"),
        Binding("question_mark", "app.help", "help", key_display="?", show=False,
                id="groups.help", tooltip="What this shows, and all keys"),
    ]  # fmt: skip

    HINTS: Final[tuple[KeyHint, ...]] = (
        ("rows.open", "flows"),
        ("groups.sort", "sort"),
        ("groups.reverse", "reverse"),
        ("groups.copy", "copy"),
        ("groups.back", "back"),
        ("groups.help", "help"),
        ("groups.quit", "quit"),
    )

    def __init__(
        self, order: FlowOrder, export: Export, grouping: Grouping, key: bytes | None = None
    ) -> None:
        super().__init__()
        self.order = order
        panes = self.panes = order.panes
        self.export = export
        self.grouping = grouping
        self.keys = grouping.keys(panes.engine, panes.session.source)
        self.list = GroupList(panes, grouping.by)
        self.line = KeysLine(panes.look, id="keys")
        self.wanted = key  # the group to begin with
        self.groups: list[FlowGroup] = []
        self.is_adding = False
        self.revision = -1
        self.last_key = self.next = 0.0  # monotonic seconds

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.line

    def on_mount(self) -> None:
        self.call_after_refresh(self.line.show_hints, self.HINTS)
        self.renew()
        self.set_interval(LOOK_AGAIN, self.renew)

    def on_key(self) -> None:
        self.last_key = monotonic()

    @property
    def awaits_work(self) -> bool:
        """Whether there is nothing to choose from yet."""
        return bool(self.list.progress) and not self.list.groups

    def renew(self) -> None:
        """Add up again where the capture has gone on, and nobody is using the list."""
        now = monotonic()
        new = self.revision != self.panes.session.revision and not self.panes.held
        idle = now - self.last_key > IDLE_SECONDS
        if new and idle and now >= self.next and not self.is_adding:
            self.is_adding = True
            self.run_worker(self.added_up(), group="groups")

    async def added_up(self) -> None:
        """Add up the flows of the list, and put the groups in order."""
        while self.order.is_sorting:  # as the filter has changed
            await asyncio.sleep(LOOK_AGAIN / REST_SHARE)
        shown, began = self.panes.flows, monotonic()
        shown.forget()
        self.revision = self.panes.session.revision
        try:
            count = shown.count
            work = add_up(self.keys, self.panes.judge, shown)
            sums = await in_slices(work, lambda part: self.tell(began, "adding up", part))
            self.groups = list(sums.by_key.values())
            told = await asyncio.to_thread(headline, self.groups, self.grouping)
            self.list.told, self.list.flows = clean(told), count
            self.list.filtered = clean(shown.filtered)
            self.sort_groups()
        finally:
            self.is_adding = False
            self.next = monotonic() + REST_SHARE * (monotonic() - began)

    def sort_groups(self) -> None:
        self.run_worker(self.put_in_order(), group="order", exclusive=True)

    async def put_in_order(self) -> None:
        """Show the groups in the order that was asked for; the cursor stays on its group."""
        began, shown = monotonic(), self.list
        column = columns.BY_ID[shown.sort]
        work = columns.arrange(self.groups, column, shown.descending)
        ranked = await in_slices(work, lambda part: self.tell(began, "sorting", part))
        shown.progress = ""
        here = shown.current
        shown.show_groups(ranked, self.wanted if here is None else here.key)

    def tell(self, began: float, what: str, part: float) -> None:
        """Show how far work has come, once it has taken long enough to be noticed."""
        if monotonic() - began > QUIET_SECONDS:
            self.list.progress = f"{what} {part_done(part)}"
            self.list.repaint()

    def action_sort(self) -> None:
        """Let the user choose the column to sort by."""
        options = [Choice(one.id, one.title, one.meaning) for one in columns.COLUMNS]
        screen = ChoiceScreen(self.panes.look, "Sort by", options, self.list.sort)
        self.app.push_screen(screen, self.sort_chosen)

    def sort_chosen(self, column: str | None) -> None:
        if column is not None:
            self.list.sort = column
            self.list.descending = columns.BY_ID[column].number is not None
            self.sort_groups()

    def action_reverse(self) -> None:
        self.list.descending = not self.list.descending
        self.sort_groups()

    def action_copy(self) -> None:
        """Choose how to copy the filter of the group under the cursor."""
        group, panes, by = self.list.current, self.panes, self.grouping.by
        if group is not None:
            capture = self.export.capture
            title = clean(f"Copy {by} {key_of(group)} as")
            made = group_forms(capture, panes.flows, self.keys, by, group.key)
            screen = CopyScreen(panes.look, title, made, capture.searcher.stop)
            self.app.push_screen(screen, self.copy_chosen)

    def copy_chosen(self, chosen: tuple[str, str] | None) -> None:
        if chosen is not None:
            self.run_worker(self.text_copied(*chosen), group="copy")

    async def text_copied(self, what: str, text: str) -> None:
        """Copy a text, and say which way it went where what sets groups apart stands."""
        self.list.told = await self.export.text_sent(what, text)
        self.list.repaint()

    @on(RowList.Chosen)
    def group_chosen(self) -> None:
        if (group := self.list.current) is not None:
            self.dismiss(group.key)
