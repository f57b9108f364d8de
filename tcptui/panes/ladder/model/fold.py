"""Turns a flow's segments into the ladder's rows: plain runs are folded, everything else is a row
of its own.

Compiled where it can be. Works in slices, so that a flow with a million segments can be looked at
while it is still being folded.
"""

from bisect import bisect_right
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.packets import Packets
from tcptui.engine.saturation import elapsed
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN, URG
from tcptui.engine.tcp_state.states import CHANGED
from tcptui.engine.timing.lookback import rows_of_flow
from tcptui.engine.wireshark.flags import (
    ANALYSIS_FLAGS,
    DUPLICATE_ACK,
    WINDOW_UPDATE,
    Severity,
)

SEGMENT: Final = 0
DATA_RUN: Final = 1
DUPLICATE_RUN: Final = 2
GAP: Final = 3
EVENT: Final = 4

SHORTEST_RUN: Final = 4
REMARKABLE: Final = SYN | FIN | RST | URG
"""Header flags that keep a segment out of a run."""
NO_SIDE: Final = -1
LONG_SILENCE: Final = 200_000_000
"""Silence in ns that the ladder draws as a gap."""

PROBLEM: Final = sum(flag.bit for flag in ANALYSIS_FLAGS if flag.severity is not Severity.CHAT)


