"""`-r FILE -w FILE`: the packets that are read, written to another file as they come."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from tcptui.capture.errors import CaptureError, cannot_open, visible
from tcptui.capture.records import NANOSECONDS, Interface
from tcptui.capture.source import Batch
from tcptui.capture.writer import (
    NO_ROOM_AT_ALL,
    NO_ROOM_IN_PCAP,
    Packet,
    belong,
    interface_block,
    is_pcapng,
    is_same,
    packet_block,
    pcap_has_room,
    pcap_parts,
    pcapng_has_room,
    section_block,
)

ETHERNET: Final = 1
"""The link type of a pcap file without packets."""
ADVICE: Final = "name a file that ends in .pcapng"


class Copy:
    """A file that takes batches: pcapng if its name ends so, else pcap with nanosecond stamps."""

    def __init__(self, path: str, sources: Sequence[str]) -> None:
        """Begin it, or begin it anew. CaptureError, also where it is one of ``sources``."""
        self.path = path
        target = Path(path)
        if target.exists() and any(is_same(source, target.stat()) for source in sources):
            raise CaptureError("the capture that is read", visible(path), "name another file")
        try:
            self._file = target.open("wb")
        except OSError as error:
            raise cannot_open(path, error.errno or 0) from None
        belong(self._file.fileno())
        self._parts = self._pcapng_parts if is_pcapng(path) else self._pcap_parts
        self._announced = 0  # interfaces of pcapng
        self._link_types: set[int] = set()  # of pcap: at most one
        self._write([section_block()] if is_pcapng(path) else [])

    def take(self, batch: Batch, interfaces: Sequence[Interface]) -> None:
        """Append the packets of a batch. CaptureError."""
        self._write(self._parts(list(packets(batch)), interfaces))

    def _write(self, parts: Iterable[bytes]) -> None:
        try:
            self._file.writelines(parts)
        except OSError as error:
            raise self._refused(os.strerror(error.errno or 0), "make room") from None

    def _pcap_parts(
        self, packets: Sequence[Packet], interfaces: Sequence[Interface]
    ) -> Iterator[bytes]:
        begun = bool(self._link_types)
        types = {interfaces[packet.interface].linktype for packet in packets}
        if len(types | self._link_types) > 1:
            raise self._refused("pcap holds one link type", ADVICE)
        if not pcap_has_room(packets):
            raise self._refused(NO_ROOM_IN_PCAP, ADVICE)
        self._link_types |= types
        for link_type in types:
            yield from islice(pcap_parts(packets, link_type, NANOSECONDS), int(begun), None)

    def _pcapng_parts(
        self, packets: Sequence[Packet], interfaces: Sequence[Interface]
    ) -> Iterator[bytes]:
        if not pcapng_has_room(packets):
            raise self._refused(NO_ROOM_AT_ALL, "leave these packets out")
        for interface in interfaces[self._announced :]:
            yield interface_block(interface, NANOSECONDS)
        self._announced = len(interfaces)
        for packet in packets:
            yield packet_block(packet, packet.interface, NANOSECONDS)

    def _refused(self, what: str, advice: str) -> CaptureError:
        return CaptureError(what, visible(self.path), advice)

    def close(self) -> None:
        """Write what is buffered, and a header where no packet came. CaptureError."""
        try:
            if not (self._link_types or is_pcapng(self.path)):
                self._file.writelines(pcap_parts([], ETHERNET, NANOSECONDS))
            self._file.close()
        except OSError as error:
            raise self._refused(os.strerror(error.errno or 0), "make room") from None


def packets(batch: Batch) -> Iterator[Packet]:
    """The records of a batch."""
    chunk, r, start, stop = batch
    for i in range(start, stop):
        at = r.offset[i]
        yield Packet(r.time[i], r.interface[i], r.original[i], chunk[at : at + r.captured[i]])
