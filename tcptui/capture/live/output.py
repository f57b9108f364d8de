"""Writes the files of a capture: whole records at any moment, rotated as tcpdump does."""

import errno
import os
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tcptui.capture.formats.pcapng import ENHANCED_PACKET
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Reason, Refusal
from tcptui.capture.live.tap import Data
from tcptui.capture.pcap_writer import RECORD

PIECES: Final = 16
"""How many pieces the rolling spool has: a sixteenth of it is deleted at a time."""

Announce = Callable[[int, str], None]
"""Is called with the number and the path of each file when it begins."""


class DiskFull(Exception):
    """The disk is full; what was written ends with a whole record."""


def pcap_end(data: Data, at: int) -> int:
    """Return where the record of classic pcap at `at` ends."""
    return at + RECORD.size + int(struct.unpack_from("=I", data, at + 8)[0])


def pcapng_end(data: Data, at: int) -> int:
    """Return where the block of pcapng at `at` ends."""
    return at + int(struct.unpack_from("<I", data, at + 4)[0])


def is_packet_block(data: Data, at: int) -> bool:
    """Return whether the block of pcapng at `at` holds a packet."""
    return bool(struct.unpack_from("<I", data, at)[0] == ENHANCED_PACKET)


def header_end(data: Data, at: int) -> int:
    """Return where a file's header ends; it is written as one piece."""
    return max(at + 1, len(data))


class Names:
    """Yields the names of the files that follow each other; an empty one ends the capture."""

    def __init__(self, options: LiveOptions) -> None:
        self.base = self.where = options.write or ""
        self.options = options
        self.count = 0  # of -C, in this period of -G
        self.periods = 0  # of -G

    def first(self) -> str:
        return self._name()

    def after_size(self) -> str:
        """Return the name of the next file, after one that has reached the size of -C."""
        self.count += 1
        if self.options.rotate_files and self.count >= self.options.rotate_files:
            self.count = 0
        return self._name()

    def after_time(self) -> str:
        """Return the name of the next file, after the seconds of -G are over."""
        self.count = 0
        self.periods += 1
        files = self.options.rotate_files
        if files and not self.options.rotate_bytes and self.periods >= files:
            return ""
        return self._name()

    def _name(self) -> str:
        name = time.strftime(self.base) if self.options.rotate_seconds else self.base
        files = self.options.rotate_files if self.options.rotate_bytes else 0
        digits = len(str(files - 1)) if files > 1 else 0
        if not digits and not self.count:
            return name
        return f"{name}{self.count:0{digits}d}"


class SpoolNames(Names):
    """Makes files that nobody named: fresh ones of mode 0600, with the reader's process id."""

    def __init__(self, options: LiveOptions) -> None:
        super().__init__(options)
        self.where = options.spool or tempfile.gettempdir()
        self.prefix = f"tcptui-{os.getppid()}-"

    def _name(self) -> str:
        handle, path = tempfile.mkstemp(".spool", self.prefix, self.where)
        os.close(handle)
        return path


