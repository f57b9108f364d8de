"""Reads Microsoft Network Monitor files, versions 1 and 2, by means of their frame table.

The rules are those of Wireshark's wiretap/netmon.c. Compiled.
"""

import time as clock
from typing import Final

from mypy_extensions import i64

from tcptui.capture.formats.framer import (
    MAX_CAPTURED,
    MAX_ORIGINAL,
    MAX_TIME,
    NANOSECONDS,
    Framer,
    Interface,
    u16,
    u32,
)
from tcptui.capture.formats.pcapng import NOT_A_PACKET
from tcptui.engine.records import FILE_SHIFT, Records

MAGICS: Final[tuple[bytes, ...]] = (b"RTSS", b"GMBU")
FILE_HEADER: Final = 128
TABLE_FIELDS: Final = 32
"""Bytes of the file header that are needed to find the frame table."""

EPOCH: Final = 116_444_736_000_000_000
"""The start of 1970, as Windows counts it: in units of 100 ns since 1601."""

ETHERNET: Final = 1
RAW: Final = 101
LINKTYPES: Final = {0: ETHERNET, 1: ETHERNET, 2: 6, 3: 10, 7: RAW, 8: RAW, 9: RAW, 0xE080: 105}
"""LINKTYPE_ values of the network types; the missing ones carry no IP that is read here."""

CONVERTED: Final = 0xE000
"""Added to the LINKTYPE_ value of packets that were converted from pcap."""
OWN_MEDIA: Final = range(0xE080, 0xE08B)
"""Microsoft Message Analyzer's own types, which lie within the range of those converted from
pcap."""

NOT_FRAMES: Final = (0xFFFC, 0xFFFD, 0xFFFE)
"""Reassembled payloads, adapters and resolved names, which have no frame number."""


HEADERS: Final = {1: 8, 2: 16}
"""Bytes before a packet, by major version."""
TRAILERS: Final = (0, 2, 6, 15)
"""Bytes behind a packet, by minor version of 2: network type, process, UTC time and its zone."""
UNITS: Final = {1: 1000, 2: 1_000_000}
"""Time stamp units in a second, by major version."""
TIMED: Final = 15
"""The trailer that has a time stamp, of 100 ns."""


