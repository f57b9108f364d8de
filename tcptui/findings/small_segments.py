"""Small segments: requests in pieces, tinygrams and the silly window."""

from typing import Final

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry
from tcptui.findings.sides import endpoint_of, frames_of, peer, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration, waited

MANY: Final = 50
SEVERAL: Final = 3


def where(entry: LedgerEntry) -> str:
    """Return the first and the last frame in words: `` (#12 to #90)``."""
    return f" ({frames_of(entry)})"


def pieces_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} {waited(entry.cost)} for ACKs: it wrote "
        f"{amount(entry.count, 'request')} in pieces (write, write, read){where(entry)}, and the "
        f"second waited for the ACK of the first, {duration(entry.cost // entry.count)} a turn; "
        "cure: one write, or TCP_NODELAY"
    )


def tiny_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} sent {amount(entry.count, 'tiny segment')} of "
        f"{amount(round(entry.amount / entry.count), 'byte')} on average one behind the other"
        f"{where(entry)}: most of what is sent is headers; cure: larger writes, or a buffer"
    )


def is_stream(flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether there are many of them, and they are a good part of what this side sends."""
    return entry.count >= MANY and 4 * entry.count >= int(endpoint_of(flow, entry).packets)


def silly_text(_flow: Flow, entry: LedgerEntry) -> str:
    return (
        f"{who(entry)} offers windows so small that {peer(entry)} fills them with segments of "
        f"{amount(round(entry.amount / entry.count), 'byte')}, {amount(entry.count, 'time')}"
        f"{where(entry)}: silly window; its application reads bit by bit"
    )


def is_repeated(_flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the finding came several times."""
    return entry.count >= SEVERAL
