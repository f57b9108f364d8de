"""The ledger of a flow: how often each kind of finding came, when, and at what cost.

Timing and the state machines count here while the capture is read; `tcptui/findings/` makes
findings of it. The journal keeps, over all flows, the single cases that took time or lost data.
"""

from enum import IntEnum
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64, mypyc_attr

from tcptui.engine.lower_bound import lower_bound
from tcptui.engine.saturation import plus
from tcptui.engine.timing.pending import Pending


class LedgerKind(IntEnum):
    """The kinds of findings that the engine counts, named as in the report.

    Behind each kind stands on which side it is counted, and what its ``amount`` is.
    """

    # Counted by engine/timing: where segments were lost; `amount` sums up bytes.
    LOSS_AFTER_CAPTURE = 1  # the sender; bytes sent again
    LOSS_BEFORE_CAPTURE = 2  # the sender
    CAPTURE_LOSS = 3  # the sender
    NOT_LOST = 4  # the sender; bytes sent again for nothing
    REORDERED = 5  # the sender
    CAPTURED_TWICE = 6  # the sender
    ECN_MARKS = 7  # the sender of the marked segments, by its receiver's ECE; its CWRs
    # Counted by engine/timing: what a flow waited for.
    STALL_RTO = 8  # the sender; the most time-outs in a row
    HANDSHAKE_RETRY = 9  # the sender of the SYN or SYN+ACK; its wait, of which nothing else is told
    STALL_ZERO_WINDOW = 10  # the receiver that closed its window; the most probes
    STALL_WINDOW_LIMITED = 11  # the receiver whose window was too small
    STALL_DELAYED_ACK_NAGLE = 12  # the sender that held back
    STALL_SENDER_IDLE = 13  # the sender; waits that may hide a loss before this point
    STALL_SERVER_THINK = 14  # the server; the same
    # Counted by engine/timing: small segments.
    WRITE_WRITE_READ = 15  # the sender of the requests
    TINYGRAMS = 16  # the sender; bytes
    SILLY_WINDOW = 17  # the receiver that offered so little; bytes
    # Counted by engine/tcp_state on the side that sent the segment; `amount` is that of the last.
    REFUSED = 18  # the TTL of the RST; 0 where it is not known
    ABORT = 19
    ABORT_UNREAD_DATA = 20
    HALF_OPEN_RESET = 21  # ns since it was last heard; 0 where it was not
    RST_AFTER_FIN = 22
    RST_BY_MIDDLEBOX = 23  # the TTL << 8 | the TTL expected; 0 where the other side reset at once
    OPENER_GONE = 24
    STALL_SYN_RETRY = 25  # the last gap, ns
    SYN_ACK_REPEATED = 26  # the last gap, ns
    FAST_OPEN = 27  # bytes with the SYN that were accepted
    PORT_REUSE = 28  # both states of the connection before, as in the packet columns
    HALF_CLOSE_USED = 29  # bytes
    KEEP_ALIVE_UNANSWERED = 30
    ICMP_ERROR = 31  # as in tcptui.engine.events
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
    FAST_OPEN_REFUSED = 44  # bytes with the SYN that were not accepted
    # Counted by engine/timing: what made a sender send again, but for its timer.
    TAIL_LOSS_PROBE = 53  # the sender
    RACK_REPAIR = 54  # the sender
    ECN_BLEACHED = 52  # the sender whose data may not be marked, though both agreed to ECN
    STALL_LATE_ACK = 55  # who acknowledged what it was asked late, so that nothing else is known
    # Counted by engine/timing when later segments prove what a wait was for.
    DELAY_SPIKE = 50  # the sender whose segments the path held
    SPURIOUS_TIMEOUT = 51  # the sender whose timer ran out though the original arrived


KINDS: Final[dict[int, LedgerKind]] = {kind.value: kind for kind in LedgerKind}
KIND_NAMES: Final[dict[int, str]] = {kind.value: kind.name.lower() for kind in LedgerKind}
"""As the report has them."""

