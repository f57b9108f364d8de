"""IEEE 802.11 data frames, and the headers that captures put before them."""

from typing import Final

from librt.strings import read_i16_le, read_i32_le
from mypy_extensions import i64

from tcptui.engine.decode import layers, skip_reasons, steps
from tcptui.engine.decode.cursor import Cursor

FCS: Final = 4
LINK_WLAN: Final = 105

DATA_FRAME: Final = 0x08
"""Type data, version 0: the low four bits of the first byte."""
TO_DS: Final = 0x01
FROM_DS: Final = 0x02
MORE_FRAGMENTS: Final = 0x04
PROTECTED: Final = 0x40
ORDER: Final = 0x80

NULL_DATA: Final = 0x40
QOS: Final = 0x80
"""Bits of the subtype, in the first byte."""
A_MSDU: Final = 0x80
MESH_CONTROL: Final = 0x01
"""Bits of the two bytes of QoS control."""

RADIOTAP_TSFT: Final = 1
RADIOTAP_FLAGS: Final = 2
RADIOTAP_EXTENDED: Final = 1 << 31
HAS_FCS: Final = 0x10
PADDED: Final = 0x20

PPI_802_11_COMMON: Final = 2


def u16_le(at: Cursor, i: i64) -> i64:
    return i64(read_i16_le(at.data, at.offset + i)) & 0xFFFF


def u32_le(at: Cursor, i: i64) -> i64:
    return i64(read_i32_le(at.data, at.offset + i)) & 0xFFFFFFFF


def radiotap(at: Cursor) -> i64:
    """Decode radiotap: of interest are its length and the flags field."""
    if not at.need(8):
        return steps.DONE
    flags = radiotap_flags(at)
    if not at.skip(u16_le(at, 2)):
        return steps.DONE
    return frame(at, flags & HAS_FCS != 0, flags & PADDED != 0)


def radiotap_flags(at: Cursor) -> i64:
    """Return radiotap's flags field, or 0 if there is none; only the time stamp may come before
    it."""
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
    """Decode per-packet information: a length, fields, and the link type of what follows.

    Other link types than 802.11 are not followed, as in tshark.
    """
    if not at.need(8):
        return steps.DONE
    size = u16_le(at, 2)
    link_type = u32_le(at, 4)
    if size < 8 or not at.need(size):
        return steps.DONE
    fcs = False
    i: i64 = 8
    while i + 4 <= size:
        following = i + 4 + u16_le(at, i + 2)
        if following > size:
            at.give_up(skip_reasons.MALFORMED_LINK, 0)
            return steps.DONE
        if u16_le(at, i) == PPI_802_11_COMMON and following >= i + 14:
            fcs = u16_le(at, i + 12) & 1 != 0
        i = following
    at.skip(size)
    if link_type == LINK_WLAN:
        return frame(at, fcs, False)
    at.give_up(skip_reasons.LINK_TYPE, link_type)
    return steps.DONE


def avs(at: Cursor) -> i64:
    """Decode AVS: of interest is its length."""
    if not at.need(8) or not at.skip(at.word(4)):
        return steps.DONE
    return frame(at, False, False)


def wlan(at: Cursor) -> i64:
    """Decode a bare 802.11 frame."""
    return frame(at, False, False)


def frame(at: Cursor, fcs: bool, padded: bool) -> i64:
    """Decode 802.11: only data frames that are not encrypted carry something readable."""
    if not at.need(24):
        return steps.DONE
    kind, flags = at.byte(0), at.byte(1)
    if fcs and at.reported >= FCS:
        at.limit(at.reported - FCS)
    if not carries_data(at, kind):
        return steps.DONE
    header = header_size(kind, flags)
    if not at.need(header):
        return steps.DONE
    aggregate = False
    if kind & QOS != 0:
        control = header - (6 if flags & ORDER != 0 else 2)
        aggregate = at.byte(control) & A_MSDU != 0
        meshed = flags & FROM_DS != 0 and at.byte(control + 1) & MESH_CONTROL != 0
        if padded:
            header = (header + 3) & ~3
        if meshed:
            header += mesh_size(at, header)
    elif padded:
        header = (header + 3) & ~3
    if flags & PROTECTED != 0:
        at.give_up(skip_reasons.WLAN_PROTECTED, 0)
        return steps.DONE
    number = u16_le(at, 22)
    addresses = at.piece(4, 16)
    if not at.skip(header):
        return steps.DONE
    if number & 15 != 0 or flags & MORE_FRAGMENTS != 0:
        at.give_up(skip_reasons.WLAN_FRAGMENT, 0)
        if not reassemble(at, addresses, number, flags & MORE_FRAGMENTS != 0):
            return steps.DONE
    return subframes(at) if aggregate else steps.LLC


def carries_data(at: Cursor, kind: i64) -> bool:
    """Return whether this is a data frame with a body, and note the reason if it is not."""
    if kind & 15 == DATA_FRAME and kind & NULL_DATA == 0:
        return True
    at.give_up(skip_reasons.WLAN, 0)
    return False


def header_size(kind: i64, flags: i64) -> i64:
    """Return the bytes of a data frame's header, without padding and mesh control."""
    size: i64 = 30 if flags & (TO_DS | FROM_DS) == TO_DS | FROM_DS else 24
    if kind & QOS != 0:
        size += 6 if flags & ORDER != 0 else 2
    return size


def mesh_size(at: Cursor, start: i64) -> i64:
    """Return the bytes of the mesh control field, or 0 where what stands there cannot be one."""
    if at.captured <= start:
        return 0
    extension = at.byte(start)
    return 6 + 6 * extension if extension < 3 else 0


def reassemble(at: Cursor, addresses: bytes, number: i64, more: bool) -> bool:
    """Store a fragment, and return True if its frame is complete: then its body comes next.

    A last fragment that none came before is taken as a frame of its own.
    """
    key = addresses + int(number >> 4).to_bytes(2, "big")
    if not more and key not in at.fragments.waiting:
        return True
    if at.captured < at.reported:
        return False
    body = at.fragments.add_numbered(key, number & 15, at.piece(0, at.captured), not more)
    if body is None:
        return False
    at.data = body
    at.offset = 0
    at.captured = len(body)
    at.reported = at.captured
    return True


def subframes(at: Cursor) -> i64:
    """Decode several packets in one frame (A-MSDU), each behind a small header of its own."""
    start: i64 = 0
    while start + 14 <= at.captured:
        size = at.short(start + 12)
        at.branch(steps.LLC, start + 14, size)
        start = (start + 14 + size + 3) & ~3
    at.give_up(skip_reasons.WLAN, 0)
    return steps.DONE


def centrino(at: Cursor) -> i64:
    """Decode 802.11 frames as some Intel drivers hand them over, without checksum and padding."""
    if not at.need(24):
        return steps.DONE
    at.push(layers.WLAN, b"")
    kind, flags = at.byte(0), at.byte(1)
    if not carries_data(at, kind):
        return steps.DONE
    if flags & PROTECTED != 0:
        at.give_up(skip_reasons.WLAN_PROTECTED, 0)
        return steps.DONE
    return steps.LLC if at.skip(header_size(kind, flags)) else steps.DONE
