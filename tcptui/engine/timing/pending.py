"""Conditions still in progress at one endpoint: a closed window, holes, unconfirmed resent data."""

from librt.vecs import append, pop, vec
from mypy_extensions import i32, i64, mypyc_attr

from tcptui.engine.packets import NO_ROW
from tcptui.engine.saturation import elapsed
from tcptui.engine.sequence import MASK32, gt, le, lt, s32
from tcptui.engine.timing.thresholds import MOST_PENDING_RANGES


@mypyc_attr(acyclic=True)
class Pending:
    """Conditions still in progress at one endpoint (closed window, holes, unconfirmed
    retransmissions). Times are in ns, 0 for none; sequence numbers are raw.

    - ``window_closed_since``: when it closed its window, which is still closed.
    - ``window_closed_for``: how long its window was closed that has opened again. The peer's next
      segment shows whether that delayed anything.
    - ``window_probes``: how often the peer probed the closed window.
    - ``refused_below``: what the peer had sent below this number came when there was no room; -1
      for none.
    - ``window_filled_since``: when it filled the peer's window.
    - ``nagle_wait``: how long pieces of its current request waited for delayed ACKs.
    - ``unseen_end``, ``unseen_since``: up to where, and when, the peer last acknowledged what the
      capture does not have.
    - ``hole_*``: ranges that it sent and that did not pass the capture point, and since when.
    - ``resent_*``: ranges that it sent again, when, in which row, where the first copy is said to
      have been lost (a number of `LedgerKind`), and the time stamp on the second copy;
      ``resent_doubts``: the row of the time-out before that was told as one for nothing and was
      not, if this range was lost too; `NO_ROW` for none.
    - ``unmarked_left``: so many of its data segments are still to be looked at for ECN, while none
      may be marked.
    - ``held_*``: the segment that ended a silence and that the path may have held: its row, number,
      time stamp and time, how long the silence was, and what of it its application was charged.
    """

    def __init__(self) -> None:
        self.window_closed_since: i64 = 0
        self.window_closed_for: i64 = 0
        self.window_probes: i64 = 0
        self.refused_below: i64 = -1
        self.window_filled_since: i64 = 0
        self.nagle_wait: i64 = 0
        self.unseen_end: i64 = 0
        self.unseen_since: i64 = 0
        self.hole_start: vec[i32] = vec[i32]()
        self.hole_end: vec[i32] = vec[i32]()
        self.hole_since: vec[i64] = vec[i64]()
        self.resent_start: vec[i32] = vec[i32]()
        self.resent_end: vec[i32] = vec[i32]()
        self.resent_stamp: vec[i64] = vec[i64]()
        self.resent_time: vec[i64] = vec[i64]()
        self.resent_row: vec[i32] = vec[i32]()
        self.resent_cause: vec[i64] = vec[i64]()
        self.resent_doubts: vec[i32] = vec[i32]()
        self.unmarked_left: i64 = 0
        self.held_row: i64 = NO_ROW
        self.held_start: i64 = 0
        self.held_stamp: i64 = 0
        self.held_since: i64 = 0
        self.held_wait: i64 = 0
        self.held_charged: i64 = 0

    def is_active(self) -> bool:
        """Return whether the flow's next segments must be compared with this."""
        return (
            self.window_closed_since != 0
            or self.window_closed_for != 0
            or self.window_filled_since != 0
            or self.nagle_wait != 0
            or self.unseen_since != 0
            or len(self.hole_since) > 0
            or len(self.resent_time) > 0
            or self.held_row != NO_ROW
            or self.unmarked_left != 0
        )

    def add_hole(self, start: i64, end: i64, since: i64) -> None:
        """Add a range that did not pass; beyond `MOST_PENDING_RANGES` it is not remembered."""
        if len(self.hole_since) < MOST_PENDING_RANGES:
            self.hole_start = append(self.hole_start, i32(s32(start)))
            self.hole_end = append(self.hole_end, i32(s32(end)))
            self.hole_since = append(self.hole_since, since)

    def fill_holes(self, start: i64, end: i64, time: i64) -> i64:
        """Fill a range that passes after all, and return for how long (ns) any of it had been
        missing, or -1 if it lay in no hole."""
        age: i64 = -1
        n: i64 = 0
        while n < i64(len(self.hole_since)):
            low = i64(self.hole_start[n]) & MASK32
            high = i64(self.hole_end[n]) & MASK32
            if not (lt(start, high) and gt(end, low)):
                n += 1
                continue
            since = self.hole_since[n]
            if elapsed(time, since) > age:
                age = elapsed(time, since)
            if gt(start, low):
                self.hole_end[n] = i32(s32(start))
                if lt(end, high):
                    self.add_hole(end, high, since)
                n += 1
            elif lt(end, high):
                self.hole_start[n] = i32(s32(end))
                n += 1
            else:
                self.drop_hole(n)
        return age

    def close_holes(self, ack: i64) -> i64:
        """Close the holes below ``ack``, which the peer has acknowledged, and return how many bytes
        lay in them."""
        size: i64 = 0
        n: i64 = 0
        while n < i64(len(self.hole_since)):
            low = i64(self.hole_start[n]) & MASK32
            high = i64(self.hole_end[n]) & MASK32
            if le(high, ack):
                size += (high - low) & MASK32
                self.drop_hole(n)
            else:
                n += 1
        return size

    def drop_hole(self, n: i64) -> None:
        self.hole_start = pop(self.hole_start, n)[0]
        self.hole_end = pop(self.hole_end, n)[0]
        self.hole_since = pop(self.hole_since, n)[0]

    def add_resent(
        self, start: i64, end: i64, cause: i64, stamp: i64, time: i64, row: i64, doubts: i64
    ) -> None:
        """Add a range that was sent again; beyond `MOST_PENDING_RANGES` the oldest is forgotten."""
        if len(self.resent_time) >= MOST_PENDING_RANGES:
            self.confirm_resent(0)
        self.resent_start = append(self.resent_start, i32(s32(start)))
        self.resent_end = append(self.resent_end, i32(s32(end)))
        self.resent_stamp = append(self.resent_stamp, stamp)
        self.resent_time = append(self.resent_time, time)
        self.resent_row = append(self.resent_row, i32(row))
        self.resent_cause = append(self.resent_cause, cause)
        self.resent_doubts = append(self.resent_doubts, i32(doubts))

    def confirm_resent(self, n: i64) -> None:
        """Forget a range whose loss nothing will disprove any more: the time-out that it doubts
        stays doubted."""
        doubted = self.resent_doubts[n]
        self.drop_resent(n)
        if i64(doubted) == NO_ROW:
            return
        at: i64 = 0
        while at < i64(len(self.resent_doubts)):
            if self.resent_doubts[at] == doubted:
                self.resent_doubts[at] = i32(NO_ROW)
            at += 1

    def drop_resent(self, n: i64) -> i64:
        """Forget a range, and return the row of the time-out that it alone doubted, or `NO_ROW`."""
        self.resent_start = pop(self.resent_start, n)[0]
        self.resent_end = pop(self.resent_end, n)[0]
        self.resent_stamp = pop(self.resent_stamp, n)[0]
        self.resent_time = pop(self.resent_time, n)[0]
        self.resent_row = pop(self.resent_row, n)[0]
        self.resent_cause = pop(self.resent_cause, n)[0]
        doubted = i64(self.resent_doubts[n])
        self.resent_doubts = pop(self.resent_doubts, n)[0]
        return NO_ROW if self.is_doubted(doubted) else doubted

    def is_doubted(self, row: i64) -> bool:
        """Return whether a range doubts the time-out of this row."""
        return any(i64(doubted) == row for doubted in self.resent_doubts)

    def last_doubted(self) -> i64:
        """Return the row of the time-out that the latest range doubts, or `NO_ROW`."""
        ranges: i64 = len(self.resent_doubts)
        return i64(self.resent_doubts[ranges - 1]) if ranges > 0 else NO_ROW
