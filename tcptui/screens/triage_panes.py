"""Lists the panes of the triage screen, and holds what they show together.

:data:`PANES` is the list of them. To add a pane, give it a folder in :mod:`tcptui.panes` and a row
here: its place on the screen, its key, Tab, ``z``, its line of keys and its help follow.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from textual.screen import Screen

from tcptui.capture.errors import CaptureError
from tcptui.captures import OpenedSession
from tcptui.diagnosis.replays import Replays
from tcptui.drawing.cells import clean
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.findings.capture_point import Where
from tcptui.findings.finding import Read
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import drawing as flow_drawing
from tcptui.panes.flows.widget import FlowList
from tcptui.panes.graph.widget import GraphPane
from tcptui.panes.head.widget import Head
from tcptui.panes.ladder.drawing import Settings, TimeColumn
from tcptui.panes.ladder.widget import Ladder
from tcptui.panes.state.widget import DIAGRAM_HEIGHT, STRIP_HEIGHT, StatePane
from tcptui.panes.why.beside import MovableWhy
from tcptui.screens import triage_filter
from tcptui.screens.preferences import Preferences
from tcptui.screens.text_found import TextFound
from tcptui.session import Session
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas
from tcptui.widgets.filter_bar import FilterBar
from tcptui.widgets.keys_line import KeyHint, KeysLine

if TYPE_CHECKING:
    from tcptui.capture.live.live_capture import LiveCapture

TALL, VERY_TALL = 31, 43
"""Lines in the right column from which the diagram is drawn above the ladder, and from which what
is said below it has ``MORE_WORDS`` lines."""
MORE_WORDS = 2


class PaneContext(NamedTuple):
    """Holds what a pane may be made from."""

    look: Look
    engine: Engine
    preferences: Preferences
    read_packet: Read
    judge: Judge


class Column(Enum):
    """The two columns of a wide screen; the value is the container's id."""

    LEFT = "left"
    RIGHT = "right"


class Place(NamedTuple):
    """Says from which size of the screen on a pane has a place of its own among the others; on a
    smaller one it takes that of ``otherwise``, until that has the focus."""

    width: int
    lines: int
    otherwise: str


def remaining_height(lines: int) -> int | None:
    """Return None: the pane takes what the others of its column leave."""
    return None


class PaneRow(NamedTuple):
    """A pane that the cursor can be in.

    ``name`` is its widget's id, ``key`` focuses it, ``meaning`` says so in the help. ``height``
    gives the lines of the pane in a column that has so many, None for what the others leave.
    ``hints`` are for the line of keys while the pane has the focus, the most useful first. Where
    the pane is the only one that is seen, the Why pane has one line in ``why_share``. Without a
    ``place`` it is always among the others.
    """

    name: str
    key: str
    meaning: str
    column: Column
    make_widget: Callable[[PaneContext], Canvas]
    hints: tuple[KeyHint, ...]
    height: Callable[[int], int | None] = remaining_height
    why_share: int = 8
    place: Place | None = None


def make_flows(context: PaneContext) -> FlowList:
    """Return the flow list as the user prefers it."""
    flows = FlowList(context.look, context.engine.flows, context.judge, id="flows")
    named = context.preferences.columns
    flows.columns = (
        [one for one in named if one != flow_drawing.SERVICE] if context.look.numeric else named
    )
    flows.utc = context.preferences.utc
    flows.sort = context.preferences.sort
    flows.descending = flow_drawing.BY_ID[flows.sort].descending
    return flows


def make_state(context: PaneContext) -> StatePane:
    """Return the state pane."""
    return StatePane(context.look, context.engine.packets, id="state")


def make_ladder(context: PaneContext) -> Ladder:
    """Return the ladder as the user prefers it."""
    preferences = context.preferences
    ladder = Ladder(context.look, context.engine, id="ladder")
    ladder.settings = Settings(TimeColumn[preferences.time.upper()], utc=preferences.utc)
    ladder.read = context.read_packet
    return ladder


def make_graph(context: PaneContext) -> GraphPane:
    """Return the graph pane."""
    graph = GraphPane(context.look, context.engine, id="graph")
    graph.read = context.read_packet
    return graph


def graph_height(lines: int) -> int | None:
    """Return two lines in five: the list above keeps more."""
    return lines * 2 // 5


def state_height(lines: int) -> int | None:
    """Return the diagram with its title where the ladder keeps enough lines, else the strip."""
    if lines < TALL:
        return STRIP_HEIGHT
    return DIAGRAM_HEIGHT + 1 + (MORE_WORDS if lines >= VERY_TALL else 0)


COMMON_HINTS: Final[tuple[KeyHint, ...]] = (
    ("app.choose", "interfaces"),
    ("pane.zoom", "zoom"),
    ("app.quit", "quit"),
)

