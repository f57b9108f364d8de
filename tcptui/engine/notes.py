"""What the state machines noticed about a flow, counted by kind: the ground of its findings."""

from enum import IntEnum
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64


class Note(IntEnum):
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


NOTES: Final[dict[int, Note]] = {note.value: note for note in Note}

FIRST_ODDITY = 32


class NoteEntry:
    """One kind on one flow. Frames from 1, ``cost`` in ns, ``side`` of events.Side."""

    def __init__(
        self, kind: Note, side: int, count: int, first: int, last: int, cost: int, value: int
    ) -> None:
        self.kind = kind
        self.side = side
        self.count = count
        self.first = first
        self.last = last
        self.cost = cost
        self.value = value


class Notes:
    """The entries of one flow, as columns: one for each kind and side."""

    def __init__(self) -> None:
        self.kind: vec[i16] = vec[i16]()
        self.side: vec[i16] = vec[i16]()
        self.count: vec[i32] = vec[i32]()
        self.first: vec[i32] = vec[i32]()
        self.last: vec[i32] = vec[i32]()
        self.cost: vec[i64] = vec[i64]()
        self.value: vec[i64] = vec[i64]()

    def find(self, kind: i64, side: i64) -> i64:
        """Where the entry is; -1 if there is none."""
        for i in range(len(self.kind)):
            if i64(self.kind[i]) == kind and i64(self.side[i]) == side:
                return i64(i)
        return -1

    def add(self, kind: i64, side: i64, frame: i64, cost: i64, value: i64) -> bool:
        """Count one more; ``cost`` adds up, ``value`` is the latest. Whether it is the first."""
        at = self.find(kind, side)
        if at >= 0:
            self.count[at] += 1
            self.last[at] = i32(frame)
            self.cost[at] += cost
            self.value[at] = value
            return False
        self.kind = append(self.kind, i16(kind))
        self.side = append(self.side, i16(side))
        self.count = append(self.count, i32(1))
        self.first = append(self.first, i32(frame))
        self.last = append(self.last, i32(frame))
        self.cost = append(self.cost, cost)
        self.value = append(self.value, value)
        return True

    def remove(self, kind: i64) -> None:
        """Forget a kind that later segments disproved."""
        for i in range(len(self.kind)):
            if i64(self.kind[i]) == kind:
                self.kind[i] = i16(0)

    def entries(self) -> list[NoteEntry]:
        """All entries, in the order in which they first came."""
        return [
            NoteEntry(
                NOTES[int(self.kind[i])],
                int(self.side[i]),
                int(self.count[i]),
                int(self.first[i]),
                int(self.last[i]),
                int(self.cost[i]),
                int(self.value[i]),
            )
            for i in range(len(self.kind))
            if self.kind[i] != 0
        ]
