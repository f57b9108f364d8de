"""A flow waits: each silence has its cause, and the findings are what they add up to."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import KIND_BITS, Ledger, LedgerEntry, LedgerKind
from tcptui.engine.sequence import MASK32, gt
from tcptui.engine.tcp_state.states import ACK_OUT, FIN_OUT
from tcptui.engine.timing.pending import Pending
from tcptui.engine.timing.thresholds import LONGEST_BACK_OFF, LONGEST_DELAYED_ACK, STALL
from tcptui.findings.capture_point import is_taken_at
from tcptui.findings.finding import CLOSE, VainWait
from tcptui.findings.sides import SIDES, endpoint_of, is_peer_unseen, peer, tries_in_vain, who
from tcptui.text.amounts import amount, percent, times
from tcptui.text.durations import duration, waited

ZERO_WINDOW: Final = int(LedgerKind.STALL_ZERO_WINDOW)
"""The kind as a number: asking a member of an enumeration for its value is slow."""
MOST_STALLS: Final = 10_000
SEVERAL: Final = 3
"""So many repetitions in a row are not all lost."""
LARGE_SHARE: Final = 0.2
"""Of the transfer's time: less is not worth a word where no single wait is long."""


class Stall:
    """One wait: from ``start`` to ``end`` (ns since the epoch), when ``frame`` ended it; its
    ``cost`` (ns) is without a jump of the capture's clock between."""

    def __init__(
        self, kind: LedgerKind, side: str, start: int, end: int, cost: int, frame: int
    ) -> None:
        self.kind = kind
        self.side = side
        self.start = start
        self.end = end
        self.cost = cost
        self.frame = frame


def stalls_of(engine: Engine, flow: Flow) -> list[Stall]:
    """Return the waits of a flow in order, at most the first MOST_STALLS."""
    cases = engine.time_accounting.journal.of_flow(
        i64(flow.index), i64(flow.first_row), i64(flow.last_row), MOST_STALLS
    )
    packets = engine.packets
    return [
        Stall(
            case.kind,
            SIDES[case.side],
            int(flow.moment_before(packets.time(case.row), case.cost)),
            int(packets.time(case.row)),
            case.cost,
            int(packets.frame(case.row)),
        )
        for case in cases
        if case.cost > 0 and case.row >= packets.first
    ]


def entries_of(flow: Flow) -> list[LedgerEntry]:
    """Return the entries of a flow's ledger, with a window that is still closed counted up to the
    flow's last segment."""
    ledger = flow.ledger
    if ledger is None:
        return []
    entries = ledger.entries()
    if ledger.client is None and ledger.server is None:
        return entries
    for side, pending in enumerate((ledger.client, ledger.server)):
        if pending is None or not is_window_probed(pending):
            continue
        lasted = int(wait_for_window(flow, pending))
        sender = flow.client if side else flow.server
        frame = int(sender.next_exp_frame)
        probes = int(pending.window_probes)
        entries.append(
            LedgerEntry(ZERO_WINDOW, side, 1, frame, frame, lasted, lasted, frame, probes)
        )
    return entries


def kinds_of(ledger: Ledger) -> i64:
    """Return the kinds of the entries that :func:`entries_of` returns, as bits."""
    kinds = ledger.kinds()
    if is_window_probed(ledger.client) or is_window_probed(ledger.server):
        kinds |= KIND_BITS[ZERO_WINDOW]
    return kinds


def is_window_probed(pending: Pending | None) -> bool:
    """Return whether a side's window is closed, and the other side has asked since."""
    return pending is not None and pending.window_closed_since != 0 and pending.window_probes != 0


def wait_for_window(flow: Flow, pending: Pending | None) -> i64:
    """Return how long (ns) a side's window has been closed, and probed, up to the flow's last
    segment; 0 where it is not."""
    if pending is None or not is_window_probed(pending):
        return 0
    return flow.time_between(pending.window_closed_since, flow.last_time)


def active_time(flow: Flow) -> int:
    """Return the time from the first segment to the last data, in ns; never 0."""
    return max(int(flow.active_time()), 1)


def transfer_time(flow: Flow) -> int:
    """Return the active time without that in which the flow waited for an application, in ns; never
    0."""
    waited = int(flow.server_time) + int(flow.client_time)
    return max(active_time(flow) - waited, 1)


def worst(entry: LedgerEntry) -> str:
    """Return how often, and the longest case: ``, 3 times, the longest 0.8 s before #812``."""
    if entry.count == 1:
        return f" before #{entry.worst_frame}"
    return (
        f", {times(entry.count)}, the longest {duration(entry.worst)} before #{entry.worst_frame}"
    )


def rto_text(flow: Flow, entry: LedgerEntry) -> str:
    doubt = (
        f"; or {peer(entry)}'s window was closed"
        if is_peer_unseen(endpoint_of(flow, entry))
        else ""
    )
    return (
        f"{who(entry)} {waited(entry.cost)} for its retransmission timer"
        f"{in_a_row(entry)}{worst(entry)}{doubt}{never_heard_again(flow, entry)}"
    )