PANES: Final = (
    PaneRow(
        "flows", "1", "The flow list", Column.LEFT, make_flows,
        (
            ("rows.open", "ladder"),
            ("go.next-problem", "problem"),
            ("flows.filter", "filter"),
            ("view.overview", "overview"),
            ("flow.ticket", "ticket"),
            ("pane.next", "pane"),
            ("app.help", "help"),
            ("why.evidence", "evidence"),
            ("flows.sort", "sort"),
            ("flow.copy", "copy"),
            ("flow.save", "save"),
            ("flows.groups", "groups"),
            ("flow.stream", "stream"),
            ("flows.mark", "mark"),
            ("flows.columns", "columns"),
            *COMMON_HINTS,
        ),
        why_share=4,
    ),
    PaneRow(
        "state", "2", "The state diagram", Column.RIGHT, make_state,
        (
            ("go.next-change", "next change"),
            ("go.previous-change", "previous"),
            ("go.next-problem", "problem"),
            ("pane.next", "pane"),
            ("app.help", "help"),
            ("why.evidence", "evidence"),
            ("flow.copy", "copy"),
            *COMMON_HINTS,
        ),
        state_height,
    ),
    PaneRow(
        "ladder", "3", "The ladder", Column.RIGHT, make_ladder,
        (
            ("rows.open", "open"),
            ("go.next-problem", "problem"),
            ("go.next-change", "state"),
            ("ladder.scale", "to scale"),
            ("ladder.time", "time"),
            ("flow.stream", "stream"),
            ("app.help", "help"),
            ("pane.next", "pane"),
            ("why.evidence", "evidence"),
            ("ladder.mark", "mark"),
            ("view.overview", "overview"),
            ("flow.copy", "copy"),
            ("flow.save", "save"),
            ("flows.weave", "marked flows"),
            *COMMON_HINTS,
        ),
    ),
    PaneRow(
        "graph", "4", "The graph", Column.LEFT, make_graph,
        (
            ("graph.later", "later"),
            ("graph.kind", "kind"),
            ("graph.whose", "all flows"),
            ("graph.mark", "mark"),
            ("graph.in", "in"),
            ("graph.out", "out"),
            ("graph.between", "between marks"),
            ("graph.whole", "whole"),
            ("app.help", "help"),
            ("pane.next", "pane"),
            ("graph.open", "open"),
            ("go.next-problem", "problem"),
            ("flow.copy", "copy"),
            ("flow.save", "save"),
            *COMMON_HINTS,
        ),
        graph_height,
        place=Place(180, 45, "flows"),
    ),
)  # fmt: skip
"""The panes in the order of Tab, and in each column from top to bottom. The first has the focus at
the start."""

PaneWidget = TypeVar("PaneWidget", bound=Canvas)


class TriagePanes:
    """One session, the panes that show it, and what is true of all of them.

    ``files`` are the names it was opened with, ``live`` is the capture that it reads, ``asked``
    the filter in use, and ``told`` where the user says that the capture was taken. While the view
    is ``held`` it stands still and the capture goes on.
    """

    def __init__(
        self,
        screen: Screen[None],
        opened: OpenedSession,
        look: Look,
        preferences: Preferences,
        asked: triage_filter.Asked,
        rows: Sequence[PaneRow] = PANES,
    ) -> None:
        self.screen = screen
        self.session: Session = opened.session
        self.engine = opened.engine
        self.files = opened.names
        self.live: LiveCapture | None = opened.live
        self.look = look
        self.preferences = preferences
        self.asked = asked
        self.told: Where | None = None
        self.found: TextFound | None = None  # what was searched for last
        self.held = False
        self.held_at = 0
        self.replays = Replays(self.engine, self.read_packet)
        self.judge = Judge(self.engine, self.read_packet)
        context = PaneContext(look, self.engine, preferences, self.read_packet, self.judge)
        self.widgets = {row.name: row.make_widget(context) for row in rows}
        self.flows = self.widget_of(FlowList)
        self.flows.expression = clean(self.session.source.expression)
        self.state = self.widget_of(StatePane)
        self.ladder = self.widget_of(Ladder)
        self.graph = self.widget_of(GraphPane)
        self.head = Head(look, id="head")
        self.why = MovableWhy(look, id="why")
        self.filter_bar = FilterBar(look, self.engine.rules.name, id="filter-bar")
        self.keys_line = KeysLine(look, id="keys")

    def widget_of(self, kind: type[PaneWidget]) -> PaneWidget:
        """Return the pane whose widget is of a class."""
        return next(widget for widget in self.widgets.values() if isinstance(widget, kind))

    @property
    def now(self) -> int:
        """The latest moment of the capture that is shown, in ns."""
        return self.held_at if self.held else self.engine.now

    @property
    def marked_flows(self) -> list[Flow]:
        """The marked flows that have not been evicted, in the order of the capture."""
        flows = [self.engine.flows[index] for index in sorted(self.flows.marked)]
        return [flow for flow in flows if flow.index >= 0]

    def say_nothing_yet(self) -> None:
        """Say that there is no flow for the key that was pressed."""
        self.why.show_notice("there are no flows yet")

    def hold_view(self, held: bool) -> None:
        """Let all that is shown stand still, or go on."""
        self.held_at = self.engine.now
        self.held = held
        if held:
            self.session.pause()
        else:
            self.session.resume()

    def read_packet(self, row: int) -> bytes:
        """Return the bytes of a row's packet; none where the file has changed."""
        packets = self.engine.packets
        try:
            return self.session.read_packet(packets.position(row), packets.captured(row))
        except (CaptureError, OSError):
            return b""
