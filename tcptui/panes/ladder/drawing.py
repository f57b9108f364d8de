"""Draws the ladder: client left, server right, a line for each item of a :class:`Fold`."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Final, NamedTuple

from tcptui.diagnosis.event_text import event_text
from tcptui.drawing.cells import Line, Run, cut, fit, fit_line, rule, width_of
from tcptui.drawing.names import (
    ecn_flags,
    flag_letters,
    flags_of,
    main_flags,
    severity_style,
    state_name,
)
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.events import Event
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.engine.tcp_state.states import StateShown, states_shown
from tcptui.engine.wireshark.flags import DUPLICATE_ACK
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.findings.finding import Read
from tcptui.panes.ladder.acknowledgement import Receptions
from tcptui.panes.ladder.model.fold import DUPLICATE_RUN, EVENT, GAP, SEGMENT, Fold
from tcptui.panes.ladder.sack_blocks import ReportedBlocks, unread
from tcptui.text.amounts import amount, count
from tcptui.text.digits import seconds_text
from tcptui.text.durations import brief_duration, clock, delta, duration


class TimeColumn(StrEnum):
    """The times that the time column can show."""

    DELTA = "since the segment before"
    START = "since the flow's start"
    MARK = "since the mark"
    CLOCK = "time of day"
    NONE = "no time"
    EPOCH = "seconds since 1970"
    DATE = "date and time of day"


class Settings(NamedTuple):
    """Says how the ladder is drawn, besides its width."""

    time: TimeColumn = TimeColumn.DELTA
    raw_numbers: bool = False
    mark: int = -1  # the marked row, -1 without one
    utc: bool = False
    to_scale: bool = False  # lines spaced and arrows slanted by time


class Layout(NamedTuple):
    """The widths of a ladder's columns."""

    number: int
    time: int
    state: int
    lane: int


class Parts(NamedTuple):
    """A segment's line in pieces: number, time and letters, the states that change, the style of
    its arrow, and the label for so many cells."""

    front: Line
    left: str
    right: str
    style: str
    from_server: bool
    label: Callable[[int], str]


TIME_WIDTH: Final = 9
CLOCK_WIDTH: Final = 15
EPOCH_WIDTH: Final = 17
DATE_WIDTH: Final = 26
TIME_WIDTHS: Final = {
    TimeColumn.CLOCK: CLOCK_WIDTH,
    TimeColumn.NONE: 0,
    TimeColumn.EPOCH: EPOCH_WIDTH,
    TimeColumn.DATE: DATE_WIDTH,
}
"""Cells of the times that have not TIME_WIDTH."""
TIME_TITLES: Final = {
    TimeColumn.DELTA: "Δt",
    TimeColumn.START: "t",
    TimeColumn.MARK: "Δt mark",
    TimeColumn.CLOCK: "clock",
    TimeColumn.NONE: "",
    TimeColumn.EPOCH: "since 1970",
    TimeColumn.DATE: "clock",
}
LETTERS_WIDTH: Final = 2
ARROW, SHORT_ARROW, NARROW_LANE = 6, 4, 28
"""Cells of an arrow beside its label: ``── SYN 0 ─►``, and ``─ SYN 0 ►`` in a narrow lane."""


def lay_out(width: int, frames: int, settings: Settings) -> Layout:
    """Return the columns for ``width`` cells in a capture of ``frames`` packets."""
    number = max(3, len(str(frames)))
    time = TIME_WIDTHS.get(settings.time, TIME_WIDTH)
    state = 12 if width >= 88 else 8 if width >= 56 else 2
    if settings.time is TimeColumn.DATE and state < 12:
        time = CLOCK_WIDTH  # the end of the date is the time of day
    lane = width - number - time - LETTERS_WIDTH - 2 * state - 7
    return Layout(number, time, state, max(lane, 10))


def header(layout: Layout, settings: Settings, told: Sequence[str] = ()) -> Line:
    """Return the titles above the lines; what is ``told`` of the segment under the cursor stands
    between the endpoints: the first form that fits."""
    title = TIME_TITLES[settings.time]
    left = f"{'#':>{layout.number}} {title:>{layout.time}} " + " " * LETTERS_WIDTH
    client = fit("client", layout.state, ">")
    server = fit("server", layout.state)
    middle = next((text for text in told if len(text) <= layout.lane), "")
    return [
        Run(left + " ", "head"),
        Run(client + " ▼", "client-head"),
        Run(f"{middle:^{layout.lane}}", "head"),
        Run("▼ " + server, "server-head"),
    ]


