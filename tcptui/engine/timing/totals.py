"""Running totals: where each flow's time goes and where its segments were lost, in the one pass.

A flow *goes on* when new data passes, or data is sent again. Between two such moments it waits,
and each wait has one cause: a timer, a closed or small window, a delayed acknowledgment, or an
application. The ordinary segment, data or acknowledgment in order, costs a few comparisons;
everything else is in functions of its own. What is not over yet is kept in
:class:`~tcptui.engine.timing.pending.Pending`, and the flow is marked by ``alert`` meanwhile.

``sender`` sent the segment, ``receiver`` is its peer. Times are ns, sequence numbers raw.
"""

from typing import Final

from librt.strings import read_i16_be
from librt.vecs import append, pop
from mypy_extensions import i16, i32, i64

from tcptui.engine.copies import Copies
from tcptui.engine.flow import SCALE_UNKNOWN, Endpoint, Flow
from tcptui.engine.ledger import Journal, Ledger, LedgerKind
from tcptui.engine.packets import Packets
from tcptui.engine.rounds import first_data, last_part_acknowledged, sent_since
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import MASK32, ge, gt, le, lt, s32
from tcptui.engine.tcp_header import ACK, RST, SYN
from tcptui.engine.tcp_options import Options
from tcptui.engine.tcp_state.facts import BEGAN_INSIDE
from tcptui.engine.timing.pending import Pending
from tcptui.engine.timing.time_stamps import NO_STAMP, echo_of, stamp_of
from tcptui.engine.wireshark.flags import (
    ACK_LOST_SEGMENT,
    KEEP_ALIVE,
    OUT_OF_ORDER,
    RESENT,
    SPURIOUS_RETRANSMISSION,
    WINDOW_FULL,
    ZERO_WINDOW,
    ZERO_WINDOW_PROBE,
)

MILLISECOND: Final = 1_000_000
STALL: Final = 200 * MILLISECOND
"""A silence longer than this, and than two round trips, is a stall."""
NOTICEABLE: Final = 4 * MILLISECOND
"""A shorter wait is not asked for its cause."""
PROMPT: Final = 3 * MILLISECOND
"""So soon after what it waited for a host sends, besides the way."""
SHORTEST_DELAYED_ACK: Final = 20 * MILLISECOND
LONGEST_DELAYED_ACK: Final = 600 * MILLISECOND
"""RFC 1122 allows 500 ms; Linux takes 40, many others 200."""
SAME_PACKET: Final = 10 * MILLISECOND
"""With the sender's last IP identification again it is the same packet, not the data again."""
REORDERING: Final = 3 * MILLISECOND
"""How late a reordered segment may be where no round trip was measured, or where the IP
identification tells that it was sent after those that came before it."""
TINY: Final = 128
TINY_RUN: Final = 8
TINY_PAUSE: Final = 20 * MILLISECOND
"""Who sends tiny segments more slowly may be a typist."""
SMALL_WINDOW: Final = 536
"""A smaller window takes no full segment on any path."""
LARGEST_SEGMENT: Final = 1460
"""Payload of an Ethernet frame; more may be several segments."""
MOST_ROUND: Final = 64
"""Largest segments; a larger window is hardly filled in one round."""
MOST_SKIPPED: Final = 8
FURTHEST_BACK: Final = 0x10000 - 4096
"""A step between IP identifications that goes back so far at most was sent before the last one."""
LITTLE_BACK: Final = 0x10000 - 64
"""The same where the last two did not follow each other."""
LONGEST_BACK_OFF: Final = 8_000 * MILLISECOND
BEGINNING: Final = 1_000 * MILLISECOND
"""So soon after a capture began inside a connection, losses before it are still repaired."""
MOST_OPEN: Final = 32
LONGEST: Final = 2_000_000_000
LONGEST_WAY: Final = 1 << 58
"""ns; some times as much still fits in 64 bits."""
HALF: Final = 1 << 31
"""Relative numbers from here on lie before the beginning of the capture."""
MATTERS: Final = (
    RESENT
    | OUT_OF_ORDER
    | ACK_LOST_SEGMENT
    | KEEP_ALIVE
    | WINDOW_FULL
    | ZERO_WINDOW
    | ZERO_WINDOW_PROBE
)
CLIENT: Final = 0
SERVER: Final = 1
UNKNOWN: Final = 0
"""No cause: what happened was before the capture began."""

