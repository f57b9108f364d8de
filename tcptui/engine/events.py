"""Events are what happened to a flow besides segments: the engine's second output."""

from enum import IntEnum
from typing import Final, NamedTuple

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

ICMPV6_MARK: Final = 0x10000
SHORT_QUOTE_MARK: Final = 0x20000
"""Of an error that quotes less of a segment than Wireshark reads: no packet of the flow there."""
MTU_SHIFT: Final = 20
LARGEST_MTU: Final = 0xFFFFFF
"""What is larger is cut off: no packet is."""


class EventKind(IntEnum):
    """The subjects of events; ``value`` of the event is told behind each."""

    ICMP_ERROR = 1  # type << 8 | code, | the marks above, | the MTU << MTU_SHIFT
    BASE_MOVED = 2  # the initial sequence number that counted before
    ODDITY = 3  # the number of the tcptui.engine.ledger.LedgerKind
    CORRECTION = 4  # the state that was wrong << 4 | the state instead of it
    TIMER = 5  # the number of the tcptui.engine.tcp_state.timers.TimerKind that ran out
    HANG = 6  # the number of the tcptui.engine.tcp_state.timers.HangKind


class Side(IntEnum):
    """The endpoints that an event concerns."""

    CLIENT = 0
    SERVER = 1
    BOTH = 2


class Event(NamedTuple):
    """One event. ``time`` in ns; ``row`` is the flow's last row before it (-1: none)."""

    time: int
    flow: int
    row: int
    kind: EventKind
    side: Side
    value: int


class Events:
    """Parallel columns of events, in the order in which they came to light.

    Their numbers count from 0 over the whole capture; those below ``first`` are gone.
    """

    def __init__(self) -> None:
        self.first: i64 = 0
        self.time: vec[i64] = vec[i64]()
        self.flow: vec[i32] = vec[i32]()
        self.row: vec[i32] = vec[i32]()
        self.kind: vec[i16] = vec[i16]()
        self.side: vec[i16] = vec[i16]()
        self.value: vec[i64] = vec[i64]()

    def __len__(self) -> int:
        return int(self.first) + len(self.value)

    def add(self, time: i64, flow: i64, row: i64, kind: i64, side: i64, value: i64) -> None:
        self.time = append(self.time, time)
        self.flow = append(self.flow, i32(flow))
        self.row = append(self.row, i32(row))
        self.kind = append(self.kind, i16(kind))
        self.side = append(self.side, i16(side))
        self.value = append(self.value, value)

    def evict_before(self, time: i64) -> None:
        """Let go of the older half, if all of it came before ``time`` (ns)."""
        half = i64(len(self.time)) >> 1
        if half == 0 or self.time[half] >= time:
            return
        self.first += half
        self.time = self.time[half:]
        self.flow = self.flow[half:]
        self.row = self.row[half:]
        self.kind = self.kind[half:]
        self.side = self.side[half:]
        self.value = self.value[half:]

    def __getitem__(self, number: int) -> Event:
        """The event of this number; LookupError where it is gone."""
        i = number - int(self.first)
        if i < 0:
            raise LookupError(number)
        return Event(
            int(self.time[i]),
            int(self.flow[i]),
            int(self.row[i]),
            EventKind(int(self.kind[i])),
            Side(int(self.side[i])),
            int(self.value[i]),
        )

    def number_of(self, kind: EventKind, flows: set[int]) -> int:
        """Return how many events of a kind these flows have, as far as they are kept."""
        wanted = i64(kind.value)
        found = 0
        i: i64 = 0
        while i < i64(len(self.kind)):
            if i64(self.kind[i]) == wanted and int(self.flow[i]) in flows:
                found += 1
            i += 1
        return found

    def of_flow(self, flow: int) -> list[Event]:
        """Return the events of one flow, in order."""
        wanted = i64(flow)
        found: list[int] = []
        i: i64 = 0
        while i < i64(len(self.flow)):
            if i64(self.flow[i]) == wanted:
                found.append(int(self.first + i))
            i += 1
        return [self[number] for number in found if number >= self.first]
