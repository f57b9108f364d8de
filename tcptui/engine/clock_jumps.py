"""Remembers where the clock of a capture jumps: nothing passed for longer than anybody captures
nothing.

Such files are several captures in one, or were edited, or the capturing host slept or had its clock
set. What a flow waited for before a jump, nobody saw it wait for behind it. The time from its last
segment before a jump to its first one behind it is nobody's: no wait, duration or rate counts it.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.lower_bound import lower_bound
from tcptui.engine.packets import NO_ROW
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.skipped_time import SkippedTime

LONGEST_SILENCE: Final = 86_400_000_000_000
"""ns in which nothing at all passed; a longer one is a jump."""
NEVER: Final = (1 << 62) - 1
"""Later than any packet; small enough to stay unboxed in compiled code."""


class ClockJumps:
    """The jumps of a clock, each behind so many rows, and the time (ns) of the packet before it.

    Until the first jump a packet before ``due`` (ns) is behind none, and is not looked at; from
    then on the clock may have gone back too. ``last_row`` is the first row behind the last jump
    (``NO_ROW`` before there is one), ``skipped`` the time that was jumped over.
    ``inside`` counts the jumps inside of one file, not from one file to the next nor from a packet
    without a time (0); the first of them is before the packet ``frame``, over ``length`` ns.
    """

    def __init__(self) -> None:
        self.rows: vec[i32] = vec[i32]()
        self.before: vec[i64] = vec[i64]()
        self.due: i64 = NEVER
        self.last_row: i64 = NO_ROW
        self.skipped: Final[SkippedTime] = SkippedTime()
        self.inside: i64 = 0
        self.frame: i64 = 0
        self.length: i64 = 0

    def begin(self, now: i64) -> None:
        """Begin to look for jumps, at ``now``."""
        due = plus(now, LONGEST_SILENCE)
        self.due = due if due < NEVER else NEVER

    def note_time(self, row: i64, before: i64, now: i64) -> bool:
        """Return whether the clock has jumped from ``before`` to ``now``, and remember it;
        ``row`` is the next one."""
        if elapsed(now, before) <= LONGEST_SILENCE:
            if len(self.rows) == 0:
                self.begin(now)
            return False
        self.rows = append(self.rows, i32(row))
        self.before = append(self.before, before)
        self.last_row = row
        self.skipped.add(before, now)
        return True

    def note_inside(self, frame: i64, before: i64, now: i64) -> None:
        """Remember that the jump before the packet ``frame`` is inside of one file."""
        self.inside += 1
        if self.inside == 1:
            self.frame = frame
            self.length = elapsed(now, before)

    def is_behind(self, row: i64) -> bool:
        """Return whether the clock jumps behind a row."""
        return self.last_row > row

    def last_before(self, row: i64) -> i64:
        """Return the time (ns) before the first jump behind a row; there must be one."""
        return self.before[lower_bound(self.rows, row + 1)]
