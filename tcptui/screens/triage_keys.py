"""Lists the keys of the triage screen; the keys of a single pane stand with its widget."""

from collections.abc import Iterable
from typing import Final

from textual.binding import Binding, BindingType

from tcptui.screens.triage_panes import PaneRow
from tcptui.widgets.keys_line import KeyHint

PROGRAM_KEYS: Final[list[BindingType]] = [
    Binding("ctrl+c", "interrupt", "stop", show=False, id="app.interrupt", priority=True,
            tooltip="Stop what still comes in and go on browsing; otherwise quit"),
    Binding("ctrl+z", "suspend_process", "suspend", show=False, id="app.suspend",
            tooltip="Back to the shell; fg returns"),
    Binding("ctrl+l", "repaint", "repaint", show=False, id="app.repaint",
            tooltip="Paint the screen anew, where another program has written on it"),
    Binding("colon,ctrl+p", "command_palette", "commands", show=False, id="app.commands",
            tooltip="All commands by name"),
]  # fmt: skip
"""The keys that work on every screen."""

BEFORE_PANES: Final[list[BindingType]] = [
    Binding("question_mark", "app.help", "help", key_display="?", id="app.help",
            tooltip="What the focused pane shows, and all keys"),
    Binding("slash", "filter", "filter", key_display="/", id="flows.filter",
            tooltip="Show only flows that match; in the ladder, search for a text"),
    Binding("number_sign", "number", "go to", key_display="#", id="go.number",
            tooltip="Go to a frame (#412), a flow (#f412), a time of day (#10:42:07)"),
    Binding("n", "problem(1)", "next problem", id="go.next-problem",
            tooltip="Next segment with a problem, on to the next flow"),
    Binding("N", "problem(-1)", "previous problem", id="go.previous-problem",
            tooltip="Previous segment with a problem"),
    Binding("greater_than_sign", "same(1)", "next alike", key_display=">", id="go.next-alike",
            tooltip="Next flow with the same trouble; in the ladder, segment with the same flag"),
    Binding("less_than_sign", "same(-1)", "previous alike", key_display="<",
            id="go.previous-alike",
            tooltip="Previous flow with the same trouble; in the ladder, segment with the flag"),
    Binding("equals_sign", "like", "only like this", key_display="=", id="flows.like",
            tooltip="Filter by what is under the cursor: a host, a port, a finding, a flag"),
    Binding("right_square_bracket", "change(1)", "next state change", key_display="]",
            id="go.next-change", tooltip="Next state change of this flow"),
    Binding("left_square_bracket", "change(-1)", "previous state change", key_display="[",
            id="go.previous-change", tooltip="Previous state change of this flow"),
    Binding("s", "sort", "sort", id="flows.sort", tooltip="Sort the flows by another column"),
    Binding("S", "reverse", "reverse", id="flows.reverse",
            tooltip="Reverse the order of the flows"),
    Binding("R", "resort", "sort again", id="flows.resort",
            tooltip="Sort again, with the flows that have come since"),
    Binding("f", "newest", "newest", id="flows.newest",
            tooltip="Go to the newest flow and stay with the newest, until you move"),
    Binding("M", "weave", "marked flows", id="flows.weave",
            tooltip="The marked flows in one ladder, or one flow alone again"),
    Binding("v", "beside", "versus", id="flows.beside",
            tooltip="The marked flow and this one side by side: what differs"),
    Binding("b", "groups", "groups", id="flows.groups",
            tooltip="Groups of flows, by server, client, port, name and others: what each has"),
    Binding("c", "columns", "columns", id="flows.columns",
            tooltip="Which columns the list has, and their order"),
    Binding("space", "hold", "hold", id="view.hold",
            tooltip="Hold the view while more comes in; else mark the flow"),
    Binding("p", "capture_point", "place", id="why.place",
            tooltip="Say where the capture was taken, if the measured place is wrong"),
    Binding("e", "evidence", "evidence", id="why.evidence",
            tooltip="All that is known about the row under the cursor"),
    Binding("F", "stream", "stream", id="flow.stream",
            tooltip="Follow the byte stream of this flow"),
    Binding("y", "copy", "copy", id="flow.copy", tooltip="Copy something about this flow"),
    Binding("Y", "ticket", "ticket", id="flow.ticket",
            tooltip="Copy the ticket of this flow, or of the marked ones, as Markdown"),
    Binding("w", "save", "save", id="flow.save",
            tooltip="Save packets as a capture, or the ladder as text or picture"),
    Binding("tab", "pane(1)", "pane", key_display="Tab", id="pane.next",
            tooltip="Next pane"),
    Binding("shift+tab", "pane(-1)", "pane", id="pane.previous",
            tooltip="Previous pane"),
]  # fmt: skip

AFTER_PANES: Final[list[BindingType]] = [
    Binding("right,l", "show('ladder')", "ladder", id="pane.right",
            tooltip="To the ladder"),
    Binding("left,h", "show('flows')", "flows", id="pane.left",
            tooltip="To the flow list"),
    Binding("z", "zoom", "zoom", id="pane.zoom",
            tooltip="The focused pane alone, or all again"),
    Binding("i", "app.choose", "interfaces", id="app.choose",
            tooltip="Capture on an interface, with another filter too, or open another file"),
    Binding("escape", "back", "back", key_display="Esc", id="app.back",
            tooltip="Close, back to all panes, then show all flows again"),
    Binding("q", "app.quit", "quit", id="app.quit", tooltip="Quit at once"),
    Binding("o", "overview", "overview", id="view.overview",
            tooltip="What is wrong in the whole capture, and the flows behind it"),
]  # fmt: skip


def triage_bindings(rows: Iterable[PaneRow]) -> list[BindingType]:
    """Return the keys of the triage screen, in the order of the help; one for each pane among
    them."""
    panes = [
        Binding(row.key, f"show('{row.name}')", row.name, id=f"pane.{row.name}",
                tooltip=row.meaning)
        for row in rows
    ]  # fmt: skip
    return [*BEFORE_PANES, *panes, *AFTER_PANES]


QUESTIONS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Who is slow, and why?", (
        "view.overview", "why.evidence", "go.next-problem", "go.previous-problem",
        "go.next-alike", "go.previous-alike", "flows.beside", "flow.stream",
    )),
    ("Where was it lost, when did it change?", (
        "why.place", "go.next-change", "go.previous-change", "flows.weave",
    )),
    ("Which connections?", (
        "flows.filter", "flows.like", "flows.groups", "go.number", "flows.sort", "flows.reverse",
        "flows.resort", "flows.columns", "flows.newest", "app.choose", "view.hold",
    )),
    ("How do I show it to others?", ("flow.ticket", "flow.copy", "flow.save")),
)  # fmt: skip
"""The names of what the keys do, by the questions that they answer; help and palette follow it."""


def question_of(id: str | None) -> int:
    """Return which of the questions a key answers; their number for one that answers none."""
    for number, (_, ids) in enumerate(QUESTIONS):
        if id in ids:
            return number
    return len(QUESTIONS)


LIVE_HINTS: Final[tuple[KeyHint, ...]] = (("view.hold", "hold"), ("app.interrupt", "stop"))
"""What comes first in the line of keys while more comes in."""

FILTER_HINTS: Final[tuple[KeyHint, ...]] = (
    ("filter.complete", "completes"),
    ("filter.earlier", "earlier"),
    ("filter.later", "later"),
    ("app.back", "close"),
)
"""The line of keys while a filter is typed."""