FIRST_OF_STATES: Final = 18
"""Kinds from this number on are counted by the state machines."""
FIRST_ODDITY: Final = 32
"""Kinds from this number on are segments that fit no state."""
FIRST_OF_PROOFS: Final = 50
"""Kinds from this number on are counted by timing, once later segments prove them."""
LARGEST_AMOUNT: Final = (1 << LedgerKind.STALL_RTO.value) | (
    1 << LedgerKind.STALL_ZERO_WINDOW.value
)
"""The kinds, as bits, whose amount is the largest of the cases', not their sum."""

KIND_BITS: Final = vec[i64]([1 << kind for kind in range(62)])
"""The bit of each kind: compiled, a shifted literal has 32 bits (mypyc 2.4)."""

# An entry is so many numbers, one behind the other.
KEY: Final = 0
"""The kind << 1 | the side; `REMOVED` where the entry counts no longer."""
COUNT: Final = 1
FIRST: Final = 2
LAST: Final = 3
COST: Final = 4
WORST: Final = 5
WORST_FRAME: Final = 6
AMOUNT: Final = 7
WIDTH: Final = 8

REMOVED: Final = 0


class LedgerEntry:
    """The part of a flow's ledger about one kind, by its ``number``, on one side: frames from 1,
    costs in ns."""

    def __init__(
        self,
        number: int,
        side: int,
        count: int,
        first: int,
        last: int,
        cost: int,
        worst: int,
        worst_frame: int,
        amount: int,
    ) -> None:
        self.number = number
        self.side = side
        self.count = count
        self.first = first
        self.last = last
        self.cost = cost
        self.worst = worst
        self.worst_frame = worst_frame
        self.amount = amount

    @property
    def kind(self) -> LedgerKind:
        """The kind that has this number."""
        return KINDS[self.number]


