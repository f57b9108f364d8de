"""A finding, one thing worth knowing about a flow; and a row of the table of finding kinds."""

from collections.abc import Callable
from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.sides import SIDES

Read = Callable[[int], bytes]
"""The captured bytes of the packet in a row; empty where they are gone."""
Text = Callable[[Flow, LedgerEntry], str]
"""The sentence for what one side's entry in the ledger counts."""
Test = Callable[[Flow, LedgerEntry], bool]
"""A question about what one side's entry in the ledger counts."""
Vain = Callable[[Flow, LedgerEntry], "VainWait | None"]
"""A function that tells what somebody waited for in vain, where one side's entry is of that."""
Detect = Callable[["FindingKind", Engine, Flow, "Read | None"], "Finding | None"]
"""A function that finds what the engine does not count; it reads packets only if it is told how."""

NOTE: Final[str] = Severity.NOTE.value
ANY_FLOW: Final = 1
"""The sign of each flow, the first bit; :mod:`tcptui.findings.signs` has the others."""
POINT: Final = "; "
"""What stands between the clauses of a finding's text."""


class Finding:
    """One kind of finding on one flow.

    ``kind`` is a name of the table of finding kinds, ``severity`` one of Wireshark's levels,
    ``side`` ``client``, ``server`` or None, ``cost`` in ns or None. The first clause of its
    ``text`` is what a reader in a hurry must know; the others stand behind semicolons. Frames are
    numbered from 1; 0 where no frame belongs to it. What it is the cause of ends in the frame
    ``explains_until``.
    ``limited`` is for how long (ns) it held a transfer back. ``vain`` is what somebody waited
    for in vain, where the kind alone does not say it.
    """

    def __init__(
        self,
        kind: str,
        severity: str,
        count: int,
        first_frame: int,
        last_frame: int,
        side: str | None,
        cost: int | None,
        text: str,
    ) -> None:
        self.kind = kind
        self.severity = severity
        self.count = count
        self.first_frame = first_frame
        self.last_frame = last_frame
        self.side = side
        self.cost = cost
        self.text = text
        self.explains_until = last_frame
        self.limited = 0
        self.vain: VainWait | None = None

    @property
    def claim(self) -> str:
        """The first clause of the text: who waited, how long, for what."""
        return self.text.partition(POINT)[0]

    @property
    def points(self) -> list[str]:
        """The clauses behind the claim: why, how sure, and what helps."""
        return self.text.split(POINT)[1:]

    @property
    def frames(self) -> str:
        """The frames as people write them: ``#12``, ``#12 to #90``, or nothing for none."""
        if self.first_frame == 0:
            return ""
        if self.last_frame <= self.first_frame:
            return f"#{self.first_frame}"
        return f"#{self.first_frame} to #{self.last_frame}"


BY_TCP: Final = "tcp"
BY_PATH: Final = "path"
BY_APPLICATION: Final = "application"
BY_UNKNOWN: Final = "unknown"


class Wait:
    """A stall as the time split names it.

    The engine counts the waiting under ``counted_as``. ``words`` name it, with ``{side}`` for the
    side that it is counted on. ``by`` whom the flow was made to wait: TCP, the path, an
    application, or nobody knows.
    """

    def __init__(self, counted_as: LedgerKind, words: str, by: str = BY_TCP) -> None:
        self.counted_as = counted_as
        self.words = words
        self.by = by


CLOSE: Final = "close"
"""Nobody's application waits for a close: it comes behind all that was wanted."""


class VainWait:
    """Somebody waits in vain while a kind of finding holds: for ``what`` (an answer, data, a
    connection, its acceptance, a close), at the finding's side or, ``by_peer``, at the other."""

    def __init__(self, what: str, by_peer: bool = False) -> None:
        self.what = what
        self.by_peer = by_peer


