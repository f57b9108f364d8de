"""Why a flow took its time: causes counted per flow and side, and a journal of each case."""

from enum import IntEnum
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.entries import with_room
from tcptui.engine.lower_bound import lower_bound
from tcptui.engine.saturation import plus
from tcptui.engine.timing.pending import Pending


class Cause(IntEnum):
    """What took time or was lost; behind each the side it is counted on, and ``amount``."""

    LOST_AFTER = 1  # the sender; bytes sent again
    LOST_BEFORE = 2  # the sender; bytes
    CAPTURE_LOST = 3  # the sender; bytes
    NOT_LOST = 4  # the sender; bytes sent again for nothing
    REORDERED = 5  # the sender; bytes
    CAPTURED_TWICE = 6  # the sender; bytes
    RTO = 8  # the sender; the most time-outs in a row
    SYN_RETRY = 9  # the sender of the SYN
    ZERO_WINDOW = 10  # the receiver that closed its window; probes
    WINDOW_LIMITED = 11  # the receiver whose window was too small
    DELAYED_ACK_NAGLE = 12  # the sender that held back
    SENDER_IDLE = 13  # the sender; waits that may hide a loss before this point
    SERVER_THINK = 14  # the server; the same
    WRITE_WRITE_READ = 15  # the sender of the requests
    TINYGRAMS = 16  # the sender
    SILLY_WINDOW = 17  # the receiver that offered so little


CAUSES: Final[dict[int, Cause]] = {cause.value: cause for cause in Cause}

LARGEST_AMOUNT: Final = (1 << Cause.RTO.value) | (1 << Cause.ZERO_WINDOW.value)
"""Causes whose amount is the largest of a case's, not the sum."""

KEY: Final = 0
COUNT: Final = 1
FIRST: Final = 2
LAST: Final = 3
COST: Final = 4
WORST: Final = 5
WORST_FRAME: Final = 6
AMOUNT: Final = 7
WIDTH: Final = 8


class CauseCount:
    """One cause on one side of a flow: frames from 1, costs in ns."""

    def __init__(
        self,
        cause: Cause,
        side: int,
        count: int,
        first: int,
        last: int,
        cost: int,
        worst: int,
        worst_frame: int,
        amount: int,
    ) -> None:
        self.cause = cause
        self.side = side
        self.count = count
        self.first = first
        self.last = last
        self.cost = cost
        self.worst = worst
        self.worst_frame = worst_frame
        self.amount = amount


class CauseLedger:
    """What there is to say of one flow's time: an entry for each cause and side."""

    def __init__(self) -> None:
        self.entries: vec[i64] = vec[i64]()
        self.client: Pending | None = None
        self.server: Pending | None = None

    def find(self, cause: i64, side: i64) -> i64:
        """Where the entry begins; -1 if there is none."""
        key = cause << 1 | side
        at: i64 = 0
        while at < i64(len(self.entries)):
            if self.entries[at] == key:
                return at
            at += WIDTH
        return -1

    def add(self, cause: i64, side: i64, frame: i64, cost: i64, amount: i64) -> None:
        """Count one case; where time goes backwards nobody has waited."""
        if cost < 0:
            cost = 0
        at = self.find(cause, side)
        if at < 0:
            at = i64(len(self.entries))
            self.entries = with_room(self.entries, WIDTH)
            self.entries[at + KEY] = cause << 1 | side
            self.entries[at + FIRST] = frame
        self.entries[at + COUNT] += 1
        self.entries[at + LAST] = frame
        self.entries[at + COST] = plus(self.entries[at + COST], cost)
        if (LARGEST_AMOUNT >> cause & 1) == 0:
            self.entries[at + AMOUNT] = plus(self.entries[at + AMOUNT], amount)
        elif amount > self.entries[at + AMOUNT]:
            self.entries[at + AMOUNT] = amount
        if cost > self.entries[at + WORST] or self.entries[at + WORST_FRAME] == 0:
            self.entries[at + WORST] = cost
            self.entries[at + WORST_FRAME] = frame

    def take_back(self, cause: i64, side: i64, amount: i64) -> None:
        """One case was none."""
        at = self.find(cause, side)
        if at >= 0 and self.entries[at + COUNT] > 0:
            self.entries[at + COUNT] -= 1
            self.entries[at + AMOUNT] -= amount

    def cost(self, cause: i64) -> i64:
        """What a cause took on both sides, in ns."""
        total: i64 = 0
        side: i64 = 0
        while side < 2:
            at = self.find(cause, side)
            if at >= 0:
                total = plus(total, self.entries[at + COST])
            side += 1
        return total

    def tallies(self) -> list[CauseCount]:
        """All entries that count anything, in the order in which they first came."""
        found: list[CauseCount] = []
        e = self.entries
        for at in range(0, len(e), int(WIDTH)):
            if e[at + COUNT] > 0:
                found.append(
                    CauseCount(
                        CAUSES[int(e[at] >> 1)],
                        int(e[at] & 1),
                        int(e[at + COUNT]),
                        int(e[at + FIRST]),
                        int(e[at + LAST]),
                        int(e[at + COST]),
                        int(e[at + WORST]),
                        int(e[at + WORST_FRAME]),
                        int(e[at + AMOUNT]),
                    )
                )
        return found


