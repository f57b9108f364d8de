"""Finds in which portions of its file the packets of each flow lie, and what the analysis made of
them, in short.

A portion is a part of the file that begins with a record: who reads those of one flow need not read
the others.
"""

from collections.abc import Sequence
from typing import Final

from librt.strings import BytesWriter, write_i16_be, write_i32_be
from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.events import Events
from tcptui.engine.flow import Flow
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, Packets
from tcptui.engine.sequence import MASK32, s32

NONE: Final = -1
FNV_PRIME: Final = 0x01000193
"""Of the hash of Fowler, Noll and Vo, here over whole numbers."""
MOST_PORTIONS: Final = 64
"""Of one flow; where one lies farther apart, nothing is said of it."""
MOST_SEGMENTS: Final = 20_000
"""Of one flow; a longer one takes too long to be analysed while somebody waits."""


def mixed(digest: i64, value: i64) -> i64:
    """Return a digest of 32 bits with one more value."""
    return ((digest ^ value & MASK32 ^ value >> 32 & MASK32) * FNV_PRIME) & MASK32


class FlowPortions:
    """The portions of each of so many flows. ``frames[n]`` is how many packets of the capture come
    before portion ``n``.

    The digest of a flow is over what the analysis found of its rows and over its events: who
    analyses it once more finds the same, or not.
    """

    def __init__(self, flows: int, frames: Sequence[int]) -> None:
        self.frames: Sequence[int] = frames
        self.at: i64 = NONE
        self.end: i64 = frames[0]  # frames of the portion at hand and those before it
        self.digest: vec[i64] = vec[i64]([0] * flows)
        self.last: vec[i32] = vec[i32]([NONE] * flows)  # of a flow, the index of its last portion
        self.portion: vec[i32] = vec[i32]()
        self.before: vec[i32] = vec[i32]()  # the index of the flow's portion before that

    def take_rows(self, packets: Packets, start: i64, stop: i64) -> None:
        """Take rows in their order."""
        row = start
        while row < stop:
            block = packets.blocks[row >> BLOCK_BITS]
            i = row & BLOCK_MASK
            if block.frame_at(i) > self.end:
                self.go_to_portion(block.frame_at(i))
            flow = i64(block.flow[i])
            last = self.last[flow]
            if last < 0 or i64(self.portion[i64(last)]) != self.at:
                self.last[flow] = i32(len(self.portion))
                self.portion = append(self.portion, i32(self.at))
                self.before = append(self.before, last)
            digest = mixed(self.digest[flow], i64(block.analysis[i]))
            digest = mixed(digest, i64(block.states[i]) << 32 | i64(block.attributes[i]) & MASK32)
            digest = mixed(digest, i64(block.acks[i]) << 32 | i64(block.in_flight[i]) & MASK32)
            self.digest[flow] = digest
            row += 1

    def go_to_portion(self, frame: i64) -> None:
        """Go on to the portion that has a frame."""
        count: i64 = len(self.frames)
        while frame > self.end and self.at < count - 1:
            self.at += 1
            self.end = i64(self.frames[self.at + 1]) if self.at + 1 < count else MASK32

    def take_events(self, events: Events) -> None:
        """Take all events, behind all rows."""
        i: i64 = 0
        while i < i64(len(events.flow)):
            flow = i64(events.flow[i])
            digest = mixed(self.digest[flow], events.time[i])
            digest = mixed(digest, events.value[i])
            self.digest[flow] = mixed(digest, i64(events.kind[i]) << 8 | i64(events.side[i]))
            i += 1

    def digest_of(self, flow: int) -> int:
        """Return the digest of a flow."""
        return int(self.digest[flow])

    def portions_of(self, flow: Flow) -> list[int]:
        """Return a flow's portions in order; none of a flow that is not to be analysed alone."""
        found: list[int] = []
        if flow.packets > MOST_SEGMENTS or flow.mptcp is not None:
            return found
        at = i64(self.last[i64(flow.index)])
        while at >= 0 and len(found) <= MOST_PORTIONS:
            found.append(int(self.portion[at]))
            at = i64(self.before[at])
        found.reverse()
        return found if len(found) <= MOST_PORTIONS else []

    def written(self, flow: Flow) -> bytes:
        """Return what there is to know of a flow, as bytes: its ports, its segments, the flow
        before on the same ports, the digest, the portions."""
        out = BytesWriter()
        key = flow.client.key
        out.append(len(key))
        out.write(key)
        write_i32_be(out, flow.packets)
        write_i32_be(out, flow.before)
        write_i32_be(out, i32(s32(self.digest[i64(flow.index)])))
        found = self.portions_of(flow)
        write_i16_be(out, i16(len(found)))
        for one in found:
            write_i32_be(out, i32(one))
        return out.getvalue()