class LadderDrawing:
    """Draws the items of one flow's fold. ``events`` are the flow's, in order; ``read`` gives the
    bytes of a row's packet, for the options that no column holds."""

    def __init__(
        self,
        engine: Engine,
        flow: Flow,
        fold: Fold,
        events: list[Event],
        settings: Settings,
        read: Read = unread,
    ) -> None:
        self.engine = engine
        self.packets = engine.packets
        self.flow = flow
        self.fold = fold
        self.events = events
        self.settings = settings
        self.numbers = RelativeNumbers(engine)
        self.sack = ReportedBlocks(engine, read)
        self.receptions = Receptions(self.packets, fold, self.sack)
        self.start = flow.first_time  # what times since the start are counted from, ns

    def line(self, item: int, layout: Layout) -> Line:
        """Return the line of one item."""
        kind = self.fold.kind[item]
        if kind == SEGMENT:
            return self.segment(self.fold.first[item], layout)
        if kind == GAP:
            return self.gap(self.fold.first[item], layout)
        if kind == EVENT:
            return self.event(self.events[self.fold.first[item]], layout)
        return self.run(item, layout)

    def segment(self, ordinal: int, layout: Layout) -> Line:
        parts = self.parts(ordinal, layout)
        label = parts.label(label_room(layout.lane))
        return [
            *parts.front,
            Run(parts.left + " │", "client-state"),
            Run(arrow(label, layout.lane, parts.from_server), parts.style),
            Run("│ " + parts.right, "server-state"),
        ]

    def parts(self, ordinal: int, layout: Layout) -> Parts:
        """Return what a segment's line is made of."""
        row = self.fold.row_at(ordinal)
        from_server = self.packets.is_from_server(row)
        bits = self.packets.analysis(row)
        reset = self.packets.has_header_flag(row, RST)
        side = "server" if from_server else "client"
        style = severity_style(bits) if bits else "error" if reset else side
        left, right = self.changed_states(ordinal)
        marked = "*" if row == self.settings.mark else " "
        front = [
            Run(f"{self.packets.frame(row):>{layout.number}}{marked}", "dim"),
            Run(f"{self.time(ordinal, layout):>{layout.time}} ", "text"),
            Run(fit(flag_letters(bits) or ("!" if reset else ""), LETTERS_WIDTH) + " ", style),
        ]
        return Parts(
            front,
            fit(self.state(left, layout), layout.state, ">"),
            fit(self.state(right, layout), layout.state),
            style,
            from_server,
            partial(self.label, row, bits),
        )

    def run(self, item: int, layout: Layout) -> Line:
        """Return the line of a folded run: what it is, how much, how long."""
        fold = self.fold
        first, span = fold.first[item], fold.span[item]
        row, last = fold.row_at(first), fold.row_at(first + span - 1)
        took = brief_duration(self.packets.time(last) - self.packets.time(row))
        style = "fold"
        mark = ""
        if fold.kind[item] == DUPLICATE_RUN:
            texts = self.duplicate_texts(item, took)
            style, mark = "note", "D"
        else:
            texts = self.run_texts(item, took)
        text = next((t for t in texts if width_of(t) <= layout.lane - 4), texts[-1])
        return [
            Run(f"{self.packets.frame(row):>{layout.number}} ", "dim"),
            Run(f"{self.time(first, layout):>{layout.time}} ", "text"),
            Run(f"{mark:<{LETTERS_WIDTH}} ", style),
            Run(" " * layout.state + " │", "client-state"),
            Run(fit(dotted(text, layout.lane), layout.lane), style),
            Run("│ " + " " * layout.state, "server-state"),
        ]

    def in_words(self, item: int) -> str:
        """Return what a folded run is, at full length."""
        fold = self.fold
        rows = (fold.row_at(fold.first[item]), fold.row_at(fold.first[item] + fold.span[item] - 1))
        took = brief_duration(self.packets.time(rows[1]) - self.packets.time(rows[0]))
        duplicates = fold.kind[item] == DUPLICATE_RUN
        return (self.duplicate_texts if duplicates else self.run_texts)(item, took)[0]

    def run_texts(self, item: int, took: str) -> list[str]:
        """Return what a run of plain segments is, from long to short."""
        fold = self.fold
        span, carriers = fold.span[item], fold.carriers[item]
        if not carriers:
            return [f"{span} ACKs · {took}", f"{span} ACKs"]
        size = count(fold.amount[item])
        side = self.data_side(item)
        acks = span - carriers
        with_acks = f" + {amount(acks, 'ACK')}" if acks else ""
        return [
            f"{amount(carriers, 'segment')}{with_acks} · {size} B from {side} · {took}",
            f"{amount(carriers, 'segment')} · {size} B from {side} · {took}",
            f"{count(span)} seg · {size} B from {side}",
            f"×{count(span)} {size} B",
        ]

    def duplicate_texts(self, item: int, took: str) -> list[str]:
        """Return what a run of duplicate ACKs is, from long to short."""
        fold = self.fold
        carriers = fold.carriers[item]
        times = fold.span[item] - carriers
        last = next(
            fold.row_at(ordinal)
            for ordinal in reversed(range(fold.first[item], fold.first[item] + fold.span[item]))
            if self.packets.has_flag(fold.row_at(ordinal), DUPLICATE_ACK)
        )
        asked = self.ack_number(last)
        beyond = f" · {amount(carriers, 'segment')} meanwhile" if carriers else ""
        reported = [
            f"Dup ACK ×{times} asking for {asked} · {sack}{beyond} · {took}"
            for sack in self.sack_texts(last)
        ]
        return [
            *reported,
            f"Dup ACK ×{times} asking for {asked}{beyond} · {took}",
            f"Dup ACK ×{times} asking for {asked}{beyond}",
            f"Dup ACK ×{times} for {asked}",
            f"Dup ACK ×{times}",
        ]

    def data_side(self, item: int) -> str:
        """Return who sent the data of a run."""
        fold = self.fold
        for ordinal in range(fold.first[item], fold.first[item] + fold.span[item]):
            row = fold.row_at(ordinal)
            if self.packets.length(row) > 0:
                return "server" if self.packets.is_from_server(row) else "client"
        return "nobody"

    def gap(self, ordinal: int, layout: Layout) -> Line:
        here, before = self.fold.row_at(ordinal), self.fold.row_at(ordinal - 1)
        now, since = self.packets.time(here), self.packets.time(before)
        silent = duration(now - since)
        texts = [f"⋮ {silent} without a segment ⋮", f"⋮ {silent} ⋮"]
        if self.flow.skipped_between(since, now):
            texts[0:1] = [f"⋮ {silent}: the capture's clock jumps ⋮", f"⋮ {silent}: a jump ⋮"]
        text = next((t for t in texts if len(t) <= layout.lane), texts[-1])
        return between(text, "gap", layout)

    def event(self, event: Event, layout: Layout) -> Line:
        return between(event_text(event), "event", layout)

    def changed_states(self, ordinal: int) -> tuple[StateShown | None, StateShown | None]:
        """Return the states to write at the sides: with their certainty, where one of them changes
        here."""
        now = states_shown(self.packets.states(self.fold.row_at(ordinal)))
        if ordinal == 0:
            return now
        before = states_shown(self.packets.states(self.fold.row_at(ordinal - 1)))
        return (
            now[0] if now[0] != before[0] else None,
            now[1] if now[1] != before[1] else None,
        )

    def state(self, shown: StateShown | None, layout: Layout) -> str:
        if shown is None:
            return ""
        return state_name(shown.state, shown.certainty, layout.state)

    def time(self, ordinal: int, layout: Layout) -> str:
        row = self.fold.row_at(ordinal)
        at = self.packets.time(row)
        if self.settings.time is TimeColumn.NONE:
            return ""
        if self.settings.time is TimeColumn.EPOCH:
            return seconds_text(at)[:-3][:EPOCH_WIDTH]
        if self.settings.time in (TimeColumn.DATE, TimeColumn.CLOCK):
            return clock(at, self.settings.utc)[:DATE_WIDTH][-layout.time :]
        if self.settings.time is TimeColumn.MARK and self.settings.mark >= 0:
            return delta(at - self.packets.time(self.settings.mark))
        if self.settings.time is TimeColumn.START:
            return duration(at - self.start) if at >= self.start else delta(at - self.start)
        if ordinal == 0:
            return ""
        return delta(at - self.packets.time(self.fold.row_at(ordinal - 1)))

    def seq_number(self, row: int) -> int:
        """Return the sequence number as shown: relative, or raw where asked for."""
        return self.packets.seq(row) if self.settings.raw_numbers else self.numbers.seq(row)

    def ack_number(self, row: int) -> int:
        """Return the acknowledgment number as shown, like :meth:`seq_number`."""
        return self.packets.ack(row) if self.settings.raw_numbers else self.numbers.ack(row)

    def sack_texts(self, row: int) -> list[str]:
        """Return which bytes beyond the acknowledged ones have come, from long to short."""
        return self.sack.texts(row, None if self.settings.raw_numbers else self.numbers)

    def label(self, row: int, bits: int, room: int) -> str:
        """Return the longest text about a segment that fits its arrow.

        Its flags are named rather than its numbers, by short names where there is no more room.
        """
        core = self.core_texts(row)
        plain = [*self.full_texts(row, core[0]), *core]
        flags = flags_of(bits)
        candidates = plain
        if flags:
            title = ", ".join(flag.title for flag in flags)
            brief = ", ".join(flag.short_title for flag in flags)
            whole = plain[: plain.index(core[0]) + 1]
            candidates = [named(title, text) for text in whole]
            candidates += [named(brief, text) for text in plain]
            candidates += [brief, flags[0].short_title, *core]
        return next((text for text in candidates if len(text) <= room), cut(core[-1], room))

    def core_texts(self, row: int) -> list[str]:
        """Return what a segment carries, from long to short."""
        flags = self.packets.flags(row)
        length = self.packets.length(row)
        seq = self.seq_number(row)
        names = main_flags(flags)
        bodies = [""]
        if length > 0:
            span = f"{seq}:{seq + length}"
            bodies = [f"{span} ({length})", span, f"{length} B"]
        elif flags & (SYN | FIN | RST):
            bodies = [str(seq), ""]
        texts = [f"{names} {body}".strip() for body in bodies]
        return texts if any(texts) else [f"ACK {self.ack_number(row)}"]

    def full_texts(self, row: int, core: str) -> list[str]:
        """Return ``core`` with what it acknowledges, the window, and options, from long to
        short."""
        ack = f" ack {self.ack_number(row)}" if self.packets.has_header_flag(row, ACK) else ""
        core += "" if core.startswith("ACK ") else ack
        full = f"{core} win {count(self.packets.window(row))}"
        ecn = ecn_flags(self.packets, row)
        congestion = f" {ecn}" if ecn else ""
        sacks = self.sack_texts(row)
        whole = [f"{full} {sack}{congestion}" for sack in sacks]
        return [*whole, f"{full}{congestion}", full, core]


