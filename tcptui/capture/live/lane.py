"""Lanes carry records from taps to the file: one tap goes straight through, several are put in
order."""

import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tcptui.capture.formats.framer import NANOSECONDS
from tcptui.capture.live import pcapng_blocks
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.live.tap import RETIRE_MS, Data, Tap
from tcptui.capture.pcap_writer import RECORD

HELD_NS: Final = 2 * RETIRE_MS * 1_000_000
"""How long a packet may lie in the kernel while later ones of another interface are read."""

Encode = Callable[[Data, int], Data]
"""Turns the records of one interface (by number) into the bytes that the file has for them."""


def is_pcapng(options: LiveOptions, taps: Sequence[Tap]) -> bool:
    """Return whether the file is pcapng: by its name, or because several interfaces need it."""
    if options.write is not None:
        return options.write.endswith(".pcapng")
    return len(taps) > 1


def file_header(options: LiveOptions, taps: Sequence[Tap]) -> bytes:
    """Return what each file begins with. Raises Refusal."""
    if is_pcapng(options, taps):
        return pcapng_blocks.header(taps, options.expression)
    if len({(tap.link_type, tap.nanoseconds) for tap in taps}) > 1:
        raise Refusal(
            Reason.OUTPUT,
            f"{options.write}: pcap cannot hold interfaces of several link types; "
            "name a file that ends in .pcapng",
        )
    return taps[0].header


def encoder(options: LiveOptions, taps: Sequence[Tap]) -> Encode:
    """Return the function that writes records as this file has them."""
    if not is_pcapng(options, taps):
        return lambda records, number: records
    units = [NANOSECONDS if tap.nanoseconds else 1_000_000 for tap in taps]
    return lambda records, number: pcapng_blocks.packets(records, number, units[number])


class RecordLane:
    """Passes on the records of one tap as they come."""

    def __init__(self, taps: Sequence[Tap], encode: Encode) -> None:
        self.taps = taps
        self.encode = encode

    @property
    def held(self) -> int:
        """How many packets were taken and wait to be written."""
        return 0

    def records(self, final: bool) -> Data:
        """Yield what can be written now; all there is if `final`."""
        return self.encode(self.taps[0].records(), 0)


class OrderedLane(RecordLane):
    """Puts the records of several taps in the order of their times.

    A packet waits until no earlier one can come from another interface.
    """

    def __init__(self, taps: Sequence[Tap], encode: Encode) -> None:
        super().__init__(taps, encode)
        self._held: list[tuple[int, int, int, bytes]] = []  # time, number, order, record
        self._order = 0

    @property
    def held(self) -> int:
        return len(self._held)

    def records(self, final: bool) -> Data:
        for number, tap in enumerate(self.taps):
            units = 1 if tap.nanoseconds else 1000
            for seconds, fraction, record in each(tap.records()):
                moment = seconds * NANOSECONDS + fraction * units
                heapq.heappush(self._held, (moment, self._order, number, record))
                self._order += 1
        limit = time.time_ns() - HELD_NS
        parts = []
        while self._held and (final or self._held[0][0] < limit):
            _, _, number, record = heapq.heappop(self._held)
            parts.append(self.encode(record, number))
        return b"".join(parts)


def each(records: Data) -> Iterator[tuple[int, int, bytes]]:
    """Yield the seconds, the fraction and the bytes of each record."""
    at = 0
    while at < len(records):
        seconds, fraction, captured, _ = RECORD.unpack_from(records, at)
        end = at + RECORD.size + captured
        yield seconds, fraction, bytes(records[at:end])
        at = end


def lane(options: LiveOptions, taps: Sequence[Tap]) -> RecordLane:
    """Return the lane from these taps to the file."""
    kind = RecordLane if len(taps) == 1 else OrderedLane
    return kind(taps, encoder(options, taps))
