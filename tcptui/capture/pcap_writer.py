"""Writes classic pcap: a file header and records, in this machine's byte order as libpcap does."""

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Final, Protocol

from tcptui.capture.formats.framer import NANOSECONDS

MICROSECONDS: Final = 1_000_000
MICROSECOND_MAGIC: Final = 0xA1B2C3D4
NANOSECOND_MAGIC: Final = 0xA1B23C4D
VERSION: Final = (2, 4)
"""The only version that has been written since 1998; before it, the two lengths were swapped."""

FILE_HEADER_FIELDS: Final = "IHHiIII"
"""Magic number, version (two), time zone, accuracy, snap length, link type."""
FILE_HEADER: Final = Struct(f"={FILE_HEADER_FIELDS}")
RECORD_FIELDS: Final = "IIII"
"""Seconds, their fraction, bytes captured, bytes on the wire."""
RECORD: Final = Struct(f"={RECORD_FIELDS}")


class TimedPacket(Protocol):
    """A packet as a record needs it: ns since the epoch, bytes on the wire, bytes captured."""

    @property
    def time(self) -> int: ...

    @property
    def original(self) -> int: ...

    @property
    def data(self) -> bytes: ...


def file_header(link_type: int, units: int, snaplen: int) -> bytes:
    """Return the header of a file whose times count ``units`` in a second: micro- or
    nanoseconds."""
    magic = MICROSECOND_MAGIC if units == MICROSECONDS else NANOSECOND_MAGIC
    return FILE_HEADER.pack(magic, *VERSION, 0, 0, snaplen, link_type)


def records(packets: Iterable[TimedPacket], units: int) -> Iterator[bytes]:
    """Yield the parts of the packets' records."""
    for packet in packets:
        second, rest = divmod(packet.time, NANOSECONDS)
        fraction = rest // (NANOSECONDS // units)
        data = packet.data
        yield RECORD.pack(second, fraction, len(data), packet.original)
        yield data
