"""A limit is what holds a transfer back: this tells which, and for how long each held."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.timing.chronograph import Chronograph
from tcptui.findings.latest import Latest
from tcptui.findings.sides import SIDES
from tcptui.findings.waits import active_time, entries_of
from tcptui.text.amounts import percent
from tcptui.text.durations import duration

BULK: Final = 100_000
"""Payload bytes of one direction that make it a transfer, however fast it is."""
SLOW: Final = 10_000
"""So many do if it takes some time."""
LASTING: Final = 1_000_000_000
"""ns."""
MOST_PACKETS: Final = 300_000
"""A longer flow is not gone over again: its limits are those that its ledger has counted."""
MOST_FRAMES_APART: Final = 64
"""Nor is one whose packets lie further apart, on average: so the work does not grow with how many
flows there are at once."""

BUSY_PARTS: Final = 18
"""The busy time of a transfer leaves a twentieth of its bytes out at each end: one part in so many
of what is left."""

LIMITS: Final = ("receive_window", "send_buffer", "application", "congestion_window", "path")
"""The causes that a report names."""
WORTH_SAYING: Final = 0.005
"""Of the whole time: a smaller part explains nothing."""
WORDS: Final = {
    "receive_window": "receive window",
    "send_buffer": "send buffer",
    "application": "sender's application",
    "congestion_window": "congestion window after losses",
    "path": "path",
}


class Limit:
    """One cause that held a transfer back: a name of the report, its side, how long (ns)."""

    def __init__(self, cause: str, side: str | None, cost: int) -> None:
        self.cause: str = cause
        self.side: str | None = side
        self.cost: int = cost


NO_LIMITS: Final[list[Limit]] = []
"""What flows without limits share; it stays empty."""


class TransferLimits:
    """The limits that held a transfer of ``sender`` back, the longest first; ``rate`` in bytes a
    second."""

    def __init__(self, sender: str, rate: int, limits: list[Limit]) -> None:
        self.sender: str = sender
        self.rate: int = rate
        self.limits: list[Limit] = limits

    @property
    def text(self) -> str:
        """``the server's data at 1,200,000 bytes/s, limited by: path 1.2 s (60.0 %), …``."""
        total = max(sum(limit.cost for limit in self.limits), 1)
        named = ", ".join(
            f"{WORDS[limit.cause]} {duration(limit.cost)} ({percent(limit.cost, total)})"
            for limit in self.limits
            if limit.cost >= WORTH_SAYING * total
        )
        return f"the {self.sender}'s data at {self.rate:,} bytes/s, limited by: {named}"


def sender_of(flow: Flow) -> int:
    """Return the side that sent more."""
    return int(flow.server.unique_bytes >= flow.client.unique_bytes)


def is_transfer(flow: Flow) -> bool:
    """Return whether enough was sent one way to ask what held it back."""
    sent = max(flow.client.unique_bytes, flow.server.unique_bytes)
    return sent >= BULK or (sent >= SLOW and active_time(flow) >= LASTING)


def measure_transfer(engine: Engine, flow: Flow) -> Chronograph | None:
    """Return the chronograph of the transfer's sender, or None where the flow cannot be gone over:
    its rows are no longer all there, or there are too many, or too many between them."""
    packets = engine.packets
    first = i64(flow.first_row)
    if first == NO_ROW or first < packets.first or i64(flow.packets) > MOST_PACKETS:
        return None
    span = packets.frame(i64(flow.last_row)) - packets.frame(first)
    if span > i64(flow.packets) * MOST_FRAMES_APART:
        return None
    found = Chronograph(packets, flow, sender_of(flow) == 1)
    found.queue_from, found.queue_until = queued_behind(engine, flow)
    found.measure_flow()
    return found


def queued_behind(engine: Engine, flow: Flow) -> tuple[int, int]:
    """Return from when to when (ns) another transfer of the same client went the way of this one's
    acknowledgments, the longest there is; the end lies before the beginning where there is none."""
    longest, found = 0, (0, -1)
    if not engine.transfers.are_found(engine.packets, engine.flows, engine.share, engine.frames):
        return found
    own, down = engine.number_of(i64(flow.index)), sender_of(flow)
    for _, began, ended, is_download, number in engine.transfers.of_client(flow.client.address):
        first, last = max(began, int(flow.first_time)), min(ended, int(flow.last_time))
        if number != own and is_download != down and last - first > longest:
            left_out = (ended - began) // BUSY_PARTS
            longest, found = last - first, (began - left_out, ended + left_out)
    return found


LATEST: Final[Latest[Chronograph]] = Latest(measure_transfer)


def chronograph_of(engine: Engine, flow: Flow) -> Chronograph | None:
    """Return :func:`measure_transfer` of a flow, which is kept until another one is asked for."""
    return LATEST.of_flow(engine, flow)


def limits_of(engine: Engine | None, flow: Flow) -> TransferLimits | None:
    """Return what held the flow's transfer back, or None where there is none. Without an engine it
    is what the flow's ledger has counted."""
    if not is_transfer(flow):
        return None
    side = sender_of(flow)
    sender, receiver = SIDES[side], SIDES[1 - side]
    found = chronograph_of(engine, flow) if engine is not None else None
    if found is None:
        window, buffer, application, rest = counted_limits(flow, side)
    else:
        window, buffer = int(found.receive_window), int(found.send_buffer)
        application, rest = int(found.application), int(found.path)
    held = min(held_by_the_path(flow, side), application)
    application, rest = application - held, rest + held
    limits = [
        Limit("receive_window", receiver, window),
        Limit("send_buffer", sender, buffer),
        Limit("application", sender, application),
        Limit("congestion_window", sender, rest)
        if lost_any(flow, side)
        else Limit("path", None, rest),
    ]
    limits = [limit for limit in limits if limit.cost > 0]
    limits.sort(key=longest_first)
    end = flow.server if side else flow.client
    rate = int(end.unique_bytes) * 1_000_000_000 // active_time(flow)
    return TransferLimits(sender, rate, limits)


def counted_limits(flow: Flow, side: int) -> tuple[int, int, int, int]:
    """Return the times of window, send buffer, application and path as the ledger has them: closed
    and full windows, and idle time."""
    window = sum(
        entry.cost
        for entry in entries_of(flow)
        if entry.side != side
        and entry.kind in (LedgerKind.STALL_WINDOW_LIMITED, LedgerKind.STALL_ZERO_WINDOW)
    )
    application = int(flow.server_time if side else flow.client_time)
    return window, 0, application, max(active_time(flow) - application - window, 0)


def held_by_the_path(flow: Flow, side: int) -> int:
    """Return how long (ns) the path held what a side had sent: its application was not idle."""
    return sum(
        entry.cost
        for entry in entries_of(flow)
        if entry.side == side and entry.kind is LedgerKind.DELAY_SPIKE
    )


def lost_any(flow: Flow, side: int) -> bool:
    """Return whether data of this side was lost: then the congestion window was small for it."""
    return any(
        entry.side == side
        and entry.kind in (LedgerKind.LOSS_AFTER_CAPTURE, LedgerKind.LOSS_BEFORE_CAPTURE)
        for entry in entries_of(flow)
    )


def named_limits(engine: Engine | None, flow: Flow) -> list[Limit]:
    """Return what held the flow's transfer back, the longest first; nothing where there is none."""
    found = limits_of(engine, flow)
    return found.limits if found is not None else NO_LIMITS


def longest_first(limit: Limit) -> int:
    """Return the key that orders limits, the longest first."""
    return -limit.cost
