"""Keeps many outstanding segments that are not in order, in a tree that is looked at from its top.

An acknowledgment takes off, cuts or leaves each entry by the rules of
:class:`~tcptui.engine.wireshark.outstanding.Outstanding`. Mostly all entries below a node of the
tree fare alike, which the range of their numbers tells: then none of them is touched, and what is
to be cut off them is noted at the node.

Whether one entry has all of a range is asked of the stairs of a node, where the question comes
often enough to pay for making them (:mod:`~tcptui.engine.wireshark.stairs`).
"""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.engine.sequence import HALF, MASK32, ge, gt, le, s32
from tcptui.engine.wireshark.stairs import Stairs, merged

CHUNK: Final = 32
HALF_BITS: Final = 31
NO_CUT: Final = -(1 << 61)
NOTHING: Final = 1 << 61
"""The lowest number of a node without entries; the highest is below zero as far."""
ROOT: Final = 1
PATIENCE: Final = 4
"""Questions for each chunk of a node, before its stairs are made."""


def frame_number(frame: i64) -> i64:
    """Return the frame of an entry, which is negative where its segment was sent again."""
    return -frame if frame < 0 else frame


class OutstandingChunks:
    """Entries in order of arrival: frame, start, end (raw sequence) and time (ns).

    Chunk ``c`` has ``used[c]`` entries from ``c * CHUNK`` on and is the leaf ``width + c`` of a
    binary tree, whose node ``n`` has the children ``2 * n`` and ``2 * n + 1``. The numbers of a
    node do not wrap: those of a chunk are counted on from its ``anchor``, and anchors from the
    chunk before. ``cut[n]`` is an acknowledgment that is still to be taken off the starts below
    ``n``; those of ``n`` itself show it already. ``least`` and ``most`` are the smallest start and
    the largest end as counted from ``base``.

    ``stairs[n]`` are of entries below ``n`` as they came, those since gone or cut among them, or
    None; ``patience[n]`` is how many questions are still answered without. An entry that comes
    sets both back.
    """

    def __init__(self) -> None:
        self.count: i64 = 0
        self.matched_frame: i64 = 0
        self.partial_frame: i64 = 0
        self.base: i64 = 0
        self.chunks: i64 = 0
        self.make_room(2)

    def make_room(self, width: i64) -> None:
        """Begin without any entry, with room for so many chunks."""
        self.width: i64 = width
        self.count = 0
        self.chunks = 0
        self.frame: vec[i32] = vec[i32]([0] * (width * CHUNK))
        self.start: vec[i32] = vec[i32]([0] * (width * CHUNK))
        self.end: vec[i32] = vec[i32]([0] * (width * CHUNK))
        self.time: vec[i64] = vec[i64]([0] * (width * CHUNK))
        self.used: vec[i32] = vec[i32]([0] * width)
        self.anchor: vec[i64] = vec[i64]([0] * width)
        nodes = 2 * width
        self.first_start: vec[i64] = vec[i64]([NOTHING] * nodes)
        self.last_start: vec[i64] = vec[i64]([-NOTHING] * nodes)
        self.first_end: vec[i64] = vec[i64]([NOTHING] * nodes)
        self.last_end: vec[i64] = vec[i64]([-NOTHING] * nodes)
        self.least: vec[i64] = vec[i64]([NOTHING] * nodes)
        self.most: vec[i64] = vec[i64]([-NOTHING] * nodes)
        self.cut: vec[i64] = vec[i64]([NO_CUT] * nodes)
        self.stairs: list[Stairs | None] = [None] * nodes
        self.patience: vec[i32] = vec[i32]([0] * nodes)

    # -- entries come --------------------------------------------------------------------------

    def add(self, frame: i64, start: i64, end: i64, time: i64) -> None:
        """Append a segment."""
        while self.chunks > 0 and self.used[self.chunks - 1] == 0:
            self.chunks -= 1
        chunk = self.chunks - 1
        if chunk < 0 or self.used[chunk] == CHUNK:
            if self.chunks == self.width:
                self.close_up()
            chunk = self.open_chunk(end)
        self.push_down_to(self.width + chunk)
        at = chunk * CHUNK + i64(self.used[chunk])
        self.frame[at] = i32(frame)
        self.start[at] = i32(s32(start))
        self.end[at] = i32(s32(end))
        self.time[at] = time
        self.used[chunk] += 1
        self.count += 1
        anchor = self.anchor[chunk]
        start = anchor + s32(start - anchor)
        end = anchor + s32(end - anchor)
        node = self.width + chunk
        patience = i32(PATIENCE)
        while node > 0:
            self.widen_node(node, start, end)
            self.stairs[node] = None
            self.patience[node] = patience
            patience *= 2
            node >>= 1

    def open_chunk(self, end: i64) -> i64:
        """Begin another chunk, with an entry that ends there, and return its number."""
        chunk = self.chunks
        before = self.anchor[chunk - 1] if chunk > 0 else end
        self.anchor[chunk] = before + s32(end - before)
        self.chunks = chunk + 1
        return chunk

    def widen_node(self, node: i64, start: i64, end: i64) -> None:
        """Note that there is an entry with these numbers below a node."""
        self.first_start[node] = min(self.first_start[node], start)
        self.last_start[node] = max(self.last_start[node], start)
        self.first_end[node] = min(self.first_end[node], end)
        self.last_end[node] = max(self.last_end[node], end)
        self.least[node] = min(self.least[node], (start - self.base) & MASK32)
        self.most[node] = max(self.most[node], (end - self.base) & MASK32)

    def close_up(self) -> None:
        """Fill the chunks again from the first on, with room for half as many more."""
        for node in range(ROOT, self.width):
            self.push_down(node)
        for chunk in range(self.chunks):
            self.settle_chunk(chunk)
        frame, start, end, time, used = self.frame, self.start, self.end, self.time, self.used
        chunks = self.chunks
        filled = (self.count + CHUNK - 1) // CHUNK
        width: i64 = 2
        while 2 * width < 3 * filled:
            width *= 2
        self.make_room(width)
        for chunk in range(chunks):
            for at in range(chunk * CHUNK, chunk * CHUNK + i64(used[chunk])):
                self.add(i64(frame[at]), i64(start[at]) & MASK32, i64(end[at]) & MASK32, time[at])

    # -- what is still to be cut ---------------------------------------------------------------

    def raise_starts(self, node: i64, ack: i64) -> None:
        """Let no entry below a node begin before ``ack``, which is less than half the number space
        away from each of them."""
        first = self.first_start[node]
        if ack <= first:
            return
        least = self.least[node]
        turn = first + ((least - (first - self.base)) & MASK32) - least
        if ack >= turn:  # else the entry with the smallest start begins behind `ack`
            self.least[node] = (ack - self.base) & MASK32
        self.first_start[node] = ack
        self.last_start[node] = max(self.last_start[node], ack)
        self.cut[node] = ack

    def push_down(self, node: i64) -> None:
        """Note at the children of a node what is to be cut."""
        ack = self.cut[node]
        if ack != NO_CUT:
            self.cut[node] = NO_CUT
            self.raise_starts(2 * node, ack)
            self.raise_starts(2 * node + 1, ack)

    def push_down_to(self, leaf: i64) -> None:
        """Cut the starts of a chunk for good, with nothing left to cut above it."""
        shift: i64 = 0
        while leaf >> shift > ROOT:
            shift += 1
        while shift > 0:
            self.push_down(leaf >> shift)
            shift -= 1
        self.settle_chunk(leaf - self.width)

    def settle_chunk(self, chunk: i64) -> None:
        """Cut the starts of a chunk for good."""
        leaf = self.width + chunk
        ack = self.cut[leaf]
        if ack == NO_CUT:
            return
        self.cut[leaf] = NO_CUT
        anchor = self.anchor[chunk]
        raised = i32(s32(ack))
        at = chunk * CHUNK
        stop = at + i64(self.used[chunk])
        while at < stop:
            if anchor + s32(i64(self.start[at]) - anchor) < ack:
                self.start[at] = raised
            at += 1

    # -- acknowledgments -----------------------------------------------------------------------

    def acknowledge(self, ack: i64) -> None:
        """Take off what ``ack`` covers; ``matched_frame`` and ``partial_frame`` as of the list."""
        self.matched_frame = 0
        self.partial_frame = 0
        self.acknowledge_below(ROOT, ack)

    def acknowledge_below(self, node: i64, ack: i64) -> None:
        """Treat all entries below a node alike, or else each child on its own."""
        first = self.first_start[node]
        if first == NOTHING:
            return
        ack = first + 1 + s32(ack - 1 - first)
        half = (ack - self.last_end[node]) >> HALF_BITS
        if half == (ack - self.first_end[node]) >> HALF_BITS:
            if half & 1 == 0:
                if self.matched_frame == 0:
                    self.matched_frame = self.frame_ending_at(node, ack)
                self.clear_node(node)
                return
            if ack - 1 - self.last_start[node] >= -HALF:
                if ack > first:
                    if self.partial_frame == 0:
                        self.partial_frame = self.frame_beginning_below(node, ack)
                    self.raise_starts(node, ack)
                return
        if node >= self.width:
            self.acknowledge_each(node - self.width, ack & MASK32)
        else:
            self.push_down(node)
            self.acknowledge_below(2 * node, ack)
            self.acknowledge_below(2 * node + 1, ack)
            self.join_children(node)

    def frame_ending_at(self, node: i64, ack: i64) -> i64:
        """Return the frame of the oldest entry below a node that ends at ``ack``, if it is the last
        end of them; else 0."""
        if (self.last_end[node] - ack) & MASK32 != 0:
            return 0
        while node < self.width:
            node *= 2
            if (self.last_end[node] - ack) & MASK32 != 0:
                node += 1
        at = (node - self.width) * CHUNK
        while (i64(self.end[at]) - ack) & MASK32 != 0:
            at += 1
        return i64(self.frame[at])

    def frame_beginning_below(self, node: i64, ack: i64) -> i64:
        """Return the frame of the oldest entry below a node that ``ack`` cuts, where there is one.

        What is still to be cut does not matter: it lies below ``ack`` too.
        """
        while node < self.width:
            node *= 2
            if self.first_start[node] >= ack:
                node += 1
        chunk = node - self.width
        anchor = self.anchor[chunk]
        at = chunk * CHUNK
        while anchor + s32(i64(self.start[at]) - anchor) >= ack:
            at += 1
        return i64(self.frame[at])

    def clear_node(self, node: i64) -> None:
        """Let all entries below a node go."""
        if self.first_start[node] == NOTHING:
            return
        self.forget_ranges(node)
        self.stairs[node] = None
        if node < self.width:
            self.clear_node(2 * node)
            self.clear_node(2 * node + 1)
        else:
            self.count -= i64(self.used[node - self.width])
            self.used[node - self.width] = 0

    def forget_ranges(self, node: i64) -> None:
        self.first_start[node] = NOTHING
        self.last_start[node] = -NOTHING
        self.first_end[node] = NOTHING
        self.last_end[node] = -NOTHING
        self.least[node] = NOTHING
        self.most[node] = -NOTHING
        self.cut[node] = NO_CUT

    def join_children(self, node: i64) -> None:
        """Take the ranges of a node from its children."""
        left = 2 * node
        right = left + 1
        self.first_start[node] = min(self.first_start[left], self.first_start[right])
        self.last_start[node] = max(self.last_start[left], self.last_start[right])
        self.first_end[node] = min(self.first_end[left], self.first_end[right])
        self.last_end[node] = max(self.last_end[left], self.last_end[right])
        self.least[node] = min(self.least[left], self.least[right])
        self.most[node] = max(self.most[left], self.most[right])

    def acknowledge_each(self, chunk: i64, ack: i64) -> None:
        """Treat each entry of a chunk by the rules."""
        self.settle_chunk(chunk)
        node = self.width + chunk
        self.forget_ranges(node)
        anchor = self.anchor[chunk]
        at = chunk * CHUNK
        stop = at + i64(self.used[chunk])
        kept = at
        while at < stop:
            start = i64(self.start[at]) & MASK32
            end = i64(self.end[at]) & MASK32
            if gt(end, ack):
                if gt(ack, start):
                    if self.partial_frame == 0:
                        self.partial_frame = i64(self.frame[at])
                    start = ack
                self.frame[kept] = self.frame[at]
                self.start[kept] = i32(s32(start))
                self.end[kept] = self.end[at]
                self.time[kept] = self.time[at]
                self.widen_node(node, anchor + s32(start - anchor), anchor + s32(end - anchor))
                kept += 1
            elif end == ack and self.matched_frame == 0:
                self.matched_frame = i64(self.frame[at])
            at += 1
        self.count -= stop - kept
        self.used[chunk] = i32(kept - chunk * CHUNK)

    # -- questions -----------------------------------------------------------------------------

    def first(self) -> i64:
        """Return where the oldest entry stands."""
        node: i64 = ROOT
        while node < self.width:
            node *= 2
            if self.first_start[node] == NOTHING:
                node += 1
        return (node - self.width) * CHUNK

    def span(self, base: i64) -> i64:
        """Return the distance from the smallest start to the largest end, each counted from
        ``base``."""
        if self.base != base:
            self.base = base
            self.close_up()
        return self.most[ROOT] - self.least[ROOT]

    def oldest_from(self, seq: i64) -> i64:
        """Return where the oldest entry stands that does not begin below ``seq``; -1 if all do."""
        return self.oldest_below(ROOT, seq)

    def oldest_below(self, node: i64, seq: i64) -> i64:
        """Return the same for the entries below a node."""
        first = self.first_start[node]
        if first == NOTHING or self.last_start[node] < first + s32(seq - first):
            return -1
        if node >= self.width:
            self.settle_chunk(node - self.width)
            return self.next_in_chunk((node - self.width) * CHUNK, seq)
        if self.cut[node] != NO_CUT:
            self.push_down(node)
        found = self.oldest_below(2 * node, seq)
        return found if found >= 0 else self.oldest_below(2 * node + 1, seq)

    def next_in_chunk(self, at: i64, seq: i64) -> i64:
        """Return the first entry from ``at`` on in its chunk that does not begin below ``seq``; -1
        if all do."""
        chunk = at // CHUNK
        stop = chunk * CHUNK + i64(self.used[chunk])
        while at < stop:
            if ge(i64(self.start[at]) & MASK32, seq):
                return at
            at += 1
        return -1

    def next_from(self, at: i64, seq: i64) -> i64:
        """Return the first entry behind one that was found which does not begin below ``seq``; -1
        if all do."""
        found = self.next_in_chunk(at + 1, seq) if (at + 1) % CHUNK != 0 else i64(-1)
        node = self.width + at // CHUNK
        while found < 0 and node > ROOT:
            if node & 1 == 0:
                found = self.oldest_below(node + 1, seq)
            node >>= 1
        return found

    def mark_covering(self, start: i64, end: i64) -> bool:
        """Return whether one entry has all of this range; the newest such one was sent again
        then."""
        return self.may_cover(ROOT, start, end) and self.mark_below(ROOT, start, end)

    def mark_below(self, node: i64, start: i64, end: i64) -> bool:
        """Do the same for the entries below a node, which may have one.

        Where the stairs of a node say yes and its newer half says no, it is the older half.
        """
        if node >= self.width:
            return self.mark_in_chunk(node - self.width, start, end)
        if self.cut[node] != NO_CUT:
            self.push_down(node)
        older = 2 * node
        if self.may_cover(older + 1, start, end):
            if self.mark_below(older + 1, start, end):
                return True
        elif self.stairs[node] is not None:
            return self.mark_below(older, start, end)
        return self.may_cover(older, start, end) and self.mark_below(older, start, end)

    def mark_in_chunk(self, chunk: i64, start: i64, end: i64) -> bool:
        """Do the same for the entries of a chunk."""
        if self.cut[self.width + chunk] != NO_CUT:
            self.settle_chunk(chunk)
        starts, ends = self.start, self.end
        at = chunk * CHUNK + i64(self.used[chunk])
        while at > chunk * CHUNK:
            at -= 1
            if ge(start, i64(starts[at]) & MASK32) and le(end, i64(ends[at]) & MASK32):
                self.frame[at] = i32(-frame_number(i64(self.frame[at])))
                return True
        return False

    def may_cover(self, node: i64, start: i64, end: i64) -> bool:
        """Return False where no entry below a node has all of this range.

        An entry that was cut begins later than its stairs say, one that is gone is there no more:
        the answer may be yes in vain.
        """
        first = self.first_start[node]
        if first == NOTHING:
            return False
        start = first + s32(start - first)
        end = self.first_end[node] + s32(end - self.first_end[node])
        behind_end = self.last_end[node] - end
        if behind_end < 0:
            return False
        if self.last_start[node] - start >= HALF:  # the comparison goes round
            return True
        if start < first:
            return False
        if behind_end >= HALF:
            return True
        stairs = self.stairs[node]
        if stairs is None:
            self.patience[node] -= 1
            if self.patience[node] > 0:
                return True
            stairs = self.stairs_of(node)
        return stairs.cover(start, end)

    def stairs_of(self, node: i64) -> Stairs:
        """Return the stairs of a node, and make them where there are none."""
        stairs = self.stairs[node]
        if stairs is None:
            if self.first_start[node] == NOTHING:
                return Stairs(0)
            if node < self.width:
                stairs = merged(self.stairs_of(2 * node), self.stairs_of(2 * node + 1))
            else:
                stairs = self.stairs_of_chunk(node - self.width)
            self.stairs[node] = stairs
        return stairs

    def stairs_of_chunk(self, chunk: i64) -> Stairs:
        """Return the stairs of the entries of a chunk; one that goes round may have anything."""
        anchor = self.anchor[chunk]
        ranges: list[tuple[i64, i64]] = []
        for at in range(chunk * CHUNK, chunk * CHUNK + i64(self.used[chunk])):
            start = anchor + s32(i64(self.start[at]) - anchor)
            end = anchor + s32(i64(self.end[at]) - anchor)
            ranges.append((start, end) if start <= end else (-NOTHING, NOTHING))
        ranges.sort()
        stairs = Stairs(i64(len(ranges)))
        for start, end in ranges:
            stairs.step(start, end)
        return stairs

    def end_of_run(self, ack: i64) -> i64:
        """Return the end of the entries that follow one another from ``ack`` on; ``ack`` if there
        are none."""
        end = ack
        at = self.oldest_from(ack)
        while at >= 0 and i64(self.start[at]) & MASK32 == end:
            end = i64(self.end[at]) & MASK32
            at = self.next_from(at, ack)
        return end if gt(end, ack) else ack