class NetmonFramer(Framer):
    """Finds the records of a Network Monitor file.

    The frame table stands behind the frames, and says which there are and in which order. So
    the first chunk should reach to its end; where it does not (the file is cut or very large),
    the frames are read as they stand, one behind the other.
    """

    def __init__(self, file: int, interfaces: list[Interface]) -> None:
        super().__init__(file, interfaces)
        self.need = FILE_HEADER
        self.header: i64 = 0  # bytes before a packet; 0 before the file header was read
        self.trailer: i64 = 0  # bytes behind it
        self.units: i64 = 0  # time stamp units in a second
        self.start: int = 0  # of the capture, ns since the epoch
        self.table: i64 = 0  # offset of the frame table in the file
        self.frames: i64 = 0  # its entries; 0 where the frames are read as they stand
        self.next: i64 = 0  # the entry to be read next
        self.network: i64 = 0  # type of the whole file, then of the last frame
        self.interface: i64 = -1  # that of `network`
        self.known: dict[int, int] = {}  # network type → interface

    def frame(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        records.count = 0
        if not self.header:
            start = self.read_file_header(chunk, start)
            if not self.header:
                return start
        if self.frames:
            return self.fill_by_table(chunk, base, records)
        return self.fill_in_line(chunk, start, base, records)

    # -- the file header -----------------------------------------------------------------------

    def read_file_header(self, chunk: bytes, start: i64) -> i64:
        """Read the file header at `start`; returns its end, or `start` where it fails."""
        if i64(len(chunk)) - start < FILE_HEADER:
            return start
        minor, major = chunk[start + 4], chunk[start + 5]
        if major not in HEADERS:
            self.damage = f"Network Monitor version {major}.{minor} is not supported"
            return start
        self.format = f"netmon {major}.{minor}"
        self.header = HEADERS[major]
        self.trailer = TRAILERS[min(minor, 3)] if major == 2 else 0
        self.units = 10_000_000 if self.trailer == TIMED else UNITS[major]
        self.network = u16(chunk, start + 6, False)
        self.start = start_time(chunk, start + 8)
        self.table = u32(chunk, start + 24, False)
        length = u32(chunk, start + 28, False)
        if self.table >= FILE_HEADER and self.table + length <= i64(len(chunk)):
            self.frames = length // 4
        return start + FILE_HEADER

    # -- records -------------------------------------------------------------------------------

    def fill_by_table(self, chunk: bytes, base: i64, records: Records) -> i64:
        """Read the frames that the table lists, in its order; anything else is skipped."""
        while self.next < self.frames:
            at = u32(chunk, self.table + 4 * self.next, False)
            if records.count == records.room or self.read_frame(chunk, at, base, records) == at:
                break
            self.next += 1
        else:
            return len(chunk)
        if records.count < records.room and not self.damage:
            self.damage = f"frame {self.next + 1} of the frame table would end beyond the file"
        return min(at, i64(len(chunk)) - 1)

    def fill_in_line(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        """Read the frames one after the other, up to the frame table if the header says where it
        is."""
        end: i64 = len(chunk)
        if self.table >= FILE_HEADER:
            end = min(end, max(0, ((i64(self.file) << FILE_SHIFT) | self.table) - base))
        at = start
        while at < end and records.count < records.room:
            following = self.read_frame(chunk, at, base, records)
            if following == at:
                return at
            at = following
        return at if at < end or end == i64(len(chunk)) else i64(len(chunk))

    def read_frame(self, chunk: bytes, at: i64, base: i64, records: Records) -> i64:
        """Read the frame at `at`; return where the next one may begin, or `at` if that fails."""
        data = at + self.header
        if data > i64(len(chunk)):
            self.need = self.header
            return at
        if self.header == 8:
            original, captured = u16(chunk, at + 4, False), u16(chunk, at + 6, False)
        else:
            original, captured = u32(chunk, at + 8, False), u32(chunk, at + 12, False)
        if captured > MAX_CAPTURED:
            self.damage = f"a packet of {captured} bytes, but at most {MAX_CAPTURED} are possible"
            return at
        behind = data + captured
        if behind + self.trailer > i64(len(chunk)):
            self.need = self.header + captured + self.trailer
            return at
        network = u16(chunk, behind, False) if self.trailer else self.network
        if network not in NOT_FRAMES:
            self.choose_interface(network)
            count = records.count
            records.time[count] = self.time(chunk, at, behind)
            records.position[count] = base + data
            records.offset[count] = data
            records.captured[count] = captured
            records.original[count] = max(captured, min(original, MAX_ORIGINAL))
            records.interface[count] = self.interface
            records.count = count + 1
        return behind + self.trailer

    def choose_interface(self, network: i64) -> None:
        """Make an interface for each network type of the frames, as the file describes none."""
        if network == self.network and self.interface >= 0:
            return
        self.network = network
        if network not in self.known:
            self.known[network] = len(self.interfaces)
            interface = Interface(self.file, linktype_of(network), 0)
            interface.units = self.units
            self.interfaces.append(interface)
        self.interface = self.known[network]

    def time(self, chunk: bytes, at: i64, behind: i64) -> i64:
        """Return when the frame at `at` was taken, in ns since the epoch; the nearest one that
        fits.

        Since version 2.3 its trailer has the time in UTC; before, it is counted from the start
        of the capture, in ms, or in µs: ten times these 64 bits, cut to 64, are signed.
        """
        low: int = u32(chunk, at, False)
        if self.trailer == TIMED:
            time = (u64(chunk, behind + 6) - EPOCH) * 100
        elif self.header == 8:
            time = self.start + low * 1_000_000
        else:
            tenths = u64(chunk, at) * 10 & (1 << 64) - 1
            time = self.start + (tenths - (tenths >> 63 << 64)) * 100
        return max(-MAX_TIME, min(time, MAX_TIME - 1))


def together(head: bytes) -> int:
    """Return how far the frame table, by which frames are found, reaches in such a file."""
    if len(head) < TABLE_FIELDS:
        return TABLE_FIELDS
    return int(u32(head, 24, False) + u32(head, 28, False))


def linktype_of(network: int) -> int:
    """Return the LINKTYPE_ value of a network type."""
    if network & 0xF000 == CONVERTED and network not in OWN_MEDIA:
        return network & 0x0FFF
    return LINKTYPES.get(network, NOT_A_PACKET)


def start_time(chunk: bytes, at: i64) -> int:
    """Return the Windows SYSTEMTIME at `at`, in ns since the epoch.

    It is local time, and the file does not say of which place: this machine's is taken.
    """
    year, month, _, day, hour, minute, second, thousandths = [
        int(u16(chunk, at + 2 * i, False)) for i in range(8)
    ]
    try:
        seconds = int(clock.mktime((year, month, day, hour, minute, second, 0, 0, -1)))
    except OverflowError:
        seconds = 0
    return seconds * NANOSECONDS + thousandths * 1_000_000


def u64(chunk: bytes, at: i64) -> int:
    """Return the unsigned 64 bits at `at`."""
    low: int = u32(chunk, at, False)
    high: int = u32(chunk, at + 4, False)
    return high << 32 | low
