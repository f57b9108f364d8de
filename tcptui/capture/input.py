"""An input turns the bytes of one file or stream into batches of records."""

from collections.abc import Generator, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from tcptui.capture.compressed import MAGIC_LENGTH as COMPRESSION_MAGIC_LENGTH
from tcptui.capture.compressed import PutBack, compression, decompress
from tcptui.capture.errors import CaptureError, Damage
from tcptui.capture.formats.framer import MAX_TIME, Framer, Interface
from tcptui.capture.formats.registry import (
    HEAD_LENGTH,
    MAGIC_LENGTH,
    framer,
    not_a_capture,
    together,
)
from tcptui.capture.interrupt import may_copy
from tcptui.capture.portions import Portions
from tcptui.capture.rawfile import RawFile
from tcptui.capture.readahead import ReadAhead
from tcptui.engine.records import FILE_SHIFT, Records

if TYPE_CHECKING:
    from tcptui.capture.decompressing import Decompressing
    from tcptui.capture.spool import Spool


class BlockSizes(NamedTuple):
    """The number of bytes that are read at once: first, then, and at most of what must be framed
    together."""

    first: int = 1 << 16
    following: int = 1 << 19
    together: int = 1 << 27


BLOCK_SIZES: Final = BlockSizes()
WORTH_A_PROCESS: Final = 1 << 20
"""Bytes of a compressed file; another process does not pay for less."""


