"""The ladder of the flow under the cursor: client left, server right, time downwards."""

from typing import ClassVar

from librt.vecs import vec
from mypy_extensions import i32
from textual.binding import Binding, BindingType

from tcptui.drawing import ladder as drawing
from tcptui.drawing import minimap
from tcptui.drawing.cells import Line, Run, fit_line, plain
from tcptui.drawing.fold import EVENT, GAP, SEGMENT, Fold, places_below
from tcptui.drawing.ladder import LadderDrawing, Settings, TimeColumn
from tcptui.drawing.names import endpoint
from tcptui.drawing.numbers import count
from tcptui.drawing.sack import Read, unread
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.theme import Look
from tcptui.widgets.canvas import Row
from tcptui.widgets.rows import Rows

TIMES = tuple(TimeColumn)
TEXT_WIDTH = 100
MOST_TEXT_LINES = 1000


class Ladder(Rows):
    """Shows one flow's fold. The screen fills the fold and calls :meth:`grown`."""

    HELP = """
    ## Ladder
    Every segment of the flow, client left, server right; numbers are relative. Plain runs and
    duplicate ACKs are folded into one line: Enter opens it, Backspace folds it again; Enter on a
    segment shows its contents. States stand at the sides where they change. The column at the
    right edge shows where in the flow problems lie.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace", "fold", "fold", id="ladder.fold", show=False,
                tooltip="Fold the run again that Enter opened"),
        Binding("t", "time", "time", id="ladder.time", show=False,
                tooltip="Time: since the segment before, the start, the mark, or time of day"),
        Binding("r", "raw", "raw numbers", id="ladder.raw", show=False,
                tooltip="Relative or raw sequence numbers"),
        Binding("m", "mark", "mark", id="ladder.mark", show=False,
                tooltip="Mark this moment; times are then counted from it"),
        Binding("apostrophe", "to_mark", "to mark", id="ladder.to-mark", show=False,
                tooltip="Go to the marked moment"),
    ]  # fmt: skip

    def __init__(self, look: Look, engine: Engine, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.engine = engine
        self.flow: Flow | None = None
        self.fold: Fold | None = None
        self.drawing: LadderDrawing | None = None
        self.settings = Settings()
        self.layout_columns = drawing.lay_out(80, 0, self.settings)
        self.complete = True
        self.read: Read = unread

    @property
    def count(self) -> int:
        return len(self.fold.first) if self.fold else 0

    def show_flow(self, flow: Flow, fold: Fold) -> None:
        """Start with another flow."""
        self.flow, self.fold = flow, fold
        self.drawing = LadderDrawing(self.engine, flow, fold, [], self.settings, self.read)
        self.take_events()
        self.cursor = self.top = 0
        self.lay_out()

    def take_events(self) -> None:
        """Look which events the flow has now; before its fold goes on."""
        if self.flow is not None and self.fold is not None and self.drawing is not None:
            events = self.engine.events.of_flow(int(self.flow.index))
            self.fold.events = [event.row for event in events]
            self.drawing.events = events

    def grown(self) -> None:
        """The fold has more items, or its flow has grown."""
        self.repaint()

    def lay_out(self) -> None:
        frames = int(self.engine.frames)
        self.layout_columns = drawing.lay_out(self.size.width - 2, frames, self.settings)

    def on_resize(self) -> None:
        self.lay_out()
        super().on_resize()

    @property
    def place(self) -> int:
        """The place, in the fold's rows, of the segment under the cursor (of a run its last)."""
        fold = self.fold
        if fold is None or not self.count:
            return 0
        item = min(self.cursor, self.count - 1)
        place = fold.place_from(item)
        if fold.span[item] > 1:
            place += fold.span[item] - 1
        return min(place, max(0, len(fold.rows) - 1))

    @property
    def packet_row(self) -> int | None:
        """The packet row of the segment under the cursor."""
        if self.fold is None or not len(self.fold.rows):
            return None
        return int(self.fold.rows[self.place])

    @property
    def on_segment(self) -> bool:
        """Whether the cursor is on a single segment."""
        return bool(self.fold and self.count and self.fold.kind[self.cursor] == SEGMENT)

    @property
    def on_run(self) -> bool:
        """Whether the cursor is on a folded run."""
        return bool(
            self.fold and self.count and self.fold.kind[self.cursor] not in (SEGMENT, GAP, EVENT)
        )

    def head(self, width: int) -> list[Row]:
        if self.flow is None:
            title = [Run("─ Ladder " + "─" * max(0, width - 9), "rule")]
            return [Row(title), Row([])]
        names = (endpoint(self.flow.client), endpoint(self.flow.server))
        segments = count(int(self.flow.packets)) + ("" if self.complete else " …")
        title = drawing.title(self.flow, names, segments, width, self.has_focus)
        titles = [Run(" "), *drawing.header(self.layout_columns, self.settings)]
        return [Row(title), Row(fit_line(titles, width))]

    def rows(self, width: int, height: int) -> list[Row]:
        rows = super().rows(width, height)
        if self.fold is None or height <= self.HEAD:
            return rows
        column = minimap.column(self.engine.packets, self.fold, height - self.HEAD)
        marked = []
        for y, row in enumerate(rows):
            if y < self.HEAD:
                marked.append(row)
                continue
            body = fit_line(row.line, width - 1)
            marked.append(Row([*body, column[y - self.HEAD]], row.ground))
        blanks = [
            Row([Run(" " * (width - 1)), column[y - self.HEAD]]) for y in range(len(rows), height)
        ]
        return marked + blanks

    def row(self, index: int, width: int) -> Line:
        if self.drawing is None:
            return []
        front = "▌" if index == self.cursor else " "
        return [Run(front, "text"), *self.drawing.line(index, self.layout_columns)]

    def nothing(self) -> Line:
        return [Run("  no segments", "dim")]

    def go_to_place(self, place: int) -> None:
        """Put the cursor on the segment at a place of the fold's rows, unfolding its run."""
        fold = self.fold
        if fold is None:
            return
        self.move_to(fold.item_at(place), centred=True)

    def go_beyond(self, places: vec[i32], step: int) -> bool:
        """Go to the next (``step`` 1) or previous (-1) of ``places`` that another row shows;
        whether there is one."""
        fold = self.fold
        if fold is None or not self.count:
            return False
        here = self.cursor
        at = places_below(places, fold.place_from(here)) - (step < 0)
        while 0 <= at < len(places):
            item = fold.item_at(int(places[at]))
            if (item - here) * step > 0:
                self.move_to(item, centred=True)
                return True
            at += step
        return False

    def run_in_words(self) -> tuple[int, int, str]:
        """First and last packet row of the run under the cursor, and what it is."""
        fold, drawing = self.fold, self.drawing
        if fold is None or drawing is None:
            return 0, 0, ""
        first, span = fold.first[self.cursor], fold.span[self.cursor]
        what = drawing.in_words(self.cursor)
        return int(fold.rows[first]), int(fold.rows[first + span - 1]), what

    def as_text(self) -> str:
        """The whole ladder as plain text, `TEXT_WIDTH` columns wide."""
        flow, fold, made = self.flow, self.fold, self.drawing
        if flow is None or fold is None or made is None:
            return ""
        layout = drawing.lay_out(TEXT_WIDTH, int(self.engine.frames), self.settings)
        lines = [drawing.header(layout, self.settings)]
        lines += [made.line(item, layout) for item in range(min(self.count, MOST_TEXT_LINES))]
        return "\n".join(plain(line).rstrip() for line in lines)

    def open_run(self) -> None:
        if self.fold is not None:
            self.fold.open(self.cursor)
            self.repaint()

    def action_fold(self) -> None:
        if self.fold is None or not self.count:
            return
        item = self.fold.close(self.cursor)
        if item >= 0:
            self.cursor = item
            self.show_cursor()
            self.repaint()

    def change(self, settings: Settings) -> None:
        """Draw with other settings."""
        self.settings = settings
        if self.drawing is not None:
            self.drawing.settings = settings
        self.lay_out()
        self.repaint()

    def action_time(self) -> None:
        position = (TIMES.index(self.settings.time) + 1) % len(TIMES)
        if TIMES[position] is TimeColumn.MARK and self.settings.mark < 0:
            position = (position + 1) % len(TIMES)
        self.change(self.settings._replace(time=TIMES[position]))

    def action_raw(self) -> None:
        self.change(self.settings._replace(raw_numbers=not self.settings.raw_numbers))

    def action_mark(self) -> None:
        row = self.packet_row
        if row is not None:
            self.change(self.settings._replace(mark=row, time=TimeColumn.MARK))

    def action_to_mark(self) -> None:
        if self.fold is None or self.settings.mark < 0:
            return
        rows = memoryview(self.fold.rows).tolist()
        if self.settings.mark in rows:
            self.go_to_place(rows.index(self.settings.mark))
