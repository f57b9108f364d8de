"""Writes the packets that are read to another file, as they come: `-r FILE -w FILE`."""

import errno
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from tcptui.capture.errors import CaptureError, cannot_open
from tcptui.capture.formats.framer import NANOSECONDS, Framer, Interface
from tcptui.capture.formats.pcapng import CUSTOM, JOURNAL, PcapngFramer
from tcptui.capture.pcap_writer import records
from tcptui.capture.pcapng_writer import block, section_block
from tcptui.capture.source import Batch
from tcptui.capture.whole_file import WholeFile, descriptor, status
from tcptui.capture.writer import (
    Packet,
    Reads,
    interface_block,
    is_pcapng,
    packet_block,
    pcap_header,
)
from tcptui.escapes import visible

ETHERNET: Final = 1
"""The link type of a pcap file that no packets were read for."""
MOST_LINK_TYPE: Final = 0xFFFF
"""Records with a larger number are no packets: journal entries, custom blocks, media without a
number."""
EARLY_OFFSET: Final = -10_000_000_000
"""Seconds that make room in pcapng for times before 1970 (if_tsoffset)."""


class PacketCopy:
    """Writes batches to a file: pcapng if its name ends so, else pcap with nanosecond time stamps.

    It appears under its name when it is kept; until then nothing that was there is touched.
    """

    def __init__(self, path: str, reads: Reads) -> None:
        """Begin the file. Raises CaptureError, also if ``reads`` knows it as an input."""
        self.path = path
        self.is_over = False  # kept or dropped
        try:
            there = status(path)
            if there and reads(there):
                raise CaptureError(
                    "this is the capture being read", visible(path), "name another file"
                )
            self._file = WholeFile(path)
        except OSError as error:
            raise not_writable(path, error) from None
        self._form = PcapngForm() if is_pcapng(path) else PcapForm(visible(path))

    def take_batch(self, batch: Batch, interfaces: Sequence[Interface], framer: Framer) -> None:
        """Append the packets of a batch, which `framer` found. Raises CaptureError."""
        self._write(self._form.parts(batch, interfaces, framer))

    @property
    def warnings(self) -> list[str]:
        """Return what was not copied, in one line."""
        if not self._form.left_out:
            return []
        return [
            f"{visible(self.path)}: {self._form.left_out:,} of the capture's records were not "
            f"copied, because they are not packets; {self._form.room}"
        ]

    def keep(self, interfaces: Sequence[Interface]) -> None:
        """Complete the file and give it its name, when all was taken. Raises CaptureError."""
        self._write(self._form.beginning(interfaces))
        self.is_over = True
        try:
            self._file.keep()
        except OSError as error:
            raise not_writable(self.path, error) from None

    def drop(self) -> None:
        """Leave the file that was there before; this has no effect once the new one was kept."""
        self.is_over = True
        self._file.drop()

    def _write(self, parts: Iterable[bytes]) -> None:
        try:
            self._file.write(parts)
        except BrokenPipeError as error:
            self.drop()
            if descriptor(self.path) == 1:
                raise
            raise not_writable(self.path, error) from None
        except OSError as error:
            self.drop()
            raise not_writable(self.path, error) from None


class Form:
    """Says how packets are written in a file format."""

    left_out = 0
    """Records that were not copied."""
    room: ClassVar[str]
    """What the format has room for besides packets."""

    def beginning(self, interfaces: Sequence[Interface]) -> Iterator[bytes]:
        """Yield what a file begins with, if it has not begun yet."""
        raise NotImplementedError

    def parts(
        self, batch: Batch, interfaces: Sequence[Interface], framer: Framer
    ) -> Iterator[bytes]:
        """Yield a batch as it is written in the file. Raises CaptureError."""
        raise NotImplementedError


class PcapForm(Form):
    """Writes classic pcap: one link type, times of 32 bits, and packets only."""

    room = "a file that ends in .pcapng keeps journal entries and custom blocks"

    def __init__(self, where: str) -> None:
        self.where = where
        self._link_type: int | None = None

    def beginning(self, interfaces: Sequence[Interface]) -> Iterator[bytes]:
        if self._link_type is None:
            types = (one.linktype for one in interfaces if one.linktype <= MOST_LINK_TYPE)
            self._link_type = next(types, ETHERNET)
            yield pcap_header(self._link_type, NANOSECONDS)

    def parts(
        self, batch: Batch, interfaces: Sequence[Interface], framer: Framer
    ) -> Iterator[bytes]:
        _, r, start, stop = batch
        chosen = packets(batch, {})
        types = {interfaces[r.interface[i]].linktype for i in range(start, stop)}
        if max(types) > MOST_LINK_TYPE:
            chosen = [p for p in chosen if interfaces[p.interface].linktype <= MOST_LINK_TYPE]
            self.left_out += stop - start - len(chosen)
            types = {one for one in types if one <= MOST_LINK_TYPE}
        if self._link_type is None and types:
            self._link_type = min(types)
            yield pcap_header(self._link_type, NANOSECONDS)
        if types - {self._link_type}:
            raise self._refused("pcap holds one link type")
        if any(not 0 <= packet.time < NANOSECONDS << 32 for packet in chosen):
            raise self._refused("pcap has no room for these times")
        yield from records(chosen, NANOSECONDS)

    def _refused(self, what: str) -> CaptureError:
        return CaptureError(what, self.where, "name a file that ends in .pcapng")


