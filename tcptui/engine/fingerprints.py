"""Fingerprints tell one packet from another at two capture points: what the columns do not hold.

An engine keeps them only where it is given a place for them, as captures of two points are.
"""

from typing import Final

from librt.strings import read_i16_be, read_i32_be
from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64

from tcptui.engine.header_fields import (
    find_time_stamps,
    has_ipv4,
    identification_of,
    traffic_class_of,
    ttl_of,
)
from tcptui.engine.lower_bound import lower_bound
from tcptui.engine.packets import s16
from tcptui.engine.segment import HeaderLocation, Segment
from tcptui.engine.sequence import s32
from tcptui.engine.tcp_header import SYN, TCP_MIN_HEADER
from tcptui.engine.tcp_options import MSS, NO_MORE, WINDOW_SCALE, next_option

DIGESTED: Final = 32
"""Bytes of a payload that are digested: what a capture with a short snap length has of it too."""

HAS_STAMPS: Final = 1 << 16
HAS_IDENTIFICATION: Final = 1 << 17
HAS_WHOLE_DIGEST: Final = 1 << 18
"""All the bytes that are digested were captured."""
TOS_SHIFT: Final = 8
BYTE: Final = 0xFF

SACK_PERMITTED: Final = 4
OFFERS: Final = (("mss", MSS), ("window_scale", WINDOW_SCALE), ("sack", SACK_PERMITTED))
"""What a SYN may offer, and the option that it stands in."""
OFFER_BITS: Final = 20
OFFER_MASK: Final = (1 << OFFER_BITS) - 1
NO_OPTIONS: Final = -1
ABSENT: Final = -1
PRESENT: Final = 1


class Fingerprints:
    """The fingerprints of all segments, by row.

    ``stamp`` is the TCP time stamp of the sender, ``identification`` is IPv4's, ``traits`` has
    the TTL in its lowest byte, the TOS or traffic class in the next and bits that say which of
    the others there are. ``digest`` is made of the payload's first bytes, or of the options
    behind the time stamps where there is no payload; it is Python's hash, which means nothing to
    a process that was not forked from this one. ``offers`` has what the SYNs of the rows
    ``syn_row`` offer, those that have options: for each of OFFERS its value and 1, or 0.
    """

    def __init__(self) -> None:
        self.stamp: vec[i32] = vec[i32]()
        self.identification: vec[i16] = vec[i16]()
        self.traits: vec[i32] = vec[i32]()
        self.digest: vec[i32] = vec[i32]()
        self.syn_row: vec[i32] = vec[i32]()
        self.offers: vec[i64] = vec[i64]()

    def add(self, at: HeaderLocation, seg: Segment) -> None:
        """Take the fingerprint of the next row's segment."""
        data = at.data
        identification: i64 = 0
        traits = ttl_of(at) | traffic_class_of(at) << TOS_SHIFT
        if has_ipv4(at):
            traits |= HAS_IDENTIFICATION
            identification = identification_of(at)
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
            self.syn_row = append(self.syn_row, i32(seg.row))
            self.offers = append(self.offers, offers_of(data, start, payload))
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

    def offers_at(self, row: i64) -> i64:
        """Return what the SYN of a row offers, or NO_OPTIONS."""
        at = lower_bound(self.syn_row, row)
        if at < i64(len(self.syn_row)) and i64(self.syn_row[at]) == row:
            return self.offers[at]
        return NO_OPTIONS

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


def offers_of(data: bytes, start: i64, end: i64) -> i64:
    """Return what the options between two places of a SYN offer."""
    offers: i64 = 0
    shift: i64 = 0
    for _, kind in OFFERS:
        offers |= (offered(data, start, end, i64(kind)) + 1) << shift
        shift += OFFER_BITS
    return offers


def offered(data: bytes, start: i64, end: i64, wanted: i64) -> i64:
    """Return the value of one of a SYN's options, PRESENT for one without a value, or ABSENT."""
    i = next_option(data, start, end, end)
    while i > NO_MORE:
        length = i64(data[i + 1])
        if i64(data[i]) == wanted:
            if wanted == MSS and length == 4:
                return i64(read_i16_be(data, i + 2)) & 0xFFFF
            if wanted == WINDOW_SCALE and length == 3:
                return i64(data[i + 2])
            return PRESENT
        i = next_option(data, i + length, end, end)
    return ABSENT
