"""Reads classic pcap: time stamps in micro- and nanoseconds, both byte orders, and the known
variants.

The rules are those of Wireshark's wiretap/libpcap.c. Compiled.
"""

from typing import Final

from librt.strings import read_i64_be, read_i64_le
from mypy_extensions import i64

from tcptui.capture.formats.framer import (
    MAX_ORIGINAL,
    NANOSECONDS,
    Framer,
    Interface,
    max_captured,
    u16,
    u32,
)
from tcptui.engine.records import Records
from tcptui.engine.sequence import MASK32

FILE_HEADER: Final = 24
RECORD_HEADER: Final = 16

NEVER: Final = 0
WHERE_LARGER: Final = 1
ALWAYS: Final = 2


class PcapVariant:
    """The form of a file's records, as its magic number tells."""

    def __init__(self, name: str, unit: int, record_header: int, file_header: int) -> None:
        self.name: str = name
        self.unit: int = unit  # ns
        self.record_header: int = record_header
        self.file_header: int = file_header


VARIANTS: Final = {
    0xA1B2C3D4: PcapVariant("pcap", 1000, 16, 24),
    0xA1B23C4D: PcapVariant("pcap (nanosecond)", 1, 16, 24),
    0xA1B2CD34: PcapVariant("pcap (modified)", 1000, 24, 24),
    0x1C0001AC: PcapVariant("pcap (Ixia hardware)", 1, 16, 28),
    0x1C0001AB: PcapVariant("pcap (Ixia software)", 1000, 16, 28),
}

AIX_LINKTYPES: Final = {6: 1, 9: 6, 15: 10, 24: 0}
"""RFC 1573 interface types, which AIX writes (version 2.2) instead of link types."""


MAGICS: Final[tuple[bytes, ...]] = tuple(
    magic.to_bytes(4, "big" if big else "little") for magic in VARIANTS for big in (True, False)
)


class PcapFramer(Framer):
    """Finds the records of a classic pcap file."""

    def __init__(self, file: int, interfaces: list[Interface]) -> None:
        super().__init__(file, interfaces)
        self.need = FILE_HEADER
        self.big: bool = False
        self.opened: bool = False
        self.unit: i64 = 1000
        self.header: i64 = RECORD_HEADER
        self.swapped: i64 = NEVER
        self.limit: i64 = 0
        self.interface: i64 = 0

    def frame(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        records.count = 0
        if not self.opened:
            start = self.read_file_header(chunk, start)
            if not self.opened:
                return start
        return self.fill_records(chunk, start, base, records)

    def read_file_header(self, chunk: bytes, start: i64) -> i64:
        """Read the file header at `start`; returns its end, or `start` where it fails."""
        if i64(len(chunk)) - start < self.need:
            return start
        self.big = u32(chunk, start, True) in VARIANTS
        variant = VARIANTS[u32(chunk, start, self.big)]
        self.format = variant.name
        if i64(len(chunk)) - start < variant.file_header:
            self.need = variant.file_header
            return start
        major, minor = u16(chunk, start + 4, self.big), u16(chunk, start + 6, self.big)
        network = u32(chunk, start + 20, self.big)
        if major < 2:
            self.damage = f"pcap version {major}.{minor} is not supported"
            return start
        if network & 0x03FF0000:
            self.damage = f"the link type field 0x{network:08x} has reserved bits set"
            return start
        self.unit = variant.unit
        self.header = variant.record_header
        self.choose_lengths(major, minor)
        linktype: int = network & 0xFFFF
        if major == 2 and minor == 2 and variant.name == "pcap" and network in AIX_LINKTYPES:
            self.format = "pcap (AIX)"
            self.unit = 1
            linktype = AIX_LINKTYPES[linktype]
        self.interface = len(self.interfaces)
        self.limit = max_captured(linktype)
        interface = Interface(self.file, linktype, u32(chunk, start + 16, self.big))
        interface.units = NANOSECONDS // self.unit
        self.interfaces.append(interface)
        self.opened = True
        return start + variant.file_header

    def choose_lengths(self, major: i64, minor: i64) -> None:
        """Choose the order of a record's two lengths: before version 2.4 they were, or may be,
        swapped."""
        if major == 543 or (major == 2 and minor < 3):
            self.swapped = ALWAYS
        elif major == 2 and minor == 3:
            self.swapped = WHERE_LARGER

    def fill_records(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        """Read the records themselves, one after the other."""
        time, position, offset = records.time, records.position, records.offset
        captureds, originals, interfaces = records.captured, records.original, records.interface
        end: i64 = len(chunk)
        big, header, unit, interface = self.big, self.header, self.unit, self.interface
        swapped, limit = self.swapped, self.limit
        at = start
        count: i64 = 0
        while count < records.room:
            data = at + header
            if data > end:
                self.need = header
                break
            if big:
                when = read_i64_be(chunk, at)
                lengths = read_i64_be(chunk, at + 8)
                seconds, fraction = when >> 32 & MASK32, when & MASK32
                captured, original = lengths >> 32 & MASK32, lengths & MASK32
            else:
                when = read_i64_le(chunk, at)
                lengths = read_i64_le(chunk, at + 8)
                seconds, fraction = when & MASK32, when >> 32 & MASK32
                captured, original = lengths & MASK32, lengths >> 32 & MASK32
            if swapped != NEVER and (swapped == ALWAYS or captured > original):
                captured, original = original, captured
            if captured > limit:
                self.damage = f"a packet of {captured} bytes, but at most {limit} are possible"
                break
            if data + captured > end:
                self.need = header + captured
                break
            time[count] = seconds * NANOSECONDS + fraction * unit
            position[count] = base + data
            offset[count] = data
            captureds[count] = captured
            originals[count] = max(captured, min(original, MAX_ORIGINAL))
            interfaces[count] = interface
            count += 1
            at = data + captured
        records.count = count
        return at