class FindingKind:
    """One row of the table of finding kinds: all that is said of one kind.

    ``name`` and ``severity`` are the report's, ``meaning`` is one line for a reader. A kind with
    ``detect`` is found by that function. Any other is counted by the engine, as the kind of the
    ledger with its name: ``text`` makes its sentence (else the meaning is told), ``worth`` decides
    whether it is worth telling (else it always is), and ``timed`` says that its cost is time.
    Where ``milder`` is true it is a note. ``wait`` is there for what a flow waits for, ``vain``
    where it waits for what never comes, ``in_vain`` tells whether it does; with ``cuts`` a
    connection or a transfer was refused or cut. What a kind with ``signs`` or ``other_signs``
    detects has one of these kinds in the ledger, or one of these bits of
    :mod:`tcptui.findings.signs`: in other flows it is not looked for. Of equally bad findings a
    ``leading`` one stands first: it is the cause of others, and those of the kinds that it
    ``explains`` are left out where they lie between its frames. Else those that cost more stand
    first, then those of lower ``order``, then those that came first.
    """

    def __init__(
        self,
        name: str,
        severity: Severity,
        meaning: str,
        text: Text | None = None,
        *,
        detect: Detect | None = None,
        timed: bool = False,
        worth: Test | None = None,
        milder: Test | None = None,
        wait: Wait | None = None,
        vain: VainWait | None = None,
        in_vain: Vain | None = None,
        cuts: bool = False,
        leading: bool = False,
        explains: tuple[str, ...] = (),
        signs: tuple[LedgerKind, ...] = (),
        other_signs: int = 0,
        order: int = 2,
    ) -> None:
        self.name = name
        self.severity = severity
        self.severity_name: str = severity.value
        self.meaning = meaning
        self.text = text
        self.detect = detect
        self.timed = timed
        self.worth = worth
        self.milder = milder
        self.wait = wait
        self.vain = vain
        self.in_vain = in_vain
        self.is_cut = cuts or (vain is not None and vain.what != CLOSE)
        self.leading = leading
        self.explains = explains
        self.signs: i64 = sum(1 << sign.value for sign in signs)
        self.other_signs: i64 = other_signs if signs or other_signs else ANY_FLOW
        self.order = order

    @property
    def is_only_detected(self) -> bool:
        """Whether its function tells what the engine counted under its name, too."""
        return self.detect is not None and self.text is None

    def is_worth_telling(self, flow: Flow, entry: LedgerEntry) -> bool:
        """Return whether what the engine counted becomes a finding."""
        worth = self.worth
        return worth is None or worth(flow, entry)

    def finding_of(self, flow: Flow, entry: LedgerEntry) -> Finding:
        """Return the finding that one side's entry in the ledger makes."""
        milder, text, in_vain = self.milder, self.text, self.in_vain
        found = Finding(
            self.name,
            NOTE if milder is not None and milder(flow, entry) else self.severity_name,
            entry.count,
            entry.first,
            entry.last,
            SIDES[entry.side],
            entry.cost if self.timed and entry.cost > 0 else None,
            text(flow, entry) if text is not None else f"the {SIDES[entry.side]}: {self.meaning}",
        )
        if in_vain is not None:
            found.vain = in_vain(flow, entry)
        return found

    def finding(
        self, count: int, frames: tuple[int, int], side: str | None, cost: int | None, text: str
    ) -> Finding:
        """Return a finding of this kind that its function detected; ``frames`` are the first and
        the last."""
        first, last = frames
        return Finding(self.name, self.severity_name, count, first, last, side, cost, text)


def frame_of(engine: Engine, row: int) -> int:
    """Return the frame of a row, or 0 if a rolling capture has let it go."""
    return int(engine.packets.frame(i64(row))) if row >= engine.packets.first else 0


def frames_of_flow(engine: Engine, flow: Flow) -> tuple[int, int]:
    """Return the first frame of a flow and its last, each 0 if it was let go."""
    return frame_of(engine, int(flow.first_row)), frame_of(engine, int(flow.last_row))


def time_of_frame(engine: Engine, frame: int) -> int:
    """Return when a frame passed (ns), or 0 where a rolling capture has let it go."""
    row = int(engine.packets.row_of(i64(frame)))
    return int(engine.packets.time(i64(row))) if row >= engine.packets.first else 0


def time_since(engine: Engine, flow: Flow, moment: int) -> int:
    """Return the time in ns from ``moment`` to the end of what the capture shows of the flow, or
    none if time went backwards since."""
    return int(flow.time_between(moment, end_of(engine, flow)))


def end_of(engine: Engine, flow: Flow) -> int:
    """Return the end (ns) of what the capture shows of a flow that goes on: no wait is longer."""
    return max(engine.watched_until(flow), int(flow.last_time))


def what_ends(engine: Engine, flow: Flow) -> str:
    """Return in words what ends at :func:`end_of`."""
    return "the capture's clock jumps" if engine.jumps_behind(flow) else "the capture ends"