class CauseCase:
    """One entry of the journal: the row that ended it, and its cost in ns."""

    def __init__(self, row: int, cause: Cause, side: int, cost: int) -> None:
        self.row = row
        self.cause = cause
        self.side = side
        self.cost = cost


FEW: Final = 256
"""Entries that are looked through for those of one flow."""


class CauseJournal:
    """Each case of each cause in the order of the capture, as columns.

    Whoever asks for one flow after the other would look through all of them each time: where there
    are many, ``sorted`` has the entries in order of their flows, and ``behind[f]`` is how many
    belong to flows up to ``f``; both as of ``len(sorted)`` entries.
    """

    def __init__(self) -> None:
        self.sorted: vec[i32] = vec[i32]()
        self.behind: vec[i32] = vec[i32]()
        self.flow: vec[i32] = vec[i32]()
        self.row: vec[i32] = vec[i32]()
        self.key: vec[i16] = vec[i16]()
        self.cost: vec[i64] = vec[i64]()

    def __len__(self) -> int:
        return len(self.cost)

    def add(self, flow: i64, row: i64, cause: i64, side: i64, cost: i64) -> None:
        self.flow = append(self.flow, i32(flow))
        self.row = append(self.row, i32(row))
        self.key = append(self.key, i16(cause << 1 | side))
        self.cost = append(self.cost, cost if cost > 0 else 0)

    def forget(self, row: i64) -> None:
        """Let go of the older half, if all of it ended before ``row``."""
        half = i64(len(self.row)) >> 1
        if half > 0 and i64(self.row[half]) < row:
            self.flow = self.flow[half:]
            self.row = self.row[half:]
            self.key = self.key[half:]
            self.cost = self.cost[half:]
            self.sorted = vec[i32]()

    def sort(self) -> None:
        """Bring ``sorted`` up to date."""
        flows: i64 = 0
        for flow in self.flow:
            if i64(flow) >= flows:
                flows = i64(flow) + 1
        behind = vec[i32]([0] * int(flows + 1))
        for flow in self.flow:
            behind[i64(flow) + 1] += 1
        at: i64 = 1
        while at <= flows:
            behind[at] += behind[at - 1]
            at += 1
        ordered = vec[i32]([0] * len(self.flow))
        at = 0
        while at < i64(len(self.flow)):
            flow_number = i64(self.flow[at])
            ordered[i64(behind[flow_number])] = i32(at)
            behind[flow_number] += 1
            at += 1
        self.sorted = ordered
        self.behind = behind

    def at_row(self, row: i64) -> i64:
        """The first entry whose row is not before ``row``."""
        return lower_bound(self.row, row)

    def of_flow(self, flow: i64, first_row: i64, last_row: i64, most: i64) -> list[CauseCase]:
        """The cases of one flow between two rows, both included; the first ``most`` of them."""
        found: list[CauseCase] = []
        at = self.at_row(first_row)
        stop = self.at_row(last_row + 1)
        if stop - at > FEW:
            return self.of_flow_sorted(flow, at, stop, most)
        while at < stop and i64(len(found)) < most:
            if i64(self.flow[at]) == flow:
                found.append(self.case(at))
            at += 1
        return found

    def of_flow_sorted(self, flow: i64, start: i64, stop: i64, most: i64) -> list[CauseCase]:
        """The same for the entries ``start`` … ``stop - 1``, by ``sorted``."""
        found: list[CauseCase] = []
        if len(self.sorted) != len(self.flow):
            self.sort()
        if flow + 1 >= i64(len(self.behind)):
            return found
        n: i64 = 0
        if flow > 0:
            n = i64(self.behind[flow - 1])
        while n < i64(self.behind[flow]) and i64(len(found)) < most:
            at = i64(self.sorted[n])
            if start <= at < stop:
                found.append(self.case(at))
            n += 1
        return found

    def case(self, at: i64) -> CauseCase:
        key = i64(self.key[at])
        return CauseCase(int(self.row[at]), CAUSES[int(key >> 1)], int(key & 1), int(self.cost[at]))
