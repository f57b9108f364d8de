"""Shows the groups of a data set's flows."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcptui.data_set.groups import SweptGroup, SweptGrouping, filter_of
from tcptui.panes.swept.widget import SweptGroups
from tcptui.theme import Look
from tcptui.widgets.keys_line import KeyHint, KeysLine
from tcptui.widgets.rows import RowList


class SweptGroupsScreen(Screen[str | None]):
    """Returns the filter for the group whose flows are to be shown, or None."""

    CSS_PATH = "data_set.tcss"
    AUTO_FOCUS = "#swept-groups"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,left,h", "dismiss(None)", "back", key_display="Esc",
                id="groups.back", tooltip="Back to the flows"),
        Binding("q", "app.quit", "quit", id="groups.quit", tooltip="Quit at once"),
        Binding("question_mark", "app.help", "help", key_display="?", show=False,
                id="groups.help", tooltip="What this shows, and all keys"),
    ]  # fmt: skip

    HINTS: Final[tuple[KeyHint, ...]] = (
        ("rows.open", "flows"),
        ("groups.back", "back"),
        ("groups.help", "help"),
        ("groups.quit", "quit"),
    )

    def __init__(self, look: Look, grouping: SweptGrouping, groups: Sequence[SweptGroup]) -> None:
        super().__init__()
        self.grouping = grouping
        self.list = SweptGroups(look, grouping, groups, id="swept-groups")
        self.line = KeysLine(look, id="keys")

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.line

    def on_mount(self) -> None:
        self.call_after_refresh(self.line.show_hints, self.HINTS)

    @on(RowList.Chosen)
    def group_chosen(self) -> None:
        if (group := self.list.current) is not None:
            self.dismiss(filter_of(self.grouping, group.key))
