"""Keeps the bytes of a stream or a compressed file uncompressed on disk, to be read again."""

import errno
import os
import re
import tempfile
from pathlib import Path

from tcptui.capture.errors import CaptureError, cannot_open
from tcptui.capture.interrupt import OWN_FILES

NAME = re.compile(r"tcptui-(\d+)-\w+\.spool")
LEFT_FREE = 1 << 28
"""Bytes of the disk that a spool without a limit of its own leaves free."""
WARN_AT = 0.8


class Spool:
    """A file of mode 0600 with the writer's process id in its name; `close` deletes it."""

    def __init__(self, directory: str | None, limit: int | None = None) -> None:
        """Create it in `directory`, or else $TMPDIR. limit: bytes; None for what the disk has to
        spare."""
        folder = directory or tempfile.gettempdir()
        name = f"tcptui-{os.getpid()}-{os.urandom(6).hex()}.spool"
        self.path = os.path.join(folder, name)  # noqa: PTH118 - a name that is no text stays whole
        OWN_FILES.add(self.path)  # before it is there: a signal may come between
        try:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise cannot_open(folder, error.errno or errno.EIO) from None
        disk = os.fstatvfs(self._fd)
        free = disk.f_bavail * disk.f_frsize - LEFT_FREE
        self.limit = max(free, 0) if limit is None else limit
        self.size = 0
        self.full = False
        self.warning = ""

    def write(self, data: bytes) -> None:
        """Append as long as the limit and the disk allow; warn before and when they do not."""
        if self.full:
            return
        if self.size + len(data) > self.limit:
            self._fill_up()
            return
        try:
            written = os.pwrite(self._fd, data, self.size)
        except OSError:
            written = 0
        if written < len(data):
            self._fill_up()
            return
        self.size += written
        if self.size > self.limit * WARN_AT and not self.warning:
            self.warning = (
                f"the spool file {self.path} holds {self.size:,} bytes of at most {self.limit:,}: "
                "packets beyond that cannot be shown byte by byte (--spool DIR takes another disk)"
            )

    def _fill_up(self) -> None:
        self.full = True
        self.warning = (
            f"the spool file {self.path} is full at {self.size:,} bytes: later packets are "
            "analysed, but cannot be shown byte by byte (--spool DIR takes another disk)"
        )

    def reread(self, at: int, size: int) -> bytes:
        """Return `size` bytes at offset `at`; raises CaptureError for what was not kept."""
        if at + size > self.size:
            raise CaptureError("this packet was not kept", self.path, "use --spool with more room")
        return os.pread(self._fd, size, at)

    def close(self) -> None:
        """Delete the file."""
        os.close(self._fd)
        Path(self.path).unlink(missing_ok=True)
        OWN_FILES.discard(self.path)


def stale_spools(directory: str | None = None) -> list[Path]:
    """Return the spool files whose process is gone: a crash left them behind, to recover or to
    delete."""
    folder = Path(directory or tempfile.gettempdir())
    found = ((path, NAME.fullmatch(path.name)) for path in folder.glob("tcptui-*.spool"))
    return sorted(path for path, match in found if match and not is_alive(int(match[1])))


def is_alive(process: int) -> bool:
    """Return whether a process with this id exists."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