class Output:
    """Writes records to one file after the other."""

    def __init__(self, options: LiveOptions, header: bytes, announce: Announce) -> None:
        """Begin the first file with `header`, as every file will begin. Raises Refusal."""
        self.header = header
        self.announce = announce
        self.frozen = False
        self.ended = False  # -W files were written
        self.oldest = 0  # number of the oldest file that is still there
        self.number = -1
        self.size = 0  # of the file under way
        self.written = 0  # bytes of records
        self.unwritten = 0  # packets that found no room
        self.is_rolling = options.write is None
        self.file_limit = options.rotate_bytes
        self.period = options.rotate_seconds
        self.names = SpoolNames(options) if self.is_rolling else Names(options)
        if self.is_rolling:
            self.file_limit = max(options.rolling_bytes // PIECES, 1 << 16)
        self._is_pcapng = header[:4] == b"\n\r\r\n"
        self._end_of = pcapng_end if self._is_pcapng else pcap_end
        self._paths: list[str] = []
        self._fd = -1
        self._began = time.time()
        try:
            self._begin_file(self.names.first())
        except OSError as error:
            raise Refusal(Reason.OUTPUT, f"{self.names.where}: {error.strerror}") from None
        except DiskFull as full:
            raise Refusal(Reason.OUTPUT, f"{self.names.where}: {full.args[1]}") from None

    def write_records(self, records: Data) -> None:
        """Append whole records; those that find no room are counted. Raises DiskFull."""
        before = self.written
        try:
            self._write_parts(records)
        finally:
            self.leave_out(records[self.written - before :])

    def leave_out(self, records: Data) -> None:
        """Count packets that are not written."""
        at = 0
        while at < len(records):
            self.unwritten += not self._is_pcapng or is_packet_block(records, at)
            at = self._end_of(records, at)

    def _write_parts(self, records: Data) -> None:
        if self.period and records and time.time() - self._began >= self.period:
            self._began = time.time()
            self._begin_next(self.names.after_time())
        for part in self._parts_by_file(records):
            if part is not None:
                self._append_records(part)
            else:
                self._begin_next(self.names.after_size())

    def close(self) -> None:
        os.close(self._fd)

    def _parts_by_file(self, records: Data) -> Iterator[Data | None]:
        """Yield what goes into one file, and None between two files.

        The next file begins with the first record that finds its file above the limit.
        """
        start = at = 0
        if self.file_limit and self.size + len(records) > self.file_limit:
            while at < len(records):
                if self.size + at - start > self.file_limit:
                    yield records[start:at]
                    yield None
                    start = at
                at = self._end_of(records, at)
        if start < len(records):
            yield records[start:]

    def _append_records(self, records: Data) -> None:
        while not self.ended:
            try:
                append_whole(self._fd, self.size, records, self._end_of)
            except DiskFull as full:
                records = records[full.args[0] :]
                self.size += full.args[0]
                self.written += full.args[0]
                if not self._make_room():
                    raise
            else:
                self.size += len(records)
                self.written += len(records)
                return

    def _make_room(self) -> bool:
        """Delete the oldest part of the rolling spool when the disk is full, if there is one."""
        if not self.is_rolling or self.frozen or self.oldest >= self.number:
            return False
        self._delete_oldest()
        return True

    def _begin_next(self, path: str) -> None:
        if not path:
            self.ended = True
            return
        os.close(self._fd)
        try:
            self._begin_file(path)
        except OSError as error:
            raise DiskFull(0, disk_words(error)) from None
        if self.is_rolling and not self.frozen:
            while self.number - self.oldest >= PIECES:
                self._delete_oldest()

    def _begin_file(self, path: str) -> None:
        """Open the file as a new one even if it is there: whoever reads the old one goes on reading
        it."""
        if path in self._paths[self.oldest :]:
            self.oldest = max(n for n, known in enumerate(self._paths) if known == path) + 1
            Path(path).unlink(missing_ok=True)
        if Path(path).exists() and not Path(path).is_file():
            raise OSError(errno.EINVAL, "packets cannot be read back from it", path)
        is_new = self.is_rolling or not Path(path).exists()
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            append_whole(self._fd, 0, self.header, header_end)
        except DiskFull:
            if is_new:
                Path(path).unlink()
            raise
        self.size = len(self.header)
        self.number += 1
        self._paths.append(path)
        self.announce(self.number, str(Path(path).absolute()))

    def _delete_oldest(self) -> None:
        Path(self._paths[self.oldest]).unlink(missing_ok=True)
        self.oldest += 1


def append_whole(fd: int, size: int, records: Data, end_of: Callable[[Data, int], int]) -> None:
    """Write to the end of a file of this size; DiskFull(bytes kept) cuts it after a whole
    record."""
    done = 0
    view = memoryview(records)
    try:
        while done < len(records):
            done += os.write(fd, view[done:])
    except OSError as error:
        kept = 0
        while (end := end_of(records, kept)) <= done:
            kept = end
        os.ftruncate(fd, size + kept)
        os.lseek(fd, size + kept, os.SEEK_SET)
        raise DiskFull(kept, disk_words(error)) from None


def disk_words(error: OSError) -> str:
    """Return what is wrong with the disk, in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    return f"writing failed ({error.strerror})"
