"""Reads the TCP options that matter to the analysis: window scale, SACK, Multipath TCP, Fast Open,
SCPS, accurate ECN.

Wireshark's walk: an option takes effect where it stands, a bad length ends the walk silently,
and bytes that are not there abort it, which hides the packet's analysis.
"""

from typing import Final

from librt.strings import read_i16_be, read_i32_be
from mypy_extensions import i16, i64, u8

from tcptui.engine.flow import SCALE_UNKNOWN, SCALE_UNUSED, TOLD_BY_OPTION, Endpoint, Flow
from tcptui.engine.packets import SCALE_SHIFT, UNSCALED_SHIFT
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import MASK32, ge, le, lt
from tcptui.engine.tcp_header import ACK, SYN
from tcptui.engine.wireshark.mptcp import MP_CAPABLE, MptcpTokens
from tcptui.engine.wireshark.rules import Rules
from tcptui.engine.wireshark.sack_blocks import SackBlocks

END: Final = 0
NOP: Final = 1
MSS: Final = 2
LARGEST_MSS: Final = 0x7FFF
"""What fits a flow's field; a larger one is no path's."""
WINDOW_SCALE: Final = 3
SACK: Final = 5
TIMESTAMPS: Final = 8
MPTCP: Final = 30
FAST_OPEN: Final = 34
SCPS_CAPABILITIES: Final = 20
EXPERIMENT_1: Final = 253
EXPERIMENT_2: Final = 254
FAST_OPEN_MAGIC: Final = 0xF989
ACCURATE_ECN: Final = (172, 174)
ACCURATE_ECN_MAGIC: Final = (0xACC0, 0xACC1)
COUNTER_SIZE: Final = 3
MOST_COUNTERS: Final = 3
"""In an option of accurate ECN: bytes of each."""

MOST_SHIFT: Final = 14

NOP_NOP_TIMESTAMPS: Final = 0x0101080A

NO_MORE: Final = -1
ABORTED: Final = -2


def next_option(data: bytes, i: i64, end: i64, there: i64) -> i64:
    """Return where the next option with a length stands at or behind ``i``, or NO_MORE.

    The header ends at ``end``; bytes from ``there`` on were not captured. ABORTED where the walk
    needs one of them.
    """
    while i + 1 < end and i + 1 < there:
        kind_and_length = i64(read_i16_be(data, i)) & 0xFFFF
        kind = kind_and_length >> 8
        if kind == NOP:
            i += 1
            continue
        if kind == END:
            break
        length = kind_and_length & 0xFF
        if length < 2 or i + length > end:
            return NO_MORE
        if i + length > there:
            return ABORTED
        return i
    if i >= end:
        return NO_MORE
    if i >= there:
        return ABORTED
    if data[i] == END:
        return ABORTED if end > there else NO_MORE  # tshark looks at the padding behind it
    return NO_MORE if i + 1 >= end else ABORTED  # a length would follow


def has_only_time_stamps(at: HeaderLocation, header_length: i64) -> bool:
    """Return whether time stamps are all the options, as in most segments: then nothing is to be
    read."""
    return (
        header_length == 32
        and at.captured >= 32
        and read_i32_be(at.data, at.offset + 20) == NOP_NOP_TIMESTAMPS
    )


def note_ecn_counters(flow: Flow, size: i64) -> None:
    """Note that a flow uses accurate ECN, by an option that has counters in ``size`` bytes."""
    if size % COUNTER_SIZE == 0 and size <= MOST_COUNTERS * COUNTER_SIZE:
        flow.accurate_ecn = u8(i64(flow.accurate_ecn) | TOLD_BY_OPTION)


