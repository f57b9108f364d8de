"""What the state machines noticed about a flow, counted by kind: the ground of its findings."""

from enum import IntEnum
from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

from tcptui.engine.entries import with_room
from tcptui.engine.saturation import plus


class Observation(IntEnum):
    """What can be noticed; ``value`` of the entry is told behind the kinds that have one."""

    REFUSED = 1
    ABORT = 2
    ABORT_UNREAD_DATA = 3
    HALF_OPEN_RESET = 4
    RST_AFTER_FIN = 5
    RST_BY_MIDDLEBOX = 6  # the TTL << 8 | the TTL expected
    OPENER_GONE = 7
    SYN_RETRY = 8  # the last gap, ns
    SYN_ACK_REPEATED = 9
    FAST_OPEN = 10  # bytes with the SYN that were accepted
    PORT_REUSE = 11  # both states of the connection before, as in the packet columns
    HALF_CLOSE_USED = 12
    KEEP_ALIVE_UNANSWERED = 13
    ICMP_ERROR = 14  # as in tcptui.engine.events
    # Oddities: segments that fit no state.
    SYN_AFTER_CLOSE = 32
    SYN_IN_CONNECTION = 33
    SYN_ACK_CHANGED = 34
    DATA_AFTER_FIN = 35
    DATA_AFTER_RST = 36
    FIN_AFTER_RST = 37
    FIN_MOVED = 38
    ACK_OF_NOTHING_SENT = 39
    RST_OUTSIDE_WINDOW = 40
    NO_ACK = 41
    ODD_FLAGS = 42
    CHALLENGED = 43


OBSERVATIONS: Final[dict[int, Observation]] = {note.value: note for note in Observation}

FIRST_ODDITY = 32

KEY: Final = 0
"""The kind << `SIDE_BITS` | the side."""
COUNT: Final = 1
FIRST: Final = 2
LAST: Final = 3
COST: Final = 4
VALUE: Final = 5
WIDTH: Final = 6

SIDE_BITS: Final = 2
SIDE_MASK: Final = 3
REMOVED: Final = 0
"""The key of an entry that counts no longer."""


class ObservationCount:
    """One kind on one flow. Frames from 1, ``cost`` in ns, ``side`` of events.Side."""

    def __init__(
        self, kind: Observation, side: int, count: int, first: int, last: int, cost: int, value: int
    ) -> None:
        self.kind = kind
        self.side = side
        self.count = count
        self.first = first
        self.last = last
        self.cost = cost
        self.value = value


class Observations:
    """The entries of one flow, one for each kind and side: `WIDTH` numbers each."""

    def __init__(self) -> None:
        self.numbers: vec[i64] = vec[i64]()

    def find(self, kind: i64, side: i64) -> i64:
        """Where the entry begins; -1 if there is none."""
        key = kind << SIDE_BITS | side
        at: i64 = 0
        while at < i64(len(self.numbers)):
            if self.numbers[at] == key:
                return at
            at += WIDTH
        return -1

    def add(self, kind: i64, side: i64, frame: i64, cost: i64, value: i64) -> bool:
        """Count one more; ``cost`` adds up, ``value`` is the latest. Whether it is the first."""
        at = self.find(kind, side)
        first = at < 0
        if first:
            at = i64(len(self.numbers))
            self.numbers = with_room(self.numbers, WIDTH)
            self.numbers[at + KEY] = kind << SIDE_BITS | side
            self.numbers[at + FIRST] = frame
        self.numbers[at + COUNT] += 1
        self.numbers[at + LAST] = frame
        self.numbers[at + COST] = plus(self.numbers[at + COST], cost)
        self.numbers[at + VALUE] = value
        return first

    def remove(self, kind: i64) -> None:
        """Forget a kind that later segments disproved."""
        at: i64 = 0
        while at < i64(len(self.numbers)):
            if self.numbers[at] >> SIDE_BITS == kind:
                self.numbers[at] = REMOVED
            at += WIDTH

    def entries(self) -> list[ObservationCount]:
        """All entries, in the order in which they first came."""
        e = self.numbers
        return [
            ObservationCount(
                OBSERVATIONS[int(e[at] >> SIDE_BITS)],
                int(e[at] & SIDE_MASK),
                int(e[at + COUNT]),
                int(e[at + FIRST]),
                int(e[at + LAST]),
                int(e[at + COST]),
                int(e[at + VALUE]),
            )
            for at in range(0, len(e), int(WIDTH))
            if e[at] != REMOVED
        ]