class PcapngForm(Form):
    """Writes pcapng: all interfaces, comments, and those other blocks that may be copied."""

    room = "journal entries of this byte order are kept, and custom blocks that allow it"

    def __init__(self) -> None:
        self._begun = False
        self._numbers: dict[int, int] = {}  # of interfaces by index; ~index: before 1970

    def beginning(self, interfaces: Sequence[Interface]) -> Iterator[bytes]:
        if not self._begun:
            self._begun = True
            yield section_block()
        for index, interface in enumerate(interfaces):
            if interface.linktype <= MOST_LINK_TYPE and index not in self._numbers:
                self._numbers[index] = len(self._numbers)
                yield interface_block(interface, NANOSECONDS)

    def parts(
        self, batch: Batch, interfaces: Sequence[Interface], framer: Framer
    ) -> Iterator[bytes]:
        yield from self.beginning(interfaces)
        numbers = self._numbers
        for i, packet in enumerate(packets(batch, framer.comments), batch.start):
            if packet.interface not in numbers:
                at = batch.records.offset[i]
                yield from self._other(batch.chunk, at, len(packet.data), framer)
            elif packet.time < 0:
                yield from self._early(packet, interfaces[packet.interface])
            else:
                yield packet_block(packet, numbers[packet.interface], NANOSECONDS)

    def _early(self, packet: Packet, interface: Interface) -> Iterator[bytes]:
        """Yield a packet from before 1970, on an interface of its own that shifts its time."""
        index = ~packet.interface
        if index not in self._numbers:
            self._numbers[index] = len(self._numbers)
            yield interface_block(interface, NANOSECONDS, EARLY_OFFSET)
        shifted = packet._replace(time=packet.time - EARLY_OFFSET * NANOSECONDS)
        yield packet_block(shifted, self._numbers[index], NANOSECONDS)

    def _other(self, chunk: bytes, at: int, size: int, framer: Framer) -> Iterator[bytes]:
        """Yield a block other than a packet, if it may be copied."""
        copied = other_block(chunk, at, size) if isinstance(framer, PcapngFramer) else b""
        if copied:
            yield copied
        else:
            self.left_out += 1


def packets(batch: Batch, comments: dict[int, str]) -> list[Packet]:
    """Return the records of a batch; `comments` by their positions."""
    chunk, r, start, stop = batch
    found = []
    for i in range(start, stop):
        at = r.offset[i]
        data = chunk[at : at + r.captured[i]]
        comment = comments.get(r.position[i]) if comments else None
        told = (comment,) if comment else ()
        found.append(Packet(r.time[i], r.interface[i], r.original[i], data, told))
    return found


def other_block(chunk: bytes, at: int, size: int) -> bytes:
    """Return the copy of a journal entry or a custom block, which has `size` bytes from `at` on.

    It is empty for a custom block that must not be copied, and for one of the other byte order,
    which may hold numbers in it. (A journal entry has none: it says its lengths in
    little-endian.)
    """
    kind, before = struct.unpack_from("<I", chunk, at - 8)[0], chunk[at - 12 : at - 8]
    if kind in (JOURNAL, JOURNAL << 24):
        return block(JOURNAL, chunk[at : at + size])
    if before == struct.pack("<I", CUSTOM):
        return block(CUSTOM, chunk[at - 4 : at + size])
    return b""


def not_writable(path: str, error: OSError) -> CaptureError:
    """Return the error for the system's refusal to write there; nothing was written."""
    number = error.errno or errno.EIO
    if number in (errno.ENOENT, errno.ENOTDIR):
        return cannot_open(path, number)
    advice = ADVICE_BY_ERROR.get(number, "name another file")
    reason = error.strerror or os.strerror(number)
    return CaptureError(reason[:1].lower() + reason[1:], visible(path), advice)


ADVICE_BY_ERROR: Final = {
    errno.ENOSPC: "make room, or write to another disk",
    errno.EDQUOT: "make room, or write to another disk",
    errno.EFBIG: "write fewer packets, or raise the limit (ulimit -f)",
    errno.EISDIR: "name a file in it",
    errno.EACCES: "ask for write permission, or name another file",
    errno.EPERM: "the file belongs to another user and could not keep its owner: name another file",
    errno.EPIPE: "its reader has gone",
    errno.EBADF: "open it for writing",
}
