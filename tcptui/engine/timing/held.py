"""A segment that the path held for long ends a silence that was not its sender's.

What was sent before the silence and came only behind it carries the proof: its time stamp is older
than the silence (RFC 7323), or a second copy, which no sender sends before a round trip is over,
follows at once.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.header_fields import NO_STAMP, time_stamp_of
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.sequence import HALF, MASK32
from tcptui.engine.timing.pending import Pending
from tcptui.engine.timing.round_trips import shortest_repetition
from tcptui.engine.timing.step import TimingStep
from tcptui.engine.timing.thresholds import MILLISECOND, SHORTEST_HOLD

# Kinds as numbers: asking a member of an enumeration for its value is slow.
DELAY_SPIKE: Final = int(LedgerKind.DELAY_SPIKE)
LATE_ACK: Final = int(LedgerKind.STALL_LATE_ACK)
SENDER_IDLE: Final = int(LedgerKind.STALL_SENDER_IDLE)
SERVER_THINK: Final = int(LedgerKind.STALL_SERVER_THINK)
RTO: Final = int(LedgerKind.STALL_RTO)
SPURIOUS_TIMEOUT: Final = int(LedgerKind.SPURIOUS_TIMEOUT)

LEAST_TICK: Final = MILLISECOND
"""ns; no clock of time stamps goes faster (RFC 7323, section 5.4), but those of some kernels that
count microseconds."""
FASTEST: Final = 100
"""So many times faster than time itself a clock of milliseconds may seem to go behind a segment
that was held; one that counts microseconds goes a thousand times as fast."""
LONGEST_WATCH: Final = 10_000 * MILLISECOND


def watch_held(step: TimingStep, wait: i64, charged: i64) -> None:
    """Remember the segment that ends a silence of ``wait`` ns: what comes behind it may show that
    it had been sent before. ``charged`` ns of it were counted as its application's time."""
    held = step.begin_pending(step.sender)
    held.held_row = step.row
    held.held_wait = wait
    held.held_charged = charged
    held.held_since = step.segment.time
    held.held_start = step.segment.first_byte()
    held.held_stamp = time_stamp_of(step.header)


def check_held(step: TimingStep, senders: Pending) -> None:
    """Compare a later segment of the same sender with the one that ended a silence: its clock has
    gone on by more than the time between them, if the path held the first one."""
    since = elapsed(step.segment.time, senders.held_since)
    wait = senders.held_wait
    if since > wait or since > LONGEST_WATCH or since < 0:
        senders.held_row = NO_ROW
        return
    stamp: i64 = NO_STAMP
    if senders.held_stamp != NO_STAMP:
        stamp = time_stamp_of(step.header)
    if stamp == NO_STAMP:
        return
    ticks = (stamp - senders.held_stamp) & MASK32
    if ticks >= HALF:
        return
    went_on = ticks * LEAST_TICK
    late = went_on - since
    if went_on > since * FASTEST:
        return
    if late > SHORTEST_HOLD and wait // 2 <= late <= plus(wait, SHORTEST_HOLD):
        tell_held(step, senders, late if late < wait else wait)
    elif late < SHORTEST_HOLD and went_on > since // 2 and since > 2 * LEAST_TICK:
        senders.held_row = NO_ROW


def check_held_copy(step: TimingStep, senders: Pending) -> None:
    """Compare a needless copy with the segment that ended a silence: a copy of it that comes sooner
    than any sender repeats was sent while the first one was still held."""
    if senders.held_start != step.segment.first_byte() or step.id_step <= 0:
        return
    if elapsed(step.segment.time, senders.held_since) < shortest_repetition(step.flow):
        tell_held(step, senders, senders.held_wait)


def tell_held(step: TimingStep, senders: Pending, late: i64) -> None:
    """Tell the silence before the held segment as a delay on the path, not as its sender's."""
    row = senders.held_row
    senders.held_row = NO_ROW
    flow = step.flow
    sender = step.sender
    wait = step.retell_wait(sender, row, SENDER_IDLE, DELAY_SPIKE, late)
    if wait == 0:
        wait = step.retell_wait(sender, row, SERVER_THINK, DELAY_SPIKE, late)
    if wait == 0:
        wait = step.retell_wait(sender, row, LATE_ACK, DELAY_SPIKE, late)
    packets = step.scan.packets
    if wait == 0 and row >= packets.first:
        # A silence too short to be told by itself; the proof makes it worth a word.
        side = flow.side_of(sender)
        step.ledger().add_case(DELAY_SPIKE, side, packets.frame(row), late, 0)
    left = flow.server_time if sender is flow.server else flow.client_time
    left = max(left - senders.held_charged, 0)
    if sender is flow.server:
        flow.server_time = left
    else:
        flow.client_time = left


def tell_spurious(step: TimingStep, row: i64) -> None:
    """Tell the wait of the retransmission timer that sent the copy in ``row`` as one for nothing:
    the original has arrived."""
    step.retell_wait(step.receiver, row, RTO, SPURIOUS_TIMEOUT, -1)
