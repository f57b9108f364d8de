"""Reads the files of a running capture as one source of records."""

import os
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tcptui.capture.errors import CaptureError
from tcptui.capture.formats.framer import Framer
from tcptui.capture.formats.pcap import FILE_HEADER, PcapFramer
from tcptui.capture.formats.registry import framer
from tcptui.capture.rawfile import has_name
from tcptui.capture.source import (
    ALL,
    OFFSET_MASK,
    Batch,
    NamedFlows,
    RetentionLimits,
    Source,
)
from tcptui.engine.records import FILE_SHIFT, Records
from tcptui.escapes import visible

if TYPE_CHECKING:
    from tcptui.capture.live.owners.asking import Owners

BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class LivePosition:
    """The point in a capture's files from which it goes on: a file, the length of its header, an
    offset."""

    number: int
    path: str
    header: int
    offset: int


@dataclass(frozen=True)
class LiveFile:
    """One file of the capture; `fd` keeps it readable until it has been read, even when its name is
    gone."""

    number: int
    path: str
    fd: int
    inode: int


class LiveSource(Source):
    """Reads the files that the capture process announces, each to its end, then the next.

    Positions are those of :class:`Source`, with the number of the file in place of the input's.
    `add_file`, `note_growth` and `note_end` are called by the thread that listens to the process;
    all else by the one that reads.
    """

    def __init__(
        self, name: str, start: LivePosition | None = None, keep: RetentionLimits = ALL
    ) -> None:
        """name: the interface. start: where to begin, if that is not the first file's begin.

        keep: how many packets and flows stay in memory.
        """
        super().__init__([], [])
        self.name = name
        self.keep = keep
        self.frozen = False  # nothing is let go
        self.owners: Owners | None = None
        self._asked = 0  # flows whose owner was asked for
        self.oldest = 0  # number of the oldest file whose packets are kept
        self._start = start
        self._told = threading.Condition()
        self._version = 0  # of what was told
        self._over = False
        self._size: int | None = None  # of the last file, what may be read; None for all
        self._finished = False  # all was read after it was over
        self._caught_up = False
        self._dropped: int | None = None
        self._notes: list[str] = []
        self._segments: deque[LiveFile] = deque()  # not read to the end yet
        self._kept: dict[int, LiveFile] = {}
        self._framer: Framer | None = None
        self._records = Records()
        self._block = b""
        self._offset = 0  # of the block in its file
        self._at = 0  # what is framed of the block
        self._read_before = 0  # bytes of the files that were left
        if start:
            self.add_file(start.number, start.path)

    # -- told by the capture -------------------------------------------------------------------

    def add_file(self, number: int, path: str) -> None:
        """Add a file that has begun."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            self.add_note(f"{visible(path)}: its packets are not analysed ({error.strerror})")
            return
        segment = LiveFile(number, path, fd, os.fstat(fd).st_ino)
        with self._told:
            self._segments.append(segment)
            self._size = None
            self._kept[number] = segment
            self._wake_readers()

    def note_growth(self, dropped: int, oldest: int, size: int | None = None) -> None:
        """Note that more was written: the file that began last has `size` bytes to be read.

        dropped: packets, by the kernel so far. oldest: number of the oldest file that is kept.
        """
        with self._told:
            self._dropped = dropped
            self._size = size
            for number in range(self.oldest, oldest):
                self._kept.pop(number, None)
            self.oldest = oldest
            self._wake_readers()

    def note_end(self, why: str = "", size: int | None = None) -> None:
        """Note that nothing more will be written; `why` is empty if that was asked for.

        size: bytes of the last file that belong to this source, if others follow them.
        """
        if why:
            self.add_note(why)
        with self._told:
            self._over = True
            self._size = size
            self._wake_readers()

    def add_note(self, text: str) -> None:
        """Keep something that the user should know before trusting the result."""
        self._notes.append(text)

    def _wake_readers(self) -> None:
        self._version += 1
        self._told.notify_all()

    # -- a source ------------------------------------------------------------------------------

    @property
    def at_rest(self) -> bool:
        return False

    @property
    def ended(self) -> bool:
        return self._finished

    @property
    def waiting(self) -> bool:
        return self._caught_up

    @property
    def format(self) -> str:
        return self._framer.format if self._framer else ""

    @property
    def notes(self) -> list[str]:
        return self._framer.notes if self._framer else []

    @property
    def dropped(self) -> int | None:
        return self._dropped

    @property
    def total_bytes(self) -> int | None:
        return None

    @property
    def read_bytes(self) -> int:
        return self._read_before + self._offset + self._at

    @property
    def warnings(self) -> list[str]:
        return list(self._notes)

    @property
    def oldest_position(self) -> int:
        """Packets below this position have left the rolling spool."""
        return self.oldest << FILE_SHIFT

    @property
    def limits(self) -> RetentionLimits:
        return ALL if self.frozen else self.keep._replace(position=self.oldest_position)

    @property
    def files(self) -> list[Path]:
        """The files that hold the packets that are kept, the oldest first."""
        with self._told:
            return [Path(one.path) for _, one in sorted(self._kept.items())]

    def is_reading(self, status: os.stat_result) -> bool:
        return any(has_name(str(path), status) for path in self.files)

    def learn_owners(self, named: NamedFlows | None, last: bool = False) -> None:
        owners = self.owners
        if owners is None or named is None:
            return
        flows = named.flows
        while self._asked < len(flows):
            owners.ask(named, flows[self._asked])
            self._asked += 1
        owners.exchange_last() if last else owners.exchange()

    def next_batch(self, timeout: float | None = None) -> Batch | None:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            with self._told:
                version, over, more = self._version, self._over, len(self._segments) > 1
            if self._read_records():
                self._caught_up = False
                self.packets += self._records.count
                return Batch(self._block, self._records, 0, self._records.count)
            if more:
                self._leave_segment()
                continue
            self._caught_up = True
            self._finished = over
            if over or not self._wait_for_change(version, deadline):
                return None

    def read(self, position: int, captured: int) -> bytes:
        with self._told:
            segment = self._kept.get(position >> FILE_SHIFT)
        if segment is None:
            raise CaptureError(
                "this packet has left the rolling spool", self.name, "give the spool more room"
            )
        data = reread(segment, position & OFFSET_MASK, captured)
        if len(data) < captured:
            raise CaptureError(
                "the file has changed, so its packets' bytes are not shown",
                visible(segment.path),
                "leave the files of a running capture alone",
            )
        return data

    def cut_half_record(self) -> None:
        """Remove half a record that a killed process left at the end of the last file."""
        if not self._finished or not self._segments:
            return
        path, size = Path(self._segments[0].path), self._offset + self._at
        with suppress(OSError):
            if path.stat().st_size > size:
                os.truncate(path, size)

    def close(self) -> None:
        with self._told:
            while self._segments:
                os.close(self._segments.popleft().fd)

    # -- reading -------------------------------------------------------------------------------

    def _wait_for_change(self, version: int, deadline: float | None) -> bool:
        """Wait until something was announced since `version`; return False at the deadline."""
        with self._told:
            while self._version == version:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self._told.wait(left)
        return True

    def _read_records(self) -> bool:
        """Frame the next records of the file being written; return False where it holds no more
        now."""
        if not self._segments or not self._open_framer(self._segments[0]):
            return False
        while not self._frame_block():
            offset = self._offset + self._at
            block = os.pread(self._segments[0].fd, self._readable(offset), offset)
            if not block or len(block) <= len(self._block) - self._at:
                return False
            self._block, self._offset, self._at = block, offset, 0
        return True

    def _frame_block(self) -> bool:
        """Frame the bytes at hand."""
        assert self._framer
        base = self._segments[0].number << FILE_SHIFT | self._offset
        while self._at < len(self._block):
            before = self._at
            self._at = self._framer.frame(self._block, before, base, self._records)
            if self._records.count:
                return True
            if self._framer.damage:
                self._end_damaged(self._framer.damage)
            if self._at == before:
                break
        return False

    def _readable(self, offset: int) -> int:
        """Return how many bytes can be read there."""
        need = max(BLOCK, self._framer.need if self._framer else 0)
        with self._told:
            if self._size is None or len(self._segments) > 1:
                return need
            return max(0, min(need, self._size - offset))

    def _open_framer(self, segment: LiveFile) -> bool:
        """Choose the framer by the first bytes; with a start within the file, go there.

        Returns False where that is not possible yet, and after damage.
        """
        if self._framer:
            return not self._framer.damage
        header = self._start.header if self._start else FILE_HEADER
        head = os.pread(segment.fd, header, 0)
        if len(head) < header:
            return False
        self._framer = framer(head, 0, self.interfaces, visible(segment.path))
        if self._start:
            self._framer.frame(head, 0, 0, self._records)
            self._offset = self._start.offset
        return True

    def _leave_segment(self) -> None:
        """Go on to the next file; the header of a classic pcap file is read only once."""
        with self._told:
            os.close(self._segments.popleft().fd)
        self._read_before += self._offset + self._at
        self._offset = FILE_HEADER if isinstance(self._framer, PcapFramer) else 0
        self._block, self._at = b"", 0

    def _end_damaged(self, what: str) -> None:
        where = f"byte {self._offset + self._at}, packet {self.packets + 1}"
        self.note_end(f"{visible(self._segments[0].path)}, {where}: {what}")


def reread(segment: LiveFile, at: int, size: int) -> bytes:
    """Return `size` bytes of a file of the capture; fewer where it is gone or has been replaced."""
    try:
        with Path(segment.path).open("rb") as file:
            if os.fstat(file.fileno()).st_ino != segment.inode:
                return b""
            return os.pread(file.fileno(), size, at)
    except OSError:
        return b""