@mypyc_attr(acyclic=True)
class Ledger:
    """The counts of one flow, an entry for each kind and side; few flows have one.

    ``client`` and ``server`` are what is still going on at either endpoint; ``unasked`` has a bit
    for each side that went on after a long wait in which nothing came.
    """

    def __init__(self) -> None:
        self.numbers: vec[i64] = vec[i64]()
        self.client: Pending | None = None
        self.server: Pending | None = None
        self.unasked: i64 = 0

    def note_unasked(self, side: i64) -> None:
        """Note that the side goes on though nobody asked it to, nor answered."""
        self.unasked |= 1 << side

    def find_entry(self, kind: i64, side: i64) -> i64:
        """Return where the entry begins, or -1 if there is none."""
        key = kind << 1 | side
        at: i64 = 0
        while at < i64(len(self.numbers)):
            if self.numbers[at] == key:
                return at
            at += WIDTH
        return -1

    def new_entry(self, kind: i64, side: i64, frame: i64) -> i64:
        """Append an entry that counts nothing yet, and return where it begins.

        The numbers get no room for others: hardly any flow has many entries.
        """
        at = i64(len(self.numbers))
        grown = vec[i64]([0] * int(at + WIDTH))
        n: i64 = 0
        while n < at:
            grown[n] = self.numbers[n]
            n += 1
        grown[at + KEY] = kind << 1 | side
        grown[at + FIRST] = frame
        self.numbers = grown
        return at

    def add_case(self, kind: i64, side: i64, frame: i64, cost: i64, amount: i64) -> bool:
        """Count one more case, and return whether it is the first of its kind on this side.

        Costs add up, and one below 0 is none: where the capture's clock goes back nobody waited.
        """
        if cost < 0:
            cost = 0
        at = self.find_entry(kind, side)
        first = at < 0
        if first:
            at = self.new_entry(kind, side, frame)
        self.numbers[at + COUNT] += 1
        self.numbers[at + LAST] = frame
        self.numbers[at + COST] = plus(self.numbers[at + COST], cost)
        if kind >= FIRST_OF_STATES:
            self.numbers[at + AMOUNT] = amount
        elif (LARGEST_AMOUNT >> kind & 1) == 0:
            self.numbers[at + AMOUNT] = plus(self.numbers[at + AMOUNT], amount)
        elif amount > self.numbers[at + AMOUNT]:
            self.numbers[at + AMOUNT] = amount
        if cost > self.numbers[at + WORST] or self.numbers[at + WORST_FRAME] == 0:
            self.numbers[at + WORST] = cost
            self.numbers[at + WORST_FRAME] = frame
        return first

    def take_back_case(self, kind: i64, side: i64, amount: i64) -> None:
        """Undo one count: a later segment disproved it."""
        at = self.find_entry(kind, side)
        if at >= 0 and self.numbers[at + COUNT] > 0:
            self.numbers[at + COUNT] -= 1
            self.numbers[at + AMOUNT] -= amount

    def take_back_wait(self, kind: i64, side: i64, cost: i64, longest: i64, frame: i64) -> None:
        """Undo one wait of ``cost`` ns, which had another cause; the ``longest`` before it ended in
        ``frame``."""
        at = self.find_entry(kind, side)
        if at < 0 or self.numbers[at + COUNT] <= 0:
            return
        self.numbers[at + COUNT] -= 1
        self.numbers[at + COST] -= cost
        if self.numbers[at + AMOUNT] > self.numbers[at + COUNT]:
            self.numbers[at + AMOUNT] = self.numbers[at + COUNT]
        if self.numbers[at + WORST] == cost:
            self.numbers[at + WORST] = longest
            self.numbers[at + WORST_FRAME] = frame

    def add_amount(self, kind: i64, side: i64, amount: i64) -> None:
        """Add to the amount of what is counted on a side; where nothing is, nothing."""
        at = self.find_entry(kind, side)
        if at >= 0:
            self.numbers[at + AMOUNT] = plus(self.numbers[at + AMOUNT], amount)

    def remove_kind(self, kind: i64) -> None:
        """Drop both sides' entries of a kind that later segments disproved."""
        at: i64 = 0
        while at < i64(len(self.numbers)):
            if self.numbers[at + KEY] >> 1 == kind:
                self.numbers[at + KEY] = REMOVED
            at += WIDTH

    def kinds(self) -> i64:
        """Return the kinds that have an entry, as bits."""
        found: i64 = 0
        at: i64 = 0
        while at < i64(len(self.numbers)):
            if self.numbers[at + COUNT] > 0:
                found |= KIND_BITS[self.numbers[at + KEY] >> 1]
            at += WIDTH
        return found

    def cost_of(self, kind: i64) -> i64:
        """Return what a kind cost on both sides, in ns."""
        total: i64 = 0
        side: i64 = 0
        while side < 2:
            at = self.find_entry(kind, side)
            if at >= 0:
                total = plus(total, self.numbers[at + COST])
            side += 1
        return total

    def cost_of_kinds(self, kinds: i64) -> i64:
        """Return what several kinds, as bits, cost on both sides, in ns."""
        total: i64 = 0
        at: i64 = 0
        while at < i64(len(self.numbers)):
            if self.numbers[at + COUNT] > 0 and (kinds >> (self.numbers[at + KEY] >> 1) & 1) != 0:
                total = plus(total, self.numbers[at + COST])
            at += WIDTH
        return total

    def entries(self) -> list[LedgerEntry]:
        """Return all entries that count anything, in the order in which they first came."""
        found: list[LedgerEntry] = []
        at: i64 = 0
        while at < i64(len(self.numbers)):
            if self.numbers[at + KEY] != REMOVED and self.numbers[at + COUNT] > 0:
                found.append(self.entry_at(at))
            at += WIDTH
        return found

    def entry_of(self, kind: i64, side: i64) -> LedgerEntry | None:
        """Return the entry of a kind on a side, or None if it counts nothing."""
        at = self.find_entry(kind, side)
        return None if at < 0 or self.numbers[at + COUNT] <= 0 else self.entry_at(at)

    def entry_at(self, at: i64) -> LedgerEntry:
        """Return the entry that begins at ``at``."""
        e = self.numbers
        return LedgerEntry(
            int(e[at + KEY] >> 1),
            int(e[at + KEY] & 1),
            int(e[at + COUNT]),
            int(e[at + FIRST]),
            int(e[at + LAST]),
            int(e[at + COST]),
            int(e[at + WORST]),
            int(e[at + WORST_FRAME]),
            int(e[at + AMOUNT]),
        )


