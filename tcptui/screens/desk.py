"""What the parts of the triage screen work on: the session, and the panes that show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.screen import Screen

from tcptui.capture.errors import CaptureError
from tcptui.engine.engine import Engine
from tcptui.findings.capture_point import Where
from tcptui.panes.flows import drawing as flow_drawing
from tcptui.panes.flows.widget import FlowList
from tcptui.panes.ladder.drawing import Settings, TimeColumn
from tcptui.panes.ladder.widget import Ladder
from tcptui.panes.state.widget import StatePane
from tcptui.screens.preferences import Preferences
from tcptui.session import Session
from tcptui.theme import Look
from tcptui.widgets.filter_bar import FilterBar
from tcptui.widgets.texts import Head, Keys, Why

if TYPE_CHECKING:
    from tcptui.capture.live.live_capture import LiveCapture


@dataclass
class TriagePanes:
    """One session and its panes. ``files`` are the names it was opened with, ``live`` the capture
    that it reads; ``held``: the view stands still while the capture goes on; ``told``: where the
    user says that the capture was taken."""

    screen: Screen[None]
    session: Session
    engine: Engine
    look: Look
    files: Sequence[str]
    preferences: Preferences
    live: "LiveCapture | None" = None
    held: bool = False
    held_at: int = 0
    told: Where | None = None
    head: Head = field(init=False)
    flows: FlowList = field(init=False)
    state: StatePane = field(init=False)
    ladder: Ladder = field(init=False)
    why: Why = field(init=False)
    filter_bar: FilterBar = field(init=False)
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        look, engine, preferences = self.look, self.engine, self.preferences
        self.head = Head(look, id="head")
        self.flows = FlowList(look, engine.flows, id="flows")
        self.flows.columns = preferences.columns
        self.flows.sort = preferences.sort
        self.flows.descending = flow_drawing.BY_ID[preferences.sort].descending
        self.state = StatePane(look, engine.packets, id="state")
        self.ladder = Ladder(look, engine, id="ladder")
        self.ladder.settings = Settings(TimeColumn[preferences.time.upper()], utc=preferences.utc)
        self.ladder.read = self.read
        self.why = Why(look, id="why")
        self.filter_bar = FilterBar(look, id="filter-bar")
        self.keys = Keys(look, id="keys")

    @property
    def now(self) -> int:
        """The capture's latest moment that is shown, ns."""
        return self.held_at if self.held else int(self.engine.now)

    def tell_nothing(self) -> None:
        """Answer to a key that has nothing to work on."""
        self.why.tell("there is nothing yet")

    def hold(self, held: bool) -> None:
        """Let all that is shown stand still, or go on."""
        self.held_at = int(self.engine.now)
        self.held = held
        if held:
            self.session.pause()
        else:
            self.session.resume()

    def read(self, row: int) -> bytes:
        """The bytes of a row's packet; none where the file has changed."""
        packets = self.engine.packets
        try:
            return self.session.read_packet(int(packets.position(row)), int(packets.captured(row)))
        except (CaptureError, OSError):
            return b""
