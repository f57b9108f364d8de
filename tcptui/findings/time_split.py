"""The time split of a flow says who used its time: one bar and one sentence."""

from collections.abc import Iterable
from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr

from tcptui.engine.flow import NOBODY, Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.saturation import plus
from tcptui.engine.tcp_state.states import SYN_DATA
from tcptui.findings.finding import BY_PATH, BY_TCP, Finding
from tcptui.findings.kinds import WAITS
from tcptui.findings.sides import SIDES
from tcptui.findings.waits import entries_of, kinds_of, wait_for_window
from tcptui.text.durations import duration, write_duration

LOST: Final = {
    LedgerKind.LOSS_AFTER_CAPTURE: "lost after this point",
    LedgerKind.LOSS_BEFORE_CAPTURE: "lost before this point",
    LedgerKind.CAPTURE_LOSS: "lost by the capture",
    LedgerKind.NOT_LOST: "not lost",
}
WORTH_NAMING: Final = 0.03
"""Of the whole time: a smaller part is left out of the sentence."""
MOST_PARTS: Final = 4
NO_ENTRIES: Final[list[LedgerEntry]] = []
"""What flows without a wait share; it stays empty."""


@mypyc_attr(acyclic=True, free_list_len=1)
class TimeSplit:
    """A flow's time from its first to its last segment by who used it, in ns: the client's and the
    server's application, TCP's timers and windows, the way, and idle after the last data, or after
    the handshake where none came.

    ``total`` is all of it, but for what the capture's clock ``jumped``, which is nobody's;
    ``waited`` is what TCP's timers and windows, and a path that held
    segments, took by their own count. ``kinds`` are those of its ledger, as bits.
    """

    def __init__(self, flow: Flow, total: i64) -> None:
        self.flow: Flow = flow
        self.total: i64 = total
        self.client: i64 = 0
        self.server: i64 = 0
        self.tcp: i64 = 0
        self.network: i64 = 0
        self.idle: i64 = total
        self.jumped: i64 = flow.skipped_between(flow.first_time, flow.last_time)
        self.waited: i64 = 0
        self.kinds: i64 = 0
        self.known_entries: list[LedgerEntry] | None = None

    @property
    def entries(self) -> list[LedgerEntry]:
        """The entries of the flow's ledger; none where no wait is among them."""
        if self.kinds & WAIT_BITS == 0:
            return NO_ENTRIES
        known = self.known_entries
        if known is None:
            known = entries_of(self.flow)
            self.known_entries = known
        return known

    def tcp_waits(self) -> list[LedgerEntry]:
        """Return the entries of what TCP's timers and windows made the flow wait."""
        if self.kinds & TCP_WAIT_BITS == 0:
            return NO_ENTRIES
        return [entry for entry in self.entries if is_among(entry, TCP_WAIT_BITS)]

    def take_from_idle(self, wanted: i64) -> i64:
        """Take ``wanted`` ns from the idle time that is left, or all of it, and return what was
        taken."""
        if wanted <= 0:
            return 0
        taken = wanted if wanted < self.idle else self.idle
        self.idle -= taken
        return taken

    def parts(self) -> list[int]:
        """Return the five parts: client, server, TCP, network, idle."""
        return [
            int(self.client),
            int(self.server),
            int(self.tcp),
            int(self.network),
            int(self.idle),
        ]


FIRST_PARTS: Final = [
    b"server ",
    b"client ",
    b"network ",
    b"idle after the last data ",
    b"after the last data ",
    b"idle ",
    b"without data ",
]
"""What the parts are called, and how idle time is of a flow in which somebody waited then, in
vain; the last two are of flows without data."""
FURTHER_PARTS: Final = [b", " + part for part in FIRST_PARTS]
PLAIN: Final = 4
SERVER: Final = 0
CLIENT: Final = 1
NETWORK: Final = 2
IDLE: Final = 3
NOT_IDLE: Final = 4
WITHOUT_DATA: Final = 2
"""How far on the names are of idle time in flows without data."""


def bits_of(kinds: Iterable[LedgerKind]) -> int:
    """Return kinds as a bit each: quicker to ask in compiled code than a dictionary."""
    return sum(1 << kind.value for kind in kinds)


