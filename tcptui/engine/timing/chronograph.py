"""A chronograph tells what held a sender back, moment by moment, as its own kernel counts it.

Linux counts for each sender (`tcp_info`) how long the receive window had no room for its next
segment, and how long all that its send buffer took was on its way while its application wanted to
write. Here the same is read from the rows of one flow. They are taken as the sender sees them: an
acknowledgment counts from when it has reached the sender.

The time between two new segments has one cause. The window, if it had no room until shortly before
the second one. The application, if no acknowledgment released the second one. The send buffer, if
the sender had spread the segments before it by its own pace, so that its kernel saw the buffer run
dry. What is left is the path's and the congestion window's.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import SCALE_UNKNOWN, Endpoint, Flow
from tcptui.engine.packets import (
    BLOCK_BITS,
    BLOCK_MASK,
    FROM_SERVER,
    NO_ROW,
    REPEATS_BYTES,
    SAME_PACKET,
    Block,
    Packets,
)
from tcptui.engine.row_search import PUSHES, following
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.sequence import MASK32, gt, lt
from tcptui.engine.tcp_header import ACK, FIN, PSH, RST, SYN
from tcptui.engine.timing.last_piece import is_full, was_more_left
from tcptui.engine.timing.round_trips import longest_release, rtt_to
from tcptui.engine.timing.thresholds import (
    LARGEST_SEGMENT,
    MILLISECOND,
    SHORTEST_WAIT,
    SMALL_WINDOW,
)
from tcptui.engine.wireshark.flags import KEEP_ALIVE, RESENT, ZERO_WINDOW_PROBE

NOT_NEW: Final = RESENT | KEEP_ALIVE | ZERO_WINDOW_PROBE
PACED: Final = MILLISECOND // 3
"""ns; segments that follow each other more slowly, without an acknowledgment between them, are
sent by a pacing timer."""
AT_ONCE: Final = MILLISECOND // 5
"""ns; who sends this soon after an acknowledgment was waiting for it."""
PROMPT_SHARE: Final = 10
"""Or in one part of so many of the wait: a host may be slow to wake the application."""
JITTER: Final = 20
"""On the way to a distant sender and back, one part of so many of the round trip more."""
LONGEST_QUEUE: Final = 1_000 * MILLISECOND
"""Hardly any queue holds an acknowledgment longer."""
RELEASED_SHARE: Final = 4
"""A segment was released by an acknowledgment that came within the last of so many parts of the
wait, however slow its host is."""


class Rounds:
    """The round trips of a transfer, as columns: the row that began each, the most bytes that were
    on their way, how many bursts there were, how many of them ended with a push, how many ended a
    wait by following an acknowledgment at once, how many segments were sent again; and the time
    that neither window nor application explain (ns)."""

    def __init__(self) -> None:
        self.row: vec[i32] = vec[i32]()
        self.peak: vec[i64] = vec[i64]()
        self.bursts: vec[i32] = vec[i32]()
        self.pushed: vec[i32] = vec[i32]()
        self.prompt: vec[i32] = vec[i32]()
        self.resent: vec[i32] = vec[i32]()
        self.time: vec[i64] = vec[i64]()

    def begin_round(self, row: i64) -> None:
        """Begin another round with ``row``."""
        self.row = append(self.row, i32(row))
        self.peak = append(self.peak, i64(0))
        self.bursts = append(self.bursts, i32(0))
        self.pushed = append(self.pushed, i32(0))
        self.prompt = append(self.prompt, i32(0))
        self.resent = append(self.resent, i32(0))
        self.time = append(self.time, i64(0))


class Chronograph:
    """Goes over the rows of one flow once, with one side as its sender.

    From its first data to its last, each ns is that of the ``receive_window``, the ``send_buffer``,
    the ``application``, or the ``path`` and the congestion window; ``rounds`` has its round trips.
    Sequence numbers are raw: ``unacked`` and ``next`` are the ends of what is on its way, ``edge``
    is that of the window. ``room_since`` and ``room`` are the ``rooms`` moments since the last new
    segment at which the window moved, and its room from then on. ``paced`` is how long that segment
    came after the one before, if only a pacing timer can have sent it, else 0. ``slot`` is how long
    (ns) each byte took where a queue before this point let them through last. From
    ``queue_from`` to ``queue_until`` (ns) acknowledgments share their way with another transfer.
    """

    def __init__(self, packets: Packets, flow: Flow, from_server: bool) -> None:
        self.receive_window: i64 = 0
        self.send_buffer: i64 = 0
        self.application: i64 = 0
        self.path: i64 = 0
        self.rounds: Rounds = Rounds()
        self.packets: Packets = packets
        self.flow: Flow = flow
        self.from_server: bool = from_server
        sender = flow.server if from_server else flow.client
        self.sender: Endpoint = sender
        self.knows_window: bool = sender.peer.scale != SCALE_UNKNOWN
        self.way: i64 = rtt_to(flow, sender)
        if self.way < PACED:
            self.way = 0  # some ACKs take less than the handshake's did, and are answered at once
        self.patience: i64 = longest_release(flow, sender) - rtt_to(flow, sender)
        largest = i64(sender.largest_payload)
        self.largest: i64 = largest if SMALL_WINDOW < largest < LARGEST_SEGMENT else LARGEST_SEGMENT
        if 0 < i64(flow.mss) < self.largest:
            self.largest = i64(flow.mss)
        self.queue_from: i64 = 0
        self.queue_until: i64 = -1
        self.began: bool = False
        self.unacked: i64 = 0
        self.next: i64 = 0
        self.edge: i64 = 0
        self.edge_known: bool = False
        self.sent_at: i64 = 0
        self.sent_pushed: bool = False
        self.sent_length: i64 = 0
        self.length_before: i64 = 0
        self.slot: i64 = 0
        self.pushes: bool | None = None
        self.paced: i64 = 0
        self.heard_at: i64 = 0
        self.heard_since: bool = False
        self.heard_data: bool = False
        self.round_end: i64 = 0
        self.rooms: i64 = 0
        self.room_since: vec[i64] = vec[i64]()
        self.room: vec[i64] = vec[i64]()

    def measure_flow(self) -> None:
        """Go over all rows of the flow."""
        blocks = self.packets.blocks
        wanted = self.flow.index
        server: i64 = FROM_SERVER if self.from_server else 0
        acks: vec[i32] = vec[i32]()
        taken: i64 = 0
        row = i64(self.flow.first_row)
        last = i64(self.flow.last_row)
        while row <= last:
            block = blocks[row >> BLOCK_BITS]
            i = row & BLOCK_MASK
            row += 1
            if block.flow[i] != wanted or (i64(block.flags[i]) & (SYN | RST)) != 0:
                continue
            attributes = i64(block.attributes[i])
            if (attributes & SAME_PACKET) != 0:
                continue
            if (attributes & FROM_SERVER) != server:
                acks = append(acks, i32(row - 1))
                continue
            # What the sender had heard before it sent this.
            while taken < i64(len(acks)):
                at = i64(acks[taken])
                heard = blocks[at >> BLOCK_BITS]
                since = elapsed(block.time.at(i), heard.time.at(at & BLOCK_MASK))
                if since < self.way and not self.lacks_room(block, i):
                    break
                self.hear_receiver(heard, at & BLOCK_MASK)
                taken += 1
            self.send_segment(block, i, row - 1)

    def lacks_room(self, block: Block, i: i64) -> bool:
        """Return whether the sender cannot have sent a block's row ``i`` by the window it is known
        to have heard of: then it has heard more, however short its way was this time."""
        end = (i64(block.seq[i]) + i64(block.length[i])) & MASK32
        return self.began and self.edge_known and gt(end, self.edge)

    def hear_receiver(self, block: Block, i: i64) -> None:
        """Take what the other side sent in a block's row ``i``, as it reaches the sender."""
        if (i64(block.flags[i]) & ACK) == 0:
            return
        ack = i64(block.ack[i]) & MASK32
        edge = (ack + block.scaled_window_at(i)) & MASK32
        moved = not self.edge_known or edge != self.edge
        self.edge = edge
        self.edge_known = self.knows_window
        if not self.began:
            self.unacked = ack
            return
        self.heard_at = plus(block.time.at(i), self.way)
        self.heard_since = True
        self.heard_data = block.length[i] > 0
        if gt(ack, self.unacked):
            self.unacked = ack
        if self.edge_known and moved:
            self.note_room(self.heard_at)

    def note_room(self, time: i64) -> None:
        """Note how much room the window has from ``time`` on."""
        room: i64 = 0
        if gt(self.edge, self.next):
            room = (self.edge - self.next) & MASK32
        at = self.rooms
        if at == i64(len(self.room)):
            self.room_since = append(self.room_since, time)
            self.room = append(self.room, room)
        else:
            self.room_since[at] = time
            self.room[at] = room
        self.rooms = at + 1

    def send_segment(self, block: Block, i: i64, row: i64) -> None:
        """Take what the sender sent in a block's row ``i``, which is ``row`` of all."""
        length = i64(block.length[i])
        flags = i64(block.flags[i])
        space = length if (flags & FIN) == 0 else length + 1
        if space <= 0:
            return
        seq = i64(block.seq[i]) & MASK32
        time = block.time.at(i)
        end = (seq + space) & MASK32
        rounds = self.rounds
        if not self.began:
            self.began = True
            self.unacked = seq
            self.next = seq
            self.round_end = seq
        elif (
            not gt(end, self.next)
            or (i64(block.analysis[i]) & NOT_NEW) != 0
            or (i64(block.attributes[i]) & REPEATS_BYTES) != 0
        ):
            rounds.resent[len(rounds.resent) - 1] += 1
            return
        else:
            gap = self.flow.time_between(self.sent_at, time)
            if gap > 0:
                self.end_gap(time, gap, length)
            self.paced = gap if not self.heard_since and gap >= PACED else 0
        if not lt(self.unacked, self.round_end):
            rounds.begin_round(row)
            self.round_end = end
        self.next = end
        self.sent_at = time
        self.sent_pushed = (flags & PSH) != 0
        self.length_before = self.sent_length
        self.sent_length = length
        self.heard_since = False
        self.rooms = 0
        if self.edge_known:
            self.note_room(time)
        on_the_way = (end - self.unacked) & MASK32
        if on_the_way > rounds.peak[len(rounds.peak) - 1]:
            rounds.peak[len(rounds.peak) - 1] = on_the_way

    def end_gap(self, time: i64, gap: i64, length: i64) -> None:
        """Find the cause of the time since the last new segment, which another one ends."""
        late = self.flow.time_between(self.heard_at, time)
        is_released = self.heard_since and (late <= self.patience or late <= gap // RELEASED_SHARE)
        held = self.held_by_window(time, length)
        after = gap - held
        if held > 0 and (after <= self.patience or after <= gap // 2):
            paced = self.paced if self.paced < gap else 0
            self.receive_window = plus(self.receive_window, gap - paced)
            self.path = plus(self.path, paced)
            return
        if not is_released and gap > SHORTEST_WAIT:
            if self.has_more_to_send(gap, length) or self.may_be_queued(late):
                self.path = plus(self.path, gap)
                self.end_burst(late, gap)
            else:
                self.application = plus(self.application, gap)
            return
        has_paced = length > 0 and self.paced > 0 and self.sent_pushed
        if has_paced and is_released and not self.heard_data and not self.is_steady(gap, length):
            self.send_buffer = plus(self.send_buffer, gap)
        else:
            self.path = plus(self.path, gap)
        self.end_burst(late, gap)

    def has_more_to_send(self, gap: i64, length: i64) -> bool:
        """Return whether the sender had more to send when the last new segment left, so that the
        ``gap`` behind it, before one of ``length`` bytes, is not its application's: a queue before
        this point lets segments through one by one, however soon they are acknowledged.

        What took no longer for its bytes than such segments came at the same rate.
        """
        more_left = was_more_left(self.sender, self.sent_length, self.sent_pushed, gap)
        if more_left and (self.sent_pushed or self.does_push()):
            self.slot = ns_per_byte(gap, min(length, self.sent_length))
            return True
        return is_as_fast(ns_per_byte(gap, max(length, self.sent_length)), self.slot)

    def does_push(self) -> bool:
        """Return whether the sender pushes anything in this flow: of one that never does, a segment
        without it tells nothing."""
        if self.pushes is None:
            flow = self.flow
            before, last = i64(flow.first_row) - 1, i64(flow.last_row)
            found = following(self.packets, i64(flow.index), self.from_server, before, last, PUSHES)
            self.pushes = found != NO_ROW
        return self.pushes

    def may_be_queued(self, late: i64) -> bool:
        """Return whether the acknowledgment that released a segment may have come so ``late`` (ns)
        because it stood in a queue that another transfer filled meanwhile. Who stopped within a
        segment had written no more."""
        heard = elapsed(self.heard_at, self.way)
        return (
            self.heard_since
            and self.queue_from <= heard <= self.queue_until
            and late < LONGEST_QUEUE
            and is_full(self.sender, self.sent_length)
        )

    def is_steady(self, gap: i64, length: i64) -> bool:
        """Return whether the segment came no more slowly than the one before, ``gap`` ns behind it:
        what sets their pace goes on, and the buffer has not run dry."""
        usual = ns_per_byte(self.paced, min(self.sent_length, self.length_before))
        return is_as_fast(ns_per_byte(gap, max(length, self.sent_length)), usual)

    def end_burst(self, late: i64, gap: i64) -> None:
        """Count the end of a burst, if an acknowledgment came after it; ``late`` ns after that the
        next one begins."""
        rounds = self.rounds
        now = len(rounds.time) - 1
        rounds.time[now] = plus(rounds.time[now], gap)
        if not self.heard_since:
            return
        rounds.bursts[now] += 1
        if self.sent_pushed:
            rounds.pushed[now] += 1
        at_once = AT_ONCE + self.way // JITTER
        if not self.heard_data and (late <= at_once or late <= gap // PROMPT_SHARE):
            rounds.prompt[now] += 1

    def held_by_window(self, time: i64, length: i64) -> i64:
        """Return for how long, since the last new segment, the window had no room for the next one,
        of ``length`` bytes. What fills the window to its end was cut to it: a whole segment was
        waiting."""
        count = self.rooms
        need = self.largest
        if count > 0 and 0 < length < need and length != self.room[count - 1]:
            need = length
        held: i64 = 0
        n: i64 = 0
        while n < count:
            if self.room[n] < need:
                until = self.room_since[n + 1] if n + 1 < count else time
                held = plus(held, self.flow.time_between(self.room_since[n], until))
            n += 1
        return held


def ns_per_byte(gap: i64, length: i64) -> i64:
    """Return how long each of ``length`` bytes took."""
    return gap // length if length > 0 else 0


def is_as_fast(slot: i64, usual: i64) -> bool:
    """Return whether bytes took no longer than usual (ns each), or hardly so."""
    return 0 < slot <= usual + usual // 4
