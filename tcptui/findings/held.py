"""The path held segments for a while: a delay spike, and the time-outs that it made for nothing."""

from typing import Final

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.engine.tcp_state.timers import SECOND
from tcptui.engine.timing.thresholds import STALL
from tcptui.findings.sides import peer, who
from tcptui.findings.waits import worst
from tcptui.text.durations import duration, waited

SHORT: Final = SECOND
"""Who waits no longer in all hardly notices."""


def spike_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"the path held {who(entry)}'s segments for {duration(entry.cost)}{worst(entry)}: they "
        "were sent before the silence, as their time stamps or their copies say, and came together "
        f"behind it; nothing was lost, and {who(entry)} was not idle; a radio link, a sleeping "
        "router or a queue does this"
    )


def spurious_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} {waited(entry.cost)} for nothing, until its retransmission timer ran out"
        f"{worst(entry)}: what it sent again had arrived, as {peer(entry)}'s D-SACK or echoed time "
        f"stamps say; its ACK was held or lost on the path; {who(entry)} slows down all the same"
    )


def is_short(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether nobody waited long for it: in all, or at once where it is no stall each
    time."""
    return entry.cost <= SHORT or entry.worst <= max(STALL, 2 * int(flow.irtt))