class Options:
    """The options of one segment, read; one instance, filled anew for each segment."""

    def __init__(self, rules: Rules) -> None:
        self.rules: Final[Rules] = rules
        self.aborted: bool = False
        self.dsack: bool = False
        self.first_left: i64 = 0
        self.first_right: i64 = 0
        self.second_left: i64 = 0
        self.second_right: i64 = 0
        self.fast_open: bool = False
        self.mptcp_subtypes: i64 = 0
        self.tokens: Final[MptcpTokens] = MptcpTokens()

    def read(
        self,
        at: HeaderLocation,
        header_length: i64,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        seg: Segment,
    ) -> None:
        """Walk the options of ``seg`` and let them take effect on ``sender`` and ``flow``."""
        self.aborted = False
        self.dsack = False
        self.first_right = 0
        self.second_left = 0
        self.second_right = 0
        self.fast_open = False
        self.mptcp_subtypes = 0
        start = at.offset + 20
        end = at.offset + header_length
        self.apply_options(at, start, end, flow, sender, receiver, seg)

    def apply_options(
        self,
        at: HeaderLocation,
        start: i64,
        end: i64,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        seg: Segment,
    ) -> None:
        data = at.data
        there = at.offset + (at.captured if at.captured < at.reported else at.reported)
        i = next_option(data, start, end, there)
        while i >= 0:
            length = i64(data[i + 1])
            self.apply_option(data, i, i64(data[i]), length, flow, sender, receiver, seg)
            if self.aborted:
                return
            i = next_option(data, i + length, end, there)
        self.aborted = i == ABORTED

    def apply_option(
        self,
        data: bytes,
        i: i64,
        kind: i64,
        length: i64,
        flow: Flow,
        sender: Endpoint,
        receiver: Endpoint,
        seg: Segment,
    ) -> None:
        if kind == WINDOW_SCALE:
            if length == 3:
                shift = i64(data[i + 2])
                if shift > MOST_SHIFT:
                    shift = MOST_SHIFT
                sender.scale = i16(shift)
        elif kind == MSS:
            if length == 4 and (seg.flags & SYN) != 0:
                mss = i64(read_i16_be(data, i + 2)) & 0xFFFF
                sender.set_mss(mss)
                if mss > LARGEST_MSS:
                    mss = LARGEST_MSS
                if flow.mss == 0 or mss < i64(flow.mss):
                    flow.mss = i16(mss)
        elif kind == SACK:
            self.read_sack(data, i, length, sender, receiver, seg)
        elif kind == MPTCP:
            self.read_mptcp(data, i, length, flow)
        elif kind == SCPS_CAPABILITIES:
            sender.offers_scps = sender.offers_scps or length == 4
        elif kind == FAST_OPEN:
            self.fast_open = self.fast_open or length > 2
        elif EXPERIMENT_1 <= kind <= EXPERIMENT_2 and length >= 4:
            magic = i64(read_i16_be(data, i + 2)) & 0xFFFF
            self.fast_open = self.fast_open or (magic == FAST_OPEN_MAGIC and length > 4)
            if magic in ACCURATE_ECN_MAGIC:
                note_ecn_counters(flow, length - 4)
        elif kind in ACCURATE_ECN:
            note_ecn_counters(flow, length - 2)

    def read_sack(
        self, data: bytes, i: i64, length: i64, sender: Endpoint, receiver: Endpoint, seg: Segment
    ) -> None:
        """Take the first blocks; the first one may be a D-SACK (RFC 2883).

        tshark asks that of the edges that the packet's SACK options have left so far (zero at
        first), and stumbles if the answer is yes and this option has no block to show.
        """
        told = (length - 2) >> 3
        base = i64(receiver.base)
        blocks = sender.sack_blocks
        if blocks is None:
            blocks = SackBlocks()
            sender.sack_blocks = blocks
        n: i64 = 0
        while n < told and n < self.rules.sack_blocks:
            left = (i64(read_i32_be(data, i + 2 + n * 8)) - base) & MASK32
            right = (i64(read_i32_be(data, i + 6 + n * 8)) - base) & MASK32
            blocks.left[n] = left
            blocks.right[n] = right
            if n == 0:
                self.first_left = left
                self.first_right = right
            elif n == 1:
                self.second_left = left
                self.second_right = right
            n += 1
        blocks.count = n
        ack = (seg.ack - base if (seg.flags & ACK) != 0 else seg.ack) & MASK32
        self.dsack = le(self.first_right, ack) or (
            lt(self.second_left, self.first_right) and ge(self.second_right, self.first_right)
        )
        self.rules.judge_sack(sender, seg)
        self.aborted = self.dsack and told == 0

    def read_mptcp(self, data: bytes, i: i64, length: i64, flow: Flow) -> None:
        """Note the subtype, and find the connection that this subflow belongs to."""
        if length == 2:
            self.aborted = True
            return
        subtype = i64(data[i + 2]) >> 4
        if subtype == MP_CAPABLE and length == 3:
            self.aborted = True
            return
        flow.mptcp = self.tokens.connection(flow.mptcp, subtype, data[i : i + length])
        if subtype < 8:
            self.mptcp_subtypes |= 1 << subtype


def settle_scaling(sender: Endpoint, receiver: Endpoint, flags: i64) -> None:
    """Switch scaling off for both sides after a SYN without the window scale option."""
    if sender.scale == SCALE_UNKNOWN:
        sender.scale = SCALE_UNUSED
        receiver.scale = SCALE_UNUSED
    elif (flags & ACK) != 0 and receiver.scale == SCALE_UNUSED:
        sender.scale = SCALE_UNUSED


def window_shift(sender: Endpoint, seg: Segment) -> i64:
    """Return by how many bits `tcp.window_size` is shifted: not on a SYN, nor while unknown."""
    if (seg.flags & SYN) != 0 or sender.scale < 0:
        return 0
    return i64(sender.scale)


def scale_bits(sender: Endpoint, seg: Segment) -> i64:
    """Return the bits of `attributes` for the window's scale, or for why there is none."""
    if (seg.flags & SYN) == 0 and sender.scale < 0:
        return -i64(sender.scale) << UNSCALED_SHIFT
    return window_shift(sender, seg) << SCALE_SHIFT
