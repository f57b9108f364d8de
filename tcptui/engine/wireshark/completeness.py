"""`tcp.completeness`: which parts of a connection the capture has, a bit for each."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.segment import Segment
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN

COMPLETE_SYN: Final = 1
COMPLETE_SYN_ACK: Final = 2
COMPLETE_ACK: Final = 4
COMPLETE_DATA: Final = 8
COMPLETE_FIN: Final = 16
COMPLETE_RST: Final = 32

COMPLETE_END: Final = COMPLETE_FIN | COMPLETE_RST

LETTERS: Final = "RFDASS"
"""A letter for each bit, the highest first, as `tcp.completeness.str` has them."""
NOTHING_YET: Final = "[ Null ]"
"""tshark's text where no segment came before."""


def opening_bits(seg: Segment) -> i64:
    """Return the bits of a stream's first SYN."""
    return COMPLETE_SYN | (COMPLETE_DATA if seg.length > 0 else 0)


def bits_of(seg: Segment) -> i64:
    """Return the bits that a segment adds, wherever it stands; a SYN without ACK adds none."""
    bits: i64 = 0
    if (seg.flags & ACK) != 0:
        if (seg.flags & SYN) != 0:
            bits |= COMPLETE_SYN_ACK
        elif seg.length > 0:
            bits |= COMPLETE_DATA
        else:
            bits |= COMPLETE_ACK
        if (seg.flags & FIN) != 0:
            bits |= COMPLETE_FIN
    if (seg.flags & RST) != 0:
        bits |= COMPLETE_RST
    return bits


def completeness_letters(bits: int) -> str:
    """Return the bits as Wireshark's dissection shows them: a dot where there is none."""
    return "".join(letter if bits >> 5 - n & 1 else "·" for n, letter in enumerate(LETTERS))
