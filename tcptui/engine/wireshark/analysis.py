"""The rules of `tcp.analysis` that all releases share, one function each, in Wireshark's order
of work.

The state is that of :class:`~tcptui.engine.flow.Endpoint`: ``sender`` sent the segment,
``receiver`` is
its peer. Sequence numbers are raw; the acknowledgment field is used as it stands, ACK set or not,
and windows are unscaled, except where a rule says otherwise. :func:`analyse` is the order; each
rule names the flag it decides. Where the releases differ it asks the
:class:`~tcptui.engine.wireshark.rules.Rules`.
"""

from typing import Final

from mypy_extensions import i16, i32, i64, u8

from tcptui.engine.flow import SCALE_UNKNOWN, SCALE_UNUSED, Endpoint, Flow
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, gt, le, lt, s32
from tcptui.engine.tcp_header import ACK, FIN, PSH, RST, SYN
from tcptui.engine.wireshark.flags import (
    DUPLICATE_ACK,
    KEEP_ALIVE,
    KEEP_ALIVE_ACK,
    LOST_SEGMENT,
    RESENT,
    RETRANSMISSION,
    SPURIOUS_RETRANSMISSION,
    WINDOW_FULL,
    WINDOW_UPDATE,
    ZERO_WINDOW,
    ZERO_WINDOW_PROBE,
    ZERO_WINDOW_PROBE_ACK,
)
from tcptui.engine.wireshark.outstanding import MOST_ENTRIES, Outstanding
from tcptui.engine.wireshark.recorder import (
    FIRED,
    IS_RESET,
    NEW_MPTCP_OPTION,
    NO_KEEP_ALIVE,
    NO_PAYLOAD,
    NO_PROBE,
    NOT_ACKNOWLEDGED,
    ONE_BELOW,
    OWN_HIGHEST,
    OWN_LAST,
    PEER_LAST,
    SAME_WINDOW,
    THIS,
    Recorder,
)
from tcptui.engine.wireshark.rules import Rules

MOST_IN_FLIGHT: Final = 2_000_000_000


class OutstandingPool:
    """Lists of outstanding segments not in use, so that a burst of data costs no allocation."""

    def __init__(self) -> None:
        self.free: Final[list[Outstanding]] = []

    def take_list(self) -> Outstanding:
        if len(self.free) > 0:
            return self.free.pop()
        return Outstanding()

    def give_back(self, used: Outstanding) -> None:
        if len(self.free) < 256 and used.size <= 256:
            used.clear()
            self.free.append(used)


