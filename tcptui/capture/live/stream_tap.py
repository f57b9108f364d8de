"""Reads a capture that another program writes to a pipe: tcpdump or dumpcap, here or far away.

Nothing of it is trusted. Lengths are checked before anything is kept, as libpcap does it
(sf-pcap.c), so that memory holds one packet and one read at most, whatever comes.
"""

import os
import struct
import sys
from typing import Final

from tcptui.capture.formats.framer import NANOSECONDS
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.live.tap import MASK32, Tap
from tcptui.capture.pcap_writer import (
    FILE_HEADER,
    FILE_HEADER_FIELDS,
    MICROSECOND_MAGIC,
    NANOSECOND_MAGIC,
    RECORD,
    RECORD_FIELDS,
    VERSION,
    file_header,
)

UNITS: Final = {NANOSECOND_MAGIC: 1, MICROSECOND_MAGIC: 1000}
"""Nanoseconds in a stamp's fraction, by the magic number of the stream."""
MOST_SNAPLEN: Final = 262_144
"""Most bytes that tcpdump and dumpcap capture of a packet."""
RESERVED: Final = 0x03FF0000
"""The bits of the link type field that must be zero."""
READ: Final = 1 << 18


class StreamTap(Tap):
    """Reads whole records of classic pcap in either byte order, up to the first that cannot be
    one."""

    def __init__(self, name: str, fd: int) -> None:
        """Wait for the stream's file header at `fd`, and read it. Raises Refusal."""
        super().__init__(name)
        self.fd = fd
        head = read_exactly(fd, FILE_HEADER.size)
        order = byte_order(head)
        if not order:
            raise Refusal(Reason.OTHER, f"{name}: {no_capture(head)}")
        fields = struct.unpack(f"{order}{FILE_HEADER_FIELDS}", head)
        magic, *version, _, _, snaplen, network = fields
        if tuple(version) != VERSION or network & RESERVED:
            raise Refusal(Reason.OTHER, f"{name}: {no_capture(head)}")
        self._limit = snaplen if 0 < snaplen <= MOST_SNAPLEN else MOST_SNAPLEN
        self.header = file_header(network, NANOSECONDS, self._limit)
        self._unit = UNITS[magic]
        self._fields = struct.Struct(f"{order}{RECORD_FIELDS}")
        self._as_it_is = self._unit == 1 and (order == "<") == (sys.byteorder == "little")
        self._input = bytearray()
        self._at = 0
        self._offset = FILE_HEADER.size  # of the input in the stream
        self._packets = 0
        self._odd: set[str] = set()  # what was wrong with packets that were mended
        self._news: list[str] = []
        os.set_blocking(fd, False)

    def take_packets(self, limit: int) -> int:
        before = self._packets
        if not self._has_record() and not self.ended:
            self._read_pipe()
        while self._packets - before < limit and self._has_record():
            self._at += self._mend_header()
            self._packets += 1
        return self._packets - before

    def _read_pipe(self) -> None:
        try:
            data = os.read(self.fd, READ)
        except BlockingIOError:
            return
        self._input += data
        if not data:
            self.ended = True
            left = len(self._input) - self._at
            self.cut = f"{left:,} bytes of an incomplete packet" if left else ""

    def _has_record(self) -> bool:
        """Return whether the next record is all there. One that cannot be a record ends the
        stream."""
        if self.error or len(self._input) - self._at < RECORD.size:
            return False
        captured = self._fields.unpack_from(self._input, self._at)[2]
        if captured > MOST_SNAPLEN:
            self._end_broken(captured)
            return False
        return bool(self._at + RECORD.size + captured <= len(self._input))

    def _end_broken(self, captured: int) -> None:
        self.ended = True
        where = f"byte {self._offset + self._at:,}, packet {self._packets + 1:,}"
        self.error = (
            f"{self.name}: {where}: a packet of {captured:,} bytes, but at most "
            f"{MOST_SNAPLEN:,} are possible; nothing after it can be read"
        )

    def _mend_header(self) -> int:
        """Turn a whole record into one of this machine's, with nanoseconds; return its length.

        A fraction of a whole second or more is carried, as who reads such a file does; what is
        above the stream's own snap length is left out, as libpcap does.
        """
        seconds, fraction, captured, original = self._fields.unpack_from(self._input, self._at)
        fraction *= self._unit
        if self._as_it_is and fraction < NANOSECONDS and captured <= self._limit:
            return int(RECORD.size + captured)
        if fraction >= NANOSECONDS:
            self._add_note("a fraction of one second or more, which was added to the seconds")
            more, fraction = divmod(fraction, NANOSECONDS)
            seconds = min(seconds + more, MASK32)
        if captured > self._limit:
            self._add_note(f"more bytes than the snap length of {self._limit:,}, and was cut to it")
            end = self._at + RECORD.size + captured
            del self._input[end - (captured - self._limit) : end]
            self._offset += captured - self._limit
            captured = self._limit
        RECORD.pack_into(self._input, self._at, seconds, fraction, captured, original)
        return int(RECORD.size + captured)

    def _add_note(self, what: str) -> None:
        if what not in self._odd:
            self._odd.add(what)
            first = self._packets + 1
            self._news.append(
                f"{self.name}: packet {first:,} has {what} (only the first such packet is reported)"
            )

    def next_note(self) -> str:
        return self._news.pop(0) if self._news else ""

    def records(self) -> bytes:
        data = bytes(self._input[: self._at])
        del self._input[: self._at]
        self._offset += self._at
        self._at = 0
        return data


def no_capture(head: bytes) -> str:
    """Say what came instead of a stream's file header."""
    if not head:
        return "the stream ended before a capture began"
    if len(head) < FILE_HEADER.size:
        return f"the stream ended after {len(head)} bytes, before a capture began"
    return f"the stream is not a pcap 2.4 capture: it begins with {head.hex(' ', 4)}"


def byte_order(head: bytes) -> str:
    """Return the byte order of a file header, as struct writes it; empty if it is not pcap."""
    if len(head) < FILE_HEADER.size:
        return ""
    return next((o for o in "<>" if struct.unpack_from(f"{o}I", head)[0] in UNITS), "")


def read_exactly(fd: int, size: int) -> bytes:
    """Return `size` bytes, waiting for them; fewer if the stream ends."""
    data = b""
    while len(data) < size and (more := os.read(fd, size - len(data))):
        data += more
    return data
