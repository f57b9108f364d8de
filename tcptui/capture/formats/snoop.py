"""Reads Solaris snoop files (RFC 1761) and those of Shomiti/Finisar Surveyor, which resemble them.

What is damage follows Wireshark's wiretap/snoop.c. Compiled.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.capture.formats.framer import MAX_CAPTURED, NANOSECONDS, Framer, Interface, u32
from tcptui.engine.records import Records

MAGIC: Final[bytes] = b"snoop\0\0\0"
FILE_HEADER: Final = 16
RECORD_HEADER: Final = 24
VERSIONS: Final = (2, 3, 4, 5)
"""Version 2 is snoop's; Surveyor uses the others too."""

SURVEYOR_TRAILER: Final = 16
"""Padding of this length after the first packet is Surveyor's own trailer."""

LINKTYPES: Final = {
    0: 1,
    2: 6,
    4: 1,
    8: 10,
    9: 0,
    14: 0,
    16: 122,
    18: 123,
    0x80000005: 226,
}
"""LINKTYPE_ values of the data link types: Ethernet, Token Ring, FDDI, loopback, IP over Fibre
Channel, SunATM, and Solaris' ipnet."""

SURVEYOR_LINKTYPES: Final = {0: 1, 2: 6, 4: 1, 8: 10, 10: 1, 11: 6, 12: 1, 13: 6, 14: 6, 19: 1}
"""Surveyor tells the speeds of Ethernet and Token Ring apart."""


class SnoopFramer(Framer):
    """Finds the records of a snoop file."""

    def __init__(self, file: int, interfaces: list[Interface]) -> None:
        super().__init__(file, interfaces)
        self.need = FILE_HEADER
        self.network: i64 = -1
        self.interface: i64 = -1

    def frame(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        records.count = 0
        if self.network < 0:
            start = self.read_file_header(chunk, start)
        if self.network >= 0 and self.interface < 0:
            self.choose_linktype(chunk, start)
        if self.interface < 0:
            return start
        return self.fill_records(chunk, start, base, records)

    def read_file_header(self, chunk: bytes, start: i64) -> i64:
        """Read the file header at `start`; returns its end, or `start` where it fails."""
        if i64(len(chunk)) - start < FILE_HEADER:
            return start
        self.format = "snoop"
        version = u32(chunk, start + 8, True)
        if version not in VERSIONS:
            self.damage = f"snoop version {version} is not supported"
            return start
        self.network = u32(chunk, start + 12, True)
        self.need = RECORD_HEADER
        return start + FILE_HEADER

    def choose_linktype(self, chunk: bytes, first: i64) -> None:
        """Choose the meaning of the data link type: the padding of the record at `first` tells who
        wrote it."""
        if i64(len(chunk)) - first < RECORD_HEADER:
            return
        known = LINKTYPES
        extra = u32(chunk, first + 8, True) - u32(chunk, first + 4, True) - RECORD_HEADER
        if extra >= SURVEYOR_TRAILER:
            self.format = "snoop (Surveyor)"
            known = SURVEYOR_LINKTYPES
        linktype = known.get(self.network, -1)
        if linktype < 0:
            self.damage = f"the data link type {self.network} is not known"
            return
        self.interface = len(self.interfaces)
        self.interfaces.append(Interface(self.file, linktype, 0))

    def fill_records(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        """Read the records themselves, one after the other."""
        time, position, offset = records.time, records.position, records.offset
        captureds, originals, interfaces = records.captured, records.original, records.interface
        end: i64 = len(chunk)
        interface = self.interface
        dropped: i64 = -1
        at = start
        count: i64 = 0
        while count < records.room:
            data = at + RECORD_HEADER
            if data > end:
                self.need = RECORD_HEADER
                break
            original = u32(chunk, at, True)
            captured = u32(chunk, at + 4, True)
            length = u32(chunk, at + 8, True)
            if captured > MAX_CAPTURED or original > MAX_CAPTURED:
                longer = max(captured, original)
                self.damage = f"a packet of {longer} bytes, but at most {MAX_CAPTURED} are possible"
                break
            if length < RECORD_HEADER + captured:
                self.damage = f"a record of {length} bytes cannot hold a packet of {captured}"
                break
            if data + captured > end:
                self.need = RECORD_HEADER + captured
                break
            dropped = u32(chunk, at + 12, True)
            time[count] = u32(chunk, at + 16, True) * NANOSECONDS + u32(chunk, at + 20, True) * 1000
            position[count] = base + data
            offset[count] = data
            captureds[count] = captured
            originals[count] = max(captured, original)
            interfaces[count] = interface
            count += 1
            at += length
        if dropped >= 0:
            self.interfaces[interface].dropped = int(dropped)
        records.count = count
        return at
