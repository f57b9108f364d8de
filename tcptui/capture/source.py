"""What a capture is read from: one file, several as one in time order, a stream, a growing file."""

import heapq
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tcptui.capture.errors import CaptureError
from tcptui.capture.formats.framer import Interface
from tcptui.capture.input import BLOCK_SIZES, BlockSizes, Input
from tcptui.engine.records import FILE_SHIFT, Records

OFFSET_MASK = (1 << FILE_SHIFT) - 1
PATIENCE = 0.2
"""Seconds after which a source looks at its other inputs."""


class Batch(NamedTuple):
    """Records `start` to `stop` of `records` stand in `chunk`; valid until the next batch."""

    chunk: bytes
    records: Records
    start: int
    stop: int


class RetentionLimits(NamedTuple):
    """How much of a capture without an end is kept; 0 for all.

    position: packets below it are gone from the disk. packets, flows: how many the engine keeps;
    flows that are open come on top.
    """

    position: int = 0
    packets: int = 0
    flows: int = 0


ALL = RetentionLimits()


class Source:
    """Batches of records from one or more inputs, and any packet's bytes again.

    Several inputs are one capture in the order of mergecap: the earliest of their next records
    comes first, of equal ones that of the input named last; within an input the order stays.
    """

    def __init__(self, inputs: list[Input], interfaces: list[Interface]) -> None:
        self.interfaces = interfaces
        self.packets = 0
        self._inputs = inputs
        self._empty: list[Input] = []  # those whose next record is not known
        self._heap: list[tuple[int, int]] = []  # the others: time of the next record, -index
        for one in inputs:
            self._put_back(one)

    @property
    def ended(self) -> bool:
        """Nothing more will come."""
        return not self._heap and all(one.ended for one in self._empty)

    @property
    def waiting(self) -> bool:
        """All that is there now was handed out; a growing file or a stream may bring more."""
        return not self._heap and all(one.waiting for one in self._empty)

    @property
    def format(self) -> str:
        """Formats of the inputs, as in `pcap, pcapng+gzip`."""
        return ", ".join(dict.fromkeys(filter(None, (one.format for one in self._inputs))))

    @property
    def notes(self) -> list[str]:
        """What the files say of themselves: hardware, system, application, comments."""
        return [note for one in self._inputs if one.framer for note in one.framer.notes]

    @property
    def comments(self) -> dict[int, str]:
        """Comments on packets, by position."""
        return {
            at: c for one in self._inputs if one.framer for at, c in one.framer.comments.items()
        }

    @property
    def dropped(self) -> int | None:
        """Packets that the capturing side lost; None if no file says."""
        known = [one.dropped for one in self.interfaces if one.dropped is not None]
        return sum(known) if known else None

    @property
    def total_bytes(self) -> int | None:
        """Size of all inputs as they lie there; None if one is a stream."""
        sizes = [one.raw.total_bytes for one in self._inputs]
        return None if None in sizes else sum(size or 0 for size in sizes)

    @property
    def read_bytes(self) -> int:
        """How much of `total_bytes` was read."""
        return sum(one.raw.read_bytes for one in self._inputs)

    @property
    def warnings(self) -> list[str]:
        """What to know before trusting the result, one line each."""
        return [warning for one in self._inputs for warning in one.warnings]

    @property
    def endless(self) -> bool:
        """Whether a stream or a file that is followed is among the inputs: `stop` ends it."""
        return any(one.raw.follow or not one.raw.seekable for one in self._inputs)

    @property
    def at_rest(self) -> bool:
        """Whether all inputs are complete and plain files."""
        return all(one.at_rest for one in self._inputs)

    def again(self) -> "Source":
        """The same files from their beginning; CaptureError if one cannot be opened any more."""
        return open_source([one.raw.path for one in self._inputs], seekable=False)

    def stop(self) -> None:
        """End streams and files that are followed where they are now; what came stays."""
        for one in self._inputs:
            if one.raw.follow or not one.raw.seekable:
                one.raw.stop()

    def stop_following(self) -> None:
        """End files that are followed where they are now; streams go on to their ends."""
        for one in self._inputs:
            if one.raw.follow:
                one.raw.stop()

    def complete(self) -> None:
        """All that was wanted of it was read: what depends on that may stand. CaptureError."""

    def is_reading(self, status: os.stat_result) -> bool:
        """Whether a file is one of the inputs, by whatever name: then it is not written to."""
        return any(one.raw.is_same(status) for one in self._inputs)

    @property
    def limits(self) -> RetentionLimits:
        """What is kept of it now."""
        return ALL

    def probe(self) -> None:
        """Look for the first record of each file, which none is waited for long.

        CaptureError where one is no capture, or no packet of any can be read. Streams are not
        looked at: they may take their time.
        """
        for one in [one for one in self._empty if one.raw.seekable]:
            self._know_next_record(one, PATIENCE)
        if not self._heap and not self._empty:
            self._check_something_came()

    def batches(self) -> Iterator[Batch]:
        """All batches, waiting for each; CaptureError where not one packet can be read."""
        while not self.ended:
            batch = self.next_batch(PATIENCE)
            if batch:
                yield batch

    def next_batch(self, timeout: float | None = None) -> Batch | None:
        """The next batch; None where none came within `timeout` seconds, and at the end."""
        if (self._empty or not self._heap) and not self._know_next_records(timeout):
            return None
        _, key = heapq.heappop(self._heap)
        one = self._inputs[-key]
        start, stop = one.next, one.records.count
        if self._heap:
            time, other = self._heap[0]
            stop = one.records.run(start, time + (key < other))
        one.next = stop
        self._put_back(one)
        self.packets += stop - start
        return Batch(one.chunk, one.records, start, stop)

    def read(self, position: int, captured: int) -> bytes:
        """The bytes of the packet at `position`; CaptureError where they are gone or changed."""
        one = self._inputs[position >> FILE_SHIFT]
        data = one.read(position & OFFSET_MASK, captured)
        if len(data) < captured:
            raise CaptureError("the file is shorter than it was", one.raw.name, "open it again")
        return data

    def close(self) -> None:
        """Close files, end threads, delete spool files."""
        for one in self._inputs:
            one.close()

    def _know_next_records(self, timeout: float | None) -> bool:
        """Fill the inputs that have no record at hand; False if one must be waited for."""
        late = False
        for one in list(self._empty):
            idle = self._heap and one.raw.follow and one.waiting
            known = self._know_next_record(one, 0 if idle else timeout)
            late = late or not (known or (one.raw.follow and one.waiting))
        if not self._heap and not self._empty:
            self._check_something_came()
        return bool(self._heap) and not late

    def _know_next_record(self, one: Input, timeout: float | None) -> bool:
        """Fill an input that has no record at hand; False if it must be waited for."""
        filled = one.fill(timeout)
        if filled or one.ended:
            self._empty.remove(one)
        if filled:
            self._put_back(one)
        return filled or one.ended

    def _put_back(self, one: Input) -> None:
        if one.next < one.records.count:
            heapq.heappush(self._heap, (one.records.time[one.next], -one.index))
        else:
            self._empty.append(one)

    def _check_something_came(self) -> None:
        damage = next((one.damage for one in self._inputs if one.damage), None)
        if damage and not self.packets:
            raise damage


def open_source(
    paths: Sequence[str],
    *,
    follow: bool = False,
    spool_dir: str | None = None,
    seekable: bool = True,
    blocks: BlockSizes = BLOCK_SIZES,
) -> Source:
    """Open captures (`-` is standard input) as one source; CaptureError if one cannot be opened.

    follow: files are still being written, so wait for more at their ends.
    seekable: packets will be read again with `Source.read`; what is compressed or a stream is
    then kept in a spool file in `spool_dir` (None: $TMPDIR).
    blocks: how much is read at once.
    """
    interfaces: list[Interface] = []
    inputs: list[Input] = []
    try:
        for index, path in enumerate(paths):
            inputs.append(
                Input(
                    path,
                    index,
                    interfaces,
                    follow=follow,
                    seekable=seekable,
                    spool_dir=spool_dir,
                    blocks=blocks,
                )
            )
    except BaseException:
        for one in inputs:
            one.close()
        raise
    return Source(inputs, interfaces)
