"""The triage screen shows all panes under one cursor.

The screen owns its parts, and passes on keys and messages. Every part works on the session and the
panes (:class:`~tcptui.screens.triage_panes.TriagePanes`) and owns one thing:
:class:`~tcptui.screens.triage_layout.PaneLayout` which panes are seen, and their room,
:class:`~tcptui.screens.triage_flows.FlowOrder` the order of the flow list,
:class:`~tcptui.screens.triage_head.HeadLine` what is counted over all flows,
:class:`~tcptui.screens.triage_why.WhyLine` the explanation,
:class:`~tcptui.screens.triage_ladder.LadderFlows` the flows in the ladder,
:class:`~tcptui.screens.triage_graph.GraphMaker` the work of the graphs,
:class:`~tcptui.screens.triage_cursor.CursorFollower` what follows the cursor (it moves the two
before it), :class:`~tcptui.screens.triage_kept.Return` what stays under other rules,
:class:`~tcptui.screens.triage_remembered.RememberedList` the list as it was the last time,
:class:`~tcptui.screens.triage_live.LiveKeys` a capture that goes on,
:class:`~tcptui.screens.triage_groups.Groups` the groups of flows,
:class:`~tcptui.screens.triage_jump.Jump` the way to a number,
:class:`~tcptui.screens.triage_same.SameKind` the way to the next of a kind,
:class:`~tcptui.screens.triage_search.Search` what is searched for beside the screen, and
:class:`~tcptui.screens.triage_export.Export` copying and saving. Where one thing leads to another
— a new order, to new counts — the screen hands it on: the parts do not know each other.
"""

import re
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tcptui.captures import OpenedSession
from tcptui.diagnosis.capture_causes import ANY_TROUBLE
from tcptui.drawing.cells import clean
from tcptui.panes.graph.widget import GraphPane
from tcptui.screens import triage_filter
from tcptui.screens.choice import ChoiceScreen
from tcptui.screens.overview import OverviewScreen
from tcptui.screens.preferences import Preferences, remember_start
from tcptui.screens.text_found import ALL_FLOWS
from tcptui.screens.triage_cursor import CursorFollower
from tcptui.screens.triage_flows import FlowOrder
from tcptui.screens.triage_graph import GraphMaker, time_filter
from tcptui.screens.triage_head import HeadLine
from tcptui.screens.triage_jump import BEGUN, HOW, Jump, Target, target
from tcptui.screens.triage_kept import Kept, Return
from tcptui.screens.triage_keys import FILTER_HINTS, LIVE_HINTS, triage_bindings
from tcptui.screens.triage_ladder import LadderFlows
from tcptui.screens.triage_layout import PaneLayout
from tcptui.screens.triage_live import LiveKeys
from tcptui.screens.triage_panes import PANES, Column, PaneRow, TriagePanes
from tcptui.screens.triage_remembered import RememberedList
from tcptui.screens.triage_same import SameKind
from tcptui.screens.triage_search import Search
from tcptui.screens.triage_time_of_day import TIME_BEGUN, time_of_day
from tcptui.screens.triage_value import values
from tcptui.screens.triage_why import WhyLine
from tcptui.session import SessionState
from tcptui.text.amounts import amount
from tcptui.theme import Look
from tcptui.widgets.filter_bar import FilterBar
from tcptui.widgets.keys_line import KeyHint
from tcptui.widgets.rows import RowList

if TYPE_CHECKING:
    from tcptui.screens.ladder_alone import LadderAloneScreen
    from tcptui.screens.triage_export import Export
    from tcptui.screens.triage_groups import Groups

FIRST_KEYS = "Enter: what happened · e: why · ?: all keys"
"""What is said at the first start on a machine, until a key is pressed."""

POLL, CALM_POLL = 0.1, 0.25
TICK = 1.0
"""Seconds between two looks at how long a state of a live flow has lasted."""


