"""A source is what a capture is read from: a file, several in time order, a stream, a growing
file."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from tcptui.capture.errors import CaptureError
from tcptui.capture.formats.framer import Interface
from tcptui.capture.input import BLOCK_SIZES, BlockSizes, Input
from tcptui.capture.merging.merge import Merge
from tcptui.capture.portions import Portions
from tcptui.engine.flow import Flow
from tcptui.engine.names.owner import Owner
from tcptui.engine.packets import Packets
from tcptui.engine.records import FILE_SHIFT, Records
from tcptui.escapes import visible

OFFSET_MASK = (1 << FILE_SHIFT) - 1
MOST_DECOMPRESSED_APART = 8
"""Files; with more, their processes would mostly wait for each other."""
PATIENCE = 0.2
"""Seconds after which a source looks at its other inputs."""


class Batch(NamedTuple):
    """Records `start` to `stop` of `records` lie in `chunk`; the batch is valid until the next
    one.

    Where captures take turns it has packets of several, and then nothing but their bytes.
    """

    chunk: bytes
    records: Records
    start: int
    stop: int


class RetentionLimits(NamedTuple):
    """Says how much of an endless capture is kept; 0 for all.

    position: packets below it are gone from the disk. packets, flows: how many the engine keeps;
    flows that are open come on top.
    """

    position: int = 0
    packets: int = 0
    flows: int = 0


ALL = RetentionLimits()


class NamedFlows(Protocol):
    """Flows that are told which process they belong to: an engine's."""

    @property
    def flows(self) -> Sequence[Flow]: ...

    @property
    def packets(self) -> Packets: ...

    def name_owner(self, flow: Flow, owner: Owner) -> None: ...

    def owner_of(self, flow: Flow) -> Owner | None: ...


