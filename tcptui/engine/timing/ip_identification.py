"""IPv4 identifications as a sender's packet counter: what it skipped, and what was overtaken.

Many hosts number the packets of a connection one by one. Then the number shows what the capture
point did not see (skipped numbers), whether two equal segments are one packet (the same number
again), and in which order packets were sent (a number from before the last one).
"""

from mypy_extensions import i16, i64, u8

from tcptui.engine.flow import CONSECUTIVE_IDS, Endpoint
from tcptui.engine.header_fields import has_ipv4, identification_of
from tcptui.engine.packets import s16
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.timing.step import TimingStep
from tcptui.engine.timing.thresholds import (
    BACKWARD_ID_STEP,
    CLOSE_BACKWARD_ID_STEP,
    MOST_SKIPPED_IDS,
)


def follow_ip_id(step: TimingStep, sender: Endpoint, header: HeaderLocation) -> None:
    """Compare the packet's IP identification with the sender's last one: sets
    ``step.skipped_ids``, ``step.id_step`` and ``step.counts_ids``. IPv6 has none."""
    step.skipped_ids = 0
    step.id_step = 0
    step.counts_ids = False
    if not has_ipv4(header):
        return
    number = identification_of(header)
    id_step = (number - i64(sender.last_ip_id)) & 0xFFFF
    ids = i64(sender.ip_ids)
    were_consecutive = (ids & CONSECUTIVE_IDS) != 0
    step.counts_ids = were_consecutive
    backward = BACKWARD_ID_STEP if were_consecutive else CLOSE_BACKWARD_ID_STEP
    # Zero is no number from before: hosts that do not count write it into packets that may not be
    # fragmented (RFC 6864).
    if id_step >= backward and number != 0:
        step.id_step = id_step
        return
    sender.last_ip_id = i16(s16(number))
    ids &= ~CONSECUTIVE_IDS
    if id_step == 1:
        ids |= CONSECUTIVE_IDS
    sender.ip_ids = u8(ids)
    if were_consecutive or id_step == 1:
        step.id_step = id_step
    if id_step == 0 or (were_consecutive and id_step <= MOST_SKIPPED_IDS):
        step.skipped_ids = id_step - 1


def is_numbered_next(step: TimingStep) -> bool:
    """Return whether the packet's IP identification follows the highest one of its sender that
    passed: it was sent after all of them, and overtaken by none."""
    return 0 < step.id_step <= MOST_SKIPPED_IDS


def possible_losses(sender: Endpoint) -> i64:
    """Return how many losses before the capture point a wait of ``sender`` may hide: none where the
    packet's IP identification follows that of the sender's last packet, else one."""
    if (i64(sender.ip_ids) & CONSECUTIVE_IDS) != 0:
        return 0
    return 1
