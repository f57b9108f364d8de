"""Reads one input as the system gives it: its bytes in order, and any of them again."""

import errno
import os
import select
import stat
import threading

from tcptui.capture.errors import CaptureError, Damage, cannot_open
from tcptui.capture.file_identity import file_identity
from tcptui.capture.pipes import enlarge
from tcptui.escapes import visible

STDIN = "-"
POLL = 0.1
"""Seconds between two looks at a followed file, or at a silent stream."""
HEAD = 64
"""Bytes from the start that tell whether a file is still the same."""


class RawFile:
    """An open file or stream; reading happens on one thread, `reread` on any."""

    def __init__(self, path: str, follow: bool) -> None:
        """Open `path` (`-`: standard input); raises CaptureError if that fails."""
        self.path = path
        self.name = "standard input" if path == STDIN else visible(path)
        self.follow = follow
        self.stopped = threading.Event()
        self.waiting = False  # at the end of what is there now
        self.read_bytes = 0
        self._fd = open_path(path)
        status = os.fstat(self._fd)
        if stat.S_ISDIR(status.st_mode):
            os.close(self._fd)
            raise cannot_open(path, errno.EISDIR)
        self.seekable = stat.S_ISREG(status.st_mode)
        self.total_bytes = status.st_size if self.seekable else None
        if stat.S_ISFIFO(status.st_mode):
            enlarge(self._fd)
        self._identity = (status.st_dev, status.st_ino)
        self._seen = (status.st_size, status.st_mtime_ns)
        try:
            self.head = os.pread(self._fd, HEAD, 0) if self.seekable else b""
        except OSError as error:
            os.close(self._fd)
            raise cannot_open(path, error.errno or errno.EIO) from None
        self._changed = False

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`, none at the end; a followed file ends only by
        `stop`."""
        while not self.stopped.is_set():
            if not self.seekable and not self._ready():
                continue
            data = self._next(size)
            self.read_bytes += len(data)
            if data or not (self.follow and self.seekable):
                self.waiting = False
                return data
            self._check_followed()
            self.waiting = True
            self.stopped.wait(POLL)
        return b""

    def _next(self, size: int) -> bytes:
        """Return what the system gives now; of a file without moving the descriptor, which a second
        process may have too."""
        if self.seekable:
            return os.pread(self._fd, size, self.read_bytes)
        return os.read(self._fd, size)

    def _ready(self) -> bool:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        self.waiting = not poll.poll(POLL * 1000)
        return not self.waiting

    def _check_followed(self) -> None:
        """Raise Damage if the followed file was cut, removed or replaced."""
        if os.fstat(self._fd).st_size < self.read_bytes:
            raise Damage("the file was truncated while it was followed")
        if self.path == STDIN:
            return
        try:
            status = os.stat(self.path)  # noqa: PTH116 - pathlib costs 7 ms at start
        except OSError:
            raise Damage("the file was removed while it was followed") from None
        if (status.st_dev, status.st_ino) != self._identity:
            raise Damage("the file was replaced while it was followed")

    def reread(self, at: int, size: int) -> bytes:
        """Return `size` bytes at offset `at`; CaptureError once the file has changed underneath."""
        self._check_unchanged()
        return os.pread(self._fd, size, at)

    def _check_unchanged(self) -> None:
        """Raise CaptureError if the file has changed: growing is no change, but shrinking, another
        start, or writing without growing is."""
        status = os.fstat(self._fd)
        now = (status.st_size, status.st_mtime_ns)
        if now != self._seen:
            rewritten = now[0] <= self._seen[0] or now[0] < self.read_bytes
            head = os.pread(self._fd, len(self.head), 0)
            self._changed = self._changed or rewritten or head != self.head
            self.head = os.pread(self._fd, HEAD, 0)
            self._seen = now
        if self._changed:
            raise CaptureError(
                "the file has changed since it was read, so its packets' bytes are not shown",
                self.name,
                "open it again",
            )

    def is_same(self, other: os.stat_result) -> bool:
        """Return whether `other` is the file that is open here, or the one that has its name now.

        Character devices and sockets are nobody's file: what is written there harms no input.
        """
        if stat.S_ISCHR(other.st_mode) or stat.S_ISSOCK(other.st_mode):
            return False
        return self._identity == (other.st_dev, other.st_ino) or (
            self.path != STDIN and has_name(self.path, other)
        )

    @property
    def identity(self) -> bytes:
        """What tells the file from any other one, and from itself with other bytes; nothing where
        that cannot be told, or it is standard input."""
        return b"" if self.path == STDIN else file_identity(self._fd)

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._fd

    def stop(self) -> None:
        """End a read that waits."""
        self.stopped.set()

    def close(self) -> None:
        os.close(self._fd)


def has_name(path: str, other: os.stat_result) -> bool:
    """Return whether `path` names the file that `other` describes."""
    try:
        return os.path.samestat(os.stat(path), other)  # noqa: PTH116 - see _check_followed
    except (OSError, ValueError):
        return False


def open_path(path: str) -> int:
    """Return a file descriptor for reading. Raises CaptureError if the file cannot be opened."""
    if path == STDIN:
        if os.isatty(0):
            raise CaptureError(
                "this is a terminal, not a capture",
                "standard input",
                "pipe a capture in, or name a file",
            )
        return os.dup(0)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(descriptor, True)  # only the opening of a FIFO must not wait for a writer
        return descriptor
    except OSError as error:
        raise cannot_open(path, error.errno or errno.EIO) from None
    except ValueError:
        raise CaptureError("this is not a file name", visible(path), "check the name") from None