class Fold:
    """The ladder's items of one flow.

    ``rows`` are the flow's packet rows, in order; the *ordinal* of a segment is its index there.
    Item ``i`` is of kind ``kind[i]``, begins with ordinal ``first[i]`` and stands for ``span[i]``
    segments, ``carriers[i]`` of them with ``amount[i]`` payload bytes; of an `EVENT`, ``first`` is
    the number in ``events``, and events and gaps have span 0. ``problems``
    and ``changes`` are the ordinals of segments with a flag to look at, and of those that change
    a state. ``events`` holds, for each event of the flow, the row it comes after; fill it before
    feeding.
    """

    def __init__(self, flow: i64) -> None:
        self.flow: i64 = flow
        self.rows: vec[i32] = vec[i32]()
        self.kind: list[int] = []
        self.first: list[int] = []
        self.span: list[int] = []
        self.problems: vec[i32] = vec[i32]()
        self.changes: vec[i32] = vec[i32]()
        self.events: list[int] = []
        self.next_event: int = 0
        self.opened: dict[int, tuple[int, int, int, int]] = {}
        self.amount: list[int] = []
        self.carriers: list[int] = []
        self.scanned: i64 = 0
        self.folded: i64 = 0
        self.side: i64 = NO_SIDE
        self.run: i64 = 0
        self.run_kind: i64 = DATA_RUN
        self.last_time: i64 = 0

    def find_rows(self, packets: Packets, stop: i64) -> None:
        """Find the flow's rows from where the last call ended up to ``stop`` (not included)."""
        found = rows_of_flow(packets, self.flow, self.scanned, stop)
        self.scanned = stop
        i: i64 = 0
        count: i64 = len(found)
        while i < count:
            self.rows = append(self.rows, found[i])
            i += 1

    def fold_rows(self, packets: Packets, limit: i64) -> None:
        """Make items of up to ``limit`` rows that were found."""
        stop: i64 = len(self.rows)
        if stop > self.folded + limit:
            stop = self.folded + limit
        while self.folded < stop:
            self.take_segment(packets, self.folded)
            self.folded += 1
        if stop > 0 and stop == i64(len(self.rows)):
            self.add_events(i64(self.rows[stop - 1]) + 1)

    def take_segment(self, packets: Packets, ordinal: i64) -> None:
        """Add a segment."""
        row = i64(self.rows[ordinal])
        analysis = packets.analysis(row)
        time = packets.time(row)
        flags = packets.flags(row)
        length = packets.length(row)
        changed = packets.states(row) & CHANGED != 0
        self.add_events(row)
        if ordinal > 0 and elapsed(time, self.last_time) >= LONG_SILENCE:
            self.end_run()
            self.add_item(GAP, ordinal, 0)
        self.last_time = time
        if analysis & PROBLEM != 0 or flags & RST != 0:
            self.problems = append(self.problems, i32(ordinal))
        if changed:
            self.changes = append(self.changes, i32(ordinal))
        side: i64 = 1 if packets.is_from_server(row) else 0
        plain = not changed and flags & REMARKABLE == 0 and flags & ACK != 0
        if plain and analysis & ~WINDOW_UPDATE == 0:
            self.take_plain(ordinal, side, length)
        elif plain and analysis == DUPLICATE_ACK:
            self.take_duplicate(ordinal, side)
        else:
            self.end_run()
            self.add_item(SEGMENT, ordinal, length)

    def take_plain(self, ordinal: i64, side: i64, length: i64) -> None:
        """Add in-order data, a pure ACK or a window update: it continues the run of its
        direction."""
        data = length > 0
        if self.run > 0:
            if self.run_kind == DUPLICATE_RUN:
                fits = data and side == self.side
            else:
                fits = not data or self.side in (NO_SIDE, side)
            if not fits:
                self.end_run()
        if self.run == 0:
            self.run_kind = DATA_RUN
        if data and self.run_kind == DATA_RUN:
            self.side = side
        self.grow_run(ordinal, length)

    def take_duplicate(self, ordinal: i64, side: i64) -> None:
        """Add a duplicate ACK: it continues the run of those, with the data between them."""
        if self.run > 0 and (self.run_kind != DUPLICATE_RUN or self.side != 1 - side):
            self.end_run()
        if self.run == 0:
            self.run_kind = DUPLICATE_RUN
            self.side = 1 - side
        self.grow_run(ordinal, 0)

    def grow_run(self, ordinal: i64, length: i64) -> None:
        """Add one more segment to the run; the fourth one folds it."""
        self.run += 1
        if self.run <= SHORTEST_RUN:
            self.add_item(SEGMENT, ordinal, length)
        else:
            self.span[-1] += 1
            if length > 0:
                self.amount[-1] += int(length)
                self.carriers[-1] += 1
        if self.run == SHORTEST_RUN:
            self.fold_last()

    def fold_last(self) -> None:
        """Make one item of the last `SHORTEST_RUN` ones."""
        start = len(self.first) - SHORTEST_RUN
        amounts = self.amount[start:]
        carriers = self.carriers[start:]
        for column in (self.kind, self.first, self.span, self.amount, self.carriers):
            del column[start + 1 :]
        self.kind[start] = int(self.run_kind)
        self.span[start] = SHORTEST_RUN
        self.amount[start] = sum(amounts)
        self.carriers[start] = sum(carriers)

    def end_run(self) -> None:
        self.run = 0
        self.side = NO_SIDE

    def add_events(self, row: i64) -> None:
        """Add the events that came before ``row``."""
        while self.next_event < len(self.events) and i64(self.events[self.next_event]) < row:
            self.end_run()
            self.add_item(EVENT, self.next_event, 0)
            self.next_event += 1

    def add_item(self, kind: int, ordinal: i64, length: i64) -> None:
        carries = length > 0
        self.kind.append(kind)
        self.first.append(int(ordinal))
        self.span.append(1 if kind == SEGMENT else 0)
        self.amount.append(int(length) if carries else 0)
        self.carriers.append(1 if carries else 0)

    def open_run(self, item: int) -> None:
        """Unfold the run at ``item``: a row for each of its segments."""
        first = self.first[item]
        span = self.span[item]
        if item == len(self.first) - 1:
            self.end_run()
        self.opened[first] = (span, self.kind[item], self.amount[item], self.carriers[item])
        self.kind[item : item + 1] = [SEGMENT] * span
        self.first[item : item + 1] = range(first, first + span)
        self.span[item : item + 1] = [1] * span
        self.amount[item : item + 1] = [0] * span
        self.carriers[item : item + 1] = [0] * span

    def close_run(self, item: int) -> int:
        """Fold the run that ``item`` is part of again; return its item now, or -1."""
        ordinal = self.first[item]
        for first, (span, kind, amount, carriers) in self.opened.items():
            if first <= ordinal < first + span and self.span[item] == 1:
                start = item - (ordinal - first)
                stop = start + span
                self.kind[start:stop] = [kind]
                self.first[start:stop] = [first]
                self.span[start:stop] = [span]
                self.amount[start:stop] = [amount]
                self.carriers[start:stop] = [carriers]
                del self.opened[first]
                return start
        return -1

    def row_at(self, ordinal: int) -> int:
        """Return the packet row of a segment by its ordinal: ``rows`` for interpreted callers."""
        return int(self.rows[i64(ordinal)])

    def item_at(self, ordinal: int) -> int:
        """Return the item that shows a segment, by its ordinal."""
        behind = bisect_right(range(len(self.first)), ordinal, key=self.ordinal_of_item)
        item = max(behind - 1, 0)
        while item > 0 and self.span[item] == 0:
            item -= 1
        return item

    def ordinal_of_item(self, item: int) -> int:
        """Return the ordinal with which ``item`` begins; of an event, that of the next segment."""
        while item < len(self.first) and self.kind[item] == EVENT:
            item += 1
        return self.first[item] if item < len(self.first) else len(self.rows)