class TriageScreen(Screen[None]):
    """Keeps the cursor: the flow in the list, the segment in the ladder, the moment in State."""

    CSS_PATH: ClassVar[str | None] = "triage.tcss"
    PANES: ClassVar[tuple[PaneRow, ...]] = PANES
    AUTO_FOCUS = f"#{PANES[0].name}"

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """As in Screen, but a change of focus does not paint the whole screen anew."""

    BINDINGS: ClassVar[list[BindingType]] = triage_bindings(PANES)

    def __init__(
        self,
        opened: OpenedSession,
        look: Look,
        preferences: Preferences,
        copies: list[str],
        asked: triage_filter.Asked = triage_filter.EVERYTHING,
        kept: Kept | None = None,
    ) -> None:
        super().__init__()
        panes = self.panes = TriagePanes(self, opened, look, preferences, asked, self.PANES)
        self.pane_layout = PaneLayout(panes, self.PANES)
        self.head_line = HeadLine(panes)
        self.why_line = WhyLine(panes, self.go_to_frame)
        self.ladder_flows = LadderFlows(panes)
        self.graph_maker = GraphMaker(panes)
        self.search = Search(panes)
        self.follower = CursorFollower(panes, self.ladder_flows, self.why_line, self.search)
        self.flow_order = FlowOrder(panes, self.flows_sorted)
        self.remembered = RememberedList(panes, opened.version)
        self.live_keys = LiveKeys(panes)
        self.jump = Jump(self)
        self.same = SameKind(panes, self.why_line, self.search, self.go_to_frame)
        self.back = Return(self, kept) if kept is not None else None
        self.copies = copies
        self.seen_revision = -1
        self.before_filter = self.pane_layout.shown_pane  # the pane that had the focus
        self.hints: tuple[KeyHint, ...] = ()  # in the line of keys

    @cached_property
    def export(self) -> "Export":
        """Copying and saving; it is made when it is first needed, as it loads much."""
        from tcptui.screens.triage_export import Export

        return Export(self.panes, self.follower, self.copies)

    @cached_property
    def groups(self) -> "Groups":
        """The groups of flows; it is made when it is first needed, as it loads much."""
        from tcptui.screens.triage_groups import Groups

        return Groups(self.panes, self.flow_order, self.export)

    def compose(self) -> ComposeResult:
        panes = self.panes
        yield panes.head
        with Container(id="panes"):
            for column in Column:
                with Container(id=column.value):
                    yield from self.pane_layout.widgets_in(column)
                    if column is Column.LEFT:
                        yield panes.why.below
        yield panes.filter_bar
        yield panes.why
        yield panes.keys_line

    def on_mount(self) -> None:
        self.set_interval(CALM_POLL if self.panes.look.calm else POLL, self.poll)
        self.set_interval(TICK, self.follower.show_clock)
        self.set_interval(TICK, self.graph_maker.take_new)
        if self.panes.preferences.first_start:
            self.panes.why.hint = FIRST_KEYS
        if self.panes.preferences.problems:
            self.call_after_refresh(self.show_problems)
        if self.back is not None:
            self.back.begin()
        self.poll()
        self.call_after_refresh(self.remembered.prepare)

    def show_problems(self) -> None:
        """Show all that is wrong with the configuration, once, until the user has read it."""
        from tcptui.screens.page import PageScreen

        problems = [clean(line) for line in self.panes.preferences.problems]
        self.panes.preferences.problems.clear()
        said = f"{amount(len(problems), 'setting')} ignored; Esc goes on"
        self.app.push_screen(PageScreen(self.panes.look, "Configuration", [[said, *problems]]))

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        self.lay_out(event.size.width, event.size.height)

    def lay_out(self, width: int, height: int) -> None:
        """Give the panes their room on a screen of this size."""
        self.pane_layout.lay_out(width, height, self.focused_pane or self.pane_layout.shown_pane)
        self.show_keys()

    @property
    def focused_pane(self) -> str | None:
        """The name of the pane that has the focus."""
        name = self.focused.id if self.focused is not None else None
        return name if name in self.pane_layout.by_name else None

    def show_keys(self) -> None:
        """Show the keys that are of use where the focus is, and while more comes in."""
        pane = self.focused_pane
        hints = self.pane_layout.by_name[pane].hints if pane is not None else ()
        if isinstance(self.focused, Widget) and self.focused.id == "filter":
            hints = FILTER_HINTS
        elif pane is not None and self.live_keys.going_on:
            hints = (*LIVE_HINTS, *hints)
        if hints != self.hints:
            self.hints = hints
            self.panes.keys_line.show_hints(hints)

    def on_descendant_focus(self) -> None:
        if self.focused_pane is not None:
            self.pane_layout.show_pane(self.focused_pane)
        self.show_keys()
        self.why_line.show_why()

    # What the session brings

    def poll(self) -> None:
        """Look whether the session has new data, and show it."""
        panes = self.panes
        moved = panes.session.revision != self.seen_revision
        if moved and not panes.held:
            self.seen_revision = panes.session.revision
            panes.judge.loading = panes.session.state is SessionState.LOADING
            panes.flows.take_new(len(panes.engine.flows), panes.engine.frames)
            self.ladder_flows.take_new_segments()
            self.follower.stay_together()
        if moved or panes.live is not None:
            self.head_line.show_head()
            self.show_keys()
        if not panes.held:
            self.renew_counts()
        self.pane_layout.share_room()
        if self.back is not None:
            self.back.go_on()
        self.jump.go_on()
        if self.remembered.is_due and self.is_settled:
            self.remembered.keep()
        if self.remembered.is_due_to_end and self.remembered.alone is not None:
            self.take_ladder(self.remembered.alone)

    def take_ladder(self, alone: "LadderAloneScreen") -> None:
        """Show a flow here that was shown by itself until it had been read again."""
        if not self.follower.go_to_flow(alone.flow.index):
            alone.dismiss()
            return
        if not self.panes.ladder.complete:
            return
        from tcptui.panes.ladder.handed_over import hand_over

        if not self.pane_layout.zoomed:
            self.action_zoom()
        self.action_show("ladder")
        alone.dismiss()
        self.call_after_refresh(hand_over, alone.ladder, self.panes.ladder)

    def renew_counts(self) -> None:
        """Let causes be counted and flows be put in order again, where that is due."""
        if self.panes.session.state is not SessionState.LOADING:
            self.head_line.count_causes()
        if not self.head_line.is_counting:
            self.flow_order.renew_order(changed=not self.head_line.is_counted)

    def flows_sorted(self) -> None:
        """Show what is under the cursor and count anew, as the flows are in a new order."""
        self.follower.follow_soon()
        self.jump.go_on()
        self.pane_layout.fit_list()
        self.head_line.count_totals()

    # The cursor

    def on_key(self) -> None:
        self.flow_order.last_key = monotonic()
        self.panes.why.end_notice()
        if self.panes.preferences.first_start:
            self.panes.preferences.first_start = False
            self.panes.why.hint = "e more"
            remember_start()

    def on_mouse_down(self) -> None:
        self.panes.why.end_notice()

    @on(RowList.Moved, "#flows")
    def flow_moved(self) -> None:
        self.ladder_flows.direction = 0
        self.follower.follow_soon()

    @on(RowList.Moved, "#ladder")
    def segment_moved(self) -> None:
        self.follower.follow_segment()

    @on(GraphPane.Wanted)
    def graph_wanted(self) -> None:
        self.graph_maker.make()

    @on(GraphPane.CursorMoved)
    def graph_moved(self, message: GraphPane.CursorMoved) -> None:
        """Take the ladder to the segment under the graph's cursor."""
        self.panes.ladder.go_to_segment(message.row)
        self.follower.follow_soon()

    @on(GraphPane.Marked)
    def graph_marked(self) -> None:
        """Let the ladder have the same mark."""
        graph, ladder = self.panes.graph, self.panes.ladder
        if not graph.of_capture:
            ladder.use_settings(ladder.settings._replace(mark=graph.row))

    @on(GraphPane.SpanChosen)
    def graph_chosen(self) -> None:
        """Open the segment, or filter the list by the time that is marked."""
        graph = self.panes.graph
        if not graph.of_capture:
            self.follower.follow_now()
            self.follower.open_row()
        elif graph.marked_span is not None:
            self.flow_order.use_filter(time_filter(graph.marked_span))
            self.action_show("flows")

    @on(RowList.Chosen, "#flows")
    def flow_chosen(self) -> None:
        """Show the ladder of the flow alone, after Enter on it."""
        if self.remembered.show_ladder():
            return
        if not self.pane_layout.zoomed:
            self.action_zoom()
        self.action_show("ladder")

    @on(RowList.Chosen, "#ladder")
    def segment_chosen(self) -> None:
        self.follower.open_row()

    # Keys: panes

    def action_pane(self, step: int) -> None:
        names = list(self.pane_layout.by_name)
        at = names.index(self.focused_pane) if self.focused_pane is not None else 0
        self.action_show(names[(at + step) % len(names)])

    def action_show(self, pane: str) -> None:
        """Focus a pane, and show it where only one is seen."""
        if pane != "flows":
            self.follower.follow_now()
        self.pane_layout.show_pane(pane)
        self.set_focus(self.panes.widgets[pane])

    def action_zoom(self) -> None:
        self.pane_layout.zoomed = not self.pane_layout.zoomed
        self.lay_out(self.size.width, self.size.height)

    def action_back(self) -> None:
        """Leave what is open or going on, one after the other: the filter bar, a filter that is
        being applied, the zoom, the ladder, the filter in use."""
        if self.panes.filter_bar.is_open:
            self.close_filter(self.before_filter)
        elif self.flow_order.stop_filter():
            pass  # what it says is all that there is to see
        elif self.pane_layout.zoomed:
            self.action_zoom()
        elif not self.panes.flows.has_focus:
            self.action_show("flows")
        elif self.panes.asked.outside is not None:
            self.groups.leave(self.panes.asked.outside)
        elif self.panes.flows.filtered:
            self.flow_order.use_filter("")
        else:
            self.leave()

    def leave(self) -> None:
        """Go back to where the capture was chosen, where there is such a place."""

    # Keys: what the parts do

    def action_weave(self) -> None:
        if self.follower.weave_flows():
            self.action_show("ladder")

    def action_problem(self, step: int) -> None:
        """Go on to the next flagged segment, where it can be seen."""
        self.follower.go_to_problem(step, self.show_ladder)

    def show_ladder(self) -> None:
        """Go from the list to the ladder; elsewhere stay."""
        if self.panes.flows.has_focus:
            self.action_show("ladder")

    def action_same(self, step: int) -> None:
        """Go to the next flow with the same trouble, or segment with the same flag."""
        self.follower.follow_now()
        self.same.next(step)

    def action_like(self) -> None:
        """Offer filters that are made from what is under the cursor."""
        self.follower.follow_now()
        panes, flow = self.panes, self.panes.flows.current
        if flow is None:
            panes.say_nothing_yet()
            return
        row = panes.ladder.packet_row if not panes.flows.has_focus else None
        options = values(panes.engine, flow, row, panes.judge)
        self.app.push_screen(ChoiceScreen(panes.look, "Only flows like this", options), self.liked)

    def liked(self, text: str | None) -> None:
        """Use a filter that was offered, within the one that is in use; alone where it is part of
        that."""
        used = self.panes.asked.expression
        if text is not None:
            if used is not None and not re.search(rf"{re.escape(text)}(?![\w.:])", used.source):
                text = f"({used.source}) && {text}"
            self.flow_order.use_filter(text)
            self.action_show("flows")

    def action_beside(self) -> None:
        """Show two flows side by side: the marked one and this one, or both that are marked."""
        from tcptui.screens.beside import BesideScreen

        panes, current = self.panes, self.panes.flows.current
        chosen = panes.marked_flows
        if len(chosen) == 1 and current is not None and current is not chosen[0]:
            chosen.append(current)
        if len(chosen) == 2:
            self.app.push_screen(BesideScreen(panes, (chosen[0], chosen[1])))
        else:
            panes.why.show_notice("first mark one flow (m), then v on another shows both")

    def action_change(self, step: int) -> None:
        self.follower.go_to_change(step)

    def action_stream(self) -> None:
        self.follower.open_stream()

    def action_evidence(self) -> None:
        self.follower.follow_now()
        self.why_line.open_evidence()

    def action_capture_point(self) -> None:
        self.why_line.choose_capture_point()

    def action_overview(self) -> None:
        """Show what is wrong in the capture, and the flows behind it."""
        screen = OverviewScreen(
            self.panes.look, self.head_line.overview, self.panes.head.health.text
        )
        self.app.push_screen(screen, self.cause_chosen)

    def cause_chosen(self, kind: str | None) -> None:
        if kind is not None:
            trouble = kind == ANY_TROUBLE
            self.flow_order.use_filter(
                'flow.verdict == "trouble"' if trouble else f'flow.finding == "{kind}"'
            )
            self.action_show("flows")

    def action_groups(self) -> None:
        """Choose what to group the flows by, and show the groups."""
        self.groups.choose()

    def action_sort(self) -> None:
        self.flow_order.choose_sort_column()

    def action_columns(self) -> None:
        self.flow_order.choose_columns()

    def action_reverse(self) -> None:
        self.flow_order.reverse_order()

    def action_resort(self) -> None:
        self.flow_order.sort_flows()

    def action_newest(self) -> None:
        self.panes.flows.follow_newest()

    def action_copy(self) -> None:
        """Choose what to copy; a time that is marked in a graph of the capture is copied as a
        filter."""
        graph = self.panes.graph
        if graph.has_focus and graph.of_capture and graph.marked_span is not None:
            self.export.copy_time(graph.marked_span)
        else:
            self.export.choose_copy()

    def action_ticket(self) -> None:
        self.export.copy_ticket()

    def action_save(self) -> None:
        self.export.choose_save()

    def action_hold(self) -> None:
        """Hold a live view, or let it go on; otherwise mark this flow, and go to the next one if
        the list has the focus."""
        flows = self.panes.flows
        if self.live_keys.hold_view():
            self.poll()
        elif flows.has_focus:
            flows.action_mark()
        else:
            flows.mark_current()
            self.panes.why.show_notice(f"{amount(len(flows.marked), 'flow')} marked")

    # The filter bar

    def on_paste(self, event: events.Paste) -> None:
        """Offer what is pasted anywhere as a filter; none of it is taken for keys."""
        lines = event.text.strip().splitlines()
        if lines:
            self.action_filter(lines[0].removeprefix("/"))

    def action_filter(self, text: str | None = None) -> None:
        """Open the filter bar with the filter in use, from the ladder to search there, or with
        another text."""
        self.before_filter = self.focused_pane or self.before_filter
        if text is None:
            asked = self.panes.asked.outside or self.panes.asked
            text = "/" if self.before_filter == "ladder" else asked.text
        self.panes.filter_bar.open(text)

    def action_number(self) -> None:
        """Let the user type the number of a frame or a flow to go to."""
        self.action_filter("#")

    @on(FilterBar.Typed)
    def filter_typed(self, message: FilterBar.Typed) -> None:
        bar, wanted = self.panes.filter_bar, target(message.text)
        when = time_of_day(message.text)
        if when is not None:
            refusal = when.refusal(self.panes.engine, self.panes.preferences.utc)
            told = f"Enter shows the flows with a flag or a RST at {when.name}"
            bar.show_state(refusal, 0, "" if refusal else told)
        elif wanted is not None:
            refusal = self.jump.refusal(wanted)
            bar.show_state(refusal, 0, "" if refusal else f"Enter goes to {wanted.name}")
        elif BEGUN.fullmatch(message.text) or TIME_BEGUN.fullmatch(message.text):
            bar.approve(HOW)
        elif self.in_this_flow(message.text):
            bar.approve(
                "Enter searches the segments of this flow and what they carry; // all flows"
            )
        else:
            self.flow_order.check_filter(self.searched(message.text))

    def in_this_flow(self, text: str) -> bool:
        """Return whether a text asks for a search in the ladder's flow."""
        return self.before_filter == "ladder" and text.startswith("/") and text[:2] != ALL_FLOWS

    def searched(self, text: str) -> str:
        """Return a text as a filter: what is searched for from the list is searched in all
        flows."""
        is_search = text.startswith("/") and not text.startswith(ALL_FLOWS)
        return f"/{text}" if is_search else text

    @on(FilterBar.Entered)
    def filter_entered(self, message: FilterBar.Entered) -> None:
        wanted, when = target(message.text), time_of_day(message.text)
        if when is not None:
            engine, utc = self.panes.engine, self.panes.preferences.utc
            if not when.refusal(engine, utc) and self.flow_order.use_filter(
                when.filter(engine, utc), f"#{when.name}"
            ):
                self.close_filter("flows")
        elif wanted is not None:
            if not self.jump.refusal(wanted):
                self.close_filter("flows")
                self.jump.go_to_target(wanted)
        elif self.in_this_flow(message.text):
            self.close_filter("ladder")
            self.same.search_text(message.text[1:])
        elif self.flow_order.use_filter(self.searched(message.text)):
            self.close_filter("flows")

    def go_to_frame(self, frame: int) -> None:
        """Go to a frame that was named."""
        self.jump.go_to_target(Target(frame, is_flow=False))

    def close_filter(self, pane: str) -> None:
        self.panes.filter_bar.close()
        self.action_show(pane)

    # Rest

    @property
    def awaits_work(self) -> bool:
        """Whether the next key is meant for what is not shown yet: the first flows, an order or a
        filter that was asked for, a page that is being gathered."""
        panes = self.panes
        opening = panes.session.state is SessionState.LOADING and not panes.flows.sorted_until
        searching = self.why_line.is_gathering or self.search.is_going_on
        return opening or self.flow_order.is_asked_for or searching

    @property
    def tells_of_work(self) -> bool:
        """Whether the user sees how far a filter or an order has come."""
        return bool(self.panes.flows.progress)

    @property
    def is_settled(self) -> bool:
        """Whether all that is known is shown: nothing waits until the cursor rests, nothing new is
        to be counted or sorted, and none of that goes on."""
        panes, head = self.panes, self.head_line
        current = panes.held or (
            self.seen_revision == panes.session.revision
            and self.flow_order.is_current
            and head.is_counted
        )
        busy = self.flow_order.is_sorting or head.is_counting or head.overview.is_counting
        busy = busy or (self.back is not None and not self.back.done)
        return current and not busy and self.follower.rest is None and panes.ladder.complete