WAIT_BITS: Final[i64] = bits_of(WAITS)
"""All waits."""
TCP_WAIT_BITS: Final[i64] = bits_of([kind for kind, wait in WAITS.items() if wait.by == BY_TCP])
"""What TCP's timers and windows made a flow wait."""
PATH_WAIT_BITS: Final[i64] = bits_of([kind for kind, wait in WAITS.items() if wait.by == BY_PATH])
"""What the path made it wait."""
LOST_BITS: Final[i64] = bits_of(LOST)
"""What the ledger has of losses."""
NEEDLESS_WAIT_BITS: Final[i64] = TCP_WAIT_BITS | PATH_WAIT_BITS
"""What neither side's application had to do with."""


def is_among(entry: LedgerEntry, bits: i64) -> bool:
    """Return whether the entry's kind is one of these bits."""
    return (bits >> i64(entry.number)) & 1 != 0


def time_split(flow: Flow) -> TimeSplit:
    """Return where the flow's time went, from its ledger and counters alone."""
    total = flow.time_between(flow.first_time, flow.last_time)
    split = TimeSplit(flow, total)
    ledger = flow.ledger
    by_tcp: i64 = 0
    if ledger is not None:
        split.kinds = kinds_of(ledger)
        by_tcp = ledger.cost_of_kinds(TCP_WAIT_BITS)
        by_tcp = plus(by_tcp, wait_for_window(flow, ledger.client))
        by_tcp = plus(by_tcp, wait_for_window(flow, ledger.server))
        split.waited = plus(by_tcp, ledger.cost_of_kinds(PATH_WAIT_BITS))
    split.server = split.take_from_idle(flow.server_time)
    split.client = split.take_from_idle(flow.client_time)
    split.tcp = split.take_from_idle(by_tcp)
    split.network = split.take_from_idle(flow.active_time() - (total - split.idle))
    return split


def has_data(flow: Flow) -> bool:
    """Return whether any data was captured; the byte of a keep-alive is none."""
    client, server = flow.client, flow.server
    return (
        flow.last_data_side != NOBODY
        or client.has(SYN_DATA)
        or server.has(SYN_DATA)
        or client.unique_bytes > 1
        or server.unique_bytes > 1
    )


def cost_at(split: TimeSplit, waits: list[LedgerEntry], place: i64) -> i64:
    """Return the cost (ns) of the part with this place: server, client, network, idle, or behind
    them a wait."""
    if place == SERVER:
        return split.server
    if place == CLIENT:
        return split.client
    if place == NETWORK:
        return split.network
    if place == IDLE:
        return split.idle
    return i64(waits[place - PLAIN].cost)


def longest_part(split: TimeSplit, waits: list[LedgerEntry], named: i64) -> i64:
    """Return the place of the longest part without those that are ``named``, a bit for each; of
    equal ones that of the first. There are fewer kinds of waits than bits."""
    place: i64 = SERVER
    most: i64 = -1
    if named >> SERVER & 1 == 0:
        most = split.server
    if split.client > most and named >> CLIENT & 1 == 0:
        place, most = CLIENT, split.client
    if split.network > most and named >> NETWORK & 1 == 0:
        place, most = NETWORK, split.network
    if split.idle > most and named >> IDLE & 1 == 0:
        place, most = IDLE, split.idle
    at: i64 = PLAIN
    for entry in waits:
        if i64(entry.cost) > most and named >> at & 1 == 0:
            place, most = at, i64(entry.cost)
        at += 1
    return place


def write_parts(
    out: BytesWriter, split: TimeSplit, told: list[Finding] | None, in_vain: bool
) -> None:
    """Write the parts of the time that are worth naming, the longest first; of equal ones the
    applications' come before the way's, and waits last."""
    waits = split.tcp_waits()
    least = WORTH_NAMING * float(split.total)
    one: i64 = 1
    named: i64 = 0
    number: i64 = 0
    while number < MOST_PARTS:
        place = longest_part(split, waits, named)
        cost = cost_at(split, waits, place)
        if float(cost) <= least:
            return
        if place < PLAIN:
            called = place
            if in_vain and place == IDLE:
                called = NOT_IDLE
            if place == IDLE and not has_data(split.flow):
                called += WITHOUT_DATA
            out.write(FURTHER_PARTS[called] if number > 0 else FIRST_PARTS[called])
            write_duration(out, cost)
            if place == NETWORK and split.kinds & PATH_WAIT_BITS != 0:
                out.write(path_text(split.entries).encode())
        else:
            if number > 0:
                out.write(b", ")
            out.write(wait_text(waits[place - PLAIN], split.entries, told).encode())
        named |= one << place
        number += 1


