"""IEEE 802.11 data frames, and the headers that captures put before them."""

from typing import Final

from librt.strings import read_i16_le, read_i32_le
from mypy_extensions import i64

from tcptui.engine import layers, reasons, steps
from tcptui.engine.cursor import Cursor

FCS: Final = 4
LINK_WLAN: Final = 105

DATA: Final = 2
TO_DS: Final = 0x01
FROM_DS: Final = 0x02
MORE_FRAGMENTS: Final = 0x04
PROTECTED: Final = 0x40
ORDER: Final = 0x80

NULL_DATA: Final = 4
QOS: Final = 8
A_MSDU: Final = 0x80

RADIOTAP_TSFT: Final = 1
RADIOTAP_FLAGS: Final = 2
RADIOTAP_EXTENDED: Final = 1 << 31
HAS_FCS: Final = 0x10
PADDED: Final = 0x20
BAD_FCS: Final = 0x40

PPI_802_11_COMMON: Final = 2


def u16_le(at: Cursor, i: i64) -> i64:
    return i64(read_i16_le(at.data, at.offset + i)) & 0xFFFF


def u32_le(at: Cursor, i: i64) -> i64:
    return i64(read_i32_le(at.data, at.offset + i)) & 0xFFFFFFFF


def radiotap(at: Cursor) -> i64:
    """Radiotap: of interest are its length and the flags field."""
    if not at.need(8):
        return steps.DONE
    flags = radiotap_flags(at)
    if not at.skip(u16_le(at, 2)):
        return steps.DONE
    return frame(at, flags & HAS_FCS != 0, flags & PADDED != 0)


def radiotap_flags(at: Cursor) -> i64:
    """The flags field, 0 where there is none; it comes first, but for the time stamp."""
    size = u16_le(at, 2)
    present = u32_le(at, 4)
    i: i64 = 8
    word = present
    while word & RADIOTAP_EXTENDED != 0:
        if i + 4 > size or i + 4 > at.captured:
            return 0
        word = u32_le(at, i)
        i += 4
    if present & RADIOTAP_FLAGS == 0:
        return 0
    if present & RADIOTAP_TSFT != 0:
        i = ((i + 7) & ~7) + 8
    return at.byte(i) if i < size and i < at.captured else 0


def ppi(at: Cursor) -> i64:
    """Per-packet information: a length, fields, and the link type of what follows."""
    if not at.need(8):
        return steps.DONE
    size = u16_le(at, 2)
    link_type = u32_le(at, 4)
    fcs = False
    i: i64 = 8
    while i + 4 <= size and i + 4 <= at.captured:
        if u16_le(at, i) == PPI_802_11_COMMON and i + 14 <= at.captured:
            fcs = u16_le(at, i + 12) & 1 != 0
        i += 4 + u16_le(at, i + 2)
    if size < 8 or not at.skip(size):
        return steps.DONE
    if link_type == LINK_WLAN:
        return frame(at, fcs, False)
    step = steps.LINKS.get(link_type, steps.DONE)
    if step == steps.DONE:
        at.give_up(reasons.LINK_TYPE, link_type)
    return step


def avs(at: Cursor) -> i64:
    """AVS: of interest is its length."""
    if not at.need(8) or not at.skip(at.word(4)):
        return steps.DONE
    return frame(at, False, False)


def wlan(at: Cursor) -> i64:
    """A bare 802.11 frame."""
    return frame(at, False, False)


def frame(at: Cursor, fcs: bool, padded: bool) -> i64:
    """802.11: only data frames that are not encrypted carry something readable."""
    if not at.need(24):
        return steps.DONE
    kind, flags = at.byte(0), at.byte(1)
    if fcs and at.reported >= FCS:
        at.limit(at.reported - FCS)
    subtype = kind >> 4
    if kind >> 2 & 3 != DATA or subtype & NULL_DATA != 0:
        at.give_up(reasons.WLAN, 0)
        return steps.DONE
    header: i64 = 30 if flags & (TO_DS | FROM_DS) == TO_DS | FROM_DS else 24
    aggregate = False
    if subtype & QOS != 0:
        if not at.need(header + 2):
            return steps.DONE
        aggregate = at.byte(header) & A_MSDU != 0
        header += 2
        if flags & ORDER != 0:
            header += 4
    if padded:
        header = (header + 3) & ~3
    if flags & PROTECTED != 0:
        at.give_up(reasons.WLAN_PROTECTED, 0)
        return steps.DONE
    first = u16_le(at, 22) & 15 == 0
    if not at.skip(header):
        return steps.DONE
    if not first:
        at.give_up(reasons.WLAN, 0)
        return steps.DONE
    if flags & MORE_FRAGMENTS != 0:
        at.partial = True
    if aggregate:
        return subframes(at)
    return steps.LLC


def subframes(at: Cursor) -> i64:
    """Several packets in one frame (A-MSDU), each behind a small header of its own."""
    start: i64 = 0
    while start + 14 <= at.captured:
        size = at.short(start + 12)
        at.branch(steps.LLC, start + 14, size)
        start = (start + 14 + size + 3) & ~3
    at.give_up(reasons.WLAN, 0)
    return steps.DONE


def centrino(at: Cursor) -> i64:
    """802.11 frames as some Intel drivers hand them over: decrypted, not marked so."""
    if not at.need(24):
        return steps.DONE
    at.push(layers.WLAN, b"")
    kind, flags = at.byte(0), at.byte(1)
    header: i64 = 30 if flags & (TO_DS | FROM_DS) == TO_DS | FROM_DS else 24
    if kind >> 2 & 3 != DATA or kind >> 4 & NULL_DATA != 0:
        at.give_up(reasons.WLAN, 0)
        return steps.DONE
    if kind >> 4 & QOS != 0:
        header += 2
    return steps.LLC if at.skip(header) else steps.DONE
