"""The triage screen: flows, state and ladder under one cursor, and the Why line below it.

Here is what stands where; what happens is in the parts: :mod:`~tcptui.screens.arranging` (the
list), :mod:`~tcptui.screens.following` (ladder and state), :mod:`~tcptui.screens.explaining`
(the Why line), :mod:`~tcptui.screens.heading`, :mod:`~tcptui.screens.capturing` and
:mod:`~tcptui.screens.export`.
"""

from functools import cached_property, partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tcptui.captures import Opened
from tcptui.drawing.cells import clean
from tcptui.panes.state.widget import DIAGRAM_HEIGHT, STRIP_HEIGHT
from tcptui.screens import bindings, filtering
from tcptui.screens.arranging import Arranging
from tcptui.screens.capturing import LiveKeys
from tcptui.screens.desk import TriagePanes
from tcptui.screens.explaining import Explaining
from tcptui.screens.following import Following
from tcptui.screens.heading import Heading
from tcptui.screens.overview import Overview
from tcptui.screens.preferences import Preferences
from tcptui.text.numbers import of_many
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas
from tcptui.widgets.filter_bar import FilterBar
from tcptui.widgets.rows import Rows
from tcptui.widgets.texts import Health, Hint

if TYPE_CHECKING:
    from tcptui.screens.export import Export

WIDE = 110
"""Columns from which the panes stand side by side."""
TALL = 31
"""Lines for State and Ladder together from which the diagram is drawn beside the ladder."""
LOW = 30
"""Lines below which the capture's health is told only where it is bad."""
LEAST_WHY, WHY_SHARE = 4, 8
"""Lines of the Why pane: one in so many, but not fewer than the least."""
NARROWEST_RIGHT = 64
RIGHT_SHARE = 0.52

POLL, CALM_POLL = 0.1, 0.25
TICK = 1.0
"""Seconds between two looks at how long a state of a live flow has lasted."""

PANES = ("flows", "state", "ladder")