def named(flags: str, text: str) -> str:
    """Return a label like ``Rexmit · SYN 0``, but ``Dup ACK 36628``: a text does not repeat its
    flags."""
    if flags.endswith("ACK") and text.startswith("ACK "):
        return flags + text.removeprefix("ACK")
    return f"{flags} · {text}"


def label_room(lane: int) -> int:
    """Return how many cells the label of an arrow may have."""
    return lane - (SHORT_ARROW if lane < NARROW_LANE else ARROW)


def arrow(label: str, lane: int, from_server: bool) -> str:
    """Return ``── SYN 0 ────►`` over ``lane`` cells, or the arrow the other way."""
    middle = f" {label} "
    room = lane - 1 - width_of(middle)
    shaft = "─" * min(2, max(1, room))
    line = "─" * (room - len(shaft))
    if from_server:
        return cut(f"◄{line}{middle}{shaft}", lane)
    return cut(f"{shaft}{middle}{line}►", lane)


def between(text: str, style: str, layout: Layout) -> Line:
    """Return a line of text alone: in the middle of the lane, or of the whole line if it is
    longer."""
    left = layout.number + layout.time + LETTERS_WIDTH + layout.state + 4
    right = layout.state + 3
    if width_of(text) > layout.lane:
        return [Run(fit(text, left + layout.lane + right, "^"), style)]
    return [
        Run(" " * left, style),
        Run(fit(text, layout.lane, "^"), style),
        Run(" " * right, style),
    ]


def dotted(text: str, lane: int) -> str:
    """Return a text in the middle of a dotted line."""
    room = lane - width_of(text) - 2
    if room < 2:
        return text
    return "┄" * (room // 2) + f" {text} " + "┄" * (room - room // 2)


def title(flows: list[Flow], rules: str, position: str, width: int, focused: bool) -> Line:
    """Return the ladder's title line; ``rules`` are those by which the flows have their numbers."""
    style = "title-focus" if focused else "title"
    numbers = " ".join(f"#{flow.index}" for flow in flows)
    if len(flows) == 1:
        client, server = endpoint_text(flows[0].client), endpoint_text(flows[0].server)
        text = f"Ladder ─ {numbers} ({rules}) {client} ⇄ {server}"
    else:
        text = f"Ladder ─ {len(flows)} flows: {numbers} ({rules})"
    return fit_line(rule([Run(text, style)], position, width), width)
