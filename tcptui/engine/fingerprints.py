"""Fingerprints tell one packet from another at two capture points: what the columns do not hold.

An engine keeps them only where it is given a place for them, as captures of two points are.
"""

from typing import Final

from librt.strings import read_i16_be, read_i32_be
from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.header_fields import find_time_stamps
from tcptui.engine.packets import s16
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import s32
from tcptui.engine.tcp_header import SYN, TCP_MIN_HEADER

DIGESTED: Final = 32
"""Bytes of a payload that are digested: what a capture with a short snap length has of it too."""

HAS_STAMPS: Final = 1 << 16
HAS_IDENTIFICATION: Final = 1 << 17
HAS_WHOLE_DIGEST: Final = 1 << 18
"""All the bytes that are digested were captured."""
TOS_SHIFT: Final = 8
BYTE: Final = 0xFF
IPV4: Final = 4


class Fingerprints:
    """The fingerprints of all segments, by row.

    ``stamp`` is the TCP time stamp of the sender, ``identification`` is IPv4's, ``traits`` has
    the TTL in its lowest byte, the TOS or traffic class in the next and bits that say which of
    the others there are. ``digest`` is made of the payload's first bytes, or of the options
    behind the time stamps where there is no payload; it is Python's hash, which means nothing to
    a process that was not forked from this one. ``syn_options`` has the options of SYNs.
    """

    def __init__(self) -> None:
        self.stamp: vec[i32] = vec[i32]()
        self.identification: vec[i16] = vec[i16]()
        self.traits: vec[i32] = vec[i32]()
        self.digest: vec[i32] = vec[i32]()
        self.syn_options: dict[int, bytes] = {}

    def add(self, at: HeaderLocation, seg: Segment) -> None:
        """Take the fingerprint of the next row's segment."""
        data = at.data
        traits: i64 = 0
        identification: i64 = 0
        if at.ip + TCP_MIN_HEADER <= at.offset:
            if i64(data[at.ip]) >> 4 == IPV4:
                traits = i64(data[at.ip + 8]) | i64(data[at.ip + 1]) << TOS_SHIFT
                traits |= HAS_IDENTIFICATION
                identification = i64(read_i16_be(data, at.ip + 4)) & 0xFFFF
            else:
                traits = i64(data[at.ip + 7])
                traits |= (i64(read_i16_be(data, at.ip)) >> 4 & BYTE) << TOS_SHIFT
        stamps = find_time_stamps(at)
        stamp: i32 = 0
        if stamps >= 0:
            traits |= HAS_STAMPS
            stamp = read_i32_be(data, stamps + 2)
        digest = self.digest_of_segment(at, seg, stamps)
        if at.captured >= at.reported or seg.length <= 0 or self.has_enough(at):
            traits |= HAS_WHOLE_DIGEST
        self.stamp = append(self.stamp, stamp)
        self.identification = append(self.identification, i16(s16(identification)))
        self.traits = append(self.traits, i32(traits))
        self.digest = append(self.digest, i32(s32(digest)))

    def digest_of_segment(self, at: HeaderLocation, seg: Segment, stamps: i64) -> i64:
        """Return the digest of what is behind the header, else of what its options say."""
        data = at.data
        there = at.offset + (at.captured if at.captured < at.reported else at.reported)
        start = at.offset + TCP_MIN_HEADER
        payload = there
        if there > at.offset + 12:
            payload = at.offset + (i64(data[at.offset + 12]) >> 4 << 2)
        if payload > there:
            payload = there
        if (seg.flags & SYN) != 0 and payload > start:
            self.syn_options[int(seg.row)] = data[start:payload]
        if seg.length > 0:
            end = payload + DIGESTED
            return i64(hash(data[payload : end if end < there else there]))
        if stamps < 0:
            return i64(hash(data[start:payload])) if payload > start else 0
        return i64(hash(data[stamps + 10 : payload]))

    def has_enough(self, at: HeaderLocation) -> bool:
        """Return whether the captured part of a packet holds all the bytes that are digested."""
        header = i64(at.data[at.offset + 12]) >> 4 << 2 if at.captured > 12 else at.captured
        return at.captured >= header + DIGESTED

    def ttl(self, row: i64) -> i64:
        """Return the TTL or hop limit of the packet."""
        return i64(self.traits[row]) & BYTE

    def tos(self, row: i64) -> i64:
        """Return the TOS byte or traffic class: DSCP in its upper six bits, ECN in the others."""
        return i64(self.traits[row]) >> TOS_SHIFT & BYTE

    def has_stamps(self, row: i64) -> bool:
        return (i64(self.traits[row]) & HAS_STAMPS) != 0

    def may_have_same_stamp(self, row: i64, other: "Fingerprints", other_row: i64) -> bool:
        """Return whether no time stamps say that these are different segments."""
        if not self.has_stamps(row) or not other.has_stamps(other_row):
            return True
        return self.stamp[row] == other.stamp[other_row]

    def has_identification(self, row: i64) -> bool:
        return (i64(self.traits[row]) & HAS_IDENTIFICATION) != 0

    def has_whole_digest(self, row: i64) -> bool:
        return (i64(self.traits[row]) & HAS_WHOLE_DIGEST) != 0
