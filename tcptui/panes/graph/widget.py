"""The graph pane shows how the flow under the cursor, or the whole capture, went over time."""

from typing import ClassVar, Final, NamedTuple, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tcptui.diagnosis.work_slices import at_once
from tcptui.drawing.cells import Line, Run, fit_line, rule
from tcptui.drawing.doubts import ALL_KNOWN, Doubts, doubts_of
from tcptui.engine.engine import Engine
from tcptui.findings.finding import Read
from tcptui.graphs.capture_rows import TimesFound
from tcptui.graphs.kinds import CAPTURE_GRAPHS, FLOW_GRAPHS
from tcptui.panes.cursor import UnderCursor
from tcptui.panes.graph import drawing
from tcptui.panes.graph.drawing import Areas, CursorColumns, GraphFrame
from tcptui.panes.graph.model.flow_rows import FlowRows, Passed
from tcptui.panes.graph.pictures import (
    ROWS,
    CapturePicture,
    GraphPicture,
    GraphView,
    Work,
    find_rows,
    flow_picture,
)
from tcptui.panes.graph.span import Span
from tcptui.panes.ladder.sack_blocks import unread
from tcptui.text.amounts import count, size
from tcptui.text.durations import SECOND, brief_duration, duration
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row

LEAST_LINES: Final = 5
ZOOM: Final = 2.0
FINER: Final = 4
"""Columns of a saved picture for each of the terminal's."""


Marked = TypeVar("Marked")


def with_mark(marks: list[Marked], mark: Marked) -> list[Marked]:
    """Return the marks with one more, the last two of them; without it where it is there."""
    if mark in marks:
        return [other for other in marks if other != mark]
    return [*marks, mark][-2:]


class Mark(NamedTuple):
    """A segment of the flow that is marked: its packet row and its time."""

    row: int
    time: int


