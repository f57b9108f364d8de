"""Remembers what tells the latest packets apart: TTL, IP identification, TCP checksum.

A packet that passes the capture point twice has the same identification and checksum again; one
that a router has passed on between has a lower TTL besides. A segment that is sent again is a
packet with an identification of its own, and mostly with another checksum, which covers payload,
time stamps, flags, acknowledgment and window.
"""

from typing import Final

from librt.strings import read_i16_be, read_i64_be
from librt.vecs import vec
from mypy_extensions import i64

from tcptui.engine.segment import HeaderLocation

KEPT: Final = 8192
"""Rows that are kept: more than a copy is searched back."""
CHECKSUM: Final = 16
"""Where the checksum stands in the TCP header."""


class RecentHeaders:
    """The fingerprints of the latest rows, each in one number: TTL << 32 | identification << 16 |
    checksum. IPv6 has no identification, and hosts that do not count write 0 (RFC 6864)."""

    def __init__(self) -> None:
        self.latest: vec[i64] = vec[i64]([0] * KEPT)

    def note_packet(self, row: i64, header: HeaderLocation) -> i64:
        """Remember the packet of a row, and return its TTL."""
        data = header.data
        ip = header.ip
        found: i64 = 0
        if header.captured >= CHECKSUM + 2:
            found = i64(read_i16_be(data, header.offset + CHECKSUM)) & 0xFFFF
        if data[ip] >> 4 == 4:
            # Identification, flags and offset, TTL, protocol, header checksum.
            words = read_i64_be(data, ip + 4)
            found |= (words >> 32 & 0xFFFF0000) | (words >> 24 & 0xFF) << 32
        else:
            found |= i64(data[ip + 7]) << 32
        self.latest[row & (KEPT - 1)] = found
        return found >> 32

    def way(self, row: i64) -> i64:
        """Return what the way leaves a row's packet in one number: TTL << 16 | IP
        identification."""
        return self.latest[row & (KEPT - 1)] >> 16

    def ttl(self, row: i64) -> i64:
        """Return the TTL of a row's packet."""
        return self.latest[row & (KEPT - 1)] >> 32

    def number(self, row: i64) -> i64:
        """Return the IP identification of a row's packet, or 0 without one."""
        return self.latest[row & (KEPT - 1)] >> 16 & 0xFFFF

    def checksum(self, row: i64) -> i64:
        """Return the TCP checksum of a row's segment as its header has it."""
        return self.latest[row & (KEPT - 1)] & 0xFFFF
