"""Voices: segments in one endpoint's name that came by another way than its other ones.

The TTL tells: a box that answers in an endpoint's name sits at another distance. RSTs do not count,
which boxes forge; see :mod:`tcptui.engine.tcp_state.reset`.
"""

from typing import Final

from mypy_extensions import i16, i64

from tcptui.engine import row_search
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.packets import NO_ROW, Packets
from tcptui.engine.segment import Segment
from tcptui.engine.tcp_header import FIN, RST, SYN

MOST_VOICES: Final = 10_000
"""Endpoints with a second voice that are remembered."""
MIXED: Final = -1
SEVERAL: Final = 3
"""So many segments are hardly all forged."""


class Voice:
    """The segments that came in an endpoint's name with another TTL than most: ``ttl`` is that of
    all of it, or `MIXED`. ``syns`` counts segments with SYN, ``acks`` pure ACKs, ``data`` those
    with ``bytes`` of payload, ``first_frame`` and ``last_frame`` are those of the first and the
    last."""

    def __init__(self, ttl: i64, frame: i64) -> None:
        self.ttl: i64 = ttl
        self.packets: i64 = 0
        self.syns: i64 = 0
        self.acks: i64 = 0
        self.data: i64 = 0
        self.bytes: i64 = 0
        self.first_frame: i64 = frame
        self.last_frame: i64 = frame

    def add(self, frame: i64, flags: i64, length: i64) -> None:
        """Count a segment."""
        self.packets += 1
        self.last_frame = frame
        if length > 0:
            self.data += 1
            self.bytes += length
        elif (flags & SYN) != 0:
            self.syns += 1
        elif (flags & FIN) == 0:
            self.acks += 1


class Voices:
    """The second voices of a capture's endpoints, by flow << 1 | side."""

    def __init__(self, packets: Packets) -> None:
        self.packets: Packets = packets
        self.by_side: dict[int, Voice] = {}

    def note_other_ttl(self, sender: Endpoint, segment: Segment, ttl: i64) -> None:
        """Count a segment whose TTL is not that of its sender's first one."""
        if (segment.flags & RST) != 0:
            return
        key = key_of(sender)
        voice = self.by_side.get(key)
        if voice is None:
            if len(self.by_side) >= MOST_VOICES:
                return
            voice = Voice(ttl, segment.frame)
            self.by_side[key] = voice
        elif voice.ttl != ttl:
            voice.ttl = MIXED
        voice.add(segment.frame, segment.flags, segment.length)
        if voice.packets == SEVERAL and sender.packets == SEVERAL and voice.ttl != MIXED:
            self.by_side[key] = self.take_first_for_other(sender, voice)

    def take_first_for_other(self, sender: Endpoint, voice: Voice) -> Voice:
        """Return the voice of an endpoint's first segment, after which all came with one other
        TTL: that is the endpoint's own."""
        flow, packets = sender.flow, self.packets
        before = max(i64(flow.first_row), packets.first) - 1
        row = row_search.following(
            packets, i64(flow.index), sender is flow.server, before, i64(flow.last_row),
            row_search.ANY,
        )  # fmt: skip
        first = Voice(i64(sender.first_ttl), voice.first_frame)
        if row != NO_ROW:
            first.first_frame = packets.frame(row)
            first.add(packets.frame(row), packets.flags(row), packets.length(row))
        sender.first_ttl = i16(voice.ttl)
        return first

    def second_of(self, flow: Flow, side: int) -> Voice | None:
        """Return the second voice of one side of a flow, or None if all came with one TTL."""
        return self.by_side.get(int(flow.index) << 1 | side)

    def tells_of(self, flow: Flow) -> bool:
        """Return whether a side of a flow has a second voice."""
        if not self.by_side:
            return False
        key = i64(flow.index) << 1
        return int(key) in self.by_side or int(key | 1) in self.by_side

    def has_spoken(self, sender: Endpoint, ttl: i64) -> bool:
        """Return whether segments of ``sender`` came with this TTL, several or as many as with
        its first one's."""
        voice = self.by_side.get(key_of(sender))
        if voice is None or voice.ttl != ttl:
            return False
        return voice.packets >= SEVERAL or 2 * voice.packets >= i64(sender.packets)


def key_of(end: Endpoint) -> int:
    """Return the key of an endpoint."""
    flow = end.flow
    return int(i64(flow.index) << 1 | flow.side_of(end))
