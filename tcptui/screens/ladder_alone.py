"""Shows the ladder of one flow while the capture it is in is read again.

Its engine has seen this flow alone. So the screen has what the flow's own segments tell, and none
of the keys that ask for more.
"""

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.timer import Timer

from tcptui.capture.errors import CaptureError
from tcptui.diagnosis.replays import Replays
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.panes.head.widget import Head
from tcptui.panes.ladder.widget import Ladder
from tcptui.panes.why.widget import Why
from tcptui.screens.ladder_rows import explained, open_row
from tcptui.screens.side import SideScreen
from tcptui.screens.triage_keys import BEFORE_PANES
from tcptui.screens.triage_ladder import complete_fold, new_fold
from tcptui.screens.triage_panes import TriagePanes
from tcptui.widgets.keys_line import KeyHint
from tcptui.widgets.rows import RowList

KEYS: Final = ("go.next-problem", "go.previous-problem", "go.next-change", "go.previous-change")
"""The keys of the triage screen that are here too."""
TITLE: Final = "Why ─ this flow by itself, while the capture is being read again"
REST: Final = 0.1
"""Seconds without a move after which the row is explained."""
POLL: Final = 0.25
"""Seconds between two looks at how far reading has come."""
LEAST_WHY, WHY_SHARE = 4, 8
"""Lines of the Why pane, as on the triage screen: one in so many, but not fewer than the least."""


class LadderAloneScreen(SideScreen):
    """A ladder over an engine of its own; ``panes`` are those that are to show the flow later.
    ``go_on`` is called once the ladder is shown."""

    AUTO_FOCUS = "#ladder"
    BINDINGS: ClassVar[list[BindingType]] = [
        one for one in BEFORE_PANES if isinstance(one, Binding) and one.id in KEYS
    ]
    HINTS: ClassVar[tuple[KeyHint, ...]] = (
        ("rows.open", "open"),
        ("go.next-problem", "problem"),
        ("go.next-change", "state"),
        ("ladder.scale", "to scale"),
        ("ladder.time", "time"),
        ("ladder.mark", "mark"),
        ("side.back", "back"),
        ("side.help", "help"),
        ("side.quit", "quit"),
    )

    def __init__(
        self, panes: TriagePanes, engine: Engine, flow: Flow, go_on: Callable[[], None]
    ) -> None:
        super().__init__(panes.look)
        self.panes = panes
        self.engine = engine
        self.flow = flow
        self.go_on = go_on
        self.replays = Replays(engine, self.read_packet)
        self.head = Head(panes.look, id="head")
        self.ladder = Ladder(panes.look, engine, id="ladder")
        self.ladder.settings = panes.ladder.settings
        self.ladder.read = self.read_packet
        self.why = Why(panes.look, TITLE, hint="", id="why")
        self.rest: Timer | None = None  # runs from a move until the row is explained

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.ladder
        yield self.why
        yield self.keys

    def on_mount(self) -> None:
        super().on_mount()
        self.show_head()
        self.show_flow()
        self.set_interval(POLL, self.show_head)
        self.call_after_refresh(self.shown)

    def show_flow(self) -> None:
        """Fold the flow, which is not long as it was kept, and lay out the panes before they are
        painted for the first time."""
        packets, ladder = self.engine.packets, self.ladder
        fold = new_fold(packets, self.flow)
        ladder.show_flows([self.flow], [fold])
        for _ in complete_fold(packets, self.flow, fold):
            pass
        ladder.show_growth()
        lines = self.lay_out(self.panes.screen.size)
        ladder.go_to_problem()
        if ladder.cursor < lines - ladder.HEAD:
            ladder.top = 0

    def on_unmount(self) -> None:
        self.go_on()

    def shown(self) -> None:
        """Explain the row, now that the ladder is on the screen, and let the analysis go on."""
        self.show_why()
        self.go_on()

    def on_resize(self, event: events.Resize) -> None:
        self.lay_out(event.size)

    def lay_out(self, size: Size) -> int:
        """Share the lines between the panes as on the triage screen; return the ladder's."""
        self.head.make_room(size.width, self.panes.head.room)
        lines = size.height - self.head.wanted_height - 1
        needed = self.ladder.needed_lines(size.width, lines)
        least = max(LEAST_WHY, size.height // WHY_SHARE)
        why = least if needed is None else max(least, lines - needed)
        if self.why.styles.height is None or self.why.styles.height.value != why:
            self.why.styles.height = why
        return lines - why

    def show_head(self) -> None:
        """Show what the head of the triage screen shows."""
        head = self.panes.head
        if (self.head.left, self.head.right) != (head.left, head.right):
            self.head.show_head(head.left, head.right, head.health)

    def read_packet(self, row: int) -> bytes:
        """Return the bytes of a row's packet; none where the file has changed."""
        packets = self.engine.packets
        try:
            return self.panes.session.read_packet(packets.position(row), packets.captured(row))
        except (CaptureError, OSError):
            return b""

    def show_why(self) -> None:
        """Explain the row under the cursor."""
        row = self.ladder.packet_row
        self.why.show_points([] if row is None else explained(self.ladder, self.replays, row))

    @on(RowList.Moved, "#ladder")
    def segment_moved(self) -> None:
        if self.rest is not None:
            self.rest.stop()
        self.rest = self.set_timer(REST, self.show_why)

    @on(RowList.Chosen, "#ladder")
    def segment_chosen(self) -> None:
        open_row(self.ladder, self.replays, self.panes.session)

    def on_key(self) -> None:
        self.why.end_notice()

    def action_problem(self, step: int) -> None:
        """Go to the next or previous flagged segment of the flow."""
        if not self.ladder.go_to_next_problem(step):
            self.why.show_notice("no more problems in this flow")

    def action_change(self, step: int) -> None:
        """Go to the next or previous segment that changes a state."""
        if not self.ladder.go_to_next_change(step):
            self.why.show_notice("no more state changes in this flow")