class Source:
    """Reads batches of records from one or more inputs, and any packet's bytes again.

    Several inputs are one capture in the order of mergecap.
    """

    mixes_inputs = True
    """Whether a batch may have records of several inputs."""

    expression = ""
    """The capture filter that packets had to pass."""

    def __init__(self, inputs: list[Input], interfaces: list[Interface]) -> None:
        self.interfaces = interfaces
        self.packets = 0
        self._inputs = inputs
        self._empty = list(inputs)  # those whose next record is not known
        self._merge = Merge()  # has the records of the others

    def _go_on_with(self, source: "Source") -> None:
        """Take the place of a source of the same inputs, with the records that it has at hand."""
        self._empty = source._empty
        self._merge = source._merge

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._merge.is_empty and all(one.ended for one in self._empty)

    @property
    def waiting(self) -> bool:
        """Whether all that is there now was handed out; a growing file or a stream may bring
        more."""
        return self._merge.is_empty and all(one.waiting for one in self._empty)

    @property
    def format(self) -> str:
        """The formats of the inputs, as in `pcap, pcapng+gzip`."""
        return ", ".join(dict.fromkeys(filter(None, (one.format for one in self._inputs))))

    @property
    def notes(self) -> list[str]:
        """What the files say about themselves: hardware, system, application, comments."""
        return [note for one in self._inputs if one.framer for note in one.framer.notes]

    @property
    def hosts(self) -> list[dict[bytes, bytes]]:
        """The names that files have of addresses, for each that has some."""
        return [one.framer.hosts for one in self._inputs if one.framer and one.framer.hosts]

    def learn_owners(self, named: NamedFlows | None, last: bool = False) -> None:
        """Tell which processes the flows belong to, where that is known; at the end of all packets
        wait for what is to come, but not long."""

    def take_owner_comments(self) -> list[tuple[int, str]]:
        """Return the comments on packets, with their positions, that may tell processes and were
        not taken yet."""
        return [
            told
            for one in self._inputs
            if one.framer and one.framer.owner_comments
            for told in one.framer.take_owner_comments()
        ]

    @property
    def comments(self) -> dict[int, str]:
        """The comments on packets, by position."""
        return {
            at: c for one in self._inputs if one.framer for at, c in one.framer.comments.items()
        }

    @property
    def dropped(self) -> int | None:
        """The packets that the capturing side lost; None if no file says."""
        known = [one.dropped for one in self.interfaces if one.dropped is not None]
        return sum(known) if known else None

    @property
    def total_bytes(self) -> int | None:
        """The size of all inputs as they are on disk; None if one is a stream."""
        sizes = [one.raw.total_bytes for one in self._inputs]
        return None if None in sizes else sum(size or 0 for size in sizes)

    @property
    def read_bytes(self) -> int:
        """How much of `total_bytes` was read."""
        return sum(one.raw.read_bytes for one in self._inputs)

    @property
    def warnings(self) -> list[str]:
        """Return what to know before trusting the result, one line each."""
        return [warning for one in self._inputs for warning in one.warnings]

    @property
    def endless(self) -> bool:
        """Whether a stream or a followed file is among the inputs; `stop` ends it."""
        return any(one.raw.follow or not one.raw.seekable for one in self._inputs)

    @property
    def at_rest(self) -> bool:
        """Whether all inputs are complete and plain files."""
        return all(one.at_rest for one in self._inputs)

    @property
    def may_be_shared(self) -> bool:
        """Whether several processes can each read all of it, each in a copy of this source."""
        return all(one.may_be_shared for one in self._inputs)

    @property
    def is_one_input(self) -> bool:
        """Whether there is one file or stream."""
        return len(self._inputs) == 1

    def share_out(self, readers: int) -> None:
        """Have what is to be decompressed come to so many processes, copies of this one that are
        yet to be made."""
        for one in self._inputs:
            one.decompress_apart(readers)

    def become_reader(self, number: int) -> None:
        """Note which of the readers this process is: the first one is 0, the copies follow."""
        for one in self._inputs:
            one.become_reader(number)

    @property
    def identity(self) -> bytes:
        """What tells the capture from any other one, where it is one plain file that has been left
        alone; else nothing."""
        one = self._inputs[0]
        return one.raw.identity if self.is_one_input and one.at_rest else b""

    @property
    def portions(self) -> Portions | None:
        """The portions of the only input, as far as it was read; None where there are none to be
        found again."""
        return self._inputs[0].portions if self.is_one_input else None

    def call_input(self, number: int, name: str) -> None:
        """Tell of an input by another name than its path: that of what it is a copy of."""
        self._inputs[number].raw.name = visible(name)

    def again(self) -> "Source":
        """Return a source of the same files from their beginning; raises CaptureError if one cannot
        be opened any more."""
        return open_source([one.raw.path for one in self._inputs], seekable=False)

    def stop(self) -> None:
        """End streams and followed files where they are now; what came stays."""
        for one in self._inputs:
            if one.raw.follow or not one.raw.seekable:
                one.raw.stop()

    def stop_following(self) -> None:
        """End files that are followed where they are now; streams go on to their ends."""
        for one in self._inputs:
            if one.raw.follow:
                one.raw.stop()

    def complete(self) -> None:
        """Note that all that was wanted was read, so that what depends on that may stand. Raises
        CaptureError."""

    def is_reading(self, status: os.stat_result) -> bool:
        """Return whether a file is one of the inputs, by whatever name; it must not be written to
        then."""
        return any(one.raw.is_same(status) for one in self._inputs)

    @property
    def limits(self) -> RetentionLimits:
        """Return how much of the capture is kept now."""
        return ALL

    def probe(self) -> None:
        """Look for the first record of each file, without waiting long for any of them.

        Raises CaptureError where one is not a capture, or no packet of any can be read. Streams are
        not looked at: they may take their time.
        """
        for one in [one for one in self._empty if one.raw.seekable]:
            self._know_next_record(one, PATIENCE)
        if self._merge.is_empty and not self._empty:
            self._check_something_came()

    def batches(self) -> Iterator[Batch]:
        """Yield all batches, waiting for each; raises CaptureError where not one packet can be
        read."""
        while not self.ended:
            batch = self.next_batch(PATIENCE)
            if batch:
                yield batch

    def next_batch(self, timeout: float | None = None) -> Batch | None:
        """Return the next batch; None where none came within `timeout` seconds, and at the end."""
        if (self._empty or self._merge.is_empty) and not self._know_next_records(timeout):
            return None
        merge = self._merge
        merge.take_batch(self.mixes_inputs)
        if merge.exhausted >= 0:
            self._empty.append(self._inputs[merge.exhausted])
        self.packets += merge.stop - merge.start
        return Batch(merge.chunk, merge.records, merge.start, merge.stop)

    def read(self, position: int, captured: int) -> bytes:
        """Return the bytes of the packet at `position`; raises CaptureError where they are gone or
        changed.
        """
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
        """Fill the inputs that have no record at hand; return False if one must be waited for."""
        late = False
        for one in list(self._empty):
            idle = not self._merge.is_empty and one.raw.follow and one.waiting
            known = self._know_next_record(one, 0 if idle else timeout)
            late = late or not (known or (one.raw.follow and one.waiting))
        if self._merge.is_empty and not self._empty:
            self._check_something_came()
        return not self._merge.is_empty and not late

    def _know_next_record(self, one: Input, timeout: float | None) -> bool:
        """Fill an input that has no record at hand; return False if it must be waited for."""
        filled = one.frame_next(timeout)
        if filled or one.ended:
            self._empty.remove(one)
        if filled:
            self._merge.add(one.index, one.chunk, one.records)
        return filled or one.ended

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
    """Open captures (`-` is standard input) as one source; raises CaptureError if one cannot be
    opened.

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
    for one in inputs:
        one.may_decompress_apart = len(inputs) <= MOST_DECOMPRESSED_APART
    return Source(inputs, interfaces)


def probed_source(
    paths: Sequence[str], *, follow: bool = False, spool_dir: str | None = None
) -> Source:
    """Open captures as one source; raises CaptureError also where one turns out to be none, as far
    as that is soon known."""
    source = open_source(paths, follow=follow, spool_dir=spool_dir)
    try:
        source.probe()
    except BaseException:
        source.close()
        raise
    return source
