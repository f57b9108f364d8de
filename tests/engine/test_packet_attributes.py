"""The bits of a row's attributes are told apart."""

from tcptui.engine import packets
from tcptui.engine.packets import (
    AMBIGUOUS_ACK,
    BOGUS_HEADER,
    COMPLETENESS_MASK,
    COMPLETENESS_SHIFT,
    DSACK,
    ECN_COUNTER,
    ENDS_IN_HEADER,
    FAST_OPEN_MASK,
    FAST_OPEN_SHIFT,
    FROM_SERVER,
    HAS_RECORD,
    HEADER_CUT,
    MSS_EXCEEDED,
    PARTIAL_ACK,
    RAW_NUMBERS,
    REPEATS_BYTES,
    SAME_PACKET,
    SCALE_SHIFT,
    SCPS,
    UNSCALED_MASK,
    UNSCALED_SHIFT,
)

SCALE_MASK = 15
ATTRIBUTES = (
    HAS_RECORD, FROM_SERVER, RAW_NUMBERS, DSACK, REPEATS_BYTES, SCALE_MASK << SCALE_SHIFT,
    COMPLETENESS_MASK << COMPLETENESS_SHIFT, PARTIAL_ACK, AMBIGUOUS_ACK, BOGUS_HEADER,
    MSS_EXCEEDED, UNSCALED_MASK << UNSCALED_SHIFT, FAST_OPEN_MASK << FAST_OPEN_SHIFT, SCPS,
    ENDS_IN_HEADER, HEADER_CUT, SAME_PACKET, ECN_COUNTER,
)  # fmt: skip


def test_no_two_attributes_share_a_bit() -> None:
    assert sum(ATTRIBUTES) == sum(1 << bit for bit in range(32) if any(
        attribute >> bit & 1 for attribute in ATTRIBUTES))  # fmt: skip


def test_they_fit_into_the_column() -> None:
    assert max(ATTRIBUTES) < 1 << 31
    block = packets.Block()
    block.attributes[0] = sum(ATTRIBUTES)
    assert block.attributes[0] == sum(ATTRIBUTES)
