"""Leads from the flow list to its groups, to the flows of one of them, and back."""

from tcptui.drawing.cells import clean
from tcptui.engine.flow import Flow
from tcptui.findings.judgement import Judge
from tcptui.report.group_formats import value_of
from tcptui.report.grouping import Grouping
from tcptui.report.output_formats import GROUPING_MEANINGS, GROUPING_NAMES
from tcptui.screens.choice import Choice, ChoiceScreen
from tcptui.screens.groups import GroupsScreen
from tcptui.screens.triage_export import Export
from tcptui.screens.triage_filter import Asked
from tcptui.screens.triage_flows import FlowOrder
from tcptui.screens.triage_panes import TriagePanes


class Groups:
    """Remembers how the flows were grouped last, and which group was opened."""

    def __init__(self, panes: TriagePanes, order: FlowOrder, export: Export) -> None:
        self.panes = panes
        self.order = order
        self.export = export
        self.by = GROUPING_NAMES[0]
        self.key: bytes | None = None

    def choose(self) -> None:
        """Let the user choose what to group by."""
        options = [Choice(name, name, meaning) for name, meaning in GROUPING_MEANINGS.items()]
        screen = ChoiceScreen(self.panes.look, "Group the flows by", options, self.by)
        self.panes.screen.app.push_screen(screen, self.way_chosen)

    def way_chosen(self, by: str | None) -> None:
        if by is not None:
            self.by, self.key = by, None
            self.show()

    def show(self) -> None:
        """Show the groups, with the cursor on the one that was opened last."""
        screen = GroupsScreen(self.order, self.export, Grouping(self.by), self.key)
        self.panes.screen.app.push_screen(screen, self.group_chosen)

    def group_chosen(self, key: bytes | None) -> None:
        """Leave the flows of a group in the list, of those that it has."""
        if key is None:
            return
        self.key = key
        panes, outside = self.panes, self.panes.asked
        keys = Grouping(self.by).keys(panes.engine, panes.session.source)
        listed = panes.flows
        some = {listed.flow_at(row) for row in range(listed.count)} if outside.text else None

        def keep(flow: Flow, judge: Judge) -> bool:
            return (some is None or flow.index in some) and keys.of(flow) == key

        text = clean(f"{self.by} {value_of(key)}")
        within = f" within {outside.text}" if outside.text else ""
        self.order.use(Asked(text + within, None, keep, "Esc: the groups again", outside=outside))

    def leave(self, outside: Asked) -> None:
        """Go from the flows of a group back to the groups of what was asked for before."""
        self.order.use(outside)
        self.show()
