"""The triage screen: flows, state and ladder under one cursor, and the Why line below."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from tcptui import clipboard
from tcptui.capture.errors import CaptureError
from tcptui.capture.live.capture import LiveCapture
from tcptui.capture.live.capture import State as Capturing
from tcptui.diagnosis import explain
from tcptui.diagnosis.findings import findings_of
from tcptui.drawing import flows as flow_drawing
from tcptui.drawing import order, why
from tcptui.drawing.cells import Line, Run, clean
from tcptui.drawing.health import Tally, findings, health, tally
from tcptui.drawing.ladder import Settings, TimeColumn
from tcptui.drawing.live import Rate, figures_line, loss
from tcptui.drawing.numbers import count, duration, of_many
from tcptui.drawing.steps import moment
from tcptui.drawing.trouble import cost
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.filters.outgoing import Tools
from tcptui.filters.subjects import Capture
from tcptui.filters.view import NoBytes
from tcptui.report.slices import save_subject
from tcptui.screens import filtering, folding
from tcptui.screens.choice import ChoiceScreen, ColumnsScreen, Option
from tcptui.screens.copying import CopyScreen
from tcptui.screens.page import PageScreen
from tcptui.screens.preferences import Preferences, remember
from tcptui.screens.saving import SaveScreen
from tcptui.screens.slices import in_slices
from tcptui.screens.subjects import Offer, Place, admits, forms, offers
from tcptui.session import Session, State
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas
from tcptui.widgets.filter_bar import FilterBar
from tcptui.widgets.flow_list import FlowList
from tcptui.widgets.ladder import Ladder
from tcptui.widgets.rows import Rows
from tcptui.widgets.state import DIAGRAM_HEIGHT, STRIP_HEIGHT, StatePane
from tcptui.widgets.texts import Head, Keys, Why

WIDE = 110
"""Columns from which the panes stand side by side."""
TALL = 31
"""Lines for State and Ladder together from which the diagram is drawn beside the ladder."""
NARROWEST_RIGHT = 62
RIGHT_SHARE = 0.52

POLL, CALM_POLL = 0.1, 0.25
REST, CALM_REST = 0.1, 0.25
TICK = 1.0
"""Seconds between two looks at how long a state of a live flow has lasted."""
IDLE_SECONDS = 2.0
"""Without a key for so long, a list that grows may be put in order again …"""
RESORT_SECONDS = 5.0
"""… but not more often than this."""

PANES = ("flows", "state", "ladder")


class TriageScreen(Screen[None]):
    """Keeps the cursor: the flow in the list, the segment in the ladder, the moment in State."""

    CSS_PATH = "triage.tcss"
    AUTO_FOCUS = "#flows"

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """As in Screen, but a change of focus does not paint the whole screen anew."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "app.help", "help", key_display="?", id="app.help",
                tooltip="What the focused pane shows, and all keys"),
        Binding("slash", "filter", "filter", key_display="/", id="flows.filter",
                tooltip="Show only flows that match"),
        Binding("n", "problem(1)", "next problem", id="go.next-problem",
                tooltip="Next segment with a problem, on to the next flow"),
        Binding("N", "problem(-1)", "previous problem", show=False, id="go.previous-problem",
                tooltip="Previous segment with a problem"),
        Binding("right_square_bracket", "change(1)", "state", key_display="]", show=False,
                id="go.next-change", tooltip="Next state change of this flow"),
        Binding("left_square_bracket", "change(-1)", "state", key_display="[", show=False,
                id="go.previous-change", tooltip="Previous state change of this flow"),
        Binding("s", "sort", "sort", id="flows.sort", tooltip="Sort the flows by another column"),
        Binding("S", "reverse", "reverse", show=False, id="flows.reverse",
                tooltip="Turn the order of the flows round"),
        Binding("R", "resort", "sort again", show=False, id="flows.resort",
                tooltip="Take the order again, with the flows that came since"),
        Binding("f", "newest", "newest", show=False, id="flows.newest",
                tooltip="Go to the newest flow"),
        Binding("c", "columns", "columns", show=False, id="flows.columns",
                tooltip="Which columns the list has, and their order"),
        Binding("space", "hold", "hold", show=False, id="view.hold",
                tooltip="Live: hold the view while capture goes on; else mark the flow"),
        Binding("e", "evidence", "evidence", show=False, id="why.evidence",
                tooltip="All that is known about the row under the cursor"),
        Binding("F", "stream", "stream", show=False, id="flow.stream",
                tooltip="Follow the byte stream of this flow"),
        Binding("y", "copy", "copy", id="flow.copy", tooltip="Copy something about this flow"),
        Binding("w", "save", "save", id="flow.save",
                tooltip="Save packets as a capture of their own"),
        Binding("tab", "pane(1)", "pane", key_display="Tab", id="pane.next",
                tooltip="Next pane"),
        Binding("shift+tab", "pane(-1)", "pane", show=False, id="pane.previous",
                tooltip="Previous pane"),
        Binding("1", "show('flows')", "flows", show=False, id="pane.flows",
                tooltip="The flow list"),
        Binding("2", "show('state')", "state", show=False, id="pane.state",
                tooltip="The state diagram"),
        Binding("3", "show('ladder')", "ladder", show=False, id="pane.ladder",
                tooltip="The ladder"),
        Binding("right,l", "show('ladder')", "ladder", show=False, id="pane.right",
                tooltip="To the ladder"),
        Binding("left,h", "show('flows')", "flows", show=False, id="pane.left",
                tooltip="To the flow list"),
        Binding("z", "zoom", "zoom", id="pane.zoom",
                tooltip="The focused pane alone, or all again"),
        Binding("escape", "back", "back", show=False, id="app.back",
                tooltip="Close, or back to all panes"),
        Binding("q", "app.quit", "quit", id="app.quit", tooltip="Quit at once"),
    ]  # fmt: skip

    def __init__(
        self,
        session: Session,
        engine: Engine,
        look: Look,
        files: Sequence[str],
        preferences: Preferences,
        copies: list[str],
        live: LiveCapture | None = None,
        asked: filtering.Asked = filtering.EVERYTHING,
    ) -> None:
        super().__init__()
        self.session = session
        self.engine = engine
        self.look = look
        self.preferences = preferences
        self.files = files
        self.copies = copies
        self.names = [clean(Path(name).name if live is None else name) for name in files]
        self.seen_revision = -1
        self.found = Tally()
        self.asked = asked
        self.live = live
        self.rate = Rate()
        self.stopped = False
        self.held = False  # the view stands still while the capture goes on
        self.sorting = False
        self.last_sort = 0.0
        self.sorted_events = 0  # of the engine, a hang that began among them, when last sorted
        self.last_key = 0.0
        self.zoomed = False
        self.seek = 0
        self.rest: Timer | None = None

    def compose(self) -> ComposeResult:
        look = self.look
        self.head = Head(look, id="head")
        self.flows = FlowList(look, self.engine.flows, id="flows")
        self.flows.filtered = self.asked.text
        self.flows.columns = self.preferences.columns
        self.flows.sort = self.preferences.sort
        self.flows.descending = flow_drawing.BY_ID[self.flows.sort].descending
        self.state = StatePane(look, self.engine.packets, id="state")
        self.ladder = Ladder(look, self.engine, id="ladder")
        self.ladder.settings = Settings(
            TimeColumn[self.preferences.time.upper()], utc=self.preferences.utc
        )
        self.why = Why(look, id="why")
        self.filter_bar = FilterBar(look, id="filter-bar")
        self.keys = Keys(look, id="keys")
        yield self.head
        with Container(id="panes"):
            yield self.flows
            with Container(id="right"):
                yield self.state
                yield self.ladder
        yield self.filter_bar
        yield self.why
        yield self.keys

    def on_mount(self) -> None:
        self.set_interval(CALM_POLL if self.look.calm else POLL, self.poll)
        self.set_interval(TICK, self.go_on_explaining)
        if self.preferences.problems:
            self.why.tell(clean(self.preferences.problems[0]))
        self.poll()

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        self.lay_out(event.size.width, event.size.height)

    def lay_out(self, width: int, height: int) -> None:
        """One pane or all, the diagram or the strip, by the room there is."""
        single = width < WIDE or self.zoomed
        self.set_class(single, "-single")
        self.flows.divided = not single
        self.flows.styles.width = (
            "1fr" if single else width - max(NARROWEST_RIGHT, int(width * RIGHT_SHARE))
        )
        head = 2 if height >= 30 else 1
        self.head.styles.height = head
        room = height - head - 5
        tall = room >= TALL
        self.state.styles.height = "1fr" if single else DIAGRAM_HEIGHT + 1 if tall else STRIP_HEIGHT
        self.mark_pane()

    def mark_pane(self) -> None:
        """In a single-pane layout the focused pane is the one to see."""
        focused = self.focused.id if self.focused is not None else None
        if focused in PANES:
            self.show_pane(focused)
            self.keys.show_active()

    def show_pane(self, pane: str) -> None:
        """Show a pane where only one is seen; elsewhere nothing changes, and nothing is sent."""
        if self.has_class("-single"):
            for name in PANES:
                self.set_class(name == pane, f"-{name}")

    def on_descendant_focus(self) -> None:
        self.mark_pane()
        self.explain()

    # What the session brings

    @property
    def now(self) -> int:
        """The capture's latest moment, ns."""
        return int(self.engine.now)

    def poll(self) -> None:
        """Look whether the session has got on, and show what is new."""
        session = self.session
        moved = session.revision != self.seen_revision
        if moved and not self.held:
            self.seen_revision = session.revision
            self.flows.take_new(len(self.engine.flows), self.now, int(self.engine.frames))
            self.grow_ladder()
        if moved or self.live is not None:
            self.show_head()
        if not self.held:
            self.keep_order()

    def keep_order(self) -> None:
        """Put the list in order again when it has grown and nobody is using it."""
        fresh = len(self.engine.flows) - self.flows.sorted_until
        growing = self.session.state in (State.LOADING, State.FOLLOWING)
        now = monotonic()
        counted = self.found.segments == self.engine.packets.count
        if self.sorting or (
            not fresh and counted and self.sorted_events == len(self.engine.events)
        ):
            return
        idle = now - self.last_key > IDLE_SECONDS
        first = not self.flows.sorted_until
        due = now - self.last_sort > (RESORT_SECONDS if self.last_key or growing else 0)
        if first or (idle and due):
            self.put_in_order(keep=bool(self.last_key))

    def put_in_order(self, *, keep: bool) -> None:
        """Filter and sort the flows, and count what is wrong with them."""
        self.sorting = True
        self.run_worker(self.arranged(keep), group="order", exclusive=True)

    async def arranged(self, keep: bool) -> None:
        flows = self.engine.flows
        number = len(flows)
        self.sorted_events = len(self.engine.events)
        column = flow_drawing.BY_ID[self.flows.sort]
        try:
            keep_flow = await in_slices(
                filtering.keeping(self.asked, self.engine, self.session.read_packet)
            )
        except (NoBytes, CaptureError, OSError) as error:
            self.why.tell(clean(f"the filter was left out: {error}"))
            self.asked, self.flows.filtered, keep_flow = filtering.EVERYTHING, "", None
        work = order.arrange(flows, number, column.key, self.now, self.flows.descending, keep_flow)
        result = await in_slices(work, self.show_progress)
        self.flows.progress = ""
        self.flows.take_order(result, number, keep=keep)
        self.sorting = False
        self.last_sort = monotonic()
        self.follow_soon()
        self.found = await in_slices(tally(flows, number, self.now))
        self.show_head()

    def show_progress(self, part: float) -> None:
        if monotonic() - self.last_sort > 0.3:
            self.flows.progress = f"sorting {part:.0%}"

    def show_head(self) -> None:
        """File, sizes, what leads, progress; and whether the capture can be trusted."""
        engine, session = self.engine, self.session
        lasted = duration(int(engine.last_time - engine.first_time))
        name = ", ".join(self.names)
        left: Line = [
            Run(" tcptui ", "brand"),
            Run(f" {name} · {of_many(int(engine.frames), 'packet')} · "
                f"{of_many(len(engine.flows), 'flow')} · {lasted}", "text"),
        ]  # fmt: skip
        lead = findings(self.found)
        if lead:
            left.append(Run(f"   {lead}", "warning"))
        dropped, warnings = session.source.dropped, session.source.warnings
        text, style = health(self.found, dropped, [clean(line) for line in warnings])
        if self.live is not None:
            figures = self.live.figures
            lost = loss(figures.dropped, figures.interface_dropped)
            text, style = (lost, "error") if lost else (text, style)
        if session.error is not None:
            text, style = f"Reading ended: {clean(str(session.error))}", "error"
        self.head.say(left, self.progress(), Run(text, style))

    def progress(self) -> Line:
        """How far loading has come, or how the capture stands."""
        if self.live is not None and self.live.state is Capturing.RUNNING:
            return self.capturing(self.live)
        if self.live is not None:
            return [Run("capture ended ", "note")]
        state = self.session.state
        part = self.session.progress
        if state is State.LOADING:
            return [Run("loading " if part is None else f"loading {part:4.0%} ", "note")]
        words = {State.FOLLOWING: "following", State.FAILED: "incomplete"}
        return [Run(f"{words[state]} ", "note")] if state in words else []

    def capturing(self, live: LiveCapture) -> Line:
        """The figures of the capture that is under way."""
        figures = live.figures
        rate = self.rate.take(monotonic(), figures.packets)
        behind = max(0, figures.packets - int(self.engine.frames))
        line = figures_line(rate, figures.packets, figures.dropped, behind)
        return [Run("view held · ", "warning"), *line] if self.held else line

    # The cursor

    def on_key(self) -> None:
        self.last_key = monotonic()

    @on(Rows.Moved, "#flows")
    def flow_moved(self) -> None:
        self.seek = 0
        self.follow_soon()

    @on(Rows.Moved, "#ladder")
    def segment_moved(self) -> None:
        self.follow_soon()

    def follow_soon(self) -> None:
        """Paint the panes that follow once the cursor rests."""
        if self.rest is not None:
            self.rest.stop()
        self.rest = self.set_timer(CALM_REST if self.look.calm else REST, self.follow)

    def follow(self) -> None:
        """Show the flow under the cursor, its moment, and why."""
        flow = self.flows.current
        shown = self.ladder.flow
        if flow is not None and (shown is None or shown.index != flow.index):
            self.open_flow(flow)
        self.show_moment()

    def open_flow(self, flow: Flow) -> None:
        """Fold the flow: its first page now, the rest in slices."""
        fold = folding.new_fold(flow)
        self.ladder.show_flow(flow, fold)
        self.ladder.complete = folding.begin(self.engine.packets, flow, fold)
        self.go_to_problem()
        self.ladder.grown()
        if not self.ladder.complete:
            self.run_worker(self.folded(flow), group="fold", exclusive=True)

    async def folded(self, flow: Flow) -> None:
        fold = self.ladder.fold
        if fold is None:
            return
        await in_slices(folding.complete(self.engine.packets, flow, fold))
        if self.ladder.fold is fold:
            self.ladder.complete = True
            self.go_to_problem()
            self.ladder.grown()

    def go_to_problem(self) -> None:
        """Where a flow opens: at its first problem, or, coming from behind, at its last."""
        fold = self.ladder.fold
        if fold is None or not len(fold.problems):
            return
        if self.seek < 0 and self.ladder.complete:
            self.ladder.go_to_place(int(fold.problems[len(fold.problems) - 1]))
        elif self.seek >= 0 and self.ladder.cursor == 0:
            self.ladder.go_to_place(int(fold.problems[0]))
        self.seek = 0

    def grow_ladder(self) -> None:
        """Take the segments that have come since."""
        flow, fold = self.ladder.flow, self.ladder.fold
        if flow is None or fold is None or not self.ladder.complete:
            return
        if not folding.is_complete(self.engine.packets, flow, fold):
            self.ladder.take_events()
            self.ladder.complete = folding.begin(self.engine.packets, flow, fold)
            self.ladder.grown()
            if not self.ladder.complete:
                self.run_worker(self.folded(flow), group="fold", exclusive=True)

    def show_moment(self) -> None:
        fold = self.ladder.fold
        at = moment(self.engine.packets, fold, self.ladder.place) if fold is not None else None
        self.state.show_moment(at)
        self.explain()

    def explain(self) -> None:
        """The Why line: of the flow in the list, of the segment elsewhere."""
        flow = self.flows.current
        row = self.ladder.packet_row
        if self.flows.has_focus or row is None:
            self.why.explain(why.of_flow(self.engine, flow, self.now) if flow is not None else "")
        elif self.ladder.on_run and self.ladder.fold is not None:
            first, last, what = self.ladder.run_in_words()
            self.why.explain(why.of_run(self.engine, (first, last), what))
        else:
            self.why.explain(why.of_segment(self.engine, row))

    def go_on_explaining(self) -> None:
        """The clock of a capture that goes on: what the Why line says grows with it."""
        if self.session.state is State.FOLLOWING and not self.held and not self.why.notice:
            self.explain()

    # Keys

    def action_problem(self, step: int) -> None:
        """To the next flagged segment, in this flow or the next that has trouble."""
        self.follow()
        fold = self.ladder.fold
        if fold is not None and self.ladder.go_beyond(fold.problems, step):
            return
        if not self.ladder.complete:
            self.why.tell("still reading this flow")
            return
        row = self.next_troubled(step)
        if row is None:
            self.why.tell("no further problem")
            return
        self.flows.move_to(row, tell=False)
        self.seek = step
        self.follow()

    def next_troubled(self, step: int) -> int | None:
        """The next row of the list whose flow has trouble."""
        flows = self.flows
        row = flows.cursor + step
        while 0 <= row < flows.count:
            if cost(flows.flows[flows.flow_at(row)], self.now):
                return row
            row += step
        return None

    def action_change(self, step: int) -> None:
        """To the next segment that changes a state."""
        self.follow()
        fold = self.ladder.fold
        if fold is None or not self.ladder.go_beyond(fold.changes, step):
            self.why.tell("no further state change in this flow")

    def action_sort(self) -> None:
        """Choose the column to sort by."""
        options = [Option(c.id, c.title, c.meaning) for c in flow_drawing.COLUMNS]
        screen = ChoiceScreen(self.look, "Sort by", options, self.flows.sort)
        self.app.push_screen(screen, self.sort_chosen)

    def sort_chosen(self, column: str | None) -> None:
        if column is not None:
            self.sort_by(column)

    def action_columns(self) -> None:
        """Choose the columns of the list."""
        options = [Option(c.id, c.title, c.meaning) for c in flow_drawing.COLUMNS]
        screen = ColumnsScreen(self.look, options, self.flows.columns)
        self.app.push_screen(screen, self.columns_chosen)

    def columns_chosen(self, columns: list[str] | None) -> None:
        if columns:
            self.preferences.columns = columns
            remember(self.preferences)
            self.flows.columns = columns
            self.flows.measure()
            self.flows.repaint()

    def sort_by(self, column: str) -> None:
        self.flows.sort = column
        self.flows.descending = flow_drawing.BY_ID[column].descending
        self.put_in_order(keep=True)

    def action_reverse(self) -> None:
        self.flows.descending = not self.flows.descending
        self.put_in_order(keep=True)

    def action_resort(self) -> None:
        self.put_in_order(keep=True)

    def action_newest(self) -> None:
        self.flows.move_to(self.flows.row_of(len(self.engine.flows) - 1) or 0)

    def action_pane(self, step: int) -> None:
        focused = self.focused.id if self.focused is not None else PANES[0]
        at = PANES.index(focused) if focused in PANES else 0
        self.action_show(PANES[(at + step) % len(PANES)])

    def action_show(self, pane: str) -> None:
        """Focus a pane, and show it where only one is seen."""
        self.show_pane(pane)
        self.query_one(f"#{pane}", Canvas).focus()

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self.lay_out(self.size.width, self.size.height)

    def action_back(self) -> None:
        """Out of what is open: the filter bar, the zoom, the ladder."""
        if self.filter_bar.is_open:
            self.close_filter()
        elif self.zoomed:
            self.action_zoom()
        else:
            self.action_show("flows")

    @on(Rows.Chosen, "#flows")
    def flow_chosen(self) -> None:
        """Enter on a flow: its ladder, alone."""
        self.follow()
        if not self.zoomed:
            self.action_zoom()
        self.action_show("ladder")

    @on(Rows.Chosen, "#ladder")
    def segment_chosen(self) -> None:
        """Enter opens a run; of a segment it shows the contents."""
        row = self.ladder.packet_row
        if self.ladder.on_run:
            self.ladder.open_run()
            self.follow_soon()
        elif self.ladder.on_segment and row is not None:
            from tcptui.screens.detail import DetailScreen

            reason = why.of_segment(self.engine, row)
            self.app.push_screen(DetailScreen(self.session, self.engine, self.look, row, reason))

    def action_evidence(self) -> None:
        """All that is known about what is under the cursor, on a page of its own."""
        flow, row = self.flows.current, self.ladder.packet_row
        if flow is None:
            return
        paragraphs = [finding.text for finding in findings_of(self.engine, flow)]
        paragraphs += [why.of_flags(flow), why.of_sizes(flow)]
        title = f"Flow {int(flow.index)}"
        if not self.flows.has_focus and row is not None:
            title = f"Segment #{count(int(self.engine.packets.frame(row)))}"
            paragraphs[:0] = explain.evidence(self.engine, row, self.read).lines()
        self.app.push_screen(PageScreen(self.look, title, paragraphs))

    def read(self, row: int) -> bytes:
        """The bytes of a row's packet; none where the file has changed."""
        packets = self.engine.packets
        try:
            return self.session.read_packet(int(packets.position(row)), int(packets.captured(row)))
        except (CaptureError, OSError):
            return b""

    def action_stream(self) -> None:
        """The flow's bytes, in order."""
        from tcptui.screens.stream import StreamScreen

        self.follow()
        flow, fold = self.ladder.flow, self.ladder.fold
        if flow is None or fold is None:
            return
        rows = [int(row) for row in fold.rows]
        self.app.push_screen(StreamScreen(self.session, self.engine, self.look, flow, rows))

    # The live capture

    def action_hold(self) -> None:
        """Live: the view stands still, or goes on; else this marks the flow."""
        if self.live is None:
            self.flows.action_mark()
            return
        self.held = not self.held
        self.live.freeze(self.held)
        self.why.tell("the view stands still, capture goes on" if self.held else "the view goes on")
        self.poll()

    def stop_capture(self) -> bool:
        """End a capture that runs; whether there was one."""
        if self.live is None or self.live.state is not Capturing.RUNNING or self.stopped:
            return False
        self.stopped = True
        self.live.end()
        self.why.tell("capture stopped; Ctrl+C again quits")
        return True

    # Copying and saving

    @property
    def capture(self) -> Capture:
        """What the copied and saved packets are part of."""
        names = tuple(name for name in self.files if name != "-")
        if self.live is not None:
            names = self.written if self.live.options.write is not None else ()
        return Capture(self.engine, names, self.session.read_packet)

    @property
    def written(self) -> tuple[str, ...]:
        """The files of the live capture; those of a rolling spool go with the program."""
        return tuple(map(str, self.live.source.files)) if self.live is not None else ()

    def why_of(self, row: int) -> str:
        return explain.why(self.engine, row)

    def offers(self) -> list[Offer]:
        """What can be copied or saved here."""
        self.follow()
        ladder, packets = self.ladder, self.engine.packets
        row, mark = ladder.packet_row, ladder.settings.mark
        moments = (int(mark), int(packets.time(row))) if row is not None and mark >= 0 else None
        marked = frozenset(self.flows.marked)
        return offers(
            Place(self.engine, self.flows.current, row, marked, self.asked.expression, moments)
        )

    def choose_subject(self, title: str, then: Callable[[Offer], None]) -> None:
        """Ask of what, then go on with it."""
        found = self.offers()
        options = [Option(str(n), o.name, clean(o.meaning)) for n, o in enumerate(found)]

        def chosen(number: str | None) -> None:
            if number is not None:
                then(found[int(number)])

        if found:
            self.app.push_screen(ChoiceScreen(self.look, title, options), chosen)
        else:
            self.why.tell("there is nothing yet")

    def action_copy(self) -> None:
        """Choose what to copy, then in which form."""
        self.choose_subject("Copy what", self.copy_subject)

    def copy_subject(self, offer: Offer) -> None:
        texts = {"why line": self.why.text, "ladder as text": self.ladder.as_text()}
        tools = Tools(admits, self.why_of)
        made = forms(self.capture, offer.subject, tools, texts)
        self.app.push_screen(CopyScreen(self.look, f"Copy {offer.name} as", made), self.copy_chosen)

    def copy_chosen(self, chosen: tuple[str, str] | None) -> None:
        if chosen is not None:
            self.run_worker(self.copied(*chosen))

    async def copied(self, what: str, text: str) -> None:
        """Send a text to the clipboard, and say by which way it went."""
        driver = self.app._driver
        write = driver.write if driver is not None else None
        done = await asyncio.to_thread(clipboard.copy, text, write)
        self.copies.append(text)
        self.why.tell(clean(f"{what}: {done}"))

    def action_save(self) -> None:
        """Choose what to save, then under which name."""
        self.choose_subject("Save what", self.save_offer)

    def save_offer(self, offer: Offer) -> None:
        def save(name: str, overwrite: bool) -> int:
            capture = self.capture
            capture = replace(capture, names=(*capture.names, *self.written))
            source, subject = self.session.source, offer.subject
            return save_subject(name, source, capture, subject, self.why_of, overwrite)

        screen = SaveScreen(self.look, offer.name, offer.file_name, save)
        self.app.push_screen(screen, self.saved)

    def saved(self, done: str | None) -> None:
        if done is not None:
            self.why.tell(done)

    # The filter

    def action_filter(self) -> None:
        self.filter_bar.open(self.flows.filtered)

    @on(FilterBar.Typed)
    def filter_typed(self, message: FilterBar.Typed) -> None:
        """Check the filter while it is typed."""
        try:
            self.filter_bar.approve(filtering.asked(message.text).kind)
        except filtering.Wrong as error:
            self.filter_bar.complain(clean(error.what), error.column)

    @on(FilterBar.Entered)
    def filter_entered(self, message: FilterBar.Entered) -> None:
        try:
            self.asked = filtering.asked(message.text)
        except filtering.Wrong:
            return
        self.flows.filtered = self.asked.text
        self.why.tell(clean(self.asked.kind))
        self.close_filter()
        self.put_in_order(keep=True)

    def close_filter(self) -> None:
        self.filter_bar.close()
        self.action_show("flows")