def learn_bases(sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Learn where relative numbers count from: the SYN's own number, else one below the first
    seen."""
    if not sender.base_known:
        sender.base = i32(s32(seg.seq if (seg.flags & SYN) != 0 else seg.seq - 1))
        sender.base_known = True
    if not receiver.base_known and (seg.flags & ACK) != 0:
        receiver.base = i32(s32(seg.ack - 1))
        receiver.base_known = True


def analyse(
    rules: Rules,
    pool: OutstandingPool,
    flow: Flow,
    sender: Endpoint,
    receiver: Endpoint,
    seg: Segment,
) -> None:
    """Decide every flag and value of ``seg``, and remember it for those that follow.

    Results are in ``seg.analysis``, ``has_record``, ``reference_frame``, ``reference_value``,
    ``acks_frame``, ``in_flight`` and ``push_bytes``.
    """
    learn_bases(sender, receiver, seg)
    if (seg.flags & ACK) != 0:
        receiver.in_flight_valid = True
    next_exp = i64(sender.next_exp) & MASK32
    plain = (seg.flags & (SYN | FIN | RST)) == 0
    if seg.length == 1 and seg.seq == next_exp and receiver.last_window == 0:
        seg.analysis |= ZERO_WINDOW_PROBE
        if seg.recorder is not None:
            seg.recorder.number("actual", seg.seq, THIS).number("length", seg.length, THIS)
            seg.recorder.number("expected", next_exp, OWN_HIGHEST)
            seg.recorder.number("peer_window", 0, PEER_LAST).decide(ZERO_WINDOW_PROBE, FIRED)
    else:
        if seg.window == 0 and plain:
            seg.analysis |= ZERO_WINDOW
            if seg.recorder is not None:
                seg.recorder.number("window_field", 0, THIS).decide(ZERO_WINDOW, FIRED)
        if next_exp != 0 and seg.seq != next_exp:
            judge_lost_segment(sender, seg, next_exp)
        if plain:
            if seg.length <= 1 and seg.seq == (next_exp - 1) & MASK32:
                seg.analysis |= KEEP_ALIVE
                if seg.recorder is not None:
                    seg.recorder.number("actual", seg.seq, THIS).number("length", seg.length, THIS)
                    seg.recorder.number("expected", next_exp, OWN_HIGHEST)
                    seg.recorder.decide(KEEP_ALIVE, FIRED)
            if seg.length > 0:
                judge_window_full(receiver, seg)
            elif seg.seq == next_exp and seg.ack == i64(sender.last_ack) & MASK32:
                judge_repeated_ack(rules, flow, sender, receiver, seg)
            else:
                rules.judge_pure_ack(sender, receiver, seg)
    if seg.ack != i64(sender.last_ack) & MASK32:
        sender.dup_ref_frame = i32(seg.frame)
        sender.dup_count = 0
    ack_limit = i64(receiver.ack_limit) & MASK32
    if ack_limit != 0 and (seg.flags & ACK) != 0 and gt(seg.ack, ack_limit):
        rules.judge_ack_beyond(sender, receiver, seg, next_exp)
    takes_space = seg.length > 0 or seg.virt == 1
    if takes_space and (seg.analysis & KEEP_ALIVE) == 0:
        judge_resent(rules, flow, sender, receiver, seg, next_exp)
    remember_segment(pool, sender, seg, takes_space)
    remember_packet(flow, sender, seg)
    if receiver.outstanding is not None:
        take_off_acknowledged(rules, pool, receiver, seg)
    if seg.length > 0 and sender.in_flight_valid:
        count_in_flight(sender, receiver, seg)
    if seg.analysis != 0:
        seg.has_record = True


def judge_lost_segment(sender: Endpoint, seg: Segment, next_exp: i64) -> None:
    """Decide `lost_segment`: it begins beyond the highest end seen, and is no RST."""
    if not gt(seg.seq, next_exp):
        return
    lost = (seg.flags & RST) == 0
    if lost:
        seg.analysis |= LOST_SEGMENT
        sender.in_flight_valid = False
    if seg.recorder is not None:
        seg.recorder.number("actual", seg.seq, THIS).number("expected", next_exp, OWN_HIGHEST)
        seg.recorder.decide(LOST_SEGMENT, FIRED if lost else IS_RESET)


def judge_window_full(receiver: Endpoint, seg: Segment) -> None:
    """Decide `window_full`: it ends exactly at the edge of the window that the peer last
    offered."""
    if receiver.scale == SCALE_UNKNOWN:
        return
    window = i64(receiver.last_window)
    if window < 0:
        window = MASK32
    if receiver.scale != SCALE_UNUSED and not receiver.no_scale_yet:
        window = window << i64(receiver.scale)
    edge = (i64(receiver.last_ack) & MASK32) + window
    if (seg.seq + seg.length) & MASK32 == edge & MASK32:
        seg.analysis |= WINDOW_FULL
        if seg.recorder is not None:
            seg.recorder.number("actual", seg.seq, THIS).number("length", seg.length, THIS)
            seg.recorder.number("acknowledged", i64(receiver.last_ack) & MASK32, PEER_LAST)
            seg.recorder.number("peer_window", window, PEER_LAST).decide(WINDOW_FULL, FIRED)


def judge_repeated_ack(
    rules: Rules, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment
) -> None:
    """Decide `window_update`, `keep_alive_ack`, `zero_window_probe_ack` and `duplicate_ack`: a pure
    ACK with the numbers of the one before; the window and the peer's last packet tell which."""
    if seg.window != i64(sender.last_window):
        if seg.window != 0:
            seg.analysis |= WINDOW_UPDATE
            record_windows(sender, seg, FIRED)
        return
    record_windows(sender, seg, SAME_WINDOW)
    if seg.window == 0:
        probed = (i64(receiver.last_flags) & ZERO_WINDOW_PROBE) != 0
        if probed:
            seg.analysis |= ZERO_WINDOW_PROBE_ACK
        if seg.recorder is not None:
            seg.recorder.number("window_field", 0, THIS).segment("peer_frame", PEER_LAST)
            seg.recorder.decide(ZERO_WINDOW_PROBE_ACK, FIRED if probed else NO_PROBE)
        return
    asked = (i64(receiver.last_flags) & KEEP_ALIVE) != 0
    if asked:
        seg.analysis |= KEEP_ALIVE_ACK
    if seg.recorder is not None:
        seg.recorder.number("window_field", seg.window, THIS)
        seg.recorder.segment("peer_frame", PEER_LAST)
        seg.recorder.decide(KEEP_ALIVE_ACK, FIRED if asked else NO_KEEP_ALIVE)
    if not asked:
        judge_duplicate_ack(rules, flow, sender, seg)


def record_windows(sender: Endpoint, seg: Segment, reason: str) -> None:
    if seg.recorder is not None:
        seg.recorder.number("window_field", seg.window, THIS)
        seg.recorder.number("window_field_before", i64(sender.last_window), OWN_LAST)
        seg.recorder.decide(WINDOW_UPDATE, reason)


def judge_duplicate_ack(rules: Rules, flow: Flow, sender: Endpoint, seg: Segment) -> None:
    """Decide `duplicate_ack`, unless Multipath TCP excuses it."""
    if is_excused(rules, flow, sender):
        if seg.recorder is not None:
            seg.recorder.decide(DUPLICATE_ACK, NEW_MPTCP_OPTION)
        return
    seg.analysis |= DUPLICATE_ACK
    count = rules.duplicates(i64(sender.dup_count) & MASK32)
    sender.dup_count = i32(s32(count))
    seg.reference_frame = i64(sender.dup_ref_frame)
    seg.reference_value = count
    if seg.recorder is not None:
        seg.recorder.number("ack", seg.ack, THIS)
        seg.recorder.number("ack_before", i64(sender.last_ack) & MASK32, OWN_LAST)
        seg.recorder.number("repeats", seg.reference_frame, OWN_LAST).number("number", count, THIS)
        seg.recorder.decide(DUPLICATE_ACK, FIRED)


def is_excused(rules: Rules, flow: Flow, sender: Endpoint) -> bool:
    """Return whether a new kind of Multipath TCP option turned up since the sender's last
    segment."""
    mptcp = flow.mptcp
    return rules.knows_mptcp and mptcp is not None and mptcp.subtypes != i64(sender.mptcp_seen)


def judge_resent(
    rules: Rules, flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, next_exp: i64
) -> None:
    """Decide `spurious_retransmission`, `fast_retransmission`, `out_of_order` or
    `retransmission`: the first that fits."""
    rev_ack = i64(receiver.last_ack) & MASK32
    if seg.length > 0 and rev_ack != 0 and le((seg.seq + seg.length) & MASK32, rev_ack):
        seg.analysis |= SPURIOUS_RETRANSMISSION
        if seg.recorder is not None:
            record_acknowledged(seg, rev_ack, FIRED, seg.recorder)
        return
    if next_exp == 0 or not lt(seg.seq, next_exp):
        return
    one_below = seg.length > 1 and seg.seq == (next_exp - 1) & MASK32
    if seg.recorder is not None:
        reason = NOT_ACKNOWLEDGED if seg.length > 0 else NO_PAYLOAD
        record_acknowledged(seg, rev_ack, reason, seg.recorder)
        seg.recorder.number("actual", seg.seq, THIS).number("expected", next_exp, OWN_HIGHEST)
        if one_below:
            seg.recorder.decide(RETRANSMISSION, ONE_BELOW)
    if one_below:
        return
    rules.judge_repetition(flow, sender, receiver, seg, next_exp)


def record_acknowledged(seg: Segment, rev_ack: i64, reason: str, recorder: Recorder) -> None:
    recorder.number("actual", seg.seq, THIS).number("length", seg.length, THIS)
    if rev_ack != 0:
        recorder.number("acknowledged", rev_ack, PEER_LAST)
    recorder.decide(SPURIOUS_RETRANSMISSION, reason)


def remember_segment(
    pool: OutstandingPool, sender: Endpoint, seg: Segment, takes_space: bool
) -> None:
    """Put the segment among the outstanding ones, and move the highest and contiguous ends."""
    end = (seg.seq + seg.length) & MASK32
    if takes_space:
        waiting = sender.outstanding
        if waiting is None:
            waiting = pool.take_list()
            sender.outstanding = waiting
        if waiting.count() < MOST_ENTRIES:
            end = (end + seg.virt) & MASK32
            again = (seg.analysis & RESENT) != 0
            waiting.add(-seg.frame if again else seg.frame, seg.seq, end, seg.time)
    next_exp = i64(sender.next_exp) & MASK32
    moves = next_exp == 0 or gt(end, next_exp)
    beyond = moves
    if seg.virt != 0:
        beyond = next_exp == 0 or gt(end, (next_exp + seg.virt) & MASK32)
    if beyond:
        sender.end_without_payload = (seg.length & 0xFF) == 0  # Wireshark keeps eight bits of it
    if (seg.analysis & ZERO_WINDOW_PROBE) != 0:
        return
    if moves:
        sender.next_exp = i32(s32(end))
        sender.next_exp_frame = i32(seg.frame)
        sender.next_exp_time = seg.time
    if seg.seq == i64(sender.ack_limit) & MASK32 or sender.ack_limit == 0:
        sender.ack_limit = sender.next_exp


def remember_packet(flow: Flow, sender: Endpoint, seg: Segment) -> None:
    """Remember what the peer's next packets are compared with."""
    sender.last_window = i32(seg.window)
    sender.last_ack = i32(s32(seg.ack))
    sender.last_time = seg.time
    if flow.mptcp is not None:
        sender.mptcp_seen = u8(flow.mptcp.subtypes)
    sender.last_flags = i16(seg.analysis)


def take_off_acknowledged(
    rules: Rules, pool: OutstandingPool, receiver: Endpoint, seg: Segment
) -> None:
    """Take what the segment acknowledges off the outstanding ones."""
    waiting = receiver.outstanding
    if waiting is None:
        return
    waiting.acknowledge(seg.ack)
    rules.measure_ack(receiver, seg)
    if waiting.count() == 0:
        receiver.outstanding = None
        pool.give_back(waiting)


def count_in_flight(sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Count `bytes_in_flight` and `push_bytes_sent`."""
    waiting = sender.outstanding
    if waiting is None:
        return
    seg.has_record = True
    size = waiting.span(i64(sender.base))
    if receiver.sack_blocks is not None:
        size -= receiver.sack_blocks.total()
    size &= MASK32
    if 0 < size < MOST_IN_FLIGHT:
        seg.in_flight = size - seg.virt
    pushed = i64(sender.push_bytes) & MASK32
    pushed = seg.length if sender.push_seen else (pushed + seg.length) & MASK32
    sender.push_seen = (seg.flags & PSH) != 0
    sender.push_bytes = i32(s32(pushed))
    seg.push_bytes = pushed