# Kinds as numbers: asking a member of an enumeration for its value is slow.
CAPTURED_TWICE: Final = int(LedgerKind.CAPTURED_TWICE)
CAPTURE_LOST: Final = int(LedgerKind.CAPTURE_LOSS)
DELAYED_ACK_NAGLE: Final = int(LedgerKind.STALL_DELAYED_ACK_NAGLE)
LOST_AFTER: Final = int(LedgerKind.LOSS_AFTER_CAPTURE)
LOST_BEFORE: Final = int(LedgerKind.LOSS_BEFORE_CAPTURE)
NOT_LOST: Final = int(LedgerKind.NOT_LOST)
REORDERED: Final = int(LedgerKind.REORDERED)
RTO: Final = int(LedgerKind.STALL_RTO)
SENDER_IDLE: Final = int(LedgerKind.STALL_SENDER_IDLE)
SERVER_THINK: Final = int(LedgerKind.STALL_SERVER_THINK)
SILLY_WINDOW: Final = int(LedgerKind.SILLY_WINDOW)
SYN_RETRY: Final = int(LedgerKind.HANDSHAKE_RETRY)
TINYGRAMS: Final = int(LedgerKind.TINYGRAMS)
WINDOW_LIMITED: Final = int(LedgerKind.STALL_WINDOW_LIMITED)
WRITE_WRITE_READ: Final = int(LedgerKind.WRITE_WRITE_READ)
CLOSED_WINDOW: Final = int(LedgerKind.STALL_ZERO_WINDOW)


def side_of(flow: Flow, end: Endpoint) -> i64:
    return SERVER if end is flow.server else CLIENT


def plus_micros(micros: i64, ns: i64) -> i64:
    """A sum of microseconds that fits its field."""
    total = micros + ns // 1000
    if total < LONGEST:
        return total
    return LONGEST


def near(flow: Flow, end: Endpoint) -> i64:
    """From here to one end and back, in ns: by the handshake or its fastest acknowledgment;
    0 if nothing tells."""
    best: i64 = 0
    if flow.split >= 0:
        best = i64(flow.split) * 1000
        if end is flow.client:
            best = elapsed(flow.irtt, best)
    fastest = i64(end.fastest_ack) * 1000
    if fastest >= 0 and (best <= 0 or fastest < best):
        best = fastest
    if best > LONGEST_WAY:
        return LONGEST_WAY
    return best if best > 0 else 0


def shortest_repair(flow: Flow) -> i64:
    """How soon at least after a hole passed here its repair can pass, in ns: the hole must reach
    the receiver and its duplicate ACK the sender."""
    client = near(flow, flow.client)
    server = near(flow, flow.server)
    if client > 0 and server > 0:
        return (client + server) * 7 // 8
    return flow.irtt if flow.irtt > 0 else REORDERING


def soonest_repetition(flow: Flow) -> i64:
    """What passes again sooner, in ns, is the same packet captured twice: nobody sends anything
    again before half a round trip is over."""
    client = near(flow, flow.client)
    server = near(flow, flow.server)
    if client > 0 and server > 0:
        return (client + server) // 2
    return flow.irtt // 2 if flow.irtt > 0 else MILLISECOND


def window_of(end: Endpoint) -> i64:
    """The window that it offered last, in bytes."""
    if end.scale > 0 and not end.no_scale_yet:
        return i64(end.last_window) << i64(end.scale)
    return i64(end.last_window)


