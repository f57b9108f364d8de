"""Remembers where the clock of a capture jumps: nothing passed for longer than anybody captures
nothing.

Such files are several captures in one, or were edited, or the capturing host slept or had its clock
set. What a flow waited for before a jump, nobody saw it wait for behind it.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.lower_bound import lower_bound
from tcptui.engine.saturation import elapsed, plus

LONGEST_SILENCE: Final = 86_400_000_000_000
"""ns in which nothing at all passed; a longer one is a jump."""
NEVER: Final = (1 << 62) - 1
"""Later than any packet; small enough to stay unboxed in compiled code."""


class ClockJumps:
    """The jumps of a clock, each behind so many rows, and the time (ns) of the packet before it.

    Until the first jump a packet before ``due`` (ns) is behind none, and is not looked at; from
    then on the clock may have gone back too.
    """

    def __init__(self) -> None:
        self.rows: vec[i32] = vec[i32]()
        self.before: vec[i64] = vec[i64]()
        self.due: i64 = NEVER

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
        return True

    def is_behind(self, row: i64) -> bool:
        """Return whether the clock jumps behind a row."""
        rows = self.rows
        return len(rows) > 0 and i64(rows[len(rows) - 1]) > row

    def last_before(self, row: i64) -> i64:
        """Return the time (ns) before the first jump behind a row; there must be one."""
        return self.before[lower_bound(self.rows, row + 1)]