class Input:
    """Frames one file; `frame_next` leaves the next `records` of `chunk`."""

    def __init__(
        self,
        path: str,
        index: int,
        interfaces: list[Interface],
        *,
        follow: bool,
        seekable: bool,
        spool_dir: str | None,
        blocks: BlockSizes = BLOCK_SIZES,
    ) -> None:
        """Open `path` as file number `index` of the source; raises CaptureError if that fails.

        seekable: packets will be read again, so what has no positions goes to a spool file.
        """
        self.raw = RawFile(path, follow)
        self.index = index
        self.interfaces = interfaces
        self.records = Records()
        self.chunk = b""
        self.packets = 0
        self.ended = False
        self.is_closed = False
        self.damage: CaptureError | None = None
        self.compression = ""
        self.spool: Spool | None = None
        self.framer: Framer | None = None
        self.may_decompress_apart = True
        self.steps_back = 0
        self.first_step_back = 0  # number of the packet, from 1
        self.portions = Portions() if self.at_rest else None
        self._last_time = -MAX_TIME
        self._seekable = seekable
        self._spool_dir = spool_dir
        self._block_sizes = blocks
        self._blocks = gathered(at_least(MAGIC_LENGTH, self._uncompressed()), blocks.together)
        self._ahead: ReadAhead | None = None
        self._apart: Decompressing | None = None
        self._block = b""
        self._block_offset = 0
        self._at = 0  # what is framed of the block
        self._parts: list[bytes] = []  # a record that the last block cut
        self._held = 0  # bytes in these parts

    @property
    def format(self) -> str:
        """The format, like `pcap (nanosecond)` or `pcapng+gzip`; empty before the first bytes have
        come."""
        if not self.framer:
            return ""
        return "+".join(filter(None, (self.framer.format, self.compression)))

    @property
    def at_rest(self) -> bool:
        """Whether this is a plain file that is complete, so that a second reader finds the same
        bytes."""
        return self.is_complete and not compression(self.raw.head)

    @property
    def is_complete(self) -> bool:
        """Whether this is a file that is not being written any more."""
        return self.raw.seekable and not self.raw.follow

    @property
    def may_be_shared(self) -> bool:
        """Whether several processes can each read all of it: nothing was read yet, and nothing is
        kept for later."""
        keeps_spool = self._seekable and not self.at_rest
        return self.is_complete and not keeps_spool and not self.raw.read_bytes

    @property
    def waiting(self) -> bool:
        """Whether all that is there now has been framed."""
        return self.ended or self.raw.waiting

    def frame_next(self, timeout: float | None) -> bool:
        """Frame the next records; return False if none came within `timeout` seconds, or at the
        end."""
        self.records.begin()
        try:
            while not self._frame() and not self.ended:
                block = self._take_block(timeout)
                if block is None:
                    break
                self._open_block(block)
        except Damage as error:
            self._end(str(error))
        self._note_order()
        self.packets += self.records.count
        return self.records.count > 0

    def _note_order(self) -> None:
        """Count where time goes backwards; the order is left as it is."""
        count = self.records.count
        at = self.records.step_back(0, self._last_time)
        while at < count:
            self.steps_back += 1
            self.first_step_back = self.first_step_back or self.packets + at + 1
            at = self.records.step_back(at + 1, self.records.time[at])
        times = (self.records.time[i] for i in range(count - 1, -1, -1))
        self._last_time = next(filter(None, times), self._last_time)

    @property
    def warnings(self) -> list[str]:
        """Return what to know about this input before trusting the result."""
        found = []
        if self.damage:
            found.append(
                f"{self.damage.where}: {self.damage.what}; the capture is incomplete: "
                "everything before this place is shown"
            )
        if self.steps_back:
            times = "once" if self.steps_back == 1 else f"{self.steps_back} times"
            found.append(
                f"{self.raw.name}, packet {self.first_step_back}: time goes backwards here "
                f"({times} in all); packets stay in the file's order"
            )
        if self.spool and self.spool.warning:
            found.append(self.spool.warning)
        return found

    def read(self, at: int, size: int) -> bytes:
        """Return `size` bytes at offset `at` of the uncompressed file. Raises CaptureError."""
        if self.is_closed:  # another file may have its descriptor by now
            raise CaptureError("the capture was closed", self.raw.name, "open it again")
        if self.spool:
            return self.spool.reread(at, size)
        if self.compression or not self.raw.seekable:
            raise CaptureError(
                "its packets' bytes were not kept", self.raw.name, "open it on the screen"
            )
        return self.raw.reread(at, size)

    def close(self) -> None:
        self.is_closed = True
        self.raw.stop()
        if self._ahead:
            self._ahead.stop()
        if self._apart:
            self._apart.close()
        # They refer to this object, and it to them: what collects garbage would end them in any
        # order, the inner ones first.
        self._blocks.close()
        self.raw.close()
        if self.spool:
            self.spool.close()

    def decompress_apart(self, readers: int) -> None:
        """Have another process decompress the file, of which nothing was read yet, for so many
        readers, where there is something to decompress and that pays."""
        name = compression(self.raw.head)
        pays = (self.raw.total_bytes or 0) >= WORTH_A_PROCESS
        if name and pays and self.is_complete and self.may_decompress_apart and may_copy():
            from tcptui.capture.decompressing import Decompressing

            self._apart = Decompressing(name, self.raw, readers)

    def become_reader(self, number: int) -> None:
        """Note which of the readers this process is, the first one being 0."""
        if self._apart:
            self._apart.become(number)

    # -- bytes ---------------------------------------------------------------------------------

    def _uncompressed(self) -> Iterator[bytes]:
        """Yield blocks as the framer needs them; this runs on the read-ahead thread, where there
        is one."""
        if not self._apart:
            self.decompress_apart(1)
        if self._apart:
            self.compression = compression(self.raw.head)
            blocks = self._apart.blocks()
        else:
            head = next(at_least(COMPRESSION_MAGIC_LENGTH, self._raw_blocks()), b"")
            self.compression = compression(head)
            blocks = self._raw_blocks(head)
            if self.compression:
                blocks = decompress(self.compression, PutBack(head, self.raw), self.raw.name)
        if not self._seekable or (self.raw.seekable and not self.compression):
            yield from blocks
            return
        from tcptui.capture.spool import Spool

        self.spool = Spool(self._spool_dir)
        for block in blocks:
            self.spool.write(block)
            yield block

    def _raw_blocks(self, head: bytes = b"") -> Iterator[bytes]:
        block = head or self._read(self._block_sizes.first)
        while block:
            yield block
            block = self._read(self._block_sizes.following)

    def _read(self, size: int) -> bytes:
        try:
            return self.raw.read(size)
        except OSError as error:
            raise Damage(f"reading failed ({error.strerror})") from None

    def _take_block(self, timeout: float | None) -> bytes | None:
        """Return the next block, empty at the end."""
        if not self._ahead and self._is_worth_a_thread():
            # Known before it runs: a signal may come at any moment, and close() has to end it.
            self._ahead = ReadAhead(self._blocks)
            self._ahead.start()
        if self._ahead:
            return self._ahead.get(timeout)
        return next(self._blocks, b"")

    def _is_worth_a_thread(self) -> bool:
        if self._apart:
            return False
        known = self.raw.total_bytes is not None and self.raw.read_bytes > 0
        return self.raw.follow or self.raw.total_bytes is None or (known and bool(self.compression))

    # -- records -------------------------------------------------------------------------------

    def _open_block(self, block: bytes) -> None:
        if not block:
            is_cut = self._held or self._at > len(self._block)
            self._end(self._cut_text() if is_cut else "")
            return
        if not self.framer:
            self.framer = framer(block, self.index, self.interfaces, self.raw.name)
        self._block_offset += len(self._block)
        self._at -= len(self._block)  # more than 0: bytes to be skipped
        self._block = block

    def _frame(self) -> bool:
        """Frame the bytes at hand, beginning with the record that the last block cut."""
        while self.framer and not self.ended and self._at < len(self._block):
            if self._parts:
                self._frame_cut_record(self.framer)
            else:
                self._frame_block(self.framer)
            if self.records.count:
                return True
            if self.framer.damage:
                self._end(self.framer.damage)
        return False

    def _frame_block(self, framer: Framer) -> None:
        self.chunk = self._block
        position, start = self._position(self._block_offset), self._at
        self._at = framer.frame(self.chunk, start, position, self.records)
        if self.portions and self.records.count:
            self.portions.note(self._block_offset + start, self.packets)
        if framer.damage or self.records.count == self.records.room:
            return
        if self._may_go_back(framer):
            self._go_back(len(self._block) - self._at)
        elif not self.records.count:
            self._hold_rest(self._block[self._at :])
            self._at = max(self._at, len(self._block))

    def _may_go_back(self, framer: Framer) -> bool:
        """Return whether the next block may begin with the record that this one cuts: framed by
        itself, a record takes as long as many."""
        return (
            self.at_rest
            and not together(self.raw.head)
            and 0 < self._at < len(self._block)
            and framer.need <= self._block_sizes.following
        )

    def _go_back(self, size: int) -> None:
        """Have the last bytes of the block read again."""
        self.raw.read_bytes -= size
        self._block_offset -= size
        self._at += size

    def _frame_cut_record(self, framer: Framer) -> None:
        """Join the parts of a record that spans two blocks or more, and frame it."""
        piece = self._block[self._at : self._at + framer.need - self._held]
        self._parts.append(piece)
        self._held += len(piece)
        self._at += len(piece)
        if self._held < framer.need:
            return
        self.chunk = b"".join(self._parts)
        offset = self._block_offset + self._at - self._held
        done = framer.frame(self.chunk, 0, self._position(offset), self.records)
        self._hold_rest(self.chunk[done:])
        self._at += max(0, done - len(self.chunk))

    def _hold_rest(self, rest: bytes) -> None:
        self._parts = [rest] if rest else []
        self._held = len(rest)

    def _position(self, offset: int) -> int:
        return self.index << FILE_SHIFT | offset

    def _cut_text(self) -> str:
        inside = "a packet" if self.format else "the file header"
        return f"the file ends in the middle of {inside}"

    def _end(self, what: str) -> None:
        """End the input; `what` says why if it is damaged."""
        self.ended = True
        if not self.framer and not what:
            raise not_a_capture(b"", self.raw.name)
        if what:
            # What is to be skipped may lie beyond the end of the file.
            offset = self._block_offset + min(self._at, len(self._block)) - self._held
            where = f"{self.raw.name}, byte {offset}, packet {self.packets + 1}"
            self.damage = CaptureError(what, where, "copy or capture it again")


def at_least(size: int, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same bytes, but with at least `size` of them in the first block if there are so
    many."""
    first = b""
    for block in blocks:
        first += block
        if len(first) >= size:
            break
    if first:
        yield first
    yield from blocks


def gathered(blocks: Iterator[bytes], most: int) -> Generator[bytes, None, None]:
    """Yield the same bytes, with those in one block that must be framed together, up to `most`.

    The first block has MAGIC_LENGTH bytes or more, or all there is.
    """
    first = next(blocks, b"")
    if first and not together(first[:HEAD_LENGTH]):
        yield first
        yield from blocks
        return
    held = bytearray()
    wanted = 0
    try:
        for block in chain((first,), blocks):
            held += block
            wanted = together(bytes(held[:HEAD_LENGTH]))
            if not len(held) < wanted <= most:
                break
    except Damage:
        if held:
            yield bytes(held)
        raise
    size = wanted if 0 < wanted <= most else len(held)
    for part in (held[:size], held[size:]):
        if part:
            yield bytes(part)
    yield from blocks