class JournalCase:
    """One case in the journal: the row that ended it, the one ``before`` that of its flow, the
    ``number`` of its kind, and its cost in ns."""

    def __init__(self, row: int, before: int, number: int, side: int, cost: int) -> None:
        self.row = row
        self.before = before
        self.number = number
        self.side = side
        self.cost = cost

    @property
    def kind(self) -> LedgerKind:
        """The kind that has this number."""
        return KINDS[self.number]


FEW: Final = 256
"""So many cases are looked through one by one for those of a flow."""
GROWN: Final = 8
"""Of a journal that grows, the cases are sorted again once there is one more for so many."""


class CasesByFlow:
    """The first ``cases`` of a journal in order of their flows, which ``flow`` lists:
    ``sorted[behind[f - 1]]`` … ``sorted[behind[f] - 1]`` are those of flow f.

    It is made whole and then stays as it is: while somebody reads it, cases may come.
    """

    def __init__(self, flow: vec[i32]) -> None:
        self.cases: i64 = len(flow)
        flows: i64 = 0
        for number in flow:
            if i64(number) >= flows:
                flows = i64(number) + 1
        behind = vec[i32]([0] * int(flows + 1))
        for number in flow:
            behind[i64(number) + 1] += 1
        at: i64 = 1
        while at <= flows:
            behind[at] += behind[at - 1]
            at += 1
        ordered = vec[i32]([0] * len(flow))
        at = 0
        while at < self.cases:
            number_at = i64(flow[at])
            ordered[i64(behind[number_at])] = i32(at)
            behind[number_at] += 1
            at += 1
        self.sorted: vec[i32] = ordered
        self.behind: vec[i32] = behind

    def first_of(self, flow: i64) -> i64:
        """Return where in ``sorted`` the cases of a flow begin, or would."""
        if flow == 0:
            return 0
        return i64(self.behind[flow - 1]) if flow < i64(len(self.behind)) else self.cases


