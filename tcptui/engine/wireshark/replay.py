"""The rules run again over one flow's rows, to see what they decide about one of them, and why.

All that the rules read is in the columns but for the options. Of those, window scale comes with a
SYN; SACK blocks can only tell kinds of repetition apart, which no later segment depends on, or
turn a window update into a duplicate ACK, which the column shows. So the bytes of few packets are
read again: SYNs, the segment in question, and its peer's last one.
"""

from collections.abc import Callable
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.decode.header_search import header_length, locate_header
from tcptui.engine.engine import Engine
from tcptui.engine.flow import DUP_MARK, Endpoint, Flow
from tcptui.engine.packets import (
    BLOCK_BITS,
    BLOCK_MASK,
    BOGUS_HEADER,
    COMPLETENESS_MASK,
    COMPLETENESS_SHIFT,
    FROM_SERVER,
    NO_ROW,
    SCALE_SHIFT,
)
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import MASK32, ge, gt, s32
from tcptui.engine.tcp_header import ACK, FIN, SYN, TCP_MIN_HEADER
from tcptui.engine.tcp_options import window_shift
from tcptui.engine.wireshark.flags import DUPLICATE_ACK, REUSED_PORTS
from tcptui.engine.wireshark.mptcp import MptcpConnection
from tcptui.engine.wireshark.recorder import (
    FIRED,
    HANDSHAKE,
    OWN_HIGHEST,
    OWN_LAST,
    PEER_HIGHEST,
    PEER_LAST,
    PEER_LIMIT,
    PEER_MARK,
    THIS,
    Highest,
    Recorder,
)
from tcptui.engine.wireshark.segment_analysis import SegmentAnalysis

NOTHING: Final = -1

ROWS_GONE: Final = "the flow's first segments are gone"
BYTES_GONE: Final = "the bytes of #{} cannot be read again"
OTHER_FLAGS: Final = "the rules say otherwise of the rows that are left"


MOST_DUPLICATES: Final = 64
"""Duplicate ACKs of which it is known which they are."""
MOST_BEHIND: Final = 256
"""Flagged segments that are kept ready for a look back, once somebody looks back."""
LAST_ONES: Final = 16
"""And before that."""


class SidePast:
    """One side's past as far as the rules forget it, and in which rows it said what
    they remember."""

    def __init__(self) -> None:
        self.last_row: i64 = NO_ROW
        self.highest_row: i64 = NO_ROW
        self.highest: i64 = 0
        self.limit_row: i64 = NO_ROW
        self.limit: i64 = 0
        self.mark_row: i64 = NO_ROW
        self.duplicates: list[int] = []
        self.ack_field: i64 = NOTHING  # what the rules compare, with or without the ACK flag
        self.ack: i64 = NOTHING
        self.ack_before: i64 = NOTHING
        self.ack_rows: vec[i32] = vec[i32]()
        self.ack_values: vec[i32] = vec[i32]()
        self.ack_count: i64 = 0

    def follow_end(self, end: Endpoint, row: i64) -> None:
        """Look at ``end`` behind the segment in ``row``, whichever side sent it."""
        if i64(end.next_exp) != self.highest:
            self.highest = i64(end.next_exp)
            self.highest_row = row
        if i64(end.ack_limit) != self.limit:
            self.limit = i64(end.ack_limit)
            self.limit_row = row
        if i64(end.dup_count) & MASK32 != DUP_MARK:
            self.mark_row = NO_ROW
        elif self.mark_row == NO_ROW:
            self.mark_row = row

    def follow_sent(self, seg: Segment) -> None:
        """Look at a segment that the side has sent, behind the rules."""
        self.last_row = seg.row
        if seg.length < 0:
            return
        if seg.ack != self.ack_field:
            self.ack_field = seg.ack
            self.duplicates.clear()
        if (seg.flags & ACK) != 0:
            self.follow_ack(seg.ack, seg.row)
        if (seg.analysis & DUPLICATE_ACK) != 0:
            if len(self.duplicates) == MOST_DUPLICATES:
                self.duplicates.pop(0)
            self.duplicates.append(int(seg.row))

    def follow_ack(self, ack: i64, row: i64) -> None:
        """Keep since when the side has acknowledged what: where it goes back, no longer what lies
        above."""
        if ack == self.ack:
            return
        self.ack_before = self.ack
        self.ack = ack
        count = self.ack_count
        while count > 0 and gt(i64(self.ack_values[count - 1]) & MASK32, ack):
            count -= 1
        if count < i64(len(self.ack_rows)):
            self.ack_rows[count] = i32(row)
            self.ack_values[count] = i32(s32(ack))
        else:
            self.ack_rows = append(self.ack_rows, i32(row))
            self.ack_values = append(self.ack_values, i32(s32(ack)))
        self.ack_count = count + 1

    def acknowledged_since(self, number: i64) -> i64:
        """Return since which row all acknowledgments have been at least ``number`` (raw)."""
        at = self.ack_count
        while at > 0 and ge(i64(self.ack_values[at - 1]) & MASK32, number):
            at -= 1
        return NO_ROW if at == self.ack_count else i64(self.ack_rows[at])