def repeated_in_vain(flow: Flow, entry: LedgerEntry) -> VainWait | None:
    """Return what is missing where a side repeated itself until the end and the other, which had
    been heard before, said nothing any more."""
    end = endpoint_of(flow, entry)
    peer = end.peer
    if tries_in_vain(end) < SEVERAL or peer.packets == 0 or not peer.has(ACK_OUT):
        return None
    if end.highest_known and gt(int(end.highest) & MASK32, int(peer.highest_ack) & MASK32):
        return VainWait("data", by_peer=True) if entry.side else VainWait("answer")
    return VainWait(CLOSE) if end.has(FIN_OUT) else None


def never_heard_again(flow: Flow, entry: LedgerEntry) -> str:
    """Return in words that a side repeated itself to the end and heard nothing."""
    if repeated_in_vain(flow, entry) is None:
        return ""
    return f"; in vain, nothing more came back from {peer(entry)}"


def in_a_row(entry: LedgerEntry) -> str:
    """Return how often a timer ran out in a row, where it did more than once."""
    return f" (up to {entry.amount} timeouts in a row)" if entry.amount > 1 else ""


def zero_text(flow: Flow, entry: LedgerEntry) -> str:
    probes = f" ({amount(entry.amount, 'probe')} by {peer(entry)})" if entry.amount else ""
    return (
        f"{peer(entry)} {waited(entry.cost)} for {who(entry)}'s closed window"
        f"{worst(entry)}{probes}: {why_full(flow, entry)}"
    )


def why_full(flow: Flow, entry: LedgerEntry) -> str:
    """Return in words why a receive buffer was full: one that is soon empty again tells nothing of
    the application, and nor does a side that was not heard since."""
    if is_silent_since(flow, entry):
        return (
            f"{who(entry)} was not heard since it closed it, and answered none of them: it, or the "
            "way to it, is gone"
        )
    if entry.worst > STALL:
        return f"{who(entry)}'s application does not read"
    return f"{who(entry)}'s receive buffer was full for a moment"


def is_silent_since(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether a window is still closed, and several probes of it had no answer."""
    ledger = flow.ledger
    if ledger is None:
        return False
    pending = ledger.server if entry.side else ledger.client
    return (
        pending is not None
        and pending.window_probes >= SEVERAL
        and pending.window_closed_since == endpoint_of(flow, entry).last_time
    )


def limited_text(flow: Flow, entry: LedgerEntry) -> str:
    lasted = transfer_time(flow)
    share = percent(min(entry.cost, lasted), lasted)
    return (
        f"{peer(entry)} {waited(entry.cost)} ({share} of the transfer) for room "
        f"in {who(entry)}'s receive window: it is too small for this round trip, or read slowly"
    )


def nagle_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} {waited(entry.cost)} for {peer(entry)}'s delayed ACK"
        f"{worst(entry)}: it held back a small segment (Nagle); "
        f"cure: TCP_NODELAY at {who(entry)}, or one write for each message"
    )


def idle_text(flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)}'s application sent nothing for {duration(entry.cost)}"
        f"{worst(entry)}{held_back(flow, entry)}{or_lost(flow, entry)}"
    )


def held_back(flow: Flow, entry: LedgerEntry) -> str:
    """Return in words whether anything was in the sender's way, if that can be known."""
    if is_peer_unseen(endpoint_of(flow, entry)):
        return f", or waited for something that {peer(entry)} sent, of which nothing was captured"
    if is_taken_at(flow, entry.side):
        return ", though nothing held it back"
    return ", though nothing held it back, as seen from here"


def think_text(flow: Flow, entry: LedgerEntry) -> str:
    act = "answer" if flow.client.bytes > 0 else "speak"
    return (
        f"{peer(entry)} {waited(entry.cost)} for {who(entry)}'s application to "
        f"{act}{worst(entry)}; the way there and back is not counted"
        f"{or_lost(flow, entry)}"
    )


def late_ack_text(_flow: Flow, entry: LedgerEntry) -> str:
    how = (
        f"no host delays an ACK so long: the way to {who(entry)} or back was late, or an ACK was "
        "lost"
        if entry.worst > LONGEST_DELAYED_ACK
        else f"either the way there or back was late, or {who(entry)}'s application, whose host "
        "delayed the ACK meanwhile"
    )
    return (
        f"{peer(entry)} {waited(entry.cost)} for {who(entry)}'s first ACK of what it had sent"
        f"{worst(entry)}; the usual way there and back is not counted; {how}"
    )


def or_lost(_flow: Flow, entry: LedgerEntry) -> str:
    """Return in words the doubt that stands where silences are as long as a timer's, and a loss
    before this point would leave no trace."""
    if entry.amount == 0 or entry.worst > LONGEST_BACK_OFF:
        return ""
    which = "it was" if entry.amount == entry.count else "some of it was"
    return f"; or {which} lost before this point and sent again, which shows only in IPv4 numbers"


def is_single(_flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the wait came once: what an application does each time, if at all, is worth a
    note then."""
    return entry.count == 1


def is_short(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the waits cost something, but neither a stall nor much of the time."""
    return not is_long(flow, entry)


def is_long(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether one wait is a stall of its own, or all of them make up much of the transfer's
    time."""
    limit = max(STALL, 2 * int(flow.irtt))
    if entry.worst > limit:
        return True
    return entry.cost > limit and entry.cost > LARGE_SHARE * transfer_time(flow)
