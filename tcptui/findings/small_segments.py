"""Small segments: requests in pieces, tinygrams and the silly window."""

from typing import Final

from tcptui.engine.causes import Cause, CauseCount
from tcptui.engine.flow import Flow
from tcptui.findings.cause_findings import Counted, always, end_of, peer, who
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

MANY: Final = 50
SEVERAL: Final = 3


def where(tally: CauseCount) -> str:
    """`` (#12 to #90)``: the first and the last."""
    return (
        f" (#{tally.first} to #{tally.last})" if tally.last > tally.first else f" (#{tally.first})"
    )


def pieces_text(flow: Flow, tally: CauseCount) -> str:
    return (
        f"{who(tally)} wrote {amount(tally.count, 'request')} in pieces (write, write, read)"
        f"{where(tally)}: the second piece waited for the ACK of the first, "
        f"{duration(tally.cost)} in all, {duration(tally.cost // tally.count)} a turn; "
        "cure: one write, or TCP_NODELAY"
    )


def tiny_text(flow: Flow, tally: CauseCount) -> str:
    return (
        f"{who(tally)} sent {amount(tally.count, 'tiny segment')} of "
        f"{amount(round(tally.amount / tally.count), 'byte')} on average one behind the other"
        f"{where(tally)}: most of what is sent is headers; cure: larger writes, or a buffer"
    )


def is_stream(flow: Flow, tally: CauseCount) -> bool:
    """Many of them, and a good part of what this side sends."""
    return tally.count >= MANY and 4 * tally.count >= int(end_of(flow, tally).packets)


def silly_text(flow: Flow, tally: CauseCount) -> str:
    return (
        f"{who(tally)} offers windows so small that {peer(tally)} fills them with segments of "
        f"{amount(round(tally.amount / tally.count), 'byte')}, {amount(tally.count, 'time')}"
        f"{where(tally)}: silly window; its application reads bit by bit"
    )


def is_repeated(flow: Flow, tally: CauseCount) -> bool:
    return tally.count >= SEVERAL


SMALL: Final[dict[Cause, Counted]] = {
    Cause.WRITE_WRITE_READ: Counted("write_write_read", pieces_text, True, always),
    Cause.TINYGRAMS: Counted("tinygrams", tiny_text, False, is_stream),
    Cause.SILLY_WINDOW: Counted("silly_window", silly_text, False, is_repeated),
}