def wait_text(entry: LedgerEntry, entries: list[LedgerEntry], told: list[Finding] | None) -> str:
    """Return a wait in words: ``RTO ×2 1.0 s (lost after this point, #812)``."""
    name = WAITS[entry.kind].words.format(side=SIDES[entry.side])
    times = f" ×{entry.count}" if entry.kind is not LedgerKind.STALL_WINDOW_LIMITED else ""
    where = lost_words(entries, entry, told) if entry.kind is LedgerKind.STALL_RTO else ""
    return f"{name}{times} {duration(entry.cost)}{where}"


def path_text(entries: list[LedgerEntry]) -> str:
    """Return what of the network's time the path held segments for: `` (held by the path ×1
    700 ms)``."""
    held = [entry for entry in entries if is_among(entry, PATH_WAIT_BITS)]
    if not held:
        return ""
    number, cost = sum(entry.count for entry in held), sum(entry.cost for entry in held)
    return f" ({WAITS[held[0].kind].words} ×{number} {duration(cost)})"


def lost_words(entries: list[LedgerEntry], timer: LedgerEntry, told: list[Finding] | None) -> str:
    """Return where it was lost what a timer sent again: `` (lost after this point, #812)``; the
    frame alone where the findings that are ``told`` have another cause for it."""
    lost = what_was_lost(entries, timer)
    if lost is None or not (told is None or is_told(lost, told)):
        return f" (#{timer.worst_frame})"
    return f" ({LOST[lost.kind]}, #{timer.worst_frame})"


def is_told(entry: LedgerEntry, told: list[Finding]) -> bool:
    """Return whether one of the findings is what the ledger has counted there."""
    name, side = entry.kind.name.lower(), SIDES[entry.side]
    return any(finding.kind == name and finding.side == side for finding in told)


def what_was_lost(entries: list[LedgerEntry], timer: LedgerEntry) -> LedgerEntry | None:
    """Return what the ledger has of a side's loss about its longest time-out, or else of most of
    what it sent again."""
    frame = timer.worst_frame
    losses = [one for one in entries if is_among(one, LOST_BITS) and one.side == timer.side]
    about = [one for one in losses if one.first <= frame <= one.last]
    return max(about or losses, key=lambda one: one.count, default=None)


def split_text(split: TimeSplit, told: list[Finding] | None = None) -> str:
    """Return what :func:`write_split` writes of a flow in which nobody waited in vain."""
    out = BytesWriter()
    write_split(out, split, told, in_vain=False)
    return out.getvalue().decode()


def write_split(
    out: BytesWriter, split: TimeSplit, told: list[Finding] | None, in_vain: bool
) -> None:
    """Write the time split on one line, and not another one than the findings ``told`` beside it;
    ``in_vain`` where somebody waited for what never came.

    As in ``4.1 s: server 2.9 s, RTO ×2 1.0 s (lost after this point, #812), network 0.2 s``.
    """
    if split.total == 0:
        out.write(b"no time")
    else:
        write_duration(out, split.total)
        out.write(b": ")
        write_parts(out, split, told, in_vain)
    if split.jumped > 0:
        out.write(b"; not counted: ")
        write_duration(out, split.jumped)
        out.write(b" in which the capture's clock jumps")


def worst_wait(split: TimeSplit) -> LedgerEntry | None:
    """Return what made the flow wait longest at once; its ``worst`` and ``worst_frame`` say how
    long and which frame ended it."""
    if split.kinds & WAIT_BITS == 0:
        return None
    worst: LedgerEntry | None = None
    for entry in split.entries:
        if is_among(entry, WAIT_BITS) and (worst is None or entry.worst > worst.worst):
            worst = entry
    return worst if worst is not None and worst.worst > 0 else None
