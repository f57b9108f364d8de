"""Records of classic pcap in this machine's byte order, as a capture hands them on."""

import struct

from tcptui.capture.pcap_writer import NANOSECOND_MAGIC

HEADER = struct.pack("=IHHiIII", NANOSECOND_MAGIC, 2, 4, 0, 0, 262_144, 1)


def record(number: int, size: int = 60, seconds: int = 1_700_000_000) -> bytes:
    """A packet that says its number, one nanosecond after the one before."""
    data = number.to_bytes(4, "big").ljust(size, b".")
    return struct.pack("=IIII", seconds, number, size, size) + data


def records(start: int, stop: int, size: int = 60) -> bytes:
    """Packets `start` to `stop - 1`."""
    return b"".join(record(number, size) for number in range(start, stop))
