"""`-r FILE expression`: a capture filter on a file, packet by packet, by libpcap itself."""

import ctypes as c
from typing import Final

from tcptui.capture.live import libpcap
from tcptui.capture.live.expression import compiled
from tcptui.capture.live.libpcap import PacketHeader, Program
from tcptui.capture.records import Interface, Records
from tcptui.capture.source import Batch, Source

DATA: Final = bytes.__basicsize__ - 1
"""Where the content of a `bytes` object begins, seen from its address (CPython)."""


class PacketFilter:
    """Compiled for each link type that comes."""

    def __init__(self, expression: str) -> None:
        """WrongExpression, libpcap.Missing."""
        self.expression = expression
        self._programs: dict[int, Program] = {1: compiled(expression)}
        # Called for each packet: not worth letting other threads run.
        self._admits = c.PyDLL(libpcap.library()._name).pcap_offline_filter
        self._header = PacketHeader()

    def keep(self, batch: Batch, interfaces: list[Interface], limit: int) -> Batch:
        """The first `limit` admitted records, moved to the front of the batch."""
        chunk, records, start, stop = batch
        address = id(chunk) + DATA
        header, admits = self._header, self._admits
        at_header = c.byref(header)
        captured, original = records.captured, records.original
        offset, interface = records.offset, records.interface
        kept = start
        for i in range(start, stop):
            if kept - start == limit:
                break
            header.captured = captured[i]
            header.original = original[i]
            program = self._program(interfaces[interface[i]].linktype)
            if admits(c.byref(program), at_header, c.c_void_p(address + offset[i])):
                move(records, i, kept)
                kept += 1
        return Batch(chunk, records, start, kept)

    def _program(self, link_type: int) -> Program:
        program = self._programs.get(link_type)
        if program is None:
            program = self._programs[link_type] = compiled(self.expression, link_type)
        return program


def move(records: Records, source: int, target: int) -> None:
    """Copy one record to another row."""
    records.time[target] = records.time[source]
    records.position[target] = records.position[source]
    records.offset[target] = records.offset[source]
    records.captured[target] = records.captured[source]
    records.original[target] = records.original[source]
    records.interface[target] = records.interface[source]


class FilteredSource(Source):
    """Only the packets that a capture filter admits, as if the inputs held no others."""

    def __init__(self, source: Source, packets: PacketFilter, count: int = 0) -> None:
        """Takes the place of `source`. count: packets after which it ends; 0 for all."""
        super().__init__(source._inputs, source.interfaces)
        self._filter = packets
        self._left = count or -1

    @property
    def ended(self) -> bool:
        return self._left == 0 or super().ended

    def next_batch(self, timeout: float | None = None) -> Batch | None:
        while not self.ended:
            batch = super().next_batch(timeout)
            if batch is None:
                break
            kept = self._filter.keep(batch, self.interfaces, self._left)
            found = kept.stop - kept.start
            if self._left > 0:
                self._left -= found
            if found:
                return kept
        return None
