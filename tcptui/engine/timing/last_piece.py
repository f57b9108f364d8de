"""The last piece of what an application wrote: whether a segment emptied its sender's buffer.

The last segment in a send buffer is pushed (RFC 9293, section 3.8.4). Who leaves a full segment
without a push has more to send; so has who leaves several full ones for a network card to split, as
the end of what an application wrote hardly falls on the end of a segment.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import Endpoint
from tcptui.engine.timing.thresholds import (
    LARGEST_SEGMENT,
    MILLISECOND,
    MOST_OPTIONS,
    SMALL_WINDOW,
)

STAMP: Final = 12
"""Bytes that the time stamp takes of each segment (RFC 7323, appendix A)."""
LONGEST_SLOT: Final = 1_000 * MILLISECOND
"""What a network card joins or splits, 64 KB, passes sooner on all but the slowest links."""
LONGEST_UNSEEN_WAIT: Final = 10_000 * MILLISECOND
"""Queues, and timers after a loss that is not seen here, hold what is left hardly longer. There are
relays that push nothing, and pause for as long as who they speak for."""


def smallest_full_segment(sender: Endpoint) -> i64:
    """Return the number of bytes from which on Nagle's algorithm certainly holds nothing back: what
    the MSS leaves beside TCP's options. Where no SYN was captured, it is the sender's largest
    segment, unless a network card put that together from several, or it is too small to be a full
    one."""
    mss = i64(sender.flow.mss)
    if mss > SMALL_WINDOW:
        return mss - MOST_OPTIONS
    if SMALL_WINDOW < sender.largest_payload <= LARGEST_SEGMENT:
        return i64(sender.largest_payload)
    return SMALL_WINDOW


def was_more_left(sender: Endpoint, length: i64, pushed: bool, gap: i64) -> bool:
    """Return whether more was left to send behind a segment of ``length`` bytes, where the next one
    came ``gap`` ns later: then its application was not what it waited for."""
    if pushed:
        return gap < LONGEST_SLOT and is_joined(sender, length)
    return gap < LONGEST_UNSEEN_WAIT and length >= smallest_full_segment(sender)


def is_full(sender: Endpoint, length: i64) -> bool:
    """Return whether a payload is that of one full segment, or of several."""
    full = i64(sender.flow.mss)
    if full <= SMALL_WINDOW:
        full = LARGEST_SEGMENT
    return smallest_full_segment(sender) <= length <= full or is_joined(sender, length)


def is_joined(sender: Endpoint, length: i64) -> bool:
    """Return whether a payload is that of several full segments, with or without a time stamp in
    each."""
    full = i64(sender.flow.mss)
    if full <= SMALL_WINDOW:
        full = LARGEST_SEGMENT
    return length > full and (length % full == 0 or length % (full - STAMP) == 0)
