"""Explicit congestion notification (RFC 3168): marks and their answers, and markings taken away."""

from typing import Final

from tcptui.engine.header_fields import traffic_class_of
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.tcp_header import ACK, AE, CWR, ECE
from tcptui.engine.tcp_state.states import NO_ECN
from tcptui.engine.timing.pending import Pending
from tcptui.engine.timing.step import TimingStep
from tcptui.engine.wireshark.flags import RESENT

# Kinds as numbers: asking a member of an enumeration for its value is slow.
ECN_BLEACHED: Final = int(LedgerKind.ECN_BLEACHED)
ECN_MARKS: Final = int(LedgerKind.ECN_MARKS)

ECN_MASK: Final = 3
"""The two bits of ECN in the IP header: 0 where the packet may not be marked."""
LOOKED_AT: Final = 8
"""So many data segments of a side are looked at: a sender that may marks them from the first on."""


def watch_ecn(step: TimingStep) -> None:
    """Look at the first data of both sides if the SYN+ACK agrees to ECN. Any other one refuses it,
    or agrees to accurate ECN, whose flags are a counter (RFC 9768)."""
    flags = step.segment.flags
    if (flags & ACK) == 0:
        return
    if (flags & (ECE | CWR | AE)) != ECE:
        step.flow.add(NO_ECN)
    else:
        step.begin_pending(step.sender).unmarked_left = LOOKED_AT
        step.begin_pending(step.receiver).unmarked_left = LOOKED_AT


def check_codepoint(step: TimingStep, senders: Pending) -> None:
    """Look at the data of a side that agreed to ECN: count it if none of it may be marked."""
    if (step.segment.analysis & RESENT) != 0:
        return  # what is sent again may not be marked (RFC 3168, section 6.1.5)
    senders.unmarked_left -= 1
    if (traffic_class_of(step.header) & ECN_MASK) != 0:
        senders.unmarked_left = 0
    elif senders.unmarked_left == 0:
        step.add_to_ledger(step.sender, ECN_BLEACHED, 0, LOOKED_AT)


def count_marks(step: TimingStep) -> None:
    """Count that a receiver reports marks (ECE), and that a sender says it slows down (CWR)."""
    flags = step.segment.flags
    if step.flow.has(NO_ECN):
        return
    if (flags & ECE) != 0:
        step.add_to_ledger(step.receiver, ECN_MARKS, 0, 0)
    if (flags & CWR) != 0:
        step.add_amount(step.sender, ECN_MARKS, 1)