class Replay:
    """One flow under the rules of its engine, as far as it has been taken.

    ``read(row)`` gives the captured bytes of a row's packet, or nothing. ``why_not`` says why
    there is nothing to tell of the last row, ``obstacle`` why of none any more. It goes on from
    the row that was asked last. Where an earlier row is asked it begins anew, and keeps what it
    meets before that row, so that going back step by step costs no more than going forward.
    """

    def __init__(self, engine: Engine, flow: Flow, read: Callable[[int], bytes]) -> None:
        self.engine: Engine = engine
        self.original: Flow = flow
        self.read: Callable[[int], bytes] = read
        self.header: HeaderLocation = HeaderLocation()
        self.header.captured = TCP_MIN_HEADER
        self.kept: dict[int, Recorder] = {}
        self.go_to_beginning()

    def go_to_beginning(self) -> None:
        """Go back to before the flow's first segment."""
        original = self.original
        self.analysis: SegmentAnalysis = SegmentAnalysis(self.engine.rules)
        self.segment: Segment = Segment()
        self.client: Endpoint = Endpoint(original.client.key)
        self.server: Endpoint = Endpoint(original.server.key)
        self.client.peer = self.server
        self.server.peer = self.client
        self.of_client: SidePast = SidePast()
        self.of_server: SidePast = SidePast()
        self.flow: Flow = Flow(i64(original.index), self.client, self.server, original.first_time)
        self.client.flow = self.flow
        self.server.flow = self.flow
        if original.mptcp is not None and self.engine.rules.knows_mptcp:
            self.flow.mptcp = MptcpConnection({})
        self.next: i64 = i64(original.first_row)
        self.most_kept: i64 = LAST_ONES
        self.why_not: str = ""
        self.obstacle: str = ""

    def decisions_at(self, row: i64) -> Recorder | None:
        """Return what the rules decide about a row of the flow; None where that cannot be told."""
        found = self.kept.get(int(row))
        if found is None:
            found = self.recorded(row)
        self.why_not = found.why_not
        return found if found.why_not == "" else None

    def recorded(self, row: i64) -> Recorder:
        """Take the rows up to one, and return what is decided about it."""
        kept_from = row
        if row < self.next:
            self.go_to_beginning()
            self.kept.clear()
            self.most_kept = MOST_BEHIND
            kept_from = self.flagged_before(row)
        packets = self.engine.packets
        if self.next < packets.first:
            self.obstacle = ROWS_GONE
        wanted = self.original.index
        at = self.next
        while at < row and self.obstacle == "":
            block = packets.blocks[at >> BLOCK_BITS]
            if block.flow[at & BLOCK_MASK] == wanted:
                if at >= kept_from and block.analysis[at & BLOCK_MASK] != 0:
                    self.keep_decisions(at)
                else:
                    self.replay_row(at, None)
            at += 1
        if self.obstacle != "":
            nothing = Recorder()
            nothing.why_not = self.obstacle
            return nothing
        self.next = row + 1
        return self.keep_decisions(row)

    def flagged_before(self, row: i64) -> i64:
        """Return the row from which on at most MOST_BEHIND flagged ones of the flow come before
        ``row``."""
        packets = self.engine.packets
        wanted = self.original.index
        at = row
        left: i64 = MOST_BEHIND
        while at > self.next and at > packets.first and left > 0:
            at -= 1
            block = packets.blocks[at >> BLOCK_BITS]
            i = at & BLOCK_MASK
            if block.flow[i] == wanted and block.analysis[i] != 0:
                left -= 1
        return at

    def keep_decisions(self, row: i64) -> Recorder:
        """Take one row through the rules, and keep what they decide about it."""
        recorder = Recorder()
        self.replay_row(row, recorder)
        found = 0 if self.analysis.options.aborted else self.segment.analysis
        if self.why_not == "" and found != self.engine.packets.analysis(row):
            self.why_not = OTHER_FLAGS
        recorder.why_not = self.why_not
        while i64(len(self.kept)) > self.most_kept:
            del self.kept[next(iter(self.kept))]
        self.kept[int(row)] = recorder
        return recorder

    def replay_row(self, row: i64, recorder: Recorder | None) -> None:
        """Take one row through the rules, with a recorder where somebody asks about it."""
        self.why_not = ""
        block = self.engine.packets.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        attributes = i64(block.attributes[i])
        from_server = (attributes & FROM_SERVER) != 0
        sender = self.server if from_server else self.client
        own = self.of_server if from_server else self.of_client
        of_peer = self.of_client if from_server else self.of_server
        seg = self.segment_at(row)
        created = row == i64(self.original.first_row)
        column = i64(block.analysis[i])
        at = self.header
        size: i64 = 0 if (attributes & BOGUS_HEADER) != 0 else TCP_MIN_HEADER
        if (seg.flags & SYN) != 0 or recorder is not None:
            found = self.read_again(row)
            if found is None and (seg.flags & SYN) != 0:
                self.obstacle = self.why_not
            if found is not None:
                at = found
                size = i64(header_length(found))
        if recorder is not None:
            seg.recorder = recorder
            self.read_blocks_of_peer(of_peer.last_row, sender.peer)
            self.name_sources(recorder, seg, own, of_peer)
        if created:
            self.begin_flow(attributes, column, seg)
        elif (seg.flags & SYN) != 0 and sender.base_known:
            self.analysis.meet_syn(sender, seg)
        self.correct(sender, seg, attributes, column)
        self.analysis.analyse_segment(at, size, self.flow, sender, seg, created)
        if recorder is None and (column & DUPLICATE_ACK) != 0:
            self.engine.rules.judge_sack(sender, seg)
        own.follow_sent(seg)
        own.follow_end(sender, row)
        of_peer.follow_end(sender.peer, row)

    def segment_at(self, row: i64) -> Segment:
        """Return the segment as its row has it."""
        block = self.engine.packets.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        seg = self.segment
        seg.clear()
        seg.recorder = None
        seg.row = row
        seg.frame = block.frame_at(i)
        seg.time = block.time.at(i)
        seg.seq = i64(block.seq[i]) & MASK32
        seg.ack = i64(block.ack[i]) & MASK32
        seg.window = block.window_at(i)
        seg.length = i64(block.length[i])
        seg.flags = i64(block.flags[i])
        seg.virt = 1 if (seg.flags & (SYN | FIN)) != 0 else 0
        return seg

    def begin_flow(self, attributes: i64, column: i64, seg: Segment) -> None:
        """Take from the column what the flow leaves that had the ports before."""
        self.flow.completeness = i16(attributes >> COMPLETENESS_SHIFT & COMPLETENESS_MASK)
        seg.analysis |= column & REUSED_PORTS
        if seg.recorder is not None and (column & REUSED_PORTS) != 0:
            seg.recorder.number("actual_raw", seg.seq, THIS).decide(REUSED_PORTS, FIRED)

    def correct(self, sender: Endpoint, seg: Segment, attributes: i64, column: i64) -> None:
        """Take from the columns what came from a packet that is not read, or from another flow: a
        window scale that no SYN had, and whether Multipath TCP excused a duplicate ACK."""
        shift = attributes >> SCALE_SHIFT & 15
        if shift != 0 and shift != window_shift(sender, seg):
            sender.scale = i16(shift)
        mptcp = self.flow.mptcp
        if mptcp is not None and self.engine.rules.knows_mptcp:
            seen = i64(sender.mptcp_seen)
            mptcp.subtypes = seen if (column & DUPLICATE_ACK) != 0 else seen ^ 1

    def read_again(self, row: i64) -> HeaderLocation | None:
        """Return the header in the packet's bytes; None where they do not hold it alone, as with a
        fragment.

        Where they are gone, the segment cannot be replayed, and behind a SYN none.
        """
        packet = self.read(int(row))
        if len(packet) == 0:
            self.why_not = BYTES_GONE.format(int(self.engine.packets.frame(row)))
            return None
        return locate_header(self.engine, int(row), packet)

    def read_blocks_of_peer(self, row: i64, peer: Endpoint) -> None:
        """Read the SACK blocks of the peer's last segment, which decide what a repetition is
        called."""
        if row == NO_ROW:
            return
        at = self.read_again(row)
        if at is None:
            return
        size = i64(header_length(at))
        if size <= TCP_MIN_HEADER or at.captured <= TCP_MIN_HEADER:
            return
        packets = self.engine.packets
        before = Segment()
        before.flags = packets.flags(row) & ~SYN
        before.seq = packets.seq(row)
        before.ack = packets.ack(row)
        scale = peer.scale
        mptcp = self.flow.mptcp
        self.analysis.options.read(at, size, self.flow, peer, peer.peer, before)
        peer.scale = scale
        self.flow.mptcp = mptcp

    def name_sources(self, recorder: Recorder, seg: Segment, own: SidePast, peer: SidePast) -> None:
        """Tell the recorder what was said before the segment, and in which frames."""
        frames = recorder.frames
        frames[THIS] = int(seg.frame)
        frames[OWN_LAST] = self.frame_of(own.last_row)
        frames[OWN_HIGHEST] = self.frame_of(own.highest_row)
        frames[PEER_LAST] = self.frame_of(peer.last_row)
        frames[PEER_HIGHEST] = self.frame_of(peer.highest_row)
        frames[PEER_LIMIT] = self.frame_of(peer.limit_row)
        frames[PEER_MARK] = (
            frames[THIS] if peer.mark_row == NO_ROW else self.frame_of(peer.mark_row)
        )
        frames[HANDSHAKE] = self.frame_of(i64(self.flow.irtt_row))
        recorder.own_highest = Highest(int(own.highest_row), int(own.highest & MASK32))
        recorder.peer_highest = Highest(int(peer.highest_row), int(peer.highest & MASK32))
        recorder.duplicates = peer.duplicates.copy()
        end = (seg.seq + seg.length) & MASK32
        recorder.acknowledged_row = int(peer.acknowledged_since(end))
        recorder.ack_before = int(own.ack if own.ack != seg.ack else own.ack_before)

    def frame_of(self, row: i64) -> int:
        """Return the frame of a row, 0 where there is none."""
        return 0 if row == NO_ROW else int(self.engine.packets.frame(row))
