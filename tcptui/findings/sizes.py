"""Sizes of segments: the largest that passed a path, the smallest that did not."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.packets import NO_ROW, SAME_PACKET
from tcptui.engine.sequence import MASK32, ge, gt, lt
from tcptui.engine.tcp_header import PSH
from tcptui.engine.timing.thresholds import MOST_OPTIONS, SMALL_WINDOW
from tcptui.engine.timing.windows import window_of
from tcptui.engine.wireshark.flags import RESENT
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.sides import SIDES
from tcptui.text.amounts import amount

MOST_SEGMENTS: Final = 256
"""Data segments of a side that are looked at: an MTU shows among the first large ones."""


LEAST_FULL: Final = 20
"""So many segments of a size make it the size of a full one."""
STRAY: Final = 24
"""Bytes below what a SYN allows, options not counted, that are no sign of anything."""


class Sizes:
    """Payloads (bytes) of one side's segments: the ``largest`` that was acknowledged and sent once,
    the ``smallest`` of those sent more than once as ``often`` as that; 0 for none."""

    def __init__(self, largest: int, smallest: int, often: int) -> None:
        self.largest = largest
        self.smallest = smallest
        self.often = often


def sizes_of(engine: Engine, flow: Flow, sender: Endpoint) -> Sizes:
    """Return which sizes of one side's segments passed, and which had to be sent again."""
    packets, index = engine.packets, i64(flow.index)
    server, last = sender is flow.server, i64(flow.last_row)
    row = max(i64(flow.first_row), packets.first) - 1
    acked = i64(sender.peer.highest_ack) & MASK32
    starts: list[int] = []
    sizes: list[int] = []
    again: list[bool] = []
    while len(starts) < MOST_SEGMENTS:
        row = row_search.following(packets, index, server, row, last, row_search.TAKES_SPACE)
        if row == NO_ROW:
            break
        length = packets.length(row)
        if length <= 0 or (packets.attributes(row) & SAME_PACKET) != 0:
            continue
        start = packets.seq(row)
        for at in range(len(starts) - 1, -1, -1):
            if gt((starts[at] + sizes[at]) & MASK32, start) and lt(starts[at], start + length):
                again[at] = True
            elif lt(starts[at], start):
                break
        starts.append(int(start))
        sizes.append(int(length))
        again.append(False)
    largest, smallest, often = 0, 0, 0
    for at in range(len(starts)):
        if again[at]:
            often += 1
            smallest = min(smallest, sizes[at]) if smallest else sizes[at]
        elif sizes[at] > largest and ge(acked, (starts[at] + sizes[at]) & MASK32):
            largest = sizes[at]
    return Sizes(largest, smallest, often)


def largest_since(
    engine: Engine, flow: Flow, sender: Endpoint, frame: int, resent: bool = False
) -> int:
    """Return the largest payload (bytes) that one side sent, or sent again (``resent``), behind a
    frame; 0 for none."""
    packets, index = engine.packets, i64(flow.index)
    server, last = sender is flow.server, i64(flow.last_row)
    row, largest, left = packets.row_of(i64(frame + 1)) - 1, 0, MOST_SEGMENTS
    while left > 0:
        row = row_search.following(packets, index, server, row, last, row_search.TAKES_SPACE)
        if row == NO_ROW:
            break
        left -= 1
        if not resent or packets.has_flag(row, RESENT):
            largest = max(largest, int(packets.length(row)))
    return largest


def is_below_its_mss(sender: Endpoint) -> bool:
    """Return whether a side's largest segments are smaller than both SYNs allow, though it sent so
    much that some must be full."""
    largest = i64(sender.largest_payload)
    if largest < SMALL_WINDOW or sender.unique_bytes < LEAST_FULL * largest:
        return False
    return largest < min(sender.mss, sender.peer.mss) - MOST_OPTIONS - STRAY


def clamped_mss(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a sender whose full segments are smaller than both SYNs allow, as they passed here: the
    other end's SYN told it less, or it knows of a smaller MTU.

    Who writes pieces of that size pushes each of them; and a small window makes segments small.
    """
    for side, sender in enumerate((flow.client, flow.server)):
        if not is_below_its_mss(sender):
            continue
        largest = int(sender.largest_payload)
        frames = full_segments(engine, flow, sender, largest)
        if frames is None:
            continue
        first, last, often = frames
        text = (
            f"the {SIDES[side]}'s full segments carry {amount(largest, 'byte')}, though both SYNs "
            f"allow {min(int(sender.mss), int(sender.peer.mss)):,} here: a box on the path has "
            f"lowered the MSS in the {SIDES[1 - side]}'s SYN, or the {SIDES[side]} knows of a "
            "smaller MTU on the path; a capture there would show the SYN as it came"
        )
        return kind.finding(often, (first, last), SIDES[side], None, text)
    return None


def full_segments(
    engine: Engine, flow: Flow, sender: Endpoint, length: int
) -> tuple[int, int, int] | None:
    """Return the first and the last frame of one side's segments of a length that are not pushed,
    and how many there are, if they are many, and the other side's window has room for more."""
    packets, index = engine.packets, i64(flow.index)
    server, end = sender is flow.server, i64(flow.last_row)
    row, first, last, often = max(i64(flow.first_row), packets.first) - 1, NO_ROW, NO_ROW, 0
    for _ in range(MOST_SEGMENTS):
        row = row_search.following(packets, index, server, row, end, row_search.TAKES_SPACE)
        if row == NO_ROW:
            break
        if packets.length(row) == length and not packets.has_header_flag(row, PSH):
            first, last, often = row if often == 0 else first, row, often + 1
    if often < LEAST_FULL // 2 or window_of(sender.peer) < 4 * length:
        return None
    return frame_of(engine, int(first)), frame_of(engine, int(last)), often