class TriageScreen(Screen[None]):
    """Keeps the cursor: the flow in the list, the segment in the ladder, the moment in State."""

    CSS_PATH = "triage.tcss"
    AUTO_FOCUS = "#flows"

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """As in Screen, but a change of focus does not paint the whole screen anew."""

    BINDINGS: ClassVar[list[BindingType]] = bindings.TRIAGE

    def __init__(
        self,
        opened: Opened,
        look: Look,
        preferences: Preferences,
        copies: list[str],
        asked: filtering.Asked = filtering.EVERYTHING,
    ) -> None:
        super().__init__()
        desk = self.desk = TriagePanes(
            self, opened.session, opened.engine, look, opened.names, preferences, opened.live
        )
        self.explaining = Explaining(desk)
        self.following = Following(desk, self.explaining)
        self.heading = Heading(desk, Overview(desk))
        self.arranging = Arranging(desk, self.following, self.heading, asked)
        self.copies = copies
        self.live_keys = LiveKeys(desk)
        self.seen_revision = -1
        self.zoomed = False
        self.before_filter = PANES[0]  # the pane that had the focus
        self.hints: tuple[Hint, ...] = ()  # in the line of keys

    @cached_property
    def export(self) -> "Export":
        """Copying and saving, made when it is first asked for: it needs much."""
        from tcptui.screens.export import Export

        return Export(self.desk, self.following, self.arranging, self.copies)

    def compose(self) -> ComposeResult:
        desk = self.desk
        yield desk.head
        with Container(id="panes"):
            yield desk.flows
            with Container(id="right"):
                yield desk.state
                yield desk.ladder
        yield desk.filter_bar
        yield desk.why
        yield desk.keys

    def on_mount(self) -> None:
        self.set_interval(CALM_POLL if self.desk.look.calm else POLL, self.poll)
        self.set_interval(TICK, self.following.tick)
        if self.desk.preferences.problems:
            self.desk.why.tell(clean(self.desk.preferences.problems[0]))
        self.poll()

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        self.lay_out(event.size.width, event.size.height)

    def lay_out(self, width: int, height: int) -> None:
        """One pane or all, the diagram or the strip, by the room there is."""
        desk = self.desk
        single = width < WIDE or self.zoomed
        self.set_class(single, "-single")
        desk.flows.divided = not single
        desk.flows.styles.width = (
            "1fr" if single else width - max(NARROWEST_RIGHT, int(width * RIGHT_SHARE))
        )
        self.make_head_room()
        why = max(LEAST_WHY, height // WHY_SHARE)
        desk.why.styles.height = why
        room = height - desk.head.wanted - why - 1
        tall = room >= TALL
        desk.state.styles.height = "1fr" if single else DIAGRAM_HEIGHT + 1 if tall else STRIP_HEIGHT
        self.mark_pane()

    def mark_pane(self) -> None:
        """In a single-pane layout the focused pane is the one to see."""
        focused = self.focused.id if self.focused is not None else None
        if focused in PANES:
            self.show_pane(focused)
        self.show_keys()

    def show_keys(self) -> None:
        """The keys that are of use where the focus is, and while more comes in."""
        focused = self.focused.id if self.focused is not None else None
        hints = bindings.HINTS.get(focused or "", ())
        if self.live_keys.going_on and focused in PANES:
            hints = (*bindings.STOP, *hints)
        if hints != self.hints:
            self.hints = hints
            self.desk.keys.show_hints(hints)

    def show_pane(self, pane: str) -> None:
        """Show a pane where only one is seen; elsewhere nothing changes, and nothing is sent."""
        if self.has_class("-single"):
            for name in PANES:
                self.set_class(name == pane, f"-{name}")
            self.make_head_room()

    def make_head_room(self) -> None:
        """On a low screen the head tells bad news only, and none above the diagram."""
        width, height = self.size
        room = Health.ALL if height >= LOW else Health.BAD
        if height < LOW and self.has_class("-single") and self.has_class("-state"):
            room = Health.NONE
        self.desk.head.make_room(width, room)

    def on_descendant_focus(self) -> None:
        self.mark_pane()
        self.explaining.show()

    # What the session brings

    def poll(self) -> None:
        """Look whether the session has got on, and show what is new."""
        desk = self.desk
        moved = desk.session.revision != self.seen_revision
        if moved and not desk.held:
            self.seen_revision = desk.session.revision
            desk.flows.take_new(len(desk.engine.flows), desk.now, int(desk.engine.frames))
            self.following.grow_ladder()
        if moved or desk.live is not None:
            self.heading.show()
            self.show_keys()
        if not desk.held:
            self.arranging.keep()

    # The cursor

    def on_key(self) -> None:
        self.arranging.last_key = monotonic()

    @on(Rows.Moved, "#flows")
    def flow_moved(self) -> None:
        self.following.seek = 0
        self.following.soon()

    @on(Rows.Moved, "#ladder")
    def segment_moved(self) -> None:
        self.following.segment_moved()

    @on(Rows.Chosen, "#flows")
    def flow_chosen(self) -> None:
        """Enter on a flow: its ladder, alone."""
        if not self.zoomed:
            self.action_zoom()
        self.action_show("ladder")

    @on(Rows.Chosen, "#ladder")
    def segment_chosen(self) -> None:
        self.following.open_row()

    # Keys: panes

    def action_pane(self, step: int) -> None:
        focused = self.focused.id if self.focused is not None else PANES[0]
        at = PANES.index(focused) if focused in PANES else 0
        self.action_show(PANES[(at + step) % len(PANES)])

    def action_show(self, pane: str) -> None:
        """Focus a pane, and show it where only one is seen. At once, and on the list's flow: the
        next key may have come already."""
        if pane != PANES[0]:
            self.following.now()
        self.show_pane(pane)
        self.set_focus(self.query_one(f"#{pane}", Canvas))

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self.lay_out(self.size.width, self.size.height)

    def action_back(self) -> None:
        """Out of what is open or going on: the filter bar, a filter, the zoom, the ladder."""
        if self.desk.filter_bar.is_open:
            self.close_filter(self.before_filter)
        elif self.arranging.stop_filter():
            pass  # what it says is all that there is to see
        elif self.zoomed:
            self.action_zoom()
        else:
            self.action_show("flows")

    # Keys: what the parts do

    def action_weave(self) -> None:
        if self.following.weave():
            self.action_show("ladder")

    def action_problem(self, step: int) -> None:
        """On to the next flagged segment, where it can be seen."""
        self.following.go_problem(step)
        if self.desk.flows.has_focus:
            self.action_show("ladder")

    def action_change(self, step: int) -> None:
        self.following.go_change(step)

    def action_stream(self) -> None:
        self.following.open_stream()

    def action_evidence(self) -> None:
        self.explaining.open_evidence()

    def action_place(self) -> None:
        self.explaining.choose_place()

    def action_overview(self) -> None:
        self.arranging.open_overview(partial(self.action_show, PANES[0]))

    def action_sort(self) -> None:
        self.arranging.choose_column()

    def action_columns(self) -> None:
        self.arranging.choose_columns()

    def action_reverse(self) -> None:
        self.arranging.reverse()

    def action_resort(self) -> None:
        self.arranging.begin()

    def action_newest(self) -> None:
        self.desk.flows.follow_newest()

    def action_copy(self) -> None:
        self.export.copy()

    def action_save(self) -> None:
        self.export.save()

    # The filter bar

    def action_filter(self) -> None:
        if self.focused is not None and self.focused.id in PANES:
            self.before_filter = self.focused.id
        self.desk.filter_bar.open(self.desk.flows.filtered)

    @on(FilterBar.Typed)
    def filter_typed(self, message: FilterBar.Typed) -> None:
        self.arranging.check_filter(message.text)

    @on(FilterBar.Entered)
    def filter_entered(self, message: FilterBar.Entered) -> None:
        if self.arranging.use_filter(message.text):
            self.close_filter("flows")

    def close_filter(self, pane: str) -> None:
        self.desk.filter_bar.close()
        self.action_show(pane)

    def action_hold(self) -> None:
        """Live: the view stands still, or goes on; else this marks the flow, and goes on to the
        next where that is what is looked at."""
        flows = self.desk.flows
        if self.live_keys.hold():
            self.poll()
        elif flows.has_focus:
            flows.action_mark()
        else:
            flows.mark()
            self.desk.why.tell(f"{of_many(len(flows.marked), 'flow')} marked")