class GraphPane(Canvas, can_focus=True):
    """Draws one picture; the screen does the work that makes it, when :class:`Wanted` comes."""

    HELP = """
    ## Graph
    How the flow under the cursor went over time, each direction for itself, or the whole capture.
    The column with `▲` is the cursor: it moves ladder, State and Why, and they move it. `R` was
    sent again, `d` is a duplicate ACK, `S` a SACK block, `0` a zero window, `F` FIN, `X` RST. What
    is not known for sure is dotted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "step(1)", "later", id="graph.later", show=False,
                tooltip="To the next column with a segment"),
        Binding("left,h", "step(-1)", "earlier", id="graph.earlier", show=False,
                tooltip="To the column before with a segment"),
        Binding("down,j", "segment(1)", "next segment", id="graph.next-segment", show=False,
                tooltip="To the next segment"),
        Binding("up,k", "segment(-1)", "previous segment", id="graph.previous-segment",
                show=False, tooltip="To the segment before"),
        Binding("home,g", "edge(0)", "first", id="graph.first", show=False,
                tooltip="To the first segment"),
        Binding("end,G", "edge(-1)", "last", id="graph.last", show=False,
                tooltip="To the last segment"),
        Binding("t", "kind(1)", "kind", id="graph.kind", show=False,
                tooltip="Next kind of graph"),
        Binding("T", "kind(-1)", "kind before", id="graph.kind-before", show=False,
                tooltip="The kind of graph before"),
        Binding("a", "whose", "all flows", id="graph.whose", show=False,
                tooltip="Graphs of the whole capture, or again of this flow"),
        Binding("m", "mark", "mark", id="graph.mark", show=False,
                tooltip="Mark this moment, then a second one: the title says what lies between; "
                        "again: unmark"),
        Binding("plus", "zoom_in", "in", key_display="+", id="graph.in", show=False,
                tooltip="Show half the time, around the cursor"),
        Binding("minus", "zoom_out", "out", key_display="-", id="graph.out", show=False,
                tooltip="Show twice the time"),
        Binding("0", "whole", "whole", id="graph.whole", show=False,
                tooltip="Show all of the time"),
        Binding("b", "between", "between marks", id="graph.between", show=False,
                tooltip="Show the time between the marks"),
        Binding("pagedown,ctrl+f,L", "pan(1)", "pan later", id="graph.pan-later", show=False,
                tooltip="Show later times, by half of what is seen"),
        Binding("pageup,ctrl+b,H", "pan(-1)", "pan earlier", id="graph.pan-earlier", show=False,
                tooltip="Show earlier times, by half of what is seen"),
        Binding("enter", "choose", "open", key_display="Enter", id="graph.open", show=False,
                tooltip="Open the segment; in a graph of the capture, filter the list by the time "
                        "that is marked"),
    ]  # fmt: skip

    class Wanted(Message):
        """There is a picture to be made."""

    class CursorMoved(Message):
        """The cursor is on another segment of the flow."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    class Marked(Message):
        """The moment under the cursor has been marked."""

    class SpanChosen(Message):
        """The segment or the time under the cursor is to be opened."""

    def __init__(self, look: Look, engine: Engine, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.engine = engine
        self.read: Read = unread
        self.under: UnderCursor | None = None
        self.rows_found: FlowRows | None = None
        self.times_found = TimesFound(engine)
        self.row = -1  # of the segment under the cursor
        self.moment = 0  # of the cursor, in ns
        self.of_capture = False
        self.flow_kind = self.capture_kind = 0
        self.span: Span | None = None  # None is all of the time
        self.capture_span: Span | None = None
        self.marked: list[Mark] = []
        self.marked_times: list[int] = []  # in the graphs of the capture
        self.picture: GraphPicture | None = None
        self.areas = Areas()
        self.progress = 0.0  # 1 where the picture is complete
        self.passed: Passed | None = None  # between the marks …
        self.passed_ends: tuple[int, int] | None = None  # … with these rows
        self.divided = False  # a line at the right edge, towards the next pane

    # What it is told

    @property
    def is_seen(self) -> bool:
        """Whether it has a place on the screen."""
        return self.is_mounted and bool(self.region)

    @property
    def goes_on(self) -> bool:
        """Whether more comes in."""
        return self.under is not None and self.under.goes_on

    def show_under_cursor(self, under: UnderCursor | None) -> None:
        """Show the flow, and the segment in it; what has come since is added."""
        before, self.under = self.under, under
        if under is None:
            self.rows_found = None
            self.row = -1
            if not self.of_capture:
                self.picture = None
            self.repaint()
            return
        row = under.fold.row_at(under.ordinal) if len(under.fold.rows) else -1
        if before is None or before.flow is not under.flow or self.rows_found is None:
            self.show_flow(under)
        self.put_cursor(row)
        self.post_message(self.Wanted())

    def show_flow(self, under: UnderCursor) -> None:
        """Begin with another flow."""
        self.rows_found = FlowRows(self.engine.packets, under.flow)
        self.marked, self.span = [], None
        if not self.of_capture:
            self.picture = None

    def put_cursor(self, row: int) -> None:
        """Put the cursor on a segment, and show what is around it."""
        if row < 0 or row == self.row:
            return
        self.row = row
        self.moment = self.engine.packets.time(row)
        self.sum_few()
        self.show_moment()

    def show_moment(self) -> None:
        """Pan to the cursor where it is not seen, and draw it."""
        span = self.seen_span
        if span is not None and not span.holds(self.moment) and self.whole is not None:
            self.look_at(span.around(self.moment, self.whole))
        self.repaint()

    # What is seen

    @property
    def kind_name(self) -> str:
        """The name of the kind of graph."""
        if self.of_capture:
            return CAPTURE_GRAPHS[self.capture_kind].name
        return FLOW_GRAPHS[self.flow_kind].name

    @property
    def whole(self) -> Span | None:
        """All of the time of the flow, or of the capture; while more comes in, and some more."""
        if self.of_capture:
            times = self.times_found
            found = None if times.is_empty else Span(times.first, times.last)
        else:
            rows = self.rows_found
            found = Span(rows.earliest, rows.latest) if rows is not None and len(rows) else None
        if found is None or not self.goes_on:
            return found
        return found.with_room()

    @property
    def chosen_span(self) -> Span | None:
        """The time that the user has chosen; None for all of it."""
        return self.capture_span if self.of_capture else self.span

    @property
    def seen_span(self) -> Span | None:
        """The time that is seen."""
        return self.chosen_span or self.whole

    def look_at(self, span: Span | None) -> None:
        """Show another time span; None shows all."""
        if span == self.whole:
            span = None
        if self.of_capture:
            self.capture_span = span
        else:
            self.span = span
        self.post_message(self.Wanted())

    @property
    def area_cells(self) -> int:
        """How many cells the area has across."""
        return drawing.area_width(self.size.width - self.divided)

    # Work

    @property
    def wanted(self) -> tuple[object, ...]:
        """What the picture that is wanted is of."""
        return self.rows_found, self.kind_name, self.seen_span, self.area_cells

    def making(self) -> Work:
        """Yield how far it is, until the picture that is wanted is shown, or another one is."""
        yield from self.find_times()
        span = self.seen_span
        if span is None:
            return
        view, wanted = GraphView(span, self.area_cells), self.wanted
        picture = self.picture
        if picture is not None and self.is_of(picture, view) and self.progress == 1.0:
            work = picture.grow()
        else:
            picture = self.new_picture(view)
            work = picture.work()
            self.progress = 0.0
        for part in work:
            if picture.series and self.picture is not picture:
                self.picture = picture
                self.repaint()
            self.progress = min(part, 0.99)
            yield part
            if self.wanted != wanted:
                return
        self.picture, self.progress = picture, 1.0
        self.repaint()

    def is_of(self, picture: GraphPicture, view: GraphView) -> bool:
        """Return whether a picture is of what is wanted now."""
        return picture.kind_name == self.kind_name and picture.view == view

    def find_times(self) -> Work:
        """Yield how far it is, until it is known how much time there is."""
        if self.of_capture:
            while self.times_found.take(16 * ROWS):
                yield 0.0
        elif self.rows_found is not None:
            if self.rows_found.is_stale:
                self.rows_found = FlowRows(self.engine.packets, self.rows_found.flow)
                self.progress = 0.0
            yield from find_rows(self.rows_found)

    def new_picture(self, view: GraphView) -> GraphPicture:
        """Return the empty picture of what is wanted."""
        if self.of_capture or self.rows_found is None:
            return CapturePicture(self.engine, CAPTURE_GRAPHS[self.capture_kind], view)
        kind = FLOW_GRAPHS[self.flow_kind]
        return flow_picture(self.engine, self.rows_found, kind, view, self.read)

    # Drawing

    def rows(self, width: int, height: int) -> list[Row]:
        inner = width - self.divided
        lines = [self.title(inner), *self.body(inner, height - 1)]
        edge = [Run("│", "rule")] if self.divided else []
        lines += [[]] * (height - len(lines))
        return [Row([*fit_line(line, inner), *edge]) for line in lines]

    def title(self, width: int) -> Line:
        """Return the line with what is shown and what lies between the marks."""
        style = "title-focus" if self.has_focus else "title"
        whose = "capture"
        if not self.of_capture:
            whose = f"#{self.under.flow.index}" if self.under is not None else "no flow"
        name = f"Graph ─ {whose} ─ {self.kind_name}"
        if self.picture is not None and self.progress < 1.0:
            name += " …"
        return rule([Run(name, style)], self.told(), width)

    def told(self) -> str:
        """Return what the title says: what lies between the marks, else how much a bin is."""
        between = self.between_in_words()
        if between:
            return between
        if self.picture is not None and self.picture.bin:
            return f"per {brief_duration(self.picture.bin)}"
        return ""

    def body(self, width: int, height: int) -> list[Line]:
        """Return the panels and the axis."""
        picture, whole = self.picture, self.whole
        if picture is None or whole is None:
            said = "" if self.under is not None else "no flow"
            return [[Run(f"  {said}", "dim")]]
        if height < LEAST_LINES:
            return [drawing.too_small(width)]
        frame = self.frame(picture, height - 1)
        if self.kind_name == "time":
            lines = drawing.share_lines(picture.series, frame, self.areas)
        else:
            lines = drawing.panels_of(picture.series, frame, self.areas)
        return [*lines, drawing.time_axis(frame, whole.start, self.moment)]

    @property
    def doubts(self) -> Doubts:
        """What is not known of what is drawn."""
        if self.of_capture or self.under is None:
            return ALL_KNOWN
        return doubts_of(self.under.flow)

    def frame(self, picture: GraphPicture, height: int) -> GraphFrame:
        """Return what the picture is drawn into."""
        bare = GraphFrame(
            picture.view.cells, height, picture.view.span, CursorColumns(), self.look.ascii,
            self.goes_on, self.doubts,
        )  # fmt: skip
        marks = tuple(bare.cell_of(time) for time in self.mark_times)
        return bare._replace(columns=CursorColumns(bare.cell_of(self.moment), marks))

    def in_full(self) -> GraphPicture | None:
        """Return the picture of what is seen at once, in more columns than the terminal has."""
        span = self.seen_span
        if span is None:
            return None
        picture = self.new_picture(GraphView(span, self.area_cells * FINER))
        at_once(picture.work())
        return picture

    # Marks

    @property
    def mark_times(self) -> list[int]:
        """The moments that are marked, in the order of time."""
        if self.of_capture:
            return sorted(self.marked_times)
        return sorted(mark.time for mark in self.marked)

    @property
    def ends(self) -> tuple[int, int] | None:
        """The rows of the marks, or of mark and cursor; None without a mark."""
        if not self.marked:
            return None
        rows = [*(mark.row for mark in self.marked), self.row][:2]
        return min(rows), max(rows)

    @property
    def marked_span(self) -> Span | None:
        """The time between the marks, or from the mark to the cursor."""
        times = sorted([*self.mark_times, self.moment][:2])
        return Span(*times) if self.mark_times else None

    def summing(self) -> Work:
        """Yield how far it is, until it is known what lies between the marks."""
        rows, ends = self.rows_found, self.ends
        if rows is None or ends is None or self.of_capture:
            return
        if ends == self.passed_ends and not self.goes_on:
            return
        passed = self.passing(rows, ends)
        while passed.take(ROWS):
            yield 0.0
            if self.ends != ends:
                return
        self.passed, self.passed_ends = passed, ends
        self.repaint()

    def passing(self, rows: FlowRows, ends: tuple[int, int]) -> Passed:
        """Return what adds up what lies between two rows."""
        return Passed(rows, rows.ordinal_of(ends[0]), rows.ordinal_of(ends[1]) + 1)

    def sum_few(self) -> None:
        """Add up at once what lies between the marks, where that is little."""
        rows, ends = self.rows_found, self.ends
        if rows is None or ends is None or ends == self.passed_ends:
            return
        passed = self.passing(rows, ends)
        if not passed.take(ROWS):
            self.passed, self.passed_ends = passed, ends

    def between_in_words(self) -> str:
        """Return what lies between the marks."""
        span = self.marked_span
        if span is None:
            return ""
        took = duration(span.length)
        if self.of_capture:
            return took
        if self.passed is None or self.passed_ends != self.ends:
            return took
        said = f"{size(self.passed.bytes)} in {took}"
        if span.length > 0:
            said += f", {size(self.passed.bytes * SECOND // span.length)}/s"
        again = self.passed.resent
        return f"{said}, R ×{count(again)}" if again else said

    # Keys

    def action_step(self, step: int) -> None:
        """Go to the next column with a segment."""
        rows, picture = self.rows_found, self.picture
        if picture is None:
            return
        frame = GraphFrame(self.area_cells, 0, picture.view.span, CursorColumns())
        cell = frame.cell_of(self.moment)
        if self.of_capture:
            self.moment = frame.time_of(min(max(cell + step, 0), frame.width - 1))
            self.repaint()
            return
        if rows is None or not len(rows):
            return
        here = rows.ordinal_of(self.row)
        if step > 0:
            ordinal = max(rows.ordinal_from(frame.time_of(cell + 1)), here + 1)
        else:
            before = min(rows.ordinal_from(frame.time_of(cell)), here) - 1
            start = frame.time_of(frame.cell_of(rows.time_at(max(before, 0))))
            ordinal = min(rows.ordinal_from(start), max(before, 0))
        self.go_to_ordinal(ordinal)

    def action_segment(self, step: int) -> None:
        if self.rows_found is not None and not self.of_capture:
            self.go_to_ordinal(self.rows_found.ordinal_of(self.row) + step)

    def action_edge(self, end: int) -> None:
        rows = self.rows_found
        if self.of_capture and self.whole is not None:
            self.moment = self.whole[-1 if end else 0]
            self.show_moment()
        elif rows is not None:
            self.go_to_ordinal(len(rows) - 1 if end else 0)

    def go_to_ordinal(self, ordinal: int) -> None:
        """Put the cursor on a segment of the flow, and tell the other panes."""
        rows = self.rows_found
        if rows is None or not len(rows):
            return
        row = rows.row_at(max(0, min(ordinal, len(rows) - 1)))
        if row != self.row:
            self.put_cursor(row)
            self.post_message(self.CursorMoved(row))

    def action_kind(self, step: int) -> None:
        if self.of_capture:
            self.capture_kind = (self.capture_kind + step) % len(CAPTURE_GRAPHS)
        else:
            self.flow_kind = (self.flow_kind + step) % len(FLOW_GRAPHS)
        self.post_message(self.Wanted())

    def action_whose(self) -> None:
        self.of_capture = not self.of_capture
        if self.row >= 0:
            self.moment = self.engine.packets.time(self.row)
        self.post_message(self.Wanted())

    def action_mark(self) -> None:
        if self.of_capture:
            self.marked_times = with_mark(self.marked_times, self.moment)
        elif self.row >= 0:
            self.marked = with_mark(self.marked, Mark(self.row, self.moment))
        self.sum_few()
        self.repaint()
        self.post_message(self.Marked())
        self.post_message(self.Wanted())

    def action_zoom_in(self) -> None:
        self.zoom(1 / ZOOM)

    def action_zoom_out(self) -> None:
        self.zoom(ZOOM)

    def zoom(self, factor: float) -> None:
        span, whole = self.seen_span, self.whole
        if span is not None and whole is not None:
            middle = span.start + span.length // 2
            at = self.moment if span.holds(self.moment) else middle
            self.look_at(span.scaled(factor, at, whole))

    def action_whole(self) -> None:
        self.look_at(None)

    def action_between(self) -> None:
        span, whole = self.marked_span, self.whole
        if span is not None and whole is not None and span.length:
            self.look_at(span)

    def action_pan(self, step: int) -> None:
        span, whole = self.seen_span, self.whole
        if span is not None and whole is not None:
            self.look_at(span.moved(step * span.length // 2, whole))

    def action_choose(self) -> None:
        self.post_message(self.SpanChosen())

    # Events

    def on_show(self) -> None:
        self.post_message(self.Wanted())

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(self.Wanted())

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor into the column that is clicked."""
        picture, rows = self.picture, self.rows_found
        cell = event.x - drawing.LABEL - 1
        if picture is None or not 0 <= cell < picture.view.cells:
            return
        time = GraphFrame(picture.view.cells, 0, picture.view.span, CursorColumns()).time_of(cell)
        if self.of_capture:
            self.moment = time
            self.repaint()
        elif rows is not None:
            self.go_to_ordinal(rows.ordinal_from(time))
