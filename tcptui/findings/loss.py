"""Where segments were lost: after this point, before it, by the capture, or not at all.

A segment that is sent again was, for all its sender knows, lost. What passed here, what filled a
hole and what was acknowledged tell more; D-SACK (RFC 2883) and time stamps (RFC 3522) tell when
nothing was lost.
"""

from typing import Final

from tcptui.engine.causes import Cause, CauseCount
from tcptui.engine.flow import Flow
from tcptui.findings.cause_findings import (
    Counted,
    always,
    end_of,
    is_half_seen,
    peer,
    shows_gaps,
    who,
)
from tcptui.text.amounts import amount


def segments(tally: CauseCount) -> str:
    """``3 segments of the server (4,380 bytes)``."""
    size = f" ({amount(tally.amount, 'byte')})" if tally.amount > 0 else ""
    return f"{amount(tally.count, 'segment')} of {who(tally)}{size}"


def after_text(flow: Flow, tally: CauseCount) -> str:
    end = end_of(flow, tally)
    again = f"{segments(tally)} passed here and had to be sent again: "
    if is_half_seen(end):
        return again + (
            f"lost after this point, or refused by a closed window, or for nothing; nothing of "
            f"{peer(tally)} was captured that would tell which"
        )
    text = again + (
        f"lost between here and {peer(tally)}, or the ACK was; a capture at {peer(tally)} would "
        "tell which"
    )
    tries = int(end.unanswered_tries)
    return f"{text}; the last {tries} are unanswered" if tries > 1 else text


def before_text(flow: Flow, tally: CauseCount) -> str:
    text = (
        f"{segments(tally)} never passed here at first and came when sent again: "
        f"lost between {who(tally)} and here"
    )
    if not shows_gaps(end_of(flow, tally)):
        text += (
            "; likely, but not certain: they came too late for plain reordering, and there are no "
            "IP identifications to tell (IPv6, or a sender that does not count)"
        )
    return text


def capture_text(flow: Flow, tally: CauseCount) -> str:
    return (
        f"{amount(tally.amount, 'byte')} of {who(tally)} were acknowledged by {peer(tally)} but "
        f"never captured: the capture lost them, or they took another path; no loss in the network"
    )


def not_lost_text(flow: Flow, tally: CauseCount) -> str:
    return (
        f"{segments(tally)} sent again for nothing: {peer(tally)} had them already; "
        f"the ACK was late, or lost on its way back"
    )


def reordered_text(flow: Flow, tally: CauseCount) -> str:
    return f"{segments(tally)} came later than the ones sent after them, too soon to be sent again"


def twice_text(flow: Flow, tally: CauseCount) -> str:
    return f"{segments(tally)} captured twice within a moment: no retransmission"


LOSSES: Final[dict[Cause, Counted]] = {
    Cause.LOST_AFTER: Counted("loss_after_capture", after_text, False, always),
    Cause.LOST_BEFORE: Counted("loss_before_capture", before_text, False, always),
    Cause.CAPTURE_LOST: Counted("capture_loss", capture_text, False, always),
    Cause.NOT_LOST: Counted("not_lost", not_lost_text, False, always),
    Cause.REORDERED: Counted("reordered", reordered_text, False, always),
    Cause.CAPTURED_TWICE: Counted("captured_twice", twice_text, False, always),
}