class TimeAccounting:
    """Keeps the totals of all flows; each case goes to ``journal`` too."""

    def __init__(self, packets: Packets) -> None:
        self.packets: Packets = packets
        self.copies: Copies = Copies(packets)
        self.journal: Journal = Journal()
        self.stall: i64 = STALL
        self.skipped: i64 = 0
        self.step: i64 = 0  # from the sender's last IP identification to this one; 0: unknown

    def note(
        self,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        seg: Segment,
        at: HeaderLocation,
        options: Options,
        returns: bool,
        row: i64,
    ) -> None:
        """Take a segment; ``returns`` says that some of its bytes passed here before."""
        self.skipped = 0
        self.step = 0
        if (at.data[at.ip] >> 4) == 4:
            self.count_identification(sender, i64(read_i16_be(at.data, at.ip + 4)))
        if flow.alert or (seg.analysis & MATTERS) != 0 or (seg.flags & SYN) != 0:
            went_on = self.take_oddity(flow, sender, receiver, seg, at, options, returns, row)
            flow.alert = still_open(flow)
            if not went_on:
                return
        if seg.length > 0:
            wait = elapsed(seg.time, flow.mark)
            talker = side_of(flow, sender)
            if flow.talker != talker:
                self.turn(flow, sender, receiver, seg, wait, row)
            elif wait > NOTICEABLE:
                self.pause(flow, sender, receiver, seg, wait, row)
            flow.mark = seg.time
            if seg.length > i64(sender.largest):
                sender.largest = i32(seg.length)
            if seg.length < TINY:
                self.count_tiny(flow, sender, seg, wait, row)
            elif sender.tiny != 0:
                sender.tiny = 0
            self.watch_window(flow, sender, receiver, seg)
        if seg.acks_frame != 0 and seg.acks_frame == i64(receiver.next_exp_frame):
            self.measure_ack(sender, seg, elapsed(seg.time, receiver.next_exp_time))

    def measure_ack(self, sender: Endpoint, seg: Segment, delay: i64) -> None:
        """The latest data was acknowledged after ``delay``; an answer, which may have waited for
        its application, tells no more than that it can be done so soon."""
        if delay < 0 or (seg.length > 0 and sender.fastest_ack < 0):
            return
        if sender.fastest_ack < 0 or delay < i64(sender.fastest_ack) * 1000:
            sender.fastest_ack = i32(plus_micros(0, delay))

    # Saying

    def totals_of(self, flow: Flow) -> Ledger:
        totals = flow.ledger
        if totals is None:
            totals = Ledger()
            flow.ledger = totals
        return totals

    def open_of(self, flow: Flow, end: Endpoint) -> Pending:
        """What is not over yet at ``end``; the flow is on the alert from now."""
        totals = self.totals_of(flow)
        flow.alert = True
        found = totals.server if end is flow.server else totals.client
        if found is None:
            found = Pending()
            if end is flow.server:
                totals.server = found
            else:
                totals.client = found
        return found

    def say(
        self, flow: Flow, end: Endpoint, cause: i64, seg: Segment, cost: i64, amount: i64, row: i64
    ) -> None:
        """Count one case of ``cause`` on ``end``."""
        side = side_of(flow, end)
        self.totals_of(flow).add_case(cause, side, seg.frame, cost, amount)
        self.journal.add_case(i64(flow.index), row, cause, side, cost)

    def threshold(self, flow: Flow) -> i64:
        """How long a wait must be to be a stall."""
        longest = plus(flow.irtt, flow.irtt)
        return longest if longest > self.stall else self.stall

    def count_identification(self, sender: Endpoint, number: i64) -> None:
        """How many IP identifications were skipped, if the sender counts them one by one; -1 if
        this is the one before again."""
        step = (number - i64(sender.ip_id)) & 0xFFFF
        was_in_step = sender.in_step
        if step >= (FURTHEST_BACK if was_in_step else LITTLE_BACK) and number != 0:
            self.step = step
            return
        sender.ip_id = i16(number)
        sender.in_step = step == 1
        if was_in_step:
            self.step = step
        if step == 0 or (was_in_step and step <= MOST_SKIPPED):
            self.skipped = step - 1

    # Going on

    def turn(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, wait: i64, row: i64
    ) -> None:
        """The other side begins to send: all but the way to it and back was its application,
        if what came before passed here."""
        think = elapsed(wait, near(flow, sender)) if receiver.packets != 0 else 0
        stalled = think > self.threshold(flow)
        if stalled:
            arriving = last_part_acknowledged(self.packets, flow, row, sender is flow.server)
            if arriving > 0 and elapsed(seg.time, arriving) < think:
                think = elapsed(seg.time, arriving)
                stalled = think > self.threshold(flow)
        if stalled and self.was_lost_unseen(flow, sender, seg, wait, row):
            think = 0
            stalled = False
        if sender is flow.server:
            if flow.talker == CLIENT:
                flow.turns += 1
                self.end_request(flow, receiver, seg, row)
            if think > 0:
                flow.server_time = i32(plus_micros(i64(flow.server_time), think))
            if stalled:
                self.say(flow, sender, SERVER_THINK, seg, think, may_hide(sender), row)
        else:
            if think > 0:
                flow.client_time = i32(plus_micros(i64(flow.client_time), think))
            if stalled:
                self.say(flow, sender, SENDER_IDLE, seg, think, may_hide(sender), row)
        flow.talker = i16(side_of(flow, sender))
        sender.tiny = 0

    def end_request(self, flow: Flow, asker: Endpoint, seg: Segment, row: i64) -> None:
        """An answer comes; whether its request was written in pieces that waited."""
        totals = flow.ledger
        if totals is None:
            return
        pieces = totals.server if asker is flow.server else totals.client
        if pieces is not None and pieces.held_back != 0:
            self.say(flow, asker, WRITE_WRITE_READ, seg, pieces.held_back, 0, row)
            pieces.held_back = 0

    def was_lost_unseen(
        self, flow: Flow, sender: Endpoint, seg: Segment, wait: i64, row: i64
    ) -> bool:
        """After a silence as of a timer, data that looks new but was sent before: the sender
        numbers its IP packets one by one, and one or more did not pass here."""
        if self.skipped <= 0 or wait > LONGEST_BACK_OFF:
            return False
        self.say(flow, sender, LOST_BEFORE, seg, 0, seg.length, row)
        self.say(flow, sender, RTO, seg, wait, self.skipped, row)
        return True

    def pause(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, wait: i64, row: i64
    ) -> None:
        """The same side goes on after a wait: an acknowledgment released it, or it had nothing
        to send."""
        heard = receiver.last_time
        if heard > flow.mark and elapsed(seg.time, heard) <= released_within(flow, sender):
            late = elapsed(elapsed(heard, flow.mark), near(flow, receiver))
            small = seg.length < smallest_full(sender)
            all_acked = i64(receiver.last_ack) & MASK32 == seg.first_byte()
            if (
                small
                and all_acked
                and not sender.eager
                and SHORTEST_DELAYED_ACK <= late <= LONGEST_DELAYED_ACK
                and is_delayed_ack(flow, receiver, late)
            ):
                self.say(flow, sender, DELAYED_ACK_NAGLE, seg, late, 0, row)
                own = self.open_of(flow, sender)
                own.held_back = plus(own.held_back, late)
            elif self.was_full(flow, sender, receiver, seg, row):
                side = side_of(flow, receiver)
                self.totals_of(flow).add_case(WINDOW_LIMITED, side, seg.frame, wait, 0)
            return
        if wait <= self.threshold(flow):
            return
        if not self.was_lost_unseen(flow, sender, seg, wait, row):
            self.say(flow, sender, SENDER_IDLE, seg, wait, may_hide(sender), row)
            if sender is flow.server:
                flow.server_time = i32(plus_micros(i64(flow.server_time), wait))
            else:
                flow.client_time = i32(plus_micros(i64(flow.client_time), wait))

    def count_tiny(self, flow: Flow, sender: Endpoint, seg: Segment, wait: i64, row: i64) -> None:
        """Tiny segments one behind the other: not a question and its answer, not a typist."""
        if wait > TINY_PAUSE:
            sender.tiny = 0
        sender.tiny += 1
        if sender.tiny > 1 and seg.in_flight > seg.length:
            sender.eager = True
        if sender.tiny >= TINY_RUN:
            self.totals_of(flow).add_case(
                TINYGRAMS, side_of(flow, sender), seg.frame, 0, seg.length
            )

    # Windows

    def was_full(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, row: i64
    ) -> bool:
        """Whether the round before this segment filled the peer's window. Near the receiver it
        never looks full: the ACKs pass here long before the sender has them."""
        if receiver.scale == SCALE_UNKNOWN or receiver.last_window < 0 or sender.largest < TINY:
            return False
        window = window_of(receiver)
        if window > MOST_ROUND * i64(sender.largest):
            return False
        since = elapsed(flow.mark, shortest_repair(flow))
        sent = sent_since(self.packets, flow, row, sender is flow.server, since)
        return sent + i64(sender.largest) > window

    def watch_window(self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
        """Whether another segment of this size would go beyond the peer's window."""
        if receiver.scale == SCALE_UNKNOWN or receiver.last_window < 0:
            return
        if seg.in_flight + i64(sender.largest) > window_of(receiver) and seg.in_flight > 0:
            self.open_of(flow, sender).full_since = seg.time

    def after_full(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, own: Pending, seg: Segment, row: i64
    ) -> None:
        """It goes on after it had filled the peer's window."""
        since = own.full_since if own.full_since > flow.mark else flow.mark
        own.full_since = 0
        span = elapsed(seg.time, since)
        if receiver.last_time < since or elapsed(seg.time, receiver.last_time) > released_within(
            flow, sender
        ):
            return
        side = side_of(flow, receiver)
        self.totals_of(flow).add_case(WINDOW_LIMITED, side, seg.frame, span, 0)
        if span > self.threshold(flow):
            self.journal.add_case(i64(flow.index), row, WINDOW_LIMITED, side, span)
        flow.mark = seg.time

    def watch_zero(self, flow: Flow, sender: Endpoint, seg: Segment, own: Pending) -> None:
        """Whether its closed window opens again."""
        if own.zero_since != 0 and seg.window != 0 and (seg.flags & (RST | ACK)) == ACK:
            own.zero_span = plus(own.zero_span, elapsed(seg.time, own.zero_since))
            own.zero_since = 0
            flow.mark = seg.time

    def after_zero(
        self,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        other: Pending,
        seg: Segment,
        row: i64,
    ) -> None:
        """It goes on after the peer's window was closed: it had waited for it if it probed, or
        goes on at once."""
        way = released_within(flow, sender) + 2 * near(flow, receiver)
        prompt = elapsed(seg.time, flow.mark) <= way
        if prompt or other.zero_probes != 0:
            self.say(flow, receiver, CLOSED_WINDOW, seg, other.zero_span, other.zero_probes, row)
        other.zero_span = 0
        other.zero_probes = 0

    def take_refused(
        self,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        other: Pending,
        seg: Segment,
        row: i64,
    ) -> None:
        """What came when the peer had no room is sent again: a probe while the window is closed,
        and after that what it had thrown away."""
        if other.zero_since != 0:
            other.zero_probes += 1
            return
        if other.zero_span != 0:
            other.zero_span = plus(other.zero_span, elapsed(seg.time, flow.mark))
            other.zero_probes += 1
            self.after_zero(flow, sender, receiver, other, seg, row)
        flow.mark = seg.time

    # Oddities

    def take_oddity(
        self,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        seg: Segment,
        at: HeaderLocation,
        options: Options,
        returns: bool,
        row: i64,
    ) -> bool:
        """Everything that is not ordinary; whether the segment may be new data all the same."""
        if (seg.flags & SYN) != 0:
            self.take_syn(flow, sender, receiver, seg, row)
            return False
        if (seg.analysis & ZERO_WINDOW) != 0:
            own = self.open_of(flow, sender)
            own.zero_end = i64(receiver.next_exp) & MASK32
            if own.zero_since == 0:
                own.zero_since = seg.time
        totals = flow.ledger
        mine: Pending | None = None
        other: Pending | None = None
        if totals is not None:
            mine = totals.server if sender is flow.server else totals.client
            other = totals.client if sender is flow.server else totals.server
        if mine is not None:
            self.watch_zero(flow, sender, seg, mine)
        if (seg.analysis & (KEEP_ALIVE | ZERO_WINDOW_PROBE)) != 0:
            if other is not None and other.zero_since != 0:
                other.zero_probes += 1
            return False
        if (seg.analysis & ACK_LOST_SEGMENT) != 0:
            self.find_unseen(flow, sender, receiver, seg, row)
        elif other is not None and (seg.flags & ACK) != 0 and len(other.resent_time) > 0:
            self.watch_resent(flow, sender, receiver, other, seg, at, options)
        if seg.length > 0 and (seg.analysis & WINDOW_FULL) != 0:
            self.watch_silly(flow, sender, receiver, seg)
        again = self.take_again(flow, sender, receiver, mine, other, seg, at, returns, row)
        if again or seg.length <= 0:
            return not again
        if other is not None and other.zero_span != 0:
            self.after_zero(flow, sender, receiver, other, seg, row)
        if mine is not None and mine.full_since != 0:
            self.after_full(flow, sender, receiver, mine, seg, row)
        return True

    def take_syn(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, row: i64
    ) -> None:
        """The handshake: how its time splits at this point, and what was sent again."""
        if (seg.analysis & RESENT) != 0 and self.skipped >= 0:
            self.say(flow, sender, SYN_RETRY, seg, elapsed(seg.time, flow.mark), 0, row)
        elif (seg.flags & ACK) != 0 and flow.split < 0 and flow.syn_time != 0:
            way = elapsed(seg.time, flow.syn_time) // 1000
            if 0 <= way < LONGEST:
                flow.split = i32(way if way > 0 else 1)
        flow.mark = seg.time

    def watch_silly(self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
        """A small segment that fills a small window (RFC 1122, section 4.2.3.3)."""
        if receiver.scale == SCALE_UNKNOWN or seg.length >= SMALL_WINDOW:
            return
        if window_of(receiver) < SMALL_WINDOW:
            self.totals_of(flow).add_case(
                SILLY_WINDOW, side_of(flow, receiver), seg.frame, 0, seg.length
            )

    # Lost or not

    def add_hole(self, flow: Flow, sender: Endpoint, start: i64, end: i64, time: i64) -> None:
        """A range that ``sender`` must have sent did not pass here."""
        own = self.open_of(flow, sender)
        if own.unseen_since != 0 and gt(own.unseen_end, start):
            start = own.unseen_end
        if lt(start, end) and len(own.hole_since) < MOST_OPEN:
            own.hole_start = append(own.hole_start, i32(s32(start)))
            own.hole_end = append(own.hole_end, i32(s32(end)))
            own.hole_since = append(own.hole_since, time)

    def find_unseen(
        self, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, row: i64
    ) -> None:
        """The peer's data is acknowledged though it never passed here."""
        own = self.open_of(flow, receiver)
        size = close_holes(own, seg.ack)
        highest = i64(receiver.next_exp) & MASK32
        if own.unseen_since != 0 and gt(own.unseen_end, highest):
            highest = own.unseen_end
        if gt(seg.ack, highest):
            size += (seg.ack - highest) & MASK32
        if size > 0:
            if not may_be_older(flow, sender, receiver):
                self.say(flow, receiver, CAPTURE_LOST, seg, 0, size, row)
            own.unseen_end = seg.ack
            own.unseen_since = seg.time

    def take_again(
        self,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        mine: Pending | None,
        other: Pending | None,
        seg: Segment,
        at: HeaderLocation,
        returns: bool,
        row: i64,
    ) -> bool:
        """Whether the segment was sent before: then where the first copy was lost."""
        age: i64 = -1
        space = seg.length + seg.virt
        if mine is not None and space > 0:
            if seg.length > 0:
                start = seg.first_byte()
                age = fill_hole(mine, start, (start + seg.length) & MASK32, seg.time)
            if age < 0 and not returns and self.came_late(flow, mine, seg, row):
                self.totals_of(flow).take_back_case(CAPTURE_LOST, side_of(flow, sender), space)
                return True
        if age < 0 and (seg.analysis & (RESENT | OUT_OF_ORDER)) == 0:
            return False
        if seg.length <= 0 and sender.highest_known and lt(seg.seq, i64(sender.highest) & MASK32):
            return True
        if other is not None and other.zero_end >= 0 and lt(seg.seq, other.zero_end):
            self.take_refused(flow, sender, receiver, other, seg, row)
            return True
        cause = self.where_lost(flow, sender, seg, age, returns, row)
        size = seg.length if seg.length > 0 else 0
        if cause in (REORDERED, CAPTURED_TWICE):
            self.totals_of(flow).add_case(cause, side_of(flow, sender), seg.frame, 0, size)
            return True
        if cause != UNKNOWN:
            self.say(flow, sender, cause, seg, 0, size, row)
        if cause == LOST_AFTER and size > 0:
            self.remember_resent(flow, sender, seg, at)
        wait = elapsed(seg.time, flow.mark)
        if wait > self.threshold(flow):
            tries: i64 = i64(sender.tries) if sender.tries > 0 else 1
            self.say(flow, sender, RTO, seg, wait, tries, row)
        flow.mark = seg.time
        return True

    def came_late(self, flow: Flow, own: Pending, seg: Segment, row: i64) -> bool:
        """What was acknowledged a moment before it passed: the capture mixed up the order."""
        if own.unseen_since == 0 or gt((seg.seq + seg.length) & MASK32, own.unseen_end):
            return False
        patience = flow.irtt if flow.irtt > REORDERING else REORDERING
        if elapsed(seg.time, own.unseen_since) >= patience:
            return False
        return not self.copies.passed_within(flow, row, patience)

    def where_lost(
        self, flow: Flow, sender: Endpoint, seg: Segment, age: i64, returns: bool, row: i64
    ) -> i64:
        """What became of the first copy of a segment; ``age`` is that of the hole it fills."""
        if age >= 0:
            if self.step >= FURTHEST_BACK:
                return REORDERED
            patience = shortest_repair(flow)
            if (seg.analysis & RESENT) != 0:
                patience = patience // 2
            if 0 < self.step <= MOST_SKIPPED and patience > REORDERING:
                patience = REORDERING
            return LOST_BEFORE if age >= patience else REORDERED
        if self.is_older(flow, sender, seg):
            return UNKNOWN
        sooner = soonest_repetition(flow)
        if self.skipped < 0 and sender.ip_id != 0 and sooner < SAME_PACKET:
            sooner = SAME_PACKET
        if self.copies.passed_within(flow, row, sooner):
            return CAPTURED_TWICE
        if (seg.analysis & SPURIOUS_RETRANSMISSION) != 0:
            return NOT_LOST
        if not returns and seg.length > 0:
            resent = (seg.analysis & RESENT) != 0
            return LOST_BEFORE if resent else REORDERED
        return LOST_AFTER

    def is_older(self, flow: Flow, sender: Endpoint, seg: Segment) -> bool:
        """Whether the segment begins below the first data of its side that this capture has: what
        passed before it began is not known."""
        if sender.relative(seg.seq) >= HALF:
            return True
        if (i64(flow.facts) & BEGAN_INSIDE) == 0 or seg.length <= 0:
            return False
        if sender.bytes == seg.length:
            return True
        first = first_data(self.packets, flow, sender is flow.server)
        return first >= 0 and lt(seg.seq, first)

    def remember_resent(
        self, flow: Flow, sender: Endpoint, seg: Segment, at: HeaderLocation
    ) -> None:
        """Keep what could still prove that the first copy had arrived: also its time stamp, if it
        is the next that the peer waits for. Of others an ACK may echo an older segment's stamp,
        that of the first one that it acknowledges (RFC 7323, section 4.3)."""
        start = seg.first_byte()
        is_next = ge(i64(sender.peer.last_ack) & MASK32, start)
        own = self.open_of(flow, sender)
        if len(own.resent_time) >= MOST_OPEN:
            drop_resent(own, 0)
        own.resent_start = append(own.resent_start, i32(s32(start)))
        own.resent_end = append(own.resent_end, i32(s32(start + seg.length)))
        own.resent_stamp = append(own.resent_stamp, stamp_of(at) if is_next else i64(NO_STAMP))
        own.resent_time = append(own.resent_time, seg.time)

    def watch_resent(
        self,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        other: Pending,
        seg: Segment,
        at: HeaderLocation,
        options: Options,
    ) -> None:
        """Whether this acknowledgment proves that something was not lost: by a D-SACK (RFC 2883),
        or because it answers the first copy (time stamps, RFC 3522)."""
        echo: i64 = NO_STAMP
        base = i64(receiver.base)
        n: i64 = 0
        while n < i64(len(other.resent_time)):
            start = i64(other.resent_start[n]) & MASK32
            end = i64(other.resent_end[n]) & MASK32
            twice = (
                options.dsack
                and le(options.first_left, (start - base) & MASK32)
                and ge(options.first_right, (end - base) & MASK32)
            )
            acked = ge(seg.ack, end)
            stamp = other.resent_stamp[n]
            if acked and not twice and stamp != NO_STAMP and echo == NO_STAMP:
                echo = echo_of(at)
            first = acked and stamp != NO_STAMP and echo != NO_STAMP and lt(echo, stamp)
            if twice or first:
                side = side_of(flow, receiver)
                size = (end - start) & MASK32
                totals = self.totals_of(flow)
                totals.take_back_case(LOST_AFTER, side, size)
                totals.add_case(NOT_LOST, side, seg.frame, 0, size)
                drop_resent(other, n)
            elif acked and elapsed(seg.time, other.resent_time[n]) > self.threshold(flow):
                drop_resent(other, n)
            else:
                n += 1


def smallest_full(sender: Endpoint) -> i64:
    """Nagle's algorithm holds back what is shorter than this, for sure: a full segment is the
    largest one, unless a network card put that together from several."""
    if TINY < sender.largest <= LARGEST_SEGMENT:
        return i64(sender.largest)
    return SMALL_WINDOW


def may_hide(sender: Endpoint) -> i64:
    """How many waits may hide a loss before this point: none where this packet's IP identification
    follows that of its sender's last one."""
    if sender.in_step:
        return 0
    return 1


def may_be_older(flow: Flow, sender: Endpoint, receiver: Endpoint) -> bool:
    """Whether what ``sender`` acknowledges may have passed before the capture began: a moment ago,
    or it has not acknowledged anything else yet, and ``receiver`` has sent nothing, or only what it
    repeats."""
    if (i64(flow.facts) & BEGAN_INSIDE) == 0:
        return False
    if elapsed(sender.last_time, flow.first_time) < BEGINNING:
        return True
    if sender.fastest_ack >= 0:
        return False
    return not receiver.highest_known or (i64(flow.bits) & RESENT) != 0


def released_within(flow: Flow, end: Endpoint) -> i64:
    """So soon after an acknowledgment passed here, what it allows to be sent passes."""
    return near(flow, end) * 3 // 2 + PROMPT


def is_delayed_ack(flow: Flow, end: Endpoint, late: i64) -> bool:
    """Whether ``end`` kept its acknowledgment: for sure where its way is known, else by the
    usual delays of 40 and 200 ms."""
    if near(flow, end) > 0:
        return True
    ms = late // MILLISECOND
    return 35 <= ms <= 60 or 180 <= ms <= 230


def fill_hole(own: Pending, start: i64, end: i64, time: i64) -> i64:
    """The bytes pass after all: for how long they had been missing; -1 if they had not."""
    age: i64 = -1
    n: i64 = 0
    while n < i64(len(own.hole_since)):
        low = i64(own.hole_start[n]) & MASK32
        high = i64(own.hole_end[n]) & MASK32
        if not (lt(start, high) and gt(end, low)):
            n += 1
            continue
        since = own.hole_since[n]
        if elapsed(time, since) > age:
            age = elapsed(time, since)
        if gt(start, low):
            own.hole_end[n] = i32(s32(start))
            if lt(end, high) and len(own.hole_since) < MOST_OPEN:
                own.hole_start = append(own.hole_start, i32(s32(end)))
                own.hole_end = append(own.hole_end, i32(s32(high)))
                own.hole_since = append(own.hole_since, since)
            n += 1
        elif lt(end, high):
            own.hole_start[n] = i32(s32(end))
            n += 1
        else:
            drop_hole(own, n)
    return age


def close_holes(own: Pending, ack: i64) -> i64:
    """The peer has what lies in the holes below ``ack``: how many bytes that is."""
    size: i64 = 0
    n: i64 = 0
    while n < i64(len(own.hole_since)):
        low = i64(own.hole_start[n]) & MASK32
        high = i64(own.hole_end[n]) & MASK32
        if le(high, ack):
            size += (high - low) & MASK32
            drop_hole(own, n)
        else:
            n += 1
    return size


def drop_hole(own: Pending, n: i64) -> None:
    own.hole_start, _ = pop(own.hole_start, n)
    own.hole_end, _ = pop(own.hole_end, n)
    own.hole_since, _ = pop(own.hole_since, n)


def drop_resent(own: Pending, n: i64) -> None:
    own.resent_start, _ = pop(own.resent_start, n)
    own.resent_end, _ = pop(own.resent_end, n)
    own.resent_stamp, _ = pop(own.resent_stamp, n)
    own.resent_time, _ = pop(own.resent_time, n)


def still_open(flow: Flow) -> bool:
    """Whether the flow must stay on the alert; lets go of what is over."""
    totals = flow.ledger
    if totals is None:
        return False
    pending = False
    client = totals.client
    if client is not None:
        if client.pending():
            pending = True
        elif client.zero_end < 0:
            totals.client = None
    server = totals.server
    if server is not None:
        if server.pending():
            pending = True
        elif server.zero_end < 0:
            totals.server = None
    return pending
