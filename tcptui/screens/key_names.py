"""Collects the names of all actions that can have other keys. It imports every screen."""

from difflib import get_close_matches

from textual.binding import Binding


def names() -> set[str]:
    """Return the names of docs/keys.md."""
    from tcptui.panes.flows.widget import FlowList
    from tcptui.panes.graph.widget import GraphPane
    from tcptui.panes.ladder.widget import Ladder
    from tcptui.panes.lifelines.widget import Lifelines
    from tcptui.screens.ask import AskScreen
    from tcptui.screens.between import BetweenScreen
    from tcptui.screens.choice import ChoiceScreen, ColumnsScreen
    from tcptui.screens.chooser import ChooserScreen
    from tcptui.screens.copy_menu import CopyScreen
    from tcptui.screens.groups import GroupsScreen
    from tcptui.screens.overview import OverviewScreen
    from tcptui.screens.page import PageScreen
    from tcptui.screens.saving import SaveScreen
    from tcptui.screens.side import SideScreen
    from tcptui.screens.stream import StreamScreen
    from tcptui.screens.triage import TriageScreen
    from tcptui.screens.triage_keys import PROGRAM_KEYS
    from tcptui.widgets.filter_bar import FilterBar
    from tcptui.widgets.rows import RowList

    owners = (
        TriageScreen, SideScreen, StreamScreen, ChoiceScreen, ChooserScreen,
        ColumnsScreen, CopyScreen, OverviewScreen, PageScreen, SaveScreen, RowList, FlowList,
        Ladder, FilterBar, BetweenScreen, Lifelines, GraphPane, GroupsScreen,
        AskScreen,
    )  # fmt: skip
    bindings = [*PROGRAM_KEYS, *(one for owner in owners for one in owner.BINDINGS)]
    return {one.id for one in bindings if isinstance(one, Binding) and one.id}


def like(name: str, known: set[str]) -> str:
    """Return a question with the names that one may have meant."""
    near = get_close_matches(name, sorted(known), 3)
    return f"; is it {' or '.join(near)}?" if near else ""