class Journal:
    """The cases that took time or lost data, in the order of the capture, as columns.

    ``before`` is the row of the same flow before the case's: what looks back from there need not
    go through all that others sent meanwhile.
    Where there are many, looking through all of them for each flow would take too long:
    ``by_flow`` has those that came first in order of their flows.
    """

    def __init__(self) -> None:
        self.by_flow: CasesByFlow = CasesByFlow(vec[i32]())
        self.flow: vec[i32] = vec[i32]()
        self.row: vec[i32] = vec[i32]()
        self.before: vec[i32] = vec[i32]()
        self.key: vec[i16] = vec[i16]()
        self.cost: vec[i64] = vec[i64]()

    def __len__(self) -> int:
        return len(self.cost)

    def add_case(self, flow: i64, row: i64, before: i64, kind: i64, side: i64, cost: i64) -> None:
        """Append a case that ended in ``row``; a cost below 0 counts as none."""
        self.flow = append(self.flow, i32(flow))
        self.row = append(self.row, i32(row))
        self.before = append(self.before, i32(before))
        self.key = append(self.key, i16(kind << 1 | side))
        self.cost = append(self.cost, max(cost, 0))

    def retell_case(self, flow: i64, row: i64, key: i64, cause: i64, most: i64) -> i64:
        """Give the case of ``key`` that ended in ``row`` another cause, and ``most`` ns (-1: what
        it has), and return what it cost before, or 0 if there is none."""
        at = self.first_at(row)
        while at < i64(len(self.row)) and i64(self.row[at]) == row:
            if i64(self.flow[at]) == flow and i64(self.key[at]) == key:
                cost = self.cost[at]
                self.key[at] = i16(cause << 1 | key & 1)
                if most >= 0:
                    self.cost[at] = most
                return cost
            at += 1
        return 0

    def worst_between(self, flow: i64, first: i64, row: i64, key: i64) -> i64:
        """Return which of a flow's cases of ``key`` from row ``first`` to before ``row`` cost most;
        -1 for none."""
        found: i64 = -1
        at = self.first_at(row) - 1
        while at >= 0 and i64(self.row[at]) >= first:
            if (
                i64(self.flow[at]) == flow
                and i64(self.key[at]) == key
                and (found < 0 or self.cost[at] > self.cost[found])
            ):
                found = at
            at -= 1
        return found

    def last_between(self, flow: i64, first: i64, row: i64, key: i64) -> i64:
        """Return the row of a flow's last case of ``key`` from row ``first`` to before ``row``; -1
        for none."""
        at = self.first_at(row) - 1
        while at >= 0 and i64(self.row[at]) >= first:
            if i64(self.flow[at]) == flow and i64(self.key[at]) == key:
                return i64(self.row[at])
            at -= 1
        return -1

    def forget_cases(self, row: i64) -> None:
        """Let go of the older half, if all of it ended before ``row``."""
        half = i64(len(self.row)) >> 1
        if half > 0 and i64(self.row[half]) < row:
            self.flow = self.flow[half:]
            self.row = self.row[half:]
            self.before = self.before[half:]
            self.key = self.key[half:]
            self.cost = self.cost[half:]
            self.by_flow = CasesByFlow(vec[i32]())

    def first_at(self, row: i64) -> i64:
        """Return the number of the first case whose row is not before ``row``."""
        return lower_bound(self.row, row)

    def of_flow(self, flow: i64, first_row: i64, last_row: i64, most: i64) -> list[JournalCase]:
        """Return the cases of one flow between two rows, both included, but only the first ``most``
        of them."""
        found: list[JournalCase] = []
        at = self.first_at(first_row)
        stop = self.first_at(last_row + 1)
        if stop - at > FEW:
            return self.of_flow_sorted(flow, at, stop, most)
        while at < stop and i64(len(found)) < most:
            if i64(self.flow[at]) == flow:
                found.append(self.case_at(at))
            at += 1
        return found

    def of_flow_sorted(self, flow: i64, start: i64, stop: i64, most: i64) -> list[JournalCase]:
        """Return those cases of a flow, out of ``start`` … ``stop - 1``, that ``by_flow`` leads to,
        and those that came later."""
        by_flow = self.by_flow
        if stop - by_flow.cases > max(FEW, by_flow.cases // GROWN):
            by_flow = self.by_flow = CasesByFlow(self.flow)
        found: list[JournalCase] = []
        n = by_flow.first_of(flow)
        end = by_flow.first_of(flow + 1)
        while n < end and i64(len(found)) < most:
            at = i64(by_flow.sorted[n])
            if start <= at < stop:
                found.append(self.case_at(at))
            n += 1
        at = max(start, by_flow.cases)
        while at < stop and i64(len(found)) < most:
            if i64(self.flow[at]) == flow:
                found.append(self.case_at(at))
            at += 1
        return found

    def case_at(self, at: i64) -> JournalCase:
        """Return the case with this number."""
        key = i64(self.key[at])
        return JournalCase(
            int(self.row[at]),
            int(self.before[at]),
            int(key >> 1),
            int(key & 1),
            int(self.cost[at]),
        )
