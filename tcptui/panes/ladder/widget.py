"""The ladder shows the flow under the cursor, or several: client left, server right, time
downwards."""

from operator import attrgetter
from typing import ClassVar

from textual.binding import Binding, BindingType

from tcptui.drawing.cells import Line, Run, fit_line
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.findings.finding import Read
from tcptui.panes.ladder import drawing, minimap
from tcptui.panes.ladder.drawing import Settings, TimeColumn
from tcptui.panes.ladder.model.fold import EVENT, GAP, SEGMENT, Fold
from tcptui.panes.ladder.sack_blocks import unread
from tcptui.panes.ladder.scaled_rows import ScaledRows
from tcptui.panes.ladder.strands import Ordinals, Strand, StrandRows, strands_of
from tcptui.panes.ladder.weave import Weave
from tcptui.panes.ladder.whole import column_titles
from tcptui.text.amounts import count
from tcptui.theme import Look
from tcptui.widgets.canvas import Row

TIMES = (TimeColumn.DELTA, TimeColumn.START, TimeColumn.MARK, TimeColumn.CLOCK)
"""What `t` goes through; -t asks for the others."""


class Ladder(ScaledRows):
    """Shows the folds of one or several flows.

    The screen fills the folds and calls :meth:`show_growth`.
    """

    HELP = """
    ## Ladder
    Every segment of the flow, client left, server right; numbers are relative. Plain runs and
    duplicate ACKs are folded into one line: Enter opens it, Backspace folds it again; Enter on a
    segment shows its contents. States stand at the sides where they change. The column at the
    right edge shows where in the flow problems lie: each on its line where all lines are visible,
    else in proportion to the flow's segments.

    `T` draws to scale: lines spaced by time, arrows slanted by what the way took (half of the
    round trip in the handshake); `⋮` shortens a silence.
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
        Binding("T", "scale", "to scale", id="ladder.scale", show=False,
                tooltip="Lines spaced and arrows slanted by time, or one line for each segment"),
        Binding("f", "follow_end", "follow", id="ladder.follow", show=False,
                tooltip="Follow the newest segment until you move"),
    ]  # fmt: skip

    def __init__(self, look: Look, engine: Engine, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.engine = engine
        self.strand_rows = StrandRows([])
        self.settings = Settings()
        self.layout_columns = drawing.lay_out(80, 0, self.settings)
        self.complete = True
        self.empty = ""  # why there is no flow
        self.moved = False  # the cursor, since the flows were opened
        self.within = -1  # the packet row of the segment that is meant of the run under the cursor
        self.read: Read = unread

    @property
    def strands(self) -> list[Strand]:
        """The flows that are shown."""
        return self.strand_rows.strands

    @property
    def weave(self) -> Weave:
        """The order of their rows."""
        return self.strand_rows.weave

    @property
    def count(self) -> int:
        return self.weave.count

    def show_flows(self, flows: list[Flow], folds: list[Fold]) -> None:
        """Show other flows, whose folds may be empty yet."""
        strands = strands_of(self.engine, flows, folds, self.settings, self.read)
        self.strand_rows = StrandRows(strands)
        self.take_events()
        self.cursor = self.top = 0
        self.following = self.moved = False
        self.lay_out()

    def take_events(self) -> None:
        """Take over the events that the flows have now; call it before their folds go on."""
        for strand in self.strands:
            events = self.engine.events.of_flow(strand.flow.index)
            strand.fold.events = [event.row for event in events]
            strand.drawing.events = events

    def show_growth(self) -> None:
        """Show what the folds have got since: the cursor stays on its row and at its height, unless
        it follows the newest."""
        at = self.weave.at(self.cursor) if self.count else None
        self.weave.take_new_items()
        if self.following:
            self.action_follow_end()
        elif at is not None and self.woven:
            height = self.cursor - self.top
            self.cursor = self.weave.index_of(*at)
            self.top = max(0, self.cursor - height)
        self.cursor = max(0, min(self.cursor, self.count - 1))
        self.show_cursor()
        self.repaint()

    def lay_out(self) -> None:
        """Give each column its width."""
        frames = self.engine.frames
        self.layout_columns = drawing.lay_out(
            self.size.width - 2 - self.strand_rows.tag_width, frames, self.settings
        )

    def on_resize(self) -> None:
        self.lay_out()
        super().on_resize()

    @property
    def woven(self) -> bool:
        """Whether several flows are shown."""
        return len(self.strands) > 1

    def shows(self, flow: Flow) -> bool:
        """Return whether a flow is among those that are shown."""
        return any(strand.flow.index == flow.index for strand in self.strands)

    # What is under the cursor

    @property
    def under_cursor(self) -> tuple[Strand, int] | None:
        """The flow under the cursor, and the item of its fold."""
        if not self.count:
            return None
        return self.strand_rows.at(min(self.cursor, self.count - 1))

    @property
    def strand(self) -> Strand | None:
        """The flow under the cursor; without rows the first."""
        here = self.under_cursor
        return here[0] if here else self.strands[0] if self.strands else None

    @property
    def flow(self) -> Flow | None:
        """The flow under the cursor."""
        return self.strand.flow if self.strand else None

    @property
    def fold(self) -> Fold | None:
        """The fold of the flow under the cursor."""
        return self.strand.fold if self.strand else None

    @property
    def kind(self) -> int | None:
        """What the row under the cursor is, in the terms of its fold."""
        here = self.under_cursor
        return here[0].fold.kind[here[1]] if here else None

    @property
    def ordinal(self) -> int:
        """The ordinal of the segment under the cursor (of a run the one that is meant, else the
        last)."""
        here = self.under_cursor
        if here is None:
            return 0
        fold, item = here[0].fold, here[1]
        ordinal = fold.ordinal_of_item(item)
        if fold.span[item] > 1:
            meant = here[0].ordinal_of(self.within)
            if ordinal <= meant < ordinal + fold.span[item]:
                return meant
            ordinal += fold.span[item] - 1
        return min(ordinal, max(0, len(fold.rows) - 1))

    @property
    def packet_row(self) -> int | None:
        """The packet row of the segment under the cursor."""
        fold = self.fold
        if fold is None or not len(fold.rows):
            return None
        return fold.row_at(self.ordinal)

    @property
    def on_segment(self) -> bool:
        """Whether the cursor is on a single segment."""
        return self.kind == SEGMENT

    @property
    def on_run(self) -> bool:
        """Whether the cursor is on a folded run."""
        return self.kind not in (None, SEGMENT, GAP, EVENT)

    @property
    def is_within_run(self) -> bool:
        """Whether one segment of the run under the cursor is meant."""
        return self.on_run and self.packet_row == self.within

    def run_in_words(self) -> tuple[int, int, str]:
        """Return the first and last packet row of the run under the cursor, and what it is."""
        if self.under_cursor is None:
            return 0, 0, ""
        strand, item = self.under_cursor
        fold = strand.fold
        first, span = fold.first[item], fold.span[item]
        what = strand.drawing.in_words(item)
        return fold.row_at(first), fold.row_at(first + span - 1), what

    # Drawing

    def head(self, width: int) -> list[Row]:
        if not self.strands:
            title = [Run("─ Ladder " + "─" * max(0, width - 9), "rule")]
            return [Row(title), Row([])]
        flows = [strand.flow for strand in self.strands]
        position = count(sum(flow.packets for flow in flows))
        position += "" if self.complete else " …"
        if self.following:
            position = f"following · {position}"
        title = drawing.title(flows, self.engine.rules.name, position, width, self.has_focus)
        return [Row(title), Row(fit_line([Run(" "), *self.titles(self.layout_columns)], width))]

    def titles(self, layout: drawing.Layout) -> Line:
        return column_titles(self.strand_rows, layout, self.settings, self.received())

    def received(self) -> list[str]:
        """Return which segments say that the one under the cursor has come, and how much later,
        from long to short."""
        if self.strand is None or not self.on_segment:
            return []
        return self.strand.drawing.receptions.texts(self.ordinal)

    def rows(self, width: int, height: int) -> list[Row]:
        rows = super().rows(width, height)
        if not self.strands or height <= self.HEAD:
            return rows
        folds = [strand.fold for strand in self.strands]
        lines = self.lines_of_rows()
        if len(lines) == self.count:
            drawn, place = len(rows) - self.HEAD, self.place_on(lines)
        else:
            drawn = height - self.HEAD
            place = minimap.in_proportion(folds, drawn)
        column = minimap.column(self.engine.packets, folds, drawn, place)
        column += [Run(" ")] * (height - self.HEAD - drawn)
        numbered = 1 + self.layout_columns.number
        marked = []
        for y, row in enumerate(rows):
            if y < self.HEAD:
                marked.append(row)
                continue
            line = [*fit_line(row.line, width - 1), column[y - self.HEAD]]
            marked.append(Row(line, row.ground, numbered if row.ground == "resting" else None))
        blanks = [
            Row([Run(" " * (width - 1)), column[y - self.HEAD]]) for y in range(len(rows), height)
        ]
        return marked + blanks

    def place_on(self, lines: dict[int, int]) -> minimap.Place:
        """Return the places of segments where all rows are visible, on these lines. The last line
        is that of a row which came in since."""
        last = max(lines.values(), default=0)
        index_of = self.strand_rows.index_of_ordinal
        return lambda number, ordinal: lines.get(index_of(number, ordinal), last)

    def needed_lines(self, width: int, lines: int) -> int | None:
        return None if self.to_scale else super().needed_lines(width, lines)

    def row(self, index: int, width: int) -> Line:
        front = "▌" if index == self.cursor else " "
        return [Run(front, "text"), *self.strand_rows.line(index, self.layout_columns)]

    def nothing(self) -> Line:
        return [Run(f"  {self.empty or 'no segments'}", "dim")]

    # To scale

    @property
    def to_scale(self) -> bool:
        return self.settings.to_scale and self.count > 0

    def lines_to_scale(self, first: int, stop: int) -> list[tuple[int, Line]]:
        timeline = self.strand_rows.timeline(self.layout_columns)
        return timeline.draw(self.strand_rows.items(first, stop))

    def begins_to_scale(self, first: int, stop: int) -> list[int]:
        timeline = self.strand_rows.timeline(self.layout_columns)
        return timeline.spacing(self.strand_rows.items(first, stop)).begins

    # Moving

    def move_to(
        self, index: int, *, announce: bool = True, centred: bool = False, following: bool = False
    ) -> None:
        self.moved = True
        self.within = -1
        super().move_to(index, announce=announce, centred=centred, following=following)

    def go_to_index(self, index: int | None) -> bool:
        """Put the cursor on a row with what is around it; return whether there is such a row."""
        if index is not None:
            self.move_to(index, centred=True)
        return index is not None

    def go_to_flow(self, flow: Flow) -> bool:
        """Put the cursor on a flow's first problem, or its first row."""
        return self.go_to_index(self.strand_rows.index_of_flow(flow))

    def go_to_packet(self, row: int) -> bool:
        """Put the cursor on the segment of a packet row, or the run that holds it."""
        return self.go_to_index(self.strand_rows.index_of_packet(row))

    def go_to_segment(self, row: int) -> bool:
        """Put the cursor on the segment of a packet row; in a folded run, that one is meant."""
        found = self.go_to_packet(row)
        self.within = row
        return found

    def show_packet(self, row: int) -> None:
        """Put the cursor on the segment of a packet row, and open the run that it is folded
        into."""
        self.go_to_packet(row)
        if self.on_run:
            self.open_run()
            self.go_to_packet(row)

    @property
    def is_on_first_problem(self) -> bool:
        """Whether the cursor is on the first problem of all flows."""
        return self.complete and self.strand_rows.index_of_problem(last=False) == self.cursor

    def go_to_problem(self, *, last: bool = False) -> bool:
        """Put the cursor on the first, or the last, problem of all flows."""
        return self.go_to_index(self.strand_rows.index_of_problem(last=last))

    def go_to_next_problem(self, step: int) -> bool:
        """Go to the next (``step`` 1) or previous (-1) row with a problem; return whether there is
        one."""
        problems = attrgetter("problems")
        return self.go_to_index(self.strand_rows.next_index(self.cursor, problems, step))

    def go_to_next_change(self, step: int) -> bool:
        """Go to the next or previous row that changes a state; return whether there is one."""
        changes = attrgetter("changes")
        return self.go_to_index(self.strand_rows.next_index(self.cursor, changes, step))

    def go_to_next(self, ordinals_of: Ordinals, step: int) -> bool:
        """Go to the next or previous row with a segment that is looked for, if there is one."""
        return self.go_to_index(self.strand_rows.next_index(self.cursor, ordinals_of, step))

    # Keys

    def open_run(self) -> None:
        """Show each segment of the run under the cursor."""
        if self.count:
            self.weave.open_run(self.cursor)
            self.repaint()

    def action_fold(self) -> None:
        index = self.weave.close_run(self.cursor) if self.count else -1
        if index >= 0:
            self.cursor = index
            self.show_cursor()
            self.repaint()

    def action_follow_end(self) -> None:
        """Go to the newest row and stay with the newest."""
        self.move_to(self.count - 1, following=True)

    def use_settings(self, settings: Settings) -> None:
        """Draw with other settings."""
        self.settings = settings
        for strand in self.strands:
            strand.drawing.settings = settings
        self.lay_out()
        self.show_cursor()
        self.repaint()

    def action_scale(self) -> None:
        self.use_settings(self.settings._replace(to_scale=not self.settings.to_scale))

    def action_time(self) -> None:
        shown = self.settings.time
        position = (TIMES.index(shown) + 1) % len(TIMES) if shown in TIMES else 0
        if TIMES[position] is TimeColumn.MARK and self.settings.mark < 0:
            position = (position + 1) % len(TIMES)
        self.use_settings(self.settings._replace(time=TIMES[position]))

    def action_raw(self) -> None:
        self.use_settings(self.settings._replace(raw_numbers=not self.settings.raw_numbers))

    def action_mark(self) -> None:
        row = self.packet_row
        if row is not None:
            self.use_settings(self.settings._replace(mark=row, time=TimeColumn.MARK))

    def action_to_mark(self) -> None:
        self.go_to_packet(self.settings.mark)
